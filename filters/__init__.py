"""The judgement: ties, then rules, then score, then a Verdict with its reasons."""

"""Judges posts: ties, then rules, then the classifier's score, then a Verdict with its reasons."""

"""Conversion of models to bytes and back: JSON records of posts, ties and verdicts, and the byte format of weights."""

"""Texts of the quiet report."""

_CERTAINTIES = {0.99: "above 99%", 0.9: "90 to 99%", 0.7: "70 to 90%", 0.0: "below 70%"}


def certainty_text(lowest: float) -> str:
    """A range of probabilities, by its lower end. session/report.py defines the ranges."""
    return _CERTAINTIES[lowest]

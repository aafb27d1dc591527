"""Letters that look like Latin ones. They hide words from filters, and disguise hosts and names."""

from .confusables import CONFUSABLES

LOOKALIKES = str.maketrans({letter: latin for latin, letters in CONFUSABLES.items() for letter in letters})
"""For str.translate: maps each of these letters to the Latin one that it looks like."""

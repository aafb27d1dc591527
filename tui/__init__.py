"""The screens: Textual lives here alone and knows only the session and the models."""

import os

FRAMES = "120"
"""So many pictures a second are drawn at most: a key's waits 8 ms at the longest for its turn, where Textual's own 60
make it 17. Textual reads it when it is imported; who has set another number keeps it."""

os.environ.setdefault("TEXTUAL_FPS", FRAMES)

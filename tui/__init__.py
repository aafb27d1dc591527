"""The screens. Only this package imports Textual. It uses the session, the phrases and the models."""

import os

FRAMES = "120"
"""Frames per second at most. A key waits at most 8 ms for its frame, instead of 17 ms with Textual's default of
60.

Textual reads the variable when it is imported. A value that the user set stays.
"""

os.environ.setdefault("TEXTUAL_FPS", FRAMES)

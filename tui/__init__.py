"""The screens. Only this package imports Textual. It uses the session, the phrases and the models."""

import os

FRAMES = "120"
"""The maximum frames per second. A key waits at most 8 ms for its frame, instead of 17 ms with Textual's default of 60.

Textual reads the variable on import. A value set by the user takes precedence.
"""

os.environ.setdefault("TEXTUAL_FPS", FRAMES)

"""The two themes of quietfeed: calm, and readable at WCAG AA."""

from textual.theme import Theme

DEFAULTS = {"line": "#808690"}
"""Variables for themes that do not set them. Many set text-disabled to an automatic color, which no border accepts."""

THEMES = (
    Theme(
        name="quiet-dark",
        primary="#8fb8de",
        secondary="#a3c9a8",
        accent="#e6c384",
        warning="#e0a458",
        error="#e57f84",
        success="#a3c9a8",
        foreground="#d8d9d5",
        background="#16181c",
        surface="#1b1e23",
        panel="#23272e",
        dark=True,
        variables={"text-muted": "#9a9fa8", "text-disabled": "#9096a0", "line": "#9096a0"},
    ),
    Theme(
        name="quiet-light",
        primary="#2b5f8c",
        secondary="#2f6b45",
        accent="#8a5a00",
        warning="#8a4b00",
        error="#a3262e",
        success="#2f6b45",
        foreground="#23262b",
        background="#faf9f6",
        surface="#f3f1ec",
        panel="#e9e6df",
        dark=False,
        variables={"text-muted": "#5c6068", "text-disabled": "#5f646c", "line": "#5f646c"},
    ),
)

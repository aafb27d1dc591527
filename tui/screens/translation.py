"""Shows a translation of a post."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from ...models.translation import Translation
from ...phrases.posts import translation_origin
from ..context import app_of
from ..guard import catches_errors
from ..keys import rebind
from .panels import HEADING, QUIET, PanelCommands, compose_panel, panel_bindings


@catches_errors
class TranslationScreen(ModalScreen[str | None]):
    """The translated text and its provider."""

    BINDINGS: ClassVar[list[BindingType]] = [*panel_bindings(())]

    def __init__(self, handle: str, translation: Translation) -> None:
        super().__init__()
        self._handle, self._translation = handle, translation
        self.commands = PanelCommands(self, "translate")

    def compose(self) -> ComposeResult:
        """Compose the warning, the text and its origin."""
        found = self._translation
        warning = []
        if found.warning:
            warning.append((f"⚠ {found.warning}\n\n", QUIET))
        origin = translation_origin(found)
        yield from compose_panel(
            [(f"{self._handle}\n\n", HEADING), *warning, found.text, (f"\n\n{origin} · esc closes", QUIET)]
        )

    def on_mount(self) -> None:
        rebind(self, app_of(self).keys)

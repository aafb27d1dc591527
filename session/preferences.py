"""What the user chose on the screens, remembered for the next start."""

from ..store.archive import Archive


class Preferences:
    """Choices that are no settings: config.toml is never written."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def theme(self) -> str:
        """The theme that was chosen last; "" for none."""
        stored = self._archive.get_state("theme")
        return stored if isinstance(stored, str) else ""

    def save_theme(self, name: str) -> None:
        """Remember a theme. Raises StoreError."""
        self._archive.set_state(theme=name)

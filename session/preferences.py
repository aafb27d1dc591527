"""What the user chose on the screens, remembered for the next start."""

from ..store.archive import Archive


class Preferences:
    """Choices that are no settings: config.toml is never written."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._covers_private: bool | None = None

    def theme(self) -> str:
        """The theme that was chosen last; "" for none."""
        stored = self._archive.get_state("theme")
        if isinstance(stored, str):
            return stored
        return ""

    def save_theme(self, name: str) -> None:
        """Remember a theme. Raises StoreError."""
        self._archive.set_state(theme=name)

    def covers_private(self) -> bool:
        """Whether the screens leave out what private posts say, because others can see the screen."""
        if self._covers_private is None:
            self._covers_private = self._archive.get_state("cover_private") == "yes"
        return self._covers_private

    def save_covers_private(self, covers: bool) -> None:
        """Cover private posts, or no longer; at once, and at the next start. Raises StoreError if it is not kept."""
        self._covers_private = covers
        self._archive.set_state(cover_private="yes" if covers else "no")

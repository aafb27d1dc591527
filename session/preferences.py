"""Choices made on the screens, stored for the next start."""

from ..store.archive import Archive


class Preferences:
    """Choices that are not settings: config.toml is never written."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._covers_private: bool | None = None
        self._knows_pictures = False

    def theme(self) -> str:
        """The theme that was chosen last; "" for none."""
        stored = self._archive.get_state("theme")
        if isinstance(stored, str):
            return stored
        return ""

    def save_theme(self, name: str) -> None:
        """Store a theme. Raises StoreError."""
        self._archive.set_state(theme=name)

    def knows_pictures(self) -> bool:
        """Whether the user was notified that the servers of pictures see their requests."""
        return self._knows_pictures or self._archive.get_state("knows_pictures") == "yes"

    def save_knows_pictures(self) -> None:
        """Record that the user was notified, now and for the next start. Raises StoreError if it could not be
        stored.
        """
        self._knows_pictures = True
        self._archive.set_state(knows_pictures="yes")

    def covers_private(self) -> bool:
        """Whether the screens cover the text of private posts, because others can see the screen."""
        if self._covers_private is None:
            self._covers_private = self._archive.get_state("cover_private") == "yes"
        return self._covers_private

    def save_covers_private(self, covers: bool) -> None:
        """Cover private posts or not, now and at the next start. Raises StoreError if it could not be stored."""
        self._covers_private = covers
        self._archive.set_state(cover_private="yes" if covers else "no")

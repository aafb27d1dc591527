"""A screen whose bindings have the keys that the user chose."""

from textual.dom import DOMNode

from .keys import rebind


class Keyed(DOMNode):
    """Mixed into every screen that has bindings with ids; last, for the first base is what styles know a screen by."""

    def on_mount(self) -> None:
        """The keys are given once, before any is pressed."""
        if keys := getattr(self.app, "keys", {}):
            rebind(self, keys)

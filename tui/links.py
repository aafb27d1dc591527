"""The links of a post, and the question which of several to open."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ..models.post import Post


class LinksScreen(ModalScreen[str | None]):
    """Answers with the chosen address, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
        *(Binding(str(number), f"choose({number})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, links: Sequence[str]) -> None:
        super().__init__()
        self._links = links

    def compose(self) -> ComposeResult:
        """The links, numbered."""
        with Vertical(classes="panel"):
            yield Static("Open which link?", classes="title")
            numbered = (f"{number}  {url}" for number, url in enumerate(self._links, 1))
            yield OptionList(*(Option(Text(line, no_wrap=True, overflow="ellipsis")) for line in numbered))
            yield Static("a number or enter opens · esc closes", classes="quiet", markup=False)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Chosen with enter or the mouse."""
        self.dismiss(self._links[message.option_index])

    def action_choose(self, number: int) -> None:
        """Chosen by number."""
        if number <= len(self._links):
            self.dismiss(self._links[number - 1])

    def action_leave(self) -> None:
        """None."""
        self.dismiss(None)

    def action_down(self) -> None:
        """Next link."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Previous link."""
        self.query_one(OptionList).action_cursor_up()


def links_of(post: Post) -> list[str]:
    """What can be opened: the post's links, its card, its quoted post, its pictures, and the post itself last."""
    links = [*(post.links or ()), post.card.url if post.card else "", post.quote.url if post.quote else ""]
    links += [medium.url for medium in post.media or ()]
    return [url for url in dict.fromkeys([*links, post.url]) if url.startswith(("https://", "http://"))]

"""The text area of the composer: it draws like Textual's own, marks the excess, and contains no control characters."""

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from quietfeed.tui.widgets.writing import WritingArea

LONG = "Some words in a row, ünd möre 🌻 日本語. " * 12
TEXTS = ["", "one", f"{LONG}\n\n{LONG}", "x" * 200, "a\n\nb\n", f"{LONG}\nb\nc and d", "🌻" * 90]


class Both(App[None]):
    """The writing area next to a plain text area of the same size."""

    CSS = "WritingArea, #plain { height: 12; border: none; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.writing = WritingArea("", id="writing")
        self.plain = TextArea("", id="plain", compact=True, highlight_cursor_line=False)

    def compose(self) -> ComposeResult:
        yield self.writing
        yield self.plain


def drawn(area: TextArea) -> list[list[tuple[str, object, bool]]]:
    """Each cell of an area: its character, its background and whether it is reversed."""
    with area.app.batch_update():
        strips = area.render_lines(area.size.region)
    return [
        [
            (char, segment.style.bgcolor if segment.style else None, bool(segment.style and segment.style.reverse))
            for segment in strip
            for char in segment.text
        ]
        for strip in strips
    ]


async def test_it_draws_what_a_text_area_draws() -> None:
    app = Both()
    async with app.run_test(size=(40, 30)) as pilot:
        app.writing.cursor_blink = app.plain.cursor_blink = False
        for text in TEXTS:
            pictures = []
            for area in (app.writing, app.plain):
                area.focus()
                area.text = text
                row, column = area.document.end
                selections = [Selection.cursor((row, column)), Selection.cursor((0, 0))]
                if "\n\n" not in text:
                    # Textual shows a half block in an empty line of a selection.
                    selections.append(Selection((0, 0), (row, column // 2)))
                for selection in selections:
                    area.selection = selection
                    await pilot.pause()
                    pictures.append((area.scroll_offset, area.cursor_screen_offset.x, drawn(area)))
            half = len(pictures) // 2
            for mine, theirs in zip(pictures[:half], pictures[half:], strict=True):
                assert mine == theirs


async def test_the_excess_is_marked_in_its_line_and_below() -> None:
    app = Both()
    async with app.run_test(size=(40, 30)):
        area = app.writing
        area.text = f"{'a' * 50}\nbc"
        area.mark_excess(45)
        marked = ["".join(char for char, _, reverse in line if reverse) for line in drawn(area)]
        assert [each for each in marked if each] == ["a" * 5, "bc"]
        area.mark_excess(None)
        assert not any(reverse for line in drawn(area) for _, _, reverse in line)


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("one\r\ntwo\rthree\x0bfour\u2028five", "one\ntwo\nthree\nfour\nfive"),
        ("\x1b[31mred\x1b[0m\x00\x9b", "[31mred[0m"),
        ("a\tb\u202ec\ud800", "a    bc"),
        ("👩\u200d💻 \u200fשלום", "👩\u200d💻 \u200fשלום"),
    ],
)
async def test_pasted_text_is_cleaned(pasted: str, kept: str) -> None:
    app = Both()
    async with app.run_test(size=(40, 30)) as pilot:
        app.writing.focus()
        app.post_message(events.Paste(pasted))
        await pilot.pause()
        assert app.writing.text == kept
        assert app.writing.document.line_count == kept.count("\n") + 1
        app.writing.text = pasted
        assert app.writing.text == kept

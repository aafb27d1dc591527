"""Posts in every script at every size: nothing is cut off, no cluster is split, times are in one column."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from quietfeed.models.person import Person
from quietfeed.models.text import clean, clean_line
from quietfeed.tui.widgets.wrap import clip, clusters, wrap

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted

SIZES = [(80, 24), (120, 40), (200, 60)]
TEXTS = {
    "chinese": ("王小明", "今天下雨，我們在咖啡館坐了一整個下午。" * 6),
    "japanese": ("由紀 Yuki", "喫茶店の隣の席の会話がよすぎて本が一行も進まない。ｶﾀｶﾅ「カッコ」" * 4),
    "korean": ("김민수", "오늘은 비가 와서 하루 종일 집에 있었다. " * 6),
    "jamo": ("\u1112\u1161\u11ab", "\u1112\u1161\u11ab\u1100\u1173\u11af" * 40),
    "families": ("👨‍👩‍👧‍👦 Family", "👨‍👩‍👧‍👦👩🏽‍💻🏳️‍🌈🇩🇪🇫🇷👋🏽❤️1️⃣🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 12),
    "hebrew": ("שרה לוי", "שלום לכולם, היום ירד גשם ולא יצאנו מהבית עד הערב. " * 5),
    "pointed": ("שָׂרָה", "בְּרֵאשִׁית בָּרָא אֱלֹהִים" * 12),
    "arabic": ("ليلى", "مَرْحَبًا بِالْجَمِيعِ، لقد أمطرت اليوم ولم نخرج من البيت " * 5),
    "persian": ("نیما", "می‌خواهم بروم خانه ولی باران نمی‌ایستد " * 6),
    "hindi": ("अनन्या", "नमस्ते दोस्तों, आज बहुत बारिश हुई और हम घर पर ही रहे। " * 5),
    "tamil": ("கவிதா", "வணக்கம்நண்பர்களேஇன்றுமழைபெய்தது" * 8),
    "thai": ("สมชาย", "วันนี้ฝนตกหนักมากเราเลยอยู่บ้านทั้งวัน" * 6),
    "combining": ("Zo\u0308e\u0308", "a\u0301e\u0302o\u0303u\u0308n\u0303" * 50),
    "piled": ("Z\u0335\u0321a", "H\u0335\u0321\u0322e\u0334\u0323 c\u0336o\u0337m\u0338e\u0335s " * 10),
    "mixed": ("Ana", "I said שלום and 你好 to نيما 👋🏽, then we read https://example.social/日本語/שלום " * 4),
    "endless": ("Nobody", "x" * 900),
    "overrides": ("\u202eevil", "\u202ereversed \u2066isolated\u2069 \u200fand \u061cmarked"),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_nothing_leaves_the_screen_and_times_are_in_one_column(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, size: tuple[int, int]
) -> None:
    posts = [
        scripted.post(number, Person(name, f"{name}@example.social", clean_line(shown)), clean(text))
        for number, (name, (shown, text)) in enumerate(TEXTS.items())
    ]
    async with opened(scripted.session(scripted.network(posts), tmp_path), size=size) as screens:
        await screens.press("1")
        seen = 0
        edges = set()
        for _ in range(len(posts) * 2):
            for line in screens.text().splitlines():
                assert cell_len(line) <= size[0], line
            # On a wide terminal the second pane is next to the timeline.
            for line in map(screens.timeline.line, range(screens.timeline.size.height)):
                if "@example.social" in line and line[:1] in "●◐○▌":
                    seen += 1
                    edges.add(cell_len(line))
            await screens.press("j")
        assert seen >= len(posts)
        # The time is the last part of a head: all heads end in the last column of posts.
        assert len(edges) <= 2, edges


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("width", [20, 77, 96])
def test_lines_end_between_clusters_only(name: str, width: int) -> None:
    text = clean(TEXTS[name][1])
    edges = {0, len(text), *(begin for begin, _ in clusters(text)), *(end for _, end in clusters(text))}
    for start, end in wrap(text, width):
        assert {start, end} <= edges
        assert cell_len(text[start:end]) <= width
    assert cell_len(clip(clean_line(text), width)) <= width


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("👨‍👩‍👧‍👦🇩🇪🇫🇷", ["👨‍👩‍👧‍👦", "🇩🇪", "🇫🇷"]),
        ("👋🏽❤️1️⃣", ["👋🏽", "❤️", "1️⃣"]),
        ("கவிதா", ["க", "வி", "தா"]),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", ["\u1112\u1161\u11ab", "\u1100\u1173\u11af"]),
        ("שָׂר", ["שָׂ", "ר"]),
        ("e\u0301x", ["e\u0301", "x"]),
    ],
)
def test_combined_characters_are_one_cluster(text: str, parts: list[str]) -> None:
    assert [text[begin:end] for begin, end in clusters(text)] == parts

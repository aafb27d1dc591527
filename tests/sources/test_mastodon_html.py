"""HTML of statuses: plain text, spans with offsets into it, and malicious markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietfeed.models.text import clean
from quietfeed.sources.html import read_html


def said(html: str, **parts: object) -> list[tuple[str, str, str]]:
    text, spans = read_html(html, **parts)  # type: ignore[arg-type]
    return [(span.kind, text[span.start : span.end], span.target) for span in spans]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One</p>\n<p>Two</p>\n", "One\n\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("One<br><br><br><br>Two", "One\n\nTwo"),
        ("<p>&lt;b&gt; is a tag &amp; <b>bold</b></p>", "<b> is a tag & bold"),
        ("<ul>\n<li>milk</li>\n<li>bread</li>\n</ul>", "• milk\n• bread"),
        ("<pre><code>if a:\n    b</code></pre><p>so</p>", "if a:\n    b\n\nso"),
        ("soft\nline break", "soft line break"),
        ("<p>unclosed <b>bold <i>both", "unclosed bold both"),
        ("</p></b>stray ends", "stray ends"),
        ("a <!-- secret --> b", "a  b"),
        ("<script>alert(1)</script>safe", "safe"),
        ("\x1b[31mred\u202e", "[31mred"),
        ("i &lt;3 you", "i <3 you"),
        ("", ""),
        ("<p>שלום</p><p>عالم</p>", "שלום\n\nعالم"),
        ('<p><img alt=":blob:" src="x"> hi</p>', ":blob: hi"),
    ],
)
def test_text(html: str, text: str) -> None:
    assert read_html(html)[0] == text


def test_a_long_link_is_shown_short_and_leads_to_the_whole() -> None:
    html = (
        '<p>see <a href="https://walks.example/notes/2026/the-long-way"><span class="invisible">https://</span>'
        '<span class="ellipsis">walks.example/notes/20</span><span class="invisible">26/the-long-way</span></a></p>'
    )
    assert said(html) == [("link", "walks.example/notes/20…", "https://walks.example/notes/2026/the-long-way")]


def test_a_mention_is_known_by_its_address() -> None:
    html = '<a href="https://here.example/@june" class="u-url mention">@<span>june</span></a> hi'
    assert said(html, mentions={"https://here.example/@june": "june@here.example"}) == [
        ("mention", "@june", "june@here.example")
    ]


def test_a_mention_that_the_status_does_not_list_gets_the_host_it_links_to() -> None:
    html = '<a href="https://there.example/@bo" class="u-url mention">@<span>bo</span></a>'
    assert said(html) == [("mention", "@bo", "bo@there.example")]


def test_a_hashtag_is_its_word() -> None:
    assert said(
        '<a href="https://x.example/tags/Herons" class="mention hashtag" rel="tag">#<span>Herons</span></a>'
    ) == [("hashtag", "#Herons", "Herons")]


def test_custom_emoji_stay_shortcodes_with_a_span() -> None:
    text, spans = read_html("<p>hi :blob: and :unknown:</p>", emoji={"blob": "https://x.example/blob.png"})
    assert text == "hi :blob: and :unknown:"
    assert [(text[each.start : each.end], each.kind, each.target) for each in spans] == [
        (":blob:", "emoji", "https://x.example/blob.png")
    ]


def test_code_and_quotes_are_spans_without_the_blank_lines_around_them() -> None:
    assert said("<blockquote><p>so it goes</p></blockquote><p>use <code>ls</code></p>") == [
        ("quote", "so it goes", ""),
        ("code", "ls", ""),
    ]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "/tags/x", "data:text/html,x", ""])
def test_unsafe_addresses_are_not_links(address: str) -> None:
    assert read_html(f'<a href="{address}">here</a>') == ("here", ())


def test_the_repeated_address_of_a_quote_goes_only_where_there_is_a_quote() -> None:
    html = '<p class="quote-inline">RE: <a href="https://x.example/1">x</a></p><p>yes</p>'
    assert read_html(html, quoting=True)[0] == "yes"
    assert read_html(html)[0] == "RE: x\n\nyes"


def test_offsets_hold_where_pieces_join_to_one_character() -> None:
    assert said('e<b>\u0301</b> <a href="https://x.example/">link</a>') == [("link", "link", "https://x.example/")]


BOMBS = {
    "unclosed tags": "<b>" * 50_000 + "end",
    "no end of a tag": '<a href="' * 20_000,
    "comments": "<!--" * 40_000,
    "declarations": "<![x" * 40_000 + "<?x" * 1000,
    "ends that match nothing": "<i>" * 100 + "</b>" * 40_000,
    "blank lines between links": "<br><br><br><a href='https://x.example'>x</a>" * 3_000,
    "spaces": "a" + " " * 100_000 + "b",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_like_any_other_text(name: str) -> None:
    text, spans = read_html(BOMBS[name])
    assert len(text) <= 150_000
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


MARKUP = (
    "<p> </p> <br> <b> </b> <pre> </pre> <li> <blockquote> </blockquote> <code> </a> </span> < &amp; &#x202e; :blob:"
)
CHARACTERS = "\n\te é 👩‍👧 \x1b \u202e \u0301 \ud800 \U000e0041 שלום"
LONG = ('<a href="https://x.example/a">', '<span class="invisible">', '<span class="ellipsis">')
PIECES = st.sampled_from([*MARKUP.split(), *CHARACTERS, *LONG])


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_markup_gives_clean_text_and_spans_that_fit_it(html: str) -> None:
    text, spans = read_html(html, emoji={"blob": "https://x.example/b.png"})
    assert clean(text) == text
    assert text == text.strip()
    assert "\n\n\n" not in text
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip() == text[span.start : span.end]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p><del>valid until May</del> <ins>June</ins></p>", "~~valid until May~~ June"),
        ("<s>a <b>b</b> c</s>d", "~~a b c~~d"),
        ("<del><p>one</p><p>two</p></del>three", "~~one~~\n\n~~two~~\n\nthree"),
        ("<del>one<br>two</del>", "~~one~~\n~~two~~"),
        ("<strike></strike>x<del> </del>y", "x y"),
        ("<del>a<s>b</s>c</del>", "~~abc~~"),
        ("<ol><li>eggs</li><li>flour</li></ol>", "1. eggs\n2. flour"),
        ('<ol start="4"><li>a</li><li value="9">b</li><li>c</li></ol>', "4. a\n9. b\n10. c"),
        ('<ol start="3" reversed><li>a</li><li>b</li></ol>', "3. a\n2. b"),
        ('<ol start="x"><li>a</li></ol>', "1. a"),
        ('<ol start="99999999999"><li>a</li></ol>', "1. a"),
        ("<ol><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ol>", "1. a\n  • b\n  • c\n2. d"),
        ("<li>alone</li>", "• alone"),
        ("10<sup>2</sup> m<sup>-1</sup>", "10² m⁻¹"),
        ("H<sub>2</sub>O and x<sub>k</sub>", "H₂O and x_k"),
        ("the 1<sup>st</sup> of n<sup>th</sup>, 2<sup>10</sup>", "the 1st of n^th, 2¹⁰"),
        ("e<sup>a + b</sup>", "e^(a + b)"),
        ("word<sup>[1]</sup> <sup>small print</sup>", "word[1] small print"),
        ("Brand<sup>TM</sup>", "Brand™"),
        ("10<sup><b>2</b></sup>", "10²"),
        ("<table><tr><th>day</th><th>time</th></tr><tr><td>Mon</td><td>9</td></tr></table>", "day | time\nMon | 9"),
        ("<table>\n<tr>\n<td>a</td>\n<td>b</td>\n</tr>\n</table>after", "a | b\n\nafter"),
        ("<dl><dt>word</dt><dd>meaning</dd></dl>", "word\nmeaning"),
        ("one<hr>two", "one\n\ntwo"),
    ],
)
def test_markup_without_a_style_is_shown_by_characters(html: str, text: str) -> None:
    assert read_html(html)[0] == text


def test_links_in_struck_and_raised_text_keep_their_places() -> None:
    html = 'a <del><a href="https://old.example/">old</a></del> b<sup><a href="https://n.example/">1</a></sup>'
    assert read_html(html)[0] == "a ~~old~~ b¹"
    assert said(html) == [("link", "old", "https://old.example/"), ("link", "¹", "https://n.example/")]
    tag = '<a href="https://here.example/tags/x" rel="tag"><del>#x</del></a>'
    assert said(tag)[0][2] == "x"


@pytest.mark.parametrize("scheme", ["Https", "HTTP", "hTTps"])
def test_a_link_in_capitals_is_a_link(scheme: str) -> None:
    html = f'<a href="{scheme}://walks.example/A">walks</a>'
    assert said(html) == [("link", "walks", f"{scheme.lower()}://walks.example/A")]
    mention = f'<a href="{scheme}://here.example/@june" class="mention">@june</a>'
    assert said(mention, mentions={"https://here.example/@june": "june@here.example"})[0][2] == "june@here.example"


@given(
    st.lists(
        st.sampled_from(
            [
                "<del>",
                "</del>",
                "<s>",
                "<sup>",
                "</sup>",
                "<sub>",
                "</sub>",
                "<ol>",
                "</ol>",
                "<ul>",
                "</ul>",
                "<li>",
                "<td>",
                "</td>",
                "<tr>",
                "<p>",
                "</p>",
                "<a>",
                "</a>",
                "<br>",
                "<a_href='https://x.example/'>",
                "<pre>",
                "</pre>",
                "2",
                "st",
                "word",
            ]
        )
    )
)
def test_any_mixture_of_tags_reads(pieces: list[str]) -> None:
    text, spans = read_html("".join(pieces).replace("a_href", "a href"))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert text == text.strip()

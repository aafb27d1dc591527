"""Link targets: the host that a browser requests, misleading links, and links that need no confirmation."""

import pytest

from quietfeed.models.link import Link, link_at, without_tracking
from quietfeed.models.person import Person
from quietfeed.models.post import Post, Span
from quietfeed.phrases.links import host_words, link_words, refused_words, trick_sentences


@pytest.mark.parametrize(
    ("url", "text", "host", "tricks"),
    [
        ("https://mybank.example@evil.example/x", "", "evil.example", ("userinfo",)),
        ("https://mybank.example%2f@evil.example", "", "evil.example", ("userinfo",)),
        ("https://a:b@evil.example:8443", "", "evil.example", ("userinfo",)),
        ("https://evil.example\\@mybank.example/", "", "evil.example", ()),
        ("https://evil.example\\.mybank.example/", "", "evil.example", ()),
        ("https:////evil.example/x", "", "evil.example", ()),
        ("HTTPS:\\\\evil.example/x", "", "evil.example", ()),
        ("https://%65vil.example", "", "evil.example", ()),
        ("https://evil\u3002example", "", "evil.example", ()),
        ("ht\ntps://evil.example", "", "evil.example", ()),
        ("https://xn--80ak6aa92e.example", "", "\u0430\u0440\u0440\u04cf\u0435.example", ("lookalike",)),
        ("https://\u0430pple.example", "", "\u0430pple.example", ("lookalike",)),
        ("https://pa\u1e55pal.example", "", "pa\u1e55pal.example", ("lookalike",)),
        ("https://l\u0131nk.example", "", "l\u0131nk.example", ("lookalike",)),
        ("https://m\u00fcnchen.example", "", "m\u00fcnchen.example", ()),
        ("https://r\u00f8dgr\u00f8d.example", "", "r\u00f8dgr\u00f8d.example", ()),
        ("https://\u043f\u043e\u0447\u0442\u0430.example", "", "\u043f\u043e\u0447\u0442\u0430.example", ()),
        ("https://\u65e5\u672c\u306e\u5e97.example", "", "\u65e5\u672c\u306e\u5e97.example", ()),
        ("https://evil.example", "https://mybank.example/login", "evil.example", ("other_host",)),
        ("https://evil.example", "mybank.example", "evil.example", ("other_host",)),
        ("https://evil.example", "mybank\u2024example", "evil.example", ("other_host",)),
        ("https://evil.example", "\uff4d\uff59bank\uff0eexample", "evil.example", ("other_host",)),
        ("https://evil.example", "log in at www.mybank.example now", "evil.example", ("other_host",)),
        ("https://evil.example", "https://evil.example@mybank.example", "evil.example", ("other_host",)),
        ("https://mybank.example.evil.example", "mybank.example", "mybank.example.evil.example", ("other_host",)),
        ("https://mybank.example", "www.mybank.example/log\u2026", "mybank.example", ()),
        ("https://login.mybank.example/x", "mybank.example", "login.mybank.example", ()),
        ("https://evil.example/notes.pdf", "notes.pdf", "evil.example", ()),
        ("https://evil.example/v", "version 1.2.3 is out", "evil.example", ()),
        ("https://evil.example", "write to ada@mybank.example", "evil.example", ("other_host",)),
        ("http://2130706433/", "", "2130706433", ("number",)),
        ("http://0x7f.1/", "", "0x7f.1", ("number",)),
        ("http://[::1]:80/", "", "::1", ("number",)),
        ("https://", "", "", ("no_host",)),
        ("https://[evil", "", "", ("scheme",)),
        ("javascript:alert(1)", "", "", ("scheme",)),
        ("file:///etc/passwd", "", "", ("scheme",)),
        ("vbscript:x", "", "", ("scheme",)),
        ("mailto:ada@here.example?subject=hi", "", "here.example", ()),
    ],
)
def test_link_targets_and_misleading_links(url: str, text: str, host: str, tricks: tuple[str, ...]) -> None:
    link = Link(url, text)
    assert (link.host, link.tricks) == (host, tricks)
    assert len(trick_sentences(link)) == len(tricks)
    assert link.opens == (not {"scheme", "no_host"} & set(tricks))


def test_the_words_name_the_host_and_what_is_wrong() -> None:
    link = Link("https://mybank.example@evil.example/x")
    assert link_words(link) == "look closely: evil.example · https://mybank.example@evil.example/x"
    assert trick_sentences(link) == ['It leads to evil.example: "mybank.example" before the @ is only a user name.']
    assert host_words(Link("https://\u0430pple.example")) == "\u0430pple.example (xn--pple-43d.example)"
    assert refused_words(Link("file:///x")) == "only http, https and mailto addresses are opened, not file:///x"


def test_a_link_has_its_text() -> None:
    text = "see mybank.example now"
    span = Span(4, 18, "link", "https://evil.example")
    post = Post("1", Person("2", "a@b.example"), text, spans=(span,), links=("https://evil.example",))
    assert link_at(post, "https://evil.example").named_host == "mybank.example"
    assert link_at(post, "https://other.example").text == ""


@pytest.mark.parametrize(
    ("url", "stripped"),
    [
        ("https://a.example/?utm_source=x&id=7&fbclid=abc#part", "https://a.example/?id=7#part"),
        ("https://a.example/p?utm_source=x", "https://a.example/p"),
        ("https://a.example/p?q=a+b&q=%20", "https://a.example/p?q=a+b&q=%20"),
        ("https://a.example/#?utm_source=x", "https://a.example/#?utm_source=x"),
        ("mailto:a@b.example?utm_source=x", "mailto:a@b.example?utm_source=x"),
    ],
)
def test_tracking_parameters_can_be_stripped(url: str, stripped: str) -> None:
    assert without_tracking(url) == stripped
    assert without_tracking(stripped) == stripped

"""Contacts of an address book: vCard 3.0 (https://www.rfc-editor.org/rfc/rfc2426) and 4.0 (RFC 6350)."""

import re
from collections.abc import Iterator

from ..models.imported import Contact, ImportedFile
from ..models.text import clean_line

_MAX_LINE = 20_000
"""The maximum length of a line in characters. Longer lines are pictures."""
_MOST = 50_000
_MOST_VALUES = 50
_FOLD = re.compile(r"\r?\n[ \t]")
_ESCAPE = re.compile(r"\\([\\,;nN:])")
_ADDRESSES = ("URL", "IMPP", "SOCIALPROFILE")
"""The properties that may name a profile, in addition to those whose name begins with X-."""
_SERVICE_PREFIX = re.compile(r"(?:x-apple|acct):(?!//)", re.IGNORECASE)


def is_vcard(head: bytes) -> bool:
    """Whether a file is a vCard, from its beginning."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:11].upper() == b"BEGIN:VCARD"


def read_vcards(data: bytes) -> ImportedFile:
    """The contacts of a file. Unreadable lines are left out, and contacts without a name or an address are skipped."""
    text = _FOLD.sub("", data.decode("utf-8", "replace"))
    contacts: list[Contact] = []
    skipped = 0
    for lines in _cards(text):
        contact = _contact(lines)
        if contact is None or len(contacts) >= _MOST:
            skipped += 1
        else:
            contacts.append(contact)
    return ImportedFile("contacts", contacts=tuple(contacts), counts=(("contact", len(contacts)),), skipped=skipped)


def _cards(text: str) -> Iterator[list[str]]:
    lines: list[str] | None = None
    for line in text.splitlines():
        word = line[:20].strip().upper()
        if word == "BEGIN:VCARD":
            lines = []
        elif word == "END:VCARD" and lines is not None:
            yield lines
            lines = None
        elif lines is not None and len(line) <= _MAX_LINE:
            lines.append(line)


def _contact(lines: list[str]) -> Contact | None:
    names: dict[str, str] = {}
    mails: list[str] = []
    addresses: list[str] = []
    for line in lines:
        head, colon, value = _split(line)
        name = head.partition(";")[0].rpartition(".")[2].upper()
        value = clean_line(_ESCAPE.sub(_unescaped, value)).strip()
        if not colon or not value:
            continue
        if name in ("FN", "NICKNAME", "N"):
            names.setdefault(name, " ".join(reversed([each for each in value.split(";")[:2] if each])))
        elif name == "EMAIL" and len(mails) < _MOST_VALUES:
            mails.append(value)
        elif (name in _ADDRESSES or name.startswith("X-")) and len(addresses) < _MOST_VALUES:
            addresses.append(_address(head, value))
    shown = names.get("FN") or names.get("N") or names.get("NICKNAME") or ""
    if not shown and not mails and not addresses:
        return None
    return Contact(shown[:200], tuple(dict.fromkeys(mails)), tuple(dict.fromkeys(addresses)))


def _split(line: str) -> tuple[str, str, str]:
    """Name with parameters, colon, value. A colon in a quoted parameter does not end the name."""
    quoted = False
    for place, char in enumerate(line[:2_000]):
        if char == '"':
            quoted = not quoted
        elif char == ":" and not quoted:
            return line[:place], ":", line[place + 1 :]
    return line, "", ""


def _address(head: str, value: str) -> str:
    """An address, or else the user name in a parameter."""
    found = re.search(r"x-user=\"?([^;\":]+)", head, re.IGNORECASE)
    address = _SERVICE_PREFIX.sub("", value)
    if not address and found:
        return found[1]
    return address


def _unescaped(match: re.Match[str]) -> str:
    return " " if match[1] in "nN" else match[1]

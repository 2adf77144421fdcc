"""From bytes to text, whatever the encoding is said to be: for pages and feeds, which often say it wrongly.

Arabic pages are written in UTF-8, or, the older ones, in windows-1256 or ISO-8859-6. What a page says of itself
decides, unless its bytes contradict: text with letters beyond ASCII that is valid UTF-8 is UTF-8, for other encodings
never are by chance.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from charset_normalizer import from_bytes

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED: Final = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_DECLARED_WITHIN: Final = 4096  # bytes; browsers look at the first 1024
#: Names that pages with Arabic text bear by mistake: what the server's software writes where nobody told it.
_DEFAULTS: Final = frozenset({"ascii", "iso8859-1", "cp1252"})
_CANDIDATES: Final = ["cp1256", "iso8859_6", "cp1252"]
#: Of all letters beyond ASCII, this share may be broken in UTF-8 that was cut or spliced; more is another encoding.
_BROKEN_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was in, and how many places could not be read (they hold U+FFFD)."""

    text: str
    encoding: str
    broken: int = 0


def decode(data: bytes, declared: str = "") -> Decoded:
    """The text of a page or feed.

    Args:
        data: its bytes.
        declared: the encoding that the server or archive says; what the page says itself comes after it.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _lenient(data[len(mark) :], name)
    if wide := _wide(data):
        return _lenient(data, wide)
    if (text := _strict(data, "utf-8")) is not None:
        return Decoded(text, "utf-8")
    within = _DECLARED.search(data[:_DECLARED_WITHIN])
    for name in (declared, within[1].decode("ascii") if within else ""):
        known = _known(name)
        if known == "utf-8" and (lenient := _lenient(data, known)).broken <= _BROKEN_SHARE * _beyond_ascii(
            lenient.text
        ):
            return lenient
        if known not in {"", "utf-8"} | _DEFAULTS and (text := _strict(data, known)) is not None:
            return Decoded(text, known)
    return _guessed(data)


def _guessed(data: bytes) -> Decoded:
    lenient = _lenient(data, "utf-8")
    if lenient.broken <= _BROKEN_SHARE * _beyond_ascii(lenient.text):
        return lenient
    best = from_bytes(data, cp_isolation=_CANDIDATES).best()
    return lenient if best is None else _lenient(data, codecs.lookup(best.encoding).name)


def _wide(data: bytes) -> str:
    """UTF-16 without its mark: every other byte of its markup is zero."""
    head = data[:64]
    if len(head) < 8 or b"\0" not in head:
        return ""
    zeros = [head[start::2].count(0) for start in (0, 1)]
    if max(zeros) < len(head) // 4 or min(zeros) > 2:
        return ""
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _known(name: str) -> str:
    """Python's name of a text encoding; "" for one that it does not have."""
    try:
        found = codecs.lookup(name.strip().lower()) if name.strip() else None
    except (LookupError, ValueError):
        return ""
    # base64, rot13 and their like are codecs too, and no encodings of text
    return found.name if found and found._is_text_encoding else ""


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _lenient(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, text.count("\ufffd"))


def _beyond_ascii(text: str) -> int:
    return sum(not char.isascii() for char in text)

"""What one value of a record becomes in an article: a string, an id, a date, a language, tags.

Each function takes the value as the source gave it, or None where the record has none. BadInput
means that the article cannot be used; `warn` is called with a sentence where the article can be
kept without the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from indexer.errors import BadInput
from indexer.sources.dates import READABLE_DATES, parse_date

Warn: TypeAlias = Callable[[str], None]

MAX_ID_CHARS = 512

_FUTURE_SLACK = timedelta(days=1)  # a zone left out of the date moves it by at most 14 hours
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08c9\ufb50-\ufdff\ufe70-\ufefc]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_LANGUAGE_SAMPLE = 1_000  # characters; the script of a news text shows in its first lines
_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*", re.ASCII)
_LANGUAGE_NAMES = {"arabic": "ar", "العربية": "ar", "عربي": "ar", "english": "en", "الإنجليزية": "en"}
_TAG_SEPARATOR = re.compile(r"[,،;؛|\n]")


def shown_value(value: object) -> str:
    """Give a value for a message: its Python form, cut to 80 characters; of a list or object, its size."""
    if isinstance(value, list | tuple | dict):  # may be huge, or nested deeper than repr can go
        return f"a {type(value).__name__} of {len(value):,}"
    written = repr(value[:80]) if isinstance(value, str) else repr(value)
    return written if len(written) <= 80 else f"{written[:77]}..."


def text_value(value: object, record: Mapping[str, object], max_chars: int) -> str:
    """Give the article's text unchanged; BadInput when it is missing, no string, too long or not storable."""
    if value is None:
        keys = ", ".join(map(shown_value, record)) or "none"
        raise BadInput(f"no text; the record's keys are: {keys[:200]}. Name the right one: --field text=KEY")
    if not isinstance(value, str):
        raise BadInput(f"text is {shown_value(value)}, not a string: name the right key with --field text=KEY")
    if len(value) > max_chars:
        raise BadInput(f"text has {len(value):,} characters of {max_chars:,} allowed: split the article")
    return storable("text", value)


def storable(name: str, value: str) -> str:
    """Pass `value` on if it is text that UTF-8 can hold, else raise BadInput."""
    if "\0" in value:
        where = value.index("\0") + 1
        raise BadInput(f"{name} has a NUL at character {where:,}, as binary data has: export it as text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        code = f"U+{ord(value[error.start]):04X}"
        raise BadInput(
            f"{name} has half of a surrogate pair ({code}) at character {error.start + 1:,}: "
            "it is no character and cannot be stored; export the record again as UTF-8"
        ) from error
    return value


def label_value(name: str, value: object, warn: Warn) -> str:
    """Give a short field as a string: trimmed; a number as it is written; a list of strings joined."""
    if value is None:
        return ""
    if isinstance(value, str):
        return storable(name, value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return storable(name, ", ".join(part.strip() for part in value))
    warn(f"{name} is {shown_value(value)}, not a string: left empty")
    return ""


def id_value(value: object) -> str:
    """Give the source's own id ("" when it has none); BadInput for one that is long, odd or no id at all."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadInput(f"id is {shown_value(value)}, neither string nor whole number: try --field id=KEY")
    own = storable("id", str(value).strip())
    if fault := id_fault(own):
        raise BadInput(f"id {shown_value(own)} {fault}: correct it, or name another key with --field id=KEY")
    return own


def id_fault(value: str) -> str:
    """Say what makes `value` unusable as an id, or "" when nothing does."""
    if len(value) > MAX_ID_CHARS:
        return f"has {len(value):,} characters of {MAX_ID_CHARS} allowed"
    if found := _CONTROL.search(value):
        return f"has the control character U+{ord(found[0]):04X}"
    return ""


def date_value(value: object, now: datetime, allow_future: bool, warn: Warn) -> datetime | None:
    """Give the date, or None (with a warning) when it is unclear; BadInput for one over a day after `now`."""
    if value is None:
        return None
    date = parse_date(value)
    if date is None:
        warn(f"date {shown_value(value)} is not {READABLE_DATES}: the article is kept without a date")
    elif not allow_future and date - now > _FUTURE_SLACK:
        raise BadInput(
            f"date {shown_value(value)} is more than a day after now ({now:%Y-%m-%d %H:%M}): "
            "correct it, or pass --allow-future"
        )
    return date


def language_value(value: object, warn: Warn) -> str:
    """Give the primary language of a BCP 47 tag or of a known name; "" when there is none to be read."""
    if value is None:
        return ""
    name = value.strip().casefold() if isinstance(value, str) else ""
    if known := _LANGUAGE_NAMES.get(name):
        return known
    if found := _LANGUAGE_TAG.fullmatch(name):
        return found[1]
    warn(f"language {shown_value(value)} is not a tag such as ar or en: guessed from the script instead")
    return ""


def guess_language(text: str) -> str:
    """Guess by script: "ar" for mostly Arabic letters, "en" for mostly Latin ones, "und" for neither.

    Looks at the first 1,000 characters. Other languages in these scripts (Persian, French) are
    not told apart: a source that has them states its language.
    """
    sample = text[:_LANGUAGE_SAMPLE]
    arabic, latin = (sum(map(len, letters.findall(sample))) for letters in (_ARABIC, _LATIN))
    if not arabic and not latin:
        return "und"
    return "ar" if arabic >= latin else "en"


def tags_value(value: object, warn: Warn) -> tuple[str, ...]:
    """Give the tags without repeats, in order; one string is split at commas, semicolons and bars."""
    if value is None:
        return ()
    parts: Iterable[object] = _TAG_SEPARATOR.split(value) if isinstance(value, str) else [value]
    if isinstance(value, list | tuple):
        parts = value
    tags: dict[str, None] = {}  # a set that keeps the order
    for part in parts:
        if isinstance(part, str):
            tags[storable("tags", part.strip())] = None
        else:
            warn(f"tag {shown_value(part)} is not a string: left out")
    return tuple(tag for tag in tags if tag)

"""Which key of a record holds which field of an article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from indexer.errors import BadInput

# In order of preference; compared without regard to case or surrounding spaces.
DEFAULT_KEYS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "_id", "guid", "article_id", "المعرف"),
    "title": ("title", "headline", "العنوان"),
    "text": ("text", "body", "content", "article", "النص", "المتن"),
    "source": ("source", "publisher", "outlet", "المصدر"),
    "url": ("url", "link", "الرابط"),
    "published_at": (
        "published_at",
        "date",
        "published",
        "pubdate",
        "timestamp",
        "datetime",
        "date_published",
        "publish_date",
        "التاريخ",
    ),
    "language": ("language", "lang", "اللغة"),
    "tags": ("tags", "keywords", "categories", "category", "section", "الوسوم", "التصنيف"),
    "author": ("author", "authors", "byline", "creator", "الكاتب"),
}


def folded_key(key: str) -> str:
    """Give the form of a record's key under which it is looked up."""
    return key.strip().casefold()


@dataclass(frozen=True, slots=True)
class FieldMap:
    """For each field of an article, the keys of a record that may hold it, in order of preference."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(DEFAULT_KEYS))

    @classmethod
    def from_flags(cls, flags: Iterable[str]) -> FieldMap:
        """Read overrides such as `text=body`; several for one field are tried in the order given.

        An overridden field is looked for under the given keys only. Raises BadInput for a flag
        that is not FIELD=KEY or whose field is not one of an article's.
        """
        overrides: dict[str, tuple[str, ...]] = {}
        for flag in flags:
            name, sign, key = (part.strip() for part in flag.partition("="))
            if not (name and sign and key):
                raise BadInput(f"field option {flag!r} is not FIELD=KEY: write for example text=body")
            if name not in DEFAULT_KEYS:
                allowed = ", ".join(DEFAULT_KEYS)
                raise BadInput(f"field option {flag!r}: {name!r} is no field; the fields are {allowed}")
            overrides[name] = (*overrides.get(name, ()), folded_key(key))
        return cls({**DEFAULT_KEYS, **overrides})

    def pick(self, record: Mapping[str, object]) -> dict[str, object]:
        """Give each field's value in `record`: that of its first key that is not blank, or None."""
        held = {folded_key(key): value for key, value in record.items() if not _is_blank(value)}
        return {name: _first(held, keys) for name, keys in self.keys.items()}

    def finds(self, name: str, columns: Iterable[str]) -> bool:
        """Tell whether one of `columns` can hold the field `name`."""
        return not {folded_key(column) for column in columns}.isdisjoint(self.keys[name])


def _first(held: Mapping[str, object], keys: tuple[str, ...]) -> object:
    for key in keys:
        if key in held:
            return held[key]
    return None


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None

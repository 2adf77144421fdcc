"""LlamaIndex's metadata filters as those of a Masdar index, or an error that names what there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from llama_index.core.vector_stores.types import FilterCondition, FilterOperator, MetadataFilter, MetadataFilters

from indexer.errors import BadInput
from indexer.sources.dates import READABLE_DATES, parse_date
from indexer.store import NO_FILTERS, Filters

#: Metadata key and operator -> the field of ``Filters``.
_FIELDS = {
    ("source", FilterOperator.EQ): "sources",
    ("source", FilterOperator.IN): "sources",
    ("language", FilterOperator.EQ): "languages",
    ("language", FilterOperator.IN): "languages",
    ("tags", FilterOperator.CONTAINS): "tags",
    ("tags", FilterOperator.ANY): "tags",
    ("published_at", FilterOperator.GTE): "published_from",
    ("published_at", FilterOperator.LT): "published_before",
}
_ALLOWED = (
    "source and language with == or in, tags with contains or any, published_at with >= or <, each field once and all "
    "joined by and"
)


def filters_of(given: MetadataFilters | None) -> Filters:
    """The filters of an index that say the same.

    Raises:
        BadInput: a filter, its value or the way they are joined has no counterpart.
    """
    if given is None or not given.filters:
        return NO_FILTERS
    if given.condition not in (None, FilterCondition.AND) and (
        given.condition is FilterCondition.NOT or len(given.filters) > 1
    ):
        raise BadInput(f"the filters are joined by {given.condition.value!r}; a Masdar index takes {_ALLOWED}")
    fields: dict[str, Any] = {}
    for one in given.filters:
        if isinstance(one, MetadataFilters):
            raise BadInput(f"filters stand inside filters; a Masdar index takes {_ALLOWED}")
        name = _FIELDS.get((one.key, one.operator))
        if name is None or name in fields:
            fault = "is one too many" if name else "is not known"
            raise BadInput(f"the filter {_shown(one)} {fault}; a Masdar index takes {_ALLOWED}")
        fields[name] = _date(one) if name.startswith("published") else _names(one)
    return Filters(**fields)


def _names(one: MetadataFilter) -> tuple[str, ...]:
    values: Sequence[object] = one.value if isinstance(one.value, list) else [one.value]
    names = tuple(value for value in values if isinstance(value, str))
    # An empty list would restrict nothing here, and everything where it came from.
    if not names or len(names) < len(values):
        raise BadInput(f"the filter {_shown(one)} needs a string, or a list of one or more with the operator in")
    return tuple(name.strip().lower() for name in names) if one.key == "language" else names


def _date(one: MetadataFilter) -> datetime:
    date = parse_date(one.value)
    if date is None:
        raise BadInput(f"the filter {_shown(one)} needs a date: {READABLE_DATES}; UTC where it has no zone")
    return date


def _shown(one: MetadataFilter) -> str:
    return f"{one.key} {one.operator.value} {one.value!r}"

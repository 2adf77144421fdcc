"""What the articles of a source have where they say nothing themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from indexer.sources.fields import FieldMap

if TYPE_CHECKING:
    from indexer.articles import Article


@dataclass(frozen=True, slots=True)
class Defaults:
    """Name of the source and language of articles that have none, and tags that each gets besides its own."""

    source: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()

    def completed(self, record: Mapping[str, object], fields: FieldMap) -> Mapping[str, object]:
        """The record with the source and the language where it has none."""
        given = {name: value for name, value in (("source", self.source), ("language", self.language)) if value}
        if not given:
            return record
        there = fields.pick(record)
        missing = {fields.keys[name][0]: value for name, value in given.items() if there[name] is None}
        return {**record, **missing}

    def tagged(self, article: Article) -> Article:
        """The article with these tags after its own."""
        new = tuple(tag for tag in dict.fromkeys(self.tags) if tag not in article.tags)
        return replace(article, tags=article.tags + new) if new else article


NO_DEFAULTS = Defaults()

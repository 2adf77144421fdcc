"""Bring an index into step with one source: write what is new or changed, withdraw what it does not have any more.

What is missing is not always gone. Nothing is withdrawn after a reading that failed or lost something, or that gave
much less than the source had, unless a person confirms it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, cast

from llama_index.core.schema import TransformComponent

from indexer.articles import Article
from indexer.chunks import EncodedChunk
from indexer.errors import BadInput, FetchError, MissingLibrary
from indexer.extras import needing
from indexer.intake import DEFAULT_RULES, IntakeRules
from indexer.pipeline import Indexer
from indexer.sources.items import Loss, Problem, ReadOptions, SourceItem, SourceRecord
from indexer.sources.reader import read_articles
from indexer.store import NO_STORIES, Store, Story
from indexer.syncing.doubts import doubt
from indexer.syncing.error_pages import ErrorPages
from indexer.syncing.ledger import Happened, Ledger
from indexer.syncing.listing import ListedSource
from indexer.syncing.outcome import Outcome
from indexer.syncing.remembered import CheckedState
from indexer.syncing.stopping import Stop, Stopped

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.sources.remote import Remote

_HTTP: Final = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Index:
    """What sources are brought into.

    Attributes:
        store: the open index.
        known: ids and content hashes of what it holds, kept current.
        transformations: LlamaIndex transformations from documents to encoded nodes.
        ledger: who has what.
        folder: where states of fetching are.
        stop: whether to end after the batch.
        rules: what is done with articles on their way.
    """

    store: Store
    known: dict[str, str]
    transformations: Sequence[TransformComponent]
    ledger: Ledger
    folder: Path
    stop: Stop
    rules: IntakeRules = DEFAULT_RULES


@dataclass(slots=True)
class SourceSync:
    """One look at one source.

    Attributes:
        index: where its articles go.
        source: the source.
        earlier: names of the sources listed before it; an article of one of these is theirs.
        listed: names of all sources that are listed.
        remote: what fetches addresses; None for a source on this machine.
        confirmed: whether a person wants everything gone that is missing.
    """

    index: Index
    source: ListedSource
    earlier: Sequence[str]
    listed: Sequence[str]
    remote: Remote | None = None
    confirmed: bool = False
    _held: dict[str, str | None] = field(default_factory=dict)
    _had: int = 0
    _kept_out: set[str] = field(default_factory=set)
    _shadowed: set[str] = field(default_factory=set)
    _seen: dict[str, str] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)
    _gone_pages: set[str] = field(default_factory=set)

    def run(self) -> Outcome:
        """Read the source and write; what it did.

        Raises:
            MasdarError: the index, its ledger or the encoder failed; a failing source is told in the outcome.
        """
        ledger, name = self.index.ledger, self.source.name
        self._held, self._kept_out = ledger.held(name), ledger.kept_out()
        self._shadowed, self._had = ledger.ids(self.earlier), len(self._held)
        outcome = Outcome(name)
        try:
            if self.remote is None:
                self._read(outcome, None)
            else:
                path = self.index.folder / f"fetched-{self.source.digest}.sqlite"
                with closing(CheckedState(path, self._is_there)) as state:
                    remote = replace(self.remote, state=state, kept=self._keep, gone=self._note_gone)
                    remote = replace(remote, revisit=self.source.revisit, pages=self.source.pages or remote.pages)
                    self._read(outcome, remote)
                    # After everything is in the index: what was seen is not asked for again.
                    state.commit()
        except (FetchError, BadInput, MissingLibrary) as failure:
            outcome.failed = str(failure)
        self._remove(outcome)
        return outcome

    def _read(self, outcome: Outcome, remote: Remote | None) -> None:
        """Write what is new or changed."""
        store = cast(Store, _Recorded(self, outcome))
        indexer = Indexer(store, self.index.transformations, rules=self.index.rules)
        items = self._items(outcome, remote)
        if self.source.is_remote:
            items = ErrorPages(self.index.store, self.index.known).sifted(items)
        report = indexer.run(items, known=self.index.known)
        outcome.problems = report.problems
        outcome.unchanged = len(self._seen) - outcome.added - outcome.changed - report.refused
        if not self._seen or self.source.is_remote:
            outcome.failed = next((str(one) for one in report.problems if one.fatal), "")
        self._settle_unwritten()

    def _items(self, outcome: Outcome, remote: Remote | None) -> Iterator[SourceItem]:
        """What the source gives that may have to be written."""
        try:
            for item in self._until_stopped(self._given(remote)):
                if isinstance(item, Problem):
                    yield replace(item, loss=Loss.NOTHING) if item.path in self._gone_pages else item
                else:
                    yield from self._record(item)
        except Stopped:
            outcome.stopped = True

    def _until_stopped(self, items: Iterator[SourceItem]) -> Iterator[SourceItem]:
        for item in items:
            if self.index.stop.asked:
                raise Stopped
            yield item

    def _given(self, remote: Remote | None) -> Iterator[SourceItem]:
        options = ReadOptions(self.source.fields, defaults=self.source.defaults)
        failed = False
        for item in read_articles([self.source.place], options, remote):
            failed = failed or (isinstance(item, Problem) and item.fatal)
            yield item
        if remote is not None and self.source.recheck and not failed:
            with needing("sources", "fetching pages and feeds"):
                from indexer.sources.remote import read_pages
            but = self._gone.union(self._seen)
            again = self.index.ledger.unchecked(self.source.name, self.source.recheck, but)
            yield from read_pages([one for one in again if one.startswith(_HTTP)], remote, options)

    def _record(self, item: SourceRecord) -> Iterator[SourceItem]:
        article_id, version = item.article.id, item.article.content_hash
        first = self._seen.setdefault(article_id, version)
        if first != version:
            reason = f"the id {article_id!r} belongs to another article of this source; give each its own id"
            yield Problem(item.path, item.line, reason, Loss.NOTHING)
        elif article_id not in self._kept_out and article_id not in self._shadowed:
            yield item

    def _keep(self, ids: Sequence[str]) -> None:
        """Articles that are as they were; ``_is_there`` was asked for each."""
        for article_id in ids:
            self._seen.setdefault(article_id, self._held.get(article_id) or "")

    def _note_gone(self, url: str, ids: Sequence[str]) -> None:
        self._gone.update(ids)
        self._gone_pages.add(url)

    def _is_there(self, article_id: str) -> bool:
        if article_id in self._kept_out:
            return True
        version = self._held.get(article_id)
        return version is not None and (article_id in self._shadowed or self.index.known.get(article_id) == version)

    def wrote(self, articles: Sequence[Article], outcome: Outcome) -> None:
        """Note what was just written."""
        happened: list[Happened] = []
        versions = {article.id: article.content_hash for article in articles}
        for article_id, new in versions.items():
            old = self.index.known.get(article_id) or self._held.get(article_id)
            what = "added" if old is None else "restored" if old == new else "changed"
            happened.append(Happened(self.source.name, article_id, what, old, new))
            outcome.changed += what == "changed"
            outcome.added += what != "changed"
        self.index.known.update(versions)
        self._held.update(versions)
        self.index.ledger.settle(self.source.name, versions, happened)

    def _settle_unwritten(self) -> None:
        """Note that the source has what the index had before, or has from an earlier source."""
        new = {one: version for one, version in self._seen.items() if version and self._held.get(one) != version}
        shadowed = {one: version for one, version in new.items() if one in self._shadowed or one in self._kept_out}
        there = {one: new[one] for one in new.keys() - shadowed.keys() if self.index.known.get(one) == new[one]}
        happened: list[Happened] = []
        for one, version in there.items():
            old = self._held.get(one)
            # Claimed and in the index: a crash came before it could be noted.
            what = "changed" if old else "added" if one in self._held else "found"
            happened.append(Happened(self.source.name, one, what, old, version))
        self._held.update(new)
        self.index.ledger.settle(self.source.name, shadowed | there, happened)

    def _remove(self, outcome: Outcome) -> None:
        """Withdraw what the source does not have any more, where that can be believed."""
        gone = self._gone & self._held.keys() if self.source.withdraw_gone else set()
        missing = self._held.keys() - self._seen.keys() if self.source.complete else gone
        outcome.held = len(self._held)
        if outcome.stopped:
            return
        if missing:
            believed = self.index.ledger.believed(self.source.name)
            had = self._had if believed is None else believed
            outcome.doubted = doubt(self.source, outcome, len(missing), had, len(self._seen), self.confirmed)
            outcome.kept = len(missing) if outcome.doubted else 0
        if missing and not outcome.doubted:
            self._withdraw(sorted(missing), outcome)
        if not (outcome.failed or outcome.doubted):
            self.index.ledger.set_believed(self.source.name, outcome.held)

    def _withdraw(self, ids: Sequence[str], outcome: Outcome) -> None:
        ledger, name = self.index.ledger, self.source.name
        others = set(self.listed) - {name}
        elsewhere = {one for one, holders in ledger.holders(ids).items() if holders & others}
        alone = [one for one in ids if one not in elsewhere]
        self.index.store.delete(alone)
        happened: list[Happened] = []
        for one in ids:
            old = self.index.known.get(one) or self._held.get(one)
            if one in elsewhere:
                happened.append(Happened(name, one, "unlisted", old, old))
            elif old:  # otherwise it was claimed, and never written
                happened.append(Happened(name, one, "withdrawn", old, None))
        for one in alone:
            self.index.known.pop(one, None)
        ledger.drop(name, ids, happened)
        outcome.withdrawn = len(alone)
        outcome.held -= len(ids)


class _Recorded:
    """The store, for the indexer: what it puts is claimed for the source before, and noted after."""

    def __init__(self, sync: SourceSync, outcome: Outcome) -> None:
        self._sync = sync
        self._outcome = outcome

    def put(
        self, batch: Sequence[tuple[Article, Sequence[EncodedChunk]]], stories: Mapping[str, Story] = NO_STORIES
    ) -> None:
        articles = [article for article, _ in batch]
        index = self._sync.index
        index.ledger.claim(self._sync.source.name, [article.id for article in articles])
        index.store.put(batch, stories)
        self._sync.wrote(articles, self._outcome)

    def __getattr__(self, name: str) -> object:
        return getattr(self._sync.index.store, name)

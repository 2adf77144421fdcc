"""Do answers come from the articles? Change a fact in one, and the answer must change; remove it, and none may be left.

The documents are indexed in a folder of their own, since the index is written to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.answers.session import Setup
from eval.answers.words import holds
from eval.asking import naming
from eval.collection import as_article, open_collection
from eval.datasets import Counterfactual, Dataset
from eval.errors import NoCounterfactuals
from indexer.articles import Article
from indexer.pipeline import Indexer, default_transformations
from indexer.sources.items import SourceRecord
from indexer.store import Store
from service import wiring
from service.answering import Answer


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of the answer to one question.

    Attributes:
        found: whether the quotes held the fact before anything was changed.
        follows: whether, after the change, they hold the new words and nowhere the old ones.
        abstains: whether, with the article gone, the verdict is not "answered".
        leftover: whether, with the article gone, it is quoted nevertheless.
    """

    query: str
    found: bool
    follows: bool
    abstains: bool
    leftover: bool


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """All questions of a set whose facts were changed."""

    dataset: str
    followed: Sequence[Followed]

    def as_json(self) -> dict[str, Any]:
        """The result as ``--json`` prints it.

        ``follows_change`` is a share of the questions whose fact was found; the others of all.
        """
        found = [one for one in self.followed if one.found]
        return {
            "dataset": self.dataset,
            "queries": len(self.followed),
            "found": len(found),
            "follows_change": round(sum(one.follows for one in found) / len(found), 6) if found else None,
            "abstains_after_removal": round(sum(one.abstains for one in self.followed) / len(self.followed), 6),
            "leftovers": sum(one.leftover for one in self.followed),
            "questions": [asdict(one) for one in self.followed],
        }


def run_counterfactual(dataset: Dataset, setup: Setup, watcher: Callable[[], None] = lambda: None) -> Faithfulness:
    """Ask each question three times: as the articles are, with its fact changed, and without its article.

    Raises:
        NoCounterfactuals: the set has no facts to change.
        MasdarError: the index cannot be made, or a question failed.
    """
    if not dataset.counterfactuals:
        raise NoCounterfactuals(dataset.name)
    with TemporaryDirectory(prefix="masdar-") as folder:
        followed = []
        for one in _followed(dataset, setup, Path(folder)):
            watcher()
            followed.append(one)
    return Faithfulness(dataset.name, followed)


def _followed(dataset: Dataset, setup: Setup, folder: Path) -> Iterator[Followed]:
    with open_collection(dataset, setup.encoder, folder, setup.making) as collection:
        store = collection.store
        judge = wiring.build_judge(setup.settings, strict=True)
        service = wiring.build_service(setup.settings, store, setup.encoder, judge=judge)

        def put(article: Article) -> None:
            making = default_transformations(setup.encoder, setup.making.chunk_tokens, setup.making.late)
            Indexer(store, making).run([SourceRecord(article, "corpus", None)])

        for one in dataset.counterfactuals:
            with naming(one.query, dataset.name):
                yield _follow(one, as_article(one.document, dataset.corpus[one.document]), store, put, service.ask)


def _follow(
    one: Counterfactual,
    article: Article,
    store: Store,
    put: Callable[[Article], None],
    ask: Callable[[str], tuple[Answer, dict[str, float]]],
) -> Followed:
    before, _ = ask(one.text)
    put(_changed(article, one))
    after, _ = ask(one.text)
    store.delete([article.id])
    without, _ = ask(one.text)
    put(article)
    return Followed(
        one.query,
        found=_quotes(before, one.fact),
        follows=_quotes(after, one.changed) and not _quotes(after, one.fact),
        abstains=without.verdict != "answered",
        leftover=any(citation.article_id == article.id for citation in without.citations),
    )


def _changed(article: Article, one: Counterfactual) -> Article:
    return replace(
        article,
        title=article.title.replace(one.fact, one.changed),
        text=article.text.replace(one.fact, one.changed),
    )


def _quotes(answer: Answer, words: str) -> bool:
    return any(holds(citation.quote, words) for citation in answer.citations)

"""The questions of a saved run that missed, with what stood before the right article.

A saved run has no text: passages are offsets, read again from the question set.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from eval.asking import Asked, Found
from eval.collection import as_article
from eval.datasets import Dataset
from eval.retrieval import check_comparable
from eval.runs import Row, Run, Seen, read_run
from indexer.errors import BadInput


def asked_then(path: Path, dataset: Dataset) -> list[Asked]:
    """What the questions of a saved run found.

    Raises:
        BadInput: the run cannot be read, is of another question set, or was saved before passages were kept.
    """
    run = read_run(path)
    check_comparable(dataset, run)
    if not _has_passages(run):
        raise BadInput(f"the run {path} does not say which passages were found; run it again with --save")
    return [_asked(dataset, row) for row in run.rows]


def _has_passages(run: Run[Row]) -> bool:
    return all(row.found or not row.ranking for row in run.rows)


def _asked(dataset: Dataset, row: Row) -> Asked:
    found = tuple(_found(dataset, row.found))
    return Asked(row.query, dataset.queries[row.query], row.ranking, found, {}, row.milliseconds)


def _found(dataset: Dataset, seen: tuple[Seen, ...]) -> Iterator[Found]:
    for one in seen:
        article = as_article(one.article_id, dataset.corpus[one.article_id])
        passage = article.text[one.start : one.end]
        yield Found(one.rank, article.id, article.title, passage, one.start, one.end, one.scores)

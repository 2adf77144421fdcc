"""Question sets over articles as Masdar indexes them: ``articles.jsonl`` and ``questions.jsonl`` in one folder.

A question is ``{"question": ..., "article_id": ..., "answer": ..., "lang": ...}``: one right article each, the last two
optional. ``unanswerable.jsonl`` may hold questions that no article answers, with ``type``, ``lang``, ``note``;
``counterfactual.jsonl`` questions with a ``fact`` of their article and what it is to be ``changed`` to. The
project's own ``samples/`` are such a set, so that an evaluation runs without any download. Sets of questions can
share articles: a folder with ``questions.jsonl`` alone takes the ``articles.jsonl`` beside it; ``samples/short/`` does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from eval.datasets import UNANSWERABLE, Counterfactual, Dataset, Document, Gold, Unanswerable
from indexer.articles import Article
from indexer.errors import BadInput, BadRecord
from indexer.sources.items import Loss, Problem
from indexer.sources.reader import read_articles

COUNTERFACTUAL = "counterfactual.jsonl"
ARTICLES, QUESTIONS = FILES = ("articles.jsonl", "questions.jsonl")


def is_article_set(folder: Path) -> bool:
    """Whether the folder has questions, and articles in it or beside it."""
    return (folder / QUESTIONS).is_file() and _articles_of(folder).is_file()


def _articles_of(folder: Path) -> Path:
    """The articles in the folder or, where it has none, beside it."""
    own = folder / ARTICLES
    return own if own.is_file() else folder.resolve().parent / ARTICLES


def load_article_set(folder: Path) -> Dataset:
    """Read articles and questions; questions are named after their line, "q1" being the first.

    Raises:
        BadInput: an article cannot be read, or a question names one that is not there.
        BadRecord: a line of the questions cannot be read.
    """
    articles_file, questions_file = _articles_of(folder), folder / QUESTIONS
    corpus = {article.id: Document(article.title, article.text) for article in _articles(articles_file)}
    queries: dict[str, str] = {}
    qrels: dict[str, dict[str, int]] = {}
    languages: dict[str, str] = {}
    gold: dict[str, Gold] = {}
    for number, question in _questions(questions_file):
        name, right = f"q{number}", question["article_id"]
        if right not in corpus:
            raise BadRecord(
                str(questions_file), number, f"names article {right!r}, which {articles_file.name} does not have"
            )
        queries[name], qrels[name] = question["question"], {right: 1}
        if "lang" in question:
            languages[name] = question["lang"]
        if question.get("answer"):
            gold[name] = Gold((question["answer"],))
    if not queries:
        raise BadInput(f"{questions_file} has no question; write one a line")
    return Dataset(
        _name(folder, articles_file),
        corpus,
        queries,
        qrels,
        languages,
        gold,
        _unanswerable(folder),
        _changes(folder, corpus),
    )


def _unanswerable(folder: Path) -> tuple[Unanswerable, ...]:
    path = folder / UNANSWERABLE
    records = _questions(path) if path.is_file() else ()
    return tuple(
        Unanswerable(
            f"u{number}", one["question"], *(one.get(key, "") for key in ("lang", "type", "article_id", "note"))
        )
        for number, one in records
    )


def _changes(folder: Path, corpus: Mapping[str, Document]) -> tuple[Counterfactual, ...]:
    path = folder / COUNTERFACTUAL
    changes = []
    for number, one in _questions(path) if path.is_file() else ():
        name, fact, changed = one["article_id"], one.get("fact", ""), one.get("changed", "")
        if not fact or not changed or name not in corpus or fact not in corpus[name].text:
            raise BadRecord(str(path), number, 'needs a "fact" that stands in its article, and what is "changed" of it')
        changes.append(Counterfactual(f"c{number}", one["question"], one.get("lang", ""), name, fact, changed))
    return tuple(changes)


def _name(folder: Path, articles: Path) -> str:
    """The folder's name; with that of the folder above where the articles are there: "samples/short"."""
    own = folder.resolve()
    return own.name if articles.parent == folder else f"{own.parent.name}/{own.name}"


def _articles(path: Path) -> Iterator[Article]:
    for item in read_articles([path]):
        if not isinstance(item, Problem):
            yield item.article
        elif item.loss is not Loss.NOTHING:
            raise BadInput(f"{item}; a question set must be read whole")


def _questions(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    # Not splitlines(): it also cuts at U+2028 and its like, which JSON allows inside a string.
    for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadRecord(str(path), number, f"not JSON: {error}") from error
        if not isinstance(record, dict) or not all(isinstance(record.get(key), str) for key in _NEEDED):
            raise BadRecord(str(path), number, 'needs an object with the strings "question" and "article_id"')
        yield number, {key: value for key, value in record.items() if isinstance(value, str)}


_NEEDED = ("question", "article_id")

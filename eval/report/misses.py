"""The misses of a run: a table without text of articles, and ``misses.md``, which quotes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.asking import Found
from eval.report.files import write_files
from eval.report.markdown import failure_parts, table_part
from eval.report.tables import Table
from eval.report.worst import Failure

_SIGNALS = ("score", "dense", "lexical", "late")


def misses_table(dataset: str, questions: int, within: int, missed: Sequence[Failure]) -> str:
    """A Markdown table, a row for each question: its words, ids and scores."""
    heading = f"{dataset}: {len(missed):,} of {questions:,} questions have no right article in {_places(within)}"
    columns = ["question", "lang", "asked", "place", "right article", *(f"its {name}" for name in _SIGNALS)]
    columns += ["beaten by", *(f"its {name}" for name in _SIGNALS)]
    return table_part(Table(heading, columns, [list(_cells(failure)) for failure in missed])) + "\n"


def _places(within: int) -> str:
    return "the first place" if within == 1 else f"the first {within} places"


def write_misses(folder: Path, table: str, missed: Sequence[Failure]) -> None:
    """Write ``misses.md``: the table, then each question with the passages that beat the right one.

    Raises:
        BadInput: the folder cannot be written to.
    """
    parts = [table.rstrip("\n"), *(part for failure in missed for part in failure_parts(failure))]
    write_files(folder, {"misses.md": "\n\n".join(parts) + "\n"})


def entry(failure: Failure) -> dict[str, Any]:
    """A question that missed as ``--json`` prints it, without text of articles."""
    return {
        "query": failure.query,
        "lang": failure.lang,
        "question": failure.text,
        "right": [name for name, _ in failure.titles],
        "place": failure.right.rank if failure.right else None,
        "right_found": _as_json(failure.right) if failure.right else None,
        "beaten_by": [_as_json(found) for found in failure.beaten_by],
    }


def _as_json(found: Found) -> dict[str, Any]:
    names = ("rank", "article_id", "start", "end")
    return {name: getattr(found, name) for name in names} | {"scores": dict(found.scores)}


def _cells(failure: Failure) -> Iterator[str]:
    right, first = failure.right, failure.beaten_by[0] if failure.beaten_by else None
    yield from (failure.query, failure.lang, failure.text)
    yield str(right.rank) if right else "not found"
    yield ", ".join(name for name, _ in failure.titles)
    yield from _scores(right)
    yield first.article_id if first else "–"
    yield from _scores(first)


def _scores(found: Found | None) -> Iterator[str]:
    for name in _SIGNALS:
        yield f"{found.scores[name]:.3f}" if found and name in found.scores else "–"

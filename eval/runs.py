"""A run that was saved: a line for each question, and the configuration and result beside them.

``RUN.jsonl`` has a row for each question asked, ``RUN.config.json`` what ``--json`` prints. No text of an article is
in them: they can be shared where the articles cannot.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from eval.measures import MEASURES
from indexer.errors import BadInput, BadRecord


class OfQuestion(Protocol):
    """A row of a run: a data class that names its question."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def query(self) -> str:
        """The question's id."""
        ...


R = TypeVar("R", bound=OfQuestion)


@dataclass(frozen=True, slots=True)
class Seen:
    """A passage that was found, as offsets in its article; see ``eval.asking.Found``."""

    rank: int
    article_id: str
    start: int
    end: int
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a run.

    Attributes:
        query: its id.
        lang: its language, empty where the question set does not say.
        metrics: each measure, between 0 and 1.
        ranking: ids of the articles found, best first.
        milliseconds: to encode the question and search.
        found: the passages behind the first places, and that of the first relevant article after them.
    """

    query: str
    lang: str
    metrics: Mapping[str, float]
    ranking: tuple[str, ...]
    milliseconds: float
    found: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Run(Generic[R]):
    """The rows of a run and what ``--json`` printed for it."""

    rows: Sequence[R]
    result: Mapping[str, Any]


def config_path(path: Path) -> Path:
    """The file beside the rows: ``RUN.config.json`` for ``RUN.jsonl``."""
    return path.with_suffix(".config.json")


def check_writable(path: Path) -> None:
    """Make the folder of a run to come, so that a long run does not end with what could be told before it.

    Raises:
        BadInput: the folder cannot be made, or the name is taken by a folder.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"the folder {path.parent} cannot be made ({error.strerror or error}); name another") from error
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a file for the run, for example {path / 'run.jsonl'}")


def save_run(path: Path, run: Run[R]) -> None:
    """Write both files, each whole or not at all.

    Raises:
        BadInput: they cannot be written.
    """
    rows = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in run.rows)
    result = json.dumps(run.result, ensure_ascii=False, indent=2) + "\n"
    try:
        for target, content in ((path, rows), (config_path(path), result)):
            temporary = target.with_name(f"{target.name}.new")
            temporary.write_text(content, "utf-8")
            temporary.replace(target)
    except OSError as error:
        raise BadInput(f"the run cannot be saved as {path} ({error.strerror or error}); name another file") from error


def read_run(path: Path) -> Run[Row]:
    """Read a run of ``masdar eval retrieval`` that ``save_run`` wrote.

    Raises:
        BadInput: one of the files is missing or cannot be read.
        BadRecord: a row lacks something.
    """
    return read_run_of(path, _row)


def read_run_of(path: Path, row: Callable[[Mapping[str, Any]], R]) -> Run[R]:
    """Read a run that ``save_run`` wrote, whatever its rows are.

    Args:
        path: the rows.
        row: makes one out of what a line holds; what it lacks may come out as KeyError, TypeError or ValueError.

    Raises:
        BadInput: one of the files is missing or cannot be read.
        BadRecord: a row lacks something.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
        result = json.loads(config_path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"the run {path} cannot be read ({error}); save one with --save") from error
    if not isinstance(result, dict) or not isinstance(result.get("config"), dict):
        raise BadInput(f"{config_path(path)} is not the configuration of a run; save one with --save")
    return Run([_read_row(path, number, line, row) for number, line in enumerate(lines, 1) if line], result)


def _read_row(path: Path, number: int, line: str, row: Callable[[Mapping[str, Any]], R]) -> R:
    try:
        return row(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRecord(str(path), number, f"not a row of such a run ({error!r}); save one with --save") from error


def _row(values: Mapping[str, Any]) -> Row:
    metrics = {name: float(values["metrics"][name]) for name in MEASURES}
    ranking = tuple(map(str, values["ranking"]))
    found = tuple(_seen(one) for one in values.get("found", ()))  # runs saved before passages were kept have none
    return Row(str(values["query"]), str(values["lang"]), metrics, ranking, float(values["milliseconds"]), found)


def _seen(values: Mapping[str, Any]) -> Seen:
    scores = {str(name): float(score) for name, score in values["scores"].items()}
    return Seen(int(values["rank"]), str(values["article_id"]), int(values["start"]), int(values["end"]), scores)

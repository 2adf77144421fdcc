"""Question sets in the layout of BEIR (Thakur et al. 2021): ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from indexer.errors import BadInput, BadRecord

FILES = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")
#: Questions that the corpus does not answer; not every set has them.
UNANSWERABLE = "unanswerable.jsonl"


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a corpus; the title may be empty."""

    title: str
    text: str

    @property
    def full_text(self) -> str:
        """Title and text, a line each; the text alone where there is no title."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Gold:
    """What answers a question.

    Attributes:
        spans: words of the article, any of which is the answer.
        wordings: the same in another language, for answers that are not quotes.
    """

    spans: tuple[str, ...]
    wordings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """A question that the documents do not answer.

    Attributes:
        type: for example "near_miss" (the fact is nowhere) or "false_premise"; empty where the set does not say.
        near: the document that it is about; empty where none is named.
        note: why it cannot be answered.
    """

    query: str
    text: str
    lang: str = ""
    type: str = ""
    near: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A question whose answer would be another one if its article said something else.

    Attributes:
        document: the one that answers it.
        fact, changed: words of that document that answer it, and words to put in their place.
    """

    query: str
    text: str
    lang: str
    document: str
    fact: str
    changed: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A question set.

    Attributes:
        name: the folder's name.
        corpus: documents by id.
        queries: questions by id; some may have no judgement.
        qrels: for each judged question the relevant documents and their grade, 1 or more.
        languages: "ar", "en" and so on, for the questions that carry a ``lang``.
        gold: what answers them, for the questions that carry it.
        unanswerable: questions that nothing in the corpus answers.
        counterfactuals: facts to change.
    """

    name: str
    corpus: Mapping[str, Document]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    languages: Mapping[str, str] = field(default_factory=dict)
    gold: Mapping[str, Gold] = field(default_factory=dict)
    unanswerable: tuple[Unanswerable, ...] = ()
    counterfactuals: tuple[Counterfactual, ...] = ()

    def first(self, questions: int) -> Dataset:
        """The set with its first judged questions only, over the same documents."""
        return replace(self, qrels=dict(islice(self.qrels.items(), questions)))

    @property
    def corpus_digest(self) -> str:
        """SHA-256 in hex of the documents, whatever their order. Computed anew at each access."""
        return _digest(sorted((name, document.title, document.text) for name, document in self.corpus.items()))

    @property
    def digest(self) -> str:
        """SHA-256 in hex of the documents, the judged questions and the judgements, whatever their order."""
        judged = [(query, self.queries[query], sorted(grades.items())) for query, grades in sorted(self.qrels.items())]
        return _digest([self.corpus_digest, judged])

    @property
    def gold_digest(self) -> str:
        """SHA-256 in hex of what answers the judged questions."""
        known = {query: self.gold[query] for query in sorted(self.qrels) if query in self.gold}
        return _digest([(query, gold.spans, gold.wordings) for query, gold in known.items()])


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode()).hexdigest()


def datasets_folder(given: Path | None) -> Path:
    """The folder of question sets: the one given, or that of ``MASDAR_DATASETS``.

    Raises:
        BadInput: neither names a folder.
    """
    folder = given or Path(os.environ.get("MASDAR_DATASETS", ""))
    if folder == Path() or not folder.is_dir():
        shown = "none is named" if folder == Path() else f"{folder} is no folder"
        raise BadInput(f"the folder of question sets: {shown}; give --data or set MASDAR_DATASETS")
    return folder


def load_beir(folder: Path) -> Dataset:
    """Read a question set.

    Raises:
        BadInput: a file is missing, or a judgement names a question or document that is not there.
        BadRecord: a line cannot be read, or an id comes twice.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise BadInput(
            f"the question set {folder} lacks {' and '.join(missing)}; the layout of BEIR needs {', '.join(FILES)}"
        )
    corpus = {
        name: Document(record.get("title") or "", record["text"])
        for name, record in _by_id(folder / "corpus.jsonl").items()
    }
    questions = _by_id(folder / "queries.jsonl")
    queries = {name: record["text"] for name, record in questions.items()}
    languages = {name: record["lang"] for name, record in questions.items() if isinstance(record.get("lang"), str)}
    qrels = _judgements(folder / "qrels.tsv")
    _check_references(folder, qrels, corpus, queries)
    gold = {name: found for name, record in questions.items() if (found := _gold(record))}
    return Dataset(folder.resolve().name, corpus, queries, qrels, languages, gold, _unanswerable(folder))


def _gold(record: Mapping[str, Any]) -> Gold | None:
    """The answers of a question: a list or one string, each; None where it has none."""
    spans, *others = (_strings(record.get(name)) for name in ("answers", "answers_en", "answer_en"))
    return Gold(spans, tuple(text for texts in others for text in texts)) if spans else None


def _strings(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(text for text in listed if isinstance(text, str) and text.strip())


def _unanswerable(folder: Path) -> tuple[Unanswerable, ...]:
    path = folder / UNANSWERABLE
    records = _by_id(path) if path.is_file() else {}
    return tuple(
        Unanswerable(
            name, record["text"], *(str(record.get(key) or "") for key in ("lang", "type", "near_doc", "note"))
        )
        for name, record in records.items()
    )


def _by_id(path: Path) -> dict[str, dict[str, Any]]:
    records: dict[str, dict[str, Any]] = {}
    for number, record in _records(path):
        if record["_id"] in records:
            raise BadRecord(str(path), number, f"the _id {record['_id']!r} comes a second time; give each its own")
        records[record["_id"]] = record
    return records


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(path):
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadRecord(str(path), number, f"not JSON: {error}") from error
        if not isinstance(record, dict) or not all(isinstance(record.get(key), str) for key in ("_id", "text")):
            raise BadRecord(str(path), number, 'needs an object with the strings "_id" and "text"')
        yield number, record


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    """Grades above 0, by question and document."""
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        parts = line.split("\t")
        if number == 1 and parts[0] == "query-id":
            continue
        try:
            query, document, grade = parts[0], parts[1], int(parts[2])
        except (IndexError, ValueError) as error:
            raise BadRecord(str(path), number, "needs query-id, corpus-id and a whole number, with tabs") from error
        if grade > 0:
            qrels.setdefault(query, {})[document] = grade
    return qrels


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    # Not splitlines(): it also cuts at U+2028 and its like, which JSON allows inside a string.
    for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), 1):
        if line.strip():
            yield number, line.rstrip("\r")


def _check_references(
    folder: Path,
    qrels: Mapping[str, Mapping[str, int]],
    corpus: Mapping[str, Document],
    queries: Mapping[str, str],
) -> None:
    if not qrels:
        raise BadInput(f"the question set {folder} has no judgement above 0 in qrels.tsv")
    for query, documents in qrels.items():
        if query not in queries:
            raise BadInput(f"{folder / 'qrels.tsv'} judges question {query!r}, which queries.jsonl does not have")
        for document in documents:
            if document not in corpus:
                raise BadInput(f"{folder / 'qrels.tsv'} names document {document!r}, which corpus.jsonl does not have")

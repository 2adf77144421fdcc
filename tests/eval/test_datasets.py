"""Reading question sets in the layout of BEIR."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.datasets import Document, datasets_folder, load_beir
from indexer.errors import BadInput, BadRecord

CORPUS = [
    {"_id": "d1", "title": "القاهرة", "text": "عاصمة مصر."},
    {"_id": "d2", "title": "", "text": "سطر\u2028آخر"},
    {"_id": "d3", "text": "بلا عنوان"},
]
QUERIES = [{"_id": "q1", "text": "ما عاصمة مصر؟"}, {"_id": "q2", "text": "لا حكم له"}]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "tiny"
    target.mkdir()
    for name, records in (("corpus.jsonl", CORPUS), ("queries.jsonl", QUERIES)):
        lines = (json.dumps(record, ensure_ascii=False) for record in records)
        (target / name).write_text("\n".join(lines) + "\n", "utf-8")
    (target / "qrels.tsv").write_text(QRELS, "utf-8")
    return target


def test_reads_documents_questions_and_judgements(folder: Path) -> None:
    dataset = load_beir(folder)
    assert dataset.name == "tiny"
    assert dataset.corpus["d1"] == Document("القاهرة", "عاصمة مصر.")
    assert dataset.queries == {"q1": "ما عاصمة مصر؟", "q2": "لا حكم له"}
    assert dataset.qrels == {"q1": {"d1": 2}}


def test_the_title_stands_above_the_text_where_there_is_one(folder: Path) -> None:
    corpus = load_beir(folder).corpus
    assert corpus["d1"].full_text == "القاهرة\nعاصمة مصر."
    assert corpus["d2"].full_text == "سطر\u2028آخر"
    assert corpus["d3"].full_text == "بلا عنوان"


def test_reads_files_with_byte_order_mark_and_windows_line_ends(folder: Path) -> None:
    (folder / "qrels.tsv").write_bytes(b"\xef\xbb\xbf" + QRELS.replace("\n", "\r\n").encode())
    assert load_beir(folder).qrels == {"q1": {"d1": 2}}


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BadInput, match=f"lacks {name};"):
        load_beir(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", '{"_id": "d1", "text": "x"}\n{oops\n', r"corpus\.jsonl:2: not JSON"),
        ("queries.jsonl", '{"_id": 7, "text": "x"}\n', r"queries\.jsonl:1: needs an object"),
        ("corpus.jsonl", "[]\n", r"corpus\.jsonl:1: needs an object"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\n", r"qrels\.tsv:2: needs query-id"),
        ("qrels.tsv", "q1\td1\tviel\n", r"qrels\.tsv:1: needs query-id"),
    ],
)
def test_an_unreadable_line_is_named(folder: Path, name: str, content: str, message: str) -> None:
    (folder / name).write_text(content, "utf-8")
    with pytest.raises(BadRecord, match=message):
        load_beir(folder)


@pytest.mark.parametrize(
    ("qrels", "message"),
    [
        ("q9\td1\t1\n", "judges question 'q9'"),
        ("q1\td9\t1\n", "names document 'd9'"),
        ("q1\td1\t0\n", "no judgement above 0"),
    ],
)
def test_judgements_must_fit_the_files(folder: Path, qrels: str, message: str) -> None:
    (folder / "qrels.tsv").write_text(qrels, "utf-8")
    with pytest.raises(BadInput, match=message):
        load_beir(folder)


def test_the_folder_comes_from_the_argument_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MASDAR_DATASETS", raising=False)
    assert datasets_folder(tmp_path) == tmp_path
    with pytest.raises(BadInput, match="none is named; give --data or set MASDAR_DATASETS"):
        datasets_folder(None)
    monkeypatch.setenv("MASDAR_DATASETS", str(tmp_path))
    assert datasets_folder(None) == tmp_path
    monkeypatch.setenv("MASDAR_DATASETS", str(tmp_path / "absent"))
    with pytest.raises(BadInput, match="absent is no folder"):
        datasets_folder(None)

"""What the evaluation's tests share: a question set of six documents, and the command with the stand-in model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from eval.cli import evaluation
from service import wiring

#: "blank" has no text and so no passage: whoever asks for it finds it in no place.
CORPUS = [
    {
        "_id": "canal",
        "title": "رسوم العبور",
        "text": "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة خمسة عشر في المئة.",
    },
    {"_id": "minerals", "title": "اتفاق المعادن", "text": "وقّعت أوكرانيا اتفاق المعادن في واشنطن يوم الأربعاء."},
    {"_id": "bread", "title": "", "text": "ارتفع سعر الخبز في المدينة بعد موسم القمح الضعيف."},
    {"_id": "match", "title": "نهائي الكأس", "text": "فاز الفريق بالمباراة النهائية بعد ركلات الترجيح."},
    {"_id": "strike", "title": "Port strike", "text": "Port workers in Tangier ended their strike on Friday."},
    {"_id": "blank", "title": "", "text": ""},
]
QUERIES = [
    {"_id": "q-canal", "text": "بكم زادت رسوم عبور السفن في القناة؟", "lang": "ar"},
    {"_id": "q-minerals", "text": "أين وُقّع اتفاق المعادن مع أوكرانيا؟", "lang": "ar"},
    {"_id": "q-strike", "text": "When did the port workers in Tangier end their strike?", "lang": "en"},
    {"_id": "q-blank", "text": "What does nobody know?", "lang": "en"},
    {"_id": "q-unjudged", "text": "سؤال بلا حكم", "lang": "ar"},
]
QRELS = (
    "query-id\tcorpus-id\tscore\nq-canal\tcanal\t1\nq-minerals\tminerals\t1\nq-strike\tstrike\t1\nq-blank\tblank\t1\n"
)

Evaluate = Callable[..., Result]


def write_set(folder: Path, corpus: list[dict[str, str]] = CORPUS, qrels: str = QRELS) -> Path:
    folder.mkdir(exist_ok=True)
    for name, records in (("corpus.jsonl", corpus), ("queries.jsonl", QUERIES)):
        lines = (json.dumps(record, ensure_ascii=False) for record in records)
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "qrels.tsv").write_text(qrels, "utf-8")
    return folder


@pytest.fixture(scope="session")
def set_writer() -> Callable[..., Path]:
    return write_set


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The right article of three questions is in the first place, that of the fourth in none."""
    return write_set(tmp_path / "tiny")


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Indexes are made once for all tests, as they are for users."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def command(shared_cache: Path, monkeypatch: pytest.MonkeyPatch, trigrams: Any) -> Evaluate:
    """``masdar eval`` with these arguments and the stand-in model."""
    monkeypatch.setattr(wiring, "build_encoder", lambda settings: trigrams)
    for name in ("MASDAR_DATASETS", "MASDAR_ENCODER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MASDAR_CACHE", str(shared_cache))

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(evaluation, [str(argument) for argument in arguments])

    return run

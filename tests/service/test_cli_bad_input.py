"""Whatever a person gives it, the command says in a sentence what is wrong, and the index is as it was.

One table: what is typed, the exit code, and what standard error must say.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from indexer.lexical import query_vector
from indexer.store import Counts
from indexer.store.embedded import open_store

# Each test starts the real command as a process, a second or more: too long for the fast loop.
pytestmark = pytest.mark.slow

TEXT = "أعلنت الوزارة اليوم خطة جديدة. "
FIVE_MEGABYTES = TEXT * (5_000_000 // len(TEXT.encode()))


def lines(*records: dict[str, str]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


#: Files below {files}.
FILES = {
    "empty.jsonl": b"",
    "blank.txt": b" \n",
    "binary.txt": bytes(range(256)) * 10,
    "wrong.json": b'{"text": ',
    "list.jsonl": b"[1, 2]\n",
    "one-wrong.jsonl": lines({"id": "a", "text": TEXT}) + b"{oops\n" + lines({"id": "b", "text": TEXT * 2}),
    "twice.jsonl": lines({"id": "a", "text": TEXT}, {"id": "a", "text": TEXT * 2}),
    "future.jsonl": lines({"id": "a", "text": TEXT, "date": "2999-01-01"}),
    "five-megabytes.jsonl": lines({"id": "a", "text": FIVE_MEGABYTES}),
    "windows.jsonl": lines({"id": "a", "text": TEXT}).decode().encode("cp1256"),
    "windows.txt": TEXT.encode("cp1256"),
    "report.docx": b"PK",
    "no-text.jsonl": lines({"id": "a", "headline": "خطة"}),
    "surrogate.jsonl": b'{"id": "a", "text": "\\ud83d"}\n',
    "column.csv": "العنوان,الكاتب\nخطة,سمر\n".encode(),
    "good.jsonl": lines({"id": "a", "text": TEXT}),
    "folder-of-mine/notes.txt": b"mine",
}
INDEX = ("index", "--store", "{store}")
ASK = ("ask", "--store", "{store}", "سؤال")


@dataclass(frozen=True)
class Case:
    name: str
    typed: tuple[str, ...]
    code: int
    said: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)


#: Nothing here may load the model: the small index is the stand-in's, and the model would refuse it.
CASES = [
    Case("missing file", (*INDEX, "{files}/none.jsonl"), 2, ("none.jsonl does not exist",)),
    Case("one of two missing", (*INDEX, "{files}/good.jsonl", "{files}/none.jsonl"), 2, ("none.jsonl does not exist",)),
    Case("empty file", (*INDEX, "{files}/empty.jsonl"), 1, ("empty.jsonl: no records", "No article was found")),
    Case("blank file", (*INDEX, "{files}/blank.txt"), 1, ("blank.txt: no records",)),
    Case("binary file", (*INDEX, "{files}/binary.txt"), 1, ("binary.txt: binary data", "export it as UTF-8")),
    Case("wrong JSON", (*INDEX, "{files}/wrong.json"), 1, ("wrong.json: not JSON at column 10",)),
    Case("no object", (*INDEX, "{files}/list.jsonl"), 1, ("list.jsonl:1: a list of 2 is not an object",)),
    Case("future date", (*INDEX, "{files}/future.jsonl"), 1, ("future.jsonl:1: date '2999-01-01'", "--allow-future")),
    Case(
        "article of 5 MB",
        (*INDEX, "{files}/five-megabytes.jsonl"),
        1,
        ("five-megabytes.jsonl:1: text has 2,", " characters of 2,000,000 allowed: split the article"),
    ),
    Case("not UTF-8", (*INDEX, "{files}/windows.jsonl"), 1, ("windows.jsonl:1: byte 0x", "is not UTF-8", "iconv")),
    Case("text not UTF-8", (*INDEX, "{files}/windows.txt"), 1, ("windows.txt: byte 0x", "is not UTF-8", "iconv")),
    Case("half a character", (*INDEX, "{files}/surrogate.jsonl"), 1, ("surrogate.jsonl:1:", "surrogate")),
    Case("unknown extension", (*INDEX, "{files}/report.docx"), 2, ("report.docx is of no format", ".jsonl, ")),
    Case("no text", (*INDEX, "{files}/no-text.jsonl"), 1, ("no-text.jsonl:1: no text", "'headline'", "--field text=")),
    Case("no text column", (*INDEX, "{files}/column.csv"), 1, ("column.csv: no column", "العنوان", "--field text=")),
    Case("unknown field", (*INDEX, "--field", "titel=x", "{files}/good.jsonl"), 2, ("'titel' is no field", "title")),
    Case("field without key", (*INDEX, "--field", "text", "{files}/good.jsonl"), 2, ("'text' is not FIELD=KEY",)),
    Case("unknown key", (*INDEX, "--field", "text=x", "{files}/good.jsonl"), 1, ("good.jsonl:1: no text", "--field")),
    Case("chunk too small", (*INDEX, "--chunk-tokens", "5", "{files}/good.jsonl"), 2, ("--chunk-tokens", "16<=x<=400")),
    Case(
        "store is a file", ("index", "--store", "{files}/good.jsonl", "{files}/good.jsonl"), 2, ("is a file", "--store")
    ),
    Case("ask a file", ("ask", "--store", "{files}/good.jsonl", "سؤال"), 2, ("is a file", "--store")),
    Case(
        "store holds other things",
        ("index", "--store", "{files}/folder-of-mine", "{files}/good.jsonl"),
        2,
        ("folder-of-mine is not an index and not empty (it holds 'notes.txt')", "--store"),
    ),
    Case("no store to ask", ("ask", "--store", "{files}/none", "سؤال"), 4, ("no index in", "masdar index PATH")),
    Case("no store to search", ("search", "--store", "{files}/none", "سؤال"), 4, ("no index in", "masdar index PATH")),
    Case("no store to show", ("status", "--store", "{files}/none"), 4, ("no index in", "masdar index PATH")),
    Case("no store set", ("status",), 4, ("no index in {files}/none",), {"MASDAR_STORE": "{files}/none"}),
    Case("empty question", ("ask", "--store", "{store}", ""), 2, ("the question is empty",)),
    Case("blank question", ("search", "--store", "{store}", " \t "), 2, ("the question is empty",)),
    Case("long question", ("ask", "--store", "{store}", "س" * 60_000), 2, ("60000 characters; at most 2000",)),
    Case("unknown id", ("article", "--store", "{store}", "no-such"), 2, ("no article 'no-such'", "masdar search")),
    Case("id not UTF-8", ("article", "--store", "{store}", "\udcff"), 2, ("no article '\ufffd'",)),
    Case("limit of nought", ("search", "--limit", "0", "سؤال"), 2, ("'--limit'", "1<=x<=100")),
    Case("no recency", (*ASK, "--recency", "-1"), 2, ("--recency is -1", "from 0 (off) to 36500")),
    Case("recency is no number", (*ASK, "--recency", "nan"), 2, ("--recency is nan",)),
    Case("recency of an age", ASK, 2, ("MASDAR_RECENCY_DAYS is '1e9'", "36500"), {"MASDAR_RECENCY_DAYS": "1e9"}),
    Case("limit in words", ("search", "--limit", "ten", "سؤال"), 2, ("'--limit'", "'ten'")),
    Case("date in words", (*ASK, "--from", "yesterday"), 2, ("'--from'", "'yesterday'", "%Y-%m-%d")),
    Case("no such day", (*ASK, "--until", "2025-02-30"), 2, ("'--until'", "'2025-02-30'")),
    Case(
        "range reversed", (*ASK, "--from", "2025-02-01", "--until", "2025-01-31"), 2, ("is after --until 2025-01-31",)
    ),
    Case("unknown option", (*ASK, "--jsno"), 2, ("--jsno", "--json")),
    Case("unknown command", ("serch", "سؤال"), 2, ("no command 'serch'", "'search'")),
    Case("two questions", (*ASK, "ثان"), 2, ("unexpected extra argument",)),
    Case("bad encoder", ASK, 2, ("MASDAR_ENCODER is 'int4'", "'int8' or 'fp32'"), {"MASDAR_ENCODER": "int4"}),
    Case("bad threads", ASK, 2, ("MASDAR_THREADS is '-1'", "greater than or equal to 0"), {"MASDAR_THREADS": "-1"}),
    Case("bad late", ASK, 2, ("MASDAR_LATE is 'maybe'", "'on' or 'off'"), {"MASDAR_LATE": "maybe"}),
    Case("bad late datatype", ASK, 2, ("MASDAR_LATE_DATATYPE is 'int2'", "'turbo8'"), {"MASDAR_LATE_DATATYPE": "int2"}),
    Case("bad late tokens", ASK, 2, ("MASDAR_LATE_TOKENS is 'x'", "'words'"), {"MASDAR_LATE_TOKENS": "x"}),
    Case("bad late pooling", ASK, 2, ("MASDAR_LATE_POOLING is '0'", "equal to 1"), {"MASDAR_LATE_POOLING": "0"}),
    Case("bad passages", ASK, 2, ("MASDAR_PASSAGES is 'many'", "integer"), {"MASDAR_PASSAGES": "many"}),
    Case(
        "bad bidi",
        ("article", "--store", "{store}", "canal"),
        2,
        ("MASDAR_BIDI is 'rtl'", "auto, logical, visual"),
        {"MASDAR_BIDI": "rtl"},
    ),
    Case(
        "no place for the model",
        ASK,
        3,
        ("cache folder", "make it writable", "MASDAR_CACHE"),
        {"MASDAR_CACHE": "{files}/good.jsonl/below"},
    ),
    # From here on with the real model.
    Case("another encoder's index", ASK, 4, ("was made with encoder 'trigrams'", "MASDAR_ENCODER", "--store")),
    Case("adding to another's", (*INDEX, "{files}/good.jsonl"), 4, ("was made with encoder 'trigrams'", "--store")),
    Case(
        "one line wrong", ("index", "--store", "{new}", "{files}/one-wrong.jsonl"), 1, ("one-wrong.jsonl:2: not JSON",)
    ),
    Case("an id twice", ("index", "--store", "{new}", "{files}/twice.jsonl"), 1, ("twice.jsonl:2: the id 'a'", ":1;")),
]
WITH_MODEL = {"another encoder's index", "adding to another's", "one line wrong", "an id twice"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def check(outcome: subprocess.CompletedProcess[str], code: int, said: tuple[str, ...]) -> None:
    assert outcome.returncode == code, outcome.stderr
    assert "Traceback" not in outcome.stderr
    for words in said:
        assert words in outcome.stderr


def contents(store: Path) -> tuple[dict[str, str], Counts, bytes]:
    """What the index has and answers, through the store itself: a process for each look would take too long."""
    with open_store(store) as opened:
        hits = opened.search_lexical(query_vector("رسوم عبور السفن"), 10)
        assert [hit.chunk.article_id for hit in hits] == ["canal"]
        return dict(opened.versions()), opened.counts(), (store / "manifest.json").read_bytes()


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name, marks=[pytest.mark.slow] * (case.name in WITH_MODEL)) for case in CASES]
)
def test_bad_input(
    case: Case,
    masdar: Callable[..., subprocess.CompletedProcess[str]],
    files: Path,
    small_index: Path,
    tmp_path: Path,
) -> None:
    def filled(value: str) -> str:
        places = {"{files}": str(files), "{store}": str(small_index), "{new}": str(tmp_path / "new")}
        for name, place in places.items():
            value = value.replace(name, place)
        return value

    before = contents(small_index)
    outcome = masdar(*map(filled, case.typed), env={name: filled(value) for name, value in case.env.items()})
    check(outcome, case.code, tuple(map(filled, case.said)))
    assert contents(small_index) == before
    assert len(before[0]) == 4
    assert {path.name for path in (files / "folder-of-mine").iterdir()} == {"notes.txt"}


@pytest.fixture
def holder(small_index: Path) -> Iterator[None]:
    """Another process that has the index open."""
    script = "import sys, pathlib; from indexer.store.embedded import open_store\n"
    script += "with open_store(pathlib.Path(sys.argv[1])): print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(small_index)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.slow  # waits for the lock each time
@pytest.mark.parametrize("typed", [("status",), ("article", "canal"), ("index", "{files}/good.jsonl")])
def test_an_index_that_another_process_has_open(
    typed: tuple[str, ...],
    masdar: Callable[..., subprocess.CompletedProcess[str]],
    files: Path,
    small_index: Path,
    holder: None,
) -> None:
    outcome = masdar(*(part.replace("{files}", str(files)) for part in typed), "--store", small_index)
    check(outcome, 4, (f"the index {small_index} is open already", "wait until that ends"))


def damaged_manifest(store: Path) -> None:
    (store / "manifest.json").write_text("{oops", "utf-8")


def other_manifest(store: Path) -> None:
    manifest = json.loads((store / "manifest.json").read_text("utf-8"))
    (store / "manifest.json").write_text(json.dumps(manifest | {"layout": 99}), "utf-8")


def no_chunks(store: Path) -> None:
    shutil.rmtree(store / "chunks")


def damaged_shard(store: Path) -> None:
    next(store.glob("chunks/segments/*/segment.json")).write_bytes(b"{")


@pytest.mark.slow  # each makes an index
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damaged_manifest, "manifest.json cannot be read"),
        (other_manifest, "99"),
        (no_chunks, "chunks"),
        (damaged_shard, "chunks"),
    ],
)
def test_a_damaged_index_is_refused_and_stays_as_it_is(
    damage: Callable[[Path], None],
    said: str,
    fake_masdar: Callable[..., subprocess.CompletedProcess[str]],
    articles_file: Path,
    tmp_path: Path,
) -> None:
    store = tmp_path / "store"
    assert fake_masdar("index", articles_file, "--store", store).returncode == 0
    damage(store)
    manifest = (store / "manifest.json").read_bytes()
    for typed in (("status",), ("article", "canal"), ("ask", "سؤال"), ("index", str(articles_file))):
        check(fake_masdar(*typed, "--store", store), 4, (said, "--store"))
    assert (store / "manifest.json").read_bytes() == manifest


@pytest.mark.slow
@pytest.mark.parametrize("shard", ["chunks", "articles"])
def test_damaged_records_are_refused_when_they_are_read(
    shard: str, fake_masdar: Callable[..., subprocess.CompletedProcess[str]], articles_file: Path, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    assert fake_masdar("index", articles_file, "--store", store).returncode == 0
    next(store.glob(f"{shard}/segments/*/payload_storage/page_0.dat")).write_bytes(b"\xff" * 65_536)
    check(fake_masdar("ask", "رسوم عبور السفن", "--store", store), 4, (str(store / shard), "cannot be read", "--store"))
    for typed in (("status",), ("article", "canal"), ("index", str(articles_file))):
        assert "Traceback" not in fake_masdar(*typed, "--store", store).stderr

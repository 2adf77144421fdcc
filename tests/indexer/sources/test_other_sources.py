"""Parquet, WARC and LlamaIndex's readers; what is said where a library is missing."""

from __future__ import annotations

import gzip
import sys
import zlib
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document
from news_page import FIRST, TEXT, page
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from indexer.articles import FieldMap
from indexer.errors import BadInput, MissingLibrary
from indexer.sources.items import Loss, Problem, ReadOptions, SourceItem, SourceRecord
from indexer.sources.reader import read_articles

OPTIONS = ReadOptions(now=datetime(2024, 5, 1, tzinfo=UTC))


def read(source: Path | str, options: ReadOptions = OPTIONS) -> tuple[list[SourceRecord], list[Problem]]:
    items: list[SourceItem] = list(read_articles([source], options))
    return [one for one in items if isinstance(one, SourceRecord)], [one for one in items if isinstance(one, Problem)]


# Parquet


def write(path: Path, **columns: list[Any]) -> Path:
    pyarrow.parquet.write_table(pyarrow.table(columns), path, row_group_size=50)
    return path


def test_the_rows_of_a_table_are_articles(tmp_path: Path) -> None:
    count = 150
    path = write(
        tmp_path / "a.parquet",
        id=list(range(count)),
        text=[f"خبر رقم {number} من المدينة." for number in range(count)],
        date=[date(2024, 4, 13)] * count,
        tags=[["سياسة", "اقتصاد"]] * count,
        unused=[b"\xff\xfe"] * count,
    )
    records, problems = read(path)
    assert [record.article.id for record in records] == [str(number) for number in range(count)]
    assert (records[7].line, records[7].article.text) == (8, "خبر رقم 7 من المدينة.")
    assert records[7].article.published_at == datetime(2024, 4, 13, tzinfo=UTC)
    assert records[7].article.tags == ("سياسة", "اقتصاد")
    assert problems == []


def test_a_row_without_a_text_costs_only_itself_and_bytes_are_text(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.parquet", text=["خبر.".encode(), None, b"\xff"], date=[datetime(2024, 4, 13, 14, 30)] * 3
    )
    records, problems = read(path)
    assert [record.article.text for record in records] == ["خبر."]
    assert records[0].article.published_at == datetime(2024, 4, 13, 14, 30, tzinfo=UTC)
    assert [(problem.line, problem.loss) for problem in problems] == [(2, Loss.RECORD), (3, Loss.RECORD)]


def test_another_column_may_be_the_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", story=["خبر."], other=["x"])
    assert "Name the right one" in read(path)[1][0].reason
    records, _ = read(path, ReadOptions(FieldMap.from_flags(["text=story"])))
    assert [record.article.text for record in records] == ["خبر."]


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"no table", None])
def test_a_damaged_table_is_named(tmp_path: Path, damage: bytes | None) -> None:
    path = write(tmp_path / "a.parquet", text=["خبر."] * 100)
    path.write_bytes(path.read_bytes()[:-300] if damage is None else damage)
    records, problems = read(path)
    assert records == []
    assert [problem.loss for problem in problems] == [Loss.FILE]


# WARC


def archived(*answers: tuple[str, bytes, dict[str, str]], packed: bool = True) -> bytes:
    """A WARC file with these answers: address, body, headers (status and type have defaults)."""
    stream = BytesIO()
    writer = WARCWriter(stream, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("a.warc.gz", {"software": "tests"}))
    for url, body, said in answers:
        headers = {"Content-Type": "text/html"} | said
        status = headers.pop("status", "200 OK")
        http = StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(body),
            http_headers=http,
            warc_headers_dict={"WARC-Date": "2024-04-14T12:00:00Z"},
        )
        writer.write_record(record)
    return stream.getvalue()


@pytest.mark.parametrize("packed", [True, False])
def test_the_pages_of_an_archive_are_articles(tmp_path: Path, packed: bool) -> None:
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (page().encode()[:99], page().encode()[99:]))
    data = archived(
        ("https://nahr.example/1", page().encode("cp1256"), {"Content-Type": "text/html; charset=windows-1256"}),
        ("https://nahr.example/2", gzip.compress(page().encode()), {"Content-Encoding": "gzip"}),
        ("https://nahr.example/3", chunked + b"0\r\n\r\n", {"Transfer-Encoding": "chunked"}),
        ("https://nahr.example/4", page(f'<div class="date">منذ ساعتين</div><p>{TEXT}</p>').encode(), {}),
        ("https://nahr.example/a.png", b"\x89PNG", {"Content-Type": "image/png"}),
        ("https://nahr.example/gone", page().encode(), {"status": "404 Not Found"}),
        ("https://nahr.example/short", b"<p>x</p>", {}),
        packed=packed,
    )
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(data)
    records, problems = read(path)
    assert [record.article.id for record in records] == [f"https://nahr.example/{number}" for number in (1, 2, 3, 4)]
    assert {record.article.text for record in records[:3]} == {TEXT}
    assert records[3].article.published_at == datetime(2024, 4, 14, 10, tzinfo=UTC)  # two hours before it was archived
    assert [problem.loss for problem in problems] == [Loss.RECORD, Loss.NOTHING]
    assert "https://nahr.example/short: no article" in problems[0].reason
    assert "2 answers are no pages" in problems[1].reason


def test_a_page_that_swells_in_an_archive_costs_only_itself(tmp_path: Path) -> None:
    bomb = gzip.compress(b"\0" * 30_000_000)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(
        archived(
            ("https://nahr.example/bomb", bomb, {"Content-Encoding": "gzip"}),
            ("https://nahr.example/1", page().encode(), {}),
        )
    )
    records, problems = read(path)
    assert [record.article.id for record in records] == ["https://nahr.example/1"]
    assert "more than 10,000,000 bytes" in problems[0].reason


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"WARC/1.0\r\n\r\n"])
def test_what_is_no_archive_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(content)
    records, problems = read(path)
    assert records == []
    assert problems


def test_an_archive_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    data = archived(*((f"https://nahr.example/{number}", page().encode(), {}) for number in range(60)))
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data[: len(data) * 3 // 4])
    records, problems = read(path)
    assert len(records) >= 20
    assert problems[-1].loss is Loss.FILE


@given(st.integers(0, 10**6), st.binary(max_size=40))
def test_a_damaged_archive_never_stops_the_run(tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes) -> None:
    data = bytearray(archived(("https://nahr.example/1", page().encode(), {}), packed=False))
    at %= len(data)
    data[at : at + len(junk)] = junk
    path = tmp_path_factory.mktemp("warc") / "a.warc"
    path.write_bytes(bytes(data))
    read(path)
    assert zlib.crc32(data) is not None


# Readers of LlamaIndex


class Lines(BaseReader):
    """A reader as someone may write it: lines of a text, one document each, lazily."""

    def __init__(self, end: str = ".") -> None:
        self._end = end

    def lazy_load_data(self, lines: list[str], **more: Any) -> Any:  # type: ignore[override]
        for number, text in enumerate(lines):
            yield Document(text=text + self._end, metadata={"title": f"عنوان {number}"} | more, id_=f"line-{number}")


class NotAReader:
    """No reader."""


@pytest.fixture(autouse=True)
def reader_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "newsroom_readers", sys.modules[__name__])


def test_a_reader_is_found_by_its_name_and_given_its_arguments() -> None:
    records, problems = read('llamaindex:newsroom_readers.Lines?init.end=!&lines=["خبر أول", "خبر ثان"]&source=النهر')
    assert [(one.article.id, one.article.text) for one in records] == [("line-0", "خبر أول!"), ("line-1", "خبر ثان!")]
    assert {one.article.source for one in records} == {"النهر"}
    assert records[1].article.title == "عنوان 1"
    assert problems == []


def test_readers_of_llama_index_itself_work_and_random_ids_are_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FIRST, "utf-8")
    first, _ = read(f"llamaindex:llama_index.core.SimpleDirectoryReader?init.input_dir={tmp_path}")
    second, _ = read(f"llamaindex:llama_index.core.SimpleDirectoryReader?init.input_dir={tmp_path}")
    assert [one.article.text for one in first] == [FIRST]
    assert [one.article.id for one in first] == [one.article.id for one in second]


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("llamaindex:", BadInput, "names no reader"),
        ("llamaindex:Reader", BadInput, "names no reader"),
        ("llamaindex:os; x.Reader", BadInput, "names no reader"),
        ("llamaindex:newsroom_readers.NotAReader", BadInput, "has no reader 'NotAReader'"),
        ("llamaindex:os.path", BadInput, "has no reader 'path'"),
        ("llamaindex:nowhere_at_all.Reader", MissingLibrary, "pip install llama-index-readers-nowhere-at-all"),
        ("llamaindex:newsroom_readers.Lines?init.nothing=1", BadInput, "does not take these arguments"),
        ("llamaindex:newsroom_readers.Lines", BadInput, "does not take these arguments"),
    ],
)
def test_a_name_that_names_no_reader_is_told(name: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        read(name)


# What is not installed


@pytest.mark.parametrize(
    ("name", "library", "extra"),
    [("a.html", "trafilatura", "sources"), ("a.warc.gz", "warcio", "sources"), ("a.parquet", "pyarrow", "parquet")],
)
def test_a_missing_library_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, library: str, extra: str
) -> None:
    from indexer.sources import formats

    monkeypatch.setattr(formats, "find_spec", lambda asked: None if asked == library else asked)
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(MissingLibrary, match=rf"{library}.*pip install 'masdar\[{extra}\]'"):
        read(tmp_path / name)
    (tmp_path / "a.txt").write_text("خبر.", "utf-8")
    records, problems = read(tmp_path)  # a folder is read as far as it can be
    assert [record.article.text for record in records] == ["خبر."]
    assert f"needs masdar[{extra}]" in problems[0].reason


def test_a_library_that_breaks_on_import_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer.extras import needing

    monkeypatch.setitem(sys.modules, "httpx", None)
    with (
        pytest.raises(MissingLibrary, match=r"fetching pages needs the package httpx.*masdar\[sources\]"),
        needing("sources", "fetching pages"),
    ):
        import httpx  # noqa: F401

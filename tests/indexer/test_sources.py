"""The readers: what articles and problems come out of files of each format."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.articles import Article, ArticleLimits, FieldMap, to_payload
from indexer.errors import BadInput
from indexer.sources.items import Loss, Problem, ReadOptions, SourceRecord
from indexer.sources.reader import read_articles

NOW = datetime(2024, 4, 14, 12, tzinfo=UTC)
OPTIONS = ReadOptions(now=NOW)
RECORD = {"id": "1", "title": "عنوان", "text": "افتتح الوزير المعرض.", "date": "2024-04-13"}
ReadOne: TypeAlias = Callable[..., tuple[list[SourceRecord], list[Problem]]]
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def line(**changes: object) -> str:
    return json.dumps(RECORD | changes, ensure_ascii=False)


@pytest.fixture
def read(tmp_path: Path) -> ReadOne:
    """Write one file and read it: its articles' records, and its problems."""

    def write_and_read(
        name: str, content: str | bytes, options: ReadOptions = OPTIONS
    ) -> tuple[list[SourceRecord], list[Problem]]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        items = list(read_articles([path], options))
        records = [item for item in items if isinstance(item, SourceRecord)]
        return records, [item for item in items if isinstance(item, Problem)]

    return write_and_read


def places(records: list[SourceRecord]) -> list[tuple[str, int | None]]:
    return [(record.article.id, record.line) for record in records]


def texts(records: list[SourceRecord]) -> list[str]:
    return [record.article.text for record in records]


# JSON Lines


@pytest.mark.parametrize(
    "content",
    [
        f"{line()}\n{line(id='2')}\n",
        f"{line()}\n{line(id='2')}",
        f"{line()}\r\n{line(id='2')}\r\n",
        f"\ufeff{line()}\n{line(id='2')}\n",
        f"\ufeff{line()}\n{line(id='2')}\n".encode("utf-16-le"),
        f"\ufeff{line()}\r\n{line(id='2')}\r\n".encode("utf-16-be"),
        f"\ufeff{line()}\n{line(id='2')}\n".encode("utf-32-le"),
    ],
    ids=["plain", "no last line end", "CRLF", "BOM", "UTF-16 LE", "UTF-16 BE", "UTF-32"],
)
def test_json_lines_in_any_dress(read: ReadOne, content: str | bytes) -> None:
    records, problems = read("a.jsonl", content)
    assert places(records) == [("1", 1), ("2", 2)]
    assert texts(records) == [RECORD["text"]] * 2
    assert problems == []


def test_blank_lines_are_passed_over_and_counted(read: ReadOne) -> None:
    records, problems = read("a.jsonl", f"\n{line()}\n \r\n\n{line(id='2')}\n\n")
    assert places(records) == [("1", 2), ("2", 5)]
    assert problems == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b'{"text": "x"', ["not JSON", "column "]),
        (b'{"text": "a" "b"}', ["column 14"]),
        (b"[1, 2]", ["not an object"]),
        (b'"words"', ["'words'", "not an object"]),
        (b'{"text": "\xc7\xe1"}', ["0xC7", "position 11", "UTF-8"]),
        (b'{"text": "\\ud83d"}', ["U+D83D"]),
        (b'{"text": "\\u0000"}', ["NUL"]),
        (b"[" * 200_000, ["too deep"]),
        (b'{"text": ' + b"[" * 300 + b"]" * 300 + b"}", ["text is a list of 1"]),
        (b'{"n": ' + b"9" * 5_000 + b"}", ["not usable JSON"]),
        (b'{"\\ud83d": 1}', ["no text"]),
        (b"{}", ["no text"]),
    ],
)
def test_a_bad_line_costs_only_itself(read: ReadOne, bad: bytes, words: list[str]) -> None:
    records, problems = read("a.jsonl", b"\n".join([line().encode(), bad, line(id="2").encode()]))
    assert places(records) == [("1", 1), ("2", 3)]
    assert [(problem.line, problem.loss, problem.fatal) for problem in problems] == [(2, Loss.RECORD, False)]
    assert [word for word in words if word not in problems[0].reason] == []
    str(problems[0]).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_giant_line_is_skipped_without_being_held(read: ReadOne, encoding: str) -> None:
    content = "\n".join(["\ufeff" + line(), '{"text": "' + "ا" * 3_000_000 + '"}', line(id="2")])
    small = ReadOptions(now=NOW, limits=ArticleLimits(max_chars=1_000))
    records, problems = read("a.jsonl", content.encode(encoding), small)
    assert places(records) == [("1", 1), ("2", 3)]
    assert [problem.line for problem in problems] == [2]
    assert "1,048,576" in problems[0].reason


def test_utf_16_cut_short_is_a_fault_of_the_file(read: ReadOne) -> None:
    content = f"\ufeff{line()}\n".encode("utf-16-le") + b"\x00\xd8"
    _, problems = read("a.jsonl", content)
    assert [problem.loss for problem in problems] == [Loss.FILE]
    assert "UTF-16" in problems[0].reason


def test_a_warning_comes_with_the_article_it_is_about(read: ReadOne) -> None:
    records, problems = read("a.jsonl", line(date="قبل أيام"))
    assert records[0].article.published_at is None
    assert [(problem.line, problem.loss) for problem in problems] == [(1, Loss.NOTHING)]
    assert "قبل أيام" in problems[0].reason


def test_options_reach_the_records(read: ReadOne) -> None:
    options = ReadOptions(FieldMap.from_flags(["text=lead"]), ArticleLimits(allow_future=True), NOW)
    records, problems = read("a.jsonl", line(lead="مقدمة", date="2031-01-01"), options)
    assert texts(records) == ["مقدمة"]
    assert problems == []


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
label = words.map(str.strip)
written = st.builds(
    Article,
    id=st.text(st.characters(categories=["L", "N", "P"], codec="utf-8"), min_size=1, max_size=20),
    title=label,
    text=words.filter(str.strip),
    source=label,
    url=label,
    published_at=st.none() | st.datetimes(max_value=datetime(2024, 1, 1), timezones=st.just(UTC)),
    language=st.sampled_from(["ar", "en", "und"]),
    tags=st.lists(label.filter(bool), unique=True).map(tuple),
    author=label,
)


@same_folder
@given(st.lists(written, min_size=1, max_size=5), st.sampled_from(["\n", "\r\n", "\n\n"]), st.booleans())
def test_json_lines_give_back_the_articles_written(
    read: ReadOne, articles: list[Article], end: str, escaped: bool
) -> None:
    content = "".join(json.dumps(to_payload(article), ensure_ascii=escaped) + end for article in articles)
    records, problems = read("a.jsonl", content)
    assert [record.article for record in records] == articles
    assert problems == []


# JSON


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        (line(), ["1"]),
        (f"[{line()},\n{line(id='2')}]", ["1", "2"]),
        (f"{line()}\n{line(id='2')}\n", ["1", "2"]),
        (json.dumps(RECORD, indent=2), ["1"]),
    ],
    ids=["object", "list", "lines", "object over lines"],
)
def test_json_files_of_each_shape(read: ReadOne, content: str | bytes, ids: list[str]) -> None:
    records, problems = read("a.json", content)
    assert [record.article.id for record in records] == ids
    assert problems == []


def test_a_bad_item_of_a_json_list_costs_only_itself(read: ReadOne) -> None:
    records, problems = read("a.json", f'[{line()}, {{"title": "x"}}, 5, {line(id="2", date="؟")}]')
    assert [record.article.id for record in records] == ["1", "2"]
    assert [problem.reason.split(":")[0] for problem in problems] == ["item 2", "item 3", "item 4"]
    assert [problem.loss for problem in problems] == [Loss.RECORD, Loss.RECORD, Loss.NOTHING]


def test_a_broken_json_file_is_reported_with_line_and_column(read: ReadOne) -> None:
    _, problems = read("a.json", '[\n  {"text": "x",}\n]')
    assert problems[0].fatal
    assert "line 2, column 1" in problems[0].reason


# Tables


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_from_the_header(read: ReadOne, delimiter: str) -> None:
    rows = [["id", "title", "text"], ["1", "عنوان", "نص, فيه؛ كل; شيء | هنا"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    records, problems = read("a.csv", out.getvalue())
    assert texts(records) == [rows[1][2]]
    assert problems == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('id,text\n1,"سطر\nآخر"\n2,نص\n', [("1", 2, "سطر\nآخر"), ("2", 4, "نص")]),
        ('id,text\r\n1,"سطر\r\nآخر"\r\n\r\n2,نص\r\n', [("1", 2, "سطر\r\nآخر"), ("2", 5, "نص")]),
        ('\ufeffid,text\n1,"قال ""نعم"""\n', [("1", 2, 'قال "نعم"')]),
        ("\n\nid,text\n \n1,نص", [("1", 5, "نص")]),
        ("ID;Text\n1;نص", [("1", 2, "نص")]),
        ("id,text,title\n1,نص\n", [("1", 2, "نص")]),
        ('id,"te\nxt",text\n1,x,نص\n', [("1", 3, "نص")]),
    ],
)
def test_rows_come_with_the_line_they_begin_on(read: ReadOne, content: str | bytes, expected: object) -> None:
    records, problems = read("a.csv", content)
    assert [(record.article.id, record.line, record.article.text) for record in records] == expected
    assert problems == []


def test_a_table_of_one_column_may_hold_commas(read: ReadOne) -> None:
    records, problems = read("a.csv", 'text\nأولا, ثانيا; ثالثا\n"ب, ج"\n')
    assert texts(records) == ["أولا, ثانيا; ثالثا", "ب, ج"]
    assert problems == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"9,a,b", ["3 fields", "the header 2"]),
        (b'9,"a" b', ["quoting"]),
        (b"9,\xc7\xe1", ["UTF-8"]),
        (b"9,", ["no text"]),
    ],
)
def test_a_bad_row_costs_only_itself(read: ReadOne, bad: bytes, words: list[str]) -> None:
    content = b"\n".join([b"id,text", "1,نص".encode(), bad, "2,نص".encode()])
    records, problems = read("a.csv", content)
    assert places(records) == [("1", 2), ("2", 4)]
    assert [(problem.line, problem.loss) for problem in problems] == [(3, Loss.RECORD)]
    assert [word for word in words if word not in problems[0].reason] == []


def test_rows_swallowed_by_an_open_quote_are_reported(read: ReadOne) -> None:
    records, problems = read("a.csv", 'id,text\n1,نص\n2,"مفتوح\n3,نص\n4,نص\n')
    assert places(records) == [("1", 2)]
    assert [problem.line for problem in problems] == [3]
    assert "lines 3 to 5 are lost" in problems[0].reason


def test_a_field_longer_than_python_reads_by_default(read: ReadOne) -> None:
    records, problems = read("a.csv", "id,text\n1," + "ا" * 300_000)
    assert [len(text) for text in texts(records)] == [300_000]
    assert problems == []


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("id,title\n1,x\n", "id, title"),
        ('id,"text\n', "header"),
        (b"id,\xc7\xe1,text\n1,2,3\n", "header"),
        ("id,text\n1," + "x" * 2_000_000, "line 2 "),
        ("id,text\n", "no records"),
    ],
)
def test_an_unusable_table_is_one_problem(read: ReadOne, content: str | bytes, word: str) -> None:
    records, problems = read("a.csv", content, ReadOptions(now=NOW, limits=ArticleLimits(max_chars=1_000)))
    assert records == []
    assert [problem.loss for problem in problems] == [Loss.FILE]
    assert word in problems[0].reason


@same_folder
@given(st.lists(written, min_size=1, max_size=5), st.sampled_from(",\t;|"), st.sampled_from(["\n", "\r\n"]))
def test_a_table_gives_back_the_texts_written(read: ReadOne, articles: list[Article], delimiter: str, end: str) -> None:
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    rows.writerow(["id", "title", "text"])
    rows.writerows([article.id, article.title, article.text] for article in articles)
    records, problems = read("a.csv", out.getvalue())
    found = [(record.article.id, record.article.title, record.article.text) for record in records]
    assert found == [(article.id, article.title, article.text) for article in articles]
    assert problems == []


# Plain text and Markdown


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("عنوان الخبر\n\nنص الخبر.", "عنوان الخبر"),
        ("\r\n عنوان \r\nنص\r\n", "عنوان"),
        ("سطر واحد لا غير\n", ""),
        ("ا" * 201 + "\nنص", ""),
        ("ا" * 200 + "\nنص", "ا" * 200),
    ],
)
def test_plain_text_is_kept_whole_with_its_first_line_as_title(read: ReadOne, content: str | bytes, title: str) -> None:
    records, problems = read("خبر.txt", content)
    assert [(r.article.id, r.article.title, r.article.text, r.line) for r in records] == [
        ("خبر.txt", title, content, None)
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\xc7\xe1\xce\xc8\xd1", "0xC7 at position 1 "),
        (b"\xef\xbb\xbfa\xc7", "0xC7 at position 5 "),
        (b"abc\0def", "NUL at byte 4"),
        (b"a" * 1_100_000, "1,048,576 bytes"),
        (b"", "no records"),
        (b" \n", "no records"),
    ],
)
def test_unusable_plain_text_is_one_problem(read: ReadOne, content: str | bytes, word: str) -> None:
    records, problems = read("a.txt", content, ReadOptions(now=NOW, limits=ArticleLimits(max_chars=1_000)))
    assert records == []
    assert [problem.loss for problem in problems] == [Loss.FILE]
    assert word in problems[0].reason


def test_markdown_front_matter_fills_the_fields(read: ReadOne) -> None:
    matter = '---\ntitle: "عنوان: فرعي"\ndate: 2024-04-13\ntags: [سياسة, "مصر"]\nauthors:\n  - سارة\n  - علي\n---\n'
    body = "\n# عنوان آخر\r\n\nنص — مع [رابط](https://example.org).\n"
    records, problems = read("a.md", matter + body)
    article = records[0].article
    assert article.text == body
    assert article.title == "عنوان: فرعي"
    assert article.published_at == datetime(2024, 4, 13, tzinfo=UTC)
    assert article.tags == ("سياسة", "مصر")
    assert article.author == "سارة, علي"
    assert article.id == "a.md"
    assert problems == []


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("تمهيد\n\n# العنوان #\n\nنص", "العنوان"),
        ("أول\n\n## فرعي\nنص", "أول"),
        ("---\nلا نهاية لهذا\n\nنص", "---"),
        ("---\nsource: وكالة\n...\n# ع\nنص", "ع"),
    ],
)
def test_the_title_of_markdown_without_one(read: ReadOne, content: str, title: str) -> None:
    records, _ = read("a.markdown", content)
    assert records[0].article.title == title
    assert content.endswith(records[0].article.text)


def test_front_matter_cannot_replace_the_text(read: ReadOne) -> None:
    records, _ = read("a.md", "---\nText: آخر\nid: خبر-٧\n---\nنص")
    assert records[0].article.text == "نص"
    assert records[0].article.id == "خبر-٧"


def test_long_runs_of_spaces_do_not_stall_the_title(read: ReadOne) -> None:
    records, _ = read("a.md", "# a" + " " * 500_000 + "\n" + " " * 500_000 + "b\n" + "c" * 100)
    assert records[0].article.title == "a"


# Folders, compression, paths


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "أخبار"
    (root / "ب").mkdir(parents=True)
    (root / ".cache").mkdir()
    (root / "z.txt").write_text("أول\nنص", encoding="utf-8")
    (root / "ب" / "a.md").write_text("# ثان\nنص", encoding="utf-8")
    (root / "m.jsonl.gz").write_bytes(gzip.compress(line().encode()))
    (root / ".hidden.txt").write_text("مخفي", encoding="utf-8")
    (root / ".cache" / "x.txt").write_text("مخفي", encoding="utf-8")
    return root


def test_a_folder_is_read_in_order_with_ids_relative_to_it(folder: Path) -> None:
    items = list(read_articles([folder], OPTIONS))
    records = [item for item in items if isinstance(item, SourceRecord)]
    assert [record.article.id for record in records] == ["1", "z.txt", "ب/a.md"]
    assert len(records) == len(items)
    assert records[2].path == str(folder / "ب" / "a.md")


def test_files_of_other_formats_are_one_summarised_warning(folder: Path) -> None:
    for name in ("a.pdf", "b.PDF", "c.docx", "LICENSE"):
        (folder / name).write_bytes(b"x")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    items = list(read_articles([folder], OPTIONS))
    problems = [item for item in items if isinstance(item, Problem)]
    assert len(items) == 4
    assert [(problem.path, problem.loss) for problem in problems] == [(str(folder), Loss.NOTHING)]
    for words in ("5 files", ".pdf (2)", ".docx (1)", "no extension (1)", "broken link (1)", ".jsonl"):
        assert words in problems[0].reason


def test_links_that_loop_are_read_once(folder: Path) -> None:
    (folder / "ب" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "again").symlink_to(folder / "ب", target_is_directory=True)
    items = list(read_articles([folder], OPTIONS))
    ids = [item.article.id for item in items if isinstance(item, SourceRecord)]
    assert len(ids) == len(items)
    assert sorted(id_.rsplit("/", 1)[-1] for id_ in ids) == ["1", "a.md", "z.txt"]


def test_a_folder_with_nothing_to_read_says_so(tmp_path: Path) -> None:
    (problem,) = read_articles([tmp_path], OPTIONS)
    assert isinstance(problem, Problem)
    assert "no file to read" in problem.reason
    assert problem.fatal


def test_a_bad_file_does_not_stop_the_others(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\xff\xfe\xfd")
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(line().encode() * 50)[:-20])
    (folder / "c.jsonl.gz").write_bytes(b"not compressed")
    items = list(read_articles([folder], OPTIONS))
    lost = [item.path.rsplit("/", 1)[-1] for item in items if isinstance(item, Problem) and item.fatal]
    assert lost == ["a.txt", "b.jsonl.gz", "c.jsonl.gz"]
    assert len([item for item in items if isinstance(item, SourceRecord)]) == 3


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.json", "a.md"])
def test_an_empty_file_is_a_problem(read: ReadOne, name: str) -> None:
    records, problems = read(name, b"")
    assert records == []
    assert ["no records" in problem.reason for problem in problems] == [True]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.json", "a.md", "a.txt"])
def test_binary_data_is_refused(read: ReadOne, name: str) -> None:
    records, problems = read(name, b"SQLite format 3\0" * 100)
    assert records == []
    assert ["binary data" in problem.reason for problem in problems] == [True]


def test_a_path_that_does_not_exist_is_refused_before_anything_is_read(folder: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.jsonl does not exist: check the path"):
        read_articles([folder, folder / "nowhere.jsonl"], OPTIONS)


def test_a_file_of_no_known_format_is_refused_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(BadInput, match=r"a\.pdf is of no format that is read: name it as one of \.jsonl"):
        read_articles([tmp_path / "a.pdf"], OPTIONS)


def test_reading_is_one_article_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{line()}\nnot json\n", encoding="utf-8")
    items = read_articles([path], OPTIONS)
    assert isinstance(next(items), SourceRecord)
    assert isinstance(next(items), Problem)
    assert next(items, None) is None

"""The command line by its behaviour: real processes, with the ranking stand-in in the model's place."""

from __future__ import annotations

import json
import os
import re
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from indexer.pipeline import BATCH_ARTICLES

# Each test starts the real command as a process, a second or more: too long for the fast loop.
pytestmark = pytest.mark.slow

Process = subprocess.CompletedProcess[str]
Masdar = Callable[..., Process]
ACTS_ON_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ANSWER_KEYS = [
    *("question", "language", "verdict", "mode", "answer", "citations", "degraded_reason", "claims", "confidence"),
    *("missing", "leads", "notes", "usage", "citations_refused", "timings_ms"),
]
CITATION_KEYS = [
    "marker", "article_id", "title", "source", "url", "published_at", "quote", "start", "end", "support",
    "also_published_by",
]  # fmt: skip


def loaded(outcome: Process) -> Any:
    assert outcome.returncode == 0, outcome.stderr
    return json.loads(outcome.stdout)


def test_help_is_instant(masdar: Masdar) -> None:
    seconds = []
    for _ in range(5):
        before = _processor_time_of_children()
        outcome = masdar("--help")
        # Not the clock's: other processes would count.
        seconds.append(_processor_time_of_children() - before)
    assert outcome.returncode == 0
    assert all(command in outcome.stdout for command in ("index", "ask", "search", "article", "status"))
    assert min(seconds) < 0.3


def _processor_time_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("index", ["--store", "--field", "--prune", "--allow-future", "--max-chars", "--json"]),
        ("ask", ["--store", "--source", "--language", "--tag", "--from", "--until", "--recency", "--json"]),
        ("search", ["--store", "--limit", "--source", "--tag", "--recency", "--per-article", "--copies", "--json"]),
        ("article", ["--store", "--json"]),
        ("status", ["--store", "--json"]),
    ],
)
def test_help_of_a_command_names_its_options(masdar: Masdar, command: str, options: list[str]) -> None:
    outcome = masdar(command, "--help")
    assert outcome.returncode == 0
    assert [option for option in options if option not in outcome.stdout] == []


def test_help_of_index_is_quick_and_names_the_default_chunk(masdar: Masdar) -> None:
    from indexer.chunking import CHUNK_TOKENS

    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    outcome = masdar("index", "--help")
    # Processor time, whatever else the machine does. LlamaIndex alone takes longer to import.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 1.5
    assert f"[default: {CHUNK_TOKENS}]" in outcome.stdout


@pytest.mark.parametrize("command", ["ask", "search", "article", "status", "index"])
def test_commands_start_without_what_they_do_not_need(command: str) -> None:
    script = f"import sys, service.cli.{command}_command; print(*sys.modules)"
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert not {"llama_index.core", "onnx", "torch", "pandas", "hypothesis"} & set(outcome.stdout.split())


def test_version(masdar: Masdar) -> None:
    assert re.fullmatch(r"masdar \d+\.\d+\S*\n", masdar("--version").stdout)


def test_answers_have_exactly_the_documented_keys(fake_masdar: Masdar, small_index: Path) -> None:
    answer = loaded(fake_masdar("ask", "كم بلغت زيادة رسوم عبور السفن؟", "--json", "--store", small_index))
    assert list(answer) == ANSWER_KEYS
    assert answer["question"] == "كم بلغت زيادة رسوم عبور السفن؟"
    assert (answer["language"], answer["verdict"], answer["mode"]) == ("ar", "answered", "extractive")
    assert list(answer["timings_ms"]) == ["encode", "retrieve", "answer", "total"]
    assert all(isinstance(value, float) and value >= 0 for value in answer["timings_ms"].values())
    assert [list(citation) for citation in answer["citations"]] == [CITATION_KEYS] * len(answer["citations"])
    best = answer["citations"][0]
    assert (best["marker"], best["article_id"], best["published_at"]) == (1, "canal", "2025-01-01T00:00:00+00:00")
    assert "15 في المئة" in best["quote"]
    assert f"«{best['quote']}» [1]" in answer["answer"]
    assert 0.5 <= best["support"] <= 1


@pytest.mark.slow  # several runs, or one that imports LlamaIndex
def test_quotes_stand_verbatim_in_the_article(fake_masdar: Masdar, small_index: Path) -> None:
    for question in ("كم بلغت زيادة رسوم عبور السفن؟", "Did port workers in Tangier end their strike?"):
        answer = loaded(fake_masdar("ask", question, "--json", "--store", small_index))
        assert answer["citations"]
        for citation in answer["citations"]:
            article = loaded(fake_masdar("article", citation["article_id"], "--json", "--store", small_index))
            assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_an_answer_for_people(fake_masdar: Masdar, small_index: Path) -> None:
    outcome = fake_masdar("ask", "كم بلغت زيادة رسوم عبور السفن؟", "--store", small_index)
    assert outcome.returncode == 0
    assert "[1] «أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة.»\n" in outcome.stdout
    assert "رسوم العبور · جريدة المرسى · 2025-01-01" in outcome.stdout
    assert "https://marsa.example/canal" in outcome.stdout
    assert "\x1b" not in outcome.stdout


def test_no_evidence_is_said_in_the_language_of_the_question(fake_masdar: Masdar, small_index: Path) -> None:
    answer = loaded(fake_masdar("ask", "Who won?", "--from", "2030-01-01", "--json", "--store", small_index))
    assert (answer["verdict"], answer["citations"]) == ("insufficient_evidence", [])
    assert answer["answer"] == "The indexed articles do not answer this question."
    answer = loaded(fake_masdar("ask", "من فاز؟", "--from", "2030-01-01", "--json", "--store", small_index))
    assert (answer["verdict"], answer["citations"]) == ("insufficient_evidence", [])
    assert re.search("لا .*المقالات", answer["answer"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], {"minerals", "canal", "strike", "hostile"}),
        (["--source", "جريدة المرسى"], {"canal"}),
        (["--source", "جريدة المرسى", "--source", "Harbour Post"], {"canal", "strike"}),
        (["--language", "en"], {"strike"}),
        (["--language", "EN"], {"strike"}),
        # 21:30 at -03:00 is the next day in UTC; articles without a date are in no range.
        (["--from", "2025-05-01"], {"minerals"}),
        (["--until", "2025-04-30"], {"canal", "strike"}),
        (["--from", "2025-05-02"], set()),
        # The last second of the last day is in, and so is the first of the first.
        (["--from", "2025-01-01", "--until", "2025-01-31"], {"canal", "strike"}),
        (["--from", "2025-01-01", "--until", "2025-01-01"], {"canal"}),
        (["--from", "0001-01-01", "--until", "9999-12-31"], {"minerals", "canal", "strike"}),
        (["--limit", "1"], 1),
        (["--tag", "ميناء"], {"canal", "strike"}),
        (["--tag", "ميناء", "--tag", "معادن"], {"canal", "strike", "minerals"}),
        (["--tag", "مين"], set()),
    ],
)
def test_filters(fake_masdar: Masdar, small_index: Path, options: Sequence[str], expected: set[str] | int) -> None:
    found = loaded(fake_masdar("search", "رسوم", "--json", "--store", small_index, *options))
    ids = [result["article_id"] for result in found["results"]]
    assert (len(ids) if isinstance(expected, int) else set(ids)) == expected


def test_copies_of_a_story_share_a_place_and_newer_ones_come_first_where_that_is_asked_for(
    fake_masdar: Masdar, tmp_path: Path
) -> None:
    text = "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة ابتداء من فبراير."
    stories = [{"id": f"copy-{n}", "title": "رسوم", "text": text, "date": "2024-01-01"} for n in range(3)]
    other = text.replace("15", "20").replace("فبراير", "مارس")
    stories.append({"id": "update", "title": "رسوم", "text": other, "date": "2025-06-01"})
    (tmp_path / "wire.jsonl").write_text("\n".join(map(json.dumps, stories)))
    loaded(fake_masdar("index", tmp_path / "wire.jsonl", "--json", "--store", tmp_path / "store"))

    def found(*options: str, env: dict[str, str] | None = None) -> list[tuple[str, list[str]]]:
        asked = ("search", "زيادة رسوم عبور السفن 15 فبراير", "--json", "--store", tmp_path / "store", *options)
        return [
            (one["article_id"], [copy["article_id"] for copy in one["also_published_by"]])
            for one in loaded(fake_masdar(*asked, env=env or {}))["results"]
        ]

    assert found() == [("copy-0", ["copy-1", "copy-2"]), ("update", [])]
    assert [name for name, _ in found("--copies")] == ["copy-0", "copy-1", "copy-2", "update"]
    assert found("--copies", "--recency", "30") == found("--copies", env={"MASDAR_RECENCY_DAYS": "30"})
    shown = fake_masdar("search", "رسوم عبور السفن", "--store", tmp_path / "store").stdout
    assert "also published by copy-1 (2024-01-01), copy-2 (2024-01-01)" in shown


@pytest.mark.slow  # several runs, or one that imports LlamaIndex
def test_search_results(fake_masdar: Masdar, small_index: Path) -> None:
    found = loaded(fake_masdar("search", "رسوم عبور السفن", "--json", "--store", small_index))
    best = found["results"][0]
    assert list(best) == [
        "article_id", "title", "source", "url", "published_at", "start", "end", "text", "score", "also_published_by",
        "signals", "reranked",
    ]  # fmt: skip
    article = loaded(fake_masdar("article", "canal", "--json", "--store", small_index))
    assert best["text"] == article["text"][best["start"] : best["end"]]
    assert [result["score"] for result in found["results"]] == sorted(
        (result["score"] for result in found["results"]), reverse=True
    )
    shown = fake_masdar("search", "رسوم عبور السفن", "--store", small_index).stdout
    assert set(best["signals"]) == {"dense", "lexical", "late"}
    assert re.search(r"1\. رسوم العبور(?s:.)+score \d\.\d{3} from dense 1\.000, lexical 1\.000, late \d\.\d{3}", shown)


def test_status(masdar: Masdar, small_index: Path) -> None:
    status = loaded(masdar("status", "--json", "--store", small_index))
    assert (status["articles"], status["store"]) == (4, str(small_index))
    assert status["manifest"]["encoder"] == "trigrams"
    assert set(status["chunks_by_source"]) == {"وكالة النيل", "جريدة المرسى", "Harbour Post", "مجهول"}
    shown = masdar("status", "--store", small_index).stdout
    assert "4 articles in 4 chunks" in shown
    assert "token vectors for late interaction: of all tokens as turbo4\n" in shown


@pytest.mark.slow  # several runs, or one that imports LlamaIndex
def test_what_an_article_holds_cannot_act_on_the_terminal(
    fake_masdar: Masdar, small_index: Path, articles_file: Path
) -> None:
    stored = [json.loads(line) for line in articles_file.read_text("utf-8").splitlines()]
    hostile = next(article for article in stored if article["id"] == "hostile")
    exact = loaded(fake_masdar("article", "hostile", "--json", "--store", small_index))
    assert (exact["text"], exact["title"]) == (hostile["text"], hostile["title"])
    for typed in (("article", "hostile"), ("search", "نص يعبث بالشاشة"), ("ask", "نص يعبث بالشاشة و مسافاتها")):
        shown = fake_masdar(*typed, "--store", small_index).stdout
        assert "يعبث" in shown
        assert ACTS_ON_TERMINAL.findall(shown) == []


def test_questions_that_are_not_quite_text(fake_masdar: Masdar, small_index: Path) -> None:
    # A byte that is not UTF-8, as a terminal with another encoding sends it; marks that reverse text.
    answer = loaded(fake_masdar("ask", "رسوم \udcff عبور \u202e السفن", "--json", "--store", small_index))
    assert answer["question"] == "رسوم \ufffd عبور \u202e السفن"
    shown = fake_masdar("ask", "رسوم \udcff عبور \u202e السفن", "--source", "\udcff", "--store", small_index)
    assert shown.returncode == 0
    assert ACTS_ON_TERMINAL.findall(shown.stdout) == []


@pytest.mark.parametrize("env", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "LANG": "C"}])
def test_output_in_ascii_becomes_utf_8(masdar: Masdar, small_index: Path, env: dict[str, str]) -> None:
    for options in ([], ["--json"]):
        outcome = masdar("article", "canal", "--store", small_index, *options, env=env)
        assert outcome.returncode == 0, outcome.stderr
        assert "رسوم العبور" in outcome.stdout


def test_output_in_another_encoding_is_escaped(masdar: Masdar, small_index: Path) -> None:
    western = {"PYTHONIOENCODING": "cp1252"}
    exact = loaded(masdar("article", "canal", "--json", "--store", small_index, env=western))
    assert exact["title"] == "رسوم العبور"
    assert r"\u0631\u0633\u0648\u0645" in masdar("article", "canal", "--store", small_index, env=western).stdout


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_reader_that_leaves_early(
    fake_command: list[str], plain_environment: Callable[..., dict[str, str]], small_index: Path
) -> None:
    for options in ("", "--json"):
        line = f"{' '.join(fake_command)} search رسوم --store {small_index} {options} | head -c 1"
        outcome = subprocess.run(
            ["sh", "-c", line], env=plain_environment(), capture_output=True, text=True, timeout=60, check=False
        )
        assert (len(outcome.stdout), outcome.stderr) == (1, "")


def write(path: Path, *records: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    return path


TEXTS = [{"id": str(number), "text": f"خبر رقم {number} عن الاقتصاد."} for number in range(3)]
NUMBERS = ("added", "replaced", "unchanged", "removed", "pruned", "articles")


def test_indexing_tells_what_its_time_went_to_when_asked(
    fake_masdar: Masdar, articles_file: Path, tmp_path: Path
) -> None:
    index = ("index", articles_file, "--store", tmp_path / "store")
    told = loaded(fake_masdar(*index, "--timings", "--json"))["timings"]
    assert {"reading", "encoding", "writing"} <= told["stages"].keys()
    assert told["tokens"] > 0
    assert all(0 <= stage["seconds"] <= told["seconds"] for stage in told["stages"].values())
    again = fake_masdar(*index, "--timings")
    assert "tokens/s. Share of the time by stage" in again.stdout
    assert "reading" in again.stdout
    assert "timings" not in loaded(fake_masdar(*index, "--json"))
    refused = fake_masdar(*index[:2], "--timings", "--server", "http://127.0.0.1:1")
    assert refused.returncode == 2
    assert "--timings is for an index that this process writes" in refused.stderr


@pytest.mark.slow  # eight runs
def test_indexing_again_changes_what_changed(fake_masdar: Masdar, tmp_path: Path) -> None:
    store = tmp_path / "store"

    def run(*options: str) -> tuple[object, ...]:
        arguments = ("index", *options, tmp_path / "a.jsonl", "--json", "--store", store)
        done = loaded(fake_masdar(*arguments, env={"MASDAR_QUALITY": "off"}))  # their texts are short
        return tuple(done[number] for number in NUMBERS)

    write(tmp_path / "a.jsonl", *TEXTS)
    assert run() == (3, 0, 0, 0, False, 3)
    assert run() == (0, 0, 3, 0, False, 3)
    write(tmp_path / "a.jsonl", TEXTS[0], {"id": "1", "text": "خبر آخر."})
    assert run() == (0, 1, 1, 0, False, 3)
    assert run("--prune") == (0, 0, 2, 1, True, 2)
    article = loaded(fake_masdar("article", "1", "--json", "--store", store))
    assert article["text"] == "خبر آخر."
    # A record that could not be read may be one of those that seem to be gone: nothing is removed.
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write("{oops\n")
    write(tmp_path / "b.jsonl", TEXTS[0])
    (tmp_path / "b.jsonl").write_text((tmp_path / "b.jsonl").read_text("utf-8") + "{oops\n", "utf-8")
    outcome = fake_masdar("index", tmp_path / "b.jsonl", "--prune", "--store", store)
    assert outcome.returncode == 1
    assert "b.jsonl:2: not JSON" in outcome.stderr
    assert "Nothing was pruned" in outcome.stderr
    assert loaded(fake_masdar("status", "--json", "--store", store))["articles"] == 2


@pytest.mark.slow  # several runs, or one that imports LlamaIndex
def test_a_bad_record_costs_only_itself(fake_masdar: Masdar, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("عنوان\n\nنص المقال.", "utf-8")
    (tmp_path / "note.md").write_text("# عنوان\n\nنص آخر.", "utf-8")
    (tmp_path / "table.csv").write_text("id,النص\n1,خبر\n2,\n", "utf-8")
    (tmp_path / "broken.jsonl").write_text('{"id": "x", "text": "خبر"}\n{oops\n', "utf-8")
    arguments = ("index", tmp_path, "--json", "--store", tmp_path.with_name("store-of-many"))
    outcome = fake_masdar(*arguments, env={"MASDAR_QUALITY": "off"})  # their texts are short
    assert outcome.returncode == 1
    done = json.loads(outcome.stdout)
    assert (done["added"], done["lost"], done["articles"]) == (4, 2, 4)
    assert {(Path(problem["path"]).name, problem["line"], problem["loss"]) for problem in done["problems"]} == {
        ("broken.jsonl", 2, "record"),
        ("table.csv", 3, "record"),
    }


@pytest.mark.slow  # several runs, or one that imports LlamaIndex
def test_fields_by_option_before_and_after_the_path(fake_masdar: Masdar, tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", {"الرقم": "7", "نص الخبر": "خبر عن الاقتصاد.", "رأس": "عنوان"})
    typed = ["index", "--field", "text=نص الخبر", file, "--field", "id=الرقم", "--field=title=رأس"]
    assert fake_masdar(*typed, "--store", tmp_path / "store").returncode == 0
    article = loaded(fake_masdar("article", "7", "--json", "--store", tmp_path / "store"))
    assert (article["text"], article["title"]) == ("خبر عن الاقتصاد.", "عنوان")


@pytest.mark.slow  # several runs, or one that imports LlamaIndex
def test_progress_is_plain_lines_where_there_is_no_terminal(
    fake_masdar: Masdar, articles_file: Path, tmp_path: Path
) -> None:
    outcome = fake_masdar("index", articles_file, "--store", tmp_path / "store", env={"FORCE_COLOR": "0"})
    assert re.search(r"^4 added, .* articles/s, .* chunks/s\)\.$", outcome.stdout, re.MULTILINE)
    assert "\x1b" not in outcome.stdout + outcome.stderr
    assert "\r" not in outcome.stdout + outcome.stderr


# What a person sees on a terminal.


def on_terminal(command: Sequence[str], env: dict[str, str], columns: int = 90) -> tuple[int, str]:
    """Run a command on a pseudo-terminal; its exit code and what was written."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        written = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                block = os.read(ours, 1 << 16)
            except OSError:  # Linux says so when the other end is closed
                break
            if not block:
                break
            written += block
    os.close(ours)
    return process.returncode, written.decode("utf-8").replace("\r\n", "\n")


terminal_only = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")


@terminal_only
@pytest.mark.slow  # batches that take time
def test_a_terminal_shows_a_bar_with_rate_and_time_left(
    fake_command: list[str], plain_environment: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    records = [{"id": str(number), "text": f"خبر رقم {number}."} for number in range(200)]
    file = write(tmp_path / "many.jsonl", *records)
    env = plain_environment({"TERM": "xterm-256color", "FAKE_SECONDS": "0.6", "MASDAR_QUALITY": "off"})
    code, written = on_terminal([*fake_command, "index", str(file), "--store", str(tmp_path / "store")], env)
    assert code == 0
    # Batches are encoded two at a time and the bar is drawn ten times a second: which of them it shows is chance.
    shown = {int(number) for number in re.findall(r"\b(\d+)/200\b", written)}
    assert shown & set(range(BATCH_ARTICLES, 200, BATCH_ARTICLES))
    assert re.search(r"[1-9]\d*\.\d articles/s", written)
    assert re.search(r"0:0\d:\d\d", written)
    assert "200 added" in written


@terminal_only
@pytest.mark.slow  # four runs
def test_a_terminal_gets_colour_and_order(
    fake_command: list[str], plain_environment: Callable[..., dict[str, str]], small_index: Path
) -> None:
    command = [*fake_command, "article", "canal", "--store", str(small_index)]

    def shown(**env: str) -> str:
        code, written = on_terminal(command, plain_environment({"TERM": "xterm-256color"} | env))
        assert code == 0
        return written

    logical = shown(VTE_VERSION="7600")
    assert "\x1b[1mرسوم العبور\x1b[0m" in logical
    visual = shown(TERM="alacritty", COLORTERM="truecolor")
    assert "ﺭﻮﺒﻌﻟﺍ ﻡﻮﺳﺭ" in visual
    assert "رسوم العبور" in shown(TERM="alacritty", MASDAR_BIDI="logical")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", shown(VTE_VERSION="7600", NO_COLOR="1"))


@terminal_only
@pytest.mark.parametrize("columns", [1, 12, 400])
def test_a_terminal_of_any_width(
    fake_command: list[str], plain_environment: Callable[..., dict[str, str]], small_index: Path, columns: int
) -> None:
    env = plain_environment({"TERM": "alacritty"})
    command = [*fake_command, "search", "رسوم", "--limit", "2", "--store", str(small_index)]
    code, written = on_terminal(command, env, columns)
    assert code == 0
    assert "Traceback" not in written


# Interrupted and killed. 300 articles, a second for each batch of them.


@pytest.fixture
def indexing(
    fake_command: list[str], plain_environment: Callable[..., dict[str, str]], tmp_path: Path
) -> Callable[[], subprocess.Popen[str]]:
    records = [{"id": str(number), "text": f"خبر رقم {number} عن الاقتصاد."} for number in range(300)]
    write(tmp_path / "many.jsonl", *records)

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*fake_command, "index", str(tmp_path / "many.jsonl"), "--store", str(tmp_path / "store")],
            env=plain_environment({"FAKE_SECONDS": "1", "FAKE_WRITTEN": str(tmp_path / "written")}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell that starts a command in the background has it ignore SIGINT, and pytest may run there.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509  (one thread)
        )
        patience = time.monotonic() + 60
        while not (tmp_path / "written").exists():  # into the second batch
            assert time.monotonic() < patience
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        return process

    return start


@pytest.mark.slow  # three runs, of which one waits
@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill -9"])
def test_an_index_cut_short_is_usable_and_the_next_run_finishes_it(
    indexing: Callable[[], subprocess.Popen[str]],
    fake_masdar: Masdar,
    tmp_path: Path,
    ending: signal.Signals,
) -> None:
    process = indexing()
    process.send_signal(ending)
    begun = time.monotonic()
    out, err = process.communicate(timeout=60)
    if ending is signal.SIGINT:
        assert process.returncode == 130
        assert (out, len(err.splitlines())) == ("", 1)
        assert "interrupted" in err
        assert "run the command again" in err
        assert time.monotonic() - begun < 5
    else:
        assert process.returncode == -signal.SIGKILL
    store = tmp_path / "store"
    answer = loaded(fake_masdar("ask", "خبر رقم 7 عن الاقتصاد", "--json", "--store", store))
    assert answer["verdict"] == "answered"
    kept = loaded(fake_masdar("status", "--json", "--store", store))["articles"]
    assert BATCH_ARTICLES <= kept < 300
    done = loaded(fake_masdar("index", tmp_path / "many.jsonl", "--json", "--store", store))
    assert (done["added"], done["unchanged"], done["articles"], done["chunks"]) == (300 - kept, kept, 300, 300)


def test_the_module_runs_as_the_command_does() -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "service.cli", "--version"], capture_output=True, text=True, timeout=60, check=False
    )
    assert outcome.stdout.startswith("masdar ")


@pytest.mark.slow  # several runs
def test_what_is_no_article_is_refused_with_the_reason_and_copies_are_listed(
    fake_masdar: Masdar, tmp_path: Path
) -> None:
    text = "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة ابتداء من فبراير."
    rows = [{"id": f"copy-{n}", "text": text, "source": f"صحيفة {n}"} for n in range(2)]
    rows.append({"id": "menu", "text": "الرئيسية\nسياسة\nاقتصاد\nرياضة"})
    (tmp_path / "wire.jsonl").write_text("\n".join(map(json.dumps, rows)))
    into = ("--json", "--store", tmp_path / "store")
    report = loaded(fake_masdar("index", tmp_path / "wire.jsonl", "--prune", *into))
    assert (report["added"], report["copies"], report["refused"], report["lost"]) == (2, 1, 1, 0)
    assert report["pruned"]
    assert "refused: it is a menu: its 4 lines have a few words each" in report["problems"][0]["reason"]
    listed = loaded(fake_masdar("duplicates", *into))
    assert [[one["source"] for one in story] for story in listed["listed"]] == [["صحيفة 0", "صحيفة 1"]]
    everything = {"MASDAR_QUALITY": "off", "MASDAR_DUPLICATES": "off"}
    report = loaded(
        fake_masdar("index", tmp_path / "wire.jsonl", "--json", "--store", tmp_path / "all", env=everything)
    )
    assert (report["added"], report["copies"], report["refused"]) == (3, 0, 0)
    assert loaded(fake_masdar("duplicates", "--json", "--store", tmp_path / "all"))["stories"] == 0
    assert loaded(fake_masdar("duplicates", "--rebuild", "--json", "--store", tmp_path / "all"))["stories"] == 1


@pytest.mark.parametrize("name", ["x\x1b[2J\u202e.jsonl"])
def test_an_error_cannot_act_on_the_terminal(fake_masdar: Masdar, name: str, tmp_path: Path) -> None:
    outcome = fake_masdar("index", name, "--store", tmp_path / "store")
    assert outcome.returncode == 2
    assert "x" in outcome.stderr
    assert not set(outcome.stderr) & set("\x1b\u202e")

"""Answers within the dates that a question asks for, and what is said about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from indexer.store import Filters
from service.answering import Answer
from service.asking.dated import answered_within
from service.search_options import SearchOptions

NOW = datetime(2025, 2, 1, 12, tzinfo=UTC)
Masdar = Callable[..., CompletedProcess[str]]


def archive(*dates: str) -> tuple[list[Filters], Callable[[SearchOptions], Answer]]:
    """A search that answers where an article of these dates passes the filters, and the filters that it was given."""
    asked: list[Filters] = []

    def answer(options: SearchOptions) -> Answer:
        asked.append(options.filters)
        first, before = options.filters.published_from, options.filters.published_before
        days = [datetime.fromisoformat(date).replace(tzinfo=UTC) for date in dates]
        passed = [day for day in days if (not first or day >= first) and (not before or day < before)]
        return Answer("", "en", "answered" if passed else "insufficient_evidence", "test", "", ())

    return asked, answer


def test_articles_of_the_dates_answer_and_the_answer_says_so() -> None:
    asked, answer = archive("2025-01-31")
    made = answered_within("Who won yesterday?", SearchOptions(), NOW, answer)
    assert [note.kind for note in made.notes] == ["dates"]
    assert made.notes[0].text == 'Only articles published from 2025-01-31 to 2025-02-01 were searched ("yesterday").'
    assert len(asked) == 1


def test_where_they_do_not_answer_all_articles_do_and_the_answer_says_so() -> None:
    _, answer = archive("2024-06-01")
    made = answered_within("من فاز أمس؟", SearchOptions(), NOW, answer)
    assert made.verdict == "answered"
    assert [note.kind for note in made.notes] == ["dates_dropped"]
    assert "من 2025-01-31 إلى 2025-02-01 («أمس»)" in made.notes[0].text


@pytest.mark.parametrize("question", ["Who won in March 2024?", "Who won the 2022 World Cup?", "من فاز بالكأس؟"])
def test_the_date_of_an_event_hides_no_article(question: str) -> None:
    asked, answer = archive("2024-06-01")
    assert answered_within(question, SearchOptions(), NOW, answer).notes == ()
    assert asked == [Filters()]


def test_dates_that_the_caller_chose_come_first() -> None:
    asked, answer = archive("2024-06-01")
    chosen = Filters(published_from=datetime(2024, 1, 1, tzinfo=UTC))
    assert answered_within("Who won yesterday?", SearchOptions(filters=chosen), NOW, answer).notes == ()
    assert asked == [chosen]


@pytest.mark.slow
def test_the_command_line_counts_from_the_reference_date(fake_masdar: Masdar, small_index: Path) -> None:
    question = "Port workers in Tangier ended their strike yesterday"
    run = fake_masdar("ask", question, "--store", small_index, "--reference-date", "2025-02-01", "--json")
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert {citation["article_id"] for citation in answer["citations"]} == {"strike"}
    assert [note["kind"] for note in answer["notes"]] == ["dates"]
    shown = fake_masdar("ask", question, "--store", small_index, "--reference-date", "2025-02-01").stdout
    assert "Only articles published from 2025-01-31" in shown


@pytest.mark.slow
def test_the_command_line_takes_a_history(fake_masdar: Masdar, small_index: Path, tmp_path: Path) -> None:
    history = tmp_path / "history.json"
    turns = [{"role": "user", "content": "هل أعلنت هيئة القناة زيادة رسوم عبور السفن؟"}]
    history.write_text(json.dumps(turns), "utf-8")
    run = fake_masdar("ask", "لماذا؟", "--store", small_index, "--history", history, "--json")
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert answer["question"] == "لماذا؟"
    assert answer["citations"][0]["article_id"] == "canal"
    assert answer["notes"][0]["kind"] == "understood"
    assert "لماذا أعلنت هيئة القناة" in answer["notes"][0]["text"]


@pytest.mark.slow
@pytest.mark.parametrize("content", ["{", "{}", '[{"role": "user"}]', "\ud800"])
def test_a_history_of_another_form_is_refused(
    fake_masdar: Masdar, small_index: Path, tmp_path: Path, content: str
) -> None:
    history = tmp_path / "history.json"
    history.write_bytes(content.encode("utf-8", "surrogatepass"))
    run = fake_masdar("ask", "لماذا؟", "--store", small_index, "--history", history)
    assert run.returncode == 2
    assert "history" in run.stderr
    assert "Traceback" not in run.stderr

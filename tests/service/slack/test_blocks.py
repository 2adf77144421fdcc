"""Blocks and views keep Slack's limits, whatever an answer says; the SDK's classes judge."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_server import checked_blocks, checked_view

from service.api import schemas
from service.api.schemas.answers import Copy
from service.slack import modals
from service.slack.blocks import answer_blocks, as_json, failure_blocks, rating_value, spans_value, text_blocks
from service.slack.direction import RIGHT, without_marks

LONG = "كلمة *قوية* <!channel> & " * 400
URL = "https://news.example/" + "a" * 2_000


def answer(citations: int = 0, **more: Any) -> schemas.Answer:
    cited = [
        schemas.Citation(
            marker=number,
            article_id="x" * 300,
            title=LONG,
            source=LONG,
            url=URL,
            published_at=datetime(2025, 4, 30, tzinfo=UTC),
            quote=LONG,
            start=1_000_000,
            end=2_000_000,
            support=0.5,
            also_published_by=[Copy(article_id="b", source=LONG, url=URL, published_at=None)] * 20,
        )
        for number in range(1, citations + 1)
    ]
    own: dict[str, Any] = {
        "id": "ans_" + "0" * 32,
        "question": "س" * 2_000,
        "language": "ar",
        "verdict": "answered",
        "mode": "generative",
        "answer": LONG,
        "citations": cited,
        "degraded_reason": None,
        "claims": [],
        "confidence": 0.5,
        "missing": [],
        "leads": [],
        "notes": [],
        "explanations": [],
        "timings_ms": {},
    }
    return schemas.Answer(**(own | more))


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("citations", [0, 1, 50])
def test_blocks_of_the_longest_answers_are_ones_that_slack_takes(citations: int, plain: bool) -> None:
    notes = [schemas.Note(kind="dates", text=LONG)] * 30
    leads = [schemas.Lead(article_id="a", title=LONG, source=LONG, url=URL, published_at=None)] * 3
    made = answer(citations, notes=notes, leads=leads, missing=[LONG], degraded_reason="x: y")
    blocks = checked_blocks(as_json([*text_blocks(made.answer), *answer_blocks(made, plain=plain, edited=True)]))
    assert blocks[-1]["type"] == ("actions" if plain else "context_actions")


def test_buttons_carry_what_fits_and_can_be_read_back() -> None:
    made = answer(50)
    assert json.loads(spans_value(made))["s"], "some quotes fit"
    value = json.loads(rating_value(made, "down"))
    assert value["a"] == made.id
    assert made.question.startswith(value["q"])
    assert len(rating_value(made, "down")) <= 2_000


def test_outlets_that_published_the_same_words_are_named() -> None:
    made = answer(1)
    made.citations[0].also_published_by = [
        Copy(article_id=name, source=source, url="", published_at=None)
        for name, source in (("b", "جريدة المرسى"), ("c", ""), ("d", "مجهول"))
    ]
    assert "ونشره أيضًا جريدة المرسى، مجهول" in without_marks(as_json(answer_blocks(made))[1]["text"]["text"])


def test_an_article_cannot_call_a_channel() -> None:
    told = json.dumps(as_json(answer_blocks(answer(3))), ensure_ascii=False)
    assert "<!channel>" not in told
    assert "&lt;!channel&gt;" in told


def test_lines_begin_with_the_direction_of_the_answer() -> None:
    for block in as_json(answer_blocks(answer(2))):
        if block["type"] == "section":
            for line in block["text"]["text"].split("\n"):
                assert RIGHT in line[:12], line[:20]


@pytest.mark.parametrize("verdict", ["answered", "related", "insufficient_evidence"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_verdict_is_told_in_each_language(verdict: str, language: str) -> None:
    made = answer(1 if verdict != "insufficient_evidence" else 0, verdict=verdict, language=language)
    told = without_marks(as_json(answer_blocks(made))[0]["elements"][0]["text"])
    words = {
        "answered": ("Checked", "جرى التحقق"),
        "related": ("Related", "ذو صلة"),
        "insufficient_evidence": ("No", "لا دليل"),
    }
    assert words[verdict][language == "ar"] in told


def test_views_are_ones_that_slack_takes() -> None:
    article = schemas.Article(
        id="a",
        title=LONG,
        source=LONG,
        published_at=None,
        text="قبل " + LONG + " بعد",
        url=URL,
        language="ar",
        tags=[],
        author="",
        spans=[schemas.CitedSpan(start=4, end=4 + len(LONG), quote=LONG)],
    )
    for language in ("ar", "en"):
        checked_view(modals.loading(language, "sources_title").to_dict())
        checked_view(modals.loading(language, "why").to_dict())
        checked_view(modals.sources(language, [(number, article) for number in range(1, 60)]).to_dict())
        checked_view(modals.question(language, LONG, {"channel": "C1", "thread": "1.2"}).to_dict())
        carried = {"a": "ans_1", "q": LONG, "text": LONG, "l": language, "private": True}
        view = checked_view(modals.reason(language, carried, private=True).to_dict())
        assert len(view["private_metadata"]) <= 3_000
        assert json.loads(view["private_metadata"])["a"] == "ans_1"


def test_a_failure_carries_the_question_for_the_button_that_asks_again() -> None:
    [block] = checked_blocks(as_json(failure_blocks("ar", "س" * 2_000)))
    assert json.loads(block["elements"][0]["value"])["q"].startswith("سس")

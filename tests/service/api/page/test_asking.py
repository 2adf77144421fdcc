"""Questions on the chat page, against the real service with the real model and the sample articles."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Locator, Request, expect

from .conftest import ARABIC, ENGLISH, RELATED, UNANSWERED, Open, Site, Visit

pytestmark = pytest.mark.slow


def highlighted(visit: Visit) -> str:
    """The text that is lit in the article, as it stands there."""
    visit.page.locator(".article-text mark.current").first.wait_for()
    return str(visit.page.locator(".article-text mark.current").first.evaluate("(mark) => mark.textContent"))


def quotes(exchange: Locator) -> list[str]:
    return [str(quote.evaluate("(quote) => quote.textContent")) for quote in exchange.locator(".quote-text").all()]


def kept_answers(visit: Visit) -> list[dict[str, Any]]:
    """The answers that the browser keeps, the latest conversation first."""
    kept = json.loads(visit.page.evaluate("localStorage.getItem('masdar.conversations')"))
    return [turn["answer"] for conversation in kept for turn in conversation["turns"]]


@pytest.mark.parametrize(("question", "locale"), [(ENGLISH, "en-GB"), (ARABIC, "ar-EG")])
def test_a_citation_opens_its_article_with_the_quote_lit_and_in_sight(
    open_page: Open, question: str, locale: str
) -> None:
    visit = open_page(locale=locale)
    exchange = visit.ask(question)
    expect(exchange.locator(".verdict-verified")).to_be_visible()
    said = quotes(exchange)
    for at, quote in enumerate(said):
        exchange.locator("blockquote .marker").nth(at).click()
        assert highlighted(visit) == quote
        mark = visit.page.locator(".article-text mark.current")
        expect(mark).to_be_in_viewport()
        assert visit.page.locator(".article-text").evaluate("(text, quote) => text.textContent.includes(quote)", quote)
    assert len(said) == len(kept_answers(visit)[0]["citations"]) > 0


def test_english_readers_see_source_and_date_in_english_and_the_quote_in_arabic(reader: Visit) -> None:
    exchange = reader.ask(ENGLISH)
    figure = exchange.locator(".quote").first
    expect(figure.locator("blockquote").first).to_have_attribute("lang", "ar")
    expect(figure.locator(".origin")).to_have_attribute("lang", "en")
    expect(figure.locator("time")).to_have_text("31 March 2025")
    expect(figure.locator(".title-button")).to_have_attribute("dir", "rtl")
    expect(figure.locator("a.original")).to_have_attribute("rel", "noopener noreferrer")
    expect(figure.locator("a.original")).to_have_attribute("href", kept_answers(reader)[0]["citations"][0]["url"])


def test_arabic_readers_see_arabic_months(open_page: Open) -> None:
    exchange = open_page(locale="ar-EG").ask(ARABIC)
    expect(exchange.locator(".quote time").first).to_have_text("28 فبراير 2025")


@pytest.mark.parametrize(
    "source", ["الجزيرة نت", "صحيفة الشرق الأوسط", "وكالة أسوشيتد برس", "أ.ف.ب", "موقع مدار الإخباري", ""]
)
def test_sources_have_the_english_names_that_answers_give_them(reader: Visit, source: str) -> None:
    from service.answering.source_names import english_source

    named = reader.page.evaluate(
        """async ([path, source]) => {
          const sources = await import(path);
          await sources.loadNames();
          return sources.sourceName(source, "en");
        }""",
        [module(reader, "sources"), source],
    )
    assert named == english_source(source)


def module(visit: Visit, name: str) -> str:
    """The address of a script of the page."""
    page = visit.page.locator("script[type=module]").get_attribute("src")
    assert page is not None
    return page.replace("chat.js", f"{name}.js").replace("operate.js", f"{name}.js")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("نفط 🛢️ و𝒜 قنديل", 6, 12), ("𐤀𐤁𐤂𐤃", 1, 3), ("e\u0301tat", 0, 2), ("نص", 0, 9)],
)
def test_offsets_are_those_of_python(reader: Visit, text: str, start: int, end: int) -> None:
    cut = reader.page.evaluate(
        "async ([path, ...cut]) => (await import(path)).slice(...cut)", [module(reader, "text"), text, start, end]
    )
    assert cut == text[start:end]


def test_parts_of_a_text_are_those_of_python_and_together_the_text(reader: Visit) -> None:
    code = "async ([path, ...given]) => (await import(path)).parts(...given)"
    path = module(reader, "text")
    letters = st.text(st.sampled_from("ab نف\u064b\u0301🛢️𐤀𝒜"), max_size=20)

    @settings(max_examples=60)
    @given(letters, st.lists(st.tuples(st.integers(0, 22), st.integers(0, 22)), max_size=4), st.integers(0, 5))
    def holds(text: str, spans: list[tuple[int, int]], offset: int) -> None:
        given_spans = [{"start": offset + start, "end": offset + end} for start, end in spans]
        found = reader.page.evaluate(code, [path, text, given_spans, offset])
        assert "".join(part["text"] for part in found) == text
        for part in found:
            if part["span"]:
                assert part["text"] == text[part["span"]["start"] - offset : part["span"]["end"] - offset]

    holds()


def test_what_no_article_answers_is_said_with_the_nearest_articles(reader: Visit) -> None:
    exchange = reader.ask(UNANSWERED)
    expect(exchange.locator(".badge")).to_have_text("No evidence")
    expect(exchange.locator(".preface")).to_have_text("The indexed articles do not answer this question.")
    assert exchange.locator(".quote").count() == 0
    assert exchange.locator(".lead").count() == 3
    exchange.locator(".lead button").first.click()
    title = exchange.locator(".lead button").first.inner_text()
    expect(reader.page.locator(".article-title")).to_have_text(title)
    assert reader.page.locator(".article-text mark").count() == 0


def test_what_is_only_near_is_said_with_what_is_missing(open_page: Open) -> None:
    visit = open_page(locale="ar-EG")
    exchange = visit.ask(RELATED)
    expect(exchange.locator(".verdict-related .badge")).to_have_text("ذو صلة فقط")
    missing = kept_answers(visit)[0]["missing"]
    assert exchange.locator(".preface .missing").all_inner_texts() == missing


def test_matched_words_are_shown_when_they_are_asked_for(reader: Visit) -> None:
    exchange = reader.ask(ENGLISH)
    assert reader.page.locator(".match").count() == 0
    exchange.get_by_role("button", name="Matched words").click()
    explained = kept_answers(reader)[0]["explanations"]
    asked = {match["asked"] for one in explained for match in one["matches"]}
    found = {match["found"] for match in explained[0]["matches"]}
    assert set(exchange.locator(".question .match").all_inner_texts()) == asked
    first = exchange.locator("blockquote").first
    assert set(first.locator(".match").evaluate_all("(marks) => marks.map((mark) => mark.textContent)")) == found
    assert exchange.locator(".pairs").first.locator(".pair").count() == len(explained[0]["matches"])
    exchange.locator(".pair").first.hover()
    assert exchange.locator(".question .match.lit").count() == 1
    exchange.get_by_role("button", name="Matched words").click()
    assert reader.page.locator(".match").count() == 0


def test_a_follow_up_is_sent_with_what_went_before_and_understood(reader: Visit) -> None:
    sent: list[Request] = []
    reader.page.on("request", lambda request: sent.append(request) if request.url.endswith("/v1/ask") else None)
    reader.ask("When does the Tafukt desalination plant open?")
    exchange = reader.ask("Why was it postponed?")
    history = sent[1].post_data_json["history"]
    assert [turn["role"] for turn in history] == ["user", "assistant"]
    assert history[0]["content"].startswith("When does the Tafukt")
    assert sent[0].post_data_json["history"] == []
    expect(exchange.locator(".note-understood")).to_contain_text("Tafukt")


def test_filters_narrow_the_search_and_are_shown_with_the_question(reader: Visit) -> None:
    sent: list[Request] = []
    reader.page.on("request", lambda request: sent.append(request) if request.url.endswith("/v1/ask") else None)
    reader.page.get_by_role("button", name="Filters").click()
    source = "جريدة الضفاف"
    reader.page.get_by_label(source).check()
    reader.page.get_by_label("From", exact=True).fill("2025-03-01")
    reader.page.get_by_label("To", exact=True).fill("2025-04-30")
    reader.page.keyboard.press("Escape")
    expect(reader.page.locator("#filter-panel")).to_be_hidden()
    assert reader.page.locator(".chip").all_inner_texts() == [source, "from 1 March 2025", "to 30 April 2025"]
    exchange = reader.ask(ENGLISH)
    assert sent[0].post_data_json["filters"] == {
        "sources": [source],
        "since": "2025-03-01T00:00:00Z",
        "until": "2025-05-01T00:00:00Z",
    }
    assert set(exchange.locator(".quote .source").all_inner_texts()) <= {source}
    expect(exchange.locator(".searched")).to_contain_text("30 April 2025")
    reader.page.locator(".chip").first.click()
    assert reader.page.locator(".chip").count() == 2


def test_days_in_the_wrong_order_are_not_asked_with(reader: Visit) -> None:
    reader.page.get_by_role("button", name="Filters").click()
    reader.page.get_by_label("From", exact=True).fill("2025-04-02")
    reader.page.get_by_label("To", exact=True).fill("2025-04-01")
    expect(reader.page.get_by_role("alert")).to_have_text("The first day is after the last.")
    reader.page.fill("#question-input", ENGLISH)
    reader.page.press("#question-input", "Enter")
    assert reader.page.locator(".exchange").count() == 0
    expect(reader.page.locator("#question-input")).to_have_value(ENGLISH)


def test_an_answer_is_copied_with_its_citations(open_page: Open) -> None:
    visit = open_page(permissions=["clipboard-read", "clipboard-write"])
    exchange = visit.ask(ENGLISH)
    exchange.get_by_role("button", name="Copy the answer").click()
    expect(visit.page.locator("#toasts")).to_contain_text("Copied")
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    answer = kept_answers(visit)[0]
    assert answer["answer"] in copied
    for citation in answer["citations"]:
        assert f"[{citation['marker']}] “{citation['title']}”" in copied
        assert citation["url"] in copied
    assert "31 March 2025" in copied


def test_feedback_arrives_in_the_file_of_the_service(reader: Visit, site: Site) -> None:
    exchange = reader.ask(ENGLISH)
    exchange.get_by_role("button", name="Not right").click()
    exchange.get_by_label("The quotes are about something else").check()
    exchange.get_by_label("In your own words (optional)").fill("السؤال عن <b>الليثيوم</b>")
    exchange.get_by_role("button", name="Send").click()
    expect(exchange.get_by_role("button", name="Not right")).to_have_attribute("aria-pressed", "true")
    answer = kept_answers(reader)[0]
    line = next(line for line in site.feedback() if line["answer_id"] == answer["id"])
    assert (line["rating"], line["reason"], line["comment"]) == ("down", "off", "السؤال عن <b>الليثيوم</b>")
    assert (line["question"], line["answer"]) == (ENGLISH, answer["answer"])
    exchange.get_by_role("button", name="Right", exact=True).click()
    expect(exchange.get_by_role("button", name="Right", exact=True)).to_have_attribute("aria-pressed", "true")
    assert [line["rating"] for line in site.feedback() if line["answer_id"] == answer["id"]] == ["down", "up"]


def test_an_article_that_changed_since_the_answer_is_not_lit_in_the_wrong_place(
    open_page: Open, site: Site, unique: Callable[[str], str]
) -> None:
    word = unique("كوكبتان")
    article = {"id": word, "title": word, "source": "وكالة", "text": f"بيعت {word} في المزاد بمبلغ 912 ألف دينار."}
    site.add(article)
    visit = open_page(locale="ar-EG")
    exchange = visit.ask(f"بكم بيعت {word} في المزاد؟")
    quote = quotes(exchange)[0]
    site.add(article | {"text": f"تصحيح في أول الخبر. {article['text']}"})
    exchange.locator("blockquote .marker").first.click()
    assert highlighted(visit) == quote
    expect(visit.page.locator(".article-body .note")).to_contain_text("في موضع آخر")
    visit.page.keyboard.press("Escape")
    site.add(article | {"text": "حُذف الخبر كله من الصفحة، وبقي هذا الاعتذار."})
    exchange.locator("blockquote .marker").first.click()
    expect(visit.page.locator(".article-body .note")).to_contain_text("لم يعد الاقتباس في موضعه")
    assert visit.page.locator(".article-text mark").count() == 0

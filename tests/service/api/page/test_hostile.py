"""Articles and questions that try to become a part of the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import HOSTILE, HOSTILE_QUESTION, HOSTILE_QUOTE, Open, Visit

pytestmark = pytest.mark.slow


def test_an_article_with_markup_is_text_everywhere(open_page: Open) -> None:
    visit = open_page(locale="ar-EG")
    exchange = visit.ask(HOSTILE_QUESTION)
    quote = exchange.locator(".quote-text").filter(has_text="733").first
    assert "<script>window.hacked=2</script>" in str(quote.evaluate("(quote) => quote.textContent"))
    figure = exchange.locator("figure").filter(has_text="733")
    expect(figure.locator(".title-button")).to_have_text(HOSTILE["title"])
    expect(figure.locator(".source")).to_have_text(HOSTILE["source"])
    figure.locator(".marker").first.click()
    lit = visit.page.locator(".article-text mark.current")
    assert str(lit.evaluate("(mark) => mark.textContent")) in HOSTILE_QUOTE
    assert visit.page.locator(".article-text").evaluate("(text) => text.textContent") == HOSTILE["text"]
    expect(visit.page.locator(".tags")).to_have_text(HOSTILE["tags"][0])
    visit.page.get_by_role("button", name="الكلمات المتطابقة").click()
    elements = "#exchanges :is(img, script, svg[onload], b, iframe), .article-body :is(img, script, svg[onload], b)"
    assert visit.page.locator(elements).count() == 0


def test_an_address_that_is_a_script_is_no_link(open_page: Open) -> None:
    visit = open_page(locale="ar-EG")
    exchange = visit.ask(HOSTILE_QUESTION)
    figure = exchange.locator("figure").filter(has_text="733")
    figure.locator(".marker").first.click()
    visit.page.locator(".article-title").wait_for()
    assert figure.locator("a").count() == 0
    assert visit.page.locator(".article-body a").count() == 0


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("https://nile.example/a?b=1#c", "https://nile.example/a?b=1#c"),
        ("HTTP://nile.example", "http://nile.example/"),
        ("javascript:alert(1)", None),
        (" java\nscript:alert(1)", None),
        ("data:text/html,<script>alert(1)</script>", None),
        ("//nile.example/a", None),
        ("vbscript:x", None),
        ("blob:https://nile.example/1", None),
        ("https://", None),
        ("", None),
    ],
)
def test_only_addresses_of_the_web_are_links(reader: Visit, address: str, followed: str | None) -> None:
    path = str(reader.page.locator("script[type=module]").get_attribute("src")).replace("chat.js", "dom.js")
    found = reader.page.evaluate("async ([path, url]) => (await import(path)).webAddress(url)", [path, address])
    assert found == followed


@pytest.mark.parametrize(
    "question",
    [
        "<img src=x onerror='window.hacked=6'> من وقّع الاتفاق؟",
        "</h2><script>window.hacked=7</script>",
        "{{constructor.constructor('window.hacked=8')()}} [1](javascript:window.hacked=9)",
        "\u202eمن وقّع\u2066 \x1b[31m الاتفاق؟",
    ],
)
def test_a_question_with_markup_is_text_on_the_page_and_in_the_history(reader: Visit, question: str) -> None:
    exchange = reader.ask(question)
    shown = exchange.locator(".question-text").evaluate("(question) => question.textContent")
    assert shown == question
    reader.page.reload()
    reader.page.locator(".history-item").first.click()
    expect(reader.page.locator(".exchange .question")).to_be_visible()
    assert reader.page.locator(":is(#exchanges, #history) :is(img, script, iframe)").count() == 0


def test_what_another_script_left_in_the_storage_is_passed_over(reader: Visit) -> None:
    for kept in ("{", "[1, null, {}]", '{"a": 1}', '[{"id": "x", "turns": [{"question": 7}]}]', '"text"'):
        reader.page.evaluate("(kept) => localStorage.setItem('masdar.conversations', kept)", kept)
        reader.page.reload()
        expect(reader.page.locator("#history .empty")).to_be_visible()


def test_the_policy_would_stop_a_script_that_got_in(reader: Visit) -> None:
    reader.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.hacked = 10";
          const image = document.createElement("img");
          image.setAttribute("onerror", "window.hacked = 11");
          image.src = "https://elsewhere.example/spy.png";
          document.body.append(script, image);
        }"""
    )
    reader.page.wait_for_timeout(200)
    assert reader.page.evaluate("window.hacked") is None
    assert any("script-src" in said for said in reader.said)
    assert any("img-src" in said for said in reader.said)
    reader.said.clear()

"""The conversations that the browser keeps."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import ARABIC, ENGLISH, UNANSWERED, Open, Visit

pytestmark = pytest.mark.slow


def test_a_conversation_is_reopened_as_it_was_without_asking_again(reader: Visit) -> None:
    page = reader.page
    reader.ask(ENGLISH)
    reader.ask(UNANSWERED)
    said = page.locator(".quote-text").first.inner_text()
    page.get_by_role("button", name="New question").click()
    expect(page.locator("#welcome")).to_be_visible()
    expect(page.locator("#question-input")).to_be_focused()
    page.reload()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/v1/ask") else None)
    page.get_by_role("button", name=ENGLISH, exact=True).click()
    assert page.locator(".exchange").count() == 2
    assert page.locator(".quote-text").first.inner_text() == said
    assert asked == []
    expect(page.locator(".history-item")).to_have_attribute("aria-current", "true")
    page.locator("blockquote .marker").first.click()
    page.locator(".article-text mark.current").wait_for()


def test_one_conversation_is_deleted_and_brought_back(reader: Visit) -> None:
    page = reader.page
    reader.ask(ENGLISH)
    page.get_by_role("button", name="New question").click()
    reader.ask(ARABIC)
    assert page.locator(".history-item").all_inner_texts() == [ARABIC, ENGLISH]
    page.get_by_role("button", name=f"Delete “{ENGLISH}”").click()
    assert page.locator(".history-item").all_inner_texts() == [ARABIC]
    expect(page.locator(".exchange")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    assert len(page.locator(".history-item").all()) == 2
    page.reload()
    assert len(page.locator(".history-item").all()) == 2


def test_all_conversations_are_deleted_after_a_question(reader: Visit) -> None:
    page = reader.page
    reader.ask(ENGLISH)
    page.get_by_role("button", name="Delete all").first.click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".history-item")).to_have_count(1)
    page.get_by_role("button", name="Delete all").first.click()
    page.locator("#confirm-yes").click()
    expect(page.locator(".history-item")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()
    page.reload()
    expect(page.locator("#history .empty")).to_be_visible()


def test_the_page_answers_where_nothing_can_be_kept(open_page: Open) -> None:
    visit = open_page()
    visit.page.add_init_script(
        """for (const name of ["getItem", "setItem", "removeItem"])
             Storage.prototype[name] = () => { throw new DOMException("switched off", "SecurityError"); };"""
    )
    visit.page.reload()
    exchange = visit.ask(ENGLISH)
    expect(exchange.locator(".quote").first).to_be_visible()
    expect(visit.page.locator("#toasts")).to_contain_text("does not keep the history")


def test_two_tabs_keep_each_others_conversations(reader: Visit) -> None:
    other = Visit(reader.page.context.new_page(), reader.site)
    other.page.goto("/")
    reader.ask(ENGLISH)
    expect(other.page.locator(".history-item")).to_have_text(ENGLISH)
    other.ask(ARABIC)
    expect(reader.page.locator(".history-item")).to_have_count(2)
    other.page.get_by_role("button", name=f"Delete “{ARABIC}”").click()
    expect(reader.page.locator(".history-item")).to_have_text(ENGLISH)

"""What a reader sees when a question cannot be answered."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from .conftest import ENGLISH, Open, Serve, Site, Visit

pytestmark = pytest.mark.slow


def refuse(visit: Visit, status: int, retry_after: str) -> None:
    """Have the next question refused; those after it reach the service."""
    problem = {"type": "about:blank", "title": "no", "status": status, "detail": "too many"}

    def fulfill(route: Route) -> None:
        headers = {"Retry-After": retry_after, "Content-Type": "application/problem+json"}
        route.fulfill(status=status, headers=headers, body=json.dumps(problem))

    visit.page.route("**/v1/ask", fulfill, times=1)


def test_a_question_asked_offline_waits_for_the_connection(reader: Visit) -> None:
    reader.page.context.set_offline(True)
    exchange = reader.ask(ENGLISH)
    expect(exchange.get_by_role("alert")).to_contain_text("You are offline")
    reader.page.context.set_offline(False)
    exchange.get_by_role("button", name="Try again").click()
    expect(exchange.locator(".quote").first).to_be_visible()
    assert reader.page.locator(".exchange").count() == 1
    reader.said.clear()  # the browser reports the lost connection itself


def test_too_many_questions_are_counted_down(reader: Visit) -> None:
    refuse(reader, 429, "2")
    exchange = reader.ask(ENGLISH)
    expect(exchange.get_by_role("alert")).to_contain_text("Too many questions")
    again = exchange.get_by_role("button", name="Try again")
    expect(again).to_be_disabled()
    expect(again).to_have_text("Try again in 2 seconds")
    expect(again).to_have_text("Try again in 1 second")
    expect(again).to_be_enabled()
    again.click()
    expect(exchange.locator(".quote").first).to_be_visible()


def test_a_busy_service_is_told_in_the_readers_language(open_page: Open) -> None:
    visit = open_page(locale="ar-EG")
    refuse(visit, 503, "1")
    exchange = visit.ask(ENGLISH)
    expect(exchange.get_by_role("alert")).to_contain_text("الخدمة مشغولة")
    again = exchange.get_by_role("button", name="إعادة المحاولة")
    expect(again).to_be_enabled()
    again.click()
    expect(exchange.locator(".quote").first).to_be_visible()


def test_a_failed_question_is_not_kept(reader: Visit) -> None:
    refuse(reader, 503, "1")
    reader.ask(ENGLISH)
    reader.page.reload()
    expect(reader.page.locator("#history .empty")).to_be_visible()


def test_a_question_that_is_too_long_is_not_sent(reader: Visit) -> None:
    reader.page.fill("#question-input", "ن" * 2001)
    expect(reader.page.locator("#question-fault")).to_have_text("1 character too many")
    expect(reader.page.locator("#send-button")).to_be_disabled()
    reader.page.press("#question-input", "Enter")
    assert reader.page.locator(".exchange").count() == 0


@pytest.fixture(scope="module")
def slow_site(serve: Serve) -> Iterator[Site]:
    with serve(MASDAR_REQUEST_SECONDS="0.001") as running:
        yield running


def test_an_answer_that_takes_too_long_is_told(open_page: Open, slow_site: Site) -> None:
    exchange = open_page(where=slow_site).ask(ENGLISH)
    expect(exchange.get_by_role("alert")).to_contain_text("The answer took too long")
    expect(exchange.get_by_role("button", name="Try again")).to_be_enabled()

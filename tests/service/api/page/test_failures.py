"""What a reader sees when a question cannot be answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from subprocess import CompletedProcess

import pytest
from playwright.sync_api import Route, expect

from .conftest import ENGLISH, Open, Serve, Site, Visit

pytestmark = pytest.mark.slow
Masdar = Callable[..., CompletedProcess[str]]


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
def keyed_site(serve: Serve, masdar: Masdar, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A service with keys, and one that may read."""
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    key = masdar("key", "create", "newsroom", "--file", keys).stdout.strip()
    with serve(MASDAR_KEYS=str(keys)) as running:
        yield running, key


def test_a_key_is_asked_for_kept_and_forgotten(open_page: Open, keyed_site: tuple[Site, str]) -> None:
    site, key = keyed_site
    visit = open_page(where=site)
    page = visit.page
    exchange = visit.ask(ENGLISH)
    dialog = page.get_by_role("dialog", name="Access key")
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_label("Key", exact=True)).to_be_focused()
    page.keyboard.type("msd_wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Key", exact=True).fill(key)
    page.keyboard.press("Enter")
    expect(exchange.locator(".quote").first).to_be_visible()
    page.reload()
    expect(page.locator("#counts")).to_contain_text("46 articles")
    page.get_by_role("button", name="Access key").click()
    dialog.get_by_role("button", name="Forget the key").click()
    # The dialog says so in an event, which comes after the click.
    page.wait_for_function("localStorage.getItem('masdar.key') === null")


def test_a_reader_who_gives_no_key_can_give_it_later(open_page: Open, keyed_site: tuple[Site, str]) -> None:
    site, key = keyed_site
    visit = open_page(where=site)
    exchange = visit.ask(ENGLISH)
    visit.page.get_by_role("dialog", name="Access key").wait_for()
    visit.page.keyboard.press("Escape")
    expect(exchange.get_by_role("alert")).to_contain_text("asks for a valid key")
    exchange.get_by_role("button", name="Enter a key").click()
    visit.page.get_by_label("Key", exact=True).fill(key)
    visit.page.keyboard.press("Enter")
    expect(exchange.locator(".quote").first).to_be_visible()


def test_a_key_that_may_only_read_cannot_operate(open_page: Open, keyed_site: tuple[Site, str]) -> None:
    site, key = keyed_site
    visit = open_page("/operate", where=site)
    visit.page.get_by_label("Key", exact=True).fill(key)
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#failure")).to_contain_text("Your key does not allow this.")
    expect(visit.page.locator("#failure")).to_contain_text("write")

"""axe-core finds nothing serious on the pages, in either language and in light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import ARABIC, ENGLISH, UNANSWERED, Open, Visit

pytestmark = pytest.mark.slow
AXE = Axe()


def grave(visit: Visit) -> list[str]:
    """What is serious or critical, each with its first places."""
    visit.page.wait_for_timeout(250)  # colours fade in
    found: list[dict[str, Any]] = AXE.run(visit.page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("locale", "question"), [("en-GB", ENGLISH), ("ar-EG", ARABIC)])
def test_the_chat_page_has_no_serious_finding(open_page: Open, scheme: str, locale: str, question: str) -> None:
    visit = open_page(locale=locale, color_scheme=scheme)
    assert grave(visit) == []
    exchange = visit.ask(question)
    exchange.locator(".explain-button").click()
    assert grave(visit) == []
    exchange.locator("blockquote .marker").first.click()
    visit.page.locator(".article-title").wait_for()
    assert grave(visit) == []
    visit.page.locator("#filter-button").click()
    visit.page.locator("#filter-panel input[type=checkbox]").first.check()
    assert grave(visit) == []
    visit.page.keyboard.press("Escape")
    exchange.locator("[data-rating=down]").click()
    visit.ask(UNANSWERED)
    assert grave(visit) == []
    visit.page.locator("#key-button").click()
    assert grave(visit) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ar-EG"])
def test_the_operators_page_has_no_serious_finding(open_page: Open, scheme: str, locale: str) -> None:
    visit = open_page("/operate", locale=locale, color_scheme=scheme)
    visit.page.locator(".rows li").first.wait_for()
    visit.page.locator("#jobs tr").first.wait_for()
    assert grave(visit) == []
    visit.page.locator(".rows .icon-button").first.click()
    assert grave(visit) == []


def test_a_phone_has_no_serious_finding(open_page: Open) -> None:
    visit = open_page(viewport={"width": 390, "height": 844})
    visit.ask(ENGLISH)
    assert grave(visit) == []
    visit.page.locator("#menu-button").click()
    assert grave(visit) == []

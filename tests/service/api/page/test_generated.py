"""Answers that a language model writes, on the page: as they come, checked, stopped and failed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from endpoint_server import KEY, MODEL, EndpointServer, Reply, endpoint_server
from playwright.sync_api import expect

from .conftest import ARABIC, Open, Serve, Site, Visit

pytestmark = pytest.mark.slow
TRUE = "ترأس الوفد الروسي ألكسندر دارتشييف."
FALSE = "وحضر اللقاء سبعون صحافيًا من البرازيل."
WRITTEN = f"{TRUE[:-1]} [1]. {FALSE[:-1]} [1]."


@pytest.fixture(scope="module")
def model() -> Iterator[EndpointServer]:
    with endpoint_server() as running:
        yield running


@pytest.fixture(scope="module")
def written_site(serve: Serve, model: EndpointServer) -> Iterator[Site]:
    with serve(MASDAR_LLM=f"openai/{MODEL}", MASDAR_LLM_URL=model.url, MASDAR_LLM_KEY=KEY) as running:
        yield running


@pytest.fixture
def visit(open_page: Open, written_site: Site) -> Visit:
    return open_page(where=written_site, locale="ar-EG")


def test_each_sentence_has_a_sign_of_what_checking_found(visit: Visit, model: EndpointServer) -> None:
    model.enqueue(WRITTEN)
    exchange = visit.ask(ARABIC)
    expect(exchange.locator(".badge")).to_have_text("مدعوم جزئيًا")
    prose = exchange.locator(".prose")
    expect(prose).to_contain_text(TRUE)
    assert prose.locator(".check").count() == 2
    expect(prose.locator(".check").last).to_have_accessible_name("جرى التحقق: لا تذكره المقالات")
    expect(exchange.locator(".claims summary")).to_contain_text("نتيجة التحقق")
    quote = exchange.locator(".quote-text").first.evaluate("(quote) => quote.textContent")
    assert "دارتشييف" in quote
    prose.locator(".marker").first.click()
    lit = visit.page.locator(".article-text mark.current")
    assert lit.evaluate("(mark) => mark.textContent") == quote


def test_an_answer_is_read_while_it_is_written_and_can_be_stopped(visit: Visit, model: EndpointServer) -> None:
    model.enqueue(Reply.of(WRITTEN + " " * 400, seconds=0.15), WRITTEN)
    visit.page.fill("#question-input", ARABIC)
    visit.page.press("#question-input", "Enter")
    exchange = visit.page.locator(".exchange")
    expect(exchange.locator(".prose")).to_contain_text(TRUE)
    expect(exchange).to_have_attribute("aria-busy", "true")
    assert exchange.locator(".actions").count() == 0
    visit.page.get_by_role("button", name="إيقاف").click()
    expect(exchange.locator(".failure")).to_contain_text("أُوقف")
    expect(exchange.locator(".prose")).to_contain_text(TRUE)
    expect(visit.page.locator("#send-button")).to_be_visible()
    exchange.get_by_role("button", name="إعادة المحاولة").click()
    expect(exchange.locator(".actions")).to_be_visible()
    assert visit.page.locator(".exchange").count() == 1


def test_where_the_model_breaks_off_what_it_wrote_is_replaced_by_quotes(visit: Visit, model: EndpointServer) -> None:
    model.enqueue(Reply.of(TRUE[:-1] + " [1]. ثم", cut=True))
    exchange = visit.ask(ARABIC)
    expect(exchange.locator(".note-degraded")).to_contain_text("لم يُجب النموذج اللغوي")
    assert exchange.locator(".prose").count() == 0
    expect(exchange.locator(".quote").first).to_be_visible()


def test_a_model_that_writes_markup_writes_text(visit: Visit, model: EndpointServer) -> None:
    model.enqueue(f"{TRUE[:-1]} <img src=x onerror=window.hacked=1> [1](javascript:window.hacked=2) [1].")
    exchange = visit.ask(ARABIC)
    exchange.locator(".actions").wait_for()
    assert exchange.locator("img, .prose a").count() == 0


@pytest.fixture(scope="module")
def hasty_site(serve: Serve, model: EndpointServer) -> Iterator[Site]:
    """A service that waits three seconds for an answer."""
    language_model = {"MASDAR_LLM": f"openai/{MODEL}", "MASDAR_LLM_URL": model.url, "MASDAR_LLM_KEY": KEY}
    with serve(**language_model, MASDAR_REQUEST_SECONDS="3") as running:
        yield running


def test_an_answer_that_takes_too_long_is_told(open_page: Open, hasty_site: Site, model: EndpointServer) -> None:
    model.enqueue(Reply.of(WRITTEN, seconds=1.5))
    exchange = open_page(where=hasty_site, locale="ar-EG").ask(ARABIC)
    expect(exchange.get_by_role("alert")).to_contain_text("استغرق الجواب وقتًا أطول من اللازم")
    expect(exchange.get_by_role("button", name="إعادة المحاولة")).to_be_enabled()

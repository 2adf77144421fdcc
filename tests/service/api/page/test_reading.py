"""Directions, languages, colours, keys and sizes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import ARABIC, ENGLISH, Open, Visit

pytestmark = pytest.mark.slow
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 568}


def direction(element: Locator) -> str:
    return str(element.evaluate("(element) => getComputedStyle(element).direction"))


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_each_text_runs_its_own_way_in_an_english_interface(reader: Visit) -> None:
    assert direction(reader.page.locator("html")) == "ltr"
    exchange = reader.ask(ENGLISH)
    assert direction(exchange.locator(".question")) == "ltr"
    assert direction(exchange.locator("blockquote").first) == "rtl"
    assert direction(exchange.locator(".title-button").first) == "rtl"
    assert direction(exchange.locator(".origin").first) == "ltr"
    exchange.locator("blockquote .marker").first.click()
    reader.page.locator(".article-text").wait_for()
    assert direction(reader.page.locator(".article-text")) == "rtl"
    assert direction(reader.page.locator("#article-heading")) == "ltr"
    reader.page.keyboard.press("Escape")
    assert direction(reader.ask(ARABIC).locator(".question")) == "rtl"


def test_the_interface_is_that_of_the_browser_and_mirrored_in_arabic(open_page: Open) -> None:
    visit = open_page(locale="ar-EG")
    expect(visit.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(visit.page.locator("h1")).to_have_text("ماذا تريد أن تعرف؟")
    assert visit.page.title() == "مصدر"
    sidebar, main = (visit.page.locator(name).bounding_box() for name in ("#sidebar", "#main"))
    assert sidebar is not None
    assert main is not None
    assert sidebar["x"] > main["x"]
    assert direction(visit.ask(ENGLISH).locator(".question")) == "ltr"


def test_the_language_is_switched_remembered_and_applied_to_answers_that_are_there(reader: Visit) -> None:
    exchange = reader.ask(ENGLISH)
    expect(exchange.locator(".badge")).to_have_text("Verified")
    reader.page.get_by_role("button", name="العربية").click()
    expect(exchange.locator(".badge")).to_have_text("موثّق")
    expect(exchange.locator(".quote time").first).to_have_text("31 March 2025")
    reader.page.reload()
    expect(reader.page.locator("html")).to_have_attribute("lang", "ar")
    reader.page.get_by_role("button", name="English").click()
    expect(reader.page.locator("html")).to_have_attribute("dir", "ltr")


def test_what_is_written_runs_its_own_way(reader: Visit) -> None:
    box = reader.page.locator("#question-input")
    for text, way in (("NASA تطلق مسبارًا", "rtl"), ("The الجزيرة network says", "ltr"), ("", "ltr"), ("ماذا", "rtl")):
        box.fill(text)
        assert direction(box) == way


def test_colours_follow_the_system_until_the_reader_chooses(open_page: Open) -> None:
    visit = open_page(color_scheme="dark")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    assert visit.page.locator("html").get_attribute("data-theme") == "dark"
    dark = visit.page.evaluate(background)
    visit.page.get_by_role("button", name="Dark colours").click()
    assert visit.page.evaluate(background) != dark
    visit.page.reload()
    assert visit.page.locator("html").get_attribute("data-theme") == "light"
    visit.page.emulate_media(color_scheme="light")
    visit.page.get_by_role("button", name="Dark colours").click()
    assert visit.page.evaluate(background) == dark


@pytest.mark.parametrize("size", [PHONE, NARROWEST], ids=["phone", "narrowest"])
@pytest.mark.parametrize("locale", ["en-GB", "ar-EG"])
def test_nothing_is_wider_than_a_phone(open_page: Open, size: dict[str, int], locale: str) -> None:
    visit = open_page(locale=locale, viewport=size, has_touch=True)
    assert overflow(visit.page) == 0
    exchange = visit.ask(ARABIC)
    exchange.locator(".explain-button").click()
    assert overflow(visit.page) == 0
    visit.page.locator("#filter-button").click()
    assert overflow(visit.page) == 0
    visit.page.keyboard.press("Escape")
    exchange.locator("blockquote .marker").first.click()
    visit.page.locator(".article-title").wait_for()
    assert overflow(visit.page) == 0
    panel = visit.page.locator("#article-panel").bounding_box()
    assert panel is not None
    assert (round(panel["x"]), round(panel["width"])) == (0, size["width"])
    visit.page.locator("#article-close").click()
    visit.page.locator("#menu-button").click()
    expect(visit.page.locator("#new-button")).to_be_focused()
    assert overflow(visit.page) == 0
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#menu-button")).to_be_focused()


def test_the_operators_page_fits_a_phone(open_page: Open) -> None:
    visit = open_page("/operate", viewport=PHONE)
    visit.page.locator(".rows li").first.wait_for()
    assert overflow(visit.page) == 0


def test_everything_can_be_done_with_keys(reader: Visit) -> None:
    page = reader.page
    expect(page.locator("#question-input")).to_be_focused()
    page.keyboard.type("What does the US want")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("from the Ukraine minerals deal?")
    assert page.locator(".exchange").count() == 0
    page.keyboard.press("Enter")
    exchange = page.locator(".exchange")
    exchange.locator(".actions").wait_for()
    expect(page.locator("#question-input")).to_be_focused()
    marker = exchange.locator("blockquote .marker").first
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if marker.evaluate("(marker) => marker === document.activeElement"):
            break
    expect(marker).to_be_focused()
    page.keyboard.press("Enter")
    page.locator(".article-title").wait_for()
    expect(page.locator("#article-heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#article-panel")).to_be_hidden()
    expect(marker).to_be_focused()


def test_the_first_key_leads_past_the_list(open_page: Open) -> None:
    visit = open_page("/operate")
    visit.page.keyboard.press("Tab")
    expect(visit.page.locator(".skip")).to_be_focused()
    expect(visit.page.locator(".skip")).to_be_in_viewport()
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.id") == "content"


def test_an_answer_is_announced_once_and_politely(reader: Visit) -> None:
    reader.page.evaluate(
        """() => {
          window.heard = [];
          const region = document.getElementById("announcer");
          const hear = () => region.textContent && window.heard.push(region.textContent);
          new MutationObserver(hear).observe(region, { childList: true });
        }"""
    )
    expect(reader.page.locator("#announcer")).to_have_attribute("aria-live", "polite")
    exchange = reader.ask(ENGLISH)
    expect(reader.page.locator("#announcer")).to_contain_text("Verified")
    heard = reader.page.evaluate("window.heard")
    assert len(heard) == 1
    assert "With 2 quotes." in heard[0]
    expect(exchange).not_to_have_attribute("aria-busy", "true")
    expect(reader.page.get_by_role("article", name=ENGLISH)).to_be_visible()


def test_print_leaves_the_conversation_alone_on_the_paper(reader: Visit) -> None:
    exchange = reader.ask(ENGLISH)
    reader.page.emulate_media(media="print")
    for name in ("#sidebar", ".top", ".composer-area", ".actions"):
        expect(reader.page.locator(name).first).to_be_hidden()
    expect(exchange.locator(".quote").first).to_be_visible()
    assert reader.page.locator("#conversation").evaluate("(part) => getComputedStyle(part).overflowY") == "visible"


@pytest.mark.parametrize(
    ("text", "language", "apart"),
    [
        ("صحيفة الأفق (2025-03-06) said «15 يونيو»; then رواق.", "en", ["صحيفة الأفق", "15 يونيو", "رواق"]),
        ("ذكر مدار (2025-03-29): «14 في المئة».", "ar", ["2025-03-29"]),
        ("Nothing is foreign here (2025-03-29).", "en", []),
    ],
)
def test_words_of_another_script_do_not_turn_what_stands_beside_them(
    reader: Visit, text: str, language: str, apart: list[str]
) -> None:
    path = str(reader.page.locator("script[type=module]").get_attribute("src")).replace("chat.js", "text.js")
    code = "async ([path, ...given]) => (await import(path)).runs(...given)"
    runs = reader.page.evaluate(code, [path, text, language])
    assert "".join(run["text"] for run in runs) == text
    assert [run["text"] for run in runs if run["apart"]] == apart

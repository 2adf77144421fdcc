"""The operators' page, against the real service."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Route, expect

from .conftest import Open, Site, Visit

GARDEN = (
    "افتتحت بلدية طنجة حديقة واسعة قرب المرفأ القديم صباح الخميس، وحضر الافتتاح سكان الحي. "
    "وقال رئيس البلدية إن الحديقة كلفت مليوني درهم."
)

pytestmark = pytest.mark.slow


@pytest.fixture
def operator(open_page: Open) -> Visit:
    visit = open_page("/operate")
    visit.page.locator(".rows li").first.wait_for()
    return visit


def test_the_index_and_the_service_are_described(operator: Visit, site: Site) -> None:
    status = httpx.get(f"{site.url}/v1/status").json()
    expect(operator.page.locator("[data-card=articles] dd")).to_have_text(str(status["articles"]))
    expect(operator.page.locator("[data-card=queue] dd")).to_have_text(f"0 of {status['queue']['limit']}")
    expect(operator.page.locator("#facts")).to_contain_text(status["version"])
    expect(operator.page.locator("#facts")).to_contain_text("منصة رواق")


def test_a_file_of_articles_becomes_a_job_and_its_articles_are_found(
    operator: Visit, site: Site, tmp_path: Path, unique: Callable[[str], str]
) -> None:
    word = unique("مرصد")
    lines = [
        {
            "id": f"{word}-{number}",
            "title": f"{word} {number}",
            "body": f"افتتح {word} رقم {number}.",
            "date": "2025-07-01",
            "sample": True,
        }
        for number in range(3)
    ]
    file = tmp_path / "articles.jsonl"
    entries = [*lines, {"title": "لا نص"}, {"id": "\0", "text": "معرّف سيئ"}]
    file.write_text("\ufeff" + "\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries), "utf-8")
    operator.page.set_input_files("#file-input", file)
    expect(operator.page.locator("#file-outcome")).to_contain_text("4 articles are queued")
    expect(operator.page.locator("#file-outcome li")).to_have_text("Entry 4 is not an article: it has no text.")
    row = operator.page.locator("#jobs tbody tr").first
    expect(row.locator(".state")).to_have_text("done")
    expect(row).to_contain_text("3 added")
    expect(row.locator(".refused summary")).to_have_text("1 refused")
    expect(row.locator("progress")).to_have_attribute("value", "4")
    stored = httpx.get(f"{site.url}/v1/articles/{word}-2").json()
    assert (stored["text"], stored["published_at"][:10]) == (f"افتتح {word} رقم 2.", "2025-07-01")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "There is no article in this file."),
        ('{"text": "نص"}\n{"text": ', "Line 2 is not JSON"),
        ('[{"title": "بلا نص"}]', "Entry 1 is not an article"),
        ("[]", "There is no article in this file."),
    ],
)
def test_a_file_without_articles_is_refused_with_the_place(
    operator: Visit, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "articles.json"
    file.write_text(content, "utf-8")
    operator.page.set_input_files("#file-input", file)
    expect(operator.page.locator("#file-outcome .fault")).to_contain_text(said)


def test_an_article_is_written_kept_as_written_and_deleted(
    operator: Visit, site: Site, unique: Callable[[str], str]
) -> None:
    page, name = operator.page, unique("00-form")
    text = "  سطر أول بمسافات.\n\nوسطر ثانٍ عن <b>المرصد</b>."
    page.get_by_label("Title").fill(f"عنوان {name}")
    page.get_by_label("Text").fill(text)
    page.get_by_label("Source").fill("وكالة")
    page.get_by_label("Published").fill("2025-07-02")
    page.get_by_label("Address").fill("https://nile.example/form")
    page.get_by_label("Tags").fill("علوم، فلك")
    page.get_by_label("Id (optional").fill(name)
    page.get_by_role("button", name="Add the article").click()
    expect(page.locator("#form-outcome")).to_have_text("1 article is queued.")
    row = page.locator(f'.rows li[data-article="{name}"]')
    expect(row).to_contain_text("2 July 2025")
    stored = httpx.get(f"{site.url}/v1/articles/{name}").json()
    assert (stored["text"], stored["tags"]) == (text, ["علوم", "فلك"])
    row.get_by_role("button", name="Delete").click()
    page.locator("#confirm-yes").click()
    expect(row).to_have_count(0)
    assert httpx.get(f"{site.url}/v1/articles/{name}").status_code == 404


def test_an_article_is_listed_whose_job_was_never_seen_open(
    operator: Visit, site: Site, unique: Callable[[str], str]
) -> None:
    def when_all_are_done(route: Route) -> None:
        while any(job["state"] not in {"done", "failed"} for job in httpx.get(route.request.url).json()["jobs"]):
            time.sleep(0.05)
        route.continue_()

    page, name = operator.page, unique("00-quick")
    page.route("**/v1/jobs", when_all_are_done)
    page.get_by_label("Text").fill(GARDEN)
    page.get_by_label("Id (optional").fill(name)
    page.get_by_role("button", name="Add the article").click()
    expect(page.locator(f'.rows li[data-article="{name}"]')).to_be_visible()
    page.unroute("**/v1/jobs")


def test_an_article_with_any_id_is_deleted_after_a_question(
    operator: Visit, site: Site, unique: Callable[[str], str]
) -> None:
    name = "!" + unique("/a b?c=1#d/../<i>")
    site.add(
        {
            "id": name,
            "title": "<b>عنوان</b>",
            "text": GARDEN,
        }
    )
    operator.page.reload()
    row = operator.page.locator(".rows li").filter(has_text="<b>عنوان</b>")
    row.get_by_role("button").click()
    operator.page.locator("#confirm-dialog [value=cancel]").click()
    expect(row).to_be_visible()
    row.get_by_role("button").click()
    expect(operator.page.locator("#confirm-text")).to_contain_text("“<b>عنوان</b>”")
    operator.page.locator("#confirm-yes").click()
    expect(row).to_have_count(0)

"""``masdar index`` with addresses: from a server on this machine to an answer with its quote."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from news_page import FIRST, SECOND, THIRD, page
from web_server import Site, serving

Masdar = Callable[..., CompletedProcess[str]]
HERE = {"MASDAR_FETCH_ALLOW": "127.0.0.0/8", "MASDAR_FETCH_INTERVAL": "0"}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        for number, text in enumerate((FIRST, SECOND, THIRD), start=1):
            body = f"<p>{text}</p><p>وقال المتحدث رقم {number} إن البيان صدر في العاصمة بعد اجتماع دام ساعات.</p>"
            served.put(f"/news/{number}", page(body))
        links = "".join(f"<item><link>{served.address}/news/{number}</link></item>" for number in (1, 2))
        served.put("/rss", f'<rss version="2.0"><channel>{links}</channel></rss>', media="application/rss+xml")
        urls = "".join(f"<url><loc>{served.address}/news/{number}</loc></url>" for number in (2, 3))
        namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
        served.put("/sitemap.xml", f'<urlset xmlns="{namespace}">{urls}</urlset>', media="application/xml")
        yield served


@pytest.mark.slow  # several runs
def test_feeds_sitemaps_and_pages_are_indexed_and_answer(fake_masdar: Masdar, site: Site, tmp_path: Path) -> None:
    store = tmp_path / "store"

    def index(*sources: str) -> tuple[int, dict[str, int]]:
        run = fake_masdar("index", *sources, "--json", "--store", store, env=HERE)
        return run.returncode, json.loads(run.stdout)

    code, done = index(f"{site.address}/rss")
    assert (code, done["added"], done["articles"]) == (0, 2, 2)
    code, done = index(f"{site.address}/sitemap.xml", f"{site.address}/news/1")
    assert (code, done["added"], done["unchanged"], done["articles"]) == (0, 1, 2, 3)
    site.put("/news/1", page(f"<p>{FIRST}</p><p>وصححت الوزارة في بيان جديد ما ذكرته عن موعد افتتاح الميناء.</p>"))
    code, done = index(f"{site.address}/rss", f"{site.address}/gone")
    assert (code, done["replaced"], done["lost"]) == (1, 1, 1)
    found = json.loads(fake_masdar("search", "ميناء دمياط وزير النقل", "--json", "--store", store).stdout)
    assert found["results"][0]["url"] == f"{site.address}/news/1"


@pytest.mark.slow  # starts processes
def test_an_address_of_this_machine_is_refused_unless_it_is_allowed(
    fake_masdar: Masdar, site: Site, tmp_path: Path
) -> None:
    run = fake_masdar("index", f"{site.address}/rss", "--store", tmp_path / "store")
    assert run.returncode == 1
    assert "127.0.0.1 is not an address of the public internet" in run.stderr
    assert "MASDAR_FETCH_ALLOW" in run.stderr
    assert site.asked == []


def test_what_a_feed_does_not_list_any_more_is_not_pruned(masdar: Masdar, tmp_path: Path) -> None:
    run = masdar("index", "https://nahr.example/rss", "--prune", "--store", tmp_path / "store")
    assert run.returncode == 2
    assert "--prune with https://nahr.example/rss would remove what it no longer lists" in run.stderr


def test_a_wrong_network_is_named(masdar: Masdar, tmp_path: Path) -> None:
    run = masdar("index", "https://nahr.example/rss", "--store", tmp_path, env={"MASDAR_FETCH_ALLOW": "my network"})
    assert run.returncode == 2
    assert "MASDAR_FETCH_ALLOW" in run.stderr

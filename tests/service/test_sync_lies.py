"""No lie of a source deletes or overwrites what the index has, and the refusal says why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import TrigramEncoder, news_article
from news_page import page
from web_server import HERE, Page, Site, serving

import service.wiring
from indexer.store.embedded import open_store
from indexer.syncing.history import History
from indexer.syncing.listing import read_listing
from indexer.syncing.outcome import Outcome
from service.settings import Settings
from service.sync_state import sync_folder
from service.syncing import Syncing

#: Long enough that no rule on the wording of error pages knows it.
BROKEN = page(
    "<p>" + " ".join([f"نعمل الآن على تحسين الموقع في القسم {n} وسنعود قريبًا جدًا." for n in range(12)]) + "</p>"
)


class Newspaper:
    """A site of six articles with a sitemap and a feed, and an index that is kept in step with one of them."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.folder, self.site = folder, site
        self.settings = Settings(store=folder / "index", fetch_allow=HERE, fetch_interval=0, quality="off")
        for number in range(6):
            self.article(number)
        self.sitemap()
        self.feed()

    def url(self, number: int) -> str:
        return f"{self.site.address}/news/{number}"

    def article(self, number: int, edition: int = 0, date: str = "2025-03-01") -> None:
        head = f'<meta property="article:published_time" content="{date}T08:00:00+00:00">'
        body = "".join(f"<p>{line}</p>" for line in news_article(number, edition).text.splitlines())
        self.site.put(f"/news/{number}", page(body, head), headers={"ETag": f'"{number}-{edition}-{date}"'})

    def sitemap(self, *foreign: str) -> None:
        urls = [*map(self.url, range(6)), *foreign]
        listed = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
        self.site.put("/sitemap.xml", f"<urlset>{listed}</urlset>", media="application/xml")

    def feed(self, numbers: range = range(6), tag: str = "a") -> None:
        items = "".join(f"<item><title>خبر {n}</title><link>{self.url(n)}</link></item>" for n in numbers)
        text = f'<rss version="2.0"><channel><title>ص</title>{items}</channel></rss>'
        self.site.put("/feed", text, media="application/rss+xml", headers={"ETag": f'"{tag}"'})

    def sync(self, path: str = "/sitemap.xml", more: str = "complete = true\nwithdraw_gone = true") -> Outcome:
        file = self.folder / "sources.toml"
        file.write_text(f'[[source]]\nname = "صحيفة"\naddress = "{self.site.address}{path}"\n{more}\n', "utf-8")
        outcomes: list[Outcome] = []
        listing = read_listing(file)
        Syncing(self.settings, outcomes.append).round(listing, listing)
        return outcomes[0]

    def articles(self) -> dict[str, str]:
        with open_store(self.settings.store) as store:
            return {one: article.text for one, article in store.articles(dict(store.versions())).items()}


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newspaper]:
    monkeypatch.setattr(service.wiring, "build_encoder", lambda settings: TrigramEncoder())
    with serving() as site:
        yield Newspaper(tmp_path, site)


def test_an_error_page_with_status_200_is_no_article_and_no_listing(paper: Newspaper) -> None:
    assert paper.sync().added == 6
    before = paper.articles()
    honest = dict(paper.site.pages)
    for number in range(6):
        paper.site.put(f"/news/{number}", BROKEN)
    outcome = paper.sync()
    assert (outcome.changed, outcome.withdrawn, outcome.is_clean) == (0, 0, False)
    assert {"error page" in problem.reason for problem in outcome.problems} == {True}
    paper.site.put("/sitemap.xml", BROKEN)
    outcome = paper.sync()
    assert (outcome.added, outcome.withdrawn) == (0, 0)
    assert "was a feed or sitemap and is a page now" in outcome.failed
    assert paper.articles() == before
    paper.site.pages.update(honest)
    assert paper.sync().is_clean
    assert paper.articles() == before


def test_two_addresses_that_always_had_one_text_may_be_corrected_together(paper: Newspaper) -> None:
    for number in (0, 1):
        paper.site.put(f"/news/{number}", page(f"<p>{news_article(7).text}</p>"), headers={"ETag": f'"{number}"'})
    paper.sync()
    for number in (0, 1):
        paper.site.put(f"/news/{number}", page(f"<p>{news_article(8).text}</p>"), headers={"ETag": f'"{number}b"'})
    outcome = paper.sync()
    assert (outcome.changed, outcome.is_clean) == (2, True)


def test_a_listing_that_is_empty_broken_or_cut_short_withdraws_nothing(paper: Newspaper) -> None:
    feed = ("/feed", "withdraw_gone = true\nrecheck = 3")
    paper.sync()
    paper.sync(*feed)
    lies = {
        "empty all of a sudden": Page(b"<urlset></urlset>", "application/xml"),
        "neither a page, a feed nor a sitemap": Page(b"", "application/xml"),
        "could not be read": Page(b"<urlset><url>", "application/xml", length=9_000),
        "no sitemap": Page(b"<urlset><url><loc>", "application/xml"),
        "304": Page(b"", status=304),
        "which is no page, feed or sitemap": Page(b"{}", "application/json"),
    }
    for said, answer in lies.items():
        paper.site.pages["/sitemap.xml"] = answer
        outcome = paper.sync()
        assert (outcome.withdrawn, outcome.is_clean) == (0, False)
        assert said in f"{outcome.failed} {outcome.doubted}"
    paper.site.pages["/feed"] = Page(b"<rss version='2.0'><channel></channel></rss>", "application/rss+xml")
    outcome = paper.sync(*feed)
    assert (outcome.withdrawn, outcome.is_clean) == (0, True)
    assert len(paper.articles()) == 6


def test_unchanged_that_is_not_true_costs_time_and_no_article(paper: Newspaper) -> None:
    paper.feed(range(3))
    assert paper.sync("/feed", "").added == 3
    lie = Page(b"", status=304, headers={"ETag": '"another"'})
    paper.site.pages["/feed"] = lie
    outcome = paper.sync("/feed", "")
    assert (outcome.unchanged, outcome.withdrawn, outcome.is_clean) == (3, 0, True)
    paper.feed(range(3, 6), "c")
    assert paper.sync("/feed", "").added == 3
    assert len(paper.articles()) == 6


def test_pages_that_all_say_they_are_gone_or_lead_to_the_front_page_stay(paper: Newspaper) -> None:
    paper.sync()
    before = paper.articles()
    for number in range(6):
        paper.site.put(f"/news/{number}", "", status=410)
    outcome = paper.sync()
    assert (outcome.withdrawn, outcome.kept) == (0, 6)
    assert "--allow-removals" in outcome.doubted
    paper.site.put("/", BROKEN)
    for number in range(6):
        paper.site.redirect(f"/news/{number}", "/")
    outcome = paper.sync()
    assert (outcome.withdrawn, outcome.changed) == (0, 0)
    assert before.items() <= paper.articles().items()


def test_a_page_cut_short_or_with_a_wrong_length_leaves_the_article_as_it_was(paper: Newspaper) -> None:
    paper.sync()
    before = paper.articles()
    whole = paper.site.pages["/news/1"]
    assert isinstance(whole, Page)
    assert isinstance(whole.body, bytes)
    paper.site.put("/news/1", whole.body[: len(whole.body) // 2], length=len(whole.body))
    outcome = paper.sync()
    assert (outcome.changed, outcome.lost) == (0, 1)
    assert paper.articles() == before


def test_foreign_addresses_of_a_sitemap_are_left_out_and_told(paper: Newspaper) -> None:
    paper.sitemap("https://elsewhere.example/news/1", "http://127.0.0.2/news/2", "file:///etc/passwd")
    outcome = paper.sync()
    assert (outcome.added, sorted(paper.articles())) == (6, sorted(map(paper.url, range(6))))
    assert "3 addresses are left out" in outcome.problems[0].reason


def test_a_date_that_runs_backwards_is_followed_and_stands_in_the_history(paper: Newspaper) -> None:
    paper.sync()
    paper.article(2, edition=1, date="2025-03-05")
    paper.sync()
    after = paper.articles()
    paper.article(2, edition=0, date="2025-02-01")  # an old copy, or a corrected date: who could tell
    assert paper.sync().changed == 1
    paper.article(2, edition=1, date="2025-03-05")
    assert paper.sync().changed == 1
    assert paper.articles() == after
    history = History(sync_folder(paper.settings) / "history.jsonl")
    events = [event for event in history.events() if event.article == paper.url(2)]
    assert [event.what for event in events] == ["added", "changed", "changed", "changed"]
    assert events[1].new == events[3].new


def test_a_file_cut_short_in_a_record_withdraws_nothing(tmp_path: Path, paper: Newspaper) -> None:
    lines = [json.dumps({"id": f"n{n}", "text": news_article(n).text}, ensure_ascii=False) + "\n" for n in range(8)]
    file, listing = tmp_path / "news.jsonl", tmp_path / "files.toml"
    listing.write_text('[[source]]\nname = "وكالة"\npath = "news.jsonl"\n', "utf-8")
    outcomes: list[Outcome] = []
    for content in ("".join(lines), "".join(lines)[:-400], "".join(lines[:3]), ""):
        file.write_text(content, "utf-8")
        Syncing(paper.settings, outcomes.append).round(read_listing(listing), read_listing(listing))
    reasons = ["could not be read", "no longer lists 5 articles of the 8", "empty all of a sudden"]
    assert [outcome.withdrawn for outcome in outcomes] == [0, 0, 0, 0]
    assert all(reason in outcome.doubted for reason, outcome in zip(reasons, outcomes[1:], strict=True))
    assert len(paper.articles()) == 8

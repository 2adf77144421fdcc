"""Feeds, sitemaps and pages from a real server on this machine: what comes of them, what is refused, what is kept."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hostile import BOMBS, bombed
from hypothesis import given
from hypothesis import strategies as st
from news_page import FIRST, SECOND, TEXT, THIRD, page
from web_server import HERE, Site, fetcher, serving

from indexer.errors import BadInput
from indexer.fetching.client import Fetcher
from indexer.fetching.options import FetchOptions
from indexer.fetching.state import FetchState, SqliteState
from indexer.sources.items import Loss, Problem, ReadOptions, SourceItem, SourceRecord
from indexer.sources.reader import read_articles
from indexer.sources.remote import Remote, kind_of, read_remote
from indexer.sources.xml_guard import check_xml

OPTIONS = ReadOptions(now=datetime(2024, 5, 1, tzinfo=UTC))
XML = "application/rss+xml"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        for number in range(1, 10):
            served.put(f"/news/{number}", page(f"<p>خبر رقم {number}.</p><p>{FIRST}</p><p>{SECOND}</p>"))
        yield served


def rss(*items: str, head: str = "") -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0"
    xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>صحيفة النهر</title><language>ar</language>
    {"".join(items)}</channel></rss>"""


def item(link: str, date: str = "Sat, 13 Apr 2024 10:00:00 +0300", more: str = "") -> str:
    return f"<item><title>خبر من المدينة</title><link>{link}</link><pubDate>{date}</pubDate>{more}</item>"


def atom(*entries: str) -> str:
    return f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>صحيفة النهر</title>
    {"".join(entries)}</feed>"""


def sitemap(*urls: str) -> str:
    return f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{"".join(urls)}</urlset>"""


def index(*maps: str) -> str:
    listed = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in maps)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'


def read(url: str, state: FetchState | None = None, **more: object) -> tuple[dict[str, SourceRecord], list[Problem]]:
    """Articles by the path of their id, and problems."""
    with fetcher() as client:
        remote = Remote(client, **({"state": state} if state else {}), **more)  # type: ignore[arg-type]
        return sorted_out(read_remote(url, remote, OPTIONS))


def sorted_out(items: Iterator[SourceItem]) -> tuple[dict[str, SourceRecord], list[Problem]]:
    articles: dict[str, SourceRecord] = {}
    problems: list[Problem] = []
    for one in items:
        if isinstance(one, Problem):
            problems.append(one)
        else:
            articles["/" + one.article.id.partition("://")[2].partition("/")[2]] = one
    return articles, problems


# Pages


def test_a_page_is_an_article(site: Site) -> None:
    articles, problems = read(f"{site.address}/news/1")
    assert list(articles) == ["/news/1"]
    assert articles["/news/1"].article.text == f"خبر رقم 1.\n\n{FIRST}\n\n{SECOND}"
    assert articles["/news/1"].article.source == "صحيفة النهر"
    assert problems == []


def test_the_front_page_of_a_site_names_its_feeds(site: Site) -> None:
    site.put(
        "/", "<html><head><link rel='alternate' type='application/rss+xml' href='/rss'></head><body>ا</body></html>"
    )
    articles, problems = read(f"{site.address}/")
    assert articles == {}
    assert problems[0].loss is Loss.FILE
    assert f"it names these feeds: {site.address}/rss" in problems[0].reason


@pytest.mark.parametrize("way", ["meta", "header"])
def test_a_page_that_asks_not_to_be_indexed_is_not(site: Site, way: str) -> None:
    head = '<meta name="robots" content="noindex, nofollow">' if way == "meta" else ""
    site.put("/a", page(head=head), headers={"X-Robots-Tag": "noindex"} if way == "header" else {})
    articles, problems = read(f"{site.address}/a")
    assert articles == {}
    assert "noindex" in problems[0].reason


# Feeds


def test_the_pages_of_a_feed_are_read(site: Site) -> None:
    site.put("/rss", rss(*(item(f"{site.address}/news/{n}?utm_source=rss") for n in (1, 2, 1))), media=XML)
    articles, problems = read(f"{site.address}/rss")
    assert list(articles) == ["/news/1", "/news/2"]
    article = articles["/news/1"].article
    assert article.published_at == datetime(2024, 4, 13, 7, tzinfo=UTC)  # the feed's: the page has none
    assert article.title == "ميناء جديد في دمياط"
    assert problems == []


def test_an_atom_feed_with_relative_links_is_read(site: Site) -> None:
    entry = "<entry><title>خبر</title><link href='news/3'/><updated>2024-04-13T10:00:00+03:00</updated></entry>"
    site.put("/atom", atom(entry), media="application/atom+xml")
    articles, problems = read(f"{site.address}/atom")
    assert list(articles) == ["/news/3"]
    assert articles["/news/3"].article.published_at == datetime(2024, 4, 13, 7, tzinfo=UTC)
    assert problems == []


def test_a_text_that_the_feed_has_whole_is_not_fetched(site: Site) -> None:
    whole = "".join(f"<p>{text}</p>" for text in (FIRST, SECOND, THIRD) * 4) + "<p>اقرأ أيضا: <a href='x'>خبر</a></p>"
    more = f"<content:encoded><![CDATA[{whole}]]></content:encoded><category>اقتصاد</category>"
    site.put("/rss", rss(item(f"{site.address}/news/1", more=more), item(f"{site.address}/news/2")), media=XML)
    articles, problems = read(f"{site.address}/rss")
    assert articles["/news/1"].article.text == "\n\n".join([TEXT] * 4)
    assert articles["/news/1"].article.tags == ("اقتصاد",)
    assert articles["/news/1"].article.source == "صحيفة النهر"
    assert "/news/1" not in site.asked
    assert "/news/2" in site.asked
    assert problems == []


@pytest.mark.parametrize("ending", ["…", "...", "[…]", "المزيد", "Read more"])
def test_the_beginning_of_a_text_is_not_taken_for_it(site: Site, ending: str) -> None:
    more = f"<content:encoded><![CDATA[<p>{(TEXT + ' ') * 6} {ending}</p>]]></content:encoded>"
    site.put("/rss", rss(item(f"{site.address}/news/1", more=more)), media=XML)
    articles, _ = read(f"{site.address}/rss")
    assert articles["/news/1"].article.text.startswith("خبر رقم 1.")


def test_a_page_that_cannot_be_had_costs_only_itself(site: Site) -> None:
    links = ["/news/1", "/gone", "/empty", "http://169.254.169.254/x", "file:///etc/passwd", "/private", "/news/2"]
    site.put("/empty", "<html><body><p>قصير</p></body></html>")
    site.put("/robots.txt", "User-agent: *\nDisallow: /private", media="text/plain")
    site.put("/rss", rss(*(item(link if ":" in link else site.address + link) for link in links)), media=XML)
    articles, problems = read(f"{site.address}/rss")
    assert list(articles) == ["/news/1", "/news/2"]
    assert {problem.loss for problem in problems} == {Loss.RECORD}
    reasons = " ".join(problem.reason for problem in problems)
    for words in ("404", "no article", "169.254.169.254", "neither its text nor a link", "robots.txt"):
        assert words in reasons


@pytest.mark.parametrize("encoding", ["windows-1256", "iso-8859-6", "utf-16"])
@pytest.mark.parametrize("declared", [True, False])
def test_feeds_of_old_encodings_are_read(site: Site, encoding: str, declared: bool) -> None:
    text = rss(item(f"{site.address}/news/1", more=f"<description>{TEXT * 4}</description>"))
    text = text.replace('encoding="utf-8"', f'encoding="{encoding}"' if declared else "")
    site.put("/rss", text.encode(encoding), media="text/xml")
    articles, _ = read(f"{site.address}/rss")
    assert articles["/news/1"].article.title == "خبر من المدينة"


def test_a_broken_feed_is_read_as_far_as_it_goes(site: Site) -> None:
    text = rss(item(f"{site.address}/news/1"), "<item><title>&nbsp;a & b</title>", item(f"{site.address}/news/2"))
    site.put("/rss", text.removesuffix("</channel></rss>"), media="text/html")
    articles, problems = read(f"{site.address}/rss")
    assert list(articles) == ["/news/1", "/news/2"]
    assert "broken XML" in problems[0].reason
    assert problems[0].loss is Loss.NOTHING


def test_an_empty_feed_and_no_feed_are_told_apart(site: Site) -> None:
    site.put("/rss", rss(), media=XML)
    site.put("/none", "<rss>", media=XML)
    assert read(f"{site.address}/rss")[1][0].reason == "the feed has no entries"
    assert read(f"{site.address}/none")[1][0].loss in {Loss.FILE, Loss.NOTHING}


# Sitemaps


def test_the_pages_of_a_sitemap_are_read_newest_first(site: Site) -> None:
    urls = [f"<url><loc>{site.address}/news/{n}</loc><lastmod>2024-04-1{n}</lastmod></url>" for n in (1, 3, 2)]
    site.put("/sitemap.xml", sitemap(*urls), media="application/xml")
    articles, problems = read(f"{site.address}/sitemap.xml", pages=2)
    assert list(articles) == ["/news/3", "/news/2"]
    assert [problem.reason for problem in problems] == ["1 further pages are left out: raise MASDAR_FETCH_PAGES"]


def test_a_news_sitemap_gives_dates_and_words_where_pages_have_none(site: Site) -> None:
    news = "<news:news><news:publication_date>2024-04-13T10:00+03:00</news:publication_date>"
    news += "<news:title>خبر</news:title><news:keywords>موانئ, اقتصاد</news:keywords></news:news>"
    site.put("/news.xml", sitemap(f"<url><loc>{site.address}/news/1</loc>{news}</url>"), media="text/xml")
    articles, _ = read(f"{site.address}/news.xml")
    assert articles["/news/1"].article.published_at == datetime(2024, 4, 13, 7, tzinfo=UTC)
    assert articles["/news/1"].article.tags == ("موانئ", "اقتصاد")


def test_an_index_leads_to_sitemaps_compressed_or_not_and_circles_end(site: Site) -> None:
    one = sitemap(f"<url><loc>{site.address}/news/1</loc></url>")
    two = sitemap(f"<url><loc>{site.address}/news/2</loc></url>", f"<url><loc>{site.address}/news/1</loc></url>")
    site.put("/1.xml", one, media="application/xml")
    site.put("/2.xml.gz", gzip.compress(two.encode()), media="application/x-gzip")
    links = [f"{site.address}/{name}" for name in ("1.xml", "2.xml.gz", "index.xml", "none.xml")]
    site.put("/index.xml", index(*links), media="application/xml")
    articles, problems = read(f"{site.address}/index.xml")
    assert list(articles) == ["/news/1", "/news/2"]
    assert [(problem.path.rpartition("/")[2], problem.loss) for problem in problems] == [("none.xml", Loss.FILE)]
    assert site.asked.count("/index.xml") == 1


def test_a_sitemap_speaks_for_its_own_site(site: Site) -> None:
    urls = [f"<url><loc>{loc}</loc></url>" for loc in (f"{site.address}/news/1", "https://other.example/a", "x:y", "")]
    site.put("/sitemap.xml", sitemap(*urls), media="application/xml")
    articles, problems = read(f"{site.address}/sitemap.xml")
    assert list(articles) == ["/news/1"]
    assert "3 addresses are left out" in problems[0].reason


def test_a_sitemap_that_breaks_off_is_read_as_far_as_it_goes(site: Site) -> None:
    site.put("/s.xml", sitemap(f"<url><loc>{site.address}/news/1</loc></url>")[:-5], media="application/xml")
    articles, problems = read(f"{site.address}/s.xml")
    assert list(articles) == ["/news/1"]
    assert "broken" in problems[0].reason


# XML bombs


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("kind", ["feed", "sitemap"])
@pytest.mark.parametrize("form", ["utf-8", "utf-16", "broken", "broken utf-16"])
def test_xml_bombs_are_refused(site: Site, bomb: str, kind: str, form: str) -> None:
    text = bombed(bomb, kind).decode() + ("<broken" if "broken" in form else "")
    site.put("/x", text.encode("utf-16" if "utf-16" in form else "utf-8"), media="text/xml")
    articles, problems = read(f"{site.address}/x")
    assert articles == {}
    assert [problem.loss for problem in problems] == [Loss.FILE]
    assert "not read" in problems[0].reason
    assert "root:" not in problems[0].reason


def test_a_document_type_without_declarations_is_no_bomb() -> None:
    old = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
    assert check_xml(f'<?xml version="1.0"?>{old}<rss version="0.91"><channel/></rss>'.encode())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<rss " + " ".join(f"a{n}='1'" for n in range(20_000)) + "><channel/></rss>", "20,000 attributes"),
        ("<urlset>" + "<a/>" * 1_000_100 + "</urlset>", "more than 1,000,000 elements"),
    ],
    ids=["attributes", "elements"],
)
def test_xml_that_would_take_all_time_or_memory_is_refused(site: Site, body: str, words: str) -> None:
    site.put("/x", body, media="text/xml")
    articles, problems = read(f"{site.address}/x")
    assert articles == {}
    assert words in problems[0].reason


def test_of_a_long_feed_the_first_entries_are_read(site: Site) -> None:
    site.put("/rss", rss(*(item(f"{site.address}/news/{n}") for n in range(1, 10))), media=XML)
    articles, problems = read(f"{site.address}/rss", pages=2)
    assert list(articles) == ["/news/1", "/news/2"]
    assert [problem.reason for problem in problems] == ["7 further pages are left out: raise MASDAR_FETCH_PAGES"]


def test_the_address_of_a_document_type_is_not_followed(site: Site) -> None:
    for name, text in (("rss", rss(item("/news/1"))), ("urlset", sitemap("<url><loc>/news/1</loc></url>"))):
        head = f'<!DOCTYPE {name} SYSTEM "{site.address}/x.dtd">'
        site.put("/x", text.replace("?>", f"?>{head}", 1), media="text/xml")
        read(f"{site.address}/x")
    assert "/x.dtd" not in site.asked


@given(st.binary(max_size=300) | st.text("<>!DOCTYPENIrssfeed[]&;\"' a", max_size=200).map(str.encode))
def test_any_bytes_are_xml_or_not_or_refused(data: bytes) -> None:
    try:
        assert check_xml(data) in {True, False}
    except BadInput:
        assert b"<!" in data.replace(b"\0", b"")


@pytest.mark.parametrize(
    ("head", "media", "kind"),
    [
        ("<!DOCTYPE html><html>", "text/html", "page"),
        ('<?xml version="1.0"?><!-- خبر --><rss version="2.0">', "text/html", "feed"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'>", "", "feed"),
        ("<rdf:RDF xmlns:rdf='x'>", "text/xml", "feed"),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "application/xhtml+xml", "page"),
        ("<urlset>", "text/plain", "sitemap"),
        ("<s:sitemapindex xmlns:s='x'>", "application/xml", "sitemap"),
        ("<p>نص", "text/html", "page"),
        ("%PDF-1.4", "application/octet-stream", None),
        ("<svg>", "image/svg+xml", None),
    ],
)
def test_what_stands_at_an_address_is_told_by_its_beginning(head: str, media: str, kind: str | None) -> None:
    assert kind_of(head.encode(), media) == kind
    assert kind_of(head.encode("utf-16"), media) == kind


# What is remembered


def test_what_did_not_change_is_kept_and_not_read_again(site: Site, tmp_path: Path) -> None:
    site.put(
        "/rss", rss(item(f"{site.address}/news/1"), item(f"{site.address}/news/2")), media=XML, headers={"ETag": "r1"}
    )
    for n in (1, 2):
        site.put(f"/news/{n}", page(f"<p>{n}</p><p>{FIRST}</p><p>{SECOND}</p>"), headers={"ETag": f"p{n}"})
    kept: list[str] = []
    with SqliteState(tmp_path / "state.sqlite") as state:
        first, _ = read(f"{site.address}/rss", state, kept=kept.extend)
        state.commit()
        assert (list(first), kept) == (["/news/1", "/news/2"], [])
        site.put("/news/2", page(f"<p>مصحح.</p><p>{FIRST}</p><p>{SECOND}</p>"), headers={"ETag": "p2b"})
        second, problems = read(f"{site.address}/rss", state, kept=kept.extend)
    assert list(second) == ["/news/2"]  # corrected, though the feed did not change
    assert second["/news/2"].article.published_at == first["/news/2"].article.published_at
    assert kept == [first["/news/1"].article.id]
    assert problems == []


def test_what_was_not_committed_is_read_again(site: Site, tmp_path: Path) -> None:
    site.put("/news/1", page(), headers={"ETag": "p1"})
    for _ in range(2):  # a run that broke off before its articles were in the index
        with SqliteState(tmp_path / "state.sqlite") as state:
            articles, _ = read(f"{site.address}/news/1", state)
            assert list(articles) == ["/news/1"]


def test_a_page_that_its_listing_calls_unchanged_is_not_asked_again_too_soon(site: Site, tmp_path: Path) -> None:
    url = f"<url><loc>{site.address}/news/1</loc><lastmod>2024-04-13</lastmod></url>"
    site.put("/s.xml", sitemap(url), media="text/xml")
    kept: list[str] = []
    with SqliteState(tmp_path / "state.sqlite") as state:
        read(f"{site.address}/s.xml", state, revisit=3600.0)
        state.commit()
        read(f"{site.address}/s.xml", state, revisit=3600.0, kept=kept.extend)
        assert site.asked.count("/news/1") == 1
        site.put("/s.xml", sitemap(url.replace("04-13", "04-14")), media="text/xml")
        read(f"{site.address}/s.xml", state, revisit=3600.0, kept=kept.extend)
    assert site.asked.count("/news/1") == 2
    assert len(kept) == 1


def test_an_index_of_sitemaps_is_followed_though_it_did_not_change_itself(site: Site, tmp_path: Path) -> None:
    site.put("/index.xml", index(f"{site.address}/1.xml"), media="text/xml", headers={"ETag": "i"})
    site.put("/1.xml", sitemap(f"<url><loc>{site.address}/news/1</loc></url>"), media="text/xml")
    with SqliteState(tmp_path / "state.sqlite") as state:
        read(f"{site.address}/index.xml", state)
        state.commit()
        site.put("/1.xml", sitemap(f"<url><loc>{site.address}/news/2</loc></url>"), media="text/xml")
        articles, _ = read(f"{site.address}/index.xml", state)
    assert list(articles) == ["/news/2"]


# Through the one entry


def test_addresses_need_something_that_fetches_them() -> None:
    with pytest.raises(BadInput, match="is an address"):
        read_articles(["https://nahr.example/rss"])


def test_files_and_addresses_are_read_in_the_order_given(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "x", "text": "خبر من ملف."}', "utf-8")
    with Fetcher(FetchOptions(allow=HERE, interval=0.0)) as client:
        items = list(read_articles([f"{site.address}/news/1", tmp_path / "a.jsonl"], OPTIONS, Remote(client)))
    assert [one.article.id.rpartition("/")[2] for one in items if isinstance(one, SourceRecord)] == ["1", "x"]


def test_this_machine_is_refused_where_it_is_not_allowed(site: Site) -> None:
    with Fetcher(FetchOptions(interval=0.0)) as client:
        items = list(read_articles([f"{site.address}/news/1"], OPTIONS, Remote(client)))
    assert [one.loss for one in items if isinstance(one, Problem)] == [Loss.FILE]
    assert site.asked == []
    assert "MASDAR_FETCH_ALLOW" in str(items[0])


def test_a_date_to_come_costs_the_entry(site: Site) -> None:
    later = (OPTIONS.now + timedelta(days=30)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    site.put("/rss", rss(item(f"{site.address}/news/1", later), item(f"{site.address}/news/2")), media=XML)
    articles, problems = read(f"{site.address}/rss")
    assert list(articles) == ["/news/2"]
    assert "after now" in problems[0].reason

"""Pages of HTML: what of them is the article, what they say of it, and in which encodings they come."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from news_page import FIRST, SECOND, TEXT, THIRD, page

from indexer.arabic import fold_text
from indexer.errors import BadInput
from indexer.sources.asides import is_aside
from indexer.sources.encodings import decode
from indexer.sources.items import Loss, Problem, ReadOptions, SourceItem, SourceRecord
from indexer.sources.page import fragment_text, read_page
from indexer.sources.reader import read_articles

NOW = datetime(2024, 4, 14, 12, tzinfo=UTC)
OPTIONS = ReadOptions(now=NOW)


def ld(**facts: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(facts, ensure_ascii=False)}</script>'


def read(markup: str, url: str = "https://nahr.example/news/12") -> str:
    return read_page(markup.encode(), url, now=NOW).text


# What is the article


def test_the_article_is_what_stands_between_menu_and_footer() -> None:
    found = read_page(page().encode(), "https://www.nahr.example/news/12?utm_source=x")
    assert found.text == TEXT
    assert found.title == "ميناء جديد في دمياط"
    assert found.source == "صحيفة النهر"
    assert found.url == "https://www.nahr.example/news/12"
    assert found.language == "ar"


@pytest.mark.parametrize(
    "aside",
    [
        "<p><strong>اقرأ أيضا: <a href='/1'>ارتفاع أسعار القمح في الأسواق العالمية</a></strong></p>",
        "<p>إقرأ أيضاً | <a href='/1'>ارتفاع أسعار القمح</a></p>",
        "<p>اقرأ أيضا: ارتفاع أسعار القمح في الأسواق العالمية</p>",
        "<div class='box'><span>طالع أيضا</span><a href='/1'>ارتفاع أسعار القمح</a></div>",
        "<h3>مواضيع ذات صلة</h3><ul><li><a href='/1'>ارتفاع أسعار القمح</a></li><li><a href='/2'>خبر آخر</a></li></ul>",
        "<p><b>قد يهمك أيضا</b></p><p><a href='/1'>ارتفاع أسعار القمح</a></p>",
        "<p>Read also: <a href='/1'>ارتفاع أسعار القمح</a></p>",
        "<p>Read more: Wheat prices rise</p>",
        "<p>Lire aussi : <a href='/1'>Le prix du blé</a></p>",
        "<figure><img src='a.jpg'><figcaption>ارتفاع أسعار القمح (وكالة النهر)</figcaption></figure>",
        "<div class='image-caption'>ارتفاع أسعار القمح</div>",
        "<p class='wp-caption-text'>ارتفاع أسعار القمح</p>",
        "<span class='photo-credit'>تصوير: سلمى حداد</span>",
        "<script>document.write('ارتفاع أسعار القمح')</script>",
        "<style>p::before { content: 'ارتفاع أسعار القمح' }</style>",
        "<noscript>ارتفاع أسعار القمح</noscript>",
    ],
)
def test_what_is_none_of_the_article_is_left_out(aside: str) -> None:
    assert read(page(f"<p>{FIRST}</p>{aside}<p>{SECOND}</p><p>{THIRD}</p>")) == TEXT


@pytest.mark.parametrize(
    "prose",
    [
        "اقرأ أيضا ما كتبه الباحث عن تاريخ الميناء، فقد جمع في كتابه وثائق لم تنشر من قبل عن السفن التي رست فيه.",
        "قد يهمك أن تعرف أن الميناء القديم بني قبل مئة عام، وأن حجارته جلبت من محاجر بعيدة على ظهور الجمال.",
        "Related costs will rise by a tenth in the coming year, the ministry said in a statement on Sunday evening.",
    ],
)
def test_prose_that_begins_like_a_lead_elsewhere_stays(prose: str) -> None:
    assert prose in read(page(f"<p>{FIRST}</p><p>{prose}</p><p>{SECOND}</p>"))
    assert not is_aside(prose)


def test_letters_stay_as_the_page_has_them_and_are_found_by_folding() -> None:
    shaped = "ﻭﻗﺎﻝ ﺧﺒﺮﺍﺀ إن الميـناء سيُخفّف الضغط عن ميناء الإسكندرية می\u200cخواهم الذي يستقبل معظم القمح."
    text = read(page(f"<p>{FIRST}</p><p>{shaped}</p><p>{SECOND}</p>"))
    assert shaped in text
    assert "وقال خبراء" in fold_text(text)


def test_paragraphs_lines_and_rows_stay_apart() -> None:
    body = (
        f"<p>{FIRST}<br>{SECOND}</p><ul><li>أول بند</li><li>ثاني بند</li></ul><blockquote><p>{THIRD}</p></blockquote>"
    )
    body += "<table><tr><td>المدينة</td><td>العدد</td></tr><tr><td>القاهرة</td><td>10</td></tr></table>"
    text = read(page(body))
    assert f"{FIRST}\n{SECOND}\n\nأول بند\n\nثاني بند\n\n{THIRD}" in text
    assert "القاهرة\t10" in text


def test_a_live_blog_is_one_article_with_all_its_updates() -> None:
    updates = [f"الساعة {hour}: {text}" for hour, text in ((12, THIRD), (11, SECOND), (10, FIRST))]
    shown = "".join(f"<div class='update'><h3>تحديث {n}</h3><p>{text}</p></div>" for n, text in enumerate(updates))
    told = [{"@type": "BlogPosting", "headline": f"تحديث {n}", "articleBody": text} for n, text in enumerate(updates)]
    facts = ld(**{"@type": "LiveBlogPosting", "datePublished": "2024-04-13T10:00:00Z", "liveBlogUpdate": told})
    for markup in (page(shown, facts), page("<div id='app'></div>", facts)):  # shown, or loaded by a script
        found = read_page(markup.encode(), "https://nahr.example/live/1")
        assert all(update in found.text for update in updates)
        assert [found.text.index(update) for update in updates] == sorted(map(found.text.index, updates))
        assert found.published == datetime(2024, 4, 13, 10, tzinfo=UTC)


def test_a_text_that_a_script_would_load_is_taken_from_what_the_page_says_to_machines() -> None:
    facts = ld(**{"@type": "NewsArticle", "headline": "ميناء", "articleBody": f"{FIRST}\n\n{SECOND}\n\n{THIRD}"})
    assert read(page("<div id='app'></div>", facts)) == TEXT


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "   ",
        "<html></html>",
        "<html><body><nav><a href='/'>الرئيسية</a></nav></body></html>",
        "<html><body><h1>404</h1><p>الصفحة غير موجودة</p></body></html>",
        "<html><body><script>render()</script></body></html>",
        "\0" * 100,
    ],
)
def test_a_page_without_an_article_is_refused(markup: str) -> None:
    with pytest.raises(BadInput, match=r"no article|no page"):
        read_page(markup.encode())


# What the page says of the article


@pytest.mark.parametrize(
    ("head", "body", "moment"),
    [
        (ld(**{"@type": "NewsArticle", "datePublished": "2024-04-13T21:14:10+02:00"}), "", (2024, 4, 13, 19, 14, 10)),
        (ld(**{"@graph": [{"@type": ["NewsArticle"], "datePublished": "2024-04-13"}]}), "", (2024, 4, 13)),
        ('<meta property="article:published_time" content="2024-04-13T19:14:10Z">', "", (2024, 4, 13, 19, 14, 10)),
        ('<meta name="pubdate" content="13 نيسان 2024">', "", (2024, 4, 13)),
        ("", '<time datetime="2024-04-13T19:14Z">السبت</time>', (2024, 4, 13, 19, 14)),
        ("", "<time>السبت 13 نيسان/أبريل 2024 - 02:30 مساءً</time>", (2024, 4, 13, 14, 30)),
        ("", '<span class="post-date">نشر في: ١٣ أبريل ٢٠٢٤</span>', (2024, 4, 13)),
        ("", '<div class="date">4 شوال 1445 هـ</div>', (2024, 4, 13)),
        ("", '<div class="date">منذ ساعتين</div>', (2024, 4, 14, 10)),
        ("", '<div class="update">13 نيسان 2024</div>', None),
    ],
)
def test_the_date_is_found_where_pages_have_it(head: str, body: str, moment: tuple[int, ...] | None) -> None:
    markup = page(f"{body}<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>", head)
    found = read_page(markup.encode(), "https://nahr.example/news/12", now=NOW)
    assert found.published == (moment and datetime(*moment, tzinfo=UTC))  # type: ignore[misc]


def test_author_and_tags_are_read() -> None:
    facts = ld(**{"@type": "NewsArticle", "author": [{"name": "سلمى حداد"}, "كريم ناصر"], "keywords": "موانئ، اقتصاد"})
    found = read_page(page(head=facts).encode())
    assert (found.author, found.tags) == ("سلمى حداد, كريم ناصر", ("موانئ", "اقتصاد"))


@pytest.mark.parametrize("facts", ["{", "[" * 100_000, "null", '"x"', '{"@type": 7, "@graph": 3}', "{}" * 50])
def test_broken_words_for_machines_cost_only_themselves(facts: str) -> None:
    assert read(page(head=f'<script type="application/ld+json">{facts}</script>')) == TEXT


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://nahr.example/news/12", "https://nahr.example/news/12"),
        ("/news/12?id=3&utm_medium=x", "https://www.nahr.example/news/12?id=3"),
        ("https://m.nahr.example/news/12", "https://m.nahr.example/news/12"),
        ("https://other.example/news/9", "https://www.nahr.example/n"),  # would replace another site's article
        ("https://nahr.example/", "https://www.nahr.example/n"),  # the front page, on every article
        ("javascript:x", "https://www.nahr.example/n"),
    ],
)
def test_the_page_may_name_its_address_within_its_site(canonical: str, url: str) -> None:
    markup = page(head=f'<link rel="canonical" href="{canonical}">')
    assert read_page(markup.encode(), "https://www.nahr.example/n").url == url


@pytest.mark.parametrize(("lang", "found"), [("ar-EG", "ar-eg"), ("en", ""), ("fa", "fa"), ("", "")])
def test_the_language_counts_where_the_script_agrees(lang: str, found: str) -> None:
    assert read_page(page(lang=lang).encode()).language == found


# Encodings


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1256", "iso-8859-6"]
)
@pytest.mark.parametrize("said", ["rightly", "not at all", "as utf-8", "as iso-8859-1", "by the server", "as nonsense"])
def test_pages_of_any_encoding_are_read_whatever_they_say(encoding: str, said: str) -> None:
    names = {"rightly": encoding, "as utf-8": "utf-8", "as iso-8859-1": "iso-8859-1", "as nonsense": "x-klingon"}
    head = f'<meta charset="{names[said]}">' if said in names else ""
    data = page(head=head).encode(encoding)
    found = read_page(data, charset=encoding if said == "by the server" else "")
    assert found.text == TEXT
    assert found.warnings == ()


def test_broken_utf_8_is_read_with_a_warning_and_not_taken_for_another_encoding() -> None:
    data = bytearray(page(head='<meta charset="utf-8">').encode())
    at = data.index("الوزير".encode())
    del data[at]  # half of a letter, as where pieces were joined
    found = read_page(bytes(data))
    assert FIRST in found.text
    assert "\ufffd" in found.text
    assert found.warnings == ("1 places are not UTF-8 and stand as U+FFFD in the text",)


@given(
    st.text(), st.sampled_from(["", "utf-8", "windows-1256", "iso-8859-6", "latin-1", "rot13", "base64", "idna", "\0"])
)
def test_utf_8_is_read_as_it_is_whatever_is_declared(text: str, declared: str) -> None:
    data = text.encode("utf-8", "ignore")
    if b"\0" not in data and not data.startswith((b"\xef\xbb\xbf",)):
        assert decode(data, declared).text == data.decode()


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "windows-1256", "utf-16", "utf-7", "punycode", "zip"]))
def test_any_bytes_give_a_text(data: bytes, declared: str) -> None:
    found = decode(data, declared)
    found.text.encode("utf-8")
    assert found.broken <= found.text.count("\ufffd")


@given(st.text("<>/apdivtrliul='\"! -&;خبر\n", max_size=200))
def test_any_markup_gives_a_text_or_nothing(markup: str) -> None:
    with suppress(BadInput):
        assert "\0" not in fragment_text(markup)


# Pages that are made to break readers


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 200_000 + FIRST,
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + f">{FIRST}</p>",
        "<b><i>" * 50_000,
        "<p>" + "اقرأ أيضا " * 100_000,
        "<a href=x>" * 20_000,
        "<table>" * 5_000,
        "<!--" * 100_000,
        '<!DOCTYPE html [<!ENTITY a "' + "x" * 1000 + '">]><p>' + "&a;" * 100_000,
        "<html><head>" + '<link rel="canonical" href="//">' * 20_000,
        '<script type="application/ld+json">' + '{"@graph":' * 20_000 + "</script>",
    ],
    ids=["deep", "attributes", "inline", "aside", "links", "tables", "comments", "entities", "canonical", "graph"],
)
def test_hostile_markup_ends_soon(markup: str) -> None:
    begun = time.monotonic()
    with suppress(BadInput):
        read_page(markup.encode(), "https://nahr.example/1", now=NOW)
    assert time.monotonic() - begun < 10


# As files


def test_a_folder_of_pages_is_a_folder_of_articles(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.html").write_text(page(), "utf-8")
    (tmp_path / "2.htm").write_bytes(page(head='<link rel="canonical" href="https://nahr.example/2">').encode("cp1256"))
    (tmp_path / "3.html").write_text("<p>قصير</p>", "utf-8")
    items = list(read_articles([tmp_path], OPTIONS))
    assert {item.article.id: item.article.text for item in records(items)} == {
        "a/1.html": TEXT,
        "https://nahr.example/2": TEXT,
    }
    assert [(Path(problem.path).name, problem.loss) for problem in problems(items)] == [("3.html", Loss.FILE)]
    assert "no article" in problems(items)[0].reason


def records(items: list[SourceItem]) -> list[SourceRecord]:
    return [item for item in items if isinstance(item, SourceRecord)]


def problems(items: list[SourceItem]) -> list[Problem]:
    return [item for item in items if isinstance(item, Problem)]


def test_relative_dates_of_a_file_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "1.html").write_text(page(f'<div class="date">منذ ساعتين</div><p>{FIRST}</p><p>{SECOND}</p>'), "utf-8")
    (item,) = read_articles([tmp_path / "1.html"], OPTIONS)
    assert isinstance(item, SourceRecord)
    assert item.article.published_at is None

"""Copies of a story, told from updates and from other articles, when they are indexed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import TrigramEncoder
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from indexer.boilerplate import is_page_line
from indexer.duplicates.comparison import Told, compare
from indexer.duplicates.signature import BANDS, keys_of
from indexer.duplicates.stories import StoryTeller, tell_again
from indexer.store import Store
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest

MORNING = datetime(2025, 2, 3, 8, tzinfo=UTC)
TEXT = (
    "انهار مبنى سكني من ست طبقات فجر الاثنين في حي النسيم بمدينة الرملة، ما أسفر عن مقتل 7 أشخاص وإصابة 14 آخرين. "
    "وقال قائد الدفاع المدني العميد فؤاد شكري إن فرق الإنقاذ تعمل في الموقع منذ الساعة الرابعة صباحا بمشاركة 60 عنصرا. "
    "وأضاف أن سكان الطبقتين العلويتين تمكنوا من الخروج قبل الانهيار بدقائق بعد أن سمعوا أصوات تشقق في الجدران. "
    "ونقل المصابون إلى مستشفى الرحمة، حيث قال مديره إن حالة ثلاثة منهم حرجة وإن الباقين سيغادرون خلال يوم. "
    "وكان المبنى الذي شُيّد قبل أربعين عاما قد تلقى إنذارا بالترميم في العام الماضي من دون أن ينفذه المالك."
)
FIRST = Article("first", "انهيار مبنى", TEXT, "وكالة", published_at=MORNING)
SENTENCES = [f"{sentence.rstrip('.')}." for sentence in TEXT.split(". ")]


def later(text: str, hours: float = 2, id_: str = "second") -> Article:
    return replace(FIRST, id=id_, text=text, source="صحيفة", published_at=MORNING + timedelta(hours=hours))


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("7", "٧").replace("14", "١٤").replace("أ", "ا").replace("ة ", "ه "),
        "لقي سبعة من سكان حي النسيم حتفهم تحت أنقاض بيتهم. " + " ".join(SENTENCES[1:]),
        " ".join(SENTENCES[:3]),
        TEXT[: len(TEXT) // 2].rsplit(" ", 1)[0] + "...",
        TEXT + "\n\nاقرأ أيضا:\nأسعار الذهب ترتفع 3% اليوم\nتابعونا على فيسبوك",
        TEXT.replace("وقال", "وذكر").replace("وأضاف", "وتابع"),
        TEXT.replace("حالة ثلاثة", "حالة 3"),
    ],
    ids=["exact", "respelled", "lead", "cut", "ragged", "links", "edited", "number in digits"],
)
def test_a_copy_is_one_whatever_the_paper_did_to_it(text: str) -> None:
    copy = later(text)
    assert compare(Told.of(FIRST), Told.of(copy)) == compare(Told.of(copy), Told.of(FIRST)) == "copy"
    assert set(keys_of(FIRST)) & set(keys_of(copy))


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("7", "11"),
        TEXT.replace("حالة ثلاثة", "حالة خمسة"),
        TEXT.replace("الاثنين", "الثلاثاء"),
        TEXT + " وفتحت النيابة تحقيقا في الحادث واستدعت مالك العقار وثلاثة مهندسين من البلدية لسماع أقوالهم.",
        TEXT.replace("7 أشخاص وإصابة 14", "14 أشخاص وإصابة 7"),
    ],
    ids=["toll", "toll in words", "day", "new facts", "exchanged"],
)
def test_an_update_is_no_copy(text: str) -> None:
    assert compare(Told.of(FIRST), Told.of(later(text))) == "update"


def test_a_longer_article_is_an_update_when_it_came_later_and_the_shorter_one_a_copy_when_that_did() -> None:
    short = " ".join(SENTENCES[:3])
    assert compare(Told.of(FIRST), Told.of(later(short, hours=2))) == "copy"
    assert compare(Told.of(FIRST), Told.of(later(short, hours=-2))) == "update"
    assert compare(Told.of(FIRST), Told.of(replace(later(short), published_at=None))) == "copy"


def test_an_article_of_its_own_and_one_that_repeats_the_background_are_others() -> None:
    own = (
        "عاش حي النسيم ليلة ثقيلة لم ينم فيها أحد. سمعت أم كريم طقطقة في الجدران فأيقظت أولادها ونزلوا حفاة إلى الشارع."
    )
    assert compare(Told.of(FIRST), Told.of(later(own))) == "other"
    mixed = f"{own} وطالب الأهالي بمساكن بديلة. وقال مهندس إن التربة رخوة والأساسات قديمة. {SENTENCES[-1]}"
    assert compare(Told.of(FIRST), Told.of(later(mixed))) == "other"


@given(st.text(), st.text())
def test_comparing_takes_any_text_and_does_not_depend_on_the_order(one: str, two: str) -> None:
    first, second = (Told.of(Article(id_, "", text)) for id_, text in (("a", one), ("b", two)))
    assert compare(first, second) == compare(second, first)


@given(st.text())
def test_an_article_has_all_keys_or_none_and_always_the_same(text: str) -> None:
    keys = keys_of(Article("a", "", text))
    assert len(keys) in {0, BANDS + 1}
    assert keys == keys_of(Article("b", "عنوان آخر", text))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "index", Manifest.of(TrigramEncoder().identity, 40), create=True) as opened:
        yield opened


def index(store: Store, *articles: Article) -> int:
    told = StoryTeller(store).stories(articles)
    store.put([(article, []) for article in articles], told.stories)
    return told.copies


def copies(store: Store, article_id: str) -> list[str]:
    return [one.article_id for one in store.copies([article_id]).get(article_id, ())]


def test_copies_join_in_one_batch_and_across_batches_and_updates_do_not(store: Store) -> None:
    update = later(TEXT.replace("7", "11"), hours=5, id_="update")
    assert index(store, FIRST, later(TEXT, id_="b"), update) == 1
    assert index(store, later(TEXT, id_="c"), later(update.text, hours=6, id_="update copied")) == 2
    assert copies(store, "first") == ["b", "c"]
    assert copies(store, "update") == ["update copied"]


def test_an_article_that_changes_leaves_its_story_to_the_others_and_comes_back_with_its_old_text(store: Store) -> None:
    index(store, FIRST, later(TEXT, id_="b"), later(TEXT, id_="c"))
    index(store, replace(FIRST, text=TEXT.replace("7", "11")))
    assert (copies(store, "first"), copies(store, "b")) == ([], ["c"])
    index(store, FIRST)
    assert copies(store, "first") == ["b", "c"]


def test_a_story_outlives_its_first_article(store: Store) -> None:
    index(store, FIRST, later(TEXT, id_="b"))
    store.delete(["first"])
    index(store, later(TEXT, id_="c"))
    assert copies(store, "b") == ["c"]


def test_an_update_does_not_join_through_a_copy_that_was_cut_before_the_figure(store: Store) -> None:
    cut = later(" ".join(SENTENCES[1:]), id_="cut")
    index(store, FIRST, cut)
    index(store, later(TEXT.replace("7", "11"), hours=5, id_="update"))
    assert (copies(store, "first"), copies(store, "update")) == (["cut"], [])


def test_articles_indexed_again_are_not_compared_with_what_they_replace(store: Store) -> None:
    index(store, FIRST)
    assert index(store, FIRST) == 0
    assert store.stories() == {}


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("اقرأ أيضًا: عشر نصائح للسفر", True),
        ("» Read also: Oil climbs", True),
        ("جميع الحقوق محفوظة © 2025", True),
        ("المصدر: وكالات", True),
        ("المصدرون يطالبون بخفض الرسوم", False),
        ("تابع الوزير جولته في المدينة", False),
        ("وقال الوزير: اقرأ أيضا ما كتبه", False),
    ],
)
def test_lines_of_the_page_are_known_by_their_opening(line: str, is_one: bool) -> None:
    assert is_page_line(line) is is_one


def test_the_stories_of_an_index_made_without_them_can_be_found_later(store: Store) -> None:
    old = [FIRST, later(TEXT, id_="b"), later(TEXT.replace("7", "11"), hours=5, id_="update")]
    store.put([(article, []) for article in old])
    assert tell_again(store) == 1
    assert (copies(store, "first"), copies(store, "update")) == (["b"], [])
    assert tell_again(store) == 1
    assert copies(store, "b") == ["first"]

"""Choosing passages: copies of a story share a place, and an article takes no more places than it may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from indexer.chunks import Chunk
from indexer.duplicates.wording import Wording
from indexer.errors import BadInput
from indexer.store import Publication
from service.diversity import LOOKED_AT, choose
from service.retrieval import Passage
from service.search_options import SearchOptions

STORY = (
    "أعلنت هيئة القناة يوم الأربعاء زيادة رسوم عبور السفن بنسبة 15 في المئة، وقالت إن الرسوم الجديدة تسري ابتداء من "
    "فبراير على ناقلات النفط وسفن الحاويات، بعد مشاورات مع شركات الملاحة استمرت 3 أشهر."
)
OTHER = "وقّعت أوكرانيا والولايات المتحدة اتفاق المعادن في واشنطن، وينص على صندوق مشترك لإعادة الإعمار تديره الدولتان."


def passage(name: str, text: str = STORY, position: int = 0) -> Passage:
    article = Article(name, "", text)
    return Passage(article, Chunk(name, article.content_hash, position, 0, len(text), ((0, len(text)),)), 0.5, 0, 0)


def copied(passage: Passage) -> tuple[str, ...]:
    return tuple(one.article_id for one in passage.also_published_by)


def names(passages: list[Passage]) -> list[str]:
    return [one.article.id for one in passages]


def test_five_copies_of_a_story_take_one_place_and_are_named_in_it() -> None:
    found = [*(passage(f"copy-{n}") for n in range(5)), passage("other", OTHER)]
    chosen = choose(found, SearchOptions(limit=3))
    assert names(chosen) == ["copy-0", "other"]
    assert copied(chosen[0]) == ("copy-1", "copy-2", "copy-3", "copy-4")
    assert copied(chosen[1]) == ()


def test_a_copy_may_have_another_spelling_opening_and_place_to_cut() -> None:
    rewritten = STORY.replace("أعلنت هيئة القناة يوم الأربعاء", "وكالات - كشفت هيئة القناة").replace("15", "١٥")
    vowelled = STORY.replace("رسوم", "رُسُوم").replace("أ", "ا")
    shorter = STORY[: STORY.index("، بعد مشاورات")]
    for text in (rewritten, vowelled, shorter):
        assert names(choose([passage("first"), passage("second", text)], SearchOptions())) == ["first"], text


@pytest.mark.parametrize(
    "text",
    [
        STORY.replace("15", "20"),  # an update, or the report of another day
        STORY + " " + OTHER + " " + OTHER.replace("واشنطن", "كييف") + " وتفاصيل الصندوق لم تعلن بعد.",  # says more
        "زادت رسوم عبور السفن في القناة بنسبة 15 في المئة ابتداء من فبراير.",  # the same news in words of its own
    ],
)
def test_an_update_a_longer_story_and_a_story_of_its_own_keep_their_places(text: str) -> None:
    assert names(choose([passage("first"), passage("second", text)], SearchOptions())) == ["first", "second"]


def test_passages_of_one_article_are_no_copies_of_each_other() -> None:
    chosen = choose([passage("a"), passage("a", position=1)], SearchOptions())
    assert [(one.chunk.position, copied(one)) for one in chosen] == [(0, ()), (1, ())]


def test_copies_keep_their_places_where_that_is_asked_for() -> None:
    found = [passage(name) for name in "abc"]
    chosen = choose(found, SearchOptions(diverse=False))
    assert [(one.article.id, copied(one)) for one in chosen] == [("a", ()), ("b", ()), ("c", ())]


def test_an_article_takes_no_more_places_than_it_may() -> None:
    found = [*(passage("long", f"{OTHER} الجزء {n}.", n) for n in range(4)), passage("short")]
    assert names(choose(found, SearchOptions(limit=3))) == ["long", "long", "long"]
    assert names(choose(found, SearchOptions(limit=3, per_article=2))) == ["long", "long", "short"]
    assert names(choose(found, SearchOptions(limit=1, per_article=2))) == ["long"]


def test_no_more_passages_are_taken_than_needed() -> None:
    taken: list[int] = []

    def endless() -> Iterator[Passage]:
        for number in range(1_000):
            taken.append(number)
            yield passage(f"a{number}", f"خبر {number} من المدينة عن الطقس")

    choose(endless(), SearchOptions(limit=4, diverse=False))
    assert len(taken) == 4
    taken.clear()
    choose(endless(), SearchOptions(limit=4))
    assert len(taken) == LOOKED_AT * 4


def test_copies_that_fill_the_first_places_do_not_hide_what_comes_after_them() -> None:
    found = [*(passage(f"copy-{n}") for n in range(50)), passage("other", OTHER)]
    assert names(choose(found, SearchOptions(limit=2))) == ["copy-0", "other"]


@given(st.lists(st.sampled_from([STORY, OTHER, "", "...", "خبر", "15"]), max_size=12), st.integers(1, 6))
def test_every_passage_looked_at_is_chosen_or_named_by_one_that_is(texts: list[str], limit: int) -> None:
    found = [passage(f"a{at}", text) for at, text in enumerate(texts)]
    chosen = choose(found, SearchOptions(limit=limit))
    assert len(chosen) <= limit
    kept = names(chosen)
    assert kept == sorted(kept, key=lambda name: int(name[1:]))
    seen = kept + [name for one in chosen for name in copied(one)]
    assert len(seen) == len(set(seen))
    if len(chosen) < limit:
        assert sorted(seen) == sorted(names(found))


@given(st.text())
def test_a_text_repeats_itself_unless_it_has_no_words(text: str) -> None:
    wording = Wording.of(text)
    assert wording.repeats(wording) is bool(wording.shingles)


@pytest.mark.parametrize("options", [{"limit": 0}, {"per_article": 0}, {"limit": -3}])
def test_numbers_below_one_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="give 1 or more"):
        SearchOptions(**options)


def told_by(passage: Passage, *others: Passage) -> Passage:
    """The passage as the index gives it: with the other articles of its story."""
    return replace(passage, also_published_by=tuple(Publication.of(one.article) for one in others))


def dated(passage: Passage, day: int) -> Passage:
    return replace(passage, article=replace(passage.article, published_at=datetime(2025, 3, day, tzinfo=UTC)))


def test_the_copy_that_was_published_first_stands_for_a_story_with_the_score_of_the_best() -> None:
    late, early = dated(passage("late"), 9), replace(dated(passage("early"), 2), score=0.4)
    (chosen,) = choose([told_by(late, early), told_by(early, late)], SearchOptions())
    assert (chosen.article.id, chosen.score, copied(chosen)) == ("early", 0.5, ("late",))


def test_a_shorter_copy_does_not_stand_for_a_longer_one_though_it_came_first() -> None:
    long, short = dated(passage("long", f"{STORY} {OTHER}"), 9), dated(passage("short"), 2)
    (chosen,) = choose([told_by(long, short), told_by(short, long)], SearchOptions())
    assert (chosen.article.id, copied(chosen)) == ("long", ("short",))


def test_a_copy_that_the_search_did_not_find_is_named_all_the_same() -> None:
    (chosen,) = choose([told_by(passage("found"), passage("elsewhere"))], SearchOptions())
    assert copied(chosen) == ("elsewhere",)


def test_a_passage_that_is_cut_otherwise_is_a_copy_where_its_story_says_so() -> None:
    whole = f"{STORY} {OTHER}"
    first = passage("first", whole)
    first = replace(first, chunk=replace(first.chunk, end=len(STORY)))
    shifted = passage("second", whole[len(STORY) // 2 :])
    assert names(choose([first, shifted], SearchOptions())) == ["first", "second"]
    assert names(choose([told_by(first, shifted), told_by(shifted, first)], SearchOptions())) == ["first"]

"""All pairs: what is done to the sample articles, what was written by hand, and reports by a pattern."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from eval.duplicates import Pair, changes
from eval.duplicates.templates import reports
from indexer.articles import Article

STORIES: Final = Path(__file__).with_name("stories.jsonl")
_NEAR_COPIES: Final = ((3, 4), (13, 14), (25, 26), (37, 38))
#: Samples on one event, each in words of its own.
_RETOLD: Final = (
    (1, 5),
    (5, 6),
    (8, 9),
    (8, 10),
    (13, 15),
    (18, 19),
    (20, 21),
    (31, 45),
    (43, 46),
    (2, 3),
    (7, 16),
    (10, 11),
)
#: Samples whose second half is put under the first half of another on the same subject.
_BACKGROUND: Final = (
    (1, 5), (5, 8), (6, 10), (8, 13), (9, 11), (10, 15), (2, 7), (3, 16), (12, 2), (18, 19), (20, 21), (31, 45),
    (43, 46), (22, 24), (27, 23), (34, 33),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A story written by hand: its first report, another lead for it, its update, an article of its own on it."""

    article: Article
    lead: str
    update: str
    retelling: str


def read_written(path: Path = STORIES) -> list[Written]:
    """The stories written by hand. Raises OSError, ValueError or KeyError where the file is not as it was committed."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Written(
            Article(
                row["id"],
                row["title"],
                row["text"],
                "وكالة الساحل للأنباء",
                published_at=datetime.fromisoformat(row["published_at"]),
                language="ar",
            ),
            row["lead"],
            row["update"],
            row["retelling"],
        )
        for row in rows
    ]


def all_pairs(samples: Sequence[Article]) -> list[Pair]:
    """Every pair, in a fixed order.

    Args:
        samples: the sample articles, in their order.
    """
    written = read_written()
    copied = [replace(story.article, id=f"hand-{story.article.id}") for story in written] + list(samples)
    return [
        *(pair for number, article in enumerate(copied) for pair in _copies(number, article)),
        *(pair for number, story in enumerate(written) for pair in _by_hand(number, story)),
        *_of_samples(samples),
        *(Pair("template", number // 2, *both) for number, both in enumerate(reports())),
    ]


def _copies(number: int, article: Article) -> Iterator[Pair]:
    """What is made of an article: three or four kinds of each, in turns."""
    later = changes.elsewhere(article, number, 1.5)
    turn = (number // 2) % 3
    if turn == 0:
        yield Pair("exact", number, article, later)
        yield Pair("cut", number, article, _cut(article, number))
        yield Pair("figures", number, article, replace(later, text=changes.figures(article.text, 1 + number % 3)))
    if turn == 1:
        respelled = changes.respelled(article.text, number)
        yield Pair("respelled", number, article, replace(later, text=respelled))
        yield Pair("appended", number, article, replace(later, text=changes.appended(article.text, number)))
        yield Pair("added", number, _short(article, number), article)
    if turn == 2:
        yield Pair("headline", number, article, replace(later, title=f"تفاصيل جديدة.. {article.title} (5 معلومات)"))
        yield Pair("edited", number, article, replace(later, text=changes.edited(article.text, 1 + number % 2)))
        lead = f"{later.source} – وكالات: {article.title}، بحسب ما أوردته {article.source}."
        yield Pair("lead", number, article, replace(later, text=changes.with_lead(article.text, lead)))


def _cut(article: Article, number: int) -> Article:
    text = changes.cut(article.text, (0.4, 0.5, 0.6, 0.75)[number // 6 % 4], ragged=number % 4 < 2)
    copy = changes.elsewhere(article, number, (0.0, 0.5, 8.0)[number % 3])
    return replace(copy, text=text)


def _short(article: Article, number: int) -> Article:
    """The first report of what the article tells hours later."""
    short = changes.elsewhere(article, number, -3)
    return replace(short, text=changes.cut(article.text, (0.5, 0.6, 0.7)[number % 3], ragged=False))


def _by_hand(number: int, story: Written) -> Iterator[Pair]:
    later = changes.elsewhere(story.article, number, 9)
    yield Pair("lead", number, story.article, replace(later, text=changes.with_lead(story.article.text, story.lead)))
    yield Pair(
        "update",
        number,
        story.article,
        replace(story.article, id="update", text=story.update, published_at=later.published_at),
    )
    yield Pair("retelling", number, story.article, replace(later, title="", text=story.retelling))


def _of_samples(samples: Sequence[Article]) -> Iterator[Pair]:
    by_number = dict(enumerate(samples, start=1))
    for number, (one, two) in enumerate(_NEAR_COPIES):
        yield Pair("near copy", number, by_number[one], by_number[two])
    for number, (one, two) in enumerate(_RETOLD):
        yield Pair("retelling", number, by_number[one], by_number[two])
    for number, (one, two) in enumerate(_BACKGROUND):
        above, below = by_number[two], by_number[one]
        mixed = changes.cut(above.text, 0.5, ragged=False) + "\n\n" + changes.second_part(below.text)
        yield Pair("background", number, below, replace(above, id="mixed", text=mixed))

"""Articles that are made up, sources that list them, and whether an index is what it should be."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from indexer.store.embedded import open_store
from indexer.store.inspection import inspect

_WHO: Final = ("بلدية المنستير", "هيئة الموانئ", "نقابة الصيادين", "جامعة صنعاء", "وزارة الري", "غرفة التجارة")
_DID: Final = ("أعلنت", "أجّلت", "نفت", "راجعت", "وقّعت", "درست")
_WHAT: Final = ("خطة الصيف", "عقد الصيانة", "موازنة العام", "تقرير المياه", "قائمة المتدربين", "رسوم العبور")


def text_of(number: int, edition: int = 0) -> str:
    """The text of an article, another one for each number and edition."""
    draw = random.Random(1_000 * number + edition)  # noqa: S311  (no secret)
    sentences = [
        f"{draw.choice(_DID)} {draw.choice(_WHO)} {draw.choice(_WHAT)} بعد {draw.randrange(2, 90)} يومًا من النقاش."
        for _ in range(8)
    ]
    return " ".join([f"هذا هو الخبر رقم {number} في طبعته {edition}.", *sentences])


def record(number: int, edition: int = 0) -> dict[str, str]:
    """An article as a record."""
    return {"id": f"n{number}", "title": f"خبر {number}", "text": text_of(number, edition), "source": "تجربة"}


def write_articles(path: Path, numbers: Iterable[int], edition: int = 0) -> dict[str, str]:
    """Write articles into a file, which is replaced as a whole; their texts by id."""
    records = [record(number, edition) for number in numbers]
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), "utf-8")
    fresh.replace(path)
    return {one["id"]: one["text"] for one in records}


def write_listing(path: Path, news: Path) -> None:
    """Write a file of sources with the file of articles as the one source."""
    path.write_text(f'interval = "1s"\n\n[[source]]\nname = "وكالة"\npath = "{news.resolve()}"\n', "utf-8")


def losses(folder: Path, *expected: Mapping[str, str]) -> list[str]:
    """What is wrong with an index: articles that are missing, too many or of a text that they never had, and faults.

    Args:
        folder: of the index; nobody has it open.
        expected: texts by id; where several are given, each article may be as in any of them, or missing where it is
            missing in one.
    """
    with open_store(folder) as store:
        found = {one: article.text for one, article in store.articles(dict(store.versions())).items()}
    wrong: list[str] = []
    for article_id in set(found).union(*expected):
        allowed = {state.get(article_id) for state in expected}
        if found.get(article_id) not in allowed:
            wrong.append(f"{article_id} is {'missing' if article_id not in found else 'another text'}")
    return wrong + [f"{fault.kind}: {fault.reason}" for fault in inspect(folder).faults]

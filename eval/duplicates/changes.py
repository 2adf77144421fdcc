"""What papers do to a story that they copy, and what a newsroom does to one that it goes on with; all deterministic."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Final

from indexer.articles import Article
from indexer.sentences import sentence_spans

_EASTERN: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_SYNONYMS: Final = {
    "أعلن": "كشف", "أعلنت": "كشفت", "وأعلن": "وكشف", "وأعلنت": "وكشفت", "وقال": "وذكر", "وقالت": "وذكرت",
    "قال": "ذكر", "وأضاف": "وتابع", "وأضافت": "وتابعت", "وأوضح": "وبيّن", "وأوضحت": "وبيّنت", "كما": "كذلك",
    "لكن": "غير أن", "نحو": "قرابة", "بسبب": "جراء", "خلال": "أثناء", "أكثر": "أزيد", "لكنه": "إلا أنه",
    "وأشار": "ولفت", "وأشارت": "ولفتت", "جديد": "حديث", "عاما": "سنة", "العام": "السنة", "بعد": "عقب", "منذ": "من",
    "حتى": "إلى", "وأكد": "وشدد", "وأكدت": "وشددت",
}  # fmt: skip
_TAILS: Final = (
    "\n\nاقرأ أيضا:\nأسعار الذهب تتراجع في التعاملات المبكرة\nعشر نصائح لنوم هادئ في الصيف\nصور من افتتاح المهرجان",
    "\n\nاقرأ أيضًا | مدرب المنتخب يعلن قائمة من 26 لاعبا لمباراتي يونيو\n\nتابعونا على تويتر وفيسبوك",
    "\n\nRead also: Oil climbs 2% as traders weigh supply\nFollow us on WhatsApp\nجميع الحقوق محفوظة © 2025",
    "\n\nللمزيد من الأخبار حمّل تطبيق الموقع\nكلمات مفتاحية: أخبار، اقتصاد، 2025\nشارك الخبر",
)


def elsewhere(article: Article, number: int, hours: float) -> Article:
    """The article as another paper has it, so many hours later."""
    later = article.published_at + timedelta(hours=hours) if article.published_at else None
    return replace(
        article,
        id=f"{article.id}/copy",
        source=("بوابة الخبر", "صحيفة الغد الجديد", "موقع شرق", "وكالة الوادي")[number % 4],
        url=f"https://copy-{number % 4}.example/{article.id}",
        published_at=later,
    )


def respelled(text: str, number: int) -> str:
    """The same letters as another system writes them; one of five ways."""
    if number % 5 == 0:
        return text.translate(_EASTERN).replace("٪", "%")
    if number % 5 == 1:
        return re.sub("[أإآ]", "ا", text).replace("ى", "ي").replace("ة ", "ه ")
    if number % 5 == 2:
        return unicodedata.normalize("NFD", text).replace(" ", "\u00a0", 20).replace("،", "،\u200f")
    if number % 5 == 3:
        return text.replace("لا", "\ufefb").replace("الله", "ﷲ").replace("ر", "رَ").replace("ك", "ک")
    return text.replace("ا", "ـا", 60).replace("\n\n", "\n").replace("«", '"').replace("»", '"')


def with_lead(text: str, lead: str) -> str:
    """The text with another first sentence."""
    (_, end), *_ = sentence_spans(text)
    return lead + text[end:]


def edited(text: str, every: int) -> str:
    """Every so manieth of the words that have a synonym in its place."""
    seen = 0

    def other(found: re.Match[str]) -> str:
        nonlocal seen
        seen += found[0] in _SYNONYMS
        return _SYNONYMS[found[0]] if found[0] in _SYNONYMS and seen % every == 0 else found[0]

    return re.sub(r"[^\W\d_]+", other, text)


def cut(text: str, share: float, *, ragged: bool) -> str:
    """The first sentences of the text, about this share of it; a ragged end breaks off inside a sentence."""
    spans = sentence_spans(text)
    end = next((end for _, end in spans if end >= share * len(text)), spans[-1][1])
    return text[: end - 25].rsplit(" ", 1)[0] + "..." if ragged else text[:end]


def appended(text: str, number: int) -> str:
    """The text with what pages put below it."""
    return text + _TAILS[number % len(_TAILS)]


def figures(text: str, how_many: int) -> str:
    """The text with its first figures of two or three digits changed wherever they stand; else its first decimal."""
    figure_of = r"(?<![\d.,]){}(?![\d.,]*\d)"
    changed = text
    for figure in list(dict.fromkeys(re.findall(figure_of.format(r"\d{2,3}"), text)))[:how_many]:
        changed = re.sub(figure_of.format(figure), str(int(figure) + 3), changed)
    return changed if changed != text else re.sub(r"\d(?=\.\d)", lambda found: str(int(found[0]) + 3), text, count=1)


def second_part(text: str) -> str:
    """The second half of a text, from a sentence on."""
    spans = sentence_spans(text)
    start = next(start for start, _ in spans if start >= len(text) / 2)
    return text[start:]

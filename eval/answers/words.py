"""Comparing texts word by word, after Arabic normalisation.

A text is folded (``indexer.arabic``: vowel signs, hamza seats, final letters, digits of either script), the commas
inside numbers go, and all that is neither letter nor digit becomes one space.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from indexer.arabic import fold_text

_WORD = re.compile(r"[^\W_]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
#: What is written onto the front of a word: and, then, by, like, to, will; the article.
_JOINED = r"(?:[وف]?(?:[بك]?ال|لل|[بكلس])?)"
#: The article, with what is joined to it, before two letters at least.
_ARTICLE = re.compile(r"^[وف]?(?:[بك]?ال|لل)(?=\w{2})")
#: Letters from which an answer counts wherever its letters stand: data sets have words that run together.
_LONG = 5


def normalised(text: str) -> str:
    """The words of a text, folded, one space between them."""
    return " ".join(_WORD.findall(_THOUSANDS.sub("", fold_text(text))))


def holds(text: str, span: str) -> bool:
    """Whether the span stands in the text, both normalised.

    It stands there as whole words, the first of them perhaps with و, ف, ب, ك, ل, س or the article written onto it; a
    span of ``_LONG`` characters or more also inside longer words. A number never stands inside another number. A span
    without letters and digits stands nowhere.
    """
    wanted, within = normalised(span), normalised(text)
    if not wanted:
        return False
    free = len(wanted) >= _LONG
    before = "" if free else rf"(?<!\w){_JOINED}"
    after = "" if free else r"(?!\w)"
    number_before = r"(?<!\d)" if wanted[0].isdigit() else ""
    number_after = r"(?!\d)" if wanted[-1].isdigit() else ""
    return re.search(before + number_before + re.escape(wanted) + number_after + after, within) is not None


def tokens(text: str) -> list[str]:
    """The normalised words without the article, as SQuAD's measures leave out "the"."""
    return [_ARTICLE.sub("", word) for word in normalised(text).split()]


def recall_and_f1(answer: str, golds: Sequence[str]) -> tuple[float, float]:
    """Token recall and F1 of an answer, each against the gold answer that suits it best (Rajpurkar et al. 2016).

    Both are 0..1; 0 where the answer is empty.
    """
    said = Counter(tokens(answer))
    scores = [_overlap(said, Counter(tokens(gold))) for gold in golds]
    return max((recall for recall, _ in scores), default=0.0), max((f1 for _, f1 in scores), default=0.0)


def _overlap(said: Counter[str], gold: Counter[str]) -> tuple[float, float]:
    common = (said & gold).total()
    if not common:
        return 0.0, 0.0
    recall, precision = common / gold.total(), common / said.total()
    return recall, 2 * recall * precision / (recall + precision)


def knowledge_precision(answer: str, passages: Sequence[str]) -> float | None:
    """K-Precision: the share of the answer's tokens that stand in the passages it was made from (Adlakha et al. 2023).

    None for an answer without words.
    """
    said = Counter(tokens(answer))
    if not said:
        return None
    known = {word for passage in passages for word in tokens(passage)}
    return sum(count for word, count in said.items() if word in known) / said.total()

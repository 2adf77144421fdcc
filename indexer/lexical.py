"""Words of a text as BM25 counts them: tokens with raw offsets, light stems, sparse vectors.

The stemmer starts from light10 (Larkey, Ballesteros and Connell, "Light Stemming for Arabic Information
Retrieval", 2007): it takes conjunctions, prepositions and the article off the front and inflection off the
end, and never looks for a root; the joined prepositions ب and ل and the endings beyond light10's were chosen
by the ranking of passages. The weights are the term-frequency half of BM25 (Robertson and Zaragoza,
"The Probabilistic Relevance Framework: BM25 and Beyond", 2009); the index multiplies in the inverse document
frequency, which it keeps up to date as articles come and go.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from indexer.arabic import fold, fold_text
from indexer.function_words import FUNCTION_WORDS

AVERAGE_LENGTH: Final = 80.0
"""Terms in a passage of ordinary size; only the length penalty of BM25 depends on it."""

#: Words that a cache keeps, some 10 MB: rarer ones come seldom enough, and memory is to be the same for any corpus.
CACHED_WORDS: Final = 1 << 15

# In folded text. Arabic letters and digits are never one word (بـ242 is the preposition and the number),
# Latin letters and digits are (G20, F16). A run of letters with points between is an abbreviation.
_TOKEN: Final = re.compile(
    r"(?P<initials>(?<![a-z0-9])[a-z](?:\.[a-z])+(?![a-z0-9])"
    r"|(?<![^\W_])[^\W\d_a-z](?:\.[^\W\d_a-z])+(?![^\W_]))"
    r"|(?P<number>(?<![a-z])[0-9]+(?:[.,][0-9]+)*(?![a-z]))"
    r"|(?P<latin>[a-z0-9]+(?:'s(?![a-z0-9]))?)"
    r"|[^\W\d_a-z]+"
)
_THOUSANDS: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}")
_EUROPEAN: Final = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+")
_DECIMAL: Final = re.compile(r"[0-9]+[.,][0-9]+")
_ARABIC_WORD: Final = re.compile(r"[ء-غف-ي]+")

_ARTICLES: Final = (
    "وبال",
    "وكال",
    "فبال",
    "وال",
    "بال",
    "كال",
    "فال",
    "ولل",
    "فلل",
    "ال",
    "لل",
)  # longest first
# Taken off also where they are a word's own first letter and behind the article: what counts is that
# بريطانيا, ببريطانيا and البريطانية end up as one term.
_JOINED_PREPOSITIONS: Final = "بل"
# Endings in the order in which each is tried once, with how many letters must be left. Those with two are
# light10's; the pronouns and the accusative ا before them, and ت behind them, bring حكومة, حكومتهم and حكومات together.
_SUFFIXES: Final = (
    *(("نا", 3), ("ا", 3), ("هما", 3), ("هم", 3), ("هن", 3)),
    *(("ها", 2), ("ان", 2), ("ات", 2), ("ون", 2), ("ين", 2), ("يه", 2), ("ه", 2), ("ي", 2)),
    ("ت", 3),
)

#: Texts whose words are remembered: each sentence that is ranked is read for half a dozen signals, a passage that is
#: indexed for its words and its sounds.
_REMEMBERED: Final = 256


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number: its folded text and the raw span `start:end` (characters) that it stands for.

    Numbers are normalised ("1,000" is 1000) and dotted initials lose their points (أ.ف.ب is افب), so the
    text may be shorter than the span.
    """

    text: str
    start: int
    end: int


class SparseVector(NamedTuple):
    """Term ids (unsigned 32 bit, ascending, distinct) and a weight for each; both lists have one length."""

    indices: list[int]
    values: list[float]


def tokenize(text: str) -> list[Token]:
    """Words and numbers of `text` in order, with offsets into the raw text; empty for text without any."""
    return list(_tokens(text))


@lru_cache(maxsize=_REMEMBERED)
def _tokens(text: str) -> tuple[Token, ...]:
    folded = fold(text)
    return tuple(Token(word, *folded.raw_span(start, end)) for word, start, end in _words(folded.text))


@lru_cache(maxsize=_REMEMBERED)
def words(text: str) -> tuple[str, ...]:
    """The texts of ``tokenize``, without the cost of the offsets."""
    return tuple(word for word, _, _ in _words(fold_text(text)))


def _words(folded: str) -> Iterator[tuple[str, int, int]]:
    """Words of folded text with their spans in it."""
    for match in _TOKEN.finditer(folded):
        kind, word, start = match.lastgroup, match.group(), match.start()
        if kind == "number":
            yield from _number(word, start)
        elif kind == "initials":
            yield word.replace(".", ""), start, match.end()
        else:
            yield word, start, match.end()


def _number(written: str, start: int) -> Iterator[tuple[str, int, int]]:
    """One number in plain notation, or the several numbers of a date, a version or a list without spaces.

    A comma before groups of three digits, and two or more points before such groups, separate thousands;
    one comma before any other count of digits is a decimal comma. One point is always a decimal point:
    1.500 may be either, and news writes it as a decimal more often.
    """
    end = start + len(written)
    if _THOUSANDS.fullmatch(written):
        groups = written.replace(",", "")
        yield groups if "," in written else written.replace(".", ""), start, end
    elif _EUROPEAN.fullmatch(written):
        yield written.replace(".", "").replace(",", "."), start, end
    elif _DECIMAL.fullmatch(written):
        yield written.replace(",", "."), start, end
    else:
        for part in re.finditer(r"[0-9]+", written):
            yield part.group(), start + part.start(), start + part.end()


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """Light stem of one folded word; never empty for a word that is not."""
    if not _ARABIC_WORD.fullmatch(word):
        return _stem_latin(word)
    bare = _strip_article(word[1:] if word[0] == "و" and len(word) > 3 else word)
    stripped = _strip_prepositions(bare)
    return _strip_suffixes(stripped, least=2 if stripped == bare else 3)


def _strip_article(word: str) -> str:
    """Take off the article with what is joined before it, where two letters are left."""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) >= len(article) + 2:
            return word[len(article) :]
    return word


def _strip_prepositions(word: str) -> str:
    """Take off up to two joined prepositions, or first letters that look like them, where three are left."""
    for _ in range(2):
        if word[0] in _JOINED_PREPOSITIONS and len(word) > 3:
            word = word[1:]
    return word


def _strip_suffixes(word: str, least: int) -> str:
    """Take off inflection from the end, each ending once and in order, while `least` letters are left."""
    for suffix, left in _SUFFIXES:
        if word.endswith(suffix) and len(word) >= len(suffix) + max(left, least):
            word = word[: -len(suffix)]
    return word


def _stem_latin(word: str) -> str:
    """Take off the English possessive and a regular plural; other words stay as they are."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=CACHED_WORDS)
def _term(word: str) -> str:
    """The term that a folded word counts as; empty for a function word."""
    if word in FUNCTION_WORDS or (len(word) > 2 and word[0] in "وف" and word[1:] in FUNCTION_WORDS):
        return ""
    return stem(word)


def terms(text: str) -> list[str]:
    """Terms that BM25 counts, in order and with repetitions: folded, without function words, stemmed."""
    return _terms(words(text))


def _terms(read: Iterable[str]) -> list[str]:
    return [term for word in read if (term := _term(word))]


@lru_cache(maxsize=CACHED_WORDS)
def term_id(term: str) -> int:
    """Stable unsigned 32-bit id of a term: BLAKE2b of its UTF-8 bytes, the same in every process."""
    return int.from_bytes(blake2b(term.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")


def document_vector(
    text: str, average_length: float = AVERAGE_LENGTH, k1: float = 1.2, b: float = 0.75
) -> SparseVector:
    """Term-frequency half of BM25 for a passage; the index applies the inverse document frequency.

    A term that occurs `tf` times weighs tf*(k1+1) / (tf + k1*(1 - b + b*length/average_length)), lengths in
    terms. Weights of terms that share an id add up. Raises ValueError unless average_length is positive.
    """
    return words_vector(words(text), average_length, k1, b)


def words_vector(
    read: Iterable[str], average_length: float = AVERAGE_LENGTH, k1: float = 1.2, b: float = 0.75
) -> SparseVector:
    """What `document_vector` gives for a passage of these `words`."""
    if not average_length > 0:
        raise ValueError(f"average_length is {average_length}; give the mean passage length in terms, above 0")
    counts = Counter(_terms(read))
    norm = k1 * (1 - b + b * counts.total() / average_length)
    return sparse_vector({term: tf * (k1 + 1) / (tf + norm) for term, tf in counts.items()})


def query_vector(text: str) -> SparseVector:
    """Weight 1.0 for every distinct term of a question; no entries when it has function words only."""
    return sparse_vector(dict.fromkeys(terms(text), 1.0))


def joined(*vectors: SparseVector) -> SparseVector:
    """One vector with the entries of all; weights of an id that several have add up."""
    by_id: dict[int, float] = {}
    for vector in vectors:
        for index, value in zip(vector.indices, vector.values, strict=True):
            by_id[index] = by_id.get(index, 0.0) + value
    return _by_id(by_id)


def sparse_vector(weights: dict[str, float]) -> SparseVector:
    """Weights by term as a sparse vector; those of terms that share an id add up."""
    by_id: dict[int, float] = {}
    for term, weight in weights.items():
        id_ = term_id(term)
        by_id[id_] = by_id.get(id_, 0.0) + weight
    return _by_id(by_id)


def _by_id(weights: Mapping[int, float]) -> SparseVector:
    ids = sorted(weights)
    return SparseVector(ids, [weights[id_] for id_ in ids])

"""What rules say of a question and the sentences found for it, in a dozen numbers that can be explained."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import Token, stem, terms, tokenize
from service.answering.asked import Evidence
from service.answering.asked.found import Asked, Words, asked_words, content_words, is_found, words_of
from service.answering.asked.kinds import NUMERIC, Kind, counted_noun, expected_kind
from service.answering.asked.span_words import ANTONYMS, BUT_FOR, IDIOMS, NEGATIONS, NO_DENIAL
from service.answering.asked.spans import TypedSpan, typed_spans

#: Sentences that are looked at.
DEPTH = 4
#: How much a name or a number counts beside another word.
_NAMED_WEIGHT = 2.0
#: Words on both sides of a span that belong to it, and words that a negation reaches.
_WINDOW, _REACH = 7, 3
#: Marks that end a clause.
_CLAUSE_END = re.compile("[،؛,;:.!?؟]")
#: How much a difference in rank says, and from how far on it says no more.
_SOFTNESS, _FAR = 2.0, 10.0
#: Less likely sentences are not looked at for being copies; shared words that make one a copy.
_LIKELY, _COPY = 0.05, 0.55
#: What a word that only the title or the sentences beside have counts.
_TITLE_SHARE, _ARTICLE_SHARE = 0.9, 0.5


@dataclass(frozen=True, slots=True)
class Features:
    """The numbers, each 0..1.

    Attributes:
        typed: 1 where the sentence has what the kind of question expects and the question does not say itself.
        attached: 1 where a number stands beside the noun that is counted or measured.
        unattached: 1 where a noun is counted and no number stands beside it.
        around: the share of the question's words that stand close to what the kind of question expects.
        denied: 1 where the sentence denies what the question says.
        opposed: 1 where the sentence has the opposite of a word of the question.
        untold: 1 where the kind of answer cannot be told from the question.
        near: how far the best match of any sentence is above what chance brings.
        apart: how much of the answer's likelihood the first sentence has, of all sentences; 1 where it stands alone.
        asking: match of the question word with the first sentence.
        beside: how close a sentence right beside it in the article ranks; 1 for as high, 0 where there is none.
        borne: the share of the question's words, names and numbers aside, that the sentences found of the first one's
            article say together, in whatever words: what was asked about is that article's matter.
        scattered: how much of that share the first sentence itself does not say: it is put together from several.
    """

    typed: float
    attached: float
    unattached: float
    around: float
    denied: float
    opposed: float
    untold: float
    near: float
    apart: float
    asking: float
    beside: float
    borne: float
    scattered: float

    def values(self) -> tuple[float, ...]:
        """The numbers in the order of the fields."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found out on the way, for the words of an answer.

    Attributes:
        kind: the kind of answer expected.
        absent: the question's words that its article does not have.
        best: the sentence that the numbers are of; None where there was none.
        denied: whether it denies what the question says.
        typed: whether it has the kind of answer expected.
    """

    kind: Kind
    absent: tuple[str, ...] = ()
    best: Evidence | None = None
    denied: bool = False
    typed: bool = False


def read(question: str, ranked: Sequence[Evidence]) -> tuple[Features, Reading]:
    """The features of a question with its sentences, best first, and what they rest on."""
    kind = expected_kind(question)
    if not ranked:
        return Features(*(0.0 for _ in fields(Features))), Reading(kind)
    asked = asked_words(question)
    seen = [_Seen.of(question, kind, asked, evidence) for evidence in ranked[:DEPTH]]
    best = max(seen, key=lambda one: one.found + 0.3 * one.typed)
    noun = counted_noun(question) if kind == "count" else ""
    attached = any(one.attached for one in seen)
    own, borne = _borne(question, ranked)
    features = Features(
        typed=float(best.typed),
        attached=float(attached),
        unattached=float(bool(noun) and not attached),
        around=max(one.around for one in seen),
        denied=float(best.denied),
        opposed=float(best.opposed),
        untold=float(kind == "other"),
        near=_share(max(one.above for one in ranked)),
        apart=_apart(ranked),
        asking=_share(ranked[0].asking),
        beside=_beside(ranked),
        borne=borne,
        scattered=borne - own,
    )
    absent = tuple(word.text for word in asked if not is_found(word, best.article))
    return features, Reading(kind, absent, best.evidence, best.denied or best.opposed, best.typed)


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))


def _apart(ranked: Sequence[Evidence]) -> float:
    """The first sentence's share of the likelihood, its odds against each other being a power of their difference.

    A copy of it in another article takes nothing away.
    """
    first = ranked[0]
    own = set(terms(first.text))
    likely = ((one, math.exp((one.rank - first.rank) / _SOFTNESS)) for one in ranked[1:])
    return 1.0 / (1.0 + sum(share for one, share in likely if share < _LIKELY or not _repeats(own, one.text)))


def _repeats(own: set[str], text: str) -> bool:
    other = set(terms(text))
    return len(own & other) > _COPY * max(1, min(len(own), len(other)))


def _beside(ranked: Sequence[Evidence]) -> float:
    """How far behind the better of the first sentence's neighbours in its article is, of those ranked."""
    first = ranked[0]
    placed = sorted((one for one in ranked if one.article.id == first.article.id), key=lambda one: one.span)
    at = placed.index(first)
    neighbours = [*placed[max(0, at - 1) : at], *placed[at + 1 : at + 2]]
    return max((_share(1 + (one.rank - first.rank) / _FAR) for one in neighbours), default=0.0)


def _borne(question: str, ranked: Sequence[Evidence]) -> tuple[float, float]:
    """The share of the question's words that the first sentence says, and that its article's sentences say together.

    Names and numbers are looked at only where there is nothing else: the articles of a subject have them all.
    """
    words = content_words(question)
    counted = [at for at, word in enumerate(words) if not word.named] or list(range(len(words)))
    together = [one.said for one in ranked if one.article.id == ranked[0].article.id and one.said]
    first = sum(ranked[0].said[at] for at in counted) if ranked[0].said else 0
    anywhere = sum(any(said[at] for said in together) for at in counted)
    return first / max(1, len(counted)), anywhere / max(1, len(counted))


def _weight(asked: Sequence[Asked]) -> float:
    return sum(_NAMED_WEIGHT if word.named else 1.0 for word in asked)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A sentence as the question sees it."""

    evidence: Evidence
    article: Words
    found: float
    typed: bool
    attached: bool
    around: float
    denied: bool
    opposed: bool

    @classmethod
    def of(cls, question: str, kind: Kind, asked: Sequence[Asked], evidence: Evidence) -> _Seen:
        article = words_of(f"{evidence.article.title}\n{evidence.article.text}")
        noun = counted_noun(question)
        # "كم بلغت" asks for an amount of whatever kind
        kinds = NUMERIC if kind == "count" and not noun else {kind}
        spans = [span for span in _new(typed_spans(evidence.text), evidence.text, question) if span.kind in kinds]
        return cls(
            evidence,
            article,
            _found(asked, evidence, article),
            bool(spans),
            any(_counts(span, noun) for span in spans),
            max((_around(asked, evidence.text, span) for span in spans), default=0.0),
            denies(question, evidence.text),
            opposes(question, evidence.text),
        )


def _found(asked: Sequence[Asked], evidence: Evidence, article: Words) -> float:
    """The weighted share of the words that stand in the sentence; less for those of the title and the article."""
    sentence, title = words_of(evidence.text), words_of(evidence.article.title)
    total = 0.0
    for word in asked:
        share = 1.0 if is_found(word, sentence) else _TITLE_SHARE if is_found(word, title) else 0.0
        total += (share or _ARTICLE_SHARE * is_found(word, article)) * (_NAMED_WEIGHT if word.named else 1.0)
    return total / max(1.0, _weight(asked))


def _new(spans: Sequence[TypedSpan], sentence: str, question: str) -> list[TypedSpan]:
    """Spans with a word that the question does not say itself: a number where the kind is an amount."""
    said = {token.text for token in tokenize(question)}
    stems = {stem(word) for word in said}

    def is_new(span: TypedSpan) -> bool:
        words = [token.text for token in tokenize(sentence[span.start : span.end])]
        if span.kind in NUMERIC:
            words = words[:1]
        return any(word not in said and stem(word) not in stems for word in words)

    return [span for span in spans if is_new(span)]


def _counts(span: TypedSpan, noun: str) -> bool:
    """Whether the span's number is of this noun: the same word, or one of its forms in the other language."""
    if not noun or not span.noun:
        return False
    asked = asked_words(noun)
    return bool(asked) and is_found(asked[0], words_of(span.noun))


def _around(asked: Sequence[Asked], sentence: str, span: TypedSpan) -> float:
    """The weighted share of the words that stand within ``_WINDOW`` words of the span."""
    tokens = tokenize(sentence)
    inside = [at for at, token in enumerate(tokens) if token.start < span.end and token.end > span.start]
    if not inside:
        return 0.0
    near = tokens[max(0, inside[0] - _WINDOW) : inside[-1] + 1 + _WINDOW]
    words = words_of(sentence[near[0].start : near[-1].end])
    return _weight([word for word in asked if is_found(word, words)]) / max(1.0, _weight(asked))


def denies(question: str, sentence: str) -> bool:
    """Whether the sentence negates a word of the question, which has no negation itself."""
    if {token.text for token in tokenize(question)} & NEGATIONS:
        return False
    asked = [word for word in asked_words(question) if not word.named]
    tokens = tokenize(sentence)
    for at, token in enumerate(tokens):
        denied = _denied(sentence, tokens, at) if token.text in NEGATIONS else []
        if denied:
            words = words_of(sentence[denied[0].start : denied[-1].end])
            if any(is_found(word, words) for word in asked):
                return True
    return False


def _denied(sentence: str, tokens: Sequence[Token], at: int) -> list[Token]:
    """The words that the negation at this place reaches: those of its clause, and none where it denies nothing."""
    reached: list[Token] = []
    for token in tokens[at + 1 : at + 1 + _REACH]:
        if _CLAUSE_END.search(sentence[(reached[-1] if reached else tokens[at]).end : token.start]):
            break
        reached.append(token)
    first = f"{tokens[at].text} {reached[0].text}" if reached else ""
    nothing = not reached or first == "غير ان" or reached[0].text in NO_DENIAL
    return [] if nothing or any(token.text in BUT_FOR for token in reached) else reached


def opposes(question: str, sentence: str) -> bool:
    """Whether the sentence has the opposite of a word of the question, and not the word."""
    said, found = _stems(question), _stems(sentence)
    pairs = [pair for one in ANTONYMS for pair in (one, one[::-1])]
    return any(said & mine and found & other and not found & mine for mine, other in pairs)


def _stems(text: str) -> frozenset[str]:
    words = IDIOMS.sub(" ", " ".join(token.text for token in tokenize(text))).split()
    return frozenset(stem(word) for word in words if word not in FUNCTION_WORDS)  # «قبل» is rarely a verb

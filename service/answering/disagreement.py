"""Articles that disagree: a figure that a later article corrects, brings up to date or contradicts.

Newspapers say when they correct: the later sentence has the old figure and the new one, and words that tell them apart
(«لا نحو 320 ق.م كما أُعلن», «من 3.1 إلى 3.4 في المئة»). That is looked for first. Two sentences that give different
figures of one unit for the same words disagree, too; and so do one that announces and one that says it did not come
about. Rules on words and figures, for what is said must be explained; see
docs/decisions/0016-time-follow-ups-disagreement.md for what they find and miss.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
from typing import Literal, Protocol

from indexer.arabic import fold_text
from indexer.articles import Article
from indexer.chunks import Span
from indexer.lexical import Token, stem, terms, tokenize
from service.answering import Answer, Note
from service.answering.figures import Figure, figures
from service.answering.wording import disagreement_text
from service.retrieval import Passage

DisagreementKind = Literal["correction", "update", "conflict", "denial"]
#: Words that two sentences share where a later one takes up a figure of the earlier, titles counted.
_SHARED_WHEN_TAKEN_UP = 3
#: Words around both figures, and the share of the shorter sentence's words, where it does not.
_SHARED_AROUND, _SHARE = 2, 0.4
_AROUND = 6
#: Words shared by two titles on one story.
_SHARED_TITLES = 2
#: Words shared where one denies, and how many of them stand right behind the denial.
_SHARED_WHEN_DENIED, _SHARED_BEHIND = 4, 2
_BEHIND = 5
#: Between two figures that belong together: «و».
_PARTNER_CHARS = 3
#: Units, not subjects: «في المئة».
_UNITS = frozenset(map(stem, ("مئه", "مايه", "percent", "مليون", "مليار", "الف")))

# Right before a figure that no longer holds.
_WAS_WRONG = re.compile(
    r"(?:\b(?:لا|وليس|وليست|بدل|بدلا من|عوضا عن)(?: الي)?(?: نحو)?|\b(?:not|instead of|rather than)) *$"
)
_IS_PAST = re.compile(
    r"(?:\b(?:من|بعد ان كان\w*(?: مقرر\w*| محدد\w*)?(?: في| عند)?|مقابل)(?: نحو)?"
    r"|\b(?:up from|down from|from|previously(?: set for)?)) *$"
)
# Between a figure that no longer holds and the one that does.
_RIGHT_NOW = re.compile(r"\b(?:و?الصحيح\w*|و?الصواب|correct)\b")
_BECAME = re.compile(r"\b(?:ف?اصبح\w*|ي?رفع|ي?خفض|تاجل|became|raised|cut)\b")
_CORRECTS = re.compile(r"\b(?:[يت]?صحح\w*|تصحيح\w*|تصويب\w*|خطا|عدل|correct\w*|mistake|error)\b")
_DENIES = re.compile(r"\b(?:الغي\w?|الغاء|بطل|نفي|نفت|ينفي|تنفي|cancel\w*|deni\w+|called off)\b")
# What announces no agreement cannot be denied by one that fell through.
_REFUSES = re.compile(rf"{_DENIES.pattern}|\b(?:[يت]?متنع\w*|امتنع\w*|[يت]?رفض\w*|لن|لم|refus\w+|reject\w+)\b")


class Quoted(Protocol):
    """A sentence of an article, as the answerers score them."""

    @property
    def article(self) -> Article:
        """The article."""
        ...

    @property
    def span(self) -> Span:
        """Where the sentence stands in the article's text."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence, and the words in it that disagree."""

    article: Article
    span: Span
    words: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two articles that say different things; ``later`` was published after ``earlier``, where both have dates."""

    earlier: Place
    later: Place
    kind: DisagreementKind

    def text(self, language: str) -> str:
        """The disagreement in a sentence, with both sources and dates."""
        return disagreement_text(
            language,
            self.kind,
            *((place.article.source, place.article.published_at, place.words) for place in (self.earlier, self.later)),
        )


@dataclass(frozen=True)
class _Sentence:
    article: Article
    span: Span

    @cached_property
    def text(self) -> str:
        return self.article.text[self.span[0] : self.span[1]]

    @cached_property
    def folded(self) -> str:
        return fold_text(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        return _subject_words(self.text)

    @cached_property
    def title(self) -> frozenset[str]:
        return _subject_words(self.article.title)

    @property
    def subject(self) -> frozenset[str]:
        return self.words | self.title

    @cached_property
    def figures(self) -> list[Figure]:
        return figures(self.text)

    @cached_property
    def tokens(self) -> list[Token]:
        return tokenize(self.text)

    def around(self, figure: Figure) -> set[str]:
        """Stems of the words beside a figure, without what it counts."""
        before = [token for token in self.tokens if token.end <= figure.start][-_AROUND:]
        behind = [token for token in self.tokens if token.start >= figure.end][:_AROUND]
        return {stem(token.text) for token in (*before, *behind)} & self.words - {figure.unit}

    def written(self, figure: Figure) -> str:
        return self.text[figure.start : figure.end]

    def place(self, words: str) -> Place:
        return Place(self.article, self.span, words)


# The same few titles are compared again and again.
@lru_cache(maxsize=1024)
def _subject_words(text: str) -> frozenset[str]:
    return frozenset(term for term in terms(text) if not term[0].isdigit()) - _UNITS


def disagreements(cited: Iterable[Quoted], candidates: Iterable[Quoted]) -> list[Disagreement]:
    """Where a cited sentence and another one disagree; at most one for two articles, of the first cited sentence.

    Args:
        cited: the sentences of the answer, the most important first.
        candidates: sentences near the question, the cited ones among them or not.
    """
    others = [_Sentence(quoted.article, quoted.span) for quoted in candidates]
    found: dict[frozenset[str], Disagreement] = {}
    for quoted in cited:
        for pair, disagreement in _with_others(_Sentence(quoted.article, quoted.span), others).items():
            found.setdefault(pair, disagreement)
    return list(found.values())


def _with_others(own: _Sentence, others: Iterable[_Sentence]) -> dict[frozenset[str], Disagreement]:
    """The surest disagreement of a sentence with each other article."""
    found: dict[frozenset[str], Disagreement] = {}
    for other in others:
        pair = frozenset((own.article.id, other.article.id))
        if len(pair) == 2 and (disagreement := _compared(*_by_date(own, other))):
            known = found.get(pair)
            if known is None or _SURENESS[disagreement.kind] < _SURENESS[known.kind]:
                found[pair] = disagreement
    return found


@dataclass(frozen=True, slots=True)
class _Quote:
    article: Article
    span: Span


def with_disagreements(answer: Answer, passages: Sequence[Passage]) -> Answer:
    """The answer with a note for each article that disagrees with one that it cites.

    Args:
        answer: with its citations.
        passages: what it was made from; each of their sentences is compared with each citation.
    """
    articles = {passage.article.id: passage.article for passage in passages}
    cited = [
        _Quote(articles[citation.article_id], (citation.start, citation.end))
        for citation in answer.citations
        if citation.article_id in articles
    ]
    sentences = [_Quote(passage.article, span) for passage in passages for span in passage.chunk.sentences]
    return answer.noted(
        *(Note("disagreement", found.text(answer.language)) for found in disagreements(cited, sentences))
    )


_SURENESS = {"correction": 0, "update": 1, "denial": 2, "conflict": 3}


def _by_date(left: _Sentence, right: _Sentence) -> tuple[_Sentence, _Sentence]:
    first, second = left.article.published_at, right.article.published_at
    swap = first > second if first and second else left.article.id > right.article.id
    return (right, left) if swap else (left, right)


def _compared(earlier: _Sentence, later: _Sentence) -> Disagreement | None:
    if not _is_one_story(earlier, later):
        return None
    checks = (_taken_up, _denied, _different)
    return next((found for check in checks for found in check(earlier, later)), None)


def _is_one_story(earlier: _Sentence, later: _Sentence) -> bool:
    """Whether the titles, or the sentences where a title is missing, have words in common."""
    left, right = earlier.title or earlier.words, later.title or later.words
    return len(left & right) >= min(_SHARED_TITLES, len(left), len(right))


def _taken_up(earlier: _Sentence, later: _Sentence) -> Iterator[Disagreement]:
    """The later sentence has the earlier one's figure as one that no longer holds, and another in its place."""
    if len(earlier.subject & later.subject) < _SHARED_WHEN_TAKEN_UP:
        return
    for old, repeated in product(earlier.figures, later.figures):
        if old.unit == "year" or not _is_same(old, repeated):
            continue
        new = _instead(later, repeated, earlier.figures)
        if new and (kind := _how_it_holds_no_longer(later, repeated, new)):
            yield Disagreement(earlier.place(earlier.written(old)), later.place(later.written(new)), kind)


def _how_it_holds_no_longer(later: _Sentence, repeated: Figure, new: Figure) -> DisagreementKind | None:
    before = fold_text(later.text[: repeated.start])
    between = fold_text(later.text[repeated.end : new.start])
    wrong = _WAS_WRONG.search(before) or _RIGHT_NOW.search(between)
    if not (wrong or _IS_PAST.search(before) or _BECAME.search(between)):
        return None
    return "correction" if wrong or _CORRECTS.search(fold_text(f"{later.article.title} {later.text}")) else "update"


def _is_same(left: Figure, right: Figure) -> bool:
    return left.value == right.value and (left.unit == right.unit or not left.unit or not right.unit)


def _instead(later: _Sentence, repeated: Figure, known: Sequence[Figure]) -> Figure | None:
    """The figure nearest to a repeated one that has its unit and is not in the earlier sentence.

    Of two that belong together («820 و775 ق.م»), both.
    """
    near = [
        figure
        for figure in later.figures
        if figure.unit == repeated.unit
        and figure.value != repeated.value
        and not any(_is_same(figure, other) for other in known)
    ]
    nearest = min(near, key=lambda figure: abs(figure.start - repeated.start), default=None)
    partner = next((figure for figure in near if nearest and 0 < nearest.start - figure.end <= _PARTNER_CHARS), None)
    return replace(nearest, start=partner.start) if nearest and partner else nearest


def _different(earlier: _Sentence, later: _Sentence) -> Iterator[Disagreement]:
    """The two sentences have different figures of one unit beside the same words."""
    shared = len(earlier.words & later.words)
    if shared < _SHARE * min(len(earlier.words), len(later.words)):
        return
    for old in earlier.figures:
        for new in later.figures:
            if (
                old.unit == new.unit not in {"", "year", "date"}
                and not any(_is_same(old, figure) for figure in later.figures)
                and not any(_is_same(new, figure) for figure in earlier.figures)
                and len(earlier.around(old) & later.around(new)) >= _SHARED_AROUND
            ):
                yield Disagreement(earlier.place(earlier.written(old)), later.place(later.written(new)), "conflict")


def _denied(earlier: _Sentence, later: _Sentence) -> Iterator[Disagreement]:
    """The later sentence says that what the earlier one announces did not come about."""
    denial = _DENIES.search(later.folded)
    if not denial or _REFUSES.search(fold_text(f"{earlier.article.title} {earlier.text}")):
        return
    if len(earlier.words & later.words) < _SHARED_WHEN_DENIED:
        return
    denied = _subject_words(" ".join(later.folded[denial.end() :].split()[:_BEHIND]))
    if len(denied & earlier.subject) >= _SHARED_BEHIND:
        yield Disagreement(earlier.place(earlier.text), later.place(later.text), "denial")

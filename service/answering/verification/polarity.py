"""Whether a claim denies what its source says, or says what its source denies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.encoder import Float32
from indexer.function_words import FUNCTION_WORDS
from service.answering.verification import polarity_words as data
from service.answering.verification.quantity_words import NUMBERS
from service.answering.verification.words import Word, bare_forms, without_article

#: Content words behind a denial that it reaches.
REACH = 3
#: Words in front of a denial that it may still concern: "security guarantees are not included".
BEFORE = 2


@dataclass(frozen=True, slots=True)
class Denial:
    """A word that denies, and the places of the content words that it reaches.

    Attributes:
        place: of the denying word.
        strong: whether it is a particle (not, لم), which turns a statement round; a verb (refused) is itself one.
    """

    place: int
    reach: tuple[int, ...]
    strong: bool


@dataclass(frozen=True, slots=True)
class Turned:
    """A statement that is denied on one side only: a word of the claim, one of the source, and which side denies."""

    claim: Word
    source: Word | None
    claim_denies: bool


def denials(words: Sequence[Word]) -> list[Denial]:
    """What denies in a text, in order."""
    return [denial for place in range(len(words)) if (denial := _denial(words, place)) is not None]


def _denial(words: Sequence[Word], place: int) -> Denial | None:
    forms = {form for form, _ in bare_forms(words[place].text)} | {without_article(words[place].text)}
    following = words[place + 1] if place + 1 < len(words) else None
    clipped = words[place].text in data.CLIPPED and following is not None and following.text == "t"
    particle, verb = clipped or bool(forms & data.PARTICLES), bool(forms & data.VERBS)
    if not (particle or verb) or (words[place].raw == "إلا" or _no_denial(words, place)):
        return None
    if words[place].text == "الا" and "أ" not in words[place].raw:
        return None
    if particle and following is not None and _corrects(following):
        return None
    reach = tuple(_reached(words, place))
    if particle and any(words[at].text in data.ONLY for at in range(place + 1, min(len(words), place + 9))):
        return None
    return Denial(place, reach, particle)


def _corrects(word: Word) -> bool:
    """Whether a denial of this word puts another in its place: "4 percent, not 14", «بالأسابيع لا بالشهور»."""
    return word.is_number or word.text in NUMBERS or word.text.startswith("بال")


def _no_denial(words: Sequence[Word], place: int) -> bool:
    following = [word.text for word in words[place : place + 3]]
    following[0] = following[0].removeprefix("و") if following[0] not in data.PARTICLES else following[0]
    return any(following[: len(phrase)] == phrase for phrase in data.NO_DENIAL)


def _reached(words: Sequence[Word], place: int) -> Iterator[int]:
    found, start = 0, _clause(words, place)  # «لا نستطيع القول إن السهر»: denied is what cannot be said
    for at in range(start + 1, min(len(words), start + 8)):
        if words[at].text not in FUNCTION_WORDS and not words[at].is_number:
            yield at
            found += 1
        if found == REACH:
            return


def _clause(words: Sequence[Word], place: int) -> int:
    """The place of the conjunction whose clause a denial of saying or knowing denies; its own without one."""
    behind = range(place + 1, min(len(words) - 1, place + 4))
    said = (at + 1 for at in behind if words[at].text in data.SAYING and words[at + 1].text in data.THAT)
    return next(said, place)


def turned(claim: Sequence[Word], source: Sequence[Word], alike: Float32, least: float) -> list[Turned]:
    """Statements that one side denies and the other does not.

    Args:
        claim, source: the words of both.
        alike: how alike they are in meaning, shape (claim words, source words).
        least: from how alike on a word of the source is the same statement.
    """
    ours, theirs = denials(claim), denials(source)
    return [
        *_claim_denies(claim, source, alike, ours, theirs),
        *_source_denies(claim, source, alike, least, ours, theirs),
    ]


def _claim_denies(
    claim: Sequence[Word], source: Sequence[Word], alike: Float32, ours: list[Denial], theirs: list[Denial]
) -> Iterator[Turned]:
    for denial in ours:
        if not denial.strong:
            continue
        if not theirs or not denial.reach or not source:
            yield from [] if theirs else [Turned(claim[denial.place], None, claim_denies=True)]
            continue
        head = denial.reach[0]
        there = int(alike[head].argmax())
        if _is_verb_of_denial(claim[head]):  # "did not refuse": only a denied refusal bears it out
            borne = any(_is_verb_of_denial(source[at]) for one in theirs if one.strong for at in one.reach)
        else:
            borne = any(_reaches(one, there) for one in theirs)
        if not borne:
            yield Turned(claim[head], source[there], claim_denies=True)


def _is_verb_of_denial(word: Word) -> bool:
    return any(form in data.VERBS for form, _ in bare_forms(word.text))


def _reaches(denial: Denial, place: int) -> bool:
    """Whether the denial is at the word or reaches it, or is a little behind it: languages differ in order."""
    last = denial.reach[-1] if denial.reach else denial.place
    return denial.place - BEFORE <= place <= last


def _source_denies(
    claim: Sequence[Word],
    source: Sequence[Word],
    alike: Float32,
    least: float,
    ours: list[Denial],
    theirs: list[Denial],
) -> Iterator[Turned]:
    if ours or not claim:
        return
    for denial in theirs:
        for at in denial.reach[:2]:
            place = int(alike[:, at].argmax())
            if alike[place, at] >= least and int(alike[place].argmax()) == at:
                yield Turned(claim[place], source[at], claim_denies=False)


@dataclass(frozen=True, slots=True)
class Opposed:
    """A word of the claim whose opposite stands in the source."""

    claim: Word
    source: Word


def opposed(claim: Sequence[Word], source: Sequence[Word]) -> list[Opposed]:
    """Words of the claim whose opposites, and not themselves, stand in the source."""
    denied = {at for denial in denials(claim) for at in denial.reach}
    found = []
    for one, other in data.OPPOSITES:
        for side, opposite in ((one, other), (other, one)):
            said, against = _first(claim, side), _first(source, opposite)
            if said is None or against is None or said in denied:
                continue
            if _first(source, side) is None and _first(claim, opposite) is None:
                found.append(Opposed(claim[said], source[against]))
    return found


def _first(words: Sequence[Word], side: data.Side) -> int | None:
    whole, beginnings = side
    for place, word in enumerate(words):
        for form, _ in bare_forms(word.text):
            bare = without_article(form)
            if bare in whole or form in whole or (beginnings and bare.startswith(beginnings)):
                return place
    return None

"""Names in a claim, and whether the source has them: by stem, by lexicon, or by how they sound across scripts.

Arabic has no capitals. A word is taken for a name when the lexicon has it as one, when it is a given name, or when it
stands behind a title, beside a verb of speech or behind another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from indexer import lexicon
from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import stem, terms, tokenize
from indexer.transliteration import LEAST_SOUNDS, sound_keys
from service.answering.verification import name_words as data
from service.answering.verification.date_words import MONTHS, WEEKDAYS
from service.answering.verification.words import Word, bare_forms, read_words, without_article

_GROUPS: Final = {tuple(terms(name)): number for number, names in enumerate(data.SAME_GOVERNMENT) for name in names}
#: Small words inside names.
NAME_PARTS: Final = frozenset({"al", "el", "bin", "ibn", "ben", "bint", "von", "van", "de", "abu"})
#: Verbs behind a word that opens a sentence; behind other verbs too where they end in -ed.
_HELPERS: Final = frozenset(
    ("will", "would", "has", "had", "is", "was", "did", "does", "wants", "wanted", "won", "lost", "met", "led")
)
#: Of common nouns; a word that opens a sentence has a capital, name or not.
_COMMON_ENDINGS: Final = ("s", "ing", "ion", "ment", "ity", "ness", "ers")
_WITHOUT_VOWELS: Final = str.maketrans("", "", "aui")
_MELTED_ARTICLE: Final = re.compile(r"^[ae](?=([rstdnzl])\1)[a-z]|^[ae]sh(?=sh)|^al(?=[a-z]{4})")
_WAW_IN_FRONT: Final = re.compile(r"^ou(?=[aeij])")
#: What opens and closes a name that is quoted: «نبع».
_MARKS: Final = "«»“”\"'"
_DATES: Final = frozenset((word,) for word in (*MONTHS, *WEEKDAYS))
#: How likely a spelling's sound must be; what is less likely meets by chance.
LEAST_LIKELY: Final = 0.25


@dataclass(frozen=True, slots=True)
class Name:
    """One word, or the words of one lexicon entry, that name somebody or something.

    Attributes:
        first, end: places in ``read_words`` of the text.
        phrases: what the other language calls it; empty where the lexicon does not know it.
        guessed: whether only its place says that it is a name.
    """

    text: str
    first: int
    end: int
    phrases: tuple[tuple[str, ...], ...]
    guessed: bool = False


class NameSource:
    """The names that a text has, to look up those of a claim."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = read_words(text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of all words."""
        once = frozenset(word.stem for word in self.words) | frozenset(terms(self.text))
        return once | {stem(one) for one in once}  # «الألماني» loses two articles in the lexicon, one here

    @cached_property
    def translated(self) -> frozenset[tuple[str, ...]]:
        """What the text's words may be called in the other language."""
        return frozenset(phrase for one in _translated(self.text) for phrase in one.phrases)

    @cached_property
    def governments(self) -> frozenset[int]:
        """The states whose government or capital the text names, by number."""
        own = {number for phrase, number in _GROUPS.items() if phrase and set(phrase) <= self.stems}
        return frozenset(own | {_GROUPS[phrase] for phrase in self.translated if phrase in _GROUPS})

    @cached_property
    def own_country(self) -> bool:
        """Whether it speaks of somebody's own country: «بلاده», "his country"."""
        return any(form in data.OWN_COUNTRY for word in self.words for form, _ in bare_forms(word.text))

    @cached_property
    def sounds(self) -> frozenset[str]:
        """How its words sound."""
        return frozenset(key for word in self.words for key in _sounds(word.text))

    @cached_property
    def places(self) -> frozenset[int]:
        """Places of the words that surely are names: by their form, in quotation marks, or unknown to the lexicon."""
        ordinary = _ordinary(self.text, self.words)
        sure = (one for one in names(self.text) if not (one.guessed and one.first in ordinary))
        named = {place for one in sure for place in range(one.first, one.end)}
        return frozenset(named | {place for place in range(len(self.words)) if self._is_quoted(place)})

    def is_placed(self, place: int) -> bool:
        """Whether a kind of place or body stands in front of the word."""
        before = bare_forms(self.words[place - 1].text) if place else ()
        return any(form in data.KINDS_OF_PLACE for form, _ in before)

    def _is_quoted(self, place: int) -> bool:
        """Whether the word stands alone between quotation marks."""
        word = self.words[place]
        around = self.text[max(0, word.start - 1) : word.start] + self.text[word.end : word.end + 1]
        return len(around) == 2 and all(sign in _MARKS for sign in around)

    def has(self, name: Name, words: Sequence[Word]) -> bool:
        """Whether the text has a name of another text, whose words these are."""
        own = tuple(term for word in words[name.first : name.end] for term in terms(word.text))
        if own and set(own) <= self.stems:
            return True
        if any(set(phrase) <= self.stems for phrase in name.phrases) or own in self.translated:
            return True
        spoken = {_GROUPS[phrase] for phrase in (own, *name.phrases) if phrase in _GROUPS}
        if spoken & self.governments or (spoken and self.own_country):
            return True
        if set(name.phrases) & self.translated:  # another Arabic spelling of it
            return True
        return name.end - name.first == 1 and not name.phrases and self.sounds_like(words[name.first].text)

    def nearly(self, word: str, place: int) -> float:
        """How nearly this word sounds like one of the text's: 1 where their consonants are the same, however few.

        .5 where they are one apart: سودجا and Sudzha, بنزرت and Bizerte. 0 otherwise.
        """
        ours, theirs = _skeletons(word), _skeletons(self.words[place].text)
        if ours & theirs:
            return 1.0
        return 0.5 * any(_one_apart(one, other) for one in ours for other in theirs)

    def sounds_like(self, word: str) -> bool:
        """Whether some word of the text sounds like this one, folded."""
        return not self.sounds.isdisjoint(_sounds(word))


@lru_cache(maxsize=1 << 15)
def _sounds(word: str) -> frozenset[str]:
    """Keys of a word with and without what Arabic joins in front; voiced ones told apart by a sign."""
    found: set[str] = set()
    for form in _spellings(word):
        keys = sound_keys(form)
        found.update(key.text for key in keys.skeletons if key.likelihood >= LEAST_LIKELY)
        found.update("=" + key.text for key in keys.voiced if key.likelihood >= LEAST_LIKELY and len(key.text) > 3)
    return frozenset(found)


@lru_cache(maxsize=1 << 15)
def _skeletons(word: str) -> frozenset[str]:
    forms = _spellings(word)
    whole = {key.text for form in forms for key in sound_keys(form).skeletons}
    short = {key.text for form in forms for key in sound_keys(form).voiced}
    return frozenset(whole | {key[:1] + key[1:].translate(_WITHOUT_VOWELS) for key in short})


def _spellings(word: str) -> frozenset[str]:
    """A word with and without what is joined in front, an article that took its sound from the name included.

    Essaouira is الصويرة and Errachidia الرشيدية; Oujda begins with a و. The ة of a name that another one follows is
    said as t: Nawat Capital is نواة كابيتال.
    """
    if word.isascii():
        bare = word.removesuffix("'s")
        found = {bare, _MELTED_ARTICLE.sub("", bare), _WAW_IN_FRONT.sub("w", bare)}
    else:
        found = {word, *(without_article(form) for form, _ in bare_forms(word))}
        found |= {form[:-1] + "ت" for form in found if form.endswith("ه")}  # folded ة is ه
    return frozenset(found)


def _one_apart(one: str, other: str) -> bool:
    """Whether two keys differ in one sound at most: another one, or one more."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) < LEAST_SOUNDS:
        return False
    if len(other) - len(one) > 1:
        return False
    same = next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), len(one))
    return one[same + (len(one) == len(other)) :] == other[same + 1 :]


@lru_cache(maxsize=4096)
def _translated(text: str) -> tuple[lexicon.Translation, ...]:
    return tuple(lexicon.translations(text, tokenize(text)))


def names(text: str) -> list[Name]:
    """The names of a text in order; dates are none."""
    words = read_words(text)
    listed = list(_listed(text, words))
    known = {place for name in listed for place in range(name.first, name.end)}
    told = [Name(words[place].raw, place, place + 1, ()) for place in _told(text, words) if place not in known]
    known.update(name.first for name in told)
    guessed = [
        Name(words[place].raw, place, place + 1, (), guessed=True)
        for place in _guessed(words, known)
        if place not in known
    ]
    return sorted([*listed, *told, *guessed], key=lambda name: name.first)


def _guessed(words: Sequence[Word], known: set[int]) -> Iterator[int]:
    """Places of Arabic words where names stand: behind a verb of speech or a kind of place; behind a name, with و."""
    for place, word in enumerate(words):
        if not place or not word.is_arabic or len(word.text) < 3 or word.text in FUNCTION_WORDS or is_date(word):
            continue
        before = {form for form, _ in bare_forms(words[place - 1].text)}
        spoken = bool(before & data.SPEECH) and word.text not in data.TITLES
        placed = bool(before & data.KINDS_OF_PLACE)
        joined = word.text[0] == "و" and place - 1 in known
        if spoken or placed or joined:
            yield place


def _listed(text: str, words: Sequence[Word]) -> Iterator[Name]:
    """Names that the lexicon has."""
    places = {word.start: place for place, word in enumerate(words)}
    tokens = tokenize(text)
    for one in _translated(text):
        first, last = places.get(tokens[one.first].start), places.get(tokens[one.end - 1].start)
        if first is None or last is None:
            continue
        own = tuple(term for word in words[first : last + 1] for term in terms(word.text))
        english = {own, *one.phrases} if words[first].is_arabic else {own}
        capital = words[first].is_arabic or words[first].raw[:1].isupper()
        if capital and english & (lexicon.names() - _DATES) and not is_date(words[first]):
            yield Name(text[words[first].start : words[last].end], first, last + 1, one.phrases)


def is_date(word: Word) -> bool:
    """Whether the word is a month's or a weekday's name."""
    return any(form in MONTHS or form in WEEKDAYS for form, _ in bare_forms(word.text))


def _told(text: str, words: Sequence[Word]) -> Iterator[int]:
    """Places of the words that are names by how or where they are written."""
    last = -2
    for place, word in enumerate(words):
        if word.is_number or word.text in FUNCTION_WORDS or is_date(word):
            continue
        is_name = _arabic_name(words, place, last) if word.is_arabic else _capitalised(text, words, place)
        if is_name:
            last = place
            yield place


def _arabic_name(words: Sequence[Word], place: int, last: int) -> bool:
    word = words[place].text
    if any(form in data.GIVEN or form in data.KNOWN for form, _ in bare_forms(word) if len(form) > 2):
        return True
    before = words[place - 1].text if place else ""
    if before in data.TITLES:
        return not word.startswith("ال") or before in {"د", "م"}
    given = last == place - 1 and place > 0 and any(form in data.GIVEN for form, _ in bare_forms(before))
    return given and word not in data.SPEECH and word not in data.TITLES


def _capitalised(text: str, words: Sequence[Word], place: int) -> bool:
    word = words[place]
    if not word.raw[:1].isupper() or word.text in data.TITLES_ENGLISH or len(word.text.removesuffix("'s")) < 3:
        return False
    if place and not _opens_sentence(text, word):
        return True
    following = words[place + 1] if place + 1 < len(words) else None
    if following is None or _known(text, word):
        return False
    if following.raw[:1].isupper() or following.text in data.SPEECH or following.text in NAME_PARTS:
        return True
    acts = following.text in _HELPERS or (following.text.endswith("ed") and len(following.text) > 4)
    return acts and not word.text.endswith(_COMMON_ENDINGS)


def _opens_sentence(text: str, word: Word) -> bool:
    return text[: word.start].rstrip()[-1:] in {".", "!", "?", "\n", ""}


def _ordinary(text: str, words: Sequence[Word]) -> frozenset[int]:
    """Places of the words that the lexicon has."""
    tokens = tokenize(text)
    spans = [(tokens[one.first].start, tokens[one.end - 1].end) for one in _translated(text)]
    return frozenset(
        place for place, word in enumerate(words) if any(start <= word.start < end for start, end in spans)
    )


def _known(text: str, word: Word) -> bool:
    """Whether the lexicon has the word as an ordinary one."""
    tokens = tokenize(text)
    return any(tokens[one.first].start <= word.start < tokens[one.end - 1].end for one in _translated(text))

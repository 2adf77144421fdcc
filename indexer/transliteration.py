"""Keys by which a name sounds, the same for its Arabic and its Latin spelling.

Arabic papers write foreign names by ear (فلاديمير, زيلينسكي), English ones Arabic names likewise (Khartoum, Houthi).
A word becomes classes of consonants that the two scripts exchange (ت ط t th; ج غ g j; ف f v ph), as Soundex and its
successors do within one script. A **skeleton** has the consonants alone and a mark for a vowel in front; it meets
whatever vowels were heard. A **voiced** key also has the vowels that Arabic writes with a letter; it confuses less, so
rarer keys weigh more in the index. Arabic leaves short vowels out and a Latin letter may sound in two ways, hence one
Latin word has several keys, each with how likely it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_ARABIC_WORD: Final = re.compile(r"[ء-غف-ي]+")
_LATIN_WORD: Final = re.compile(r"[a-z]+")

#: Most keys of each kind that one Latin word gets; the likeliest are kept.
MOST_SKELETONS: Final = 6
MOST_VOICED: Final = 24
#: Sounds (consonants, and a vowel in front) that a skeleton needs; shorter words have voiced keys only.
LEAST_SOUNDS: Final = 3
#: Letters that a name has at most; what is longer is a hash, an address or a slip of the keyboard.
MOST_LETTERS: Final = 25

_ARABIC_SOUNDS: Final = {
    **dict.fromkeys("ب", "b"),
    **dict.fromkeys("تطث", "t"),
    **dict.fromkeys("دضذظ", "d"),
    **dict.fromkeys("سص", "s"),
    "ز": "z",
    "ش": "S",
    "خ": "K",
    **dict.fromkeys("جغ", "g"),
    **dict.fromkeys("كق", "k"),
    **dict.fromkeys("حه", "h"),
    **dict(zip("لمنرف", "lmnrf", strict=True)),
    **dict(zip("اوي", "aui", strict=True)),
    "ء": "",
    "ع": "",
}
_VOWELS: Final = frozenset("aui")
#: Two letters for one sound that Arabic lacks: تشاد (Chad), دجوكوفيتش (Djokovic).
_ARABIC_PAIRS: Final = (("تش", "ش"), ("دج", "ج"))
_ARTICLES: Final = ("وبال", "وكال", "فبال", "وال", "بال", "كال", "فال", "ولل", "فلل", "ال", "لل")
_CLITICS: Final = "وفبكل"

# Latin spellings, the longest first where several begin alike: a pattern, and what it may sound like, likeliest first.
# `^` and `$` are the word's beginning and end; S is ش, K is خ, "-" silence, "+" joins sounds heard one after another.
_RULES_WRITTEN: Final = """
^chr k+r      | ^kn n        | ^wr r        | ^ps s        | ^xi S+i      | ^x z S      | ^mc m+k      | ^rh r
tsch S        | tch S        | sch S s+k    | ch S k K     | ck k         | cq k
sc(?=[eiy]) s | cc(?=[eiy]) k+s | c(?=[eiy]) s S | cz S    | c$ k S       | c k
sh S          | zh g S       | kh K k       | gh(?=t) -    | gh g -       | ph f         | th t d
dh d          | dj g d       | dg(?=e) g    | wh w         | ^w w f       | qu k         | q k
x k+s         | tz t+s z     | zz t+s z     | z$ z t+s     | z z s d
ss s          | (?<=[aeiouy])s(?=[aeiouy]) s z | s$ s z S  | s s          | j g y K
ng(?=[^aeiouy]) n+g n | ng$ n+g n | g g k   | ^v f w       | v f -
^h h          | h(?=[aeiouy]) h - | h$ - h  | h - h        | mb$ m m+b    | p b
b b           | t t          | d d          | k k          | l l          | m m          | n n          | r r   | f f
"""
#: What vowels between consonants may be in Arabic: a letter, or none. A run not named here goes by its last letter.
_VOWEL_LETTERS: Final = {
    "a": "a-", "e": "-ia", "i": "i-a", "o": "u-a", "u": "ua-", "y": "i-", "w": "u",
    "oo": "u", "ou": "u-", "ee": "i", "ea": "i-", "ie": "i", "ei": "i", "ai": "i", "ay": "i", "ey": "i", "au": "u",
    "aw": "u", "ow": "u", "ew": "iu", "aa": "a-", "ia": "a", "oa": "u", "eo": "iu", "ue": "ui",
}  # fmt: skip
#: How likely the first, second and third of several sounds are, beside one another.
_LIKELIHOODS: Final = (1.0, 0.6, 0.4)
#: Sounds of a word kept while it is read: more than its keys, since several become one key.
_BEAM: Final = 2 * MOST_VOICED


class Key(NamedTuple):
    """A key with how likely it is, 0 to 1; keys of both kinds may be compared only with their own kind."""

    text: str
    likelihood: float


class Keys(NamedTuple):
    """The keys of one word, likeliest first; see the module."""

    skeletons: tuple[Key, ...]
    voiced: tuple[Key, ...]


NO_KEYS: Final = Keys((), ())


@lru_cache(maxsize=1 << 12)  # a kilobyte each
def sound_keys(word: str) -> Keys:
    """The keys of one folded word (``fold_text``); none for other scripts, numbers, very short and very long words."""
    if len(word) > MOST_LETTERS:
        return NO_KEYS
    if _ARABIC_WORD.fullmatch(word):
        return _keys([(_arabic_sounds(bare), 1.0) for bare in _without_clitics(word)])
    if _LATIN_WORD.fullmatch(word):
        return _keys(_latin_sounds(word))
    return NO_KEYS


def _keys(heard: Iterable[tuple[str, float]]) -> Keys:
    """Keys from the likely sounds of a word (vowels as letters), the best likelihood of each key."""
    skeletons: dict[str, float] = {}
    voiced: dict[str, float] = {}
    for sounds, likelihood in heard:
        consonants = _skeleton(sounds)
        if len(consonants) >= LEAST_SOUNDS:
            skeletons[consonants] = max(likelihood, skeletons.get(consonants, 0.0))
        if len(consonants) > 1:
            # What ends a word is often inflection; the short ones have too little else.
            key = sounds.rstrip("aui") if len(consonants) >= LEAST_SOUNDS else sounds
            voiced[key] = max(likelihood, voiced.get(key, 0.0))
    return Keys(_likeliest(skeletons, MOST_SKELETONS), _likeliest(voiced, MOST_VOICED))


def _likeliest(keys: dict[str, float], most: int) -> tuple[Key, ...]:
    ranked = sorted(keys.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Key(*item) for item in ranked[:most])


def _skeleton(sounds: str) -> str:
    """The consonants, with one mark for a vowel in front."""
    return sounds[:1] + "".join(sound for sound in sounds[1:] if sound not in _VOWELS)


def _without_clitics(word: str) -> list[str]:
    """The word without its article, or as it stands and without a letter in front that may be joined to it."""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) >= len(article) + 3:
            return [word[len(article) :]]
    joined = word[0] in _CLITICS and len(word) > 4
    return [word, word[1:]] if joined else [word]


def _arabic_sounds(word: str) -> str:
    """Classes of an Arabic word's letters; of vowel letters side by side the last counts, ة and final ه are "a"."""
    for pair, one in _ARABIC_PAIRS:
        word = word.replace(pair, one)
    front = {"و": "w", "ي": "y", "ع": "a"}.get(word[0], _ARABIC_SOUNDS.get(word[0], ""))
    rest = word[1:-1] + ("ا" if word[-1] == "ه" else word[-1]) if len(word) > 1 else ""
    sounds = front + "".join(_ARABIC_SOUNDS.get(letter, "") for letter in rest)
    if sounds[:1] == "a":
        sounds = "a" + sounds.lstrip("aui")
    return re.sub(r"[aui]*([aui])", r"\1", sounds)


def _read_rules(written: str) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """The rules in order: the first whose pattern stands at a place says what the place sounds like."""
    cells = [cell.split() for line in written.strip().splitlines() for cell in line.split("|")]
    return tuple((_pattern(spelling), tuple(map(_sound, sounds))) for spelling, *sounds in cells)


def _pattern(spelling: str) -> re.Pattern[str]:
    front = "(?<![a-z])" if spelling.startswith("^") else ""
    return re.compile(front + spelling.removeprefix("^").replace("$", "(?![a-z])"))


def _sound(written: str) -> str:
    return written.replace("+", "").replace("-", "")


_RULES: Final = _read_rules(_RULES_WRITTEN)
_VOWEL_RUN: Final = re.compile(r"[aeiouyw]+")
_SILENT_END: Final = re.compile(r"[^aeiouyw]e(?![aeiouy])")


def _latin_sounds(word: str) -> list[tuple[str, float]]:
    """The likeliest sounds of a Latin word, with likelihoods."""
    beam: list[tuple[str, float]] = [("", 1.0)]
    place = 0
    while place < len(word):
        end, options = _latin_slot(word, place)
        beam = _extended(beam, options)
        place = end
    return beam


def _latin_slot(word: str, place: int) -> tuple[int, Sequence[str]]:
    """Where the spelling at this place ends, and what it may sound like, likeliest first."""
    if place == 0 and re.match(r"y[aeiou]", word):
        return 1, ("y",)
    run = None if place == 0 and word[0] == "w" else _VOWEL_RUN.match(word, place)
    if run:
        if place == 0:
            return run.end(), ("a", "y") if word[0] in "ueiy" else ("a",)
        return run.end(), _vowel_letters(run.group(), word[run.end() :])
    match, sounds = next((match, sounds) for rule, sounds in _RULES if (match := rule.match(word, place)))
    return match.end(), sounds


def _vowel_letters(run: str, rest: str) -> tuple[str, ...]:
    if run == "a" and _SILENT_END.match(rest):
        return "i", "a", ""  # Facebook, Blake: فيسبوك, بليك
    letters = _VOWEL_LETTERS.get(run) or _VOWEL_LETTERS.get(run[-2:]) or _VOWEL_LETTERS[run[-1]]
    return tuple(map(_sound, letters))


def _extended(beam: Sequence[tuple[str, float]], options: Sequence[str]) -> list[tuple[str, float]]:
    """Every spelling heard so far with every way to go on; the likeliest are kept."""
    best: dict[str, float] = {}
    for sounds, likelihood in beam:
        for option, weight in zip(options, _LIKELIHOODS, strict=False):
            longer = sounds + (option[1:] if sounds[-1:] == option[:1] else option)  # mm, ss, kk: one sound
            best[longer] = max(best.get(longer, 0.0), likelihood * weight)
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:_BEAM]

"""Questions as people type them into a search box: one to three words, names only, keywords without the question."""

from __future__ import annotations

from functools import partial

from eval.variants.material import Material, Variant
from eval.variants.names import names_of
from indexer.arabic import question_language
from indexer.lexical import terms, tokenize


def keywords(text: str, _: Material) -> str:
    """The question without its question word, other function words and punctuation."""
    return _or_as_it_is(text, _content_words(text))


def rarest(count: int) -> Variant:
    """A variant that keeps the rarest ``count`` words of a question, numbers left out, in their order."""
    return partial(_rarest, count)


def names_only(text: str, material: Material) -> str:
    """Only the names: capitalised words of an English question, the two rarest words of an Arabic one."""
    if question_language(text) == "ar":
        return _rarest(2, text, material)
    return _or_as_it_is(text, [match.group() for match in names_of(text)])


def _rarest(count: int, text: str, material: Material) -> str:
    words = [word for word in _content_words(text) if any(map(str.isalpha, word))]
    # Of words equally rare the longer one says more; of the rest, the first.
    places = sorted(range(len(words)), key=lambda at: (-material.rarity(words[at]), -len(words[at]), at))
    return _or_as_it_is(text, [words[at] for at in sorted(places[:count])])


def _content_words(text: str) -> list[str]:
    return [word for token in tokenize(text) if terms(word := text[token.start : token.end])]


def _or_as_it_is(text: str, words: list[str]) -> str:
    return " ".join(words) or text

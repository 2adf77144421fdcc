"""What a question asks for in the articles' words where its own are in another script: translations and names.

Translations come from the lexicon and are terms of the lexical vector; names go by sound and have ids that no term has.
Both are in one sparse vector, so that one search adds up their scores. See docs/decisions/0012-across-scripts.md.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from indexer.lexical import SparseVector, joined, sparse_vector, terms, tokenize, words, words_vector
from indexer.lexicon import Translation, translations
from indexer.names import question_names, words_names

#: Written short in questions, in words in articles: "$1.5bn" is 1.5 billion dollar.
_AMOUNT: Final = re.compile(
    r"(?:(?P<sign>[$€£]) ?)?(?P<number>[0-9]+(?:[.,][0-9]+)*)(?P<unit>bn|mn|tn)?(?![A-Za-z0-9])"
)
_SIGNS: Final = {"$": " dollar", "€": " euro", "£": " pound"}
_UNITS: Final = {"bn": " billion", "mn": " million", "tn": " trillion"}
#: 1990s, 21st: the number alone is what the other script shares.
_NUMBER_WITH_ENDING: Final = re.compile(r"\b([0-9]+)(?:s|st|nd|rd|th)\b")


class CrossScript(NamedTuple):
    """A question as two sparse vectors.

    Attributes:
        words: for the lexical vector: the question's own terms and their translations.
        names: for the vector of names; weighted so that the scores of both searches may be added.
    """

    words: SparseVector
    names: SparseVector


def passage_terms(passage: str) -> SparseVector:
    """The sparse vector that the index keeps of a passage: BM25 weights of its words, and how its words sound."""
    read = words(passage)
    return joined(words_vector(read), words_names(read))


def question_terms(question: str) -> SparseVector:
    """The sparse vector that a question is looked for with: its words, their translations, and how names sound."""
    return joined(*cross_script_terms(question))


def cross_script_terms(question: str) -> CrossScript:
    """The terms and names that passages in either script may have in common with a question in Arabic or English.

    Words that the lexicon knows are translated and, where they are Latin, not looked for by sound as well.
    """
    text = _spelled_out(question)
    tokens = tokenize(text)
    found = translations(text, tokens)
    known = {place for one in found for place in range(one.first, one.end) if tokens[place].text.isascii()}
    return CrossScript(sparse_vector(_word_weights(text, found)), question_names(text, known))


def _spelled_out(question: str) -> str:
    amounts = _AMOUNT.sub(
        lambda found: found["number"] + _UNITS.get(found["unit"], "") + _SIGNS.get(found["sign"], ""), question
    )
    return _NUMBER_WITH_ENDING.sub(r"\1", amounts)


def _word_weights(text: str, found: list[Translation]) -> dict[str, float]:
    """Own terms at 1; a translation's terms less the more of them there are and the more translations a word has."""
    weights = dict.fromkeys(terms(text), 1.0)
    for one in found:
        for phrase in one.phrases:
            weight = (len(phrase) * len(one.phrases)) ** -0.5
            for term in phrase:
                weights[term] = max(weights.get(term, 0.0), weight)
    return weights

"""Follow-up questions made standalone by rules: what they leave out is taken from the question before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.arabic import fold_text, is_arabic, question_language
from indexer.lexical import terms, tokenize
from service.asking import reference_words as words
from service.asking.conversation import Turn
from service.asking.follow_up import dependence, is_aspect, says_something

_END = " ?؟.!\n"
#: Words of an answer that tell who or what it was.
_ANSWER_WORDS = 5
_MARKER = re.compile(r"\[[0-9٠-٩, ]+\]")
#: Prepositions by whose object two questions differ: "in Jordan" and "in Egypt".
_PREPOSITIONS = frozenset("in for at from by on في من عن على لدى".split())  # noqa: SIM905  (one line)
_NAME = r"(?:(?:the )?[A-Z][\w'’-]*(?: (?:of |al-)?[A-Z][\w'’-]*)*)"


class RuleRewriter:
    """Makes questions standalone without a model; implements ``service.asking.conversation.Rewriter``."""

    def standalone(self, question: str, history: Sequence[Turn]) -> str:
        """The question with what it leaves out, in brackets behind it or where it belongs."""
        asked = answered = ""
        for turn in history:
            if turn.role == "user":
                asked, answered = _with_context(turn.text.strip(), asked, answered), ""
            elif turn.role == "assistant":
                answered = turn.text
        return _with_context(question.strip(), asked, answered)


def _with_context(question: str, asked: str, answered: str) -> str:
    kind = dependence(question, f"{asked} {answered}") if asked and question else "none"
    if kind == "none":
        return question
    if kind == "fragment" and (replaced := _replaced(question, asked)):
        return replaced
    if kind == "bare" and (joined := _joined(question, asked)):
        return joined
    context = _topic(asked, aspects=kind == "fragment")
    if kind == "pointing" and _asks_who(asked) and (who := _head(answered)):
        context = f"{who}: {context}"
    mark = "؟" if question_language(question) == "ar" else "?"
    return f"{question.rstrip(_END)} ({context}){mark}" if terms(context) else question


def _topic(asked: str, *, aspects: bool) -> str:
    """The question without the words that ask, and without the aspect that it asked about unless that is wanted."""
    for token in tokenize(asked):
        if says_something(token.text) and (aspects or not is_aspect(token.text)):
            return asked[token.start :].rstrip(_END + ")").replace(" (", "، " if is_arabic(asked[0]) else ", ")
    return ""


def _asks_who(asked: str) -> bool:
    return any(token.text in {"who", "whom", "من", "ومن"} for token in tokenize(asked)[:2])


def _head(answered: str) -> str:
    """The first words of an answer, without its markers and quotation marks."""
    plain = _MARKER.sub("", answered.split("\n", 1)[0]).strip(" «»\"'")
    return " ".join(plain.split()[:_ANSWER_WORDS]).rstrip(_END + "،,«»")


def _joined(question: str, asked: str) -> str:
    """ "Why?" after "Was it signed?" is "Why was it signed?"; empty where the question before was not yes or no."""
    first, _, rest = asked.partition(" ")
    word = question.rstrip(_END)
    if fold_text(first) == "هل" and question_language(question) == "ar":
        return f"{word} {rest}"
    if first.lower() in words.AUXILIARIES and word.lower() in {"why", "when", "where", "how"}:
        return f"{word} {first.lower()} {rest}"
    return ""


def _replaced(question: str, asked: str) -> str:
    """The question before with the object of the fragment's preposition; empty where it has no such object."""
    tokens = question.rstrip(_END).split()
    while tokens and tokens[0].lower() in words.OPENERS:
        tokens = tokens[1:]
    if len(tokens) < 2:
        return ""
    preposition = tokens[0].removeprefix("و").lower()
    if preposition not in _PREPOSITIONS:
        return ""
    place = _NAME if preposition.isascii() else r"[^\W\d_]+"
    pattern = re.compile(rf"(?<!\w){preposition} {place}")
    replaced, count = pattern.subn(f"{preposition} {' '.join(tokens[1:])}", asked, count=1)
    return replaced if count else ""

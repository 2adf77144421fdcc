"""What the model is shown: numbered sentences of the best passages within a budget, in clearly delimited data blocks.

Articles are written by others and may hold instructions. Three things keep them data: they stand between delimiters;
no article can write a delimiter or a number in brackets, since its angle and square brackets are shown as other signs;
and the prompt says so before and behind them. What is changed is only what the model sees: a citation is cut out of the
article itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from string import Template
from typing import Final

from indexer.arabic import fold_text
from indexer.articles import Article
from indexer.conversation import Message
from indexer.sentences import sentence_spans
from service.answering.claims import Sentence
from service.answering.labels import HIDDEN
from service.retrieval import Passage, Question

#: Languages that there are prompts in; the first is for all others.
LANGUAGES: Final = ("en", "ar")
#: Characters of an article's title and source that are shown.
_LABEL_CHARS: Final = 200
#: Characters of a sentence that nobody writes by chance.
_TELLING_CHARS: Final = 30
#: Brackets that delimit, number or command (<|im_start|>, [INST], </articles>), and signs that look alike to a reader.
_PLAIN: Final = str.maketrans("<>[]【】［］＜＞{}", "‹›()()()‹›()")


def sentences_within(passages: Sequence[Passage], budget: int) -> list[Sentence]:
    """Whole sentences of the passages, best passages first, as many as the budget holds.

    A passage that does not fit ends with the sentence before; the first sentence of all is there in any case.

    Args:
        passages: best first.
        budget: characters that the sentences may have in the prompt, with their numbers and their articles' headings.
    """
    chosen: dict[tuple[str, tuple[int, int]], Sentence] = {}
    headed: set[str] = set()
    for passage in passages:
        for span in passage.chunk.sentences:
            sentence = Sentence(passage.article, span)
            if (passage.article.id, span) in chosen:
                continue
            heading = 0 if passage.article.id in headed else len(_heading(passage.article)) + _CLOSING_CHARS
            budget -= heading + len(sentence.text) + _NUMBER_CHARS
            if budget < 0 and chosen:
                return by_article(chosen.values())
            chosen[passage.article.id, span] = sentence
            headed.add(passage.article.id)
    return by_article(chosen.values())


def messages(question: Question, sentences: Sequence[Sentence]) -> list[Message]:
    """The prompt in the language that the answer is told in; the sentences are numbered from 1."""
    return _framed("", question.told_in, question.text, sentences)


def judging_messages(question: str, language: str, sentences: Sequence[Sentence]) -> list[Message]:
    """The prompt for whether the sentences, numbered from 1, answer a question, in the question's language."""
    return _framed("judge_", language, question, sentences)


def _framed(task: str, language: str, question: str, sentences: Sequence[Sentence]) -> list[Message]:
    """A task's rules, and the sentences and the question as data."""
    asked = prompt(f"{task}question", language).substitute(
        articles="\n".join(_blocks(sentences)), question=neutral(question)
    )
    return [Message("system", prompt(f"{task}system", language).template), Message("user", asked)]


def neutral(text: str) -> str:
    """Text that can delimit, number and command nothing and has nothing hidden, on one line."""
    return " ".join(HIDDEN.sub(" ", text).translate(_PLAIN).split())


def repeats_prompt(text: str, language: str) -> bool:
    """Whether a text has a sentence of the instructions in it: an answer has none."""
    folded = fold_text(text)
    return len(folded) >= _TELLING_CHARS and any(sentence in folded for sentence in _instructions(language))


@lru_cache
def _instructions(language: str) -> tuple[str, ...]:
    """The sentences of the instructions that are long enough to be told from an answer's."""
    text = prompt("system", language).template
    parts = [fold_text(text[start:end]) for start, end in sentence_spans(text)]
    return tuple(part for part in parts if len(part) >= _TELLING_CHARS)


@lru_cache
def prompt(name: str, language: str) -> Template:
    """A prompt from ``service/answering/prompts``."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    return Template(files("service.answering").joinpath("prompts", f"{name}.{known}.txt").read_text("utf-8").strip())


#: What a number in brackets and a line end take, and the end of an article's block.
_NUMBER_CHARS: Final = len("[999] \n")
_CLOSING_CHARS: Final = len("\n</article>\n")


def by_article(sentences: Iterable[Sentence]) -> list[Sentence]:
    """Articles in the order in which they were first found, each one's sentences in the order in which they stand."""
    articles: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        articles.setdefault(sentence.article.id, []).append(sentence)
    return [one for group in articles.values() for one in sorted(group, key=lambda sentence: sentence.span)]


def _blocks(sentences: Sequence[Sentence]) -> Iterator[str]:
    numbered = enumerate(sentences, start=1)
    for _, group in groupby(numbered, key=lambda pair: pair[1].article.id):
        lines = [(number, sentence) for number, sentence in group]
        yield _heading(lines[0][1].article)
        yield from (f"[{number}] {neutral(sentence.text)}" for number, sentence in lines)
        yield "</article>"


def _heading(article: Article) -> str:
    date = f"{article.published_at:%Y-%m-%d}" if article.published_at else ""
    about = {"source": article.source, "date": date, "title": article.title}
    shown = (f'{name}="{_label(value)}"' for name, value in about.items() if value)
    return f"<article {' '.join(shown)}>".replace(" >", ">")


def _label(text: str) -> str:
    return neutral(text[:_LABEL_CHARS]).replace('"', "'")

"""What the model is shown: numbered sentences of the best passages within a budget, in clearly delimited data blocks.

Articles are written by others and may hold instructions. Three things keep them data: they stand between delimiters;
no article can write a delimiter or a number in brackets, since its angle and square brackets are shown as other signs;
and the prompt says so before and behind them. What is changed is only what the model sees: a citation is cut out of the
article itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from string import Template
from typing import Final

from indexer.articles import Article
from indexer.conversation import Message
from service.answering.claims import Sentence
from service.retrieval import Passage, Question

#: Languages that there are prompts in; the first is for all others.
LANGUAGES: Final = ("en", "ar")
#: Characters of an article's title and source that are shown.
_LABEL_CHARS: Final = 200
#: Brackets that delimit, number or command (<|im_start|>, [INST], </articles>), and signs that look alike to a reader.
_PLAIN: Final = str.maketrans("<>[]【】［］＜＞{}", "‹›()()()‹›()")
#: Line ends, control characters, and marks that hide or turn text: one line stays one line, as it looks.
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")


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
    """Text that can delimit, number and command nothing, on one line."""
    return " ".join(_UNSEEN.sub(" ", text).translate(_PLAIN).split())


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

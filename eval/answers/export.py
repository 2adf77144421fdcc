"""Answers for other tools: a line of JSON each, with texts of articles in them: mind their licence.

``ragnarok``: the schema of the TREC RAG track's answers, as Ragnarök writes and reads it (Pradeep et al. 2024).
``ragas``: the fields of a single-turn sample of ragas.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.answers.asking import Answered
from eval.answers.statements import statements
from indexer.errors import BadInput


def _ragnarok(one: Answered) -> dict[str, Any]:
    """References are ids of cited articles, each once; a sentence's citations are places among them, from 0.

    The length is in words, those of the sentences. What says that there is no answer is a sentence without citations.
    """
    articles = {citation.marker: citation.article_id for citation in one.answer.citations}
    references = list(dict.fromkeys(articles.values()))
    sentences = [
        {
            "text": statement.text,
            "citations": [references.index(articles[marker]) for marker in statement.markers if marker in articles],
        }
        for statement in statements(one.answer)
    ] or [{"text": one.answer.answer, "citations": []}]
    return {
        "topic_id": one.asked.query,
        "topic": one.asked.text,
        "references": references,
        "response_length": sum(len(str(sentence["text"]).split()) for sentence in sentences),
        "answer": sentences,
    }


def _ragas(one: Answered) -> dict[str, Any]:
    gold = one.asked.gold
    return {
        "user_input": one.asked.text,
        "response": one.answer.answer,
        "retrieved_contexts": list(one.passages),
        "reference": gold.spans[0] if gold else "",
    }


FORMATS: Mapping[str, Callable[[Answered], dict[str, Any]]] = {"ragnarok": _ragnarok, "ragas": _ragas}


def export(path: Path, form: str, answered: Sequence[Answered]) -> None:
    """Write the answers in one of ``FORMATS``, the whole file or nothing of it.

    Raises:
        BadInput: it cannot be written.
    """
    lines = (json.dumps(FORMATS[form](one), ensure_ascii=False) + "\n" for one in answered)
    temporary = path.with_name(f"{path.name}.new")
    try:
        temporary.write_text("".join(lines), "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise BadInput(f"the answers cannot be written to {path} ({error.strerror or error}); name another") from error

"""Requests to questions, and answers to annotations, without a server."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from service.answering import Answer, Citation
from service.answering.wording import extractive_text
from service.api.app import create_app
from service.api.openai.annotations import url_citations
from service.api.openai.conversations import Message, conversation_of
from service.api.openai.errors import BadParameter
from service.api.openai.markdown import escaped
from service.api.openai.parameters import CHAT_RULES, ignored_parameters
from service.asking.conversation import MAX_TURNS, Turn
from service.settings import Settings


def test_the_last_message_is_the_question_and_those_before_it_the_history() -> None:
    read = conversation_of(
        [
            Message(role="system", content="Answer in English."),
            Message(role="user", content="من وقّع الاتفاق؟"),
            Message(role="assistant", content=None),  # it called a tool
            Message(role="tool", content="42"),
            Message(role="assistant", content="أوكرانيا."),
            Message(role="user", content=[{"type": "text", "text": "ومتى؟"}]),
            Message(role="developer", content="Use one quote."),
        ]
    )
    assert read.question == "ومتى؟"
    assert read.history == (Turn("user", "من وقّع الاتفاق؟"), Turn("assistant", "أوكرانيا."))
    assert (read.instructions.language, read.instructions.quotes) == ("en", 1)
    assert [one.param for one in read.ignored] == ["messages[3]"]
    assert "42" in read.texts


def test_a_long_history_keeps_its_latest_turns() -> None:
    talk = [Message(role="user", content=f"سؤال {number}") for number in range(50)]
    assert conversation_of(talk).history == tuple(Turn("user", f"سؤال {at}") for at in range(49 - MAX_TURNS, 49))


@given(
    st.lists(
        st.builds(
            Message,
            role=st.sampled_from(["system", "developer", "user", "assistant", "tool"]),
            content=st.none() | st.text(max_size=30) | st.lists(st.just({"type": "text", "text": "نص"}), max_size=2),
        ),
        max_size=6,
    )
)
def test_any_conversation_has_a_question_or_is_refused_with_its_place(messages: list[Message]) -> None:
    talk = [message for message in messages if message.role not in ("system", "developer")]
    text = talk[-1].content if talk and talk[-1].role == "user" else None
    if not text or not str(text).strip():
        with pytest.raises(BadParameter) as raised:
            conversation_of(messages)
        assert raised.value.param.startswith("messages")
    else:
        asked = text.strip() if isinstance(text, str) else "\n".join(["نص"] * len(text))
        assert conversation_of(messages).question == asked


@pytest.mark.parametrize("given_", [{"n": 1}, {"tools": []}, {"stop": None}, {"user": "u", "metadata": {"a": "b"}}])
def test_what_changes_nothing_is_not_told_back(given_: dict[str, Any]) -> None:
    assert ignored_parameters(given_, CHAT_RULES) == []


def test_an_unknown_parameter_is_told_back() -> None:
    (told,) = ignored_parameters({"temprature": 0.2}, CHAT_RULES)
    assert told.param == "temprature"


def test_true_is_not_one() -> None:
    with pytest.raises(BadParameter, match="one answer"):
        ignored_parameters({"n": True}, CHAT_RULES)


def rendered(content: str) -> str:
    """Markdown without its escapes, as a reader sees it."""
    return re.sub(r"\\([\\\[\]<])", r"\1", content)


def answer_of(mode: str, text: str, *citations: Citation) -> Answer:
    return Answer("سؤال", "ar", "answered", mode, text, citations)


@given(
    st.lists(st.text(alphabet="اب1[]«»\\<!(: \n", min_size=1, max_size=12), min_size=1, max_size=3),
    st.sampled_from(["ar", "en"]),
)
def test_annotations_find_the_markers_whatever_the_quotes_hold(quotes: list[str], language: str) -> None:
    text = "\n".join(quotes)
    article = Article("a", "عنوان [1]", text, source="[2]", url="https://a.example")
    starts = [sum(len(quote) + 1 for quote in quotes[:at]) for at in range(len(quotes))]
    citations = [
        Citation.of(article, (start, start + len(quote)), marker, 1.0)
        for marker, (start, quote) in enumerate(zip(starts, quotes, strict=True), start=1)
    ]
    answer = answer_of("extractive", f"مقدمة [1]\n{extractive_text(language, citations)}", *citations)
    annotations = url_citations(answer, "http://here/")
    assert len(annotations) == len(citations)
    content = escaped(answer.answer)
    for one, citation in zip(annotations, citations, strict=True):
        assert content[one.start_index : one.end_index] == f"[{citation.marker}]"
        assert rendered(content[: one.start_index]).endswith(f"«{citation.quote}» ")


def test_every_marker_of_a_models_answer_is_annotated() -> None:
    article = Article("a/b", "", "أعلنت. نفت.")
    cited = [Citation.of(article, (0, 6), 1, 1.0), Citation.of(article, (7, 11), 2, 1.0)]
    answer = answer_of("generative", "أعلنت. [1][2] ثم نفت. [2] والرقم [7].", *cited)
    annotations = url_citations(answer, "http://here/")
    assert [answer.answer[one.start_index : one.end_index] for one in annotations] == ["[1]", "[2]", "[2]"]
    assert annotations[0].url == "http://here/v1/articles/a%2Fb?spans=0-6"
    assert annotations[0].title == "a/b"
    named = [replace(one, url="https://a.example", title="عنوان") for one in cited]
    first = url_citations(replace(answer, citations=tuple(named)), "http://here/")[0]
    assert (first.url, first.title) == ("https://a.example", "عنوان")


def test_a_service_that_is_not_ready_says_so_in_openais_shape() -> None:
    client = TestClient(create_app(Settings()), base_url="http://localhost")  # its lifespan has not begun
    for response in (
        client.get("/v1/models"),
        client.post("/v1/chat/completions", json={"model": "masdar", "messages": [{"role": "user", "content": "س"}]}),
    ):
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert response.json()["error"]["type"] == "server_error"


#: A bracket, or what would open HTML, that Markdown would read as such.
ACTIVE = re.compile(r"(?<!\\)(?:\\\\)*(?:!\[|\](?=[(:])|<)")


@given(st.text(alphabet="ab1![]()<>:\\ \n«»", max_size=40))
def test_an_answer_as_markdown_has_no_image_link_or_html_and_reads_as_it_was(text: str) -> None:
    content = escaped(text)
    assert not ACTIVE.search(content)
    assert rendered(content) == text


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("«قال» [1][2]\n«ثم» [3]", "«قال» [1][2]\n«ثم» [3]"),
        ("![x](http://evil.example/?q=1)", r"!\[x\](http://evil.example/?q=1)"),
        (r"!\[x\](http://evil.example)", r"!\\\[x\\\](http://evil.example)"),
        ("[1](http://evil.example)", r"\[1\](http://evil.example)"),
        ("[1]: http://evil.example", r"\[1\]: http://evil.example"),
        ("<img src=x>", r"\<img src=x>"),
    ],
)
def test_what_markdown_would_act_on_is_escaped_and_markers_are_not(text: str, content: str) -> None:
    assert escaped(text) == content


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "file:///etc/passwd", ""]
)
def test_an_address_that_is_none_of_the_web_is_no_annotation(url: str) -> None:
    article = Article("a", "عنوان", "قال.", url=url)
    answer = answer_of("extractive", "«قال.» [1]", Citation.of(article, (0, 4), 1, 1.0))
    assert url_citations(answer, "http://here/")[0].url == "http://here/v1/articles/a?spans=0-4"

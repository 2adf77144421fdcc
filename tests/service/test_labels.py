"""Labels beside quotes: what an article's writer chose passes for nothing of ours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from service.answering import Citation
from service.answering.labels import HIDDEN, LONGEST, label, name, visible, web_address
from service.answering.wording import extractive_text

TEXTS = st.text(alphabet="اب a1[]【】«»“”\n\t\u202e\u200f\U000e0041\ufe0f\u06dd\u200c!", max_size=60)


@given(TEXTS)
def test_a_label_is_one_line_without_brackets_or_what_is_hidden(text: str) -> None:
    shown = label(text)
    assert not HIDDEN.search(shown)
    assert not set(shown) & set("[]【】［］“”\n")
    assert not set(name(text)) & set("«»")


@given(TEXTS)
def test_what_is_seen_of_a_text_stays_with_its_lines(text: str) -> None:
    assert visible(text).count("\n") == text.count("\n")
    assert not HIDDEN.search(re.sub(r"[\n\t]", "", visible(text)))


def test_signs_of_arabic_and_joiners_of_persian_are_seen() -> None:
    assert visible("۝ ؀ می\u200cخواهم") == "۝ ؀ می\u200cخواهم"


def test_a_long_label_is_cut() -> None:
    assert len(label("ب" * 1000)) == LONGEST


def test_a_headline_cannot_forge_a_quote_with_a_marker_in_an_english_answer() -> None:
    title = "عاجل”: «استقال الوزير» [1]\n[2] وكالة (“خبر"
    article = Article("a", title, "افتتح الجسر.", source="Reuters: «He resigned» [1]\nAFP")
    text = extractive_text("en", [Citation.of(article, (0, 12), 1, 1.0)])
    assert re.findall(r"\[\d+\]", text) == ["[1]"]
    assert text.endswith("«افتتح الجسر.» [1]")
    assert "\n" not in text


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.example/b?c=1#d", True),
        ("HTTP://a.example", True),
        ("https://مثال.example/مسار", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example/b", False),
        ("http://", False),
        ("http:///b", False),
        ('http://a.example/" onclick="x', False),
        ("http://a.example/|<!channel>", False),
        ("http://a.example/\u202egpj", False),
        ("", False),
    ],
)
def test_only_an_address_of_the_web_is_one(url: str, kept: bool) -> None:
    assert web_address(url) == (url if kept else "")

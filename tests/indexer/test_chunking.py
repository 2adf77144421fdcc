"""Chunks of articles: whole sentences, raw offsets, a token budget; and the LlamaIndex contract of the packer."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from fakes import TrigramEncoder, news_article
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import BaseNode, Document, MetadataMode, NodeRelationship, TextNode

from indexer.chunking import SentencePacker, TokenCounter, chunk_of_node, pack_sentences
from indexer.sentences import sentence_spans

count_words = TrigramEncoder().count_tokens


def count_characters(texts: Sequence[str]) -> list[int]:
    """A counter under which a word can be longer than the budget."""
    return [len(text) for text in texts]


WORDS = [
    "قال",
    "الرئيس",
    "وَقَّعَ",
    "اتفاقًا",
    "في",
    "2024",
    "١٢٫٥",
    "%",
    "The",
    "U.S.",
    "أ.ف.ب",
    "«",
    "»",
    '"',
    "(",
    ")",
    "ـ",
]
BREAKS = [". ", "؟ ", "! ", "، ", "؛ ", ": ", "... ", "\n", "\n\n", "\t", "\u00a0", "\u200f", "\u200d", "- ", "1. "]
PIECES = st.sampled_from([*WORDS, *BREAKS])
ARABIC_HEAVY = st.one_of(
    st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), max_size=120).map(lambda p: "".join(a + b for a, b in p)),
    st.text(max_size=200),
)


@settings(max_examples=300)
@given(ARABIC_HEAVY, st.integers(1, 40), st.sampled_from([count_words, count_characters]))
def test_chunks_of_any_text(text: str, budget: int, count: TokenCounter) -> None:
    chunks = pack_sentences(text, count, budget)
    spans = [span for chunk in chunks for span in chunk]
    covered = set()
    end_before = 0
    for start, end in spans:
        assert end_before <= start < end <= len(text)
        covered.update(range(start, end))
        end_before = end
    assert all(char.isspace() for at, char in enumerate(text) if at not in covered)
    assert all(chunks), "no chunk is empty"
    assert chunks == pack_sentences(text, count, budget)
    for start, end in sentence_spans(text):
        if count([text[start:end]])[0] <= budget:
            assert (start, end) in spans, "a sentence that fits is not cut"


@settings(max_examples=200)
@given(ARABIC_HEAVY, st.integers(1, 40))
def test_no_chunk_has_more_tokens_than_the_budget(text: str, budget: int) -> None:
    for chunk in pack_sentences(text, count_words, budget):
        assert count_words([text[chunk[0][0] : chunk[-1][1]]])[0] <= budget


@given(ARABIC_HEAVY, st.integers(1, 12))
def test_only_one_character_may_be_larger_than_the_budget(text: str, budget: int) -> None:
    for chunk in pack_sentences(text, count_characters, budget):
        start, end = chunk[0]
        if sum(last - first for first, last in chunk) > budget:
            assert len(chunk) == 1
            assert pack_sentences(text[start:end], count_characters, 1) == [((0, end - start),)], "it can be cut"


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "\u00a0\u2003"])
def test_nothing_gives_no_chunks(text: str) -> None:
    assert pack_sentences(text, count_words) == []


def test_one_word() -> None:
    assert pack_sentences(" عاجل ", count_words) == [((1, 5),)]


def test_five_thousand_words_without_punctuation_are_cut_between_words() -> None:
    text = " ".join(["كلمة"] * 5_000)
    chunks = pack_sentences(text, count_words, 256)
    assert sum(count_words([text[a:b]])[0] for chunk in chunks for a, b in chunk) == 5_000
    assert all(text[chunk[0][0]] == "ك" for chunk in chunks)
    assert len(chunks) <= 25


def test_a_table_of_numbers_keeps_its_rows_whole() -> None:
    rows = [f"{year} | ١٬٢٣٤٫٥ | {year * 3} | 7.5% | 1,200" for year in range(1900, 2000)]
    text = "\n".join(rows)
    chunks = pack_sentences(text, count_words, 64)
    assert [text[a:b] for chunk in chunks for a, b in chunk] == rows
    assert len(chunks) > 5


def test_arabic_and_english_in_one_article() -> None:
    text = (
        "قال البيان إن شركة Apple Inc. أطلقت هاتفها الجديد. The company said it sold 1.5 million units. "
        "وأضاف: «سنطلق المزيد». It will ship in Q3 2025!"
    )
    chunks = pack_sentences(text, count_words, 12)
    found = [text[a:b] for chunk in chunks for a, b in chunk]
    assert "The company said it sold 1.5 million units." in found
    assert found[0].endswith("الجديد.")


def test_a_rest_of_one_sentence_does_not_stand_alone() -> None:
    sentence = "أعلنت الحكومة اليوم عن مشروع جديد في العاصمة بعد مفاوضات طويلة مع الشركات."
    text = " ".join([sentence] * 21 + ["انتهى البيان."])
    sizes = [sum(count_words([text[a:b]])[0] for a, b in chunk) for chunk in pack_sentences(text, count_words, 130)]
    assert min(sizes) >= 0.8 * max(sizes)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["كلمة وأخرى " * 90_000, "ا" * 1_000_000, "كلمة، " * 160_000])
def test_a_sentence_of_a_megabyte_takes_seconds(text: str) -> None:
    started = time.perf_counter()
    chunks = pack_sentences(text, TrigramEncoder().count_tokens, 256)
    assert time.perf_counter() - started < 20
    assert chunks[-1][-1][1] == len(text.rstrip())


# The LlamaIndex contract


def document(text: str, **metadata: str) -> Document:
    return Document(id_="a-1", text=text, metadata={"version": "v1", "title": "عنوان", **metadata})


def test_nodes_keep_raw_offsets_even_where_the_text_repeats() -> None:
    sentence = "أعلنت الحكومة عن مشروع جديد.\n"
    text = "  " + sentence * 6
    nodes = SentencePacker(count_words, 10).get_nodes_from_documents([document(text)])
    assert len(nodes) == 3
    assert [node.start_char_idx for node in nodes] == [2, 2 + 2 * len(sentence), 2 + 4 * len(sentence)]
    for node in nodes:
        assert node.get_content(MetadataMode.NONE) == text[node.start_char_idx : node.end_char_idx]


def test_offsets_count_code_points_of_the_untouched_text() -> None:
    text = "\ufeff😀 وَقَّعَ الرئيسُ الاتفاقَ. 👩‍👧 قالَت: نعم!\r\n\r\nEnd."
    nodes = SentencePacker(count_words, 4).get_nodes_from_documents([document(text)])
    assert "".join(text[n.start_char_idx : n.end_char_idx] for n in nodes).replace(" ", "")
    for node in nodes:
        assert node.text == text[node.start_char_idx : node.end_char_idx]


def test_nodes_become_chunks_of_their_article() -> None:
    article = news_article(1)
    packer = SentencePacker(count_words, 30)
    nodes = packer.get_nodes_from_documents([document(article.text)])
    chunks = [chunk_of_node(node) for node in nodes]
    assert [chunk.position for chunk in chunks] == list(range(len(chunks)))
    for chunk, spans in zip(chunks, pack_sentences(article.text, count_words, 30), strict=True):
        assert (chunk.article_id, chunk.version) == ("a-1", "v1")
        assert chunk.sentences == spans
        assert (chunk.start, chunk.end) == (spans[0][0], spans[-1][1])


def test_nodes_survive_json_and_are_the_same_every_time() -> None:
    packer = SentencePacker(count_words, 10)
    nodes = packer.get_nodes_from_documents([document(news_article(2).text)])
    again = packer.get_nodes_from_documents([document(news_article(2).text)])
    assert [node.to_dict() for node in nodes] == [node.to_dict() for node in again]
    assert [chunk_of_node(TextNode.from_dict(n.to_dict())) for n in nodes] == [chunk_of_node(node) for node in nodes]


def test_the_packer_runs_in_a_llama_index_pipeline() -> None:
    pipeline = IngestionPipeline(transformations=[SentencePacker(count_words, 20)])
    nodes = pipeline.run(documents=[document(news_article(3).text), Document(id_="empty", text=" ")])
    assert {node.relationships[NodeRelationship.SOURCE].node_id for node in nodes} == {"a-1"}
    assert len(nodes) > 1


def test_metadata_stays_out_of_what_a_model_reads() -> None:
    (node,) = SentencePacker(count_words).get_nodes_from_documents([document("خبر واحد.")])
    assert node.get_content(MetadataMode.EMBED) == node.get_content(MetadataMode.LLM) == "خبر واحد."


def test_the_packer_is_serialised_under_its_name_with_its_budget() -> None:
    state = SentencePacker(count_words, 77).to_dict()
    assert state["class_name"] == "SentencePacker"
    assert state["budget"] == 77


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="budget"):
        SentencePacker(count_words, 0)


@pytest.mark.parametrize(
    ("node", "says"),
    [
        (TextNode(id_="n", text="x"), "SentencePacker"),
        (Document(id_="d", text="x"), "SentencePacker"),
    ],
)
def test_nodes_of_another_parser_are_refused(node: BaseNode, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        chunk_of_node(node)


def test_a_node_that_lost_its_sentences_is_refused() -> None:
    (node,) = SentencePacker(count_words).get_nodes_from_documents([document("خبر واحد.")])
    del node.metadata["sentences"]
    with pytest.raises(ValueError, match="sentences"):
        chunk_of_node(node)

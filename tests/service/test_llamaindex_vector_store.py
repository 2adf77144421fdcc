"""MasdarVectorStore: what LlamaIndex writes is what ``masdar index`` writes, and every mode finds what it should."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes import TrigramEncoder, encoded
from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.ingestion import IngestionPipeline, run_transformations
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import ImageNode, IndexNode, NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
)

from indexer.articles import Article
from indexer.errors import BadInput, BadRecord, StoreMismatch
from indexer.pipeline import Indexer, default_transformations
from indexer.sources.items import SourceRecord
from indexer.store import Counts, Filters
from indexer.store.embedded import EmbeddedStore, open_store
from indexer.store.manifest import Manifest
from service.llamaindex import MasdarEmbedding, MasdarVectorStore
from service.llamaindex.filters import filters_of
from service.search_options import SearchOptions
from service.settings import Settings
from service.wiring import build_service

CANAL, MINERALS, STRIKE = ARTICLES = [
    Article(
        "canal",
        "رسوم العبور",
        "  عقدت الهيئة اجتماعًا.\n\nأعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة 🚢. وتسري من فبراير.",
        source="جريدة المرسى",
        url="https://marsa.example/canal",
        published_at=datetime(2025, 1, 1, tzinfo=UTC),
        language="ar",
        tags=("اقتصاد",),
    ),
    Article("minerals", "المعادن", "وقّعت أوكرانيا اتفاق المعادن في واشنطن.", source="وكالة النيل", language="ar"),
    Article("strike", "Strike", "Port workers in Tangier ended their strike on Friday.", language="en"),
]
QUESTION = "كم زادت رسوم عبور السفن؟"


def document(article: Article) -> Document:
    """The article as an application has it, its fields among the metadata."""
    names = ("title", "source", "url", "language", "published_at")
    metadata = {name: str(getattr(article, name) or "") for name in names} | {"tags": list(article.tags)}
    return Document(id_=article.id, text=article.text, metadata=metadata)


@pytest.fixture
def encoder() -> TrigramEncoder:
    return TrigramEncoder()


@pytest.fixture
def opened(tmp_path: Path, encoder: TrigramEncoder) -> Iterator[Callable[..., EmbeddedStore]]:
    stores = []

    def make(name: str = "store") -> EmbeddedStore:
        stores.append(open_store(tmp_path / name, Manifest.of(encoder.identity, 40), create=True))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def vector_store(opened: Callable[..., EmbeddedStore], encoder: TrigramEncoder) -> MasdarVectorStore:
    return MasdarVectorStore(opened(), encoder)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MasdarVectorStore]:
    """Over an index of the articles; tests must leave it as it is."""
    encoder = TrigramEncoder()
    folder = tmp_path_factory.mktemp("filled") / "store"
    with open_store(folder, Manifest.of(encoder.identity, 40), create=True) as store:
        store.put([encoded(article, encoder, budget=12) for article in ARTICLES])
        yield MasdarVectorStore(store, encoder)


def index_over(vector_store: MasdarVectorStore, encoder: TrigramEncoder, **options: Any) -> VectorStoreIndex:
    return VectorStoreIndex.from_vector_store(vector_store, embed_model=MasdarEmbedding(encoder), **options)


def ask(vector_store: MasdarVectorStore, mode: str = "default", **options: Any) -> list[str]:
    query = VectorStoreQuery(
        **{"query_str": QUESTION, "similarity_top_k": 9, "mode": VectorStoreQueryMode(mode), **options}
    )
    return vector_store.query(query).ids or []


# Reading


@pytest.mark.parametrize("mode", ["default", "sparse", "text_search", "hybrid"])
def test_every_mode_finds_verbatim_passages_of_an_existing_index(filled: MasdarVectorStore, mode: str) -> None:
    query = VectorStoreQuery(query_str=QUESTION, similarity_top_k=2, mode=VectorStoreQueryMode(mode))
    result = filled.query(query)
    assert result.nodes
    assert result.similarities == sorted(result.similarities or [], reverse=True)
    by_id = {article.id: article for article in ARTICLES}
    for node in result.nodes:
        assert isinstance(node, TextNode)
        assert by_id[node.ref_doc_id or ""].text[node.start_char_idx : node.end_char_idx] == node.text
    assert "رسوم عبور السفن" in result.nodes[0].get_content()


def test_hybrid_is_masdars_own_retrieval(filled: MasdarVectorStore, encoder: TrigramEncoder) -> None:
    service = build_service(Settings(), filled.client, encoder)
    passages = service.search(QUESTION, SearchOptions(9))
    expected = [(f"{one.article.id}:{one.chunk.position}", one.score) for one in passages]
    query = VectorStoreQuery(query_str=QUESTION, similarity_top_k=9, mode=VectorStoreQueryMode.HYBRID)
    result = filled.query(query)
    assert list(zip(result.ids or [], result.similarities or [], strict=True)) == expected
    assert ask(filled, "hybrid", hybrid_top_k=1) == [expected[0][0]]


def test_words_are_looked_for_in_either_language(filled: MasdarVectorStore) -> None:
    assert ask(filled, "sparse")[0].partition(":")[0] == "canal"
    assert ask(filled, "sparse", query_str="Tangier strike")[0] == "strike:0"
    only_english = MetadataFilters(filters=[MetadataFilter(key="language", value="en")])
    assert ask(filled, "sparse", filters=only_english) == []
    assert len(ask(filled, "sparse", sparse_top_k=1)) == 1


def test_a_query_engine_over_an_existing_index_answers(filled: MasdarVectorStore, encoder: TrigramEncoder) -> None:
    engine = index_over(filled, encoder).as_query_engine(llm=MockLLM(), similarity_top_k=2)
    sources = engine.query(QUESTION).source_nodes
    assert sources[0].node.ref_doc_id == "canal"
    hybrid = index_over(filled, encoder).as_retriever(vector_store_query_mode="hybrid", similarity_top_k=1)
    assert [found.node.ref_doc_id for found in hybrid.retrieve(QUESTION)] == ["canal"]
    assert [found.node.ref_doc_id for found in asyncio.run(hybrid.aretrieve(QUESTION))] == ["canal"]


def test_the_vector_of_a_question_may_be_given_alone(filled: MasdarVectorStore, encoder: TrigramEncoder) -> None:
    vector = MasdarEmbedding(encoder).get_query_embedding(QUESTION)
    assert ask(filled, query_str=None, query_embedding=vector) == ask(filled)
    with pytest.raises(BadInput, match=r"shape \(3,\); the index compares 96 finite numbers"):
        ask(filled, query_str=None, query_embedding=[0.1, 0.2, 0.3])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"mode": "mmr"}, "'mmr' is not known here; choose one of: default, sparse, text_search, hybrid"),
        ({"similarity_top_k": 0}, "similarity_top_k is 0; give 1 or more"),
        ({"doc_ids": ["canal"]}, "doc_ids and node_ids do not restrict"),
        ({"mode": "hybrid", "alpha": 0.3}, "alpha is 0.3"),
        ({"mode": "hybrid", "query_str": None, "query_embedding": [0.0]}, "'hybrid' needs the question as text"),
        ({"query_str": None}, "'default' needs the question as text"),
        ({"query_str": " "}, "the question is empty"),
    ],
)
def test_what_has_no_counterpart_is_refused(filled: MasdarVectorStore, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        ask(filled, **options)


def test_the_index_of_another_encoder_is_refused(filled: MasdarVectorStore) -> None:
    with pytest.raises(StoreMismatch, match="dimensions 96 instead of 64"):
        MasdarVectorStore(filled.client, TrigramEncoder(64))


# Filters


def filters(*given: tuple[str, str, Any], condition: FilterCondition = FilterCondition.AND) -> MetadataFilters:
    rows = [MetadataFilter(key=key, operator=FilterOperator(operator), value=value) for key, operator, value in given]
    return MetadataFilters(filters=rows, condition=condition)


def test_filters_are_those_of_the_index() -> None:
    given = filters(
        ("source", "==", "وكالة النيل"),
        ("language", "in", ["AR", "en"]),
        ("published_at", ">=", "2025-01-01"),
        ("published_at", "<", "2025-02-01T00:00:00+03:00"),
    )
    assert filters_of(given) == Filters(
        ("وكالة النيل",),
        ("ar", "en"),
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime.fromisoformat("2025-02-01T00:00:00+03:00"),
    )
    assert filters_of(None) == filters_of(MetadataFilters(filters=[])) == Filters()
    assert filters_of(filters(("source", "==", "أ"), condition=FilterCondition.OR)) == Filters(("أ",))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (filters(("author", "==", "x")), "author == 'x' is not known; a Masdar index takes source and language"),
        (filters(("source", "!=", "x")), "source != 'x' is not known"),
        (filters(("published_at", "<=", "2025-01-01")), "published_at <= '2025-01-01' is not known"),
        (filters(("source", "==", "x"), ("source", "==", "y")), "source == 'y' is one too many"),
        (filters(("source", "==", 3)), "source == 3 needs a string"),
        (filters(("source", "in", [])), r"source in \[\] needs a string"),
        (filters(("published_at", ">=", "أمس")), "published_at >= 'أمس' needs a date: ISO 8601"),
        (filters(("source", "==", "x"), ("language", "==", "y"), condition=FilterCondition.OR), "joined by 'or'"),
        (filters(("source", "==", "x"), condition=FilterCondition.NOT), "joined by 'not'"),
        (MetadataFilters(filters=[filters(("source", "==", "x"))]), "filters stand inside filters"),
    ],
)
def test_filters_without_a_counterpart_are_refused(given: MetadataFilters, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        filters_of(given)


@pytest.mark.parametrize("mode", ["default", "sparse", "hybrid"])
def test_filters_restrict_every_mode(filled: MasdarVectorStore, mode: str) -> None:
    given = filters(("source", "in", ["جريدة المرسى"]), ("published_at", ">=", "2025-01-01"))
    assert {name.partition(":")[0] for name in ask(filled, mode, filters=given)} == {"canal"}
    assert ask(filled, mode, filters=filters(("published_at", "<", "2025-01-01"))) == []


# Writing


def test_documents_become_what_masdar_index_writes(
    vector_store: MasdarVectorStore, opened: Callable[..., EmbeddedStore], encoder: TrigramEncoder
) -> None:
    VectorStoreIndex.from_documents(
        [document(article) for article in ARTICLES],
        transformations=vector_store.transformations(),
        storage_context=StorageContext.from_defaults(vector_store=vector_store),
        embed_model=MasdarEmbedding(encoder),
    )
    theirs = opened("theirs")
    records = (SourceRecord(article, "articles.jsonl", None) for article in ARTICLES)
    Indexer(theirs, default_transformations(encoder)).run(records)
    written = vector_store.client
    assert written.articles(["canal"])["canal"] == CANAL
    assert dict(written.versions()) == dict(theirs.versions())
    for mode in ("default", "sparse", "hybrid"):
        query = VectorStoreQuery(query_str=QUESTION, similarity_top_k=9, mode=VectorStoreQueryMode(mode))
        ours, expected = vector_store.query(query), MasdarVectorStore(theirs, encoder).query(query)
        assert (ours.ids, ours.similarities) == (expected.ids, expected.similarities)


def test_transformed_nodes_are_encoded_once(vector_store: MasdarVectorStore, encoder: TrigramEncoder) -> None:
    class Counting(TrigramEncoder):
        texts = 0

        def encode(self, texts: Sequence[str], *arguments: Any, **options: Any) -> Any:
            Counting.texts += len(texts)
            return super().encode(texts, *arguments, **options)

    counted = MasdarVectorStore(vector_store.client, Counting())
    index = index_over(counted, Counting(), transformations=counted.transformations())
    for article in ARTICLES:
        index.insert(document(article))
    assert Counting.texts == vector_store.client.counts().chunks == 3


def test_inserting_and_deleting_through_an_index(vector_store: MasdarVectorStore, encoder: TrigramEncoder) -> None:
    index = index_over(vector_store, encoder, transformations=vector_store.transformations())
    index.insert(document(CANAL))
    index.insert(document(MINERALS))
    assert ask(vector_store)[0] == "canal:0"
    index.update_ref_doc(Document(id_="canal", text="أُجّلت زيادة الرسوم إلى العام المقبل."))
    assert vector_store.client.counts() == Counts(2, 2)
    assert "أُجّلت" in vector_store.client.articles(["canal"])["canal"].text
    index.delete_ref_doc("canal")
    index.delete_ref_doc("unknown")
    assert [name for name, _ in vector_store.client.versions()] == ["minerals"]
    asyncio.run(vector_store.adelete("minerals"))
    assert ask(vector_store) == []


def split(vector_store: MasdarVectorStore, article: Article) -> list[Any]:
    splitter = SentenceSplitter(chunk_size=120, chunk_overlap=20)
    return list(run_transformations([document(article)], [vector_store.documents, splitter]))


def test_passages_of_another_splitter_are_offsets_too(vector_store: MasdarVectorStore) -> None:
    nodes = split(vector_store, CANAL)
    assert len(nodes) > 1
    assert vector_store.add(nodes) == [f"canal:{number}" for number in range(len(nodes))]
    query = VectorStoreQuery(query_str=QUESTION, similarity_top_k=9)
    found = {node.node_id: node for node in vector_store.query(query).nodes or []}
    for number, node in enumerate(nodes):
        there = found[f"canal:{number}"]
        assert isinstance(there, TextNode)
        assert CANAL.text[there.start_char_idx : there.end_char_idx] == node.text == there.text
        assert "lexical" not in node.metadata  # the application's nodes stay as they are


def test_a_document_may_come_in_two_parts(vector_store: MasdarVectorStore) -> None:
    first, *rest = split(vector_store, CANAL)
    vector_store.add([*split(vector_store, MINERALS), first])
    assert asyncio.run(vector_store.async_add(rest)) == [f"canal:{number + 1}" for number in range(len(rest))]
    assert vector_store.client.counts() == Counts(2, 2 + len(rest))
    vector_store.add(rest)  # again: nothing is doubled
    assert vector_store.client.counts() == Counts(2, 2 + len(rest))


def test_a_document_in_two_parts_that_masdar_cut(vector_store: MasdarVectorStore) -> None:
    nodes = run_transformations([document(CANAL)], vector_store.transformations(chunk_tokens=6))
    for node in nodes:
        vector_store.add([node])
    assert vector_store.client.counts() == Counts(1, len(nodes))
    assert len(nodes) > 2


def test_an_inserted_document_is_answered_from(vector_store: MasdarVectorStore, encoder: TrigramEncoder) -> None:
    vector_store.add(split(vector_store, CANAL))
    passages = build_service(Settings(), vector_store.client, encoder).search(QUESTION, SearchOptions(5))
    for passage in passages:
        assert [CANAL.text[start:end] for start, end in passage.chunk.sentences] != []
        assert all(passage.chunk.start <= start < end <= passage.chunk.end for start, end in passage.chunk.sentences)


def test_a_node_of_no_document_is_an_article_of_its_own(vector_store: MasdarVectorStore) -> None:
    (name,) = vector_store.add([TextNode(id_="note", text="زادت رسوم عبور السفن.", metadata={"title": "خبر"})])
    assert name == "note:0"
    assert vector_store.client.articles(["note"])["note"].title == "خبر"
    assert ask(vector_store) == ["note:0"]


def test_an_ingestion_pipeline_writes(vector_store: MasdarVectorStore) -> None:
    pipeline = IngestionPipeline(transformations=vector_store.transformations(), vector_store=vector_store)
    pipeline.run(documents=[document(article) for article in ARTICLES])
    assert vector_store.client.counts() == Counts(3, 3)


def test_a_node_of_an_unknown_document_is_refused(vector_store: MasdarVectorStore) -> None:
    node = TextNode(text="نص", relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id="elsewhere")})
    with pytest.raises(BadInput, match=r"'elsewhere' is not known.*vector_store.transformations\(\)"):
        vector_store.add([node])


def test_a_rewritten_text_is_refused_and_the_document_still_known(vector_store: MasdarVectorStore) -> None:
    (node,) = split(vector_store, MINERALS)
    rewritten = node.model_copy(update={"text": "وقعت اوكرانيا اتفاقا"})
    with pytest.raises(BadInput, match="does not stand in document 'minerals'"):
        vector_store.add([rewritten])
    assert vector_store.client.counts() == Counts(0, 0)
    assert vector_store.add([node]) == ["minerals:0"]


@pytest.mark.parametrize("node", [ImageNode(id_="picture"), IndexNode(id_="pointer", text="نص", index_id="x")])
def test_other_nodes_than_text_are_refused(vector_store: MasdarVectorStore, node: TextNode) -> None:
    with pytest.raises(BadInput, match="takes text nodes"):
        vector_store.add([node])


def test_a_document_without_a_text_is_refused(vector_store: MasdarVectorStore) -> None:
    with pytest.raises(BadRecord, match="LlamaIndex document 'blank': it has no text"):
        vector_store.documents([Document(id_="blank", text=" ", metadata={"content": "غيره"})])


def test_a_value_that_cannot_be_read_is_left_out_with_a_warning(vector_store: MasdarVectorStore) -> None:
    odd = Document(id_="odd", text="خبر قصير.", metadata={"date": "أمس"})
    with pytest.warns(UserWarning, match="LlamaIndex document 'odd': "):
        (made,) = vector_store.documents([odd])
    assert made.metadata["published_at"] is None

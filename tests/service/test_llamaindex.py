"""The LlamaIndex drop-ins: vectors as in the index, passages with offsets, and global settings left alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from fakes import TrigramEncoder, encoded
from llama_index.core import Settings as Globals
from llama_index.core import VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, TextNode

from indexer.articles import Article
from indexer.encoder import EncoderIdentity, Encoding, Kind
from indexer.encoder.centring import centring_for
from indexer.errors import BadInput
from indexer.store import Filters
from indexer.store.embedded import open_store
from indexer.store.folder import make_folder
from indexer.store.manifest import Manifest
from service.llamaindex import MasdarEmbedding, MasdarRetriever
from service.search_options import SearchOptions
from service.settings import Settings
from service.wiring import Service, build_service

QUESTION = "كم زادت رسوم عبور السفن؟"
ARTICLES = [
    Article(
        "canal",
        "رسوم العبور",
        "  عقدت الهيئة اجتماعًا.\n\nأعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة 🚢. وتسري من فبراير.",
        source="جريدة المرسى",
        url="https://marsa.example/canal",
        published_at=datetime(2025, 1, 1, tzinfo=UTC),
        language="ar",
    ),
    Article("minerals", "المعادن", "وقّعت أوكرانيا اتفاق المعادن في واشنطن.", source="وكالة النيل", language="ar"),
    Article("strike", "Strike", "Port workers in Tangier ended their strike on Friday.", language="en"),
]


class PrefixedEncoder(TrigramEncoder):
    """Gives questions other vectors than passages, as E5 does, and remembers which threads it ran in."""

    def __init__(self, name: str = "trigrams", dimensions: int = 96) -> None:
        super().__init__(dimensions)
        self.name = name
        self.threads: set[int] = set()

    @property
    def identity(self) -> EncoderIdentity:
        return EncoderIdentity(self.name, f"weights of {self.name}", self.dimensions)

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        self.threads.add(threading.get_ident())
        return super().encode([f"{kind}: {text}" for text in texts], kind, tokens=tokens)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder, encoder = tmp_path_factory.mktemp("llamaindex") / "store", TrigramEncoder()
    make_folder(folder)
    with open_store(folder, Manifest.of(encoder.identity, 40), create=True) as store:
        store.put([encoded(article, encoder, budget=12) for article in ARTICLES])
        yield build_service(Settings(), store, encoder)


def test_questions_and_passages_get_their_own_prefixes() -> None:
    encoder = PrefixedEncoder()
    embedding = MasdarEmbedding(encoder)
    expected = {kind: encoder.encode([QUESTION], kind)[0].vector for kind in ("query", "passage")}
    assert embedding.get_query_embedding(f" {QUESTION}\n") == pytest.approx(expected["query"].tolist())
    assert embedding.get_text_embedding(QUESTION) == pytest.approx(expected["passage"].tolist())
    assert embedding.get_query_embedding(QUESTION) != embedding.get_text_embedding(QUESTION)


@pytest.mark.parametrize(("question", "language"), [(QUESTION, "ar"), ("How high are canal fees?", "en")])
def test_vectors_of_the_bundled_model_are_centred_as_in_the_index(question: str, language: str) -> None:
    encoder = PrefixedEncoder("intfloat/multilingual-e5-small (int8)", 384)
    embedding, centring = MasdarEmbedding(encoder), centring_for(encoder.identity)
    raw = {kind: encoder.encode([question], kind)[0].vector for kind in ("query", "passage")}
    asked = centring.sentence(raw["query"], "query", language)
    assert embedding.get_query_embedding(question) == pytest.approx(asked.tolist())
    read = centring.sentence(raw["passage"], "passage")
    assert embedding.get_text_embedding(question) == pytest.approx(read.tolist())
    assert np.abs(asked - raw["query"]).max() > 0.01


def test_asynchronous_embedding_gives_the_same_and_leaves_the_event_loop_free() -> None:
    encoder = PrefixedEncoder()
    embedding = MasdarEmbedding(encoder)
    texts = [article.text for article in ARTICLES]

    async def embed() -> tuple[list[float], list[float], list[list[float]]]:
        question = await embedding.aget_query_embedding(QUESTION)
        return question, await embedding.aget_text_embedding(texts[0]), await embedding.aget_text_embedding_batch(texts)

    question, first, batch = asyncio.run(embed())
    assert threading.get_ident() not in encoder.threads
    assert question == embedding.get_query_embedding(QUESTION)
    assert first == batch[0]
    assert batch == embedding.get_text_embedding_batch(texts)


def test_two_encoders_do_not_share_cached_vectors() -> None:
    one, other = MasdarEmbedding(PrefixedEncoder("one")).to_dict(), MasdarEmbedding(PrefixedEncoder("other")).to_dict()
    assert one["weights"] != other["weights"]
    assert one["model_name"] == "one"


def test_embedding_serves_a_vector_index_in_memory() -> None:
    nodes = [TextNode(id_=article.id, text=article.text) for article in ARTICLES]
    index = VectorStoreIndex(nodes, embed_model=MasdarEmbedding(TrigramEncoder()))
    (found,) = index.as_retriever(similarity_top_k=1).retrieve(QUESTION)
    assert found.node.node_id == "canal"


def test_nodes_are_passages_with_raw_offsets_and_their_article(service: Service) -> None:
    found = MasdarRetriever(service).retrieve(QUESTION)
    assert len(found) >= 3
    by_id = {article.id: article for article in ARTICLES}
    for scored in found:
        node = scored.node
        assert isinstance(node, TextNode)
        assert node.ref_doc_id is not None
        assert by_id[node.ref_doc_id].text[node.start_char_idx : node.end_char_idx] == node.text
    best = found[0].node
    assert "زيادة رسوم عبور السفن" in best.get_content(MetadataMode.NONE)
    assert best.metadata == {
        "title": "رسوم العبور",
        "source": "جريدة المرسى",
        "url": "https://marsa.example/canal",
        "published_at": "2025-01-01T00:00:00+00:00",
        "article_id": "canal",
        "also_published_by": [],
    }
    scores = [scored.score or 0.0 for scored in found]
    assert scores == sorted(scores, reverse=True)


def test_service_and_retriever_find_the_same_in_step_and_asynchronously(service: Service) -> None:
    ways = [MasdarRetriever(service), MasdarRetriever(service.retriever)]
    found = [way.retrieve(QUESTION) for way in ways] + [asyncio.run(way.aretrieve(QUESTION)) for way in ways]
    expected = [(f"{p.article.id}:{p.chunk.position}", p.score) for p in service.search(QUESTION)]
    assert [[(scored.node.node_id, scored.score) for scored in nodes] for nodes in found] == [expected] * 4


def test_top_k_filters_and_passages_of_an_article_restrict(service: Service) -> None:
    assert len(MasdarRetriever(service, similarity_top_k=1).retrieve(QUESTION)) == 1
    english = MasdarRetriever(service, search=SearchOptions(filters=Filters(languages=("en",)))).retrieve(QUESTION)
    assert {scored.node.ref_doc_id for scored in english} == {"strike"}
    single = MasdarRetriever(service, search=SearchOptions(per_article=1)).retrieve(QUESTION)
    assert sorted(scored.node.ref_doc_id or "" for scored in single) == ["canal", "minerals", "strike"]


def test_what_cannot_be_asked_is_refused(service: Service) -> None:
    with pytest.raises(BadInput, match="similarity_top_k is 0; give 1 or more"):
        MasdarRetriever(service, similarity_top_k=0)
    with pytest.raises(BadInput, match="the question is empty"):
        MasdarRetriever(service).retrieve("  ")


def test_offsets_survive_a_query_engine(service: Service) -> None:
    engine = RetrieverQueryEngine.from_args(MasdarRetriever(service), llm=MockLLM())
    sources = engine.query(QUESTION).source_nodes
    assert [(scored.node.node_id, scored.node.start_char_idx) for scored in sources] == [
        (f"{passage.article.id}:{passage.chunk.position}", passage.chunk.start) for passage in service.search(QUESTION)
    ]


def test_a_language_model_reads_title_source_and_date_but_an_embedding_the_title_alone(service: Service) -> None:
    node = MasdarRetriever(service).retrieve(QUESTION)[0].node
    assert "جريدة المرسى" in node.get_content(MetadataMode.LLM)
    assert "جريدة المرسى" not in node.get_content(MetadataMode.EMBED)
    assert "رسوم العبور" in node.get_content(MetadataMode.EMBED)


def test_global_settings_are_neither_read_nor_set(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    names = list(vars(Globals))
    assert "_embed_model" in names
    for name in names:  # reading one that is None sets it to a default
        monkeypatch.setattr(Globals, name, None)
    embedding, retriever = MasdarEmbedding(TrigramEncoder()), MasdarRetriever(service)
    embedding([passage.node for passage in retriever.retrieve(QUESTION)])
    embedding.get_query_embedding(QUESTION)
    asyncio.run(embedding.aget_text_embedding_batch([QUESTION]))
    asyncio.run(retriever.aretrieve(QUESTION))
    assert [name for name in names if getattr(Globals, name) is not None] == []

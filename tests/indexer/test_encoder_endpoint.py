"""An encoder behind an address: ranks, cuts long texts, never takes a failure for a vector."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from endpoint_server import KEY, MODEL, EndpointServer, Fault, endpoint_server

from indexer import endpoints
from indexer.encoder.endpoint import BATCH, WINDOW, EndpointEncoder
from indexer.encoder.tokenizer import PieceTokenizer
from indexer.endpoints import Endpoint
from indexer.errors import EndpointBadReply, EndpointRefused, EndpointUnavailable

pytestmark = pytest.mark.slow  # LiteLLM takes seconds to import

ABOUT_THE_CANAL = "أعلنت هيئة القناة زيادة رسوم عبور السفن."
ABOUT_MINERALS = "وقّعت أوكرانيا اتفاق المعادن في واشنطن."


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    with endpoint_server() as running:
        yield running


@pytest.fixture
def place(server: EndpointServer, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setattr(endpoints, "FIRST_WAIT", 0.01)
    return Endpoint(f"openai/{MODEL}", server.url, KEY, seconds=20.0, tries=2)


@pytest.fixture
def encoder(place: Endpoint) -> EndpointEncoder:
    return EndpointEncoder(place)


def test_a_question_is_nearest_to_the_text_that_answers(encoder: EndpointEncoder) -> None:
    canal, minerals = encoder.encode([ABOUT_THE_CANAL, ABOUT_MINERALS], "passage", tokens=True)
    (question,) = encoder.encode(["كم رسوم عبور القناة؟"], "query", tokens=True)
    assert question.vector @ canal.vector > question.vector @ minerals.vector


def test_vectors_have_unit_length_and_there_are_no_tokens(encoder: EndpointEncoder) -> None:
    (encoding,) = encoder.encode([ABOUT_THE_CANAL], "passage", tokens=True)
    assert np.linalg.norm(encoding.vector) == pytest.approx(1, abs=1e-6)
    assert encoding.tokens.shape == (0, 96)
    assert encoding.spans.shape == (0, 2)


def test_the_length_of_vectors_is_asked_once(server: EndpointServer, encoder: EndpointEncoder) -> None:
    assert [encoder.identity.dimensions for _ in range(3)] == [96, 96, 96]
    assert len(server.requests) == 1


def test_an_identity_is_model_server_and_length(place: Endpoint, encoder: EndpointEncoder) -> None:
    assert encoder.identity.name == f"openai:{MODEL}"
    again = EndpointEncoder(replace(place, key=KEY, seconds=5.0)).identity
    assert again == encoder.identity
    with endpoint_server(dimensions=64) as other:
        elsewhere = EndpointEncoder(replace(place, url=other.url)).identity
    assert elsewhere.weights != encoder.identity.weights
    assert KEY not in str(encoder.identity)


def test_many_texts_go_in_batches_and_keep_their_order(server: EndpointServer, encoder: EndpointEncoder) -> None:
    texts = [f"خبر رقم {number} عن المدينة" for number in range(2 * BATCH + 3)]
    together = encoder.encode(texts, "passage")
    asked = [len(request["input"]) for request in server.requests[1:]]
    assert asked == [BATCH, BATCH, 3]
    for at in (0, BATCH, len(texts) - 1):
        assert np.allclose(together[at].vector, encoder.encode([texts[at]], "passage")[0].vector, atol=1e-6)


def test_a_long_text_is_sent_in_windows(
    server: EndpointServer, encoder: EndpointEncoder, piece_tokenizer: PieceTokenizer
) -> None:
    text = f"{ABOUT_THE_CANAL} " * 100
    (encoding,) = encoder.encode([text], "passage")
    sent = server.requests[-1]["input"]
    assert "".join(sent) == text
    assert max(piece_tokenizer.count(sent)) <= WINDOW < encoder.count_tokens([text])[0]
    (short,) = encoder.encode([ABOUT_THE_CANAL], "passage")
    assert encoding.vector @ short.vector > 0.95


def _vectors(*vectors: list[float]) -> Fault:
    data = [{"object": "embedding", "index": at, "embedding": one} for at, one in enumerate(vectors)]
    body = {"object": "list", "model": MODEL, "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    return Fault(200, json.dumps(body))


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (_vectors([1.0, 2.0]), "vectors of 2 values, and of 96 before.*--store"),
        (_vectors([0.0] * 96), "a vector without a direction"),
    ],
)
def test_a_vector_that_fits_nothing_is_an_error(
    server: EndpointServer, encoder: EndpointEncoder, fault: Fault, message: str
) -> None:
    assert encoder.identity.dimensions == 96
    server.fail(fault)
    with pytest.raises(EndpointBadReply, match=message):
        encoder.encode([ABOUT_THE_CANAL], "passage")


def test_a_failure_leaves_no_vector(server: EndpointServer, encoder: EndpointEncoder) -> None:
    assert encoder.identity.dimensions == 96
    server.fail(Fault(500), Fault(500))
    with pytest.raises(EndpointUnavailable):
        encoder.encode([ABOUT_THE_CANAL], "passage")
    server.fail(Fault(401))
    with pytest.raises(EndpointRefused):
        encoder.encode([ABOUT_THE_CANAL], "passage")

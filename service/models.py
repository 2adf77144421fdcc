"""Which encoder, reranker and language model the settings name, and how each is made.

Imported libraries follow the choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.encoder import Encoder
from indexer.encoder.bundled import BundledEncoder
from indexer.encoder.version import PRECISIONS
from indexer.errors import BadInput
from service.reranking import Reranker
from service.settings import Settings

if TYPE_CHECKING:
    from pydantic import SecretStr

    from indexer.chat import ChatModel
    from indexer.endpoints import Endpoint

#: While indexing, a server may be busy for a while.
_ENCODER_TRIES = 4
#: A person waits for a reranker: one more try, not several.
_RERANKER_TRIES = 2
#: Likewise; the quotes are there in the meantime.
_LLM_TRIES = 2
#: Providers on this machine, which need neither an address nor a key.
_LOCAL = ("ollama", "ollama_chat")


def is_bundled(settings: Settings) -> bool:
    """Whether the encoder is the bundled one."""
    return settings.encoder in PRECISIONS


def build_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name.

    Raises:
        BadInput: it needs another setting, too.
        EncoderError: its libraries are not installed, or it cannot be loaded.
    """
    if is_bundled(settings):
        return BundledEncoder(settings.encoder, threads=settings.threads)
    kind, _, name = settings.encoder.partition(":")
    if kind == "openai":
        from indexer.encoder.endpoint import EndpointEncoder

        place = _endpoint("MASDAR_ENCODER", f"openai/{name}", settings.encoder_url, settings.encoder_key, settings)
        return EndpointEncoder(place)
    from indexer.encoder.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, half=settings.encoder_fp16, threads=settings.threads)


def build_reranker(settings: Settings) -> Reranker | None:
    """The reranker that the settings name; None where they name none.

    Raises:
        BadInput: it needs another setting, too.
        EncoderError: its libraries are not installed, or it cannot be loaded.
    """
    kind, _, name = settings.reranker.partition(":")
    if kind == "none":
        return None
    if kind == "litellm":
        from service.reranking.endpoint import EndpointReranker

        place = _endpoint("MASDAR_RERANKER", name, settings.reranker_url, settings.reranker_key, settings)
        return EndpointReranker(place)
    from indexer.encoder.cross_encoder import CrossEncoderModel

    return CrossEncoderModel(name)


def build_llm(settings: Settings) -> ChatModel | None:
    """The language model that the settings name; None where they name none. Nothing is asked yet.

    Raises:
        BadInput: it needs another setting, too.
    """
    if settings.llm is None:
        return None
    from indexer.chat import ChatModel

    place = _endpoint("MASDAR_LLM", settings.llm, settings.llm_url, settings.llm_key, settings)
    return ChatModel(place, settings.llm_first_seconds)


def _endpoint(setting: str, model: str, url: str | None, key: SecretStr | None, settings: Settings) -> Endpoint:
    if url is None and key is None and model.split("/", maxsplit=1)[0] not in _LOCAL:
        raise BadInput(f"{setting} names a model behind an address; set {setting}_KEY, {setting}_URL, or both")
    from indexer.endpoints import Endpoint  # with its HTTP client, which other choices need not load

    secret = key.get_secret_value() if key else None
    tries = {"MASDAR_RERANKER": _RERANKER_TRIES, "MASDAR_LLM": _LLM_TRIES}.get(setting, _ENCODER_TRIES)
    return Endpoint(model, url, secret, settings.endpoint_seconds, tries, setting)

"""Which encoder, reranker, judge and language model the settings name, and how each is made.

Imported libraries follow the choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.encoder import Encoder
from indexer.encoder.bundled import BundledEncoder
from indexer.encoder.version import PRECISIONS
from indexer.errors import BadInput
from service.answering.asked import AnswerJudge
from service.answering.asked.rules import RuleJudge
from service.answering.asked.second import SecondedJudge, SecondJudge
from service.reranking import Reranker
from service.settings import Settings

if TYPE_CHECKING:
    from pydantic import SecretStr

    from indexer.chat import ChatModel
    from indexer.endpoints import Endpoint

#: While indexing, a server may be busy for a while.
_ENCODER_TRIES = 4
#: For these a person waits: one more try, not several.
_TRIES = {"MASDAR_RERANKER": 2, "MASDAR_JUDGE": 2, "MASDAR_LLM": 2}
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


def build_judge(settings: Settings, *, strict: bool = False) -> AnswerJudge:
    """The judge that the settings name: the rules, with a model beside them or without.

    Args:
        settings: which one, from what likelihood it says yes, how long it may take.
        strict: see ``SecondedJudge``.

    Raises:
        BadInput: it needs another setting, too.
        EncoderError: its libraries are not installed, or it cannot be loaded.
    """
    second = _second_judge(settings)
    return SecondedJudge(RuleJudge(), second, strict=strict) if second else RuleJudge()


def _second_judge(settings: Settings) -> SecondJudge | None:
    kind, _, name = settings.judge.partition(":")
    if kind == "rules":
        return None
    if kind == "llm":
        from service.answering.asked.model_judge import ModelJudge

        return ModelJudge(_judging_model(settings, name), settings.llm_max_tokens, settings.judge_seconds)
    from indexer.encoder import cross_encoder
    from service.answering.asked import pair_judges

    if kind == "nli":
        return pair_judges.InferenceJudge(cross_encoder.InferenceModel(name), settings.judge_threshold)
    return pair_judges.RelevanceJudge(cross_encoder.CrossEncoderModel(name), settings.judge_threshold)


def _judging_model(settings: Settings, name: str) -> ChatModel:
    """The language model that judges: one of its own, or the one that writes."""
    from indexer.chat import ChatModel

    if name:
        place = _endpoint("MASDAR_JUDGE", name, settings.judge_url, settings.judge_key, settings)
    elif settings.llm:
        place = _endpoint("MASDAR_LLM", settings.llm, settings.llm_url, settings.llm_key, settings)
    else:
        raise BadInput("MASDAR_JUDGE is 'llm' and MASDAR_LLM names no model; set it, or 'llm:PROVIDER/MODEL'")
    return ChatModel(place, settings.judge_seconds, limits="MASDAR_JUDGE")


def _endpoint(setting: str, model: str, url: str | None, key: SecretStr | None, settings: Settings) -> Endpoint:
    if url is None and key is None and model.split("/", maxsplit=1)[0] not in _LOCAL:
        raise BadInput(f"{setting} names a model behind an address; set {setting}_KEY, {setting}_URL, or both")
    from indexer.endpoints import Endpoint  # with its HTTP client, which other choices need not load

    secret = key.get_secret_value() if key else None
    tries = _TRIES.get(setting, _ENCODER_TRIES)
    return Endpoint(model, url, secret, settings.endpoint_seconds, tries, setting)

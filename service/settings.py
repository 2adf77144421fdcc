"""Settings, from the environment: every field is MASDAR_ and its name in capitals; empty counts as unset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from indexer.encoder.version import PRECISIONS
from indexer.errors import BadInput
from indexer.intake import IntakeRules
from indexer.late import MAX_POOLING, Datatype, LateInteraction, TokenChoice
from indexer.store import MAX_HALF_LIFE
from indexer.store.server_place import Quantisation, Scale, ServerPlace
from service.answering.policies import Caution, Policy
from service.fetch_settings import FetchSettings
from service.serving_settings import ServingSettings


def _choice(plain: tuple[str, ...], prefixes: tuple[str, ...]) -> Callable[[str], str]:
    """Accept one of the plain names, or a name after one of the prefixes."""

    def check(value: str) -> str:
        kind, _, name = value.partition(":")
        if value not in plain and not (kind in prefixes and name.strip()):
            names = " or ".join(map(repr, plain))
            longer = " or ".join(f"'{prefix}:MODEL'" for prefix in prefixes)
            raise ValueError(f"it should be {names}, {longer}")
        return value

    return check


def _address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("it should begin with http:// or https://")
    return value


def _judge(value: str) -> str:
    kind, _, name = _choice(("rules", "llm"), ("cross-encoder", "nli", "llm"))(value).partition(":")
    if kind == "llm" and name:
        _provided(name)
    return value


def _provided(value: str) -> str:
    provider, _, name = value.partition("/")
    if not provider.strip() or not name.strip():
        raise ValueError("it should be 'PROVIDER/MODEL' as LiteLLM names it, such as 'openai/MODEL' or 'ollama/MODEL'")
    return value


Address = Annotated[str, AfterValidator(_address)]


class Settings(ServingSettings, FetchSettings):
    """Where the index is, how texts are encoded, and what ranks them."""

    model_config = SettingsConfigDict(env_prefix="MASDAR_", env_ignore_empty=True, extra="ignore")

    store: Path = Field(default=Path(".masdar/store"), description="Folder of the embedded index")
    qdrant_url: Address | None = Field(default=None, description="Address of a Qdrant server that has the index")
    qdrant_key: SecretStr | None = Field(default=None, description="Its API key")
    qdrant_collection: str = Field(default="masdar", description="Name of the index there")
    qdrant_grpc_port: int = Field(default=6334, ge=0, le=65535, description="Its gRPC port; 0 is REST alone")
    qdrant_seconds: int = Field(default=10, ge=1, le=600, description="The longest that one try may take")
    qdrant_tries: int = Field(default=4, ge=1, le=20, description="How often to ask it before giving up")
    qdrant_on_disk: bool = Field(default=False, description="Whether a new index's vectors stay on disk")
    qdrant_quantisation: Quantisation = Field(default="none", description="Of a new index's sentence vectors in memory")
    qdrant_shards: int = Field(default=0, ge=0, le=1000, description="Of a new index; 0 leaves it to the server")
    qdrant_replicas: int = Field(default=1, ge=1, le=32, description="Copies of each shard of a new index")
    qdrant_write_consistency: int = Field(default=1, ge=1, le=32, description="Copies that must have a write")
    encoder: Annotated[str, AfterValidator(_choice(PRECISIONS, ("sentence-transformers", "openai")))] = Field(
        default="int8", description="The encoder: a precision of the bundled one, or another model"
    )
    encoder_url: Address | None = Field(default=None, description="Address of an 'openai:' encoder")
    encoder_key: SecretStr | None = Field(default=None, description="Key of an 'openai:' encoder")
    encoder_fp16: bool = Field(default=False, description="Compute a 'sentence-transformers:' encoder in 16 bits")
    reranker: Annotated[str, AfterValidator(_choice(("none",), ("sentence-transformers", "litellm")))] = Field(
        default="none", description="What looks at the first passages again"
    )
    reranker_url: Address | None = Field(default=None, description="Address of a 'litellm:' reranker")
    reranker_key: SecretStr | None = Field(default=None, description="Key of a 'litellm:' reranker")
    rerank_depth: int = Field(default=30, ge=1, le=300, description="Passages that the reranker reads")
    endpoint_seconds: float = Field(default=60.0, gt=0, le=3600, description="The longest a try at an address may take")
    llm: Annotated[str, AfterValidator(_provided)] | None = Field(
        default=None, description="The language model that writes answers; without one, quotes alone answer"
    )
    llm_url: Address | None = Field(default=None, description="Address of the language model")
    llm_key: SecretStr | None = Field(default=None, description="Key of the language model")
    llm_first_seconds: float = Field(default=20.0, gt=0, le=600, description="The longest wait for its first token")
    llm_seconds: float = Field(default=60.0, gt=0, le=3600, description="The longest that its answer may take")
    llm_max_tokens: int = Field(default=500, ge=16, le=8192, description="Tokens of its answer")
    llm_context: int = Field(default=6_000, ge=500, le=200_000, description="Characters of the sentences it is shown")
    partly: Caution = Field(default="mark", description="What happens to its sentences that are supported in part")
    unsupported: Caution = Field(default="mark", description="... that nothing supports")
    uncited: Caution = Field(default="mark", description="... that cite nothing and that nothing supports")
    misattributed: Policy = Field(default="keep", description="... that another sentence supports than they cite")
    judge: Annotated[str, AfterValidator(_judge)] = Field(
        default="rules", description="What judges, beside the rules, whether the quotes answer"
    )
    judge_url: Address | None = Field(default=None, description="Address of an 'llm:' judge")
    judge_key: SecretStr | None = Field(default=None, description="Key of an 'llm:' judge")
    judge_threshold: float = Field(
        default=0.5, ge=0, le=1, description="Likelihood from which a judge's model says yes"
    )
    judge_seconds: float = Field(default=15.0, gt=0, le=600, description="The longest that an 'llm' judge may take")
    threads: int = Field(default=0, ge=0, description="Threads of the model runtime; 0 is all physical cores")
    recency_days: float = Field(
        default=0,
        ge=0,
        le=MAX_HALF_LIFE,
        description="Half-life of articles in days; 0 leaves their age out of account",
    )
    passages: int = Field(default=8, ge=1, le=50, description="Passages that an answer is looked for in")
    quote_context: bool = Field(
        default=True, description="Whether a quote that cannot stand alone takes the sentence before it along"
    )
    duplicates: Literal["on", "off"] = Field(
        default="on", description="Whether copies of a story are found when articles are indexed"
    )
    quality: Literal["refuse", "off"] = Field(
        default="refuse", description="Whether what is no article (a menu, an error page) is refused"
    )
    late: Literal["on", "off"] = Field(default="on", description="Whether a new index keeps token vectors")
    late_datatype: Datatype = Field(default="turbo4", description="How a new index stores token vectors")
    late_tokens: TokenChoice = Field(default="all", description="Which tokens a new index keeps vectors of")
    late_pooling: int = Field(default=1, ge=1, le=MAX_POOLING, description="Token vectors in a row that become one")
    server: Address = Field(default="http://127.0.0.1:8000", description="The running service that masdar slack asks")
    key: SecretStr | None = Field(default=None, description="Key with which commands ask a running service")
    host: str = Field(default="127.0.0.1", min_length=1, description="Address that the service listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="Its port; 0 is any that is free")
    workers: int = Field(default=2, ge=1, le=64, description="Questions that are worked on side by side")
    llm_workers: int = Field(default=16, ge=1, le=256, description="Answers that a language model writes side by side")
    queue_limit: int = Field(default=128, ge=0, le=10_000, description="Questions that may wait")
    request_seconds: float = Field(default=90.0, gt=0, le=3600, description="The longest that an answer may take")
    shutdown_seconds: float = Field(default=30.0, ge=0, le=3600, description="What is under way may take when stopping")
    articles_limit: int = Field(default=20_000, ge=1, le=1_000_000, description="Articles that may wait to be indexed")

    @property
    def asks_llm(self) -> bool:
        """Whether an answer waits for a language model, which writes it or judges it."""
        return self.llm is not None or self.judge.partition(":")[0] == "llm"

    def extractive(self) -> Settings:
        """These settings without a language model that writes; one that judges, under whichever name, stays."""
        judging = {"judge": f"llm:{self.llm}", "judge_url": self.llm_url, "judge_key": self.llm_key}
        named = self.llm is not None and self.judge == "llm"
        return self.model_copy(update={"llm": None, **(judging if named else {})})

    @property
    def intake(self) -> IntakeRules:
        """What is done with articles on their way into the index."""
        return IntakeRules(duplicates=self.duplicates == "on", refuse=self.quality == "refuse")

    @property
    def late_interaction(self) -> LateInteraction:
        """What a new index keeps of token vectors; an index that is there has it in its manifest."""
        return LateInteraction(self.late == "on", self.late_datatype, self.late_tokens, self.late_pooling)

    @property
    def qdrant_place(self) -> ServerPlace | None:
        """The index on the Qdrant server that is set; None where none is.

        Raises:
            BadInput: the address, the name or the layout is not allowed.
        """
        return self.on_server(self.qdrant_url.rstrip("/")) if self.qdrant_url else None

    def on_server(self, url: str) -> ServerPlace:
        """The index on the Qdrant server at an address, with everything else as these settings say.

        Raises:
            BadInput: the address, the name or the layout is not allowed.
        """
        scale = Scale(
            on_disk=self.qdrant_on_disk,
            quantisation=self.qdrant_quantisation,
            shards=self.qdrant_shards,
            replicas=self.qdrant_replicas,
            write_consistency=self.qdrant_write_consistency,
        )
        return ServerPlace(
            url=url,
            collection=self.qdrant_collection,
            key=self.qdrant_key.get_secret_value() if self.qdrant_key else None,
            grpc_port=self.qdrant_grpc_port,
            seconds=self.qdrant_seconds,
            tries=self.qdrant_tries,
            scale=scale,
        )

    def at(self, folder: Path | None) -> Settings:
        """These settings for an index in a folder that a person named, which comes before a server; None named none."""
        return self.model_copy(update={"store": folder, "qdrant_url": None}) if folder else self


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        BadInput: a variable has a value that is not allowed.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "MASDAR_" + "_".join(str(part) for part in first["loc"]).upper()
        reason = first["msg"].replace("Input should", "it should").removeprefix("Value error, ")
        raise BadInput(f"{name} is {first['input']!r}: {reason}; correct the variable or unset it") from error

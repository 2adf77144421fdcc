"""Settings, from the environment: every field is MASDAR_ and its name in capitals; empty counts as unset."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from indexer.errors import BadInput
from indexer.late import MAX_POOLING, Datatype, LateInteraction, TokenChoice
from indexer.store import MAX_HALF_LIFE


class Settings(BaseSettings):
    """Where the index is and how texts are encoded."""

    model_config = SettingsConfigDict(env_prefix="MASDAR_", env_ignore_empty=True, extra="ignore")

    store: Path = Field(default=Path(".masdar/store"), description="Folder of the embedded index")
    encoder: Literal["int8", "fp32"] = Field(default="int8", description="Precision of the bundled encoder")
    threads: int = Field(default=0, ge=0, description="Threads of the model runtime; 0 is all physical cores")
    recency_days: float = Field(
        default=0,
        ge=0,
        le=MAX_HALF_LIFE,
        description="Half-life of articles in days; 0 leaves their age out of account",
    )
    passages: int = Field(default=8, ge=1, le=50, description="Passages that an answer is looked for in")
    late: Literal["on", "off"] = Field(default="on", description="Whether a new index keeps token vectors")
    late_datatype: Datatype = Field(default="turbo8", description="How a new index stores token vectors")
    late_tokens: TokenChoice = Field(default="content", description="Which tokens a new index keeps vectors of")
    late_pooling: int = Field(default=1, ge=1, le=MAX_POOLING, description="Token vectors in a row that become one")

    @property
    def late_interaction(self) -> LateInteraction:
        """What a new index keeps of token vectors; an index that is there has it in its manifest."""
        return LateInteraction(self.late == "on", self.late_datatype, self.late_tokens, self.late_pooling)


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
        reason = first["msg"].replace("Input should", "it should")
        raise BadInput(f"{name} is {first['input']!r}: {reason}; correct the variable or unset it") from error

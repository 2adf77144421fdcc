"""Whom a workspace lets the bot answer, and from which articles.

A file of JSON, an object by workspace; ``*`` is for those that are not named::

    {"T0123": {"channels": ["C0456"], "sources": ["وكالة النيل"], "languages": ["ar"], "direct": true}, "*": {}}

An empty list, or a key that is left out, allows all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from indexer.errors import BadInput
from service.api import schemas

EVERY = "*"


class Rules(BaseModel):
    """The rules of one workspace."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channels: tuple[str, ...] = Field(default=(), description="Ids of channels that are answered")
    direct: bool = Field(default=True, description="Whether direct messages are")
    sources: tuple[str, ...] = Field(default=(), description="Sources that answers may come from")
    languages: tuple[str, ...] = Field(default=(), description="Languages of articles")
    tags: tuple[str, ...] = Field(default=(), description="Tags of articles")

    def allows(self, channel: str) -> bool:
        """Whether questions of a conversation are answered; ids of direct messages begin with D."""
        if channel.startswith("D"):
            return self.direct
        return not self.channels or channel in self.channels

    def filters(self) -> schemas.Filters:
        """The articles that may be found."""
        return schemas.Filters(sources=list(self.sources), languages=list(self.languages), tags=list(self.tags))


_File = TypeAdapter(dict[str, Rules])
NO_RULES = Rules()


class Workspaces:
    """The rules of all workspaces.

    Args:
        rules: by id of the workspace; ``EVERY`` for the others.
    """

    def __init__(self, rules: Mapping[str, Rules]) -> None:
        self._rules = dict(rules)

    def of(self, team: str) -> Rules:
        """The rules of a workspace."""
        return self._rules.get(team) or self._rules.get(EVERY) or NO_RULES


def read_workspaces(path: Path | None) -> Workspaces:
    """The rules of a file; no file is no rules.

    Raises:
        BadInput: it cannot be read, or is not as described above.
    """
    if path is None:
        return Workspaces({})
    try:
        return Workspaces(_File.validate_python(json.loads(path.read_text("utf-8-sig"))))
    except OSError as error:
        raise BadInput(f"the rules of workspaces {path} cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise BadInput(f"the rules of workspaces {path} are no JSON: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            f"the rules of workspaces {path}: {place}: {first['msg']}; docs/slack.md shows the file"
        ) from error

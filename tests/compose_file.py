"""Read ``docker-compose.yml`` as Compose does: anchors merged, variables put in from an environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
_VARIABLE = re.compile(r"\$(?:(\$)|\{([A-Z_]+)(?::([-?])([^}]*))?\}|(.?))")


class NotSet(ValueError):
    """A variable that must be set is not; its argument is the message that the file gives."""


def variables_of(path: Path) -> dict[str, str]:
    """What a file of variables sets."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def put_in(text: str, environment: Mapping[str, str]) -> str:
    """The text with its variables put in; ``$$`` is a dollar sign.

    Raises:
        NotSet: a variable written as ``${NAME:?message}`` is unset or empty.
        ValueError: a dollar sign begins no variable.
    """

    def value(found: re.Match[str]) -> str:
        dollar, name, kind, rest, wrong = found.groups()
        if wrong is not None:
            raise ValueError(f"${wrong} in {text!r} is no variable")
        if dollar:
            return "$"
        known = environment.get(name, "")
        if not known and kind == "?":
            raise NotSet(rest)
        return known or (rest if kind == "-" else "")

    return _VARIABLE.sub(value, text)


def compose_file(environment: Mapping[str, str]) -> dict[str, Any]:
    """The file with variables from the environment."""

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        return put_in(value, environment) if isinstance(value, str) else value

    filled_in: dict[str, Any] = filled(yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8")))
    return filled_in

"""The libraries of extras, imported by name when they are needed: Masdar works without them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from indexer.errors import BadInput


def library(name: str, extra: str = "eval") -> Any:
    """Import a library of an extra.

    Raises:
        BadInput: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise BadInput(
            f"this needs the library {name}, which is not installed: pip install 'masdar[{extra}]'"
        ) from error


def check_libraries(*, charts: bool) -> None:
    """Tell what is not installed before a long run and not after it.

    Raises:
        BadInput: a library of the measures, or of the charts where these are wanted, is not installed.
    """
    for name in ("ir_measures", "pytrec_eval", *(["matplotlib"] if charts else [])):
        library(name)

"""For all tests: no network; ``fakes``, ``word_verifier`` and the servers beside this file to import."""

from __future__ import annotations

import importlib.util
import ipaddress
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

_BLOCKED_EVENTS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}


class NetworkUsed(RuntimeError):
    """A test reached for another machine; not an OSError, which code under test may take for an outage."""


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _BLOCKED_EVENTS:
        target = arguments[0] if event.startswith("socket.get") else arguments[-1]
        if event == "socket.getaddrinfo" or isinstance(target, tuple):
            host = target[0] if isinstance(target, tuple) else target
            if not _is_here(host):
                raise NetworkUsed(f"{event} to {host!r}: tests run without a network")


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


# An audit hook (PEP 578) sees every socket of Python, in fixtures of any scope and in threads, and cannot be undone.
sys.addaudithook(_refuse_network)


def _module(name: str, path: Path) -> ModuleType:
    """A module from a file, importable by its name: in importlib mode the tests are no package."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _register(name: str) -> None:
    """Make a module beside this file importable."""
    _module(name, Path(__file__).with_name(f"{name}.py"))


_register("fakes")
_register("endpoint_server")
_register("compose_file")
_register("doc_commands")
_register("qdrant_memory")
_register("qdrant_server")
_register("served")
_register("web_server")
_register("news_page")
_register("hostile")
_register("slack_server")
_register("word_verifier")
_register("day_in_motion")
_register("tiny_models")

# How long an example takes says more of the machine than of the code.
settings.register_profile("masdar", deadline=None)
settings.load_profile("masdar")


@pytest.fixture(scope="session")
def trigrams() -> Any:
    """The ranking stand-in for the model."""
    return sys.modules["fakes"].TrigramEncoder()


@pytest.fixture(scope="session")
def generate() -> ModuleType:
    """The script that makes what is generated in the docs."""
    return _module("generate", Path(__file__).parents[1] / "docs" / "generate.py")

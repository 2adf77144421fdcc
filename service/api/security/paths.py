"""What is at a path, as far as guarding it goes."""

from __future__ import annotations

from starlette.types import Scope


def path_of(scope: Scope) -> str:
    """The path as routes see it: without the prefix under which a proxy serves the application."""
    path: str = scope["path"]
    prefix: str = scope.get("root_path", "").rstrip("/")
    return path[len(prefix) :] if prefix and path.startswith(f"{prefix}/") else path


def is_guarded(path: str) -> bool:
    """Whether it answers questions, changes the index or tells of its use; everything else is pages and probes."""
    return _is_below(path, "/v1") or _is_below(path, "/metrics")


def is_answer(path: str) -> bool:
    """Whether what comes from there is for whoever asked alone."""
    return _is_below(path, "/v1")


def takes_articles(path: str) -> bool:
    """Whether articles are sent there, which are larger than questions."""
    return _is_below(path, "/v1/articles")


def is_openai(path: str) -> bool:
    """Whether OpenAI's clients call it, which read errors in OpenAI's form alone."""
    return any(_is_below(path, own) for own in ("/v1/chat/completions", "/v1/models", "/v1/responses"))


def is_probe(path: str) -> bool:
    """Whether it tells that the service is alive, and nothing else."""
    return path in {"/healthz", "/readyz"}


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")

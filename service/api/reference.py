"""``/docs``: the description of the API as a page to read, without scripts and without another host.

FastAPI's own pages load scripts from another host, which the security policy forbids.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

router = APIRouter(include_in_schema=False)
_STYLE: Final = """\
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; font-size: 1.1rem; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, monospace; font-size: .9rem; }
pre { padding: .8rem; overflow-x: auto; border: 1px solid #8886; border-radius: .3rem; }
table { border-collapse: collapse; }
th, td { text-align: start; vertical-align: top; padding: .2rem 1rem .2rem 0; }
"""


@router.get("/docs")
async def page(request: Request) -> HTMLResponse:
    """The description of the API."""
    return HTMLResponse(reference(request.app.openapi()))


@router.get("/docs.css")
async def style() -> Response:
    """How it looks."""
    return Response(_STYLE, media_type="text/css")


def reference(description: Mapping[str, Any]) -> str:
    """The page for an OpenAPI description."""
    info = description["info"]
    parts = [part for path, methods in description["paths"].items() for part in _path(path, methods, description)]
    return "\n".join(
        [
            '<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<title>{escape(info["title"])} API</title><link rel="stylesheet" href="docs.css"></head><body><main>',
            f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>",
            f"<p>{escape(info.get('summary', ''))}. For programs: <a href='openapi.json'>openapi.json</a>.</p>",
            *parts,
            "</main></body></html>",
        ]
    )


def _path(path: str, methods: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[str]:
    for method, operation in methods.items():
        yield f"<h2><code>{method.upper()} {escape(path)}</code> {escape(operation.get('summary', ''))}</h2>"
        yield from (f"<p>{escape(part)}</p>" for part in operation.get("description", "").split("\n\n") if part)
        yield from _parameters(operation.get("parameters", []))
        yield from _body(operation, description)
        answers = ", ".join(f"{status} {answer['description']}" for status, answer in operation["responses"].items())
        yield f"<p>Answers: {escape(answers)}.</p>"


def _parameters(parameters: list[Mapping[str, Any]]) -> Iterator[str]:
    if parameters:
        yield "<table><thead><tr><th>Parameter</th><th>In</th><th>What</th></tr></thead><tbody>"
        for one in parameters:
            said = one.get("description") or one.get("schema", {}).get("title", "")
            yield f"<tr><td><code>{escape(one['name'])}</code></td><td>{one['in']}</td><td>{escape(said)}</td></tr>"
        yield "</tbody></table>"


def _body(operation: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[str]:
    """What is sent: the fields, and an example where the description has one."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for chosen in schema.get("anyOf", [schema] if schema else []):
        named = description["components"]["schemas"].get(chosen.get("$ref", "").rpartition("/")[2], chosen)
        yield "<table><thead><tr><th>Field</th><th>Needed</th><th>What</th></tr></thead><tbody>"
        for name, field in named.get("properties", {}).items():
            needed = "yes" if name in named.get("required", []) else ""
            said = field.get("description", "")
            yield f"<tr><td><code>{escape(name)}</code></td><td>{needed}</td><td>{escape(said)}</td></tr>"
        yield "</tbody></table>"
        for example in named.get("examples", [])[:1]:
            yield f"<pre>{escape(json.dumps(example, ensure_ascii=False, indent=2))}</pre>"

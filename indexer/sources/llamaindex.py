"""Any reader of LlamaIndex by name: ``llamaindex:PACKAGE.Reader?argument=value``.

A name without ``llama_index`` is looked for among its integrations: ``llamaindex:wikipedia.WikipediaReader`` is
``llama_index.readers.wikipedia.WikipediaReader``, of the package ``llama-index-readers-wikipedia``. What stands after
``?`` are arguments of ``load_data``, those with ``init.`` before them of the reader itself; values are JSON, or text.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document

from indexer.errors import BadInput, MissingLibrary
from indexer.sources.items import ReadOptions, SourceItem, items_from_record

PREFIX: Final = "llamaindex:"
_INTEGRATIONS: Final = "llama_index.readers"
_OF_INIT: Final = "init."


def read_llamaindex(name: str, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the articles that a reader of LlamaIndex gives; keys of a document's metadata are keys of a record.

    Whatever the reader raises passes: what it needs (a key, a file, a network) is its own.

    Raises:
        BadInput: the name names no reader, or its arguments do not fit it.
        MissingLibrary: its package is not installed.
    """
    address, _, query = name.removeprefix(PREFIX).partition("?")
    of_init, of_load = _arguments(query)
    kind = _reader(address)
    try:
        documents = _documents(kind(**of_init), of_load)
    except TypeError as error:
        raise BadInput(f"{address} does not take these arguments ({error}); write them as ?name=value&...") from error
    for number, document in enumerate(documents, start=1):
        yield from items_from_record(_record(document), options, name, number)


def _arguments(query: str) -> tuple[dict[str, Any], dict[str, Any]]:
    of_init: dict[str, Any] = {}
    of_load: dict[str, Any] = {}
    for key, text in parse_qsl(query, keep_blank_values=True):
        target = of_init if key.startswith(_OF_INIT) else of_load
        target[key.removeprefix(_OF_INIT)] = _value(text)
    return of_init, of_load


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _reader(address: str) -> type[BaseReader]:
    module, _, name = address.rpartition(".")
    if not module or not all(part.isidentifier() for part in address.split(".")):
        raise BadInput(f"{address!r} names no reader: write llamaindex:PACKAGE.Reader, as in wikipedia.WikipediaReader")
    modules = [module] if module.startswith("llama_index") else [f"{_INTEGRATIONS}.{module}", module]
    for candidate in modules:
        if (found := _module(candidate)) is not None:
            kind = getattr(found, name, None)
            if isinstance(kind, type) and issubclass(kind, BaseReader):
                return kind
            raise BadInput(f"{candidate} has no reader {name!r}: see the page of the package for its name")
    package = f"llama-index-readers-{module.removeprefix(_INTEGRATIONS + '.').partition('.')[0].replace('_', '-')}"
    raise MissingLibrary(f"the reader {address} is not installed; run: pip install {package}")


def _module(name: str) -> Any:
    """A module by name; None where it, or a package above it, is not there. What it lacks itself is told."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            return None
        raise MissingLibrary(f"{name} needs the package {error.name}, which is not installed") from error


def _documents(reader: BaseReader, arguments: dict[str, Any]) -> Iterable[Document]:
    """One by one where the reader can."""
    if type(reader).lazy_load_data is not BaseReader.lazy_load_data:
        return reader.lazy_load_data(**arguments)
    return reader.load_data(**arguments)


def _record(document: Document) -> dict[str, object]:
    """A document as a record; its own id counts where it is no random one, so that the next run knows the article."""
    record: dict[str, object] = {**document.metadata, "text": document.text}
    try:
        UUID(document.id_)
    except ValueError:
        record.setdefault("id", document.id_)
    return record

"""The file that lists the sources of an index: TOML, one table a source. Described in docs/sync.md."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from indexer.errors import BadInput
from indexer.sources.defaults import Defaults
from indexer.sources.fields import FieldMap
from indexer.sources.reader import LLAMAINDEX, REMOTE

#: Seconds between two looks at a source where the file says nothing.
DEFAULT_INTERVAL: Final = 900.0
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION: Final = re.compile(r"(\d{1,9})\s*([smhd])", re.ASCII)
#: Changes when what is read of a source comes to mean something else: what was remembered of it is then forgotten.
_READING: Final = 1


def seconds(value: object) -> object:
    """Read "90s", "15m", "2h" or "1d"; anything else is passed on as it is."""
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(found[1]) * _UNITS[found[2]] if found else value


_Seconds = Annotated[float, BeforeValidator(seconds), Field(ge=1, le=365 * 86_400)]


class _Table(BaseModel):
    """One source as the file has it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")
    path: str = ""
    address: str = ""
    reader: str = ""
    complete: bool | None = None
    interval: _Seconds | None = None
    source: str = Field(default="", max_length=200)
    language: str = Field(default="", pattern=r"^([a-z]{2,3})?$")
    tags: list[str] = []
    fields: dict[str, str | list[str]] = {}
    most_removed: float = Field(default=0.5, ge=0, le=1)
    pages: int | None = Field(default=None, ge=1, le=1_000_000)
    revisit: Annotated[float, BeforeValidator(seconds), Field(ge=0, le=365 * 86_400)] = 0.0
    recheck: int = Field(default=0, ge=0, le=10_000)
    withdraw_gone: bool = False


class _File(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    interval: _Seconds = DEFAULT_INTERVAL
    source: list[_Table] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source that an index is kept in step with.

    Attributes:
        name: its own among the sources of the index.
        place: a path, an address or a reader of LlamaIndex, as ``read_articles`` takes it.
        complete: whether it lists all its articles, so that one that is missing was withdrawn.
        interval: seconds between two looks at it.
        defaults: what its articles have where they say nothing themselves.
        fields: which key of a record holds which field.
        most_removed: the share of its articles that may be missing at once before that is doubted, from 0 to 1.
        pages: pages of a feed or sitemap that are looked at; None is the setting.
        revisit: seconds for which a page is not asked again while its sitemap says that it is unchanged.
        recheck: pages a round that are asked again although the source no longer lists them.
        withdraw_gone: whether an article whose own page answers 404 or 410 is withdrawn.
    """

    name: str
    place: str
    complete: bool
    interval: float
    defaults: Defaults
    fields: FieldMap
    most_removed: float
    pages: int | None
    revisit: float
    recheck: int
    withdraw_gone: bool

    @property
    def is_remote(self) -> bool:
        """Whether it is an address."""
        return self.place.startswith(REMOTE)

    @property
    def digest(self) -> str:
        """Short name of what is read and how: what is remembered of pages holds for this alone."""
        defaults = [self.defaults.source, self.defaults.language, *self.defaults.tags]
        read = [_READING, self.name, self.place, defaults, sorted(self.fields.keys.items())]
        return hashlib.sha256(json.dumps(read, ensure_ascii=False).encode()).hexdigest()[:24]


def read_listing(path: Path) -> list[ListedSource]:
    """Read the file that lists the sources; paths in it are relative to its folder.

    Raises:
        BadInput: it cannot be read, a value is not allowed, or two sources have one name.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}): check the path") from error
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, a number of 5,000 digits, lists in lists
        raise BadInput(f"{path} is not TOML: {error}; see docs/sync.md for an example") from error
    try:
        file = _File.model_validate(content)
    except ValidationError as error:
        raise BadInput(f"{path}: {_fault(error, content)}; see docs/sync.md for what is allowed") from error
    sources = [_listed(table, file.interval, path) for table in file.source]
    names = [source.name for source in sources]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadInput(f"{path}: two sources are named {twice!r}; give each a name of its own")
    return sources


def _fault(error: ValidationError, content: dict[str, Any]) -> str:
    first = error.errors()[0]
    place = [part for part in first["loc"] if part not in {"float", "str", "list[str]"}]
    named = ".".join(str(part) for part in place if not isinstance(part, int))
    number = next((part for part in place if isinstance(part, int)), None)
    tables = content.get("source")
    if number is not None and isinstance(tables, list) and isinstance(tables[number], dict):
        named += f" of source {tables[number].get('name', number + 1)!r}"
    value = repr(first["input"])
    return f"{named} is {value[:80]}: {first['msg'].replace('Input should', 'it should')}"


def _listed(table: _Table, interval: float, file: Path) -> ListedSource:
    if table.reader and not table.reader.startswith(LLAMAINDEX):
        raise _wrong(file, table, f"reader is {table.reader!r}: it begins with {LLAMAINDEX}")
    if table.address and not table.address.startswith(REMOTE):
        raise _wrong(file, table, f"address is {table.address!r}: it begins with https:// or http://")
    if not table.address and (table.recheck or table.withdraw_gone or table.revisit or table.pages):
        raise _wrong(file, table, "pages, revisit, recheck and withdraw_gone are for an address")
    return ListedSource(
        name=table.name,
        place=_place(table, file),
        complete=bool(table.path) if table.complete is None else table.complete,
        interval=table.interval or interval,
        defaults=Defaults(table.source, table.language, tuple(table.tags)),
        fields=_field_map(table, file),
        most_removed=table.most_removed,
        pages=table.pages,
        revisit=table.revisit,
        recheck=table.recheck,
        withdraw_gone=table.withdraw_gone,
    )


def _place(table: _Table, file: Path) -> str:
    given = [value for value in (table.path, table.address, table.reader) if value]
    if len(given) != 1:
        raise _wrong(file, table, f"it has {len(given)} of path, address and reader: give exactly one")
    return str(file.parent / table.path) if table.path else given[0]


def _field_map(table: _Table, file: Path) -> FieldMap:
    keys = {name: [value] if isinstance(value, str) else value for name, value in table.fields.items()}
    try:
        return FieldMap.from_flags(f"{name}={key}" for name, several in keys.items() for key in several)
    except BadInput as refusal:
        raise _wrong(file, table, str(refusal)) from refusal


def _wrong(file: Path, table: _Table, reason: str) -> BadInput:
    return BadInput(f"{file}: source {table.name!r}: {reason}")

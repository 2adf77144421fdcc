"""Server-sent events, as the HTML standard frames them, as far as the service sends them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from indexer.errors import ServiceError


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """An event: its name, and its data as an object."""

    name: str
    data: dict[str, Any]


async def events(lines: AsyncIterator[str]) -> AsyncIterator[ServerEvent]:
    """The events of a stream's lines; comments, which keep the connection alive, are passed over.

    Raises:
        ServiceError: the data of an event are no JSON object.
    """
    name, data = "message", list[str]()
    async for line in lines:
        key, _, value = line.partition(":")
        if key == "event":
            name = value.strip()
        elif key == "data":
            data.append(value.removeprefix(" "))
        elif not line and data:
            yield ServerEvent(name, _object("\n".join(data)))
            name, data = "message", []


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits; 100,000 lists in each other
        raise ServiceError("the service sent an event that is no JSON; check MASDAR_SERVER") from error
    if not isinstance(data, dict):
        raise ServiceError("the service sent an event that is no object; check MASDAR_SERVER")
    return data

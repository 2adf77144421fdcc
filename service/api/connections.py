"""Connections that send no request: they are closed, where the server would keep them for ever.

The server (uvicorn) waits as long as it takes for the end of a request's headers. A thousand connections that send one
byte each would take all its file descriptors, and nobody else could ask.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class ImpatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, with a time within which the headers of a request must have come.

    Attributes:
        header_seconds: from the connection, or from the first byte of a later request, to the end of the headers.
    """

    header_seconds = 20.0
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the library has it
        """A client has connected."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """A client has sent something."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """A client has gone."""
        super().connection_lost(exc)
        self._unwatch()

    def _watch(self) -> None:
        """Begin to wait for headers, or end it where they have come."""
        if self.conn.their_state is not h11.IDLE:
            self._unwatch()
        elif self._late is None:
            self._late = self.loop.call_later(self.header_seconds, self._close)

    def _unwatch(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _close(self) -> None:
        self._late = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()


def impatient(seconds: float) -> type[ImpatientProtocol]:
    """The protocol with this time."""
    return type("Protocol", (ImpatientProtocol,), {"header_seconds": seconds})

"""A TCP proxy on loopback that can go away and come back: what stands behind it vanishes for its clients."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_PIECE: Final = 1 << 16
_POLL: Final = 0.1


class Proxy:
    """Passes bytes on while it is up; made by ``proxied``.

    Attributes:
        port: where it listens, on 127.0.0.1.
        connections: how many were taken.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_POLL)
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._up, self._closed = threading.Event(), threading.Event()
        self._up.set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def down(self) -> None:
        """Break every connection off, and take none."""
        self._up.clear()

    def up(self) -> None:
        """Pass bytes on again."""
        self._up.set()

    def close(self) -> None:
        """End it."""
        self.down()
        self._closed.set()
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            if not self._up.is_set():
                _reset(client)
                continue
            self.connections += 1
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._target)) as server:
            other = {client: server, server: client}
            while self._up.is_set():
                ready, _, _ = select.select([client, server], [], [], _POLL)
                for one in ready:
                    piece = one.recv(_PIECE)
                    if not piece:
                        return
                    other[one].sendall(piece)
            _reset(client)


def _reset(client: socket.socket) -> None:
    """Close without a farewell, as a machine that went away: the peer's next byte is an error."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()


@contextmanager
def proxied(target: int) -> Iterator[Proxy]:
    """A proxy for a port of this machine, until the block ends."""
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.close()

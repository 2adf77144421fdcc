"""Who may write to an index on a Qdrant server: one process at a time, and a crashed one for a minute at most.

A server takes writes of everyone at once, and two writers of one article would remove each other's chunks. So a writer
first takes a lease: a point among the article records with the writer's name and the time until which it holds. It is
written on the condition that nobody else's lease is running, and read again to see who won. Searches need no lease:
they look which version of an article counts.

A writer that spreads its work over processes lends them its lease: for the time of the run each of them writes under
the one name, and nobody else does. They must not write the same article at the same time.

A lease that ran out without being given back tells that a write was broken off; whoever takes it next clears up.
Clocks of the writers' machines may differ by much less than ``LEASE_SECONDS``.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

from qdrant_client import models

from indexer.errors import StoreError, StoreLocked
from indexer.store.server_calls import Connection

LEASE_SECONDS = 60.0
#: How often a waiting writer looks.
POLL_SECONDS = 0.25
#: The point that the lease is.
LEASE = "6d617364-6172-5000-8000-000000000001"
_OWNER, _UNTIL = "lease_owner", "lease_until"


class WriterLease:
    """The right to write to an index.

    Args:
        connection: the server.
        collection: the collection of article records.
        clear_up: called while the lease is held, after another holder's write was broken off.
        lent: the name of the holder that lent it; it is renewed and not given back here.
    """

    def __init__(
        self, connection: Connection, collection: str, clear_up: Callable[[], None], lent: str | None = None
    ) -> None:
        self._connection = connection
        self._collection = collection
        self._clear_up = clear_up
        self._me = lent or uuid.uuid4().hex
        #: Whether the lease outlasts each write: it was lent to this process, or by it.
        self._kept = lent is not None
        self._threads = Lock()
        self._renewed = 0.0

    @contextmanager
    def held(self) -> Iterator[Callable[[], None]]:
        """Around a write; gives the function that renews the lease, to be called between requests.

        Raises:
            StoreLocked: another process writes, and did for longer than a lease holds; or it took the index over, since
                this one was silent for so long.
        """
        with self._threads:
            if self._kept:
                self._renew()
                yield self._renew
                return
            with self._taken():
                yield self._renew

    @contextmanager
    def lending(self) -> Iterator[str]:
        """For the time of the block, others may write under the name that this gives; renewed by a thread.

        Raises:
            StoreLocked: another process writes.
        """
        over = Event()
        with self._taken():
            self._kept = True
            keeper = Thread(target=self._keep, args=(over,), name="masdar-lease", daemon=True)
            keeper.start()
            try:
                yield self._me
            finally:
                over.set()
                keeper.join()
                self._kept = False

    def _keep(self, over: Event) -> None:
        while not over.wait(LEASE_SECONDS / 6):
            with suppress(StoreError):  # whoever writes renews it, too, and is told
                self._renew()

    @contextmanager
    def _taken(self) -> Iterator[None]:
        """Around all that is written under one lease."""
        broken_off = self._take()
        try:
            if broken_off:
                self._clear_up()
            yield
        except BaseException:
            with suppress(StoreError):  # the lease runs out by itself, and the error to be told is the first one
                self._write(self._me, 0.0)
            raise
        self._write("", 0.0)

    def broken_off(self) -> bool:
        """Whether a write was broken off and nobody has cleared up since."""
        owner, until = self._read()
        return bool(owner) and until < time.time()

    def _take(self) -> bool:
        """Take the lease; whether the one before was not given back."""
        waiting_until = time.monotonic() + LEASE_SECONDS + 2 * POLL_SECONDS
        while True:
            before, _ = self._read()
            if self._won():
                return bool(before)
            if time.monotonic() > waiting_until:
                raise StoreLocked(
                    f"the index {self._connection.place} is being written to by another process; wait until that ends "
                    "or stop it (searches go on meanwhile)"
                )
            time.sleep(POLL_SECONDS)

    def _renew(self) -> None:
        if time.monotonic() - self._renewed > LEASE_SECONDS / 4 and not self._won():
            raise StoreLocked(
                f"another process took over the index {self._connection.place}, since this one was silent for "
                f"{LEASE_SECONDS:g} seconds; run the command again: it goes on where it stopped"
            )

    def _won(self) -> bool:
        self._write(self._me, time.time() + LEASE_SECONDS)
        self._renewed = time.monotonic()
        return self._read()[0] == self._me

    def _write(self, owner: str, until: float) -> None:
        """Write the lease where none runs but our own."""
        ours = models.FieldCondition(key=_OWNER, match=models.MatchAny(any=["", self._me]))
        over = models.FieldCondition(key=_UNTIL, range=models.Range(lt=time.time()))
        point = models.PointStruct(id=LEASE, vector={}, payload={_OWNER: owner, _UNTIL: until})
        self._connection.call(
            self._connection.client.upsert,
            self._collection,
            [point],
            update_filter=models.Filter(should=[ours, over]),
            ordering=models.WriteOrdering.STRONG,
        )

    def _read(self) -> tuple[str, float]:
        found = self._connection.call(
            self._connection.client.retrieve,
            self._collection,
            [LEASE],
            consistency=models.ReadConsistencyType.ALL,
        )
        payload = (found[0].payload if found else None) or {}
        return str(payload.get(_OWNER, "")), float(payload.get(_UNTIL, 0.0))

"""Ending between two batches: a signal asks, and whoever reads or waits looks whether it did."""

from __future__ import annotations

from threading import Event


class Stopped(Exception):
    """A wait was ended because the process is to stop."""


class Stop:
    """Whether the process is to stop; may be asked from a signal handler or another thread."""

    def __init__(self) -> None:
        self._event = Event()

    def ask(self) -> None:
        """Ask to stop."""
        self._event.set()

    @property
    def asked(self) -> bool:
        """Whether someone asked."""
        return self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Wait, at most until someone asks to stop."""
        self._event.wait(seconds)

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds.

        Raises:
            Stopped: someone asked to stop.
        """
        if self._event.wait(seconds):
            raise Stopped

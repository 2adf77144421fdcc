"""Tests cannot reach another machine, and can reach this one."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

OUTSIDE = ("192.0.2.1", 80)  # RFC 5737: belongs to nobody


@pytest.mark.parametrize("call", ["connect", "connect_ex"])
def test_a_connection_to_another_machine_is_refused(call: str) -> None:
    with socket.socket() as here:
        here.settimeout(0.1)
        with pytest.raises(RuntimeError, match="without a network"):
            getattr(here, call)(OUTSIDE)


def test_a_datagram_to_another_machine_is_refused() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here,
        pytest.raises(RuntimeError, match="without a network"),
    ):
        here.sendto(b"x", OUTSIDE)


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match="example"):
        socket.create_connection(("example.org", 80), timeout=0.1)


def test_threads_are_held_to_it_too() -> None:
    caught = []

    def reach_out() -> None:
        with socket.socket() as here:
            try:
                here.connect(OUTSIDE)
            except RuntimeError as error:
                caught.append(error)

    thread = threading.Thread(target=reach_out)
    thread.start()
    thread.join(5)
    assert caught


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_can_be_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port), timeout=2):
            pass


def test_unix_sockets_work(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))

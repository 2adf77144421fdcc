"""A Ray cluster to work on: one of this machine's processes, started and stopped here, or one that runs already."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from indexer.encoder.cores import usable_cores
from indexer.errors import BadInput, ClusterError
from indexer.extras import needing

#: Bytes of shared memory for what is on its way between processes of a local cluster.
OBJECT_STORE = 500_000_000
#: Ray's own settings for a local cluster, read when it is imported. Nothing is reported to its makers. The addresses
#: that its processes listen on are loopback: the variable says whether other machines may join, on any system. A token
#: of this process alone keeps other users of the machine out. A busy machine starts processes slowly.
_LOCAL = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_AUTH_MODE": "token",
    "RAY_raylet_start_wait_time_s": "60",
    "RAY_worker_register_timeout_seconds": "180",
}
#: How often a local cluster is tried to be started: Ray gives up where a helper of its own is not up within 15 seconds,
#: which cannot be set (its issue 65983) and is too little on a busy machine.
_STARTS = 3
#: How long a cluster's address may take to answer.
_REACH_SECONDS = 10.0
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that this process is connected to.

    Attributes:
        name: what messages call it.
        workers: encoders that work side by side.
        cores: processors of each.
        first_round: batches that each gets at first; work begins when so many are read.
    """

    name: str
    workers: int
    cores: int = 1
    first_round: int = 8


@contextmanager
def connected(
    address: str | None, workers: int | None = None, *, cores: int = 1, memory: int = OBJECT_STORE
) -> Iterator[Cluster]:
    """A cluster, until the block ends.

    Args:
        address: ``HOST:PORT``, ``ray://HOST:PORT`` or ``auto`` of one that runs; None starts one on this machine.
        workers: how many encoders work side by side; None is as many as there are processors for.
        cores: processors of each.
        memory: bytes of shared memory of a cluster that is started here.

    Raises:
        MissingLibrary: Ray is not installed.
        BadInput: the cluster has fewer processors than the workers need, or the address is none.
        ClusterError: it cannot be reached or started.
    """
    os.environ.update(_QUIET)
    if address is None:
        os.environ.update(_LOCAL)
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    elif address != "auto":
        _reach(address)
    with needing("ray", "indexing on many machines (--engine ray)"):
        import ray
        import ray.data  # the part that the extra brings beyond ray itself

    if ray.is_initialized():  # by whoever called this: it is theirs to end
        yield _sized("this process's Ray cluster", workers, cores)
        return
    with TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        _start(address, (workers or usable_cores() // cores or 1) * cores, memory, folder)
        try:
            yield _sized(address or "a local Ray cluster", workers, cores)
        finally:
            ray.shutdown()


def _reach(address: str) -> None:
    """Tell in seconds that nothing answers there: Ray tries for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        raise BadInput(f"--address is {address!r}; give HOST:PORT, ray://HOST:PORT or auto")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _REACH_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise _unreachable(address, error) from error


def _unreachable(address: str, error: Exception) -> ClusterError:
    return ClusterError(
        f"the Ray cluster {address} cannot be reached ({error}); see whether it runs (ray status), or leave --address "
        "out to work on this machine"
    )


def _start(address: str | None, processors: int, memory: int, folder: str) -> None:
    import ray

    options: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if address is None:
        options |= {"num_cpus": processors, "num_gpus": 0, "include_dashboard": False, "object_store_memory": memory}
        options |= {"_temp_dir": folder}
    for attempt in range(1 if address else _STARTS):
        try:
            ray.init(address or "local", **options)
        except Exception as error:  # Ray raises no better one; it is told, or tried again and then told
            ray.shutdown()
            if address is not None:
                raise _unreachable(address, error) from error
            if attempt == _STARTS - 1:
                raise ClusterError(
                    f"Ray cannot be started on this machine ({error}); index without --engine ray"
                ) from error
        else:
            return


def _sized(name: str, workers: int | None, cores: int) -> Cluster:
    import ray

    processors = int(ray.cluster_resources().get("CPU", 0))
    if processors < (workers or 1) * cores:
        raise BadInput(
            f"{name} has {processors} processors, and {workers or 1} workers need {(workers or 1) * cores}; ask for "
            "fewer workers (--workers) or threads (MASDAR_THREADS), or add machines"
        )
    return Cluster(name, workers or processors // cores, cores)

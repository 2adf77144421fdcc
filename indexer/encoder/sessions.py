"""The model runtime's sessions over one graph: one for a text that comes alone, one for many side by side.

A question waits for its own vectors, so its one pass is spread over the cores. While indexing, passes side by side
use the cores better: on two cores, spreading each pass takes 1.5 times as long for the same texts, and a question
alone without it 1.6 times as long. Both give the same vectors to the last bit.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import onnxruntime as ort  # type: ignore[import-untyped]  # the runtime ships no types

from indexer.encoder.byte_products import has_vnni
from indexer.errors import EncoderError

#: Threads that one pass is spread over at most: a question has too few tokens to keep more busy.
_MOST_FOR_ONE = 4


class Sessions:
    """Sessions over the graph in a file; the one for many texts is opened when it is first needed (100 MB).

    Args:
        path: the graph.
        threads: cores that may be used, at least 1.

    Raises:
        EncoderError: the graph cannot be loaded.
    """

    def __init__(self, path: Path, threads: int) -> None:
        self._path = path
        self.for_one = _open(path, min(threads, _MOST_FOR_ONE))
        self._for_many = self.for_one if threads == 1 else None
        self._opening = Lock()

    @property
    def for_many(self) -> ort.InferenceSession:
        """The session whose passes use one core each."""
        with self._opening:
            if self._for_many is None:
                self._for_many = _open(self._path, 1)
            return self._for_many


def _open(path: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # errors only: warnings about the machine would land in the user's terminal
    if not has_vnni():
        # Takes an exact way, for 1.6 times as long also where there is no need.
        options.add_session_config_entry("session.x64quantprecision", "1")
    # Threads that wait for the next pass by spinning would take a core from the search that follows.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's exception types have no base class of their own
        raise EncoderError(
            f"the model {path} cannot be loaded ({error}); delete that file and try again, it is built anew"
        ) from error

"""What a built graph depends on besides the weights; imported where the graph is built and where it is run.

A module of its own, because building needs the package ``onnx`` and running must not import it.
"""

from __future__ import annotations

from typing import Literal, get_args

Precision = Literal["int8", "fp32"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

#: Raise it whenever graph.py builds another graph from the same weights and ranges: it is part of the names of
#: built models and of the encoder's identity. (The ranges of profile.npz are part of both by their digest.)
GRAPH_VERSION = 2

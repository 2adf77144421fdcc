"""Measure the activation ranges that the int8 graph needs: ``python -m indexer.encoder.calibration samples/*.jsonl``.

Writes ``profile.npz`` beside this file: for each smoothed product of each layer, the largest absolute input of every
channel over the passages given, as float16. Run it on text that is in no evaluation set.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]  # the runtime ships no types
from onnx import TensorProto, helper

from indexer.encoder import Int64
from indexer.encoder.graph import build_graph
from indexer.encoder.tokenizer import PieceTokenizer
from indexer.encoder.weights import BundledWeights, Float32

PROFILE = Path(__file__).with_name("profile.npz")


def measure_ranges(passages: Sequence[str], weights: BundledWeights) -> dict[str, Float32]:
    """Largest absolute input per channel of every smoothed product, by "<layer>.<product>"."""
    inputs = _smoothed_inputs(weights.dimensions.layers)
    model = build_graph(weights, "fp32", {})
    for tensor in inputs.values():
        model.graph.output.append(helper.make_tensor_value_info(tensor, TensorProto.FLOAT, None))
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    ranges: dict[str, Float32] = {}
    for ids in _passes(passages, weights):
        outputs = session.run(list(inputs.values()), {"input_ids": ids})
        for product, states in zip(inputs, outputs, strict=True):
            widest = np.abs(states).reshape(-1, states.shape[-1]).max(axis=0)
            ranges[product] = np.maximum(ranges.get(product, 0.0), widest)
    return ranges


def _smoothed_inputs(layers: int) -> dict[str, str]:
    """Which tensor of the graph goes into each smoothed product."""
    inputs: dict[str, str] = {}
    for layer in range(layers):
        inputs[f"l{layer}.qkv"] = f"l{layer - 1}.states" if layer else "states"
        inputs[f"l{layer}.up"] = f"l{layer}.middle"
        inputs[f"l{layer}.down"] = f"l{layer}.active"
    return inputs


def _passes(passages: Sequence[str], weights: BundledWeights) -> Iterator[Int64]:
    special = weights.vocabulary
    for tokens in PieceTokenizer(special).tokenise([f"passage: {passage}" for passage in passages]):
        ids = [special.bos, *tokens.ids[: weights.dimensions.positions - 2].tolist(), special.eos]
        yield np.array([ids], np.int64)


def _paragraphs(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        for line in Path(path).read_text("utf-8").splitlines():
            yield from json.loads(line)["text"].split("\n\n")


def main(paths: Sequence[str]) -> None:
    """Measure on the paragraphs of JSONL articles and write the profile."""
    ranges = measure_ranges(list(_paragraphs(paths)), BundledWeights())
    with PROFILE.open("wb") as file:
        np.savez_compressed(file, **{name: values.astype(np.float16) for name, values in ranges.items()})  # type: ignore[arg-type]  # numpy's stub takes the keywords for options


if __name__ == "__main__":
    main(sys.argv[1:])

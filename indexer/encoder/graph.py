"""The bundled weights as an ONNX graph: token vectors and sentence vectors from one pass.

Input: ``input_ids`` int64 (batch, length), rows of one length. There is no attention mask: without one the runtime
takes its faster attention kernel. Outputs: ``tokens`` float32 (batch, length, hidden), the last hidden state;
``sentence`` float32 (batch, hidden), its mean over the row, at unit length (the pooling E5 was trained with).

Two precisions. ``fp32`` multiplies with the weights unpacked. ``int8`` quantises weights per output channel and
activations per call. Left at that, one channel in a thousand decides the range of all others and costs quality, so

* the inputs of the products are divided by a factor per channel and the weights multiplied by it, which moves the
  difficulty into the weights (SmoothQuant, Xiao et al. 2023, equation 4; the exponent per kind of product below);
* the 32 widest channels going into each second feed-forward product stay in fp32 (after LLM.int8(), Dettmers et al.
  2022).

Together these cut the distance to fp32 to about a tenth (docs/decisions/0003-encoder.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from indexer.encoder.version import Precision
from indexer.encoder.weights import BLOCK, BundledWeights, Float32

OUTLIERS = 32
#: SmoothQuant's exponent for the products that make queries, keys and values; the first and second feed-forward.
SMOOTHING = {"qkv": 0.75, "up": 0.75, "down": 0.2}

_RUNTIME = "com.microsoft"
#: Largest absolute input of each channel of a product, by "<layer>.<product>"; see calibration.py.
Ranges = Mapping[str, Float32]


def build_graph(weights: BundledWeights, precision: Precision, ranges: Ranges) -> onnx.ModelProto:
    """Build the graph.

    Args:
        weights: the bundled weights.
        precision: ``fp32`` or ``int8``.
        ranges: activation ranges, needed for ``int8`` only.
    """
    return _GraphBuilder(weights, precision, ranges).build()


class _GraphBuilder:
    def __init__(self, weights: BundledWeights, precision: Precision, ranges: Ranges) -> None:
        self._weights = weights
        self._sizes = weights.dimensions
        self._precision = precision
        self._ranges = ranges
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def build(self) -> onnx.ModelProto:
        states = self._embeddings()
        for layer in range(self._sizes.layers):
            states = self._layer(layer, states)
        self._outputs(states)
        hidden = self._sizes.hidden
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
            [
                helper.make_tensor_value_info("sentence", TensorProto.FLOAT, ["batch", hidden]),
                helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "length", hidden]),
            ],
            self._constants,
        )
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid(_RUNTIME, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="masdar")

    def _embeddings(self) -> str:
        """Piece embeddings, left in 4 bits as they come, plus positions."""
        hidden = self._sizes.hidden
        nibbles, scales = self._weights.blocks("emb.word", hidden)
        self._constants.append(_int4("pieces", nibbles))
        self._node(
            "GatherBlockQuantized",
            ["pieces", "input_ids", self._constant("pieces.scale", scales)],
            "piece_vectors",
            bits=4,
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        positions = self._weights.array("emb.pos").reshape(-1, hidden) + self._weights.array("emb.type")[:hidden]
        zero = self._constant("zero", np.array([0], np.int64))
        self._node("Shape", ["input_ids"], "length", domain="", start=1, end=2)
        self._node("Slice", [self._constant("positions", positions), zero, "length", zero], "places", domain="")
        self._node("Add", ["piece_vectors", "places"], "embedded", domain="")
        norm = [self._constant(f"emb.ln.{part}", self._weights.array(f"emb.ln.{part}")) for part in "wb"]
        return self._node(
            "LayerNormalization",
            ["embedded", *norm],
            "states",
            domain="",
            axis=-1,
            epsilon=self._sizes.epsilon,
        )

    def _layer(self, layer: int, states: str) -> str:
        name, hidden = f"l{layer}", self._sizes.hidden
        bias = np.concatenate([self._weights.array(f"{name}.{part}.b") for part in "qkv"])
        self._product(f"{name}.qkv", states, [f"{name}.{part}.w" for part in "qkv"], hidden, bias)
        sizes = self._constant(f"{name}.sizes", np.array([hidden] * 3, np.int64))
        parts = [f"{name}.{part}" for part in ("queries", "keys", "values")]
        self._nodes.append(helper.make_node("Split", [f"{name}.qkv", sizes], parts, axis=-1, name=f"{name}.split"))
        self._node("MultiHeadAttention", parts, f"{name}.mixed", num_heads=self._sizes.heads)
        self._product(f"{name}.attended", f"{name}.mixed", [f"{name}.ao.w"], hidden)
        middle = self._add_and_norm(f"{name}.middle", states, f"{name}.attended", f"{name}.ao.b", f"{name}.aln")
        self._product(f"{name}.up", middle, [f"{name}.fi.w"], hidden)
        gelu_bias = self._constant(f"{name}.fi.b", self._weights.array(f"{name}.fi.b"))
        self._node("BiasGelu", [f"{name}.up", gelu_bias], f"{name}.active")
        self._product(f"{name}.down", f"{name}.active", [f"{name}.fo.w"], self._sizes.ffn)
        return self._add_and_norm(f"{name}.states", middle, f"{name}.down", f"{name}.fo.b", f"{name}.oln")

    def _add_and_norm(self, out: str, left: str, right: str, bias: str, norm: str) -> str:
        parts = [self._constant(part, self._weights.array(part)) for part in (f"{norm}.w", f"{norm}.b", bias)]
        return self._node("SkipLayerNormalization", [left, right, *parts], out, epsilon=self._sizes.epsilon)

    def _product(self, out: str, states: str, tensors: list[str], columns: int, bias: Float32 | None = None) -> None:
        """``out = states @ tensors.T + bias`` in the graph's precision."""
        matrix = np.concatenate([self._weights.matrix(name, columns) for name in tensors]).T
        if self._precision == "int8":
            self._int8_product(out, states, matrix, bias)
        elif bias is None:
            self._node("MatMul", [states, self._constant(f"{out}.weights", matrix)], out, domain="")
        else:
            self._node("MatMul", [states, self._constant(f"{out}.weights", matrix)], f"{out}.product", domain="")
            self._node("Add", [f"{out}.product", self._constant(f"{out}.bias", bias)], out, domain="")

    def _int8_product(self, out: str, states: str, matrix: Float32, bias: Float32 | None) -> None:
        kind = out.split(".")[1]
        if kind not in SMOOTHING:
            self._quantised(out, states, matrix, bias)
            return
        factor = smoothing_factor(self._ranges[out], matrix, SMOOTHING[kind])
        inverse, scaled, target = 1.0 / factor, matrix * factor[:, None], out
        if kind == "down":
            widest = np.sort(np.argsort(-self._ranges[out] / factor)[:OUTLIERS])
            inverse[widest], scaled[widest], target = 0.0, 0.0, f"{out}.rest"
            columns = self._constant(f"{out}.widest", widest.astype(np.int64))
            exact = self._constant(f"{out}.exact", matrix[widest])
            self._node("Gather", [states, columns], f"{out}.wide", domain="", axis=-1)
            self._node("MatMul", [f"{out}.wide", exact], f"{out}.kept", domain="")
        self._node("Mul", [states, self._constant(f"{out}.smoothing", inverse)], f"{out}.smooth", domain="")
        self._quantised(target, f"{out}.smooth", scaled, bias)
        if target != out:
            self._node("Add", [target, f"{out}.kept"], out, domain="")

    def _quantised(self, out: str, states: str, matrix: Float32, bias: Float32 | None) -> None:
        scale = (np.abs(matrix).max(axis=0) / 127.0).astype(np.float32)
        inputs = [
            states,
            self._constant(f"{out}.weights", np.round(matrix / scale).astype(np.int8)),
            self._constant(f"{out}.scale", scale),
            self._constant(f"{out}.zero", np.zeros(matrix.shape[1], np.int8)),
        ]
        if bias is not None:
            inputs.append(self._constant(f"{out}.bias", bias))
        self._node("DynamicQuantizeMatMul", inputs, out)

    def _outputs(self, states: str) -> None:
        self._node("Identity", [states], "tokens", domain="")
        length_axis = self._constant("length_axis", np.array([1], np.int64))
        self._node("ReduceSum", ["tokens", length_axis], "sum", domain="", keepdims=0)
        # The mean and the sum point the same way, and only the direction is kept.
        self._node("LpNormalization", ["sum"], "sentence", domain="", axis=-1, p=2)

    def _constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, kind: str, inputs: list[str], out: str, *, domain: str = _RUNTIME, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [out], name=out, domain=domain, **attributes))
        return out


def smoothing_factor(ranges: Float32, matrix: Float32, exponent: float) -> Float32:
    """SmoothQuant's factor per input channel, scaled so that its geometric mean is 1.

    Args:
        ranges: largest absolute activation of each input channel, shape (inputs,).
        matrix: weights, shape (inputs, outputs).
        exponent: how much of the difficulty moves into the weights, 0 to 1.
    """
    strength = np.maximum(np.abs(matrix).max(axis=1), 1e-5)
    factor = np.maximum(ranges, 1e-5) ** exponent / strength ** (1.0 - exponent)
    normalised: Float32 = (factor / np.exp(np.log(factor).mean())).astype(np.float32)
    return normalised


def _int4(name: str, nibbles: npt.NDArray[np.uint8]) -> onnx.TensorProto:
    """A signed 4-bit constant: the file's nibbles count from 8, ONNX's two's complement from 0."""
    signed = ((nibbles.astype(np.int8) - 8).astype(np.uint8) & 0x0F).reshape(-1)
    packed = signed[0::2] | (signed[1::2] << 4)
    return helper.make_tensor(name, TensorProto.INT4, nibbles.shape, packed.tobytes(), raw=True)

"""The bundled weights in PyTorch, through Sentence Transformers: what the bundled encoder is measured against.

The libraries are imported by name when they are first needed: Masdar does not depend on them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np

from indexer.encoder import Float32
from indexer.encoder.tokenizer import PieceTokenizer
from indexer.encoder.weights import BundledWeights
from indexer.errors import BadInput

PROMPT = "passage: "
#: Names of a layer's tensors in the bundled file, without ".w" or ".b", and in a BERT of `transformers`.
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "aln": "attention.output.LayerNorm",
    "oln": "output.LayerNorm",
}


class SentenceTransformerEncoder:
    """multilingual-e5-small with the bundled weights in full precision, on the CPU, as its users run it.

    Raises:
        BadInput: PyTorch or Sentence Transformers is not installed.
    """

    def __init__(self, weights: BundledWeights) -> None:
        torch, library = _library("torch"), _library("sentence_transformers")
        self._pieces = PieceTokenizer(weights.vocabulary)
        with tempfile.TemporaryDirectory() as folder:
            _save_bert(torch, weights, folder)
            _save_tokenizer(self._pieces, folder)
            parts = _library("sentence_transformers.models")
            transformer = parts.Transformer(folder, max_seq_length=weights.dimensions.positions)
            pooling = parts.Pooling(weights.dimensions.hidden, pooling_mode="mean")
            self._model = library.SentenceTransformer(modules=[transformer, pooling, parts.Normalize()], device="cpu")

    def normalise(self, texts: Sequence[str]) -> list[str]:
        """Apply the model's character map: its tokenizer here lacks it. Not part of what is timed."""
        # With the prompt, whose space and one that the text begins with fold into one.
        return [self._pieces.normaliser.normalise(PROMPT + text).removeprefix(PROMPT) for text in texts]

    def encode(self, normalised: Sequence[str], batch_size: int) -> Float32:
        """Passage vectors of unit length, shape (texts, dimensions), of texts that ``normalise`` returned."""
        vectors = self._model.encode(list(normalised), prompt=PROMPT, batch_size=batch_size, show_progress_bar=False)
        return cast(Float32, np.asarray(vectors, np.float32))


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise BadInput(
            f"the comparison needs the package {name} ({error}); run: pip install 'masdar[models]'"
        ) from error


def _save_bert(torch: Any, weights: BundledWeights, folder: str) -> None:
    sizes, library = weights.dimensions, _library("transformers")
    types = weights.array("emb.type").reshape(-1, sizes.hidden)
    config = library.BertConfig(
        vocab_size=sizes.vocabulary,
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.ffn,
        max_position_embeddings=sizes.positions,
        type_vocab_size=len(types),
        layer_norm_eps=sizes.epsilon,
        pad_token_id=weights.vocabulary.pad,
    )
    model = library.BertModel(config, add_pooling_layer=False)
    tensors = {"embeddings.token_type_embeddings.weight": types, **_embeddings(weights)}
    for layer in range(sizes.layers):
        tensors |= _layer(weights, layer)
    model.load_state_dict({name: torch.from_numpy(values.copy()) for name, values in tensors.items()})
    model.save_pretrained(folder)


def _embeddings(weights: BundledWeights) -> dict[str, Float32]:
    hidden = weights.dimensions.hidden
    return {
        "embeddings.word_embeddings.weight": weights.matrix("emb.word", hidden),
        "embeddings.position_embeddings.weight": weights.array("emb.pos").reshape(-1, hidden),
        "embeddings.LayerNorm.weight": weights.array("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.array("emb.ln.b"),
    }


def _layer(weights: BundledWeights, layer: int) -> dict[str, Float32]:
    sizes, tensors = weights.dimensions, {}
    for short, name in _LAYER.items():
        there, here = f"encoder.layer.{layer}.{name}", f"l{layer}.{short}"
        if name.endswith("LayerNorm"):
            tensors[f"{there}.weight"] = weights.array(f"{here}.w")
        else:
            tensors[f"{there}.weight"] = weights.matrix(f"{here}.w", sizes.ffn if short == "fo" else sizes.hidden)
        tensors[f"{there}.bias"] = weights.array(f"{here}.b")
    return tensors


def _save_tokenizer(pieces: PieceTokenizer, folder: str) -> None:
    vocabulary = pieces.vocabulary
    names = {role: vocabulary.pieces[getattr(vocabulary, role)] for role in ("bos", "eos", "pad", "unk")}
    path = Path(folder) / "pieces.json"
    path.write_text(pieces.to_json(), "utf-8")
    fast = _library("tokenizers").Tokenizer.from_file(str(path))
    fast.post_processor = _library("tokenizers.processors").TemplateProcessing(
        single=f"{names['bos']} $A {names['eos']}",
        special_tokens=[(names["bos"], vocabulary.bos), (names["eos"], vocabulary.eos)],
    )
    _library("transformers").PreTrainedTokenizerFast(
        tokenizer_object=fast,
        model_input_names=["input_ids", "attention_mask"],
        bos_token=names["bos"],
        eos_token=names["eos"],
        cls_token=names["bos"],
        sep_token=names["eos"],
        pad_token=names["pad"],
        unk_token=names["unk"],
    ).save_pretrained(folder)
    path.unlink()

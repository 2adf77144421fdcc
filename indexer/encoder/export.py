"""The bundled weights as a folder that Sentence Transformers reads: ``masdar model export``.

Only files are written, so PyTorch is not needed. The tensors are the 4-bit weights in full precision, those that the
bundled encoder's ``fp32`` multiplies with; the tokenizer carries the model's own code point map, to the character.

What Sentence Transformers does otherwise than ``BundledEncoder``: it cuts a text after 512 tokens, where the encoder
averages windows, and it sees the space that ends the prompt as a piece when the text is empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers
from tokenizers.processors import TemplateProcessing

from indexer.encoder import Float32
from indexer.encoder.charsmap import precompiled_map
from indexer.encoder.weights import BundledWeights, Vocabulary
from indexer.errors import BadInput

#: What E5 was trained with before each text; ``SentenceTransformer.encode_document`` looks for "document" first.
PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
#: What the map removes wherever it stands; see ``_normaliser``.
_SEPARATOR = "\x01"
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


def export_model(weights: BundledWeights, folder: Path) -> int:
    """Write the model to a folder, which is made where there is none.

    Returns:
        The bytes written, some 490 million.

    Raises:
        BadInput: the folder is not empty, is a file, or cannot be written.
        DamagedWeights: the weights are not the file this version reads.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise BadInput(f"the folder {folder} is not empty; name a new or an empty one")
        weights.verify()
        _write(weights, folder)
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError as error:
        raise BadInput(
            f"the model cannot be written to {folder} ({error.strerror}); name a folder that can be written, "
            "with 500 MB free"
        ) from error


def _write(weights: BundledWeights, folder: Path) -> None:
    for name in ("1_Pooling", "2_Normalize"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, content in _settings(weights).items():
        (folder / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
    (folder / "tokenizer.json").write_text(fast_tokenizer(weights.vocabulary).to_str(), "utf-8")
    _write_tensors(weights, folder / "model.safetensors")


def _settings(weights: BundledWeights) -> dict[str, object]:
    hidden = weights.dimensions.hidden
    return {
        "config.json": _architecture(weights),
        "tokenizer_config.json": _tokenizer_settings(weights),
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for number, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
        "sentence_bert_config.json": {
            "max_seq_length": weights.dimensions.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},  # the pooling that E5 was trained with is a module of its own
        },
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "1_Pooling/config.json": {"word_embedding_dimension": hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
    }


def _architecture(weights: BundledWeights) -> dict[str, object]:
    sizes = weights.dimensions
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": sizes.vocabulary,
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.ffn,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": len(weights.array("emb.type")) // sizes.hidden,
        "layer_norm_eps": sizes.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": weights.vocabulary.pad,
        "torch_dtype": "float32",
    }


def _tokenizer_settings(weights: BundledWeights) -> dict[str, object]:
    names = _special(weights.vocabulary)
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_input_names": ["input_ids", "attention_mask"],
        "model_max_length": weights.dimensions.positions,
        **{f"{role}_token": name for role, name in names.items()},
        "cls_token": names["bos"],
        "sep_token": names["eos"],
        # A text that writes "</s>" means these four characters.
        "split_special_tokens": True,
    }


def _special(vocabulary: Vocabulary) -> dict[str, str]:
    return {role: vocabulary.pieces[getattr(vocabulary, role)] for role in ("bos", "eos", "pad", "unk")}


def fast_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """The whole tokenizer for Hugging Face ``tokenizers``: the map, the pieces, ``<s>`` before and ``</s>`` after."""
    names = _special(vocabulary)
    pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=vocabulary.unk, byte_fallback=False))
    # mypy sees the class as abstract: the library's stubs declare it so.
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first")
    tokenizer.normalizer = _normaliser(vocabulary.normaliser)
    tokenizer.add_special_tokens([AddedToken(name, normalized=False, special=True) for name in names.values()])
    tokenizer.post_processor = TemplateProcessing(
        single=f"{names['bos']} $A {names['eos']}",
        special_tokens=[(names["bos"], vocabulary.bos), (names["eos"], vocabulary.eos)],
    )
    return tokenizer


def _normaliser(mapping: Mapping[int, str]) -> normalizers.Normalizer:
    """``tokenizer.Normaliser`` in the library's own terms; the text is the same, offsets into it need not be.

    Alone, ``Precompiled`` looks a whole grapheme up by its beginning and drops the marks after a replaced letter. So a
    control character goes behind every character first: it always ends a grapheme, and the map removes it again.
    """
    removed = {ord(_SEPARATOR): ""}
    return normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"(?!\A)"), _SEPARATOR),
            normalizers.Precompiled(precompiled_map({**mapping, **removed})),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )


def _write_tensors(weights: BundledWeights, path: Path) -> None:
    """Write the ``safetensors`` format: the header's size (u64), the header in JSON, the tensors in a row."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    # Unpacked twice, once for its shape: all of them at once take half a gigabyte.
    for name, values in bert_tensors(weights):
        begin, end = end, end + values.nbytes
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # the tensors are to begin at a multiple of 8
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, values in bert_tensors(weights):
            file.write(np.ascontiguousarray(values, "<f4").data)


def bert_tensors(weights: BundledWeights) -> Iterator[tuple[str, Float32]]:
    """The tensors in full precision under the names that a BERT of `transformers` has, one at a time."""
    hidden = weights.dimensions.hidden
    yield "embeddings.word_embeddings.weight", weights.matrix("emb.word", hidden)
    yield "embeddings.position_embeddings.weight", weights.array("emb.pos").reshape(-1, hidden)
    yield "embeddings.token_type_embeddings.weight", weights.array("emb.type").reshape(-1, hidden)
    yield "embeddings.LayerNorm.weight", weights.array("emb.ln.w")
    yield "embeddings.LayerNorm.bias", weights.array("emb.ln.b")
    for layer in range(weights.dimensions.layers):
        yield from _layer(weights, layer)


def _layer(weights: BundledWeights, layer: int) -> Iterator[tuple[str, Float32]]:
    sizes = weights.dimensions
    for short, name in _LAYER.items():
        there, here = f"encoder.layer.{layer}.{name}", f"l{layer}.{short}"
        if name.endswith("LayerNorm"):
            yield f"{there}.weight", weights.array(f"{here}.w")
        else:
            yield f"{there}.weight", weights.matrix(f"{here}.w", sizes.ffn if short == "fo" else sizes.hidden)
        yield f"{there}.bias", weights.array(f"{here}.b")

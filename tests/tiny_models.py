"""Cross-encoders of a few thousand weights, made on the spot: real models for Sentence Transformers to load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_LETTERS = (*"ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئ؟.0123456789",)


def needed(what: str) -> Any:
    """PyTorch and Transformers; where the extra ``models`` is not installed the test is skipped, loudly."""
    pytest.importorskip("sentence_transformers", reason=f"NOT CHECKED: {what} (pip install 'masdar[models]')")
    return pytest.importorskip("torch"), pytest.importorskip("transformers")


def by_chance(folder: Path, what: str) -> Path:
    """A cross-encoder of random weights that reads letters, with one score a pair: it ranks, if by chance."""
    torch, transformers = needed(what)
    torch.manual_seed(7)
    pieces = [*_LETTERS, *(f"##{letter}" for letter in _LETTERS)]
    model = _model(transformers, folder, pieces, {0: "LABEL_0"}, initializer_range=0.5)
    model.save_pretrained(folder)
    return folder


def fitted(folder: Path, what: str, labels: Sequence[str], pairs: Sequence[tuple[str, str, int]]) -> Path:
    """A cross-encoder that reads words and has learnt these pairs by heart.

    Args:
        folder: where it is written.
        what: what is not checked where it cannot be made.
        labels: what its outputs are called; with one, the numbers of the pairs are 1 for yes and 0 for no.
        pairs: two texts and the number of their label.
    """
    torch, transformers = needed(what)
    torch.manual_seed(7)
    words = sorted({word for first, second, _ in pairs for word in _words(f"{first} {second}")})
    model = _model(transformers, folder, words, dict(enumerate(labels)), initializer_range=0.1)
    tokenizer = transformers.BertTokenizerFast.from_pretrained(folder)
    read = tokenizer([one[0] for one in pairs], [one[1] for one in pairs], padding=True, return_tensors="pt")
    wanted = torch.tensor([one[2] for one in pairs])
    loss = torch.nn.CrossEntropyLoss() if len(labels) > 1 else torch.nn.BCEWithLogitsLoss()
    target = wanted if len(labels) > 1 else wanted.float().unsqueeze(1)
    steps, threads = torch.optim.Adam(model.parameters(), lr=1e-2), torch.get_num_threads()
    torch.set_num_threads(1)  # more wait for each other longer than they compute
    for _ in range(40):
        steps.zero_grad()
        loss(model(**read).logits, target).backward()
        steps.step()
    torch.set_num_threads(threads)
    model.eval().save_pretrained(folder)
    return folder


def relabelled(folder: Path, other: Path, order: Sequence[int], labels: Sequence[str]) -> Path:
    """The same model with its outputs in another order, and what they are called then."""
    torch, transformers = needed("a model with other labels")
    model = transformers.BertForSequenceClassification.from_pretrained(folder)
    with torch.no_grad():
        for weights in (model.classifier.weight, model.classifier.bias):
            weights.copy_(weights[list(order)].clone())
    model.config.id2label = dict(enumerate(labels))
    model.config.label2id = {label: at for at, label in enumerate(labels)}
    model.save_pretrained(other)
    transformers.BertTokenizerFast.from_pretrained(folder).save_pretrained(other)
    return other


def _words(text: str) -> list[str]:
    """Words and marks, as BERT's tokenizer parts them."""
    for mark in ".؟?,،":
        text = text.replace(mark, f" {mark} ")
    return text.lower().split()


def _model(transformers: Any, folder: Path, pieces: Sequence[str], labels: dict[int, str], **more: Any) -> Any:
    """An untrained model over these pieces, and its tokenizer in the folder."""
    folder.mkdir(exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join([*_SPECIAL, *pieces]) + "\n", "utf-8")
    transformers.BertTokenizerFast(str(folder / "vocab.txt"), strip_accents=False).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(_SPECIAL) + len(pieces), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, num_labels=len(labels), id2label=labels, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, **more,
    )  # fmt: skip
    return transformers.BertForSequenceClassification(config)

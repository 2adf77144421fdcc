"""Stand-ins for the model and articles to index: small, quick, and ranking by what texts have in common."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from indexer.arabic import fold_text
from indexer.articles import Article
from indexer.chunking import pack_sentences
from indexer.chunks import Chunk, EncodedChunk
from indexer.cross_script import passage_terms
from indexer.encoder import EncoderIdentity, Encoding, Float32, Int64, Kind
from indexer.encoder.centring import NO_CENTRING
from indexer.late import DEFAULT_LATE, LateInteraction, passage_vectors

_WORD = re.compile(r"\S+")

SUBJECTS = ("الحكومة", "البلدية", "الوزارة", "الشركة", "الجامعة", "المحكمة", "النقابة", "البعثة", "الهيئة", "اللجنة")
VERBS = ("أعلنت", "نفت", "وقّعت", "أجّلت", "بحثت", "راجعت", "نشرت", "أقرّت", "طلبت", "افتتحت")
OBJECTS = ("اتفاقًا", "تقريرًا", "مشروعًا", "ميزانية", "مستشفى", "مدرسة", "قرارًا", "طريقًا", "ميناءً", "معرضًا")
PLACES = ("في القاهرة", "في الرباط", "في عمّان", "في بغداد", "في تونس", "في مسقط", "في الخرطوم", "في بيروت")


class TrigramEncoder:
    """Hashed character trigrams of folded words: texts that share spelling are near, and tokens are words.

    Implements ``indexer.encoder.Encoder``.
    """

    max_tokens = 480

    def __init__(self, dimensions: int = 96) -> None:
        self.dimensions = dimensions

    @property
    def identity(self) -> EncoderIdentity:
        return EncoderIdentity("trigrams", f"trigrams-{self.dimensions}", self.dimensions)

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        return [np.array([match.span() for match in _WORD.finditer(text)], np.int64).reshape(-1, 2) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_WORD.findall(text)) for text in texts]

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        return [self._encode(text, tokens) for text in texts]

    def _encode(self, text: str, tokens: bool) -> Encoding:
        words = list(_WORD.finditer(text))
        vectors = [self._word(match.group()) for match in words]
        total = np.sum(vectors, axis=0) if vectors else np.zeros(self.dimensions, np.float32)
        total[0] += 1e-3  # a text without words has a direction, too
        kept = vectors if tokens else []
        return Encoding(
            vector=(total / np.linalg.norm(total)).astype(np.float32),
            tokens=np.array(kept, np.float32).reshape(len(kept), self.dimensions),
            spans=np.array([match.span() for match in words if tokens], np.int64).reshape(-1, 2),
        )

    def _word(self, word: str) -> Float32:
        vector = np.zeros(self.dimensions, np.float32)
        padded = f"^{fold_text(word)}$"
        for at in range(len(padded) - 2):
            trigram = padded[at : at + 3].encode("utf-8", "surrogatepass")
            digest = int.from_bytes(blake2b(trigram, digest_size=8).digest(), "little")
            vector[digest % self.dimensions] += 1.0 if digest >> 63 else -1.0
        if not vector.any():
            vector[0] = 1.0  # no trigram, or some that cancel out: every model gives a direction
        return vector


def news_article(number: int, edition: int = 0, sentences: int = 12) -> Article:
    """A made-up article of whole sentences, the same for the same number and edition."""
    draw = random.Random(1000 * number + edition)
    lines = [
        f"{draw.choice(VERBS)} {draw.choice(SUBJECTS)} {draw.choice(OBJECTS)} {draw.choice(PLACES)} "
        f"رقم {draw.randrange(10_000)} بعد مفاوضات طويلة."
        for _ in range(sentences)
    ]
    text = "\n".join(" ".join(lines[at : at + 4]) for at in range(0, len(lines), 4))
    return Article(id=f"news-{number}", title=lines[0], text=text, source=f"وكالة {number % 3}", language="ar")


def encoded(
    article: Article, encoder: TrigramEncoder, budget: int = 40, late: LateInteraction = DEFAULT_LATE
) -> tuple[Article, list[EncodedChunk]]:
    """The article with its chunks, as ``Store.put`` takes them."""
    chunks = []
    for position, spans in enumerate(pack_sentences(article.text, encoder.count_tokens, budget)):
        chunk = Chunk(article.id, article.content_hash, position, spans[0][0], spans[-1][1], spans)
        passage = article.text[chunk.start : chunk.end]
        encoding = encoder.encode([passage], "passage", tokens=True)[0]
        tokens = passage_vectors(passage, encoding, NO_CENTRING, late) if late.on else None
        chunks.append(EncodedChunk(chunk, encoding.vector, passage_terms(passage), tokens))
    return article, chunks

"""The keys under which an article's copies are looked up: articles that share a key may be copies of each other.

MinHash over runs of four folded words, cut into bands (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets",
chapter 3): articles that share half of their runs share a band in 87 of 100 cases, those that share a tenth in 1 of
300. One more key is the opening, which a copy that was cut short keeps.
"""

from __future__ import annotations

import struct
from hashlib import blake2b

import rensa

from indexer.articles import Article
from indexer.duplicates.wording import RUN, words_of

BANDS, ROWS = 32, 4
#: Words of the opening; the agency and the place at its beginning alone must not make a key.
OPENING = 12
#: Words that are read: an article that is longer is not told apart by what comes after them.
MOST_WORDS = 20_000
_SEED = 7
#: Keys of another version of the method are other keys: they never meet. Raise it with BANDS, ROWS, RUN or folding.
SCHEME = f"1.{rensa.RMinHash.ALGORITHM_VERSION}"


def keys_of(article: Article) -> tuple[str, ...]:
    """The keys of an article, none of an article without words; equal on every machine."""
    words = words_of(article.text)[:MOST_WORDS]
    if not words:
        return ()
    runs = [" ".join(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1))]
    sketch = rensa.RMinHash(num_perm=BANDS * ROWS, seed=_SEED)
    sketch.update(runs)
    slots = sketch.digest()
    bands = (struct.pack(f"<{ROWS}I", *slots[at : at + ROWS]) for at in range(0, BANDS * ROWS, ROWS))
    return (_key("o", " ".join(words[:OPENING]).encode()), *(_key(f"{at:02d}", band) for at, band in enumerate(bands)))


def _key(kind: str, content: bytes) -> str:
    return kind + blake2b(content, digest_size=6, person=SCHEME.encode()).hexdigest()

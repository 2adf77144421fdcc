"""How the words of one number add up: three hundred and five, خمس وعشرون, مليون و240 ألفا."""

from __future__ import annotations

from typing import NamedTuple


class Piece(NamedTuple):
    """One word of a number: "unit", "ten", "hundred", "scale" or "digits"; whether "and" stands in front."""

    kind: str
    value: float
    joined: bool


class NumberSum:
    """Adds up the pieces of one number; knows which piece may follow which."""

    def __init__(self) -> None:
        self.total, self.group, self.last, self.factor = 0.0, 0.0, "", 1.0

    @property
    def value(self) -> float:
        """What the pieces so far make."""
        return self.total + self.group

    def add(self, piece: Piece) -> bool:
        """Take the piece in; False where it begins another number."""
        if piece.kind == "scale":
            return self._scale(piece)
        if not self._fits(piece):
            return False
        if piece.kind == "hundred" and self.last in {"unit", "digits"} and piece.value == 100:
            self.group *= 100
        else:
            self.group += piece.value
        self.last = piece.kind
        return True

    def _scale(self, piece: Piece) -> bool:
        if self.last == "scale" and not piece.joined:
            return False
        if self.last and self.total and piece.value >= self.factor:
            return False
        self.total += (self.group or 1.0) * piece.value
        self.factor = piece.value if self.factor == 1 else min(self.factor, piece.value)
        self.group, self.last = 0.0, "scale"
        return True

    def _fits(self, piece: Piece) -> bool:
        last, kind = self.last, piece.kind
        if not last:
            return True
        if kind == "digits":
            return last == "scale" and piece.joined and 100 <= piece.value < self.factor
        if kind == "hundred":
            return (last in {"unit", "digits"} and not piece.joined and piece.value == 100) or last == "scale"
        if kind == "ten":
            return (last == "unit" and piece.joined and self.group % 100 < 10) or (
                last in {"hundred", "scale"} and piece.joined
            )
        # a unit: twenty five, خمسة عشر, مئة وخمسة, a thousand and five
        teen = last == "unit" and not piece.joined and piece.value == 10 and self.group % 100 < 10
        return teen or (last == "ten" and not piece.joined) or (last in {"hundred", "scale"} and piece.joined)


def digits(text: str, joined: bool) -> Piece | None:
    """The piece that a word of digits is."""
    try:
        return Piece("digits", float(text), joined)
    except ValueError:
        return None  # digits of a script that float does not read, or with letters behind

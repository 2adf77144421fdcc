"""Numbers in text, in digits and in words, in Arabic and English, with their scale, unit, kind and bound.

"1.5 billion", «مليار ونصف», «1.5 مليار» and «1,500 مليون» have the same value; «ثلاثة» is 3, «ساعتين» two hours, and
"from 2.3 to 2.45 billion" is two quantities in billions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from service.answering.verification import quantity_words as data
from service.answering.verification.number_sums import NumberSum, Piece, digits
from service.answering.verification.words import Word, bare_forms, read_words, without_article

Kind = Literal["plain", "percent", "ordinal", "fraction"]
Bound = Literal["", "over", "under"]

#: What joins the ends of a range, and shares the unit of the last.
_JOINS: Final = frozenset({"to", "and", "or", "الي", "و", "او", "وال"})
_HALF: Final = "نصف"
#: Words looked at in front of a number for what bounds it.
_LOOK_BACK: Final = 5


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        value: with its scale multiplied in.
        dimension: of its unit ("time", "dollar"); empty where it has none that is known.
        size: of its unit, in the dimension's smallest.
        start, end: offsets into the text, unit included.
        factor: the scale that is part of ``value``; 1 where none was written.
    """

    value: float
    kind: Kind
    dimension: str
    size: float
    bound: Bound
    rough: bool
    start: int
    end: int
    factor: float = 1.0


class _Amount(NamedTuple):
    value: float
    end: int
    factor: float


def quantities(text: str, taken: Collection[tuple[int, int]] = ()) -> list[Quantity]:
    """The quantities of a text in order.

    Args:
        text: raw text, any Python string.
        taken: spans that are something else: dates.
    """
    words = [word for word in read_words(text) if not any(start <= word.start < end for start, end in taken)]
    return _shared([*_Scanner(text, words).scan()], text)


class _Scanner:
    """Reads the words of a text from left to right."""

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self.text, self.words = text, words

    def scan(self) -> Iterator[Quantity]:
        """Every quantity, in order."""
        place = 0
        while place < len(self.words):
            found, after = self._at(place)
            if found is not None:
                yield found
            place = max(after, place + 1)

    def _at(self, place: int) -> tuple[Quantity | None, int]:
        for reader in (self._ordinal, self._counted, self._dual, self._fraction):
            found, after = reader(place)
            if found is not None:
                return found, after
        return None, place + 1

    def _ordinal(self, place: int) -> tuple[Quantity | None, int]:
        word = self.words[place]
        number = digits(word.text, joined=False) if word.is_number else None
        if number and self._text(place + 1) in {"st", "nd", "rd", "th"} and self._adjoins(place + 1):
            return self._quantity(number.value, "ordinal", place, place + 2), place + 2
        if word.text == "third" and place and self.words[place - 1].text in {"a", "one"}:
            return self._quantity(1 / 3, "fraction", place, place + 1), place + 1
        value = next((data.ORDINALS[form] for form in _article_forms(word.text) if form in data.ORDINALS), None)
        teen = self._is_teen(place + 1)
        if value is None or (value == 11 and word.is_arabic and not teen):
            return None, place
        if teen and word.is_arabic:
            return self._quantity(value + (10 if value < 11 else 0), "ordinal", place, place + 2), place + 2
        return self._quantity(value, "ordinal", place, place + 1), place + 1

    def _is_teen(self, place: int) -> bool:
        return place < len(self.words) and without_article(self.words[place].text) in data.TEEN

    def _counted(self, place: int) -> tuple[Quantity | None, int]:
        amount = self._amount(place)
        if amount is None:
            return None, place
        value, after = self._half_more(amount)
        kind, after = self._percent(after)
        dimension, size, end = self._unit(place, after)
        if end > after:
            value, end = self._half_after_unit(value, end)
        return self._quantity(value, kind, place, end, (dimension, size), amount.factor), end

    def _dual(self, place: int) -> tuple[Quantity | None, int]:
        """«ساعتين», and «ساعة ونصف الساعة»."""
        word = self.words[place]
        for form, _ in bare_forms(word.text):
            dimension, size = data.UNITS.get(without_article(form), ("", 1.0))
            if form in data.DUALS:
                value, end = self._half_after_unit(2.0, place + 1)
                return self._quantity(value, "plain", place, end, (dimension, size)), end
            if dimension and word.is_arabic and self._text(place + 1) == "و" + _HALF:
                value, end = self._half_after_unit(1.0, place + 1)
                return self._quantity(value, "plain", place, end, (dimension, size)), end
        return None, place

    def _fraction(self, place: int) -> tuple[Quantity | None, int]:
        for form, _ in bare_forms(self.words[place].text):
            if form in data.FRACTIONS:
                skip = place + 1 + (self._text(place + 1) in {"a", "an"})
                unit = data.UNITS.get(self._text(skip))
                if unit and unit[0] == "time":
                    return self._quantity(data.FRACTIONS[form], "plain", place, skip + 1, unit), skip + 1
                return self._quantity(data.FRACTIONS[form], "fraction", place, place + 1), place + 1
        return None, place

    def _amount(self, place: int) -> _Amount | None:
        """The number that begins at this word, of as many words as belong to it."""
        sum_ = NumberSum()
        at = place
        while at < len(self.words) and (at == place or self._adjoins(at)):
            skip = at + (at > place and self.words[at].text in {"and", "و"} and sum_.last in {"hundred", "scale"})
            if skip >= len(self.words):
                break
            piece = self._piece(skip, sum_)
            if piece is None or not sum_.add(piece._replace(joined=piece.joined or skip > at)):
                break
            at = skip + 1
        return None if at == place else _Amount(sum_.value, at, sum_.factor)

    def _piece(self, place: int, sum_: NumberSum) -> Piece | None:
        word = self.words[place]
        if word.is_number:
            return digits(word.text, joined=self._after_and(place))
        if word.text in {"m", "k"} and sum_.last != "digits":
            return None
        for form, joined in (*bare_forms(word.text), *((form, False) for form in _three_to_ten(word.text))):
            if form in data.ELEVEN and self._is_teen(place + 1):
                return Piece("unit", 1.0, joined)
            if form in data.NUMBERS:
                kind, value = data.NUMBERS[form]
                if form in data.DUAL_OR_ONE and not sum_.last and self._precedes_noun(place):
                    value *= 2
                return Piece(kind, value, joined)
        return None

    def _precedes_noun(self, place: int) -> bool:
        tanwin = "\u064b" in self.words[place].raw
        following = self._text(place + 1)
        return not tanwin and following != "" and following[0] != "و" and following not in {"من", "في", "علي"}

    def _after_and(self, place: int) -> bool:
        return place > 0 and self.words[place - 1].text in {"و", "and"}

    def _adjoins(self, place: int) -> bool:
        """Whether nothing but white space or a hyphen parts the word from the one before."""
        between = self.text[self.words[place - 1].end : self.words[place].start]
        return not between.strip(" \t\u00a0-\u0640")

    def _half_more(self, amount: _Amount) -> tuple[float, int]:
        """«مليار ونصف», "four and a half": half of the scale, or of one."""
        value, end, _ = amount
        step = self._last_scale(end) or 1.0
        if self._text(end) == "و" + _HALF and not self._text(end + 1).startswith("ال"):
            return value + step / 2, end + 1
        if [self._text(end + ahead) for ahead in range(3)] == ["and", "a", "half"]:
            return value + step / 2, end + 3
        return value, end

    def _half_after_unit(self, value: float, end: int) -> tuple[float, int]:
        """«أربع ساعات ونصف الساعة», "an hour and a half"."""
        if self._text(end) == "و" + _HALF:
            return value + 0.5, end + 1 + (self._text(end + 1).startswith("ال"))
        return value, end

    def _last_scale(self, end: int) -> float | None:
        for form, _ in bare_forms(self._text(end - 1)):
            kind, value = data.NUMBERS.get(form, ("", 0.0))
            if kind == "scale":
                return value
        return None

    def _percent(self, end: int) -> tuple[Kind, int]:
        rest = self.text[self.words[end - 1].end :].lstrip()[:1]
        if rest and rest in "%٪":
            return "percent", end
        if self._text(end) == "في" and self._text(end + 1) in data.PERCENT:
            return "percent", end + 2
        if self._text(end) in data.PERCENT:
            return "percent", end + 1
        if self._text(end) == "per" and self._text(end + 1) == "cent":
            return "percent", end + 2
        return "plain", end

    def _unit(self, place: int, end: int) -> tuple[str, float, int]:
        """Dimension and size of the unit beside the number, and where the quantity ends."""
        sign = self.text[: self.words[place].start].rstrip()[-1:]
        if sign in data.SIGNS:
            return data.SIGNS[sign], 1.0, end
        if self._text(end) in {"cubic", "square"}:
            return self._text(end), 1.0, end + 2
        for ahead in (0, 1):  # "million Omani rials"
            if end + ahead and end + ahead < len(self.words) and all(map(self._adjoins, range(end, end + ahead + 1))):
                dimension, size = data.UNITS.get(self._text(end + ahead), ("", 1.0))
                if dimension and (ahead == 0 or self.words[end].raw[0].isupper()):
                    return self._power(dimension, size, end + ahead + 1)
        return "", 1.0, end

    def _power(self, dimension: str, size: float, end: int) -> tuple[str, float, int]:
        power = {"مكعب": "cubic", "مكعبا": "cubic", "مكعبه": "cubic", "مربع": "square", "مربعا": "square"}
        if dimension == "length" and self._text(end) in power:
            return power[self._text(end)], 1.0, end + 1
        return dimension, size, end

    def _text(self, place: int) -> str:
        return self.words[place].text if 0 <= place < len(self.words) else ""

    def _quantity(
        self,
        value: float,
        kind: Kind,
        place: int,
        end: int,
        unit: tuple[str, float] = ("", 1.0),
        factor: float = 1.0,
    ) -> Quantity:
        end = min(end, len(self.words))
        bound, rough = self._bound(place)
        start, stop = self.words[place].start, self.words[end - 1].end
        return Quantity(round(value, 6), kind, *unit, bound, rough, start, stop, factor)

    def _bound(self, place: int) -> tuple[Bound, bool]:
        """What the words in front say; the longest phrase counts: "no more than" is no "more than"."""
        before = [self._text(at) for at in range(max(0, place - _LOOK_BACK), place)]
        tails = [" ".join(before[at:]) for at in range(len(before))]
        for at, tail in enumerate(tails):
            if tail in data.UNDER or tail in data.OVER:
                denied = any(word in data.DENIALS for word in before[:at])  # "will not fall below"
                return ("over" if (tail in data.OVER) != denied else "under"), False
        return "", any(tail in data.ROUGH for tail in tails)


def _article_forms(word: str) -> Iterator[str]:
    for form, _ in bare_forms(word):
        yield form
        yield without_article(form)


def _three_to_ten(word: str) -> Iterator[str]:
    """«السدود الثلاثة»: with the article only the numbers that are no day's name and no "per cent"."""
    for form, _ in bare_forms(word):
        bare = without_article(form)
        kind, value = data.NUMBERS.get(bare, ("", 0.0))
        if bare != form and kind in {"unit", "ten"} and value > 2:
            yield bare


def _shared(found: list[Quantity], text: str) -> list[Quantity]:
    """The first of a range takes scale, kind and unit of the last where it has none: from 2.3 to 2.45 billion."""
    shared = list(found)
    for at, (first, last) in reversed(list(enumerate(pairwise(found)))):
        following = shared[at + 1]
        between = "".join(text[first.end : last.start].split()).strip("-–—ـ").lower()
        joins = between in _JOINS or between in {"", "إلى"}
        if joins and first.kind == "plain" and first.factor == 1.0 and not first.dimension:
            grown = first.value * following.factor if first.value < 1000 else first.value
            kind = "percent" if following.kind == "percent" else first.kind
            shared[at] = replace(
                first,
                value=grown,
                kind=kind,
                dimension=following.dimension,
                size=following.size,
                factor=following.factor,
            )
    return shared

"""Falsehoods planted in true claims about the sample articles: one of each kind, in Arabic and English.

``eval/planted/develop.jsonl`` and ``held_out.jsonl`` have true claims in both languages, written for this project, with
a piece of the sentence that each cites, for some of them the same denied, and something the article does not say.
``names.jsonl`` says which name takes another's place. Numbers and dates are changed here, by patterns that the verifier
knows nothing of.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from indexer.arabic import fold_text
from indexer.articles import Article
from indexer.errors import BadInput
from indexer.sentences import sentence_spans
from service.answering.claims import Sentence

FOLDER: Final = Path(__file__).with_name("planted")
LANGUAGES: Final = ("ar", "en")
Kind = Literal["clean", "number", "unit", "date", "name", "negation", "wrong source", "invented"]
KINDS: Final[tuple[Kind, ...]] = ("number", "unit", "date", "name", "negation", "wrong source", "invented")
#: Sentences of the article, besides the one that is right, that a claim might have cited.
OTHERS: Final = 5
SEED: Final = 18


def _row(words: str) -> list[str]:
    return words.split()


_NUMBER: Final = re.compile(r"(?<![\w.,])[0-9][0-9,]*(?:\.[0-9]+)?(?![\w]|[.,][0-9])")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_WORDS: Final = {
    **dict(
        zip(
            _row("two three four five six seven eight nine"),
            _row("four five seven nine eight three six two"),
            strict=True,
        )
    ),
    **dict(zip(_row("ثلاث أربع خمس ست سبع ثماني تسع"), _row("سبع تسع ثلاث ثماني أربع خمس ست"), strict=True)),
    **dict(zip(_row("خمسة ستة سبعة تسعة"), _row("ثمانية تسعة أربعة ستة"), strict=True)),
}
_SCALES: Final = (
    (" million", " billion"), (" billion", " million"), ("dollars", "euros"), ("euros", "dollars"),
    ("hours", "days"), ("months", "years"), ("years", "months"), ("dinars", "dollars"), ("dirhams", "dollars"),
    ("tonnes", "kilograms"), ("مليون", "مليار"), ("مليار ", "مليون "), ("دولار", "يورو"), ("يورو", "دولار"),
    ("ساعات", "أيام"), ("أشهر", "أعوام"), ("أعوام", "أشهر"), ("سنوات", "أشهر"), ("عامين", "شهرين"),
    ("دينار", "دولار"), ("درهم", "دولار"), ("طن", "كيلوغرام"),
)  # fmt: skip
_MONTHS: Final = (
    _row("January February March April May June July August September October November December"),
    _row("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
    _row("آذار نيسان"),
)
_DAYS: Final = (
    _row("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    _row("الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد"),
)
_ALL_MONTHS: Final = "|".join(month for months in _MONTHS for month in months)
_DAY_OF_MONTH: Final = re.compile(rf"\b([0-9]{{1,2}}) (?={_ALL_MONTHS})|(?<=(?:y|l|h|t|r|e) )([0-9]{{1,2}})(?=,)")


@dataclass(frozen=True, slots=True)
class Case:
    """A claim to verify.

    Attributes:
        kind: the falsehood in it; "clean" without one.
        right: for a claim with the wrong source, which sentence of ``(*cited, *others)`` is right.
    """

    kind: Kind
    language: str
    claim: str
    cited: tuple[Sentence, ...]
    others: tuple[Sentence, ...]
    right: int | None = None


def cases(articles: Mapping[str, Article], part: str, folder: Path = FOLDER) -> list[Case]:
    """The clean claims of one part ("develop", "held_out") and what is planted in them, in a fixed order.

    Raises:
        BadInput: a claim's article or sentence is not there.
    """
    names = _read(folder / "names.jsonl")
    return [case for row in _read(folder / f"{part}.jsonl") for case in _of_row(row, articles, names)]


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; give the folder with the planted claims") from error


def _of_row(
    row: Mapping[str, Any], articles: Mapping[str, Article], names: Sequence[Mapping[str, str]]
) -> Iterator[Case]:
    sentences = _sentences(row, articles)
    cited = tuple(_holding(sentences, piece) for piece in row["cites"])
    rest = [sentence for sentence in sentences if sentence not in cited]
    draw = random.Random(f"{SEED} {row['article']} {row['cites']}")  # noqa: S311  (no secret)
    others = tuple(draw.sample(rest, min(OTHERS, len(rest))))
    for language in LANGUAGES:
        claim = row[language]
        yield Case("clean", language, claim, cited, others)
        for kind, planted in _planted(row, language, cited, names, draw):
            yield Case(kind, language, planted, cited, others)
        yield Case("wrong source", language, claim, others[:1], (*others[1:], *cited), len(others))


def _sentences(row: Mapping[str, Any], articles: Mapping[str, Article]) -> list[Sentence]:
    article = articles.get(row["article"])
    if article is None:
        raise BadInput(f"the claims are about {row['article']!r}, which is not among the articles; give the samples")
    return [Sentence(article, span) for span in sentence_spans(article.text)]


def _holding(sentences: Sequence[Sentence], piece: str) -> Sentence:
    for sentence in sentences:
        if piece in sentence.text:
            return sentence
    raise BadInput(f"no sentence of {sentences[0].article.id!r} has {piece!r}; correct the claims")


def _planted(
    row: Mapping[str, Any],
    language: str,
    cited: Sequence[Sentence],
    names: Sequence[Mapping[str, str]],
    draw: random.Random,
) -> Iterator[tuple[Kind, str]]:
    claim = row[language]
    there = fold_text(" ".join(sentence.text for sentence in cited))
    made: tuple[tuple[Kind, str | None], ...] = (
        ("number", _other_number(claim, there, draw)),
        ("unit", _other_unit(claim)),
        ("date", _other_date(claim, there, draw)),
        ("name", _other_name(claim, language, there, names)),
        ("negation", row.get("negated", {}).get(language)),
        ("invented", row.get("invented", {}).get(language)),
    )
    yield from ((kind, planted) for kind, planted in made if planted is not None and planted != claim)


def _other_number(claim: str, there: str, draw: random.Random) -> str | None:
    """The claim with one number changed, by a little or a lot; None where it has none."""
    spans = [match.span() for match in _DAY_OF_MONTH.finditer(claim)]
    found = [
        match
        for match in _NUMBER.finditer(claim)
        if not _YEAR.fullmatch(match.group()) and not any(start <= match.start() < end for start, end in spans)
    ]
    if found:
        match = draw.choice(found)
        return claim[: match.start()] + _changed(match.group(), there, draw) + claim[match.end() :]
    for word, other in _WORDS.items():
        pattern = re.compile(rf"\b{word}\b")
        if pattern.search(claim):
            return pattern.sub(other, claim, count=1)
    return None


def _changed(number: str, there: str, draw: random.Random) -> str:
    decimals = len(number.partition(".")[2])
    value = float(number.replace(",", ""))
    step = 10.0**-decimals
    ways = [value + step, value + 3 * step, value - step, value * 2, value * 10, value + 10 * step]
    draw.shuffle(ways)
    for way in ways:
        written = f"{way:,.{decimals}f}" if "," in number else f"{way:.{decimals}f}"
        if way > 1 and not re.search(rf"(?<![0-9.]){re.escape(written)}(?![0-9])", there):
            return written
    return f"{value * 7:.{decimals}f}"


def _other_unit(claim: str) -> str | None:
    for unit, other in _SCALES:
        pattern = re.compile(rf"(?<=[0-9] ){unit.strip()}\b")
        if pattern.search(claim):
            return pattern.sub(other.strip(), claim, count=1)
    return None


def _other_date(claim: str, there: str, draw: random.Random) -> str | None:
    """The claim with another month, day, year or weekday; None where it has none of them."""
    ways = [
        planted
        for planted in (_other_of(claim, _MONTHS), _other_of(claim, _DAYS), _other_year(claim, there))
        if planted
    ]
    if day := _DAY_OF_MONTH.search(claim):
        number = int(day[1] or day[2])
        group = 1 if day[1] else 2
        other = str(number + 3 if number < 26 else number - 5)
        ways.append(claim[: day.start(group)] + other + claim[day.end(group) :])
    return draw.choice(ways) if ways else None


def _other_of(claim: str, series: Sequence[Sequence[str]]) -> str | None:
    for words in series:
        for place, word in enumerate(words):
            pattern = re.compile(rf"\b{word}\b")
            if pattern.search(claim):
                return pattern.sub(words[(place + 3) % len(words)], claim, count=1)
    return None


def _other_year(claim: str, there: str) -> str | None:
    match = _YEAR.search(claim)
    if match is None or claim[match.end() : match.end() + 1] == ",":
        return None
    other = next(str(int(match.group()) - back) for back in (2, 3, 5) if str(int(match.group()) - back) not in there)
    return claim[: match.start()] + other + claim[match.end() :]


def _other_name(claim: str, language: str, there: str, names: Sequence[Mapping[str, str]]) -> str | None:
    for entry in names:
        if entry["lang"] != language or fold_text(entry["instead"]) in there:
            continue
        # With the letters that Arabic joins in front, and not inside another word.
        pattern = re.compile(rf"(?<!\w)([وفبل]?){re.escape(entry['name'])}(?!\w)")
        if pattern.search(claim):
            return pattern.sub(rf"\g<1>{entry['instead']}", claim)
    return None

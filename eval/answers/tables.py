"""What was measured of answers as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eval.answers.abstention import LIMITS, Abstention, Rates
from eval.answers.evaluation import AnswersEvaluation
from eval.answers.rows import MEASURES
from eval.answers.separation import best_within

_NAME = 26
_COLUMN = 12


def answers_table(measured: AnswersEvaluation) -> str:
    """A row for each figure: all questions with the interval, each language, the difference from a saved run."""
    return "\n".join(_answer_lines(measured))


def _answer_lines(measured: AnswersEvaluation) -> Iterator[str]:
    languages, latency = list(measured.by_language), measured.latency
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in measured.verdicts.items())
    yield f"{measured.dataset.name}: {len(measured.rows):,} questions: {verdicts}"
    yield ""
    head = ["all", "95 % from", "to", *languages, *(["less saved", "p"] if measured.comparison else [])]
    yield _line("", head)
    for name in (*MEASURES, "citation_validity", "median_quote_chars"):
        values = [measured.metrics[name], *measured.intervals.get(name, (None, None))]
        values += [measured.by_language[language][name] for language in languages]
        if row := measured.comparison.get(name):
            values += [row.difference, row.p_value]
        yield _line(name, [_figure(value) for value in values])
    yield ""
    yield f"an answer takes {latency['p50']:.0f} ms (median), {latency['p95']:.0f} ms (95th percentile)"


def abstention_table(measured: Abstention) -> str:
    """Rates over all questions, by language and type, off topic; the threshold and points of the curve."""
    return "\n".join(_abstention_lines(measured))


def groups(measured: Abstention) -> Mapping[str, Rates]:
    """The rates of a run by name, those of all its questions first, off-topic ones last."""
    overall = measured.overall
    own = {measured.dataset.name: overall} if overall else {}
    return {
        **own,
        **measured.by_language,
        **measured.by_type,
        f"off topic ({measured.off_topic_set})": measured.off_topic_rates,
    }


def judge_line(measured: Abstention) -> str:
    """What judged, and how often the rules had to without it."""
    if measured.judge == "rules":
        return "judged by rules"
    return f"judged by rules and {measured.judge}, {measured.unheard:,} answers by rules alone"


def _abstention_lines(measured: Abstention) -> Iterator[str]:
    yield _line("", ["answerable", "not", "AUROC", "halluc.", "error"])
    for name, found in groups(measured).items():
        counts = [f"{found.answerable:,}", f"{found.unanswerable:,}"]
        yield _line(
            name, counts + [_figure(value) for value in (found.auroc, found.hallucination_rate, found.error_rate)]
        )
    yield ""
    yield judge_line(measured)
    yield f"the least confidence that was answered: {_figure(measured.threshold)}"
    for limit, point in best_within(measured.curve, LIMITS).items():
        yield (
            f"at an error of at most {limit}: hallucination {point.hallucination_rate:.4f}, error "
            f"{point.error_rate:.4f}, from confidence {point.threshold:.4f} on"
        )


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value > 1 else f"{value:.4f}"


def _line(name: str, cells: list[str]) -> str:
    return f"{name:<{_NAME}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells)

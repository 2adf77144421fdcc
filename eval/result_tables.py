"""The tables that ``docs/generate.py`` makes of the records in ``eval/results/``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

#: Records that have a table of their own.
COMPARISON, SIGNALS, BENCH = "comparison.json", "signals.json", "bench.json"
ATTACKS, FUZZ, FAULTS = "attacks.json", "fuzz.json", "faults.json"
_MEASURES = ("recall@1", "recall@5", "mrr@10")
_HEADINGS = "Recall@1 / Recall@5 / MRR@10"


def results_table(folder: Path) -> str:
    """One row per figure, each with the command that printed it."""
    rows = [["what", "figure", "n", "commit", "date", "command"]]
    for path in sorted(folder.glob("*.json")):
        if path.name in (COMPARISON, SIGNALS, BENCH, ATTACKS, FUZZ):
            continue
        run = json.loads(path.read_text("utf-8"))
        rows += [
            [figure["what"], figure["value"], figure["n"], run["commit"], run["date"], f"`{run['command']}`"]
            for figure in run["figures"]
        ]
    return _table(rows)


def comparison_table(folder: Path) -> str:
    """A row for each system, a column for each question set, times of the largest set; then what each system is."""
    run = json.loads((folder / COMPARISON).read_text("utf-8"))
    sets = run["sets"]
    by_set = [{row["system"]: row for row in one["rows"]} for one in sets]
    largest = max(range(len(sets)), key=lambda at: sets[at]["documents"])
    place = f"`{sets[largest]['dataset']}`, {sets[largest]['documents']:,} documents"
    best = [{name: max(row["metrics"][name] for row in rows.values()) for name in _MEASURES} for rows in by_set]
    table = [["system", *map(_heading, sets), f"ms a question ({place})", "indexing, s (same)"]]
    for system in run["systems"]:
        cells = [
            _figures(rows[system]["metrics"], top) if system in rows else "–"
            for rows, top in zip(by_set, best, strict=True)
        ]
        timed = by_set[largest].get(system)
        times = [f"{timed['ms_p50']:.1f}", f"{timed['index_seconds']:,.0f}"] if timed else ["–", "–"]
        table.append([f"`{system}`", *cells, *times])
    return f"{_HEADINGS}; the best in bold.\n\n{_table(table)}\n\n" + "\n".join(_legend(run))


def signals_table(folder: Path) -> str:
    """A row for each combination of signals, a column for each question set."""
    run = json.loads((folder / SIGNALS).read_text("utf-8"))
    sets = run["sets"]
    names = list(dict.fromkeys(name for one in sets for name in one["ablation"]))
    best = [{name: max(row[name] for row in one["ablation"].values()) for name in _MEASURES} for one in sets]
    table = [["signals", *map(_heading, sets)]]
    for name in names:
        cells = [
            _figures(one["ablation"][name], top) if name in one["ablation"] else "–"
            for one, top in zip(sets, best, strict=True)
        ]
        table.append([name.replace("+", " + "), *cells])
    return f"{_HEADINGS}; the best in bold.\n\n{_table(table)}\n\n{_origin(run)}"


def bench_table(folder: Path) -> str:
    """Ratios to the rivals, then how each system grows, then what a user waits for."""
    run = json.loads((folder / BENCH).read_text("utf-8"))
    ratios = [["what", "Masdar", "instead", "ratio"]] + [
        [one["what"], f"{one['ours']:,.4g} {one['unit']}", f"{one['theirs']:,.4g}", f"{one['times']:.2g}"]
        for one in run["ratios"]
    ]
    waits = [["what", "seconds", "of processor"]] + [
        [what, f"{seconds:.1f}", f"{processor:.1f}"] for what, seconds, processor in run["waits"]
    ]
    left_out = [f"- not compared: {what} ({reason})" for what, reason in run["left_out"].items()]
    parts = [_table(ratios), _table(list(_growth(run["grown"]))), "\n".join(_legend({**run, "left_out": {}}))]
    return "\n\n".join([*parts, *(["\n".join(left_out)] if left_out else []), _table(waits)])


def _growth(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[object]]:
    steps = ("dense", "lexical", "search", "ask")
    yield ["system", "chunks", "start, s", "memory, MB", "disk, MB", *(f"{step}, ms" for step in steps)]
    for row in rows:
        found = row["measured"]
        times = [found["steps"].get(step, {}).get("cpu_p50") for step in steps]
        shown = ["–" if one is None else f"{one:,.1f}" for one in times]
        sizes = [f"{found['start_processor']:.1f}", f"{found['anonymous_mb']:,.0f}", f"{row['disk_mb']:,.0f}"]
        yield [f"`{row['system']}`", f"{found['chunks']:,}", *sizes, *shown]


def attacks_table(folder: Path) -> str:
    """A row for each class of attacks: what would be harm, tries, harms, and what became of them."""
    run = json.loads((folder / ATTACKS).read_text("utf-8"))
    rows: list[Sequence[object]] = [["class", "what would be harm", "tries", "harm", "what became of them"]]
    for one in run["figures"]:
        outcomes = ", ".join(f"{count:,} {name}" for name, count in one["outcomes"].items())
        rows.append([one["what"], one["harm"], f"{one['n']:,}", one["outcomes"].get("harm", 0), outcomes])
    return f"{_table(rows)}\n\nCommit {run['commit']}, {run['date']}: `{run['command']}`"


def fuzz_table(folder: Path) -> str:
    """A row for each target of fuzzing."""
    run = json.loads((folder / FUZZ).read_text("utf-8"))
    rows = [["target", "executions and findings", "time"]]
    rows += [[one["what"], one["value"], one["n"]] for one in run["figures"]]
    return f"{_table(rows)}\n\nCommit {run['commit']}, {run['date']}: `{run['command']}`"


def faults_table(folder: Path) -> str:
    """A row for each fault that was injected: rounds, those that lost something, and how long coming back took."""
    run = json.loads((folder / FAULTS).read_text("utf-8"))
    rows: list[Sequence[object]] = [["fault", "rounds", "with losses", "recovery, median / longest"]]
    for one in run["faults"]:
        recovery = f"{one['median_seconds']:.1f} s / {one['longest_seconds']:.1f} s"
        rows.append([one["fault"], one["rounds"], one["losses"], recovery])
    rows.append(["all", *(sum(one[name] for one in run["faults"]) for name in ("rounds", "losses")), ""])
    return f"{_table(rows)}\n\nCommit {run['commit']}, {run['date']}, {run['machine']}: `{run['command']}`"


def _heading(one: Mapping[str, Any]) -> str:
    return f"`{one['dataset']}` (n = {one['queries']:,})"


def _figures(metrics: Mapping[str, float], best: Mapping[str, float]) -> str:
    shown = {name: f"{metrics[name]:.3f}".removeprefix("0") for name in _MEASURES}
    return " / ".join(f"**{shown[name]}**" if metrics[name] == best[name] else shown[name] for name in _MEASURES)


def _legend(run: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"- `{name}`: {what}" for name, what in run["systems"].items())
    yield from (
        f"- `{name}` was left out of this run, for want of {', '.join(libraries)}"
        for name, libraries in run["left_out"].items()
    )
    yield ""
    yield _origin(run)


def _origin(run: Mapping[str, Any]) -> str:
    name, changed, _ = str(run["commit"]).partition("+")
    return f"Commit {name[:7]}{changed and '+changes'}, {run['date'][:10]}, {run['machine']}: `{run['command']}`"


def _table(rows: Sequence[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])

"""What each signal is worth, set by set: ``python -m eval.benchmarks.signals RUN.json ... --json FILE``.

A run is what ``masdar eval retrieval --ablate --json`` printed. The runs become one record, from which ``make docs``
fills a table of the README. Nothing is measured here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from eval.provenance import machine
from indexer.errors import BadInput, MasdarError

COMMAND = "masdar eval retrieval --dataset SET --data DIR --ablate --json"
#: What is kept of a run and of its configuration.
_KEPT, _CONFIGURED = ("dataset", "queries", "ablation"), ("documents", "dataset_digest", "date", "depth", "encoder")


def combine(runs: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """One record of several runs, each given with the name of its file.

    Raises:
        BadInput: a run has no ablation, a set comes twice, or the runs are of several commits.
    """
    sets = [_kept(name, run) for name, run in runs]
    names = [one["dataset"] for one in sets]
    if repeated := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise BadInput(f"the question set {repeated[0]!r} comes {names.count(repeated[0])} times; give one run of each")
    commits = {str(run["config"].get("commit")) for _, run in runs}
    if len(commits) != 1:
        raise BadInput(f"the runs are of the commits {', '.join(sorted(commits))}; make all of them with one")
    return {
        "command": COMMAND,
        "commit": commits.pop(),
        "date": max(one["date"] for one in sets),
        "machine": machine(),
        "sets": sets,
    }


def _kept(name: str, run: Mapping[str, Any]) -> dict[str, Any]:
    config = run.get("config")
    missing = [key for key in _KEPT if key not in run]
    if missing or not isinstance(config, dict):
        raise BadInput(f"{name} has no {(missing or ['config'])[0]!r}; give what this prints: {COMMAND}")
    return {key: run[key] for key in _KEPT} | {key: config[key] for key in _CONFIGURED if key in config}


def read_run(path: Path) -> tuple[str, Mapping[str, Any]]:
    """A run and the name of its file.

    Raises:
        BadInput: the file cannot be read or is no JSON object.
    """
    try:
        run = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"the run {path} cannot be read ({error}); give what this prints: {COMMAND}") from error
    if not isinstance(run, dict):
        raise BadInput(f"the run {path} is no JSON object; give what this prints: {COMMAND}")
    return str(path), run


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "target", required=True, type=click.Path(path_type=Path), help="File to write the record to.")
def main(runs: tuple[Path, ...], target: Path) -> None:
    """Put RUNS of `masdar eval retrieval --ablate --json` into one record."""
    try:
        record = combine([read_run(path) for path in runs])
        target.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise click.ClickException(f"{target} cannot be written ({error.strerror or error})") from error
    except MasdarError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()

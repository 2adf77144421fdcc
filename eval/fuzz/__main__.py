"""``python -m eval.fuzz``: fuzz one target or all of them, and record what came of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from eval.errors import AttackFailed
from eval.fuzz.targets import TARGETS, seeds_of
from eval.provenance import commit, now
from indexer.errors import MasdarError
from indexer.extras import needing

_EXECUTED = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
_DONE = re.compile(r"#(\d+)\s+DONE\s+cov: (\d+)")
_LAST = re.compile(r"^#(\d+)\s", re.MULTILINE)
_RAISED = re.compile(r"Uncaught Python exception: ===\n(.+)")
#: Seconds after which one execution is a finding: by the clock, so that a busy machine must not count.
_TIMEOUT = 300
#: Bytes of the longest input.
_LONGEST = 1_000
#: Seconds that starting takes beside the time that is fuzzed.
_START = 900


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of fuzzing a target.

    Attributes:
        executions: inputs that were run.
        coverage: branches that they reached, as the engine counts.
        finding: what the first failing input raised; empty where none failed.
        case: that input.
    """

    target: str
    executions: int
    coverage: int
    finding: str
    case: bytes


def fuzz(target: str, seconds: int, corpus: Path) -> Outcome:
    """Fuzz one target.

    Args:
        target: its name in ``TARGETS``.
        seconds: how long.
        corpus: inputs that reached something new are kept there, to begin with the next time.

    Raises:
        AttackFailed: the engine did not run.
    """
    own = corpus / target
    own.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds_of(target)):
        (own / f"seed-{number}").write_bytes(seed)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "eval.fuzz.engine", target, str(own), f"-max_total_time={seconds}"]
        command += [f"-timeout={_TIMEOUT}", f"-max_len={_LONGEST}", f"-artifact_prefix={folder}/", "-rss_limit_mb=4096"]
        command += ["-print_final_stats=1"]
        run = subprocess.run(  # noqa: S603  # ours
            command, capture_output=True, timeout=seconds + _START, check=False
        )
        said = run.stderr.decode("utf-8", "replace") + run.stdout.decode("utf-8", "replace")
        cases = [path.read_bytes() for path in Path(folder).iterdir()]
    if run.returncode and not cases:
        raise AttackFailed(f"fuzzing {target!r} did not run; the engine says: {said[-800:]}")
    return _outcome(target, said, cases[0] if cases else b"", failed=bool(cases))


def _outcome(target: str, said: str, case: bytes, *, failed: bool) -> Outcome:
    executed = _EXECUTED.search(said)
    done = _DONE.search(said)
    last = _LAST.findall(said)
    raised = _RAISED.search(said)
    return Outcome(
        target,
        int(executed[1]) if executed else int(last[-1]) if last else 0,
        int(done[2]) if done else 0,
        (raised[1] if raised else "too slow, or too large") if failed else "",
        case,
    )


def _record(outcomes: list[Outcome], seconds: int) -> dict[str, object]:
    figures = [
        {
            "what": f"`{one.target}`",
            "value": f"{one.executions:,} executions, {one.finding or 'no finding'}",
            "n": f"{seconds} s",
        }
        for one in outcomes
    ]
    command = f"python -m eval.fuzz all --seconds {seconds}"
    return {"command": command, "commit": (commit() or "")[:7], "date": now()[:10], "figures": figures}


@click.command()
@click.argument("target", type=click.Choice([*TARGETS, "all"]))
@click.option("--seconds", default=60, show_default=True, help="How long each target is fuzzed.")
@click.option(
    "--corpus", type=click.Path(path_type=Path), default=Path(".masdar/fuzz"), help="What was found to matter."
)
@click.option("--json", "record", type=click.Path(path_type=Path), metavar="FILE", help="Also write the record here.")
def main(target: str, seconds: int, corpus: Path, record: Path | None) -> None:
    """Fuzz TARGET; the exit code is 1 where something failed, with the input that did it."""
    try:
        with needing("fuzz", "fuzzing"):
            import atheris  # noqa: F401  (only whether it is there)
        outcomes = []
        for name in TARGETS if target == "all" else [target]:
            outcomes.append(fuzz(name, seconds, corpus))
            click.echo(_line(outcomes[-1]))
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    if record:
        record.write_text(json.dumps(_record(outcomes, seconds), ensure_ascii=False, indent=2) + "\n", "utf-8")
    if any(one.finding for one in outcomes):
        raise SystemExit(1)


def _line(one: Outcome) -> str:
    told = f"{one.target}: {one.executions:,} executions, {one.coverage:,} branches"
    return f"{told}: {one.finding}\n  {one.case!r}" if one.finding else f"{told}, no finding"


if __name__ == "__main__":
    main()

"""``python -m eval.audit``, or ``make audit``: holes of dependencies, secrets in files, a list of what is installed.

The tools are of the extra ``audit``. What could not be looked at is told, and is no pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from eval.errors import AttackFailed
from indexer.errors import MasdarError
from indexer.extras import needing

ROOT: Final = Path(__file__).resolve().parent.parent
#: What was looked at and is no secret: keys of tests, digests.
BASELINE: Final = ".secrets.baseline"
_SECONDS: Final = 900


@dataclass(frozen=True, slots=True)
class Audited:
    """What pip-audit found.

    Attributes:
        holes: "package version: id, id" each.
        unseen: packages of which nothing could be had.
        packages: how many there are.
    """

    holes: tuple[str, ...]
    unseen: tuple[str, ...]
    packages: int

    @classmethod
    def of(cls, report: dict[str, Any]) -> Audited:
        """What a report in pip-audit's JSON says."""
        every = report["dependencies"]
        holes = tuple(
            f"{one['name']} {one['version']}: {', '.join(hole['id'] for hole in one['vulns'])}"
            for one in every
            if one.get("vulns")
        )
        return cls(holes, tuple(one["name"] for one in every if "skip_reason" in one), len(every))


def dependencies() -> Audited:
    """Hold the pinned versions against the known holes; asks PyPI.

    Raises:
        AttackFailed: it cannot be asked.
    """
    arguments = ["-r", "constraints.txt", "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    run = _run("pip_audit", arguments)
    try:
        return Audited.of(json.loads(run.stdout))
    except ValueError as error:
        raise AttackFailed(
            f"NOTHING WAS AUDITED: pip-audit cannot ask its index; run it where PyPI is reached: {run.stderr[-300:]}"
        ) from error


def secrets(files: Sequence[str]) -> list[str]:
    """What looks like a secret in these files, relative to the root, and is not in the baseline: "file:line type"."""
    from detect_secrets import SecretsCollection
    from detect_secrets.core import baseline
    from detect_secrets.settings import transient_settings

    known = baseline.load_from_file(str(ROOT / BASELINE))
    with transient_settings(known):
        found = SecretsCollection(root=str(ROOT))
        for file in files:
            found.scan_file(file)
    seen = {one["hashed_secret"] for every in known["results"].values() for one in every}
    return [f"{name}:{one.line_number} {one.type}" for name, one in found if one.secret_hash not in seen]


def tracked() -> list[str]:
    """The files that git keeps, without the baseline itself."""
    run = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607  # git
    return [name for name in run.stdout.splitlines() if name != BASELINE]


def bill(target: Path) -> int:
    """Write what is installed, as CycloneDX JSON; gives the number of packages.

    Raises:
        AttackFailed: the environment cannot be read.
    """
    run = _run("cyclonedx_py", ["environment", "--output-reproducible", "--of", "JSON", "-o", str(target)])
    if run.returncode:
        raise AttackFailed(f"the list of what is installed could not be made: {run.stderr[-300:]}")
    return len(json.loads(target.read_text("utf-8"))["components"])


def _run(module: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(  # noqa: S603  # ours
        command, cwd=ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False
    )


@click.command()
@click.option("--sbom", type=click.Path(path_type=Path), default=Path("sbom.json"), show_default=True)
def main(sbom: Path) -> None:
    """Audit dependencies and files; the exit code is 1 where something was found, or not looked at."""
    try:
        with needing("audit", "auditing"):
            import cyclonedx_py  # noqa: F401  (only whether it is there)
            import detect_secrets  # noqa: F401  (likewise)
            import pip_audit  # noqa: F401  (likewise)
        click.echo(f"{bill(sbom)} packages are listed in {sbom}")
        found = secrets(tracked())
        click.echo("\n".join(["secrets in tracked files:", *found]) if found else "no secret in tracked files")
        audited = dependencies()
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    for hole in audited.holes:
        click.echo(f"known hole: {hole}")
    seen = audited.packages - len(audited.unseen)
    click.echo(
        f"{seen} of {audited.packages} packages were held against the known holes, {len(audited.holes)} have some"
    )
    if audited.unseen:
        click.echo(f"NOT AUDITED, for the index does not know them: {', '.join(audited.unseen)}", err=True)
    if found or audited.holes or audited.unseen:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

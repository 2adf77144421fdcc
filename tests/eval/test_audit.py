"""The audit: what it says of a report, and that the list of what is installed is whole."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from eval.audit import BASELINE, Audited, bill, secrets, tracked

ROOT = Path(__file__).resolve().parents[2]


def test_what_could_not_be_audited_is_no_pass() -> None:
    report = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": []},
            {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1"}, {"id": "CVE-2"}]},
            {"name": "c", "skip_reason": "not found"},
        ]
    }
    assert Audited.of(report) == Audited(("b 2: PYSEC-1, CVE-2",), ("c",), 3)


def test_a_secret_is_seen_and_those_of_tests_are_known(tmp_path: Path) -> None:
    pytest.importorskip("detect_secrets", reason="of the extra audit")
    planted = tmp_path / "settings.py"
    planted.write_text('aws = "AKIA' + 'QWERTYUIOPASDFGH"\n', "utf-8")
    assert [one for one in secrets([str(planted)]) if "AWS" in one]
    known = set(json.loads((ROOT / BASELINE).read_text("utf-8"))["results"])
    assert secrets(sorted(known & set(tracked()))) == []


@pytest.mark.slow
def test_the_list_of_what_is_installed_has_the_default_install(tmp_path: Path) -> None:
    pytest.importorskip("cyclonedx_py", reason="of the extra audit")
    target = tmp_path / "sbom.json"
    assert bill(target) > 50
    listed = {one["name"].lower().replace("_", "-") for one in json.loads(target.read_text("utf-8"))["components"]}
    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert {re.split(r"[<>=~ ;\[]", one)[0].lower() for one in named} <= listed

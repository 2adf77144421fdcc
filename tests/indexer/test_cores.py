"""How many cores a process may use: control groups of both versions, in and around containers."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.encoder.cores import allowed, usable_cores


def groups(folder: Path, own: str, files: dict[str, str]) -> list[int]:
    (folder / "own").write_text(own)
    for name, content in files.items():
        path = folder / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return list(allowed(folder / "own", folder / "groups"))


@pytest.mark.parametrize(
    ("own", "files", "cores"),
    [
        ("0::/\n", {"cpu.max": "150000 100000\n"}, [2]),
        ("0::/\n", {"cpu.max": "max 100000\n"}, []),
        ("0::/user/news\n", {"user/news/cpu.max": "400000 100000\n", "user/cpu.max": "100000 100000\n"}, [4, 1]),
        ("0::/outside/the/container\n", {"cpu.max": "200000 100000\n"}, [2]),
        ("4:cpu,cpuacct:/docker/a\n", {"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000"}, [3]),
        ("4:cpu,cpuacct:/\n3:memory:/\n", {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000"}, []),
        ("0::/\n", {"cpu.max": "nonsense\n"}, []),
        ("", {}, []),
    ],
)
def test_limits_of_control_groups(tmp_path: Path, own: str, files: dict[str, str], cores: list[int]) -> None:
    assert groups(tmp_path, own, files) == cores


def test_a_process_has_a_core() -> None:
    assert usable_cores() >= 1

"""The rules of the layout that pyproject.toml spells out module by module."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_import_contracts_name_every_module_of_the_indexer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    entries = [entry for entry in (ROOT / "indexer").iterdir() if entry.suffix == ".py" or entry.is_dir()]
    entries = [entry for entry in entries if not entry.name.startswith("__")]
    modules = {f"indexer.{entry.stem}" for entry in entries}
    assert len(modules) > 10
    for name, allowed in (
        ("Qdrant", "indexer.store"),
        ("model runtime", "indexer.encoder"),
        ("LiteLLM", "indexer.endpoints"),
        ("Ray", "indexer.distributed"),
    ):
        contract = next(contract for contract in contracts if name in contract["name"])
        named = {module for module in contract["source_modules"] if module.startswith("indexer.")}
        assert named == modules - {allowed}, contract["name"]

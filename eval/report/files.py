"""The files of a report, written into its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eval.report.markdown import sheet_markdown
from eval.report.page import sheet_page
from eval.report.tables import Sheet
from indexer.errors import BadInput


def write_sheet(folder: Path, name: str, sheet: Sheet, beside: Mapping[str, str]) -> None:
    """Write ``NAME.md``, ``NAME.html``, the charts and what else belongs to it, over what an earlier report left.

    Raises:
        BadInput: the folder cannot be written to.
    """
    forms = {f"{name}.md": sheet_markdown(sheet), f"{name}.html": sheet_page(sheet)}
    write_files(folder, forms | dict(sheet.charts) | dict(beside))


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files by name into the folder, which is made where it is not there.

    Raises:
        BadInput: the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(content, "utf-8")
    except OSError as error:
        raise BadInput(f"the report cannot be written to {folder} ({error.strerror or error}); name another") from error

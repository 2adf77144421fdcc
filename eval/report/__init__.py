"""The report of an evaluation: ``report.md`` with its charts beside it, and ``report.html``, one file for all."""

from __future__ import annotations

from pathlib import Path

from eval.report.charts import ablation_chart, interval_chart
from eval.report.files import write_files
from eval.report.markdown import markdown
from eval.report.page import page
from eval.retrieval import Evaluation

__all__ = ["write_report"]


def write_report(measured: Evaluation, folder: Path) -> None:
    """Write both forms of the report and the charts (SVG) into ``folder``, over what an earlier report left.

    Raises:
        BadInput: matplotlib is not installed, or the folder cannot be written to.
    """
    charts = {"metrics.svg": interval_chart(measured)}
    if measured.ablation:
        charts["ablation.svg"] = ablation_chart(measured)
    write_files(
        folder, {"report.md": markdown(measured, list(charts)), "report.html": page(measured, charts), **charts}
    )

"""Regenerate what is generated in the docs: ``make docs``.

README.md gets a recorded run over the sample articles, it and some pages of docs/ the tables of ``eval/results/`` and
``eval.scale``, ``docs/cli.md`` the help of every command. Generated text stands between
``<!-- generated: NAME -->`` and ``<!-- end -->``. Under each block of code in ``docs/openai.md`` and ``docs/mcp.md``
stands what it prints over the sample articles.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import click

from eval.result_tables import (
    attacks_table,
    bench_table,
    comparison_table,
    faults_table,
    fuzz_table,
    results_table,
    signals_table,
)
from eval.scale.__main__ import SIZES, chunk_table, figures_table, plans_table, simulation_table
from eval.scale.plan import LAYOUTS, layout_for, plan
from service.cli import cli

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "eval" / "results"
TABLED = ("attacks", "benchmarks", "faults", "scale")
PAGES_WITH_TABLES = (ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in TABLED))
QUESTIONS = (
    "What does the US want from the Ukraine minerals deal?",
    "ماذا تريد الولايات المتحدة من صفقة المعادن الأوكرانية؟",
    "What is the capital of Australia?",
)

#: Code that runs, and what it prints.
TRANSCRIPT = re.compile(r"^```python\n(.*?)^```\n\n```text\n.*?^```$", re.DOTALL | re.MULTILINE)


def command_help() -> str:
    """The help of ``masdar`` and of each of its commands, as Markdown."""
    # With the command's own settings: click keeps the help option that it made first, with or without "-h".
    context = click.Context(cli, info_name="masdar", max_content_width=100, terminal_width=100, **cli.context_settings)
    return "# The command `masdar`\n\n" + _fenced(cli.get_help(context)) + "".join(_group_help(cli, context))


def _group_help(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            raise SystemExit(f"the command {context.command_path} {name} is listed and cannot be imported")
        own = click.Context(command, info_name=name, parent=context, max_content_width=100, terminal_width=100)
        yield f"\n## `{own.command_path}`\n\n{_fenced(command.get_help(own))}"
        if isinstance(command, click.Group):
            yield from _group_help(command, own)


def recorded_asks() -> str:
    """Real answers over the sample articles, from a fresh index."""
    with tempfile.TemporaryDirectory() as folder:
        _masdar("index", str(ROOT / "samples" / "articles.jsonl"), "--store", folder)
        return "\n\n".join(
            f'```console\n$ masdar ask "{question}"\n{_masdar("ask", question, "--store", folder).rstrip()}\n```'
            for question in QUESTIONS
        )


def transcribed(text: str, replaced: Mapping[str, str]) -> str:
    """A page with what its code prints; each block runs after those before it.

    Args:
        text: of the page.
        replaced: what stands in the code for something of this machine.
    """
    names: dict[str, object] = {}

    def run(block: re.Match[str]) -> str:
        code = block[1]
        for there, here in replaced.items():
            code = code.replace(there, here)
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, "page", "exec"), names)  # noqa: S102  (our own page)
        return f"```python\n{block[1]}```\n\n```text\n{printed.getvalue()}```"

    return TRANSCRIPT.sub(run, text)


def asked_at(address: str) -> dict[str, str]:
    """What to replace in docs/openai.md, for a service at this address."""
    return {"http://127.0.0.1:8000": address}


def started_over(store: Path) -> dict[str, str]:
    """What to replace in docs/mcp.md, so that it starts the command of this Python over an index."""
    ours = f'command={sys.executable!r}, cwd={str(ROOT)!r}, args=["-m", "service.cli", "mcp", '
    return {'command="masdar", args=["mcp", ': ours, ".masdar/store": str(store)}


@contextmanager
def service(store: Path) -> Iterator[str]:
    """The address of a service over an index."""
    run = [sys.executable, "-m", "service.cli", "serve", "--store", str(store), "--port", "0"]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:  # noqa: S603  (our own)
        told = re.search(r"http://\S+", process.stdout.readline() if process.stdout else "")
        try:
            if told is None:
                raise SystemExit("masdar serve did not start; what it says is above")
            yield told[0].rstrip("/")
        finally:
            process.terminate()


def write_transcripts() -> None:
    """Run the code of docs/openai.md and docs/mcp.md over a fresh index of the sample articles."""
    with tempfile.TemporaryDirectory() as folder:
        _masdar("index", str(ROOT / "samples" / "articles.jsonl"), "--store", folder)
        _transcribe("mcp.md", started_over(Path(folder)))
        with service(Path(folder)) as address:
            _transcribe("openai.md", asked_at(address))


def _transcribe(name: str, replaced: Mapping[str, str]) -> None:
    page = ROOT / "docs" / name
    page.write_text(transcribed(page.read_text("utf-8"), replaced), "utf-8")


def put(text: str, name: str, content: str) -> str:
    """The text with the generated part ``name`` replaced."""
    pattern = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    replaced, count = pattern.subn(lambda match: f"{match[1]}{content}\n{match[2]}", text)
    if count != 1:
        raise SystemExit(f"the page has {count} parts 'generated: {name}', expected one")
    return replaced


#: The tables by the names of their parts; a part that a page does not have is not made.
TABLES: dict[str, Callable[[], str]] = {
    "results": lambda: results_table(RESULTS),
    "comparison": lambda: comparison_table(RESULTS),
    "signals": lambda: signals_table(RESULTS),
    "bench": lambda: bench_table(RESULTS),
    "attacks": lambda: attacks_table(RESULTS),
    "fuzz": lambda: fuzz_table(RESULTS),
    "faults": lambda: faults_table(RESULTS),
    "scale-plan": lambda: plans_table([plan(size, layout_for(size)) for size in SIZES]),
    "scale-chunk": lambda: chunk_table(list(LAYOUTS.values())),
    "scale-simulation": simulation_table,
    "scale-figures": figures_table,
}


def with_tables(text: str) -> str:
    """A page with the tables that it has made anew."""
    for name, make in TABLES.items():
        if f"<!-- generated: {name} -->" in text:
            text = put(text, name, make())
    return text


def main() -> None:
    """Write README.md and the generated parts of the pages of docs."""
    for page in PAGES_WITH_TABLES:
        page.write_text(with_tables(page.read_text("utf-8")), "utf-8")
    readme = ROOT / "README.md"
    readme.write_text(put(readme.read_text("utf-8"), "asks", recorded_asks()), "utf-8")
    (ROOT / "docs" / "cli.md").write_text(command_help(), "utf-8")
    write_transcripts()


def _masdar(*arguments: str) -> str:
    run = [sys.executable, "-m", "service.cli", *arguments]
    return subprocess.run(run, capture_output=True, text=True, check=True, encoding="utf-8").stdout  # noqa: S603  (our own command)


def _fenced(text: str) -> str:
    return f"```\n{text.rstrip()}\n```\n"


if __name__ == "__main__":
    main()

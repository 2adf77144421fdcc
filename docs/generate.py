"""Regenerate what is generated in the docs: ``make docs``.

README.md gets a recorded run over the sample articles and the tables of ``eval/results/``; ``docs/cli.md`` the
help of every command. Generated text stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``. Under each block
of code in ``docs/openai.md`` stands what it prints, asked of a service over the sample articles.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import click

from eval.result_tables import comparison_table, results_table, signals_table
from service.cli import cli

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "eval" / "results"
QUESTIONS = (
    "What does the US want from the Ukraine minerals deal?",
    "ماذا تريد الولايات المتحدة من صفقة المعادن الأوكرانية؟",
    "What is the capital of Australia?",
)

#: Code that runs, and what it prints; the address in the code is that of a service as it is without settings.
TRANSCRIPT = re.compile(r"^```python\n(.*?)^```\n\n```text\n.*?^```$", re.DOTALL | re.MULTILINE)
ADDRESS = "http://127.0.0.1:8000"


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


def transcribed(text: str, address: str) -> str:
    """A page with what its code prints when the service is at this address; each block runs after those before it."""
    names: dict[str, object] = {}

    def run(block: re.Match[str]) -> str:
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(block[1].replace(ADDRESS, address), "page", "exec"), names)  # noqa: S102  (our own page)
        return f"```python\n{block[1]}```\n\n```text\n{printed.getvalue()}```"

    return TRANSCRIPT.sub(run, text)


@contextmanager
def service() -> Iterator[str]:
    """The address of a service over a fresh index of the sample articles."""
    with tempfile.TemporaryDirectory() as folder:
        _masdar("index", str(ROOT / "samples" / "articles.jsonl"), "--store", folder)
        run = [sys.executable, "-m", "service.cli", "serve", "--store", folder, "--port", "0"]
        with subprocess.Popen(run, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:  # noqa: S603  (our own)
            told = re.search(r"http://\S+", process.stdout.readline() if process.stdout else "")
            try:
                if told is None:
                    raise SystemExit("masdar serve did not start; what it says is above")
                yield told[0]
            finally:
                process.terminate()


def put(text: str, name: str, content: str) -> str:
    """The text with the generated part ``name`` replaced."""
    pattern = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    replaced, count = pattern.subn(lambda match: f"{match[1]}{content}\n{match[2]}", text)
    if count != 1:
        raise SystemExit(f"README.md has {count} parts 'generated: {name}', expected one")
    return replaced


#: The tables by the names of their parts; a part that README.md does not have is not made.
TABLES: dict[str, Callable[[], str]] = {
    "results": lambda: results_table(RESULTS),
    "comparison": lambda: comparison_table(RESULTS),
    "signals": lambda: signals_table(RESULTS),
}


def main() -> None:
    """Write README.md, docs/cli.md and docs/openai.md."""
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    for name, make in (TABLES | {"asks": recorded_asks}).items():
        if f"<!-- generated: {name} -->" in text:
            text = put(text, name, make())
    readme.write_text(text, "utf-8")
    (ROOT / "docs" / "cli.md").write_text(command_help(), "utf-8")
    page = ROOT / "docs" / "openai.md"
    with service() as address:
        page.write_text(transcribed(page.read_text("utf-8"), address), "utf-8")


def _masdar(*arguments: str) -> str:
    run = [sys.executable, "-m", "service.cli", *arguments]
    return subprocess.run(run, capture_output=True, text=True, check=True, encoding="utf-8").stdout  # noqa: S603  (our own command)


def _fenced(text: str) -> str:
    return f"```\n{text.rstrip()}\n```\n"


if __name__ == "__main__":
    main()

"""The command ``masdar``. Sub-commands are imported when they run, so that ``masdar --help`` is instant."""

from __future__ import annotations

import codecs
import importlib
import os
import signal
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

#: Sub-command -> the line that the help shows; the module below service.cli is named after it.
COMMANDS = {
    "index": "Index articles from files, folders, pages and feeds.",
    "sync": "Bring the index into step with its sources.",
    "watch": "Keep the index in step with its sources, day and night.",
    "history": "Show what happened to the articles of the index.",
    "delete": "Remove articles, and keep them out.",
    "prune": "Remove articles of former sources, or old ones.",
    "ask": "Answer a question with quotes from the articles.",
    "search": "Show the passages that fit a question best.",
    "mcp": "Let assistants ask, by the Model Context Protocol.",
    "serve": "Answer questions over HTTP.",
    "slack": "Answer in Slack.",
    "article": "Show one article.",
    "duplicates": "List stories that several articles tell in the same words.",
    "store": "Copy an index between folders and Qdrant servers.",
    "check": "Verify the index, and repair it.",
    "backup": "Copy the index into a folder, with checksums.",
    "restore": "Put the index of a backup back.",
    "status": "Show what the index holds and what made it.",
    "key": "Make, list and revoke the keys of the service.",
    "model": "Write the bundled model for Sentence Transformers.",
}
#: Entry points that add sub-commands, named after them: what is above the service adds its own.
ADDED = "masdar.commands"
#: What a shell gives for a process that Ctrl-C ended (128 + SIGINT).
INTERRUPTED = 130
#: A reason of the machine, like those of an index that cannot be used.
OUT_OF_MEMORY = 4


class _Lazy(click.Group):
    """Knows its commands by name and imports one only to run it or to show its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *_added()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            added = _added().get(cmd_name)
            command = added.load() if added else None
            return command if isinstance(command, click.Command) else None
        command = getattr(importlib.import_module(f"service.cli.{cmd_name}_command"), cmd_name)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-") and args[0] not in _added():
            raise click.UsageError(_unknown(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            added = [(name, self.get_command(ctx, name)) for name in _added()]
            described = [(name, command.get_short_help_str(limit=80)) for name, command in added if command]
            formatter.write_dl([*COMMANDS.items(), *described])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            # Caught before click does, which writes an empty line first.
            raise Interrupted(ctx.invoked_subcommand or "") from interrupt


class Interrupted(Exception):
    """Ctrl-C while a sub-command ran; its argument is the sub-command's name."""


def _added() -> dict[str, EntryPoint]:
    """Sub-commands of other packages by name; none can take the place of one of ours."""
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=ADDED) if point.name not in COMMANDS}


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    names = [*COMMANDS, *_added()]
    near = get_close_matches(name, names, n=1)
    ending = f"did you mean {near[0]!r}?" if near else f"the commands are {', '.join(names)}"
    return f"no command {name!r}; {ending}"


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="masdar", message="masdar %(version)s")
def cli() -> None:
    """Masdar (مصدر): answers over Arabic news, with quotes that stand in the articles."""


def main() -> None:
    """Run the command line; an error is one sentence on standard error and an exit code of its own."""
    # Before NumPy is imported. Its products are small here, and OpenBLAS's threads would spin between them, which takes
    # a core from the search: a question took 1.2 times as long and twice the processor time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from indexer.errors import MasdarError
    from service.cli.display import printable

    _make_writable()
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as signal_:
        sys.exit(signal_.exit_code)
    except Interrupted as interrupted:
        _leave_interrupted(str(interrupted))
    except (click.Abort, KeyboardInterrupt):
        _leave_interrupted("")
    except MasdarError as error:
        click.echo(printable(f"masdar: {error}"), err=True)
        sys.exit(error.exit_code)
    except MemoryError:
        click.echo("masdar: there is not enough memory; give the process more. What was indexed so far stays", err=True)
        sys.exit(OUT_OF_MEMORY)
    except BrokenPipeError:
        # The reader of our output went away (masdar ... | head): nothing to tell it.
        sys.stderr.close()
        sys.exit(141)


def _leave_interrupted(command: str) -> None:
    # A second Ctrl-C while Python winds up would end in a traceback.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    done = {"index": "indexed", "sync": "indexed", "store": "copied"}.get(command)
    kept = f"; what was {done} so far stays, run the command again to go on" if done else ""
    click.echo(f"masdar: interrupted{kept}", err=True)
    sys.exit(INTERRUPTED)


def _make_writable() -> None:
    """Let every text be written: ASCII streams become UTF-8, and what an encoding lacks is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="backslashreplace")

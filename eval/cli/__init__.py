"""``masdar eval``: its sub-commands are imported when they run, so that ``masdar --help`` is instant."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "retrieval": "Measure retrieval on a question set.",
    "answers": "Measure answers and their citations on a question set.",
    "abstention": "Measure whether what the articles do not say is left unanswered.",
    "counterfactual": "Change facts in articles, and see whether the answers follow.",
    "robustness": "Measure what is lost when questions are typed otherwise.",
    "compare": "Quality of saved runs against bytes and milliseconds.",
    "misses": "List the questions of a saved run that missed, and what beat the right article.",
    "duplicates": "Measure what is taken for a copy of a story.",
    "intake": "Measure what is refused as no article, and languages.",
    "claims": "Measure how planted falsehoods in claims are caught.",
    "feedback": "Show what readers said of answers, and export it.",
    "verify": "Check that figures are what is written down.",
}


class _Lazy(click.Group):
    """Knows its commands by name and imports one only to run it or to show its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"eval.cli.{cmd_name}_command"), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, name="eval", context_settings={"help_option_names": ["-h", "--help"]})
def evaluation() -> None:
    """Measure retrieval and answers, and check figures."""

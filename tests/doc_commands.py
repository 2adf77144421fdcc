"""The commands in the docs, and those of them that cannot run in a test."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: docs/decisions/ records what was tried at its time, and docs/cli.md is printed by the commands themselves.
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "samples/README.md")),
    *(path for path in sorted(ROOT.glob("docs/*.md")) if path.name != "cli.md"),
]
SHELL = {"bash", "sh", "console"}
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\s*(\$ |(masdar|make|pip|docker|python|curl|cp|export|cd|git) )")
_ALONE = "runs until it is stopped: "

#: Commands that no test runs as they stand, by how they begin, and why. The first that fits counts.
NOT_RUN = {
    r"make ": "makes an environment with pip first; CI runs `make test`, docs/newcomer.md has the others",
    r"git clone|\. \.venv": "makes an environment: docs/newcomer.md",
    r"pip install": "fetches packages",
    r"cp \.env|docker ": "needs Docker; tests/test_deployment.py parses the files",
    r"export MASDAR_SLACK|masdar slack": _ALONE + "tests/service/slack talks to a server with Slack's protocol",
    r"masdar serve": _ALONE + "tests/service/api, and the pages with curl here, ask one that runs",
    r"masdar watch": _ALONE + "tests/service/test_sync.py",
    r"masdar mcp": _ALONE + "tests/service/mcp",
    r"masdar index .*--engine ray": "needs the extra `ray`, or a cluster; tests/indexer/test_distributed.py",
    r"MASDAR_JUDGE": "needs a model; tests/service/asked/test_model_judge.py and test_pair_judges.py",
    r"(export )?MASDAR_LLM": "needs a language model; tests/service/test_generative_wire.py has a server in its place",
    r"export MASDAR_ENCODER=(openai|sentence)": "needs a model elsewhere; tests/service/test_models.py",
    r"export MASDAR_RERANKER": "needs a model elsewhere; tests/service/test_reranking.py",
    r"MASDAR_ENCODER=sentence|masdar model export": "half a gigabyte; tests/indexer/test_encoder_export.py",
    r"export MASDAR_QDRANT|masdar store copy .*http|MASDAR_TEST_QDRANT": "needs a Qdrant server; "
    "tests/service/test_qdrant_server.py has its memory mode behind a port",
    r"masdar index .*(news\.example|wikipedia)": "needs other machines; tests/service/test_cli_sources.py serves pages",
    r"masdar eval feedback": "needs feedback; tests/eval/test_feedback.py",
    r"masdar eval .*(sets|\.jsonl|--data)": "needs question sets that are not Masdar's; tests/eval has small ones",
    r"masdar eval (answers|abstention|robustness|counterfactual|claims)": "minutes; tests/eval runs small ones",
    r"masdar eval verify": "makes again every figure that is written down",
    r"python -m eval": "minutes or hours; tests/eval runs each on a little data",
    r"curl localhost:8000/v1/jobs/": "the number of the job is another one each time",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A command line of a page; ``reason`` says why it is not run, and is empty for one that is."""

    page: Path
    line: int
    text: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}: {self.text}"

    def words(self) -> list[str]:
        """What a shell makes of it."""
        return shlex.split(self.text, comments=True)


def rule_for(text: str) -> str:
    """The key of ``NOT_RUN`` that a command falls under; empty where there is none."""
    return next((rule for rule in NOT_RUN if re.match(rule, text)), "")


def commands_of(page: Path) -> list[Command]:
    """The commands of a page, in order."""
    text = page.read_text("utf-8")
    return [
        command
        for block in _FENCE.finditer(text)
        if block["language"] in SHELL
        for command in _of_block(page, text[: block.start()].count("\n") + 2, block)
    ]


def unmarked_commands(page: Path) -> list[str]:
    """Lines that are commands, in blocks that do not say that they have some."""
    return [
        f"{page.relative_to(ROOT)}: {line.strip()}"
        for block in _FENCE.finditer(page.read_text("utf-8"))
        if not block["language"]
        for line in block["body"].splitlines()
        if _COMMAND.match(line)
    ]


def _of_block(page: Path, first: int, block: re.Match[str]) -> Iterator[Command]:
    elsewhere = ""  # a variable that a test cannot set is set for the rest of its block
    for number, line in _logical_lines(block["body"].splitlines()):
        shown = line.removeprefix("$ ")
        if not shown or shown.startswith("#") or (block["language"] == "console" and shown == line):
            continue
        for text in shown.split(" && "):
            reason = elsewhere or NOT_RUN.get(rule_for(text), "")
            if text.startswith("export "):
                elsewhere = reason
            yield Command(page, first + number, text, reason)


def _logical_lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    held, began = "", 0
    for number, line in enumerate(lines):
        began = began if held else number
        held += line.strip()
        if held.endswith("\\"):
            held = held[:-1]
            continue
        yield began, held
        held = ""

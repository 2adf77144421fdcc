"""The container image and the compose file, as far as they can be tested without a container engine.

The files are checked by parsers of their formats; what they run is run here: commands, variables, health checks.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from compose_file import ROOT, NotSet, compose_file, put_in, variables_of
from qdrant_server import Fault, running

from indexer.store.server_calls import OLDEST
from service.cli import COMMANDS, cli
from service.settings import Settings

EXAMPLE = variables_of(ROOT / ".env.example")
COMPOSE = compose_file(EXAMPLE)
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("masdar:")}
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
#: Variables of the compose file alone.
OF_COMPOSE = {"MASDAR_PUBLISH", "OLLAMA_MODEL"}
FAKE = ROOT / "tests" / "service" / "masdar_with_fake_encoder.py"


def instructions(name: str) -> list[str]:
    """What stands behind an instruction of the Dockerfile, wherever it comes, continued lines joined."""
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    return re.findall(rf"^{name} (.*)$", joined, re.MULTILINE)


def test_the_compose_file_follows_the_specification() -> None:
    parser = pytest.importorskip("compose_spec", reason="no compose-spec for this platform")
    parsed = parser.PyCompose.from_yaml(yaml.safe_dump(COMPOSE))
    parsed.validate()
    assert sorted(parsed.service_names()) == sorted(SERVICES)


@pytest.mark.parametrize(
    "wrong", [{"restart": "sometimes"}, {"volume": ["a:/b"]}, {"networks": ["nowhere"]}, {"stop_grace_period": "soon"}]
)
def test_the_parser_of_the_specification_refuses_what_is_wrong(wrong: dict[str, object]) -> None:
    parser = pytest.importorskip("compose_spec", reason="no compose-spec for this platform")
    service = {**SERVICES["masdar"], **wrong}
    damaged = yaml.safe_dump({**COMPOSE, "services": {**SERVICES, "masdar": service}})
    with pytest.raises(ValueError, match=next(iter(wrong)) if "networks" not in wrong else "nowhere"):
        parser.PyCompose.from_yaml(damaged).validate()


def test_the_dockerfile_has_no_finding_of_the_linter() -> None:
    beside = Path(sys.executable).with_name("hadolint")
    linter = str(beside) if beside.exists() else shutil.which("hadolint")
    if linter is None:
        pytest.skip("no hadolint for this platform")
    outcome = subprocess.run(
        [linter, "--no-color", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (outcome.returncode, outcome.stdout) == (0, "")


def test_what_waits_for_a_service_waits_for_one_that_is_there_and_tells_its_health() -> None:
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            assert name in SERVICES
            if wait["condition"] == "service_healthy":
                assert "test" in SERVICES[name]["healthcheck"]


def test_every_volume_is_declared_and_used() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_images_are_pinned_and_qdrant_fits_the_client() -> None:
    for service in SERVICES.values():
        assert re.fullmatch(r"[a-z/]+:(v?\d+\.\d+\.\d+|local)", service["image"]), service["image"]
    server = re.search(r":v(\d+)\.(\d+)\.", SERVICES["qdrant"]["image"])
    client = re.search(r"^qdrant-client==(\d+)\.(\d+)\.", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    assert server is not None
    assert client is not None
    assert server.groups() == client.groups()
    assert (int(server[1]), int(server[2])) >= OLDEST


def test_what_is_ours_runs_without_rights_and_qdrant_is_reached_from_inside_alone() -> None:
    assert set(OURS) == {"index", "masdar"}
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert SERVICES["qdrant"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["masdar"]
    assert SERVICES["masdar"]["ports"] == ["127.0.0.1:8000:8000"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_commands_are_ones_that_masdar_takes(name: str) -> None:
    command, *arguments = OURS[name]["command"]
    assert command in COMMANDS
    context = click.Context(cli, info_name="masdar")
    found = cli.get_command(context, command)
    assert found is not None
    found.make_context(command, list(arguments), parent=context)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_of_a_service_is_a_setting_with_a_value_that_it_takes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = _image_environment() | OURS[name]["environment"]
    ours = {name: value for name, value in variables.items() if name.startswith("MASDAR_")}
    fields = {f"MASDAR_{field.upper()}" for field in Settings.model_fields} | {"MASDAR_CACHE"}
    assert ours.keys() <= fields
    for variable, value in ours.items():
        monkeypatch.setenv(variable, value)
    settings = Settings()
    assert str(settings.qdrant_place) == "'masdar' at http://qdrant:6333"
    assert (settings.host, settings.port) == ("0.0.0.0", 8000)  # noqa: S104  # inside the container
    assert settings.shutdown_seconds < int(SERVICES["masdar"]["stop_grace_period"].removesuffix("s"))


def _image_environment() -> dict[str, str]:
    pairs = " ".join(instructions("ENV")).split()
    return dict(pair.split("=", 1) for pair in pairs)


def test_the_example_has_every_variable_that_must_or_may_be_set() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    assert asked - {"MASDAR_QDRANT_TRIES"} == EXAMPLE.keys()
    assert {name for name in EXAMPLE if f"MASDAR_{name}"} >= OF_COMPOSE
    with pytest.raises(NotSet, match=r"copy \.env\.example to \.env"):
        compose_file({})


def test_without_a_file_of_variables_the_service_is_closed() -> None:
    alone = compose_file({"MASDAR_QDRANT_KEY": "k"})["services"]["masdar"]
    assert alone["environment"]["MASDAR_ALLOW_OPEN"] == "false"
    assert alone["ports"] == ["127.0.0.1:8000:8000"]


def test_a_dollar_sign_that_begins_no_variable_is_refused() -> None:
    assert put_in("$$line ${A:-b}${C}", {}) == "$line b"
    with pytest.raises(ValueError, match="is no variable"):
        put_in("costs $5", {})


def test_the_image_runs_as_nobody_special_and_takes_what_is_there() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert [stage.split()[0] for stage in instructions("FROM")] == ["python:3.13-slim-bookworm"] * 2
    (entry,) = instructions("ENTRYPOINT")
    assert json.loads(entry) == ["masdar"]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = [what for line in instructions("COPY") if not line.startswith("--from") for what in line.split()[:-1]]
    assert copied
    for what in copied:
        assert (ROOT / what).exists(), what
        assert what in allowed, what
    (extras,) = re.findall(r"ARG EXTRAS=(\S+)", DOCKERFILE)
    assert set(extras.split(",")) == {"qdrant", "llm"}


def test_nothing_secret_gets_into_the_image() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    assert not [line for line in lines if line.startswith("!") and (".env" in line or ".masdar" in line)]


def health_command() -> list[str]:
    """The health check of the image, for this Python."""
    (line,) = instructions("HEALTHCHECK")
    command: list[str] = json.loads(line[line.index("CMD ") + 4 :])
    return [sys.executable, *command[1:]]


def qdrant_health_command() -> list[str]:
    kind, *command = SERVICES["qdrant"]["healthcheck"]["test"]
    assert kind == "CMD"
    return [str(part) for part in command]


def succeeds(command: list[str], *, port: int, instead_of: int) -> bool:
    moved = [part.replace(str(instead_of), str(port)) for part in command]
    return subprocess.run(moved, capture_output=True, timeout=30, check=False).returncode == 0


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def test_the_health_of_qdrant_is_told_by_its_readiness() -> None:
    with running() as server:
        port = int(server.url.rpartition(":")[2])
        assert succeeds(qdrant_health_command(), port=port, instead_of=6333)
        assert server.calls == ["GET /readyz"]
        server.faults.append(Fault(503))
        assert not succeeds(qdrant_health_command(), port=port, instead_of=6333)
    assert not succeeds(qdrant_health_command(), port=free_port(), instead_of=6333)


@contextmanager
def process(arguments: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MASDAR_")}
    started = subprocess.Popen([sys.executable, str(FAKE), *arguments], env=plain | environment, text=True)
    try:
        yield started
    finally:
        started.terminate()
        started.wait(30)


@pytest.mark.slow
def test_the_services_run_one_after_the_other_as_the_file_says(tmp_path: Path) -> None:
    """Their commands with their variables, over a loopback server in Qdrant's place: index, serve, health, ask."""
    port = free_port()
    with running(key=EXAMPLE["MASDAR_QDRANT_KEY"]) as server:
        environment = {
            **_image_environment(),
            **SERVICES["masdar"]["environment"],
            "PATH": os.environ["PATH"],
            "MASDAR_QDRANT_URL": server.url,
            "MASDAR_QDRANT_GRPC_PORT": "0",
            "MASDAR_PORT": str(port),
            "MASDAR_HOST": "127.0.0.1",
            **{name: str(tmp_path / name) for name in ("HOME", "MASDAR_STORE", "MASDAR_KEYS", "MASDAR_CACHE")},
        }
        command, articles = SERVICES["index"]["command"]
        (copied,) = [line.split() for line in instructions("COPY") if articles in line]
        with process([command, copied[0]], environment) as indexing:
            assert indexing.wait(120) == 0
        with process(SERVICES["masdar"]["command"], environment) as serving:
            assert not succeeds(health_command(), port=port, instead_of=8000), "not before it is ready"
            deadline = time.monotonic() + 60
            while not succeeds(health_command(), port=port, instead_of=8000):
                assert serving.poll() is None
                assert time.monotonic() < deadline
            asked = urllib.request.Request(  # a loopback address
                f"http://127.0.0.1:{port}/v1/search",
                json.dumps({"question": "صفقة المعادن"}).encode(),
                {"content-type": "application/json"},
            )
            with urllib.request.urlopen(asked, timeout=30) as response:  # noqa: S310  # a loopback address
                assert json.load(response)["passages"]
        assert not succeeds(health_command(), port=port, instead_of=8000), "nor after it has stopped"

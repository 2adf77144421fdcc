"""The OpenAPI description holds: Schemathesis asks a real server what it promises, in and out of bounds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fastapi import FastAPI

#: What an answer must keep to, whatever is asked. Not whether each request is refused that JSON Schema would allow: it
#: cannot say that a range of dates begins before it ends, or that a history is below a megabyte.
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.slow
def test_no_request_meets_a_fault_or_an_answer_that_is_not_described(
    application: Callable[..., FastAPI], serving: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    schemathesis = Path(sys.executable).with_name("st")
    with serving(application()) as address:
        run = subprocess.run(
            [
                *(schemathesis, "run", f"{address}/openapi.json", "--checks", CHECKS, "--max-examples", "8"),
                *("--phases", "examples,coverage,fuzzing", "--generation-deterministic", "--no-color"),
                *("--warnings", "off"),
            ],
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr

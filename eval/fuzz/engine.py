"""The engine in a process of its own: ``python -m eval.fuzz.engine TARGET ARGUMENTS-OF-LIBFUZZER``.

libFuzzer ends the process when its time is up, or at the first finding.
"""

from __future__ import annotations

import sys

import atheris


def main() -> None:
    """Fuzz the target that the command names."""
    name = sys.argv.pop(1)
    with atheris.instrument_imports(include=["indexer", "service"]):
        from eval.fuzz.targets import TARGETS
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""What can go wrong in an evaluation, beside the tree in ``indexer/errors.py``.

MasdarError
├── BadInput
│   └── DatasetAbsent   the question set is not on this machine and cannot be fetched
└── QuestionFailed      one question could not be asked: the run has no figures
"""

from __future__ import annotations

from indexer.errors import BadInput, MasdarError


class DatasetAbsent(BadInput):
    """The question set is not on this machine and cannot be fetched.

    An exit code of its own: ``masdar eval verify`` skips conditions on sets that are not there.
    """

    exit_code = 6


class QuestionFailed(MasdarError):
    """One question could not be asked; the exit code is that of the cause."""

    def __init__(self, query: str, cause: MasdarError) -> None:
        super().__init__(
            f"question {query!r} could not be asked, and a failure is no figure, so the run has none: {cause}"
        )
        self.exit_code = cause.exit_code

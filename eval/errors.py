"""What can go wrong in an evaluation, beside the tree in ``indexer/errors.py``.

MasdarError
├── BadInput
│   ├── DatasetAbsent   the question set is not on this machine and cannot be fetched
│   ├── NoGold          its questions come without answers, and answers are to be measured
│   └── NoCounterfactuals   it does not say which facts to change
├── QuestionFailed      one question could not be asked: the run has no figures
├── LoadFailed          the service under load, or what loads it, did not run
├── NotInjectable       a fault cannot be brought about on this machine
├── FaultRunFailed      a process that faults are injected into did not do what it does without them
├── MeasurementFailed   a process that was to be timed failed
└── AttackFailed        the service under attack, or what attacks it, did not run
"""

from __future__ import annotations

from indexer.errors import BadInput, MasdarError


class DatasetAbsent(BadInput):
    """The question set is not on this machine and cannot be fetched.

    An exit code of its own: ``masdar eval verify`` skips conditions on sets that are not there.
    """

    exit_code = 6


class NoGold(BadInput):
    """Answers are to be measured against gold answers that a set does not have."""

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"no judged question of {dataset!r} says what answers it, so nothing could be called right; give each "
            'question of queries.jsonl its "answers" (of questions.jsonl its "answer")'
        )


class NoCounterfactuals(BadInput):
    """Facts are to be changed, and the set does not say which."""

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"{dataset!r} has no counterfactual.jsonl; write one beside questions.jsonl, a line each: "
            '{"question": ..., "article_id": ..., "fact": ..., "changed": ...}'
        )


class QuestionFailed(MasdarError):
    """One question could not be asked; the exit code is that of the cause."""

    def __init__(self, query: str, cause: MasdarError) -> None:
        super().__init__(
            f"question {query!r} could not be asked, and a failure is no figure, so the run has none: {cause}"
        )
        self.exit_code = cause.exit_code


class LoadFailed(MasdarError):
    """The service that was to be loaded, or what loads it, did not run: there are no figures."""


class NotInjectable(MasdarError):
    """A fault cannot be brought about on this machine, for example for want of rights."""


class FaultRunFailed(MasdarError):
    """A process that faults are injected into did not do what it does without them."""


class MeasurementFailed(MasdarError):
    """A process that was to be timed failed, so that there is no figure."""


class AttackFailed(MasdarError):
    """What is attacked or fuzzed, or what does so, did not run: nothing is known of how it stands."""

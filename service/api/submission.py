"""Records of a request as articles: what ``masdar index`` accepts in a line of JSON Lines, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from indexer.articles import Article
from indexer.errors import BadInput
from indexer.sources.items import Loss, Problem, ReadOptions, items_from_record
from service.api.jobs import JOB_IDS, Job, Refusal

#: What a place in a request is called where a file would have its name.
REQUEST = "articles"


@dataclass(slots=True)
class Submission:
    """The articles of a request, in its order, and what is wrong with the others."""

    total: int
    articles: list[Article] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[Refusal] = field(default_factory=list)

    def as_job(self) -> Job:
        """A job for them; done already where nothing is left to do."""
        ids = [article.id for article in self.articles]
        job = Job(JOB_IDS.make(), ids, self.total, self.refused, self.warnings, done=self.total - len(ids))
        if not ids:
            job.finish()
        return job


def submission_of(records: Sequence[Mapping[str, Any]]) -> Submission:
    """The articles of these records; ids that are not given are derived.

    Raises:
        BadInput: there is one record alone, and it cannot be used.
    """
    submission, options = Submission(len(records)), ReadOptions()
    for number, record in enumerate(records):
        name = str(record.get("id") or f"{REQUEST}[{number}]")
        for item in items_from_record(record, options, REQUEST, number):
            if not isinstance(item, Problem):
                submission.articles.append(item.article)
            elif item.loss is Loss.NOTHING:
                submission.warnings.append(Refusal(name, item.reason))
            else:
                submission.refused.append(Refusal(name, item.reason))
    if len(records) == 1 and submission.refused:
        raise BadInput(submission.refused[0].reason)
    return submission

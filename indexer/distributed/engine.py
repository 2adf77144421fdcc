"""A run of the indexer whose chunking and encoding, and writing where the store allows it, is spread over a cluster."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from indexer.articles import Article
from indexer.distributed.ahead import Ahead
from indexer.distributed.cluster import Cluster
from indexer.distributed.work import Done, Equipment, Work, Worker, packed, restored, unpacked
from indexer.duplicates.stories import BatchStories
from indexer.errors import ClusterError
from indexer.index_report import Watcher
from indexer.intake import DEFAULT_RULES, IntakeRules
from indexer.passed import Passed
from indexer.pipeline import Indexer, Portion, Written, noted
from indexer.stages import READING, STORIES, StageClock
from indexer.store import Store

#: How much larger each round is than the one before.
GROWTH = 4
#: Batches a worker gets in a round at most, and characters in a round: its articles wait in the driver's memory.
LARGEST_ROUND, ROUND_CHARS = 128, 256_000_000


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A batch that was sent out."""

    articles: list[Article]
    told: BatchStories


class RayIndexer(Indexer):
    """Index on a cluster; the index is the one that ``Indexer`` makes.

    Batches go out in rounds, each a Ray dataset that is mapped over a pool of actors. A round is planned while the one
    before is worked on, and the rounds grow, so that starting the actors anew weighs little. Actors and machines that
    are lost are replaced by Ray, and what they had under way is done again.

    Args:
        store: where articles go; read by this process, and written to where workers do not.
        equipment: makes, in each worker, the transformations from documents to encoded nodes, and opens the store
            there where workers write themselves.
        cluster: where the workers are.
        watcher: called with the report so far after each batch and each problem.
        batch_articles: most articles that are encoded and written together.
        rules: what is done with articles on the way.
        clock: told what the time of this process goes to.
    """

    def __init__(
        self,
        store: Store,
        equipment: Equipment,
        cluster: Cluster,
        watcher: Watcher = lambda report: None,
        *,
        batch_articles: int | None = None,
        rules: IntakeRules = DEFAULT_RULES,
        clock: StageClock | None = None,
    ) -> None:
        super().__init__(store, (), watcher, batch_articles=batch_articles, rules=rules, clock=clock)
        self._equipment = equipment
        self._cluster = cluster
        self._ahead = Ahead(store)
        self._numbered = 0
        self._under_way: dict[int, _UnderWay] = {}

    def _written(self, portions: Iterable[Portion], passed: Passed, most_ahead: int) -> Generator[Written]:
        """Send the portions out in rounds; tells of each once it is in the store. ``most_ahead`` does not matter.

        Raises:
            ClusterError: the cluster failed, and not just a worker of it.
            Exception: what a transformation or the store raises in a worker, with a note on where.
        """
        source, size = self._clock.each(READING, portions), self._cluster.first_round * self._cluster.workers
        plan = list(self._planned(source, size))
        while plan:
            size = min(size * GROWTH, LARGEST_ROUND * self._cluster.workers)
            upcoming = self._planned(source, size)
            sent, plan = plan, []
            with closing(self._round(sent)) as round_:
                for at, done in enumerate(round_, 1):
                    yield self._arrived(done, passed)
                    # The next round is planned meanwhile, evenly, so that the workers do not wait for it.
                    plan += islice(upcoming, max(0, -(-at * size // len(sent)) - len(plan)))
            plan += upcoming

    def _planned(self, portions: Iterator[Portion], most: int) -> Iterator[Work]:
        """Work for a round; its stories are told, and it counts as under way."""
        characters = 0
        for batch in (portion.articles for portion in islice(portions, most)):
            with self._clock.stage(STORIES):
                told = self._stories(batch, self._ahead)
            self._ahead.add(batch, told.stories)
            self._numbered += 1
            self._under_way[self._numbered] = _UnderWay(batch, told)
            yield Work(self._numbered, batch, dict(told.stories))
            characters += sum(len(article.text) for article in batch)
            if characters >= ROUND_CHARS:
                return

    def _arrived(self, done: Done, passed: Passed) -> Written:
        """Write what a worker encoded, unless it did."""
        batch = self._under_way.pop(done.number)
        if done.failure is not None:
            with noted(batch.articles, passed, "of the others, those that were finished are in the index"):
                raise done.failure
        if done.chunks is not None:
            self._write(restored(done, batch.articles), batch.told)
        ids = [article.id for article in batch.articles]
        self._ahead.arrived(ids)
        return Written(ids, sum(done.sizes), batch.told.copies)

    def _round(self, plan: Sequence[Work]) -> Generator[Done]:
        """Have the work done, in any order."""
        import pyarrow
        import ray

        # A block each, so that a worker takes one at a time and each comes back when it is done.
        blocks = [pyarrow.Table.from_pylist([packed(work)]) for work in plan]
        pool = ray.data.ActorPoolStrategy(size=min(self._cluster.workers, len(plan)))
        with _quiet(), _told(self._cluster):
            dataset = ray.data.from_arrow(blocks).map(
                Worker, fn_constructor_args=(self._equipment,), compute=pool, num_cpus=self._cluster.cores
            )
            with closing(_rows(dataset)) as rows:
                yield from map(unpacked, rows)


def _rows(dataset: Any) -> Generator[Mapping[str, Any]]:
    """The rows of a dataset, as they come; the work ends when this is closed."""
    yield from dataset.iter_rows()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Ray Data from telling how it goes: the progress of the run is told, and failures are raised."""
    import ray

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logger = logging.getLogger("ray.data")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _told(cluster: Cluster) -> Iterator[None]:
    """Tell failures of the cluster itself as such; exceptions that workers raise do not come this way."""
    import ray

    try:
        yield
    except ray.exceptions.RayError as error:
        reason = str(error).strip().splitlines()[-1]
        raise ClusterError(
            f"{cluster.name} failed: {reason}; what was indexed stays, run the command again to go on"
        ) from error

"""Put the parts together: the one place where settings become a store, an encoder, a retriever and an answerer."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from opentelemetry import trace

from indexer.arabic import question_language
from indexer.encoder import Encoder
from indexer.encoder.bundled import BundledEncoder
from indexer.store import Recency, Store
from indexer.store.manifest import Manifest
from service.answering import Answer, Answerer, Note
from service.answering.asked import AnswerJudge
from service.answering.bundled import SeparateAnswerer
from service.answering.disagreement import with_disagreements
from service.answering.events import Restarted, Status, Watch, unwatched
from service.answering.explain import ExplainingAnswerer, Explanation
from service.answering.extractive import ExtractiveAnswerer
from service.answering.generation import Limits
from service.answering.generative import GenerativeAnswerer
from service.answering.policies import Policies
from service.answering.verification import RuleVerifier
from service.answering.watched import watched_answer
from service.answering.wording import understood_text
from service.asking.conversation import Rewriter, Turn
from service.asking.dated import answered_within
from service.asking.standalone import RuleRewriter
from service.models import build_encoder, build_judge, build_llm, build_reranker, is_bundled
from service.publications import with_copies
from service.reranking import Reranker
from service.reranking.retriever import RerankingRetriever
from service.retrieval import Passage, Question, Retriever
from service.search_options import SearchOptions
from service.settings import Settings
from service.stored_tokens import StoredTokens
from service.stores import check_place, has_index, open_place, place_of, prepare
from service.wishes import NO_WISHES, Wishes

#: Makes spans of nothing until a provider is set (service/api/observability/traces.py).
_TRACER = trace.get_tracer("masdar")
__all__ = [
    "Service", "build_encoder", "build_judge", "build_reranker", "build_service", "check_index", "open_index",
    "open_service",
]  # fmt: skip


def search_options(settings: Settings) -> SearchOptions:
    """How a question is searched for where its asker says nothing else: for an answer, with the settings' recency."""
    recency = Recency(settings.recency_days) if settings.recency_days else None
    return SearchOptions(limit=settings.passages, recency=recency)


@dataclass(slots=True)
class Service:
    """Answers questions over one index.

    Attributes:
        options: how it searches where a question comes without options.
        encoder: the encoder that made the index.
        rewriter: makes follow-up questions standalone.
    """

    store: Store
    retriever: Retriever
    answerer: Answerer
    options: SearchOptions
    encoder: Encoder
    rewriter: Rewriter = field(default_factory=RuleRewriter)

    def search(self, question: str, options: SearchOptions | None = None) -> list[Passage]:
        """The best passages for a question."""
        return self.retriever.search(self.retriever.question(question), options or self.options)

    def explained(
        self,
        question: str,
        options: SearchOptions | None = None,
        *,
        now: datetime | None = None,
        history: Sequence[Turn] = (),
        wishes: Wishes = NO_WISHES,
        watch: Watch = unwatched,
    ) -> tuple[Answer, tuple[Explanation, ...], dict[str, float]]:
        """What ``ask`` gives, and for each quote the words that matched; none from an answerer that cannot tell."""
        asked = self._asked(question, options, now, history, wishes, watch)
        if not isinstance(self.answerer, ExplainingAnswerer):
            return asked.answer, (), asked.timings
        return asked.answer, self.answerer.explain(asked.encoded, asked.passages, asked.answer), asked.timings

    def ask(
        self,
        question: str,
        options: SearchOptions | None = None,
        *,
        now: datetime | None = None,
        history: Sequence[Turn] = (),
        wishes: Wishes = NO_WISHES,
        watch: Watch = unwatched,
    ) -> tuple[Answer, dict[str, float]]:
        """An answer out of the passages that a search with these options finds, and each step's milliseconds.

        Args:
            question: in Arabic or English.
            options: how to search; None is as the settings say.
            now: the moment from which "yesterday" counts, with a time zone; None is this one, in this place's zone.
            history: what was said before, for a question that leans on it.
            wishes: what the asker wishes of the answer's form.
            watch: told of each event on the way, but for the answer itself; what it raises ends the making.

        Raises:
            BadInput: the question is empty or too long, or ``now`` has no time zone.
        """
        asked = self._asked(question, options, now, history, wishes, watch)
        return asked.answer, asked.timings

    def _asked(
        self,
        question: str,
        options: SearchOptions | None,
        now: datetime | None,
        history: Sequence[Turn],
        wishes: Wishes,
        watch: Watch,
    ) -> _Asked:
        timings: dict[str, float] = defaultdict(float)
        passages: list[Passage] = []
        with _timed(timings, "total"):
            watch(Status("searching"))
            standalone = self.rewriter.standalone(question, history) if history else question
            with _timed(timings, "encode"):
                encoded = self.retriever.question(standalone)
            own = replace(encoded, language=question_language(question), wishes=wishes)

            def answer(chosen: SearchOptions) -> Answer:
                if "answer" in timings:
                    watch(Restarted("dates: nothing of the dates asked for answers; all dates are searched"))
                with _timed(timings, "retrieve"):
                    passages[:] = self.retriever.search(encoded, chosen)
                with _timed(timings, "answer"):
                    made = watched_answer(self.answerer, own, passages, watch)
                    return with_copies(with_disagreements(made, passages), passages)

            moment = now or datetime.now().astimezone()
            made = answered_within(standalone, options or self.options, moment, answer, language=wishes.language)
        if standalone != question:
            understood = Note("understood", understood_text(own.told_in, standalone))
            made = replace(made, question=question, notes=(understood, *made.notes))
        return _Asked(made, passages, own, {step: round(spent, 1) for step, spent in timings.items()})


@dataclass(frozen=True, slots=True)
class _Asked:
    """An answer, the passages and the question that it was made from, and each step's milliseconds."""

    answer: Answer
    passages: list[Passage]
    encoded: Question
    timings: dict[str, float]


@contextmanager
def _timed(timings: dict[str, float], step: str) -> Iterator[None]:
    """Add the milliseconds of the block to a step, and make it a span where traces are made.

    Spans have no text: what an exception says may quote the question.
    """
    begun = time.perf_counter()
    with _TRACER.start_as_current_span(f"masdar.{step}", record_exception=False, set_status_on_exception=False):
        yield
    timings[step] += 1000 * (time.perf_counter() - begun)


def build_service(
    settings: Settings,
    store: Store,
    encoder: Encoder,
    reranker: Reranker | None = None,
    judge: AnswerJudge | None = None,
    *,
    strict: bool = False,
) -> Service:
    """Wire the service over an open store.

    Args:
        settings: how many passages the reranker reads, in how many an answer is looked for, and which language model
            writes it.
        store: the index.
        encoder: the encoder that made it.
        reranker: what orders the first passages anew; ``build_reranker`` gives the one of the settings.
        judge: what says whether quotes answer, ``build_judge`` gives the one of the settings; None is the rules alone.
        strict: whether the reranker's failure is an error; otherwise passages come in the order of retrieval then.
    """
    stored = StoredTokens(store, encoder)
    retriever = (
        RerankingRetriever(store, encoder, reranker, settings.rerank_depth, strict=strict, stored=stored)
        if reranker
        else Retriever(store, encoder, stored=stored)
    )
    extractive = _extractive(settings, encoder, stored, judge, lambda: sum(store.languages().values()))
    answerer = _answerer(settings, encoder, extractive)
    return Service(store, retriever, answerer, search_options(settings), encoder)


def _answerer(settings: Settings, encoder: Encoder, extractive: Answerer) -> Answerer:
    model = build_llm(settings)
    if model is None:
        return extractive
    limits = Limits(settings.llm_context, settings.llm_max_tokens, settings.llm_seconds)
    policies = Policies(settings.partly, settings.unsupported, settings.uncited, settings.misattributed)
    # The verifier's levels, like the extractive answerer's, are those of the bundled model.
    verifier = RuleVerifier(encoder if is_bundled(settings) else BundledEncoder(threads=settings.threads))
    return GenerativeAnswerer(model, verifier, extractive, limits, policies)


def _extractive(
    settings: Settings, encoder: Encoder, stored: StoredTokens, judge: AnswerJudge | None, size: Callable[[], int]
) -> Answerer:
    if is_bundled(settings):
        return ExtractiveAnswerer(encoder, stored, judge, size=size, context=settings.quote_context)
    return SeparateAnswerer(
        lambda: BundledEncoder(threads=settings.threads), judge, size=size, context=settings.quote_context
    )


def check_index(settings: Settings, folder: Path) -> None:
    """Tell at once, without a lock or a model, that there is no index.

    Raises:
        StoreMissing: there is none.
        StoreError: the folder, the server or the index's manifest cannot be read.
    """
    check_place(place_of(settings, folder))


@contextmanager
def open_service(settings: Settings, folder: Path) -> Iterator[Service]:
    """The service over the index in ``folder``, or on the Qdrant server where one is set; closed when the block ends.

    Raises:
        MasdarError: the index is missing (told before the model is loaded) or cannot be used, or the model cannot.
    """
    place = place_of(settings, folder)
    check_place(place)
    # The models first: an embedded index belongs to one process at a time, and loading takes longer than asking.
    encoder, reranker, judge = build_encoder(settings), build_reranker(settings), build_judge(settings)
    # The chunk budget does not matter for asking; the manifest check leaves it out.
    with open_place(place, Manifest.of(encoder.identity, 0)) as store:
        yield build_service(settings, store, encoder, reranker, judge)


@contextmanager
def open_index(
    settings: Settings, folder: Path, chunk_tokens: int, encoder: Encoder | None = None
) -> Iterator[tuple[Store, Encoder]]:
    """The index in ``folder``, or on the Qdrant server where one is set, to write to; made where there is none.

    Gives its encoder, too, built here where none is given; the index is closed when the block ends.

    Raises:
        MasdarError: the index cannot be used (told before the model is loaded) or is another encoder's, or the model
            cannot be used.
    """
    place = place_of(settings, folder)
    with ExitStack() as opened:
        store = opened.enter_context(open_place(place)) if has_index(place) else None
        if store is None:
            prepare(place)
        encoder = encoder or build_encoder(settings)
        wanted = Manifest.of(encoder.identity, chunk_tokens, settings.late_interaction)
        if store is None:
            store = opened.enter_context(open_place(place, wanted, create=True))
        store.manifest.check(wanted, str(place))
        yield store, encoder

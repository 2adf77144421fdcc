"""Recall, MRR and nDCG of rankings, through ir-measures (MacAvaney et al. 2022) and trec_eval's own code.

Every judged question counts: one that found nothing scores nought and stays in the average.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence

from eval.extras import library

#: No measure looks below this place. Rankings are cut here: trec_eval's reciprocal rank knows no cut of its own.
CUT = 10
#: Our name of a measure -> that of ir-measures.
MEASURES = {"recall@1": "R@1", "recall@5": "R@5", "recall@10": "R@10", "mrr@10": "RR", "ndcg@10": "nDCG@10"}
Scores = Mapping[str, float]
Judgements = Mapping[str, Mapping[str, int]]


def score_rankings(qrels: Judgements, rankings: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """The measures of each judged question, each between 0 and 1.

    Args:
        qrels: grades of the relevant documents, by question.
        rankings: documents by question, best first, none twice; an empty list found nothing.

    Raises:
        ValueError: a judged question has no ranking (it was not asked, which is not the same as finding nothing), or a
            ranking has a document twice.
    """
    missing = [query for query in qrels if query not in rankings]
    repeating = [query for query, ranking in rankings.items() if len(set(ranking)) < len(ranking)]
    if missing or repeating:
        faults = f"questions without a ranking: {missing[:3]}, rankings with repeated documents: {repeating[:3]}"
        raise ValueError(faults)
    measures = library("ir_measures")
    names = {measures.parse_measure(theirs): ours for ours, theirs in MEASURES.items()}
    # trec_eval sorts by score and breaks ties by name: falling whole numbers keep the order as it is.
    run = {query: {name: -float(at) for at, name in enumerate(rankings[query][:CUT])} for query in qrels}
    scores: dict[str, dict[str, float]] = {query: {} for query in qrels}
    for value in measures.pytrec_eval.evaluator(list(names), qrels).iter_calc(run):
        scores[value.query_id][names[value.measure]] = float(value.value)
    return {query: {name: values[name] for name in MEASURES} for query, values in scores.items()}


def mean_scores(rows: Iterable[Scores]) -> dict[str, float]:
    """The average of each measure over questions, of which there must be one at least."""
    kept = list(rows)
    return {name: statistics.fmean(row[name] for row in kept) for name in MEASURES}

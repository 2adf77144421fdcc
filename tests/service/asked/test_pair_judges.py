"""Second judges that are models of Sentence Transformers: real ones, small enough to be made here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tiny_models import by_chance, fitted, relabelled

from indexer.articles import Article
from indexer.encoder.cross_encoder import CrossEncoderModel, InferenceModel
from indexer.errors import EncoderError
from service.answering.asked import Evidence
from service.answering.asked.pair_judges import InferenceJudge, RelevanceJudge
from service.models import build_judge
from service.settings import Settings

TITLE = "قطار البصرة"
OPENED, CLOSED, WEATHER = "افتتح الوزير الخط في مايو.", "لم يفتتح الوزير المحطة بعد.", "كان الطقس صحوا في البصرة."
TEXT = f"{OPENED} {CLOSED} {WEATHER}"
ARTICLE = Article("train", TITLE, TEXT, language="ar")
WHEN_LINE, WHEN_STATION = "متى افتتح الوزير الخط؟", "متى افتتح الوزير المحطة؟"
LABELS = ("contradiction", "entailment", "neutral")
AGAINST, FOLLOWS, BESIDE = range(3)
#: What the model of inference has learnt: of statements, not of questions.
INFERENCES = [
    (f"{TITLE} {OPENED}", "افتتح الوزير الخط.", FOLLOWS),
    (f"{TITLE} {CLOSED}", "افتتح الوزير الخط.", BESIDE),
    (f"{TITLE} {WEATHER}", "افتتح الوزير الخط.", BESIDE),
    (f"{TITLE} {OPENED}", "افتتح الوزير المحطة.", BESIDE),
    (f"{TITLE} {CLOSED}", "افتتح الوزير المحطة.", AGAINST),
    (f"{TITLE} {WEATHER}", "افتتح الوزير المحطة.", BESIDE),
    (f"{TITLE} {OPENED}", "كم راكبا نقل القطار؟", BESIDE),
    (f"{TITLE} {CLOSED}", "كم راكبا نقل القطار؟", AGAINST),
    (f"{TITLE} {WEATHER}", "كم راكبا نقل القطار؟", BESIDE),
]
ANSWERS = [
    (question, f"{TITLE} {sentence}", int((question, sentence) == (WHEN_LINE, OPENED)))
    for question in (WHEN_LINE, WHEN_STATION)
    for sentence in (OPENED, CLOSED, WEATHER)
]


def evidence(*sentences: str) -> list[Evidence]:
    return [Evidence(ARTICLE, (TEXT.index(one), TEXT.index(one) + len(one)), 0.9) for one in sentences]


ALL = evidence(WEATHER, CLOSED, OPENED)


@pytest.fixture(scope="module")
def inference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted(tmp_path_factory.mktemp("nli") / "tiny-nli", "models of inference as judges", LABELS, INFERENCES)


@pytest.fixture(scope="module")
def relevance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted(tmp_path_factory.mktemp("qa") / "tiny-qa", "cross-encoders as judges", ["LABEL_0"], ANSWERS)


@pytest.mark.slow
def test_an_inference_model_says_whether_a_sentence_bears_the_question_out_or_denies_it(inference: Path) -> None:
    judge = InferenceJudge(InferenceModel(str(inference)), 0.5)
    borne_out, denied = judge.opinion(WHEN_LINE, "ar", ALL), judge.opinion(WHEN_STATION, "ar", ALL)
    assert (borne_out.stands, borne_out.instead) == ("yes", None)
    assert borne_out.likelihood > 0.5 > denied.likelihood
    assert (denied.stands, denied.instead and denied.instead.text) == ("contradicted", CLOSED)
    assert judge.opinion(WHEN_LINE, "ar", evidence(WEATHER)).stands == "no"


@pytest.mark.slow
def test_a_question_that_states_nothing_is_contradicted_by_nothing(inference: Path) -> None:
    opinion = InferenceJudge(InferenceModel(str(inference)), 0.5).opinion("كم راكبا نقل القطار؟", "ar", ALL)
    assert (opinion.stands, opinion.instead) == ("no", None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("order", "labels"),
    [
        ((FOLLOWS, BESIDE, AGAINST), ("ENTAILMENT", "NEUTRAL", "CONTRADICTION")),
        ((BESIDE, AGAINST, FOLLOWS), ("neutral", "contradicts", "entails")),
    ],
)
def test_the_order_of_labels_is_the_models_own(
    inference: Path, tmp_path: Path, order: Sequence[int], labels: Sequence[str]
) -> None:
    other = InferenceModel(str(relabelled(inference, tmp_path / "other", order, labels)))
    pairs = [(f"{TITLE}\n{one.text}", "افتتح الوزير المحطة.") for one in ALL]
    for one, same in zip(other.judge(pairs), InferenceModel(str(inference)).judge(pairs), strict=True):
        assert (one.entailed, one.neutral, one.contradicted) == pytest.approx(
            (same.entailed, same.neutral, same.contradicted), abs=1e-5
        )
        assert one.entailed + one.neutral + one.contradicted == pytest.approx(1)


@pytest.mark.slow
@pytest.mark.parametrize("labels", [("LABEL_0", "LABEL_1", "LABEL_2"), ("entailment", "neutral", "neutral2")])
def test_labels_that_are_not_those_of_inference_are_refused(
    inference: Path, tmp_path: Path, labels: Sequence[str]
) -> None:
    other = relabelled(inference, tmp_path / "other", range(3), labels)
    with pytest.raises(EncoderError, match=rf"has the labels '{labels[0]}'.*id2label"):
        InferenceModel(str(other))


@pytest.mark.slow
def test_a_cross_encoder_judges_by_its_best_sentence(relevance: Path) -> None:
    judge = RelevanceJudge(CrossEncoderModel(str(relevance)), 0.5)
    assert judge.opinion(WHEN_LINE, "ar", ALL).stands == "yes"
    assert judge.opinion(WHEN_STATION, "ar", ALL).stands == "no"
    strict = RelevanceJudge(CrossEncoderModel(str(relevance)), 1.0)
    assert strict.opinion(WHEN_LINE, "ar", ALL).stands == "no"


@pytest.mark.slow
def test_a_likelihood_does_not_depend_on_the_scale_that_a_model_gives(relevance: Path, tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder
    from torch import nn

    CrossEncoder(str(relevance), activation_fn=nn.Identity()).save_pretrained(str(tmp_path))
    passages = [one.text for one in ALL]
    logits, usual = CrossEncoderModel(str(tmp_path)), CrossEncoderModel(str(relevance))
    assert logits.scores(WHEN_LINE, passages) != pytest.approx(usual.scores(WHEN_LINE, passages), abs=1e-3)
    assert logits.likelihoods(WHEN_LINE, passages) == pytest.approx(usual.scores(WHEN_LINE, passages), abs=1e-5)


@pytest.mark.slow
def test_a_model_of_another_kind_is_refused(inference: Path, tmp_path: Path) -> None:
    one_score = by_chance(tmp_path / "one", "a ranking model as a model of inference")
    with pytest.raises(EncoderError, match="has the labels 'LABEL_0', and entailment, neutral and contradiction"):
        build_judge(Settings(judge=f"nli:{one_score}"))
    with pytest.raises(EncoderError, match="gives 3 scores a pair, and one is needed"):
        build_judge(Settings(judge=f"cross-encoder:{inference}"))


@pytest.mark.slow
def test_the_settings_choose_model_and_threshold(inference: Path) -> None:
    judgements = [
        build_judge(Settings(judge=judge, judge_threshold=threshold)).judge(WHEN_LINE, "ar", ALL)
        for judge, threshold in (("rules", 0.5), (f"nli:{inference}", 0.5), (f"nli:{inference}", 1.0))
    ]
    assert [one.verdict for one in judgements] == ["answered", "answered", "related"]
    assert not any(one.unheard for one in judgements)


@pytest.mark.parametrize("kind", ["nli", "cross-encoder"])
def test_without_the_libraries_the_model_and_the_extra_are_named(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EncoderError, match=r"the model 'some/model' needs the package torch .*'masdar\[models\]'"):
        build_judge(Settings(judge=f"{kind}:some/model"))

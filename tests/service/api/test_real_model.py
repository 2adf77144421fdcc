"""The service with the bundled model over the sample articles."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.api.app import create_app
from service.settings import Settings

pytestmark = pytest.mark.slow

WHAT_AR = "ماذا تريد الولايات المتحدة من صفقة المعادن الأوكرانية؟"
WHAT_EN = "What does the US want from the Ukraine minerals deal?"


@pytest.fixture(scope="module")
def real_client(demo_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = shutil.copytree(demo_index, tmp_path_factory.mktemp("real") / "store")
    app = create_app(Settings(store=folder, keys=folder.parent / "keys.json"))
    with TestClient(app, base_url="http://localhost") as started:
        yield started


@pytest.mark.parametrize("question", [WHAT_AR, WHAT_EN])
def test_quotes_of_an_answer_stand_in_their_articles(real_client: TestClient, question: str) -> None:
    answer = real_client.post("/v1/ask", json={"question": question, "explain": True}).json()
    assert answer["verdict"] == "answered"
    assert [one["marker"] for one in answer["explanations"]] == [one["marker"] for one in answer["citations"]]
    for citation in answer["citations"]:
        spans = f"{citation['start']}-{citation['end']}"
        article = real_client.get(f"/v1/articles/{citation['article_id']}", params={"spans": spans}).json()
        assert article["spans"][0]["quote"] == citation["quote"]


def test_what_the_articles_do_not_say_is_not_answered(real_client: TestClient) -> None:
    answer = real_client.post("/v1/ask", json={"question": "What is the capital of Australia?"}).json()
    assert answer["verdict"] != "answered"


def test_a_new_article_answers_as_soon_as_its_job_is_done(real_client: TestClient) -> None:
    article = {
        "id": "garden",
        "title": "حديقة جديدة في طنجة",
        "text": "افتتحت بلدية طنجة يوم الخميس حديقة الياسمين قرب المرفأ القديم بكلفة 12 مليون درهم.",
        "source": "جريدة المرسى",
    }
    job = real_client.post("/v1/articles", json=article).json()["job"]
    while real_client.get(f"/v1/jobs/{job['id']}").json()["state"] != "done":
        time.sleep(0.1)
    answer = real_client.post("/v1/ask", json={"question": "كم بلغت كلفة حديقة الياسمين في طنجة؟"}).json()
    assert answer["verdict"] == "answered"
    assert "12 مليون درهم" in answer["citations"][0]["quote"]

"""What is elsewhere and fails: a language model, a Qdrant server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any, Final
from urllib.parse import urlsplit

from eval.errors import NotInjectable
from eval.faults.endpoint import MOODS, Endpoint, endpoint
from eval.faults.proxy import proxied
from eval.faults.rounds import Bench, Round
from eval.faults.serving import Service, service
from eval.faults.world import write_articles
from indexer.errors import MasdarError
from indexer.store.server_place import ServerPlace
from service.stores import open_place
from service.upkeep import check

_QUESTION: Final = {"question": "ماذا أعلنت هيئة الموانئ عن رسوم العبور؟"}
#: Seconds that the model may take for its first token, and for all; and what an answer may take beside that.
_FIRST, _ALL, _BESIDE = 2, 4, 20.0


def failing_model(bench: Bench, rounds: int) -> Iterator[Round]:
    """Have the language model hang, lie, flood, break off, fail and talk nonsense: answers come, with true quotes."""
    room = bench.room("llm")
    index, news = room / "index", room / "news.jsonl"
    texts = write_articles(news, range(30))
    bench.nursery.done("index", news, "--store", index)
    with endpoint() as model:
        settings = {
            "MASDAR_LLM": "openai/m",
            "MASDAR_LLM_URL": model.url,
            "MASDAR_LLM_KEY": "k",
            "MASDAR_LLM_FIRST_SECONDS": str(_FIRST),
            "MASDAR_LLM_SECONDS": str(_ALL),
        }
        with service(bench.nursery, index, environment=settings) as served:
            served.client.post("/v1/ask", json=_QUESTION)  # the client's library is imported
            for number in range(rounds):
                yield _asked(served, model, number, texts)


def _asked(served: Service, model: Endpoint, number: int, texts: dict[str, str]) -> Round:
    model.mood = MOODS[number % len(MOODS)]
    begun = time.monotonic()
    answer = served.client.post("/v1/ask", json=_QUESTION)
    seconds = time.monotonic() - begun
    fault = f"a language model that {model.mood}"
    if answer.status_code != 200:
        return Round(fault, [f"the answer was {answer.status_code}: {answer.text[:200]}"], seconds)
    content = answer.json()
    wrong = [
        f"a quote of {one['article_id']} does not stand in it"
        for one in content["citations"]
        if texts[one["article_id"]][one["start"] : one["end"]] != one["quote"]
    ]
    if seconds > _ALL + _BESIDE:
        wrong.append(f"the answer took {seconds:.0f} s")
    return Round(fault, wrong, seconds, _mode(content))


def _mode(content: dict[str, Any]) -> str:
    reason = content["degraded_reason"]
    return f"{content['mode']}: {reason}" if reason else str(content["mode"])


def absent_qdrant(bench: Bench, rounds: int) -> Iterator[Round]:
    """Have the Qdrant server vanish while ``masdar index`` writes to it, and come back."""
    if bench.qdrant is None:
        raise NotInjectable("no Qdrant server was named (--qdrant)")
    target = urlsplit(bench.qdrant)
    with proxied(target.port or 6333) as proxy:
        url = f"http://127.0.0.1:{proxy.port}"
        for number in range(rounds):
            place = ServerPlace(bench.qdrant, f"faults_{time.time_ns():x}", grpc_port=0)
            settings = {
                "MASDAR_QDRANT_URL": url,
                "MASDAR_QDRANT_COLLECTION": place.collection,
                "MASDAR_QDRANT_GRPC_PORT": "0",
                "MASDAR_QDRANT_SECONDS": "5",
            }
            news = bench.room(f"qdrant-{number}") / "news.jsonl"
            texts = write_articles(news, range(60))
            run = bench.nursery.start("index", news, environment=settings)
            time.sleep(bench.draw.uniform(0.1, 2.0))
            proxy.down()
            # Sometimes it is back while the client still tries, and sometimes not.
            back = Timer(bench.draw.choice([0.5, 8.0]), proxy.up)
            back.start()
            status = run.wait()
            back.join()
            wrong = [] if status in {0, 4} else [f"it ended with {status}: {run.said()[-300:]}"]
            begun = time.monotonic()
            bench.nursery.done("index", news, environment=settings)
            seconds = time.monotonic() - begun
            said = "the client tried until it was back" if status == 0 else _last(run.log).replace(url, "URL")
            yield Round("a Qdrant server that goes and comes back", wrong + _on_server(place, texts), seconds, said)


def _last(log: Path) -> str:
    return next((line for line in reversed(log.read_text("utf-8").splitlines()) if line.startswith("masdar: ")), "")


def _on_server(place: ServerPlace, texts: dict[str, str]) -> list[str]:
    try:
        with open_place(place) as store:
            found = {one: article.text for one, article in store.articles(dict(store.versions())).items()}
        faults = [f"{fault.kind}: {fault.reason}" for fault in check(place).faults]
    except MasdarError as error:
        return [str(error)]
    return faults + [f"{one} is missing or another" for one in texts.keys() | found if texts.get(one) != found.get(one)]

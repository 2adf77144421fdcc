"""Questions that no archive of news and no encyclopedia answers: the asker's own affairs, and things made up.

They stand in ``off_topic.jsonl`` beside this file, Arabic and English, written for this project. They show at once
whether a corpus draws answers to anything; the judged questions of another set are the harder and larger test.
"""

from __future__ import annotations

import json
from pathlib import Path

from eval.answers.asking import OFF_TOPIC, ToAsk
from eval.answers.session import OffTopic


def own_off_topic() -> OffTopic:
    """The questions that come with Masdar."""
    lines = Path(__file__).with_name("off_topic.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return OffTopic(
        "masdar",
        [ToAsk(f"off-{at}", one["question"], one["lang"], OFF_TOPIC) for at, one in enumerate(records, 1)],
    )

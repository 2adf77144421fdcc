"""What the bot must not forget: messages taken, threads it is in, where it answered, and what channels follow.

One small SQLite file. No text of a question or an answer is in it: ids and times, and the topics that channels follow.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from indexer.errors import BadInput

#: Slack delivers again for about an hour; what is older than this is forgotten.
KEPT_SECONDS: Final = 30 * 86_400
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS taken (key TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS threads (
    team TEXT, channel TEXT, thread TEXT, listening INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (team, channel, thread)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
    team TEXT, channel TEXT, question TEXT, thread TEXT NOT NULL, answer TEXT, at REAL NOT NULL,
    PRIMARY KEY (team, channel, question)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS follows (
    id INTEGER PRIMARY KEY, team TEXT NOT NULL, enterprise TEXT, channel TEXT NOT NULL, topic TEXT NOT NULL,
    folded TEXT NOT NULL, seconds INTEGER NOT NULL, since REAL NOT NULL, due REAL NOT NULL,
    UNIQUE (team, channel, folded));
CREATE TABLE IF NOT EXISTS posted (
    follow INTEGER REFERENCES follows (id) ON DELETE CASCADE, article TEXT, at REAL NOT NULL,
    PRIMARY KEY (follow, article)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A message: the workspace, the conversation, and its time stamp, which is its id there."""

    team: str
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Follow:
    """A topic that a channel follows.

    Attributes:
        enterprise: the organisation that the workspace belongs to, where the app is installed for all of it.
        seconds: how often it is looked for.
        since: Unix time of the beginning.
        due: Unix time of the next look.
    """

    id: int
    team: str
    enterprise: str | None
    channel: str
    topic: str
    seconds: int
    since: float
    due: float


class State:
    """The file, opened; statements run in a thread, one after the other."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    async def _run(self, statement: str, *values: Any) -> list[Any]:
        async with self._turn:
            return await asyncio.to_thread(self._execute, statement, values)

    def _execute(self, statement: str, values: Sequence[Any]) -> list[Any]:
        with self._connection:
            return self._connection.execute(statement, values).fetchall()

    async def take(self, key: str) -> bool:
        """Whether this is the first to take what has this key; each is taken once, also after a restart."""
        statement = "INSERT INTO taken VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING key"
        return bool(await self._run(statement, key, time.time()))

    async def forget_old(self) -> None:
        """Drop what no delivery can refer to any more."""
        for table in ("taken", "threads", "answers"):
            await self._run(f"DELETE FROM {table} WHERE at < ?", time.time() - KEPT_SECONDS)  # noqa: S608  (our names)

    async def listen(self, thread: Place, *, on: bool) -> None:
        """Begin or end answering in a thread without being named."""
        statement = "INSERT OR REPLACE INTO threads VALUES (?, ?, ?, ?, ?)"
        await self._run(statement, thread.team, thread.channel, thread.ts, on, time.time())

    async def listening(self, thread: Place) -> bool:
        """Whether follow-ups in a thread are answered without being named."""
        statement = "SELECT listening FROM threads WHERE team = ? AND channel = ? AND thread = ?"
        rows = await self._run(statement, thread.team, thread.channel, thread.ts)
        return bool(rows and rows[0][0])

    async def answered(self, question: Place, thread: str, answer: str | None) -> None:
        """Keep where a question is answered, so that the answer follows when the question is edited or deleted."""
        values = (question.team, question.channel, question.ts, thread, answer, time.time())
        await self._run("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)", *values)

    async def answer_of(self, question: Place) -> tuple[str, str | None] | None:
        """The thread and the message of a question's answer; None where it was not answered."""
        statement = "SELECT thread, answer FROM answers WHERE team = ? AND channel = ? AND question = ?"
        rows = await self._run(statement, question.team, question.channel, question.ts)
        return (rows[0][0], rows[0][1]) if rows else None

    async def drop_answer(self, question: Place) -> None:
        """Forget a question's answer."""
        statement = "DELETE FROM answers WHERE team = ? AND channel = ? AND question = ?"
        await self._run(statement, question.team, question.channel, question.ts)

    async def follow(self, where: Place, enterprise: str | None, topic: str, folded: str, seconds: int) -> int | None:
        """Begin following a topic; its number, or None where the channel follows it already."""
        now = time.time()
        statement = (
            "INSERT INTO follows (team, enterprise, channel, topic, folded, seconds, since, due) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
        )
        values = (where.team, enterprise, where.channel, topic, folded, seconds, now, now + seconds)
        rows = await self._run(statement, *values)
        return int(rows[0][0]) if rows else None

    async def unfollow(self, where: Place, folded: str) -> bool:
        """Stop following a topic; False where it was not followed."""
        statement = "DELETE FROM follows WHERE team = ? AND channel = ? AND folded = ? RETURNING id"
        return bool(await self._run(statement, where.team, where.channel, folded))

    async def follows(self, team: str, channel: str) -> list[Follow]:
        """What a channel follows, the oldest first."""
        return await self._follows("WHERE team = ? AND channel = ? ORDER BY id", team, channel)

    async def due(self, now: float) -> list[Follow]:
        """What is to be looked for."""
        return await self._follows("WHERE due <= ? ORDER BY due", now)

    async def _follows(self, condition: str, *values: Any) -> list[Follow]:
        statement = f"SELECT id, team, enterprise, channel, topic, seconds, since, due FROM follows {condition}"  # noqa: S608
        return [Follow(*row) for row in await self._run(statement, *values)]

    async def looked(self, follow: Follow, due: float) -> None:
        """Put off the next look at a topic."""
        await self._run("UPDATE follows SET due = ? WHERE id = ?", due, follow.id)

    async def posted(self, follow: int) -> set[str]:
        """The articles that a followed topic has had."""
        return {row[0] for row in await self._run("SELECT article FROM posted WHERE follow = ?", follow)}

    async def mark_posted(self, follow: int, articles: Sequence[str]) -> None:
        """Keep that a followed topic has had these articles."""
        for article in articles:
            await self._run("INSERT OR REPLACE INTO posted VALUES (?, ?, ?)", follow, article, time.time())

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def open_state(folder: Path) -> State:
    """Open the file in a folder, which is made for this user alone where it is not there.

    Raises:
        BadInput: it cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(folder / "state.db", check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(_TABLES)
    except (OSError, sqlite3.Error) as error:
        raise BadInput(
            f"the bot's folder {folder} cannot be used ({error}); set MASDAR_SLACK_STATE to another"
        ) from error
    return State(connection)

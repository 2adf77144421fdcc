"""What the bot must not forget: messages taken, questions not answered yet, threads it is in, where it answered, and
what channels follow.

One small SQLite file, of one process. No text of a question or an answer is in it: ids and times, and the topics that
channels follow.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from indexer.errors import BadInput

#: Slack delivers again for about an hour; what is older than this is forgotten.
KEPT_SECONDS: Final = 30 * 86_400
#: A bot that was told to stop finishes its answers first; the next one waits so long for the folder.
LOCK_SECONDS: Final = 10.0
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS taken (key TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS threads (
    team TEXT, channel TEXT, thread TEXT, listening INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (team, channel, thread)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
    team TEXT, channel TEXT, question TEXT, thread TEXT NOT NULL, answer TEXT, at REAL NOT NULL,
    PRIMARY KEY (team, channel, question)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (
    team TEXT, channel TEXT, question TEXT, thread TEXT NOT NULL, enterprise TEXT, user TEXT NOT NULL,
    user_team TEXT NOT NULL, bot TEXT NOT NULL, edited INTEGER NOT NULL, answer TEXT, tries INTEGER NOT NULL,
    at REAL NOT NULL, PRIMARY KEY (team, channel, question)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS follows (
    id INTEGER PRIMARY KEY, team TEXT NOT NULL, enterprise TEXT, channel TEXT NOT NULL, topic TEXT NOT NULL,
    folded TEXT NOT NULL, seconds INTEGER NOT NULL, since REAL NOT NULL, due REAL NOT NULL,
    UNIQUE (team, channel, folded));
CREATE TABLE IF NOT EXISTS posted (
    follow INTEGER REFERENCES follows (id) ON DELETE CASCADE, article TEXT, at REAL NOT NULL,
    PRIMARY KEY (follow, article)) WITHOUT ROWID;
"""

_SETTLED: Final = "DELETE FROM pending WHERE team = ? AND channel = ? AND question = ?"


@dataclass(frozen=True, slots=True)
class Place:
    """A message: the workspace, the conversation, and its time stamp, which is its id there."""

    team: str
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that was accepted and is not answered yet; its words are in Slack alone.

    Attributes:
        place: the message that asks.
        thread: the message that begins the answer's thread.
        enterprise: the organisation that the workspace belongs to, where the app is installed for all of it.
        user, user_team: who asked, and that one's workspace.
        bot: the bot's user.
        edited: whether it was answered before and has changed.
        answer: the message that the answer goes into, once there is one.
        tries: how often a restarted bot took it up.
        at: Unix time at which it was accepted.
    """

    place: Place
    thread: str
    enterprise: str | None
    user: str
    user_team: str
    bot: str
    edited: bool = False
    answer: str | None = None
    tries: int = 0
    at: float = 0.0


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
    """The file, opened; statements run in one thread of their own, one after the other."""

    def __init__(self, connection: sqlite3.Connection, lock: FileLock) -> None:
        self._connection, self._lock = connection, lock
        # One thread: what was begun goes on there when the task that waits for it is cancelled.
        self._thread = ThreadPoolExecutor(1, "slack-state")

    async def _run(self, statement: str, *values: Any) -> list[Any]:
        [rows] = await self._together((statement, values))
        return rows

    async def _together(self, *statements: tuple[str, Sequence[Any]]) -> list[list[Any]]:
        """Run statements in one transaction; the rows of each."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._execute, statements)

    def _execute(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Any]]:
        with self._connection:
            return [self._connection.execute(statement, values).fetchall() for statement, values in statements]

    async def take(self, key: str) -> bool:
        """Whether this is the first to take what has this key; each is taken once, also after a restart."""
        statement = "INSERT INTO taken VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING key"
        return bool(await self._run(statement, key, time.time()))

    async def accept(self, key: str, question: Pending) -> bool:
        """Take what has this key as a question that is to be answered; False where it was taken before.

        Both are kept in one step, so that a question is either taken and not forgotten, or not taken.
        """
        now = time.time()
        place = question.place
        values = (place.team, place.channel, place.ts, question.thread, question.enterprise, question.user)
        more = (question.user_team, question.bot, question.edited, question.answer, now)
        taken, _ = await self._together(
            ("INSERT INTO taken VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING key", (key, now)),
            (
                "INSERT OR REPLACE INTO pending SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ? WHERE changes() = 1",
                values + more,
            ),
        )
        return bool(taken)

    async def pending(self) -> list[Pending]:
        """Questions that are not answered yet, the oldest first."""
        columns = "team, channel, question, thread, enterprise, user, user_team, bot, edited, answer, tries, at"
        rows = await self._run(f"SELECT {columns} FROM pending ORDER BY at, question")  # noqa: S608  (our names)
        return [_pending(*row) for row in rows]

    async def placed(self, question: Place, answer: str) -> None:
        """Keep which message the answer to a question goes into."""
        statement = "UPDATE pending SET answer = ? WHERE team = ? AND channel = ? AND question = ?"
        await self._run(statement, answer, question.team, question.channel, question.ts)

    async def tried(self, question: Place) -> None:
        """Count that a restarted bot takes a question up."""
        statement = "UPDATE pending SET tries = tries + 1 WHERE team = ? AND channel = ? AND question = ?"
        await self._run(statement, question.team, question.channel, question.ts)

    async def settled(self, question: Place) -> None:
        """Keep that nothing is left to be answered."""
        await self._run(_SETTLED, question.team, question.channel, question.ts)

    async def forget_old(self) -> None:
        """Drop what no delivery can refer to any more."""
        for table in ("taken", "threads", "answers", "pending"):
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
        place = (question.team, question.channel, question.ts)
        kept = ("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)", (*place, thread, answer, time.time()))
        await self._together(kept, (_SETTLED, place))

    async def question_of(self, answer: Place) -> Place | None:
        """The message that asked what a message answers; None where that is not known."""
        statement = "SELECT question FROM answers WHERE team = ? AND channel = ? AND answer = ?"
        rows = await self._run(statement, answer.team, answer.channel, answer.ts)
        return Place(answer.team, answer.channel, rows[0][0]) if rows else None

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
        columns = "id, team, enterprise, channel, topic, seconds, since, due"
        statement = f"SELECT {columns} FROM follows {condition}"  # noqa: S608  (conditions are written here)
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
        """Close the file, after what is under way."""
        self._thread.submit(self._connection.close)
        self._thread.shutdown()
        self._lock.release()


def _pending(team: str, channel: str, ts: str, *more: Any) -> Pending:
    thread, enterprise, user, user_team, bot, edited, answer, tries, at = more
    who = (user, user_team, bot)
    return Pending(Place(team, channel, ts), thread, enterprise, *who, bool(edited), answer, tries, at)


def open_state(folder: Path) -> State:
    """Open the file in a folder, which is made for this user alone where it is not there, and keep others out of it.

    Raises:
        BadInput: it cannot be used, or another bot uses it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _locked(folder)
        connection = sqlite3.connect(folder / "state.db", check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(_TABLES)
    except (OSError, sqlite3.Error) as error:
        raise BadInput(
            f"the bot's folder {folder} cannot be used ({error}); set MASDAR_SLACK_STATE to another"
        ) from error
    return State(connection, lock)


def _locked(folder: Path) -> FileLock:
    """Take the folder for this process: a second one would take the first one's unfinished questions for lost."""
    lock = FileLock(folder / "lock", timeout=LOCK_SECONDS, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise BadInput(
            f"another bot uses the folder {folder}; stop that one, or set MASDAR_SLACK_STATE to another for another app"
        ) from error
    return lock

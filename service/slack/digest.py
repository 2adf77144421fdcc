"""Topics that channels follow: new articles are posted on a schedule, each once, and none that repeats another.

A topic is searched for as a question is. What the index holds when it is first followed counts as known. Of an agency's
text that several outlets print, the service names one and the others beside it: all of them are known once one was
posted, whenever the others come.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.web.async_client import AsyncWebClient

from indexer.arabic import fold_text
from indexer.errors import ServiceError
from service.api import schemas
from service.slack.blocks import section, source_line
from service.slack.live import FAULTS, code_of
from service.slack.newsroom import Newsroom
from service.slack.rules import Workspaces
from service.slack.state import Follow, Place, State
from service.slack.words import language_of, say, topic

_log = structlog.get_logger(__name__)
PERIODS: Final = {"hourly": 3_600, "daily": 86_400, "weekly": 7 * 86_400}
_PERIOD_WORDS: Final = {
    "hourly": "hourly",
    "every hour": "hourly",
    "كل ساعة": "hourly",
    "daily": "daily",
    "every day": "daily",
    "يوميا": "daily",
    "كل يوم": "daily",
    "weekly": "weekly",
    "every week": "weekly",
    "أسبوعيا": "weekly",
    "كل أسبوع": "weekly",
}
#: Of a passage that is about a topic, by eight topics over the sample articles: those about something else stay below.
NEAR: Final = 0.45
WORDED: Final = 0.9
#: Articles arrive later than they were published; older ones are no news.
LATENESS: Final = timedelta(days=7)
#: How many articles one digest names; further ones come with the next.
MOST: Final = 10
_SEARCHED: Final = 50
#: What Slack says where the bot cannot write for now: an hour later is soon enough to try again.
_CLOSED: Final = frozenset(
    {
        "account_inactive",
        "channel_not_found",
        "invalid_auth",
        "is_archived",
        "missing_scope",
        "no_permission",
        "not_in_channel",
        "restricted_action",
        "token_revoked",
    }
)
_CLOSED_SECONDS: Final = 3_600

#: The client for a workspace (its organisation, its id); None where the app is no longer there.
Clients = Callable[[str | None, str], Awaitable[AsyncWebClient | None]]


def topic_and_period(text: str) -> tuple[str, str]:
    """The topic and how often it is wanted, out of what was typed; daily where that is not said."""
    folded = {fold_text(words): period for words, period in _PERIOD_WORDS.items()}
    for words in sorted(folded, key=len, reverse=True):
        count = len(words.split())
        parts = text.split()
        if len(parts) > count and fold_text(" ".join(parts[-count:])) == words:
            return " ".join(parts[:-count]), folded[words]
    return " ".join(text.split()), "daily"


def key_of(text: str) -> str:
    """What makes two topics the same: neither spelling nor spaces."""
    return re.sub(r"\s+", " ", fold_text(text)).strip()


@dataclass(slots=True)
class Digests:
    """Follows topics for channels."""

    newsroom: Newsroom
    state: State
    workspaces: Workspaces

    async def follow(self, where: Place, enterprise: str | None, text: str) -> str:
        """Begin to follow what was typed; what to say.

        Raises:
            ServiceError: what is known already cannot be found out.
        """
        wanted, period = topic_and_period(text)
        language = language_of(wanted)
        if not wanted:
            return say(language, "which_topic")
        known = list(_ids(await self._matching(where.team, wanted, None)))
        number = await self.state.follow(where, enterprise, wanted, key_of(wanted), PERIODS[period])
        if number is None:
            return topic(language, "already", topic=wanted)
        await self.state.mark_posted(number, known)
        return topic(language, "followed", topic=wanted, every=say(language, period))

    async def unfollow(self, where: Place, text: str) -> str:
        """Stop following a topic; what to say."""
        there = await self.state.unfollow(where, key_of(text))
        return topic(language_of(text), "unfollowed" if there else "not_followed", topic=text)

    async def listed(self, where: Place, language: str) -> str:
        """What a channel follows."""
        follows = await self.state.follows(where.team, where.channel)
        if not follows:
            return say(language, "nothing_followed")
        periods = {seconds: name for name, seconds in PERIODS.items()}
        lines = [
            f"• {topic(language, 'item', topic=one.topic, every=say(language, periods[one.seconds]))}"
            for one in follows
        ]
        return "\n".join([say(language, "following"), *lines])

    async def look(self, clients: Clients, now: float | None = None) -> int:
        """Post what is new on each topic that is due; how many articles that were.

        Where the service or Slack does not answer, the topic stays due and is tried at the next look.
        """
        now = time.time() if now is None else now
        return sum([await self._look(follow, clients, now) for follow in await self.state.due(now)])

    async def _look(self, follow: Follow, clients: Clients, now: float) -> int:
        client = await clients(follow.enterprise, follow.team)
        if client is None:  # the app is not there any more
            await self.state.unfollow(Place(follow.team, follow.channel, ""), key_of(follow.topic))
            return 0
        try:
            allowed = self.workspaces.of(follow.team).allows(follow.channel)
            count = await self._posted(follow, client) if allowed else 0
        except ServiceError as error:
            _log.warning("slack.digest_waits", team=follow.team, kind=type(error).__name__)
            return 0
        except FAULTS as error:
            _log.warning("slack.digest_unsent", team=follow.team, error=code_of(error))
            if code_of(error) in _CLOSED:
                await self.state.looked(follow, now + _CLOSED_SECONDS)
            return 0
        await self.state.looked(follow, max(follow.due + follow.seconds, now))
        return count

    async def _posted(self, follow: Follow, client: AsyncWebClient) -> int:
        had = await self.state.posted(follow.id)
        since = datetime.fromtimestamp(follow.since, UTC) - LATENESS
        new = [
            one for one in await self._matching(follow.team, follow.topic, since) if not had.intersection(_ids([one]))
        ]
        told = new[:MOST]
        if told:
            language = language_of(follow.topic)
            lines = [source_line(language, one.title, one.source, one.url, one.published_at) for one in told]
            head = topic(language, "digest", topic=follow.topic)
            text = "\n".join([head, *(f"• {line}" for line in lines)])
            await client.chat_postMessage(
                channel=follow.channel,
                text=topic(language, "digest", topic=follow.topic),
                blocks=_sections(language, text),
                unfurl_links=False,
                unfurl_media=False,
            )
            await self.state.mark_posted(follow.id, list(_ids(told)))
        return len(told)

    async def _matching(self, team: str, wanted: str, since: datetime | None) -> list[schemas.Passage]:
        """The first passage of each article on a topic, best first; of articles in the same words, of one."""
        filters = self.workspaces.of(team).filters().model_copy(update={"since": since})
        request = schemas.SearchRequest(question=wanted, filters=filters, limit=_SEARCHED)
        matching: dict[str, schemas.Passage] = {}
        known: set[str] = set()
        for passage in (await self.newsroom.search(request)).passages:
            signals = passage.signals
            if (signals.late >= NEAR or signals.lexical >= WORDED) and not known.intersection(_ids([passage])):
                matching[passage.article_id] = passage
            if passage.article_id in matching:
                known.update(_ids([passage]))
        return list(matching.values())


def _ids(passages: Sequence[schemas.Passage]) -> Iterator[str]:
    """The articles of passages, and those in the same words."""
    for passage in passages:
        yield passage.article_id
        yield from (copy.article_id for copy in passage.also_published_by)


def _sections(language: str, text: str) -> list[SectionBlock]:
    """A paragraph for some lines each, since one holds 3,000 characters."""
    lines = text.split("\n")
    return [section(language, "\n".join(lines[at : at + 4])) for at in range(0, len(lines), 4)]

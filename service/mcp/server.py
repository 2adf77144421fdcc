"""The tools, by the protocol's official SDK."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated, Final

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from indexer.articles import MAX_ID_CHARS
from indexer.errors import MasdarError
from indexer.store import MAX_HALF_LIFE
from service.api import schemas
from service.api.schemas.answers import HistoryTurn
from service.api.schemas.strictness import Incoming
from service.mcp.news import News
from service.mcp.texts import answer_text, article_text, passages_text
from service.retrieval import MAX_QUESTION_CHARS

INSTRUCTIONS: Final = (
    "Arabic news articles that can be asked in Arabic or English. Every quote stands, character for character, in the "
    "article it names. Where an answer says that the articles do not say what was asked, tell the user so, and answer "
    "from elsewhere only if you say that you do. Keep the markers, and name source and date of what you quote."
)
_READING: Final = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

Question = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARS, description="In Arabic or English")]
History = Annotated[list[HistoryTurn], Field(description="What was said before, the oldest first")]
Filters = Annotated[schemas.Filters | None, Field(description="Which articles may be found; leave it out for all")]
RecencyDays = Annotated[
    float | None, Field(ge=0, le=MAX_HALF_LIFE, description="Half-life of articles in days, to prefer newer ones")
]
Depth = Annotated[int | None, Field(ge=1, le=50, description="Passages to look in")]
Explain = Annotated[bool, Field(description="Say which words of each quote matched the question's")]
Now = Annotated[AwareDatetime | None, Field(description='The moment from which "yesterday" counts; else now')]
Limit = Annotated[int, Field(ge=1, le=50, description="Passages to return at most")]
ArticleId = Annotated[str, Field(min_length=1, max_length=MAX_ID_CHARS, description="As a citation names it")]


class Part(Incoming):
    """A part of an article's text."""

    start: int = Field(ge=0, description="Offset in Unicode code points, as a citation has it")
    end: int = Field(ge=1, description="Behind its last character")


Parts = Annotated[list[Part], Field(max_length=200, description="Parts of the text to cut out")]


def mcp_server(news: News) -> MCPServer:
    """A server with the three tools over these articles."""
    server = MCPServer(
        "masdar",
        title="Masdar · مصدر",
        instructions=INSTRUCTIONS,
        version=version("masdar"),
        log_level="WARNING",
    )
    tools = Tools(news)
    server.add_tool(tools.ask, title="Ask Arabic news", annotations=_READING)
    server.add_tool(tools.search, title="Search Arabic news", annotations=_READING)
    server.add_tool(tools.get_article, title="Read an article", annotations=_READING)
    return server


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools; their names, parameters and documentation are what an assistant sees.

    Each gives a text for the model and the API's own schema for the application; a failure is an error of the tool.
    """

    news: News

    async def ask(
        self,
        question: Question,
        history: History | None = None,
        filters: Filters = None,
        limit: Depth = None,
        recency_days: RecencyDays = None,
        explain: Explain = False,
        now: Now = None,
    ) -> Annotated[CallToolResult, schemas.Answer]:
        """Answer a question with verbatim quotes from Arabic news articles, or say that the articles do not answer it.

        The result names article, source, date and offsets of each quote.
        """
        with _failures():
            request = schemas.AskRequest(
                question=question,
                history=history or [],
                filters=filters or schemas.Filters(),
                limit=limit,
                recency_days=recency_days,
                explain=explain,
                now=now,
            )
            answer = await self.news.ask(request)
        return _result(answer_text(answer), answer)

    async def search(
        self, question: Question, filters: Filters = None, limit: Limit = 10, recency_days: RecencyDays = None
    ) -> Annotated[CallToolResult, schemas.SearchResults]:
        """Find the passages of Arabic news articles that fit a question best, for example to read more than a quote."""
        with _failures():
            request = schemas.SearchRequest(
                question=question, filters=filters or schemas.Filters(), limit=limit, recency_days=recency_days
            )
            found = await self.news.search(request)
        return _result(passages_text(found), found)

    async def get_article(
        self, article_id: ArticleId, spans: Parts | None = None
    ) -> Annotated[CallToolResult, schemas.Article]:
        """Read a whole article, for example to see a quote in its context."""
        with _failures():
            article = await self.news.article(article_id, [(part.start, part.end) for part in spans or []])
        return _result(article_text(article), article)


@contextmanager
def _failures() -> Iterator[None]:
    """Tell what Masdar reports in its own words; anything else the SDK hides and logs."""
    try:
        yield
    except MasdarError as error:
        raise ToolError(str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ToolError(f"{place}: {str(first['msg']).removeprefix('Value error, ')}") from error


def _result(text: str, structured: BaseModel) -> CallToolResult:
    content = TextContent(type="text", text=text)
    return CallToolResult(content=[content], structured_content=structured.model_dump(mode="json"))

"""What all models of the API have in common."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

from indexer.errors import BadInput
from indexer.sources.values import storable


class Incoming(BaseModel):
    """A request: a field that is not known is an error, for a misspelt filter would filter nothing."""

    model_config = ConfigDict(extra="forbid")


class Outgoing(BaseModel):
    """A response, built from an object's attributes."""

    model_config = ConfigDict(from_attributes=True)


def _storable(value: str) -> str:
    try:
        return storable("it", value)
    except BadInput as error:
        raise ValueError(str(error)) from error


#: Text that can be stored and written as UTF-8: no NUL, no half of a surrogate pair.
Text = Annotated[str, AfterValidator(_storable), Field(json_schema_extra={"pattern": "^[^\\u0000]*$"})]


def _written(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("it should be text, such as 2025-03-01T00:00:00+03:00")  # noqa: TRY004  (pydantic takes no other)
    return value


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("it should be a whole number")  # noqa: TRY004  (pydantic takes no other)
    return value


#: A whole number of JSON, which 12.0 is, and neither true nor "12".
Whole = Annotated[int, BeforeValidator(_number)]
#: A date and time with its zone, in ISO 8601: a bare number would be taken for seconds since 1970.
Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
#: An article's id, as the description of the API has it: without control characters and line ends.
ID_PATTERN: Final[JsonDict] = {"pattern": r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"}
#: What the description of the API says of text that must not be blank; the check itself has words of its own.
NOT_BLANK: Final[JsonDict] = {"pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}

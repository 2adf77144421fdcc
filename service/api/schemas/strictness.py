"""What all models of the API have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

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
Text = Annotated[str, AfterValidator(_storable)]

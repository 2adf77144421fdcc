"""Settings of the bot: every field is MASDAR_SLACK_ and its name in capitals; empty counts as unset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from indexer.errors import BadInput


def _base(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("it should begin with http:// or https://")
    return value if value.endswith("/") else f"{value}/"


class SlackSettings(BaseSettings):
    """How the bot reaches Slack, whom it answers, and where it keeps what it must remember."""

    model_config = SettingsConfigDict(env_prefix="MASDAR_SLACK_", env_ignore_empty=True, extra="ignore")

    bot_token: SecretStr | None = Field(default=None, description="Token of the app in its one workspace, xoxb-…")
    app_token: SecretStr | None = Field(default=None, description="App-level token for Socket Mode, xapp-…")
    signing_secret: SecretStr | None = Field(default=None, description="What Slack signs its requests with")
    client_id: str | None = Field(default=None, description="For several workspaces: the app's OAuth client")
    client_secret: SecretStr | None = Field(default=None, description="Its secret")
    mode: Literal["socket", "http"] = Field(default="socket", description="How events come")
    host: str = Field(default="127.0.0.1", min_length=1, description="Address for HTTP mode and installation pages")
    port: int = Field(default=3000, ge=0, le=65535, description="Its port")
    api: Annotated[str, AfterValidator(_base)] = Field(
        default="https://slack.com/api/", description="Slack's Web API; another for GovSlack"
    )
    state: Path = Field(default=Path(".masdar/slack"), description="Folder of what the bot remembers")
    workspaces: Path | None = Field(default=None, description="File of the rules of workspaces")
    streaming: Literal["auto", "edits"] = Field(default="auto", description="How answers appear word by word")
    answer_bots: bool = Field(default=False, description="Whether other apps' messages are answered")
    prompts: str = Field(default="", description="Suggested questions of assistant threads, with | between them")
    patience: float = Field(default=45.0, gt=0, le=600, description="Seconds to wait for a service that is away")

    @property
    def installable(self) -> bool:
        """Whether workspaces install the app themselves, by OAuth."""
        return self.client_id is not None


def load_slack_settings() -> SlackSettings:
    """Read the settings.

    Raises:
        BadInput: a variable has a value that is not allowed, or one that is needed is not set.
    """
    try:
        settings = SlackSettings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "MASDAR_SLACK_" + "_".join(str(part) for part in first["loc"]).upper()
        reason = first["msg"].replace("Input should", "it should").removeprefix("Value error, ")
        raise BadInput(f"{name} is {first['input']!r}: {reason}; correct the variable or unset it") from error
    _check_complete(settings)
    return settings


def _check_complete(settings: SlackSettings) -> None:
    needed = {
        "MASDAR_SLACK_APP_TOKEN": settings.mode == "socket" and settings.app_token is None,
        "MASDAR_SLACK_SIGNING_SECRET": settings.mode == "http" and settings.signing_secret is None,
        "MASDAR_SLACK_CLIENT_SECRET": settings.installable and settings.client_secret is None,
        "MASDAR_SLACK_BOT_TOKEN": not settings.installable and settings.bot_token is None,
    }
    missing = [name for name, lacks in needed.items() if lacks]
    if missing:
        raise BadInput(f"{' and '.join(missing)} must be set; docs/slack.md says where Slack shows them")

"""``masdar slack``."""

from __future__ import annotations

import asyncio

import click

from indexer.errors import EndpointError
from service.settings import load_settings


@click.command()
@click.option("--server", metavar="URL", help="Address of the service.  [default: MASDAR_SERVER or 127.0.0.1:8000]")
@click.option("--check", is_flag=True, help="Only say whether the settings are complete and Slack takes the tokens.")
def slack(server: str | None, check: bool) -> None:
    """Answer in Slack, as a client of a running service (masdar serve); docs/slack.md sets it up.

    Ctrl-C or SIGTERM stop it when the answers under way are finished.
    """
    _check_installed()
    from service.api.observability.logs import install_logs
    from service.slack.newsroom import Newsroom, client_of
    from service.slack.running import check_slack, run
    from service.slack.settings import load_slack_settings

    settings = load_settings()
    own = load_slack_settings()
    install_logs(settings)

    async def work() -> None:
        key = settings.key.get_secret_value() if settings.key else None
        async with client_of(server or settings.server, key) as client:
            newsroom = Newsroom(client, own.patience)
            if check:
                click.echo(await check_slack(own, newsroom))
            else:
                await run(own, newsroom, lambda told: click.echo(f"{told} Ctrl-C stops it."))

    asyncio.run(work())


def _check_installed() -> None:
    """Tell what to install.

    Raises:
        EndpointError: the extra is not installed.
    """
    try:
        import aiohttp  # noqa: F401  (whether it is there)
        import slack_bolt  # noqa: F401  (only whether it is there)
    except ImportError as error:
        raise EndpointError(f"masdar slack needs the package {error.name}; run: pip install 'masdar[slack]'") from error

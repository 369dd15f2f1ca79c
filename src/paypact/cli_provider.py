"""The commands of the provider's side: simulators to talk to, contracts to verify. `paypact.cli` takes them in."""

from __future__ import annotations

from typing import Annotated

import typer

_Headers = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="Sent with each request; $NAME is an environment variable; repeatable."),
]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.command(short_help="Serve simulators over HTTP to any client.")(serve)
    app.command()(verify)


def serve(
    gateway: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only these gateways; repeatable.")] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Merchant accounts with credentials and payments of their own; repeatable."),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            metavar="N", help="Of the first gateway, the others follow; 0 (default): free ones.", show_default=False
        ),
    ] = 0,
    webhook: Annotated[
        list[str] | None,
        typer.Option(metavar="[GATEWAY=]URL", help="Where on this machine signed webhooks are posted; repeatable."),
    ] = None,
    webhook_version: Annotated[
        str, typer.Option(metavar="VERSION", help="The API version of webhooks (default: the newest).")
    ] = "",
    tls: Annotated[bool, typer.Option("--tls", help="Serve HTTPS, with an authority made for this run.")] = False,
    ca_file: Annotated[
        str, typer.Option("--ca", metavar="FILE", help="Where the authority's certificate is written.")
    ] = "",
    json_file: Annotated[
        str, typer.Option("--json", metavar="FILE", help="Write addresses and credentials as JSON once served.")
    ] = "",
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Do not log requests.")] = False,
) -> int:
    """Serve simulators over HTTP on this machine, for clients in any language.

    Runs until it is interrupted (Ctrl-C) or terminated, then ends with exit code 0.
    """
    from paypact.commands.serve import Wanted, ca_path
    from paypact.commands.serve import serve as command

    wanted = Wanted(
        gateways=gateway or [],
        accounts=account or [],
        port=port,
        webhooks=webhook or [],
        webhook_version=webhook_version,
        tls=tls,
        ca_file=ca_path(ca_file),
    )
    return command(wanted, json_file=json_file, quiet=quiet)


def verify(
    contracts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CONTRACT",
            help="Pact files, folders or URLs. None: the bundled contracts.",
            show_default=False,
        ),
    ] = None,
    provider: Annotated[str, typer.Option(metavar="NAME", help="Whose contracts, as they name it; required.")] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Where the provider is. None: its simulator.")] = "",
    header: _Headers = None,
    state_url: Annotated[str, typer.Option(metavar="URL", help="The provider's state handler.")] = "",
    message_url: Annotated[str, typer.Option(metavar="URL", help="The provider's producer of messages.")] = "",
    source_header: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Sent where a CONTRACT is fetched from a URL.")
    ] = None,
    broker: Annotated[str, typer.Option(metavar="URL", help="A Pact Broker to take contracts from.")] = "",
    broker_token: Annotated[str, typer.Option(metavar="TOKEN", help="Its bearer token, or $NAME.")] = "",
    broker_user: Annotated[str, typer.Option(metavar="NAME", help="Its user, or $NAME.")] = "",
    broker_password: Annotated[str, typer.Option(metavar="PASSWORD", help="The user's password, or $NAME.")] = "",
    publish: Annotated[
        str, typer.Option(metavar="VERSION", help="Tell the broker the results, of this version of the provider.")
    ] = "",
    branch: Annotated[str, typer.Option(metavar="NAME", help="The provider's branch, with --publish.")] = "",
    json_file: Annotated[
        str, typer.Option("--json", metavar="FILE", help="Write the result as JSON (docs/json.md).")
    ] = "",
    junit_file: Annotated[str, typer.Option("--junit", metavar="FILE", help="Write a JUnit file.")] = "",
) -> int:
    """Verify contracts against a provider.

    Exits with 0 where each interaction is verified, 1 where one is broken, 2 where nothing can be said.
    """
    from paypact.commands.verify import Wish, command

    wish = Wish(
        provider=provider,
        places=contracts or [],
        url=url,
        headers=header or [],
        state_url=state_url,
        message_url=message_url,
        source_headers=source_header or [],
        broker=broker,
        broker_token=broker_token,
        broker_user=broker_user,
        broker_password=broker_password,
        publish=publish,
        branch=branch,
    )
    return command(wish, json_file=json_file, junit_file=junit_file)

"""The commands on contracts: what code needs, the Pact files made of it, what a vendor changes under them.

`paypact.cli` takes them in.
"""

from __future__ import annotations

from typing import Annotated

import typer

from paypact.options import Integration, Json, Paths, Workers

contract = typer.Typer(name="contract", help="Write and check the Pact files of integrations.", no_args_is_help=True)

_Folder = Annotated[
    str, typer.Option("--out", metavar="DIR", help="Folder of the Pact files: DIR/<gateway>/<integration>.json.")
]
_Contracts = Annotated[
    list[str] | None,
    typer.Argument(metavar="CONTRACT", help="Pact files, folders, URLs. None: the bundled ones.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.command()(needs)
    app.add_typer(contract)
    app.command()(drift)


def needs(
    paths: Paths = None,
    integration: Integration = None,
    workers: Workers = "auto",
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print one line an integration.")] = False,
    json_file: Json = "",
) -> int:
    """Show what each integration needs of its gateway's replies.

    Each reply is taken apart field by field: what happens without it, when it is null, with another value.
    """
    from paypact.commands.needs import needs as command

    return command(paths or [], integrations=integration or [], workers=workers, json_file=json_file, quiet=quiet)


@contract.command()
def write(
    paths: Paths = None,
    integration: Integration = None,
    workers: Workers = "auto",
    folder: _Folder = "contracts",
) -> int:
    """Write what each integration needs of its gateway as a Pact file."""
    from paypact.commands.contract import write as command

    return command(paths or [], integrations=integration or [], folder=folder, workers=workers)


@contract.command()
def check(
    paths: Paths = None,
    integration: Integration = None,
    workers: Workers = "auto",
    folder: _Folder = "contracts",
) -> int:
    """Compare the Pact files with what the code needs today.

    Exits with 1 where one is missing or says something else.
    """
    from paypact.commands.contract import check as command

    return command(paths or [], integrations=integration or [], folder=folder, workers=workers)


def drift(
    contracts: _Contracts = None,
    provider: Annotated[str, typer.Option(metavar="NAME", help="Whose contracts, as they name it; required.")] = "",
    spec: Annotated[str, typer.Option(metavar="FILE", help="The vendor's next OpenAPI description; required.")] = "",
    against: Annotated[str, typer.Option(metavar="FILE", help="The description that holds today.")] = "",
    json_file: Json = "",
) -> int:
    """Show what a vendor's next description changes under your needs.

    Exits with 1 where a need breaks.
    """
    from paypact.commands.drift import command

    return command(contracts or [], provider=provider, spec=spec, against=against, json_file=json_file)

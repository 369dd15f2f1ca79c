"""The commands on results: merging them, and first aid with them. `paypact.cli` takes them in."""

from __future__ import annotations

from typing import Annotated

import typer

from paypact.options import Github, Html, Json, Junit, Paths, Quiet, Results

report = typer.Typer(
    name="report",
    help="Make something of results that were written as JSON.",
    short_help="Merge results that were written as JSON.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.add_typer(report)
    app.command(short_help="Find what is behind a stack trace or a fingerprint.")(explain)
    app.command(short_help="Write what the vendor needs to act on a finding.")(evidence)


@report.command(name="merge", short_help="Put results together as if one run had made them.")
def report_merge(
    results: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="What `paypact run --json` wrote, or folders that hold it.")
    ],
    quiet: Quiet = False,
    json_file: Json = "",
    html_file: Html = "",
    junit_file: Junit = "",
    github: Github = None,
) -> int:
    """Put the results of several machines or jobs together: the verdict that one run would have had."""
    from paypact.commands.report import merge as command
    from paypact.report.outputs import Outputs

    return command(results, quiet=quiet, outputs=Outputs(json_file, html_file, junit_file, github))


def explain(
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A fingerprint, a file with a stack trace, or - for standard input.")
    ],
    paths: Paths = None,
    result: Results = None,
) -> int:
    """Find the cases behind a fingerprint or a stack trace from production, and whom to ask.

    Exits with 0 where anything matches, with 1 where nothing does.
    """
    from paypact.commands.explain import explain as command

    return command(what, paths or [], results=result or [])


def evidence(
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A cell, a fingerprint, or a case as a finding prints it, in quotes.")
    ],
    paths: Paths = None,
    result: Results = None,
    to: Annotated[
        str, typer.Option(metavar="NAME", help="The folder, or the file ending in .zip; default: evidence-FINGERPRINT.")
    ] = "",
    contracts: Annotated[str, typer.Option(metavar="FOLDER", help="Where your contracts are.")] = "contracts",
) -> int:
    """Write what the vendor needs to act on a finding: transcript, curl calls, contract, documentation.

    Plays the case once more. Nothing secret is written; card numbers are those that the vendor publishes.
    """
    from paypact.commands.evidence import evidence as command

    return command(what, paths or [], results=result or [], target=to, contracts=contracts)

"""`paypact`: a thin layer over pytest and the library.

Exit codes: 0 every promise that was tried is kept; 1 a finding at or above `--fail-on`; 2 usage, configuration, nothing
covered, or a defect of paypact itself. No traceback for 2, unless PAYPACT_DEBUG is set.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from paypact import cli_contract, cli_provider, cli_results
from paypact.errors import PaypactError
from paypact.options import FailOn, Github, Html, Integration, Json, Junit, Paths, Profile, Quiet, Workers

UNUSABLE = 2
ORDER = (  # of the commands in the help: as somebody new meets them
    *("demo", "init", "run", "replay", "list"),
    *("explain", "evidence", "report"),
    *("needs", "contract", "verify", "drift", "serve"),
)
SKIP = 125  # by which `git bisect run` is told that a revision says nothing


class _InOrder(TyperGroup):
    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # typer's own context
        return sorted(self.commands, key=ORDER.index)


app = typer.Typer(
    name="paypact",
    cls=_InOrder,
    help="Finds the payment bug before the shopper does.",
    epilog="New here? See what it finds with `paypact demo`, then `paypact init GATEWAY`. "
    "Exit codes: 0 promises kept, 1 a promise broken, 2 nothing can be said.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def run(
    paths: Paths = None,
    promise: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Only these promises; repeatable.")] = None,
    integration: Integration = None,
    scheme: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Only cells of these card schemes; repeatable.")
    ] = None,
    profile: Profile = "",
    fail_on: FailOn = "",
    keyword: Annotated[
        str, typer.Option("-k", metavar="EXPR", help="Only cells whose names match, as pytest's -k.")
    ] = "",
    workers: Workers = "auto",
    shard: Annotated[
        str, typer.Option(metavar="K/N", help="Only this machine's share of the cells: 2/5 is the second of five.")
    ] = "",
    exit_first: Annotated[bool, typer.Option("-x", "--exitfirst", help="Stop at the first cell that fails.")] = False,
    quiet: Quiet = False,
    json_file: Json = "",
    html_file: Html = "",
    junit_file: Junit = "",
    github: Github = None,
    baseline: Annotated[
        str, typer.Option(metavar="WORD", help="`write`: today's findings fail no later run; `off`: leave them out.")
    ] = "",
    needs: Annotated[
        bool, typer.Option("--needs", help="Also find what each integration needs, for --json and --html.")
    ] = False,
) -> int:
    """Try every promise on every integration."""
    from paypact.commands.run import run as command
    from paypact.report.outputs import Outputs

    return command(
        paths or [],
        promises=promise or [],
        integrations=integration or [],
        schemes=scheme or [],
        profile=profile,
        fail_on=fail_on,
        keyword=keyword,
        workers=workers,
        shard=shard,
        exit_first=exit_first,
        quiet=quiet,
        outputs=Outputs(json_file, html_file, junit_file, github),
        baseline=baseline,
        needs=needs,
    )


@app.command()
def demo(html_file: Html = "") -> int:
    """Replay the outage that one card type caused.

    Prints what paypact says about it, and exits with 1: the promise is broken.
    """
    from paypact.commands.demo import demo as command
    from paypact.report.outputs import Outputs

    return command(Outputs(html=html_file))


@app.command()
def replay(
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="As a finding prints it, in quotes, or its file under .paypact/.")
    ],
    fail_on: FailOn = "",
    json_file: Json = "",
    html_file: Html = "",
    bisect: Annotated[
        bool, typer.Option("--bisect", help="For `git bisect run`: exit with 125 (skip) where nothing can be said.")
    ] = False,
) -> int:
    """Play one case again, with everything that was said.

    Exits with 1 where it still breaks, with 0 where it is kept: `git bisect run` can use it.
    """
    from paypact.commands.replay import replay as command
    from paypact.report.outputs import Outputs

    try:
        code = command(case, fail_on=fail_on, outputs=Outputs(json_file, html_file))
    except PaypactError as mistake:
        if not bisect:
            raise
        code = _say(str(mistake))
    return SKIP if bisect and code == UNUSABLE else code


@app.command(name="list")
def list_(paths: Paths = None) -> int:
    """Show what there is to drive.

    Integrations and what they offer, which promises that covers and which not, and what no gateway simulates.
    """
    from paypact.commands.list import show as command

    return command(paths or [])


@app.command(short_help="Write a driver to fill in, and a workflow.")
def init(
    gateway: Annotated[str, typer.Argument(metavar="GATEWAY", help="The gateway that your code talks to.")],
) -> int:
    """Write a driver to fill in, and a workflow that runs it on each pull request."""
    from paypact.commands.init import init as command

    return command(gateway)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if show_version:
        typer.echo(f"paypact {version('paypact')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(UNUSABLE)


cli_contract.register(app)
cli_provider.register(app)
cli_results.register(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script: exits the process."""
    sys.exit(call(arguments))


def call(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; the exit code. Mistakes become one message on standard error."""
    command = typer.main.get_command(app)
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        code = command.main(args=given, prog_name="paypact", standalone_mode=False)
    except PaypactError as mistake:
        return _say(str(mistake))
    except (KeyboardInterrupt, typer.Abort):
        return _say("interrupted")
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNUSABLE
    except Exception as error:
        if hasattr(error, "format_message"):  # of the command line's parser, whichever package it lives in
            asked = getattr(error, "ctx", None)
            return _say(f"{error.format_message()}\nTry '{asked.command_path if asked else 'paypact'} --help'.")
        if os.environ.get("PAYPACT_DEBUG"):
            raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        return _say(
            f"a defect of paypact itself: {type(error).__name__}: {error} "
            f"({Path(last.filename).name}:{last.lineno}). Please report it; PAYPACT_DEBUG=1 shows the traceback"
        )
    return code if isinstance(code, int) else 0


def _say(message: str) -> int:
    sys.stdout.flush()
    print(f"paypact: {message}", file=sys.stderr)  # noqa: T201 - the one place where mistakes are said
    return UNUSABLE

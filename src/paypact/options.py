"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH",
        help="Python files, folders, or package.module:Class. None: the drivers of "
        "[tool.paypact], else the bundled integrations.",
        show_default=False,
    ),
]
Profile = Annotated[str, typer.Option(metavar="NAME", help="How far to explore: quick, pr (default) or nightly.")]
FailOn = Annotated[
    str,
    typer.Option(
        metavar="SEVERITY", help="The mildest severity that fails: money, crash, exposure, belief (default), advice."
    ),
]
Integration = Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Only these integrations; repeatable.")]
Workers = Annotated[
    str,
    typer.Option(
        "-n", metavar="N", help="Processes; auto (default): as many as are worth it; 0: this one.", show_default=False
    ),
]
Json = Annotated[str, typer.Option("--json", metavar="FILE", help="Write the result as JSON (docs/json.md).")]
Github = Annotated[
    bool | None,
    typer.Option(
        "--github/--no-github",
        help="Write GitHub's job summary and annotations; default: where this runs in GitHub Actions.",
        show_default=False,
    ),
]
Html = Annotated[str, typer.Option("--html", metavar="FILE", help="Write the report as one HTML file.")]

Junit = Annotated[str, typer.Option("--junit", metavar="FILE", help="Write a JUnit file.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print the verdict alone.")]
Results = Annotated[
    list[str] | None,
    typer.Option("--result", metavar="FILE", help="A result written with --json, or a folder of them. None: run now."),
]

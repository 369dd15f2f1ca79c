"""Where a result goes besides the terminal: the files that a command was asked for, and GitHub where it runs there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from paypact.report import files, github, json, junit
from paypact.report.model import RunResult


@dataclass(frozen=True)
class Outputs:
    """Names of files, empty where none is wanted. `github` None: where the process runs in GitHub Actions."""

    json: str = ""
    html: str = ""
    junit: str = ""
    github: bool | None = False

    def check(self) -> None:
        """Make sure that all of them can be written, before anything runs.

        Raises:
            UsageError: one cannot.
        """
        for target in filter(None, (self.json, self.html, self.junit)):
            files.check(target)

    def write(self, result: RunResult, out: IO[str]) -> None:
        """Write the files; `out` gets the annotations.

        Raises:
            UsageError: one cannot be written.
        """
        if self.json:
            json.write(result, self.json)
        if self.html:
            from paypact.report import html  # with its template engine: most runs do without

            html.write(result, self.html)
        if self.junit:
            junit.write(result, self.junit)
        if github.wanted() if self.github is None else self.github:
            for line in github.commands(result, root=Path(os.environ.get("GITHUB_WORKSPACE", Path.cwd()))):
                print(line, file=out)
            if target := os.environ.get("GITHUB_STEP_SUMMARY", ""):
                github.write_summary(result, target)

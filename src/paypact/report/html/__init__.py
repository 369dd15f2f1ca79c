"""The report as one HTML file that asks for nothing else: opened from a disk, mailed, or kept as a build's artefact.

Everything in it is text of the result, escaped by the template engine; its one script is named by its hash, so that no
other one can run.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files as resources

import jinja2
from markupsafe import Markup

from paypact.report import files, style
from paypact.report.html import bodies, view
from paypact.report.model import RunResult

BUDGET = 90_000  # characters that all bodies of requests and replies may take together


def render(result: RunResult) -> str:
    """The whole page."""
    page = view.Page(result)
    shown = bodies.Bodies(page.shown_whole, BUDGET)
    sheet, script = _asset("page.css"), _asset("page.js")
    template = _environment().get_template("page.html")
    text = template.render(
        page=page,
        result=result,
        bodies=shown,
        style=Markup(sheet),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        style_hash=_hash(sheet),
        script_hash=_hash(script),
    )
    return text.lstrip()


def write(result: RunResult, target: str) -> None:
    """Write the page, whole or not at all.

    Raises:
        UsageError: the file cannot be written.
    """
    files.replace(target, render(result).encode())


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= view.FILTERS
    return environment


def _shown(value: object) -> object:
    """Each value on its way into the page: what would reorder or hide text is written out; escaping comes after."""
    return style.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _asset(name: str) -> str:
    return (resources("paypact.report.html") / name).read_text("utf-8")


def _hash(text: str) -> str:
    """How a content security policy names an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

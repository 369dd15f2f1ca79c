"""`paypact needs`: what each integration needs of its gateway's replies, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import msgspec
from rich.console import Console
from rich.text import Text

from paypact.contract.model import IntegrationNeeds, Need, NeedsResult, ReplyNeeds
from paypact.contract.needs import Study
from paypact.contract.studies import studied
from paypact.contract.targets import driven
from paypact.processes import number
from paypact.report import files, json, style
from paypact.report.output import standard_output
from paypact.report.page import Page
from paypact.report.style import data

READ = {
    "value": "its value decides",
    "handed on": "its value is handed on",
    "next request": "its value goes into the next request",
    "type": "its type matters",
    "presence": "it has to be there",
}


def needs(paths: Sequence[str], *, integrations: Sequence[str], workers: str, json_file: str, quiet: bool) -> int:
    """Print what is needed; 0.

    Raises:
        PaypactError: nothing can be driven, or the file cannot be written.
    """
    if json_file:
        files.check(json_file)
    with driven(paths, integrations) as targets, standard_output() as out:
        console = style.console(out)
        told = []
        for one in studied(paths, targets, Study.result, number(workers)):
            told.append(one)
            if not quiet:
                show(one, console)
        _summary(told, Page(console))
    if json_file:
        json.write_record(NeedsResult(version=version("paypact"), integrations=tuple(told)), json_file)
    return 0


def show(one: IntegrationNeeds, console: Console) -> None:
    """One integration: each reply with the fields that it needs, and how many it does not."""
    page = Page(console)
    page.blank()
    page.line(data(f"{one.integration} needs from {one.gateway}", "bold"))
    for reply in one.replies:
        _reply(page, reply)
    for note in one.notes:
        page.line(data(note, "yellow"))


def _reply(page: Page, reply: ReplyNeeds) -> None:
    page.blank()
    state = ", ".join(filter(None, (reply.answer, f"shopper {reply.shopper}" if reply.shopper else "")))
    place = f", reply {reply.reply}" if reply.reply > 1 else ""
    status = f" {reply.status}" if reply.status else ""
    page.line(data(f"{reply.operation} ({state}{place})", "bold") + data(f"  {reply.request}{status}", "dim"))
    inner = Page(page.console, 3)
    width = max((len(need.field) for need in reply.needs), default=0) + 2
    for need in reply.needs:
        inner.line(_need(need), prefix=f"{need.field:<{width}}")
    gone = len(reply.unneeded)
    together = "all gone at once change nothing" if reply.together else "all gone at once do change something"
    said = f"{gone} more are not needed; {together}" if gone else "nothing else is in it"
    inner.line(data(said, "dim"))


def _need(need: Need) -> Text:
    value = f" ({msgspec.json.encode(need.value).decode()} here)" if need.value is not None else ""
    said = data(f"{READ[need.read]}{value}")
    other = need.other if need.read == "value" else ""  # elsewhere it only goes where the value would have gone
    for what, effect in (("without it", need.without), ("null", need.null), ("another", other)):
        if effect and (what == "without it" or effect != need.without):
            said = said + data(f"\n{what}: ", "dim") + data(effect)
    return said


def _summary(told: Sequence[IntegrationNeeds], page: Page) -> None:
    page.blank()
    for one in told:
        fields = len({(reply.request, need.field) for reply in one.replies for need in reply.needs})
        kinds, spare = len({r.request for r in one.replies}), sum(len(reply.unneeded) for reply in one.replies)
        said = f"{one.integration}: {fields} fields of {kinds} kinds of reply are needed in {len(one.replies)} states"
        page.line(data(f"{said}, {spare} times a field is not ({one.seconds:.1f} s)"))

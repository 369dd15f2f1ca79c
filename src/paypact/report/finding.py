"""One finding, for a reader who has never seen one: what broke, who must act, where, and how to see it again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from urllib.parse import urlsplit, urlunsplit

from rich.text import Text

from paypact.report import style
from paypact.report.model import ExchangeView, Finding, Step
from paypact.report.page import LABEL, Page
from paypact.report.style import data

PARTED = ("^ here shop and ledger part", "^ here it gets out")  # the latter of a secret
LEAST_BODY = 150  # characters of a body, however narrow the terminal is
NAMED = 12  # cells that share a flaw and are named


def headline(finding: Finding) -> Text:
    """Severity and cell."""
    badge = data(f" {finding.severity.upper()} ", style.SEVERITY_STYLE[finding.severity])
    return Text(" ") + badge + Text(" ") + data(finding.name, "bold")


def show(page: Page, finding: Finding, *, others: Sequence[Finding] = (), full: bool = False) -> None:
    """The whole finding. `others` are findings of the same flaw elsewhere; `full` leaves bodies unshortened."""
    page.whole(headline(finding))
    page.line(data(finding.sentence, "bold"))
    page.blank()
    for label, value in _fields(finding, others):
        page.field(label, value)
    if len(finding.story) > 1:
        page.blank()
        _story(page, finding)
    if finding.exchanges:
        page.blank()
        _exchanges(page, finding, full=full)
    page.blank()
    if finding.replay:
        page.copied("replay", data(finding.replay, "bold"))
    page.field("promise", data(f"docs/promises/{finding.promise}.md"))
    if finding.source:
        page.field("rule", data(finding.source))
    if finding.fingerprint:
        page.field("fingerprint", data(finding.fingerprint))


def brief(page: Page, finding: Finding, *, others: Sequence[Finding] = ()) -> None:
    """The finding in a few lines: for advice, and for what comes after the worst."""
    page.whole(headline(finding))
    page.line(data(finding.sentence))
    if finding.line:
        page.field("your line", data(str(finding.line), "cyan"))
    if others:
        page.field("also in", data(_also(others)))
    if finding.note:
        page.field("note", data(finding.note))
    page.copied("replay", data(finding.replay))


def evidence(finding: Finding) -> str:
    """The command that writes a finding as files for the gateway's vendor: of the very case, where it is at hand."""
    case = finding.replay.removeprefix("paypact replay ")
    return f"paypact evidence {case if '::' in case else finding.fingerprint}"


def explained(table: dict[str, str]) -> str:
    """What matters and what does not: `length: only 19; answer, fault: any`."""
    matter = [f"{axis}: {said}" for axis, said in table.items() if said != "any"]
    free = [axis for axis, said in table.items() if said == "any"]
    return "; ".join([*matter, *([f"{', '.join(free)}: any"] if free else [])])


def _fields(finding: Finding, others: Sequence[Finding]) -> Iterator[tuple[str, Text]]:
    yield "cause", data(style.CAUSES[finding.cause])
    yield "trigger", data(trigger(finding))
    if finding.card:
        yield "card", data(card(finding))
    if finding.explained:
        yield "fails for", data(explained(finding.explained))
    if others:
        yield "also in", data(_also(others))
    if finding.line:
        where = data(str(finding.line), "bold cyan")
        yield "your line", where + data(f"\n{finding.line.code}", "cyan") if finding.line.code else where
    if finding.exception:
        yield "raised", data(finding.exception, "red")
    if finding.note:
        yield "note", data(finding.note, "yellow")


def card(finding: Finding) -> str:
    """The masked card, without the name of its class."""
    return finding.card.removeprefix("Card(").removesuffix(")")


def trigger(finding: Finding) -> str:
    """What the world did, with the answer, the fault and the variation that were met."""
    answer = "" if finding.answer == "approve" else finding.answer
    met = (("answer", answer), ("fault", finding.fault), ("variation", finding.variation))
    shown = "; ".join(f"{word}: {text}" for word, text in met if text)
    said = style.TRIGGERS[finding.trigger]
    return f"{said} ({shown})" if shown else said


def _also(others: Sequence[Finding]) -> str:
    cells = list(dict.fromkeys(each.cell for each in others))
    more = f" and {len(cells) - NAMED} more" if len(cells) > NAMED else ""
    return f"{', '.join(cells[:NAMED])}{more} (the same flaw)"


def _story(page: Page, finding: Finding) -> None:
    """Each step: what the shop was asked and believed, what the ledger held; the first at which the two part."""
    numbered = list(_runs(finding.story))
    width = max(len(numbers) for numbers, _ in numbered)
    for place, (numbers, step) in enumerate(numbered):
        text = data(step.call, "bold")
        if step.told:
            text += data(f": {step.told}", "red" if step.parted else "")
        text += data(f"\nledger  {step.ledger}", "red" if step.parted else "dim")
        if step.parted:
            text += data(f"\n{PARTED[finding.severity == 'exposure']}", "bold red")
        page.item("what ran" if place == 0 else "", numbers, text, width=width)
    if finding.paid:
        page.field("", data("the shopper paid: ", "dim") + data(finding.paid))


def _exchanges(page: Page, finding: Finding, *, full: bool) -> None:
    """Each exchange; one that repeats the one before is not written out again."""
    exchanges = finding.exchanges
    looked_for = [] if full else clues(finding)
    repeats = same_again(exchanges, full=full)
    width = len(str(len(exchanges)))
    label = "exchanges"
    for place, exchange in enumerate(exchanges):
        again = repeats[place]
        head = _exchange(exchange, url=shortened(exchange.url, exchanges[0].url, first=place == 0), again=again)
        page.item(label, str(exchange.number), head, width=width)
        label = ""
        if not again:
            _bodies(Page(page.console, page.indent + LABEL + width + 2), exchange, None if full else looked_for)


def shortened(url: str, known: str, *, first: bool) -> str:
    """The URL without the host, once that was said."""
    parts, before = urlsplit(url), urlsplit(known)
    same = not first and (parts.scheme, parts.netloc) == (before.scheme, before.netloc)
    return urlunsplit(("", "", *parts[2:])) if same else url


def _exchange(exchange: ExchangeView, *, url: str, again: bool) -> Text:
    head = data(f"{exchange.operation}  ", "dim") + data(f"{exchange.method} {url}") + Text("  ->  ")
    head += _came_back(exchange)
    if again:
        head += data("  the same again,", "dim")
    if exchange.booked:
        head += data("\nbooked  ", "dim") + data(", ".join(exchange.booked), "magenta")
    else:
        head += data(" booked nothing" if again else "  booked nothing", "dim")
    return head


def _came_back(exchange: ExchangeView) -> Text:
    if exchange.status is None:
        said = data(exchange.failure or "no reply", "bold red")
    else:
        said = data(str(exchange.status), "green" if exchange.status < 400 else "bold yellow")
    if exchange.fault:
        said.append_text(data(f" (injected: {exchange.fault})", "bold red"))
    return said


def _bodies(page: Page, exchange: ExchangeView, clues: Sequence[str] | None) -> None:
    """What was sent and what came back: whole, or a line of each with the part that a clue points at."""
    room = max(LEAST_BODY, page.console.width - page.indent - 8)
    for label, body in (("sent", exchange.request), ("got", exchange.reply)):
        if body:
            text = laid_out(body) if clues is None else clipped(body, room, clues)
            page.line(data(text), prefix=f"{label:<8}")
    if exchange.refused:
        page.line(data(exchange.refused, "yellow"), prefix="refused ")
    if exchange.line:
        page.line(data(exchange.line, "cyan"), prefix="from    ")


def laid_out(body: str) -> str:
    """JSON with a line for each key; anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=1, ensure_ascii=False)
    except ValueError:
        return body


def clipped(body: str, room: int, clues: Sequence[str]) -> str:
    """A body on one line of at most `room` characters, the part around a clue where there is one."""
    try:
        flat = json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        # of a form each line is a parameter; of a document cut short each line is only a line
        flat = (
            ("" if body.lstrip()[:1] in "{[<" else ",").join(f" {line.strip()}" for line in body.splitlines()).strip()
        )
    if len(flat) <= room:
        return flat
    for clue in clues:
        at = flat.find(clue)
        if at > room - len(clue) - 3:
            start = at - room // 3
            field = flat.find(", ", start, at)
            start = field if field >= 0 else start
            end = start + room - 8
            return f"{flat[0]}...{flat[start:end]}{'...' if end < len(flat) else ''}"
    return f"{flat[: room - 3]}..."


def clues(finding: Finding) -> list[str]:
    """Words that a reader will look for in a body: what an exception quotes, and the answer's own word."""
    quoted = re.findall(r"['\"]([^'\"]{3,})['\"]", finding.exception)
    return [*(f'"{word}"' for word in quoted), *(f'"{word}"' for word in finding.answer.split(":")[1:])]


def same_again(exchanges: Sequence[ExchangeView], *, full: bool = True) -> list[bool]:
    """Of each exchange whether it is the one before once more, but for what was booked; `full`: in its reply too."""
    known = [_likeness(each, full=full) for each in exchanges]
    return [place > 0 and known[place] == known[place - 1] for place in range(len(known))]


def _likeness(exchange: ExchangeView, *, full: bool) -> str:
    """What two exchanges must share for the second to be the first again: all but what was booked."""
    reply = exchange.reply if full else ""
    shown = (exchange.operation, exchange.method, exchange.url, exchange.request, exchange.status, reply)
    return repr((*shown, exchange.fault, exchange.failure, exchange.refused, exchange.line))


def _runs(steps: Iterable[Step]) -> Iterator[tuple[str, Step]]:
    """Steps with their numbers, equal neighbours as one: `2-4`."""
    for _, group in groupby(enumerate(steps, 1), key=lambda each: (str(each[1]), each[1].parted)):
        (first, step), *more = group
        yield (f"{first}-{more[-1][0]}" if more else str(first)), step

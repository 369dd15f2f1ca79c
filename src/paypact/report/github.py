"""GitHub Actions: a summary of the run as Markdown, and annotations where the team's lines are.

Sources: docs.github.com/actions/reference/workflows-and-actions/workflow-commands (commands, the file that
GITHUB_STEP_SUMMARY names, 1 MiB a step) and its page on limits (ten annotations of a kind a step).
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from paypact.errors import UsageError
from paypact.report import matrix, style
from paypact.report.finding import card, clipped, clues, evidence, explained, shortened, trigger
from paypact.report.flaws import Flaw, flaws
from paypact.report.model import BROKEN, KEPT, STATES, CellResult, Finding, RunResult, State, fails

MOST_ANNOTATIONS: Final = 10
MOST_BYTES: Final = 1024 * 1024
MARGIN: Final = 4096  # for what says that something was left out
NAMED: Final = 8  # cells of a square of the table that are named
BODY: Final = 240  # characters of a body
IN_SIGHT: Final = 3  # flaws that are not folded

MARKS: Final[dict[State, str]] = {
    "defect": ":warning:",
    "broken": ":x:",
    "advice": ":small_orange_diamond:",
    "not covered": ":grey_question:",
    "kept": ":white_check_mark:",
}
VERDICTS: Final = {KEPT: ":white_check_mark: kept", BROKEN: ":x: broken"}


def wanted(environment: Mapping[str, str] | None = None) -> bool:
    """Whether this process runs in GitHub Actions."""
    return (os.environ if environment is None else environment).get("GITHUB_ACTIONS") == "true"


def commands(result: RunResult, *, root: Path) -> list[str]:
    """Commands that annotate the lines of the worst flaws, at most ten of them. `root`: the checkout."""
    worst = flaws(result.findings)[:MOST_ANNOTATIONS]
    return [_annotation(flaw, failing=fails(flaw.first.severity, result.fail_on), root=root) for flaw in worst]


def summary(result: RunResult, *, most: int = MOST_BYTES) -> str:
    """The run as Markdown, at most `most` bytes: flaws that do not fit are counted."""
    head = [f"## paypact: {VERDICTS.get(result.exit_code, ':warning: nothing can be said')}", "", _text(result.verdict)]
    tail = [*_table(result), *_gaps(result), *_notes(result), "", f"<sub>{_totals(result)}</sub>", ""]
    room = most - MARGIN - sum(len(line.encode()) + 1 for line in (*head, *tail))
    shown: list[str] = []
    every = flaws(each for each in result.findings if fails(each.severity, result.fail_on))
    for place, flaw in enumerate(every):
        block = "\n".join(_flaw(flaw, folded=place >= IN_SIGHT))
        room -= len(block.encode()) + 1
        if room < 0:
            shown.append(f"\n{len(every) - place} more flaws did not fit in here: the report has them all.")
            break
        shown.append(block)
    text = "\n".join([*head, *shown, *tail])
    return text if len(text.encode()) <= most else "\n".join([*head, "", "The table did not fit in here."])


def write_summary(result: RunResult, target: str) -> None:
    """Add the summary to the file that GITHUB_STEP_SUMMARY names, within what a step may write.

    Raises:
        UsageError: the file cannot be written.
    """
    path = Path(target)
    try:
        before = path.stat().st_size if path.exists() else 0
        with path.open("a", encoding="utf-8") as file:
            file.write(summary(result, most=MOST_BYTES - before) + "\n")
    except OSError as error:
        raise UsageError(f"the job summary cannot be written to {target}: {error.strerror}") from error


# --- annotations ------------------------------------------------------------------------------------------------------


def _annotation(flaw: Flaw, *, failing: bool, root: Path) -> str:
    finding = flaw.first
    place = {"title": f"{finding.severity}: {finding.name}"}
    if finding.line and (file := _below(finding.line.file, root)):
        place = {"file": file, "line": str(finding.line.number)} | place
    more = f" (and {len(flaw.others)} more of the same flaw)" if flaw.others else ""
    said = "\n".join(
        [f"{finding.sentence}{more}", f"cause: {style.CAUSES[finding.cause]}", f"see it again: {finding.replay}"]
    )
    properties = ",".join(f"{name}={_escaped(value, property_=True)}" for name, value in place.items())
    return f"::{'error' if failing else 'warning'} {properties}::{_escaped(said)}"


def _below(file: str, root: Path) -> str:
    """The file as GitHub knows it, relative to the checkout; empty where it lies outside."""
    path = (Path.cwd() / file).resolve()
    return path.relative_to(root.resolve()).as_posix() if path.is_relative_to(root.resolve()) else ""


def _escaped(text: str, *, property_: bool = False) -> str:
    """As the runner reads it back; a property ends at a comma or colon too."""
    pairs = [("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), *([(":", "%3A"), (",", "%2C")] if property_ else [])]
    text = style.clean(text)
    for plain, code in pairs:
        text = text.replace(plain, code)
    return text


# --- the summary ------------------------------------------------------------------------------------------------------


def _flaw(flaw: Flaw, *, folded: bool) -> Iterator[str]:
    finding = flaw.first
    if folded:
        said = _html(f"{finding.severity.upper()}: {finding.name}: {finding.sentence}")
        yield f"\n<details><summary>{said}</summary>\n"
    else:
        yield f"\n### {finding.severity.upper()}: {_text(finding.name)}"
        yield f"\n**{_text(finding.sentence)}**\n"
    yield from _facts(finding, flaw.others)
    if finding.replay:
        yield f"\n{_fenced(finding.replay, 'sh')}"
        yield f"\nFor the gateway's vendor: {_code(evidence(finding))}"
    if not folded and (finding.story or finding.exchanges):
        yield "\n<details><summary>what happened, and what went over the wire</summary>\n"
    yield from _story(finding)
    yield from _exchanges(finding)
    if folded or finding.story or finding.exchanges:
        yield "\n</details>"


def _facts(finding: Finding, others: Sequence[Finding]) -> Iterator[str]:
    if finding.line:
        yield f"- your line: {_code(f'{finding.line.file}:{finding.line.number}')} in {_code(finding.line.function)}"
        if finding.line.code:
            yield f"\n  {_code(finding.line.code)}\n"
    if finding.card:
        yield f"- card: {_text(card(finding))}"
    yield f"- cause: {_text(style.CAUSES[finding.cause])}"
    yield f"- trigger: {_text(trigger(finding))}"
    if finding.explained:
        yield f"- fails for: {_text(explained(finding.explained))}"
    if finding.paid:
        yield f"- the shopper paid: {_text(finding.paid)}"
    if others:
        yield f"- also in: {', '.join(_code(each) for each in dict.fromkeys(other.cell for other in others))}"
    if finding.note:
        yield f"- note: {_text(finding.note)}"


def _story(finding: Finding) -> Iterator[str]:
    if not finding.story:
        return
    yield "| | what the shop was asked | what it believed | what the ledger held |"
    yield "|---|---|---|---|"
    for number, step in enumerate(finding.story, 1):
        mark = " :point_left:" if step.parted else ""
        yield f"| {number} | {_text(step.call)} | {_text(step.told) or '-'} | {_text(step.ledger)}{mark} |"
    yield ""


def _exchanges(finding: Finding) -> Iterator[str]:
    lines = []
    for each in finding.exchanges:
        url = shortened(each.url, finding.exchanges[0].url, first=each is finding.exchanges[0])
        fault = f" (injected: {each.fault})" if each.fault else ""
        lines.append(f"{each.number} {each.operation}  {each.method} {url} -> {each.status or each.failure}{fault}")
        lines += [f"    booked {', '.join(each.booked) or 'nothing'}"]
        for label, body in (("sent", each.request), ("got ", each.reply)):
            if body:
                lines.append(f"    {label} {clipped(body, BODY, clues(finding))}")
    if lines:
        yield _fenced("\n".join(lines), "")


def _table(result: RunResult) -> Iterator[str]:
    if not result.cells:
        return
    rows = matrix.rows(result.cells)
    columns = list(dict.fromkeys(row[0].integration for row in rows))
    found = {(row[0].promise, row[0].integration): row for row in rows}
    yield "\n### Promises\n"
    yield f"| promise | {' | '.join(_text(column) for column in columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for promise in dict.fromkeys(row[0].promise for row in rows):
        squares = (_square(found.get((promise, column), [])) for column in columns)
        yield f"| {promise} | {' | '.join(squares)} |"


def _square(row: Iterable[CellResult]) -> str:
    parts = []
    cells = list(row)
    for state in STATES:
        of_state = [cell.cell for cell in cells if cell.state == state]
        if of_state:
            names = ""
            if state in ("defect", "broken"):
                more = f" and {len(of_state) - NAMED} more" if len(of_state) > NAMED else ""
                names = f": {_text(', '.join(of_state[:NAMED]))}{more}"
            parts.append(f"{MARKS[state]} {len(of_state)} {state}{names}")
    return "<br>".join(parts)


def _gaps(result: RunResult) -> Iterator[str]:
    found = matrix.gaps(result)
    if found:
        yield "\n### Not covered: of this nothing is known\n"
    for cells, why in found:
        yield f"- {_text(cells)}: {_text(why)}"
    for cell in result.cells:
        if cell.state == "defect":
            yield f"\n:warning: paypact itself failed in {_text(cell.name)}: {_text(cell.why)}. Please report it."


def _notes(result: RunResult) -> Iterator[str]:
    if result.notes:
        yield "\n### Accepted by the team\n"
    for note in result.notes:
        yield f"- {_text(note)}"


def _totals(result: RunResult) -> str:
    examples = sum(cell.examples for cell in result.cells)
    exchanges = sum(cell.exchanges for cell in result.cells)
    took = f" in {result.seconds:.1f} s" if result.seconds else ""
    return (
        f"{examples:,} examples, {exchanges:,} exchanges{took}; profile {result.profile}, exit code "
        f"{result.exit_code}, paypact {result.version}"
    )


def _text(text: str) -> str:
    """Data as Markdown that shows it and nothing else: no markup, no mention, no line of its own."""
    return re.sub(r"([\\`*_\[\]|~])", r"\\\1", _html(text))


def _html(text: str) -> str:
    """Data inside an HTML element of the Markdown."""
    return html.escape(" ".join(style.clean(text).split()), quote=False).replace("@", "&#64;")


def _code(text: str) -> str:
    """Data in a code span, whose fence is longer than any in it."""
    flat = " ".join(style.clean(text).split()).replace("|", "\u01c0")
    fence = "`" * (max((len(run) for run in re.findall("`+", flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def _fenced(text: str, language: str) -> str:
    """Data in a block of its own, whose fence is longer than any in it."""
    text = style.clean(text)
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}{language}\n{text}\n{fence}"

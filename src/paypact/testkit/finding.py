"""From a problem met in an example to a finding that a reviewer can act on; everything in it is redacted."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from paypact import replay
from paypact.currencies import major
from paypact.report.model import ExchangeView, Finding, Line, Severity, Step
from paypact.testkit import cards
from paypact.testkit.blame import cause_of, driver_code, line_at, shown, team_place, team_places
from paypact.testkit.case import Axes, Case, to_json
from paypact.testkit.example import Example
from paypact.testkit.standing import of_order
from paypact.testkit.story import paid, parting, steps, sums
from paypact.testkit.told import Problem, Told, WrongAnswerError
from paypact.testkit.variation import kind_of
from paypact.world.http import Response
from paypact.world.recording import Exchange
from paypact.world.redaction import Redactor

if TYPE_CHECKING:
    from paypact.report.model import Cause
    from paypact.testkit.cell import Cell

WHOLE = 20_000  # characters of a body that are kept: renderings cut what they show


def sameness(example: Example, problem: Problem) -> tuple[str, ...]:
    """What makes two failures the same flaw: the oracle's clause and its place; of a crash its type and the team's."""
    if problem.place is not None:
        return (problem.verdict.clause, f"{problem.place[0].co_filename}:{problem.place[0].co_name}")
    error = _error(problem.told) if not _observed(problem) else None
    if error is None:
        return (problem.verdict.clause,)
    place = team_place(error, type(example.driver))
    return (type(error).__name__, f"{place[0].co_filename}:{place[0].co_name}" if place else "")


def finding_of(
    cell: Cell, axes: Axes, case: Case, example: Example, problem: Problem, explained: dict[str, str], advice_only: str
) -> Finding:
    """The finding of one problem in its smallest case."""
    error, told = _error(problem.told) if not _observed(problem) else None, problem.told
    redact = Redactor(
        example.world.gateway.simulator.credentials().values(), [payment.card for payment in example.payments]
    )
    place = problem.place or (team_place(error, type(example.driver)) if error else None)
    found = line_at(place) if place else _sent_from(example, told)
    line = _redacted(found, redact) if found else None
    twice = next((each for each in example.problems if "/twice/" in each.verdict.clause), None)
    worst = twice.verdict.severity if twice else problem.verdict.severity
    severity: Severity = "advice" if advice_only else worst
    sentence = problem.verdict.sentence
    if twice and twice.verdict.clause != problem.verdict.clause:
        sentence += f"; when the shopper then pressed again, {twice.verdict.sentence.rpartition(', but ')[2]}"
    varied = example.varying.struck if example.varying else None
    if varied and problem.trigger == "variation":
        sentence = f"where {varied.subject} {varied}, {sentence}"
    if example.stood is not None:
        sentence = f"with another shopper in between, {sentence}"
    values = to_json(case, axes)
    faults = ", ".join(dict.fromkeys(str(fault) for fault in example.world.network.delivered))
    operation = told.operation if told else case.operation
    return Finding(
        promise=cell.promise.id,
        integration=cell.target.name,
        gateway=cell.target.scope.gateway,
        cell=cell.key,
        severity=severity,
        cause=problem.cause or _cause(error, example),
        trigger=problem.trigger,  # type: ignore[arg-type]  # a word of Trigger by construction
        sentence=redact.text(sentence),
        clause=problem.verdict.clause,
        operation=operation,
        card=repr(cards.card(case)),
        answer=case.answer,
        fault=faults,
        variation=redact.text(f"{case.variation}, {varied.evidence}") if varied else "",
        exception=redact.text(f"{type(error).__name__}: {error}") if error else "",
        line=line,
        stack=tuple(_redacted(line_at(each), redact) for each in team_places(error)) if error else (),
        story=tuple(_story(example, problem, redact)),
        paid=_paid(example, told),
        exchanges=tuple(_view(exchange, redact) for exchange in example.exchanges),
        explained=explained,
        case=values,
        fingerprint=_fingerprint(cell, _happened(case, example), problem, error, line, case.operation),
        replay=replay.command(_driver(cell), cell.name, values),
        source=f"oracle: {problem.verdict.clause}",
        note=advice_only,
    )


def _redacted(line: Line, redact: Redactor) -> Line:
    """A line of the team's code without the credentials that somebody wrote into it."""
    return msgspec.structs.replace(line, code=redact.text(line.code))


def _observed(problem: Problem) -> bool:
    """Whether this is about what was seen on the way, whatever was told in the end."""
    return problem.cause is not None


def _error(told: Told | None) -> BaseException | None:
    if told is None or not isinstance(told.outcome, BaseException) or isinstance(told.outcome, WrongAnswerError):
        return None
    return told.outcome


def _cause(error: BaseException | None, example: Example) -> Cause:
    if any(isinstance(told.outcome, WrongAnswerError) for told in example.history):
        return "driver"
    if error is None:
        return "integration"
    driver = type(example.driver)
    sends = any(
        exchange.place is not None and exchange.place[0] in driver_code(driver) for exchange in example.exchanges
    )
    return cause_of(error, driver, driver_sends=sends, sdk=example.target.gateway.facts.gateway.sdk)


def _sent_from(example: Example, told: Told | None) -> Line | None:
    """The line that sent the call's last exchange; where none was sent, the operation itself.

    Where a payment stood still until another was made, what it had prepared by then was lost there.
    """
    if example.stood is not None:
        return line_at(example.stood)
    for exchange in reversed(example.exchanges[told.first : told.last] if told else example.exchanges):
        if exchange.place is not None:
            return line_at(exchange.place)
    if told is None:
        return None
    code = inspect.unwrap(getattr(type(example.driver), told.operation)).__code__
    return Line(file=shown(code.co_filename), number=code.co_firstlineno, function=code.co_name)


def _story(example: Example, problem: Problem, redact: Redactor) -> Iterator[Step]:
    parted = parting(example.story, problem.told.outcome if problem.told else None, problem.moment)
    for step in steps(example.story, parted):
        yield msgspec.structs.replace(step, told=redact.text(step.told))


def _paid(example: Example, told: Told | None) -> str:
    if not example.payments:
        return ""
    payment = told.payment if told else example.payments[-1]
    return paid(sums(of_order(example.world.ledger, payment, example.payments)), payment)


def _view(exchange: Exchange, redact: Redactor) -> ExchangeView:
    request = exchange.request
    heard = exchange.reply if isinstance(exchange.reply, Response) else None
    kind = heard.headers.get("content-type", "") if heard else ""
    return ExchangeView(
        number=exchange.number,
        operation=exchange.operation or "shopper",
        method=request.method,
        url=redact.text(request.url),
        request=redact.body(request.body, request.headers.get("content-type", ""), WHOLE),
        status=heard.status if heard else None,
        reply=redact.body(exchange.raw, kind, WHOLE) if heard else "",
        failure=exchange.failure.kind if exchange.failure else "",
        fault=str(exchange.fault) if exchange.fault else "",
        refused=exchange.note if exchange.kind == "refused" else "",
        booked=tuple(_booked(entry.event, entry.amount, exchange) for entry in exchange.booked),
        line=str(line_at(exchange.place)) if exchange.place else "",
    )


def _booked(event: str, amount: int, exchange: Exchange) -> str:
    if event not in ("approve", "book") or not amount:
        return event
    subject = exchange.booked[0].subject
    purchase = getattr(subject, "purchase", None) or getattr(
        getattr(subject, "authorization", None), "purchase", subject
    )
    price = getattr(purchase, "price", None)
    return f"{event} {major(amount, price.currency)}" if price else event


def _happened(case: Case, example: Example) -> str:
    """The kind of what the world did: a fault, a variation, else the issuer's answer."""
    if case.fault:
        return re.sub(r"\d+", "n", case.fault)
    varied = example.varying.struck if example.varying else None
    return f"variation {kind_of(case.variation)}" if varied else case.answer


def _fingerprint(
    cell: Cell, kind: str, problem: Problem, error: BaseException | None, line: Line | None, operation: str
) -> str:
    """Stable over runs and edits: the line's number is left out."""
    parts = (
        cell.target.scope.gateway,
        cell.promise.id,
        problem.told.operation if problem.told else operation,
        kind.partition(":")[0],
        type(error).__name__ if error else problem.verdict.clause,
        f"{_place(line.file)}:{line.function}" if line else "",
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def _place(file: str) -> str:
    """A file in a fingerprint: what lies outside the working folder is named the same on every machine."""
    return Path(file).name if Path(file).is_absolute() else file


def _driver(cell: Cell) -> str:
    return cell.target.file or f"{cell.target.driver.__module__}:{cell.target.driver.__qualname__}"

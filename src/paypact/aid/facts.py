"""What the vendor's documentation says about a case, with where it says so: from the gateway's facts alone."""

from __future__ import annotations

import json
from collections.abc import Iterator

from paypact.gateways.facts import Facts
from paypact.report.model import Finding


def documented(finding: Finding, scheme: str, facts: Facts) -> str:
    """A page: each statement with its source; what no source at hand confirms says so."""
    about = facts.gateway
    lines = [f"# What {about.title}'s documentation says", "", f"Reference: {about.docs}", ""]
    for statement, source in _statements(finding, scheme, facts):
        lines += [f"- {statement}", f"  Source: {source}"]
    versions = f" API versions that are simulated: {', '.join(about.versions)}." if about.versions else ""
    lines += ["", f"These are the facts that paypact's simulator of {about.title} is built on.{versions}", ""]
    return "\n".join(lines)


def _statements(finding: Finding, scheme: str, facts: Facts) -> Iterator[tuple[str, str]]:
    card = facts.schemes.get(scheme)
    if card is not None:
        word = f"; its word for the brand is {card.brand!r}" if card.brand else ""
        note = f" ({card.note})" if card.note else ""
        yield f"Cards of {scheme} are {card.standing}{word}{note}.", card.source
    for answer in finding.answer.split(">"):
        event, _, reason = answer.partition(":")
        decline = facts.declines.get(reason) if event in ("decline", "reject") else None
        if decline is not None:
            doubt = " No source at hand confirms it." if decline.unconfirmed else ""
            yield f"The decline {reason} is told as {json.dumps(decline.wire)}.{doubt}", decline.source
    for kind, error in facts.errors.items():
        if f"error:{kind}" in str(finding.case.get("fault", "")):
            doubt = " No source at hand confirms it." if error.unconfirmed else ""
            yield f"The error {kind} is HTTP {error.status} with {json.dumps(error.wire)}.{doubt}", error.source
    for exchange in finding.exchanges:
        if exchange.refused:
            yield f"Request {exchange.number} ({exchange.method}) is refused.", exchange.refused
    if finding.variation:
        change, _, evidence = finding.variation.partition(", ")
        yield f"A reply may differ like this: {change}.", evidence or facts.gateway.docs

"""Evidence: what a vendor can act on without the shop's code, as a few files; nothing secret is in them."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import msgspec

from paypact.aid.curl import Script
from paypact.aid.facts import documented
from paypact.contract.documents import ContractError, contract
from paypact.contract.rehearsal import published
from paypact.errors import UsageError
from paypact.gateways.facts import Facts, TestCard
from paypact.report import style
from paypact.report.finding import card
from paypact.report.model import Finding
from paypact.testkit import leaks
from paypact.testkit.example import Example
from paypact.world.recording import Exchange

DATE = (1980, 1, 1, 0, 0, 0)  # of every file in a zip: the same evidence has the same bytes


def collect(finding: Finding, example: Example, contracts: Path) -> dict[str, str]:
    """The files of the evidence by name.

    Raises:
        UsageError: one of them would show a secret; nothing is handed out then.
    """
    facts = example.target.gateway.facts
    written = {
        "finding.json": msgspec.json.format(msgspec.json.encode(_bare(finding)), indent=1).decode() + "\n",
        "transcript.md": _transcript(finding),
        "documentation.md": documented(finding, example.case.scheme, facts),
    }
    script, why = _script(finding, example, facts)
    if script:
        written["reproduce.sh"] = script
    found = list(_interactions(example, contracts))
    if found:
        written["contract.json"] = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    return _checked({"README.md": _readme(finding, facts, written, why), **written}, example)


def write(written: Mapping[str, str], target: Path) -> None:
    """Write a folder, or a zip where the name says so: whole, or not at all.

    Raises:
        UsageError: something is there already, or it cannot be written.
    """
    if target.exists():
        raise UsageError(f"evidence: {target} is there already, and nothing was written: name another with --to")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
            part = Path(folder) / target.name
            if target.suffix == ".zip":
                _zip(written, part)
            else:
                part.mkdir()
                for name, text in written.items():
                    (part / name).write_text(text, encoding="utf-8")
            os.replace(part, target)  # noqa: PTH105 - one call, whole or not at all
    except OSError as error:
        raise UsageError(f"evidence: {target} cannot be written: {error.strerror}. Name another with --to") from error


def _zip(written: Mapping[str, str], file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in written.items():
            archive.writestr(zipfile.ZipInfo(f"{Path(file.name).stem}/{name}", DATE), text)


def _bare(finding: Finding) -> Finding:
    """The finding without the team's code, which is nobody else's business."""
    return msgspec.structs.replace(
        finding,
        line=None,
        replay="",
        stack=(),
        exchanges=tuple(msgspec.structs.replace(e, line="") for e in finding.exchanges),
    )


def _readme(finding: Finding, facts: Facts, written: Mapping[str, str], why: str) -> str:
    about = facts.gateway
    said = {
        "finding.json": "the finding, for programs (schema: docs/json.md of paypact)",
        "transcript.md": "every request and reply, what each booked, what was told to the shop",
        "documentation.md": f"what {about.title}'s documentation says about it, with its sources",
        "reproduce.sh": "the requests again, by curl, with a card number that the vendor publishes",
        "contract.json": "what the integration relies on in these requests, as interactions of a Pact contract",
    }
    lines = [
        f"# {finding.sentence}",
        "",
        f"- Gateway: {about.title}; client: {_clients(about.sdk)}; paypact {version('paypact')}",
        f"- Who has to change something: {style.CAUSES[finding.cause]}",
        f"- What brought it about: {style.TRIGGERS[finding.trigger]}" + _met(finding),
        f"- Card: {card(finding)}" if finding.card else "",
        f"- Holds for: {', '.join(f'{a}: {b}' for a, b in finding.explained.items())}" if finding.explained else "",
        f"- Raised: `{finding.exception}`" if finding.exception else "",
        f"- The shopper paid: {finding.paid}" if finding.paid else "",
        f"- Fingerprint: {finding.fingerprint}, in {finding.name}",
        "",
        "This is no record of a live system. It was seen against a simulator that keeps to what documentation.md says.",
        "Where the live gateway differs from it, that is what we would like to hear.",
        "",
        *(f"- `{name}`: {said[name]}" for name in written),
        *([f"- there is no script: {why}"] if why else []),
        *_not_repeated(finding, written),
        "",
    ]
    return "\n".join(
        line for place, line in enumerate(lines) if line or place in (1, len(lines) - 1) or lines[place - 1]
    )


def _not_repeated(finding: Finding, written: Mapping[str, str]) -> list[str]:
    injected = finding.fault or finding.variation
    if not injected or "reproduce.sh" not in written:
        return []
    return ["", f"The script sends the requests alone. What was brought about besides, it does not repeat: {injected}."]


def _met(finding: Finding) -> str:
    answer = "" if finding.answer == "approve" else finding.answer
    shown = "; ".join(filter(None, (answer, finding.fault, finding.variation)))
    return f" ({shown})" if shown else ""


def _clients(sdk: tuple[str, ...]) -> str:
    """The vendor's SDK with its version, as far as it is installed here."""
    names = packages_distributions()
    found = []
    for package in sdk:
        for name in dict.fromkeys(names.get(package, ())):
            try:
                found.append(f"{name} {version(name)}")
            except PackageNotFoundError:  # the folder is there, its metadata is not
                continue
    return ", ".join(found) or "none of the vendor's SDKs"


def _transcript(finding: Finding) -> str:
    lines = [f"# {finding.name}", ""]
    for place, step in enumerate(finding.story, 1):
        lines.append(f"{place}. {step.told} Ledger: {step.ledger}." if step.ledger else f"{place}. {step.told}")
    for exchange in finding.exchanges:
        came = f"HTTP {exchange.status}" if exchange.status is not None else exchange.failure or "no reply"
        lines += ["", f"## {exchange.number}. {exchange.operation}: {exchange.method} {exchange.url}", ""]
        lines += ["Sent:", "", *_fenced(exchange.request)] if exchange.request else []
        lines += [f"Came back: {came}" + (f" (injected: {exchange.fault})" if exchange.fault else ""), ""]
        lines += _fenced(exchange.reply) if exchange.reply else []
        lines += [f"Refused: {exchange.refused}", ""] if exchange.refused else []
        lines.append(f"Booked: {', '.join(exchange.booked) or 'nothing'}")
    return "\n".join([*lines, ""])


def _fenced(text: str) -> list[str]:
    return ["~~~", text.replace("~~~", "~ ~ ~"), "~~~", ""]


def _script(finding: Finding, example: Example, facts: Facts) -> tuple[str, str]:
    """The script, or why there is none."""
    sent = [each for each in example.exchanges if each.operation and each.request.host in facts.gateway.hosts]
    if not sent:
        return "", "the integration sent no request"
    swaps: dict[str, str] = {}
    text = b" ".join(_parts(each) for each in sent).decode("utf-8", "replace")
    for payment in example.payments:
        needs_token = bool(payment.token) and payment.token in text
        answer = example.case.answer if payment is example.payments[0] else "approve"
        test = _test_card(facts, payment.card.scheme, answer, token=needs_token)
        if test is None:
            return "", f"{facts.gateway.title} publishes no {payment.card.scheme} test card that can be named here"
        if needs_token:
            swaps[payment.token] = test.token
        if payment.card.number:
            swaps[payment.card.number] = test.number
    title = f"{finding.name}: {finding.sentence}"
    script = Script(
        title.replace("\n", " "), example.target.scope.gateway, example.world.gateway.simulator.credentials(), swaps
    )
    return script.text(sent), ""


def _test_card(facts: Facts, scheme: str, answer: str, *, token: bool) -> TestCard | None:
    """A published card of that scheme, if possible one with that answer; of any scheme where the answer decides."""
    fitting = [each for each in published(facts, [scheme], answer) if each.token or not token]
    others = [each for each in published(facts, facts.schemes, answer) if each.token or not token]
    exact = [each for each in (*fitting, *others) if each.answers == (answer,)]
    return next(iter([*exact, *fitting]), None)


def _parts(exchange: Exchange) -> bytes:
    return exchange.request.url.encode() + b" " + exchange.request.body


def _interactions(example: Example, folder: Path) -> Iterator[dict[str, Any]]:
    """The interactions of this integration's contract whose requests are like those of the case."""
    sent = {(each.request.method, _shape(each.request.path)) for each in example.exchanges}
    for text in _contracts(example, folder):
        try:
            found = contract(f"of {example.target.name}", text)
        except ContractError:  # `paypact contract check` says what is wrong with it
            continue
        for each in found.interactions if found.consumer == example.target.name else ():
            request = each.raw.get("request", {})
            if (request.get("method"), _shape(str(request.get("path", "")))) in sent:
                yield dict(each.raw)


def _contracts(example: Example, folder: Path) -> Iterator[bytes]:
    """Those of the shop, and those that come with paypact."""
    yield from (file.read_bytes() for file in sorted(folder.rglob("*.json")))
    bundled = resources("paypact.contracts") / example.target.scope.gateway
    if bundled.is_dir():
        yield from (file.read_bytes() for file in bundled.iterdir() if file.name.endswith(".json"))


def _shape(path: str) -> tuple[str, ...]:
    """A path with its ids left out: what has a digit or is long is one, but for the version it begins with."""
    first, *rest = path.strip("/").split("/")
    return (first, *("*" if any(c.isdigit() for c in part) or len(part) > 24 else part for part in rest))


def _checked(written: dict[str, str], example: Example) -> dict[str, str]:
    secrets = leaks.secrets_of(example)
    allowed = {test.number for test in example.target.gateway.facts.test_cards}
    cards = tuple(card for card in secrets.cards if card.number not in allowed)
    for name, text in written.items():
        shown = [
            each
            for each in leaks.find(text, leaks.Secrets(cards, secrets.keys, secrets.clients))
            if each.what != leaks.CODE
        ]
        if shown:
            raise UsageError(
                f"evidence: {name} would show a {shown[0].what}, so nothing was written. Please report it: "
                "it is a defect of paypact's redaction"
            )
    return written

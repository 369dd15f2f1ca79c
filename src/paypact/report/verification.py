"""A verification, rendered: a table in the terminal, JSON, JUnit."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

import msgspec
from rich.console import Console
from rich.text import Text

from paypact.contract.documents import Contract
from paypact.contract.verification import Checked, Result, Verification
from paypact.report.style import data

_STYLES: Final[dict[str, str]] = {
    "verified": "green",
    "broken": "bold red",
    "pending": "yellow",
    "not checked": "bold magenta",
}


def table(result: Verification, console: Console) -> None:
    """One line an interaction, then each that did not pass with the fields that differ, then the verdict."""
    rows = [("result", "seconds", "consumer", "interaction")]
    rows += [(one.result, f"{one.seconds:.2f}", one.consumer, one.interaction) for one in result.checked]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows if result.checked else ():
        said = Text().append(row[0].ljust(widths[0]), _STYLES.get(row[0]))
        said.append_text(data(f"  {row[1]:>{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]}"))
        console.print(said, soft_wrap=True)
    for one in result.checked:
        if one.result != "verified":
            console.print()
            head = f"{one.result}: {one.interaction} (consumer {one.consumer}, {one.contract})"
            console.print(data(head), soft_wrap=True)
            if one.states:
                console.print(data(f"  given: {', then '.join(one.states)}"), soft_wrap=True)
            for line in told(one):
                console.print(data(f"  {line}"), soft_wrap=True)
    if result.unpublished:
        console.print()
        console.print(data(f"the results were not published: {result.unpublished}", "bold red"), soft_wrap=True)
    console.print()
    console.print(data(verdict(result), "bold green" if result.exit_code == 0 else "bold red"), soft_wrap=True)


def told(one: Checked) -> list[str]:
    """What is the matter with an interaction, a line for each field."""
    if one.reason:
        return [one.reason]
    return [f"{each.field}: {each.said}" for each in one.mismatches]


def verdict(result: Verification) -> str:
    """The whole in one line."""
    total, at = len(result.checked), f"{result.provider} at {result.url}"
    if not total:
        return f"{at}: nothing was verified, which proves nothing"
    words: tuple[Result, ...] = ("verified", "broken", "pending", "not checked")
    counted = ", ".join(f"{result.count(word)} {word}" for word in words if result.count(word))
    return f"{at}: {counted} of {total} interaction{'s' if total > 1 else ''}"


def encoded(result: Verification) -> bytes:
    """As JSON: docs/json.md describes every field."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


def junit(result: Verification) -> bytes:
    """As JUnit: a suite for each contract, a case for each interaction."""
    suites = ET.Element("testsuites", name="paypact verify")
    for source in dict.fromkeys(one.contract for one in result.checked):
        own = [one for one in result.checked if one.contract == source]
        suite = ET.SubElement(
            suites,
            "testsuite",
            name=source,
            tests=str(len(own)),
            failures=str(sum(one.result == "broken" for one in own)),
            errors=str(sum(one.result == "not checked" for one in own)),
            skipped=str(sum(one.result == "pending" for one in own)),
        )
        for one in own:
            name = f"{one.consumer} to {result.provider}"
            case = ET.SubElement(suite, "testcase", classname=name, name=one.interaction, time=f"{one.seconds:.3f}")
            kind = {"broken": "failure", "not checked": "error", "pending": "skipped"}.get(one.result)
            if kind is not None:
                lines = told(one)
                ET.SubElement(case, kind, message=lines[0] if lines else one.result).text = "\n".join(lines)
    ET.indent(suites)
    return b"%s\n" % ET.tostring(suites, "utf-8", xml_declaration=True)


def next_steps(contracts: Iterable[Contract]) -> list[str]:
    """The commands that publish these contracts and ask a broker whether one may be deployed, ready to paste.

    Of those that are files: what was read from a URL is published already.
    """
    version, broker = '"$(git rev-parse --short HEAD)"', '--broker-base-url "$PACT_BROKER_BASE_URL"'
    known = [one for one in contracts if "://" not in one.source]
    if not known:
        return []
    files = " ".join(shlex.quote(one.source) for one in known)
    consumers = dict.fromkeys(one.consumer for one in known)
    branch = '--branch "$(git branch --show-current)"'
    return [
        f"pact broker publish {files} --consumer-app-version {version} {branch} {broker}",
        *(
            f"pact broker can-i-deploy --pacticipant {shlex.quote(name)} --version {version} "
            f"--to-environment production {broker}"
            for name in consumers
        ),
    ]

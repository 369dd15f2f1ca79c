"""JUnit: what pytest's own file says about a cell besides, and a whole file made of results that were merged."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from paypact.cards import schemes
from paypact.report import terminal
from paypact.report.files import replace
from paypact.report.model import SEVERITIES, CellResult, RunResult, Severity


def properties(promise: str, integration: str, gateway: str, key: str) -> list[tuple[str, str]]:
    """Known before the cell has run; `scheme` only where the cell is about one."""
    named = [("promise", promise), ("integration", integration), ("gateway", gateway), ("cell", key)]
    return [*named, ("scheme", key)] if key in schemes() else named


def outcome(result: CellResult) -> list[tuple[str, str]]:
    """Known afterwards: the state, and of the worst finding what triage begins with."""
    known: list[tuple[str, str]] = [("state", result.state)]
    for worst in result.findings[:1]:
        known += [("severity", worst.severity), ("cause", worst.cause), ("fingerprint", worst.fingerprint)]
    return known


def write(result: RunResult, target: str) -> None:
    """A file as pytest would have written it, had one run tried all cells.

    Raises:
        UsageError: the file cannot be written.
    """
    cells = result.cells
    counts = {
        "tests": len(cells),
        "failures": sum(cell.state in ("broken", "defect") for cell in cells),
        "skipped": sum(cell.state == "not covered" for cell in cells),
        "errors": len(result.errors),
    }
    suite = ET.Element("testsuite", {"name": "paypact", **{name: str(count) for name, count in counts.items()}})
    suite.set("time", f"{result.seconds:.3f}")
    files = {column.name: column.file for column in result.integrations}
    for cell in cells:
        suite.append(_case(cell, files.get(cell.integration, ""), result.fail_on))
    for error in result.errors:
        case = ET.SubElement(suite, "testcase", {"classname": "paypact", "name": "run"})
        ET.SubElement(case, "error", {"message": _xml(error)})
    suites = ET.Element("testsuites")
    suites.append(suite)
    replace(target, ET.tostring(suites, encoding="utf-8", xml_declaration=True) + b"\n")


def _case(cell: CellResult, file: str, fail_on: Severity) -> ET.Element:
    """One test case. Its class name is the driver's file, as pytest writes it."""
    place = Path(file).with_suffix("").as_posix().replace("/", ".").partition(":")[0]
    named = {"classname": place, "name": cell.name, "time": f"{cell.seconds:.3f}", "file": file}
    case = ET.Element("testcase", named)
    listed = ET.SubElement(case, "properties")
    for name, value in (*properties(cell.promise, cell.integration, cell.gateway, cell.cell), *outcome(cell)):
        ET.SubElement(listed, "property", {"name": name, "value": _xml(value)})
    if cell.state in ("broken", "defect"):
        worst = min(cell.findings, key=lambda each: SEVERITIES.index(each.severity), default=None)
        said = f"{worst.severity}: {worst.sentence}" if worst else cell.why
        failure = ET.SubElement(case, "failure", {"message": _xml(said)})
        failure.text = _xml(terminal.as_text(cell, fail_on=fail_on))
    if cell.state == "not covered":
        ET.SubElement(case, "skipped", {"message": _xml(f"{cell.name}: {cell.why}")})
    return case


def _xml(text: str) -> str:
    """Without the characters that XML 1.0 has no way to write."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)

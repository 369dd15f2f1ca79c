"""Write tables of the gateways' facts into their pages, between markers: `python scripts/fact_tables.py`.

A marker is `<!-- facts: NAME TABLE -->`, and the table ends with `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from paypact.currencies import exponent
from paypact.gateways import load
from paypact.gateways.facts import Facts

DOCS = Path(__file__).parent.parent / "docs"
MARKED = re.compile(r"(<!-- facts: (\w+) (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: str, rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown; `head` names its columns, separated by bars."""
    columns = head.split("|")
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def wire(words: Mapping[str, Any]) -> str:
    """The words of the wire, as they are written there."""
    return ", ".join(f"{name} {quoted(value)}" for name, value in words.items() if value != "")


def quoted(value: Any) -> str:
    """A word of the wire, or several."""
    return ", ".join(f"`{each}`" for each in (value if isinstance(value, list) else [value]))


def brands(facts: Facts) -> str:
    """The gateway's word for each scheme that it takes or is known to have a word for."""
    rows = [
        (scheme, f"`{fact.brand}`", fact.standing, fact.note)
        for scheme, fact in facts.schemes.items()
        if fact.standing != "unconfirmed" or fact.code is None
    ]
    return table("scheme|brand|standing|", rows)


def declines(facts: Facts) -> str:
    """What each neutral reason is called."""
    marks = {True: "unconfirmed", False: ""}
    return table(
        "reason|on the wire|",
        [(word, wire(fact.wire), marks[fact.unconfirmed]) for word, fact in facts.declines.items()],
    )


def errors(facts: Facts) -> str:
    """Errors that are nobody's answer, and requests that are refused."""
    marks = {True: "unconfirmed", False: ""}
    every = {**facts.errors, **{word: fact for word, fact in facts.refusals.items() if word != "*"}}
    rows = [(word, fact.status, wire(fact.wire), marks[fact.unconfirmed]) for word, fact in every.items()]
    return table("rule|status|on the wire|", rows)


def currencies(facts: Facts) -> str:
    """Where the gateway counts otherwise than ISO 4217."""
    said = facts.currencies
    rows = [(one, exponent(one), digits) for one, digits in sorted(said.exponents.items())]
    return table("currency|digits by ISO 4217|digits here", rows)


def cards(facts: Facts) -> str:
    """The vendor's test cards, and what it calls them where it does."""
    marks = {True: "unconfirmed", False: ""}
    rows = [
        (
            " ".join(f"`{name}`" for name in (test.number, test.token) if name),
            test.scheme,
            ", then ".join(test.answers),
            "; ".join(filter(None, (test.note, marks[test.unconfirmed]))),
        )
        for test in facts.test_cards
    ]
    return table("number|scheme|answered|", rows)


def checks(facts: Facts) -> str:
    """What the results of the checks of security code and address are called."""
    said = {name: words for name, words in facts.wire.get("checks", {}).items() if name != "source"}
    return table(
        "check|on the wire",
        [(name, wire(words) if isinstance(words, dict) else quoted(words)) for name, words in said.items()],
    )


TABLES: dict[str, Callable[[Facts], str]] = {
    "brands": brands,
    "declines": declines,
    "errors": errors,
    "currencies": currencies,
    "cards": cards,
    "checks": checks,
}


def written(text: str) -> str:
    """A page with each table as the facts have it now."""
    return MARKED.sub(lambda match: f"{match[1]}{TABLES[match[3]](load(match[2]).facts)}\n{match[4]}", text)


def main() -> None:
    """Rewrite every page that has a marker."""
    for page in (DOCS / "gateways").glob("*.md"):
        before = page.read_text("utf-8")
        after = written(before)
        if after != before:
            page.write_text(after, "utf-8")
            sys.stdout.write(f"wrote {page}\n")


if __name__ == "__main__":
    main()

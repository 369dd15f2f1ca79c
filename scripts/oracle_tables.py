"""Write the oracle's tables into the documentation, between their markers: `python scripts/oracle_tables.py`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from paypact.testkit.oracle import MOVEMENT, ORDER, OUTCOME, Table

DOCS = Path(__file__).parent.parent / "docs"
TABLES = {"outcome": OUTCOME, "movement": MOVEMENT, "order": ORDER}
NOTE = re.compile(r"(\w+):(\d+)")


def markdown(table: Table) -> str:
    """One table as Markdown; a condition becomes a number in brackets."""
    columns = list(next(iter(table.values())))
    lines = [f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    for row, words in table.items():
        cells = [NOTE.sub(r"\1 (\2)", word) for word in words.values()]
        lines.append(f"| **{row.replace('-', ' ')}** | {' | '.join(cells)} |")
    return "\n".join(lines)


def written(text: str) -> str:
    """A page with each table between `<!-- table: name -->` and `<!-- end -->` as the code has it now."""
    for name, table in TABLES.items():
        marked = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = marked.sub(lambda match, table=table: f"{match[1]}{markdown(table)}\n{match[2]}", text)
    return text


def main() -> None:
    """Rewrite every page that has a marker."""
    for page in DOCS.rglob("*.md"):
        before = page.read_text("utf-8")
        after = written(before)
        if after != before:
            page.write_text(after, "utf-8")
            sys.stdout.write(f"wrote {page}\n")


if __name__ == "__main__":
    main()

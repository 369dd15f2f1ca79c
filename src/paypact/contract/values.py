"""Values: the texts of one situation that no two worlds have in common, as a contract writes them.

A value of this world becomes a made-up example, an expression that the true ones match, and a name by which a provider
state returns the true one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from paypact.contract.shapes import Rule, common, id_example, id_rule, matches, timed
from paypact.contract.staging import Staged
from paypact.contract.trace import Source

_WORD: Final = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True)
class Text:
    """A text of a request: an example, a matcher where others may stand there, and how a state's values fill it."""

    example: str
    rule: Rule | None = None
    expression: str = ""  # of a generator; empty: the example is sent as it is
    sources: tuple[Source, ...] = ()


@dataclass
class Values:
    """The values of one situation."""

    staged: Staged
    _examples: dict[Source, str] = field(default_factory=dict)

    @cached_property
    def _pairs(self) -> dict[Source, tuple[str, str]]:
        """Each value as it was in this world and in its twin."""
        there = dict(self.staged.twin.at(self.staged.volatile))
        at = {(source.exchange, source.path): source for source in self.staged.symbols.known.values()}
        known = {source: value for value, source in self.staged.symbols.known.items()}
        return {source: (known[source], there.get(place, "")) for place, source in at.items()}

    def example(self, source: Source) -> str:
        """The made-up example of a value; two values never share one."""
        if source not in self._examples:
            made = id_example(*self._pairs[source], name=str(source.path[-1]))
            taken = set(self._examples.values())
            number = 1
            while made in taken:
                number += 1
                made = f"{made.rstrip('0123456789')}{number}"
            self._examples[source] = made
        return self._examples[source]

    def rule(self, source: Source) -> str:
        """What the true ones look like, without anchors."""
        return id_rule(*self._pairs[source])

    def text(self, mine: str, its: str | None, later: str | None, stranger: str | None) -> Text:
        """A text of a request, by what stood there in the twin's play, at another time, and of another shopper."""
        symbols = self.staged.symbols
        parts = list(symbols.parts(mine))
        sources = tuple(part for part in parts if isinstance(part, Source))
        if sources:
            return Text(
                "".join(self.example(part) if isinstance(part, Source) else part for part in parts),
                matches(f"^{''.join(self.rule(p) if isinstance(p, Source) else re.escape(p) for p in parts)}$"),
                "".join(f"${{{name(part)}}}" if isinstance(part, Source) else part for part in parts),
                sources,
            )
        if mine != its or mine != later:
            example, rule = timed(mine)
            return Text(example, matches(rule))
        if mine != stranger:
            return Text(mine, matches(common(mine, stranger if stranger is not None else mine)))
        return Text(mine)

    def plain(self, mine: str) -> str:
        """A text of a reply with each value of this world as its example."""
        return "".join(
            self.example(part) if isinstance(part, Source) else part for part in self.staged.symbols.parts(mine)
        )


def name(source: Source) -> str:
    """What a value is called between states and requests: `token`, `sale_id`, `return_redirectResult`."""
    if not source.operation:
        kind, last = str(source.path[0]), str(source.path[-1])
        return {"token": kind, "account": last}.get(kind, f"{kind}_{last}")
    words = [word for part in source.path for word in _WORD.findall(str(part))]
    number = [str(source.reply)] if source.reply > 1 else []
    return "_".join([source.operation, *number, *words])

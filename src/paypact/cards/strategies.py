"""Hypothesis strategies over the catalogue; the only module here that needs Hypothesis.

Each axis that matters is one small draw from its table, the plainest value first, so that a failure shrinks to the
lowest Visa number of the usual length, in no wallet, unless something else is what it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from paypact.cards.builder import build
from paypact.cards.catalogue import scheme, schemes
from paypact.cards.kinds import axes

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from paypact.cards.card import Card

_MOST_DIGITS = 9_999  # enough for every security code; larger numbers only make failures harder to read


@st.composite
def shapes(
    draw: st.DrawFn, among: Collection[str] | None = None, *, kinds: Collection[str] | None = None
) -> dict[str, Any]:
    """The arguments of `build` for one card, as plain data; what is as plain as can be is left out.

    `among` are scheme ids, the plainest first (all, when left out). `kinds` narrows the kinds of card, for schemes that
    have any of them.
    """
    names = [scheme(each).id for each in among or schemes()]
    found: dict[str, Any] = {"scheme_id": names[min(draw(_place(names)), len(names) - 1)]}
    for axis, values in axes(found["scheme_id"]).items():
        allowed = [each for each in values if each in kinds] if kinds is not None and axis == "kind" else values
        choices = allowed or values
        drawn = choices[min(draw(_place(choices)), len(choices) - 1)]
        if drawn != values[0]:
            found[axis] = drawn
    if digits := draw(st.integers(0, _MOST_DIGITS)):
        found["digits"] = digits
    return found


def _place(values: Sequence[Any]) -> st.SearchStrategy[int]:
    """A place among the values, drawn where there is only one too: shrinking prefers few draws to plain ones."""
    return st.integers(0, max(len(values) - 1, 1))


def cards(among: Collection[str] | None = None, *, kinds: Collection[str] | None = None) -> st.SearchStrategy[Card]:
    """Cards of these schemes (all, when left out) and kinds; see `shapes`."""
    return shapes(among, kinds=kinds).map(lambda shape: build(**shape))

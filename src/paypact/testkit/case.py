"""Case: one fully determined example as names and small numbers. It prints, shrinks, serialises and replays as JSON."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeAlias

from paypact.errors import UsageError

CASE_SCHEMA: Final = 1
Value: TypeAlias = str | int | bool


@dataclass(frozen=True, slots=True)
class Case:
    """Everything random of one example. Which values a field may take is the promise's axes, the first the plainest."""

    scheme: str = "visa"
    kind: str = ""  # plain, a co-badge, a wallet, a network token; empty: the scheme's plainest
    range: int = 0  # which of the scheme's number ranges, modulo those it has
    edge: str = "low"  # low, high or inside of that range
    length: int = 0  # digits of the number; 0: the scheme's usual length
    funding: str = ""  # empty: the scheme's usual
    cvc: bool = True  # whether the card has a security code
    operation: str = "sale"
    currency: str = "USD"
    amount: str = "usual"  # a word of `amounts.py`
    answer: str = "approve"  # of the issuer: `decline:<word>`, `challenge`, `challenge>decline:<word>`, ...
    shopper: str = "passed"  # what the shopper does with a challenge: passed, failed, abandoned, comes back twice
    retry: str = "another card"  # the shopper's next step after a definite no
    fault: str = ""  # `<kind> before|after <exchange>`, empty: none
    times: int = 1  # how often the fault strikes in a row
    digits: int = 0  # the digits of the card number that mean nothing

    def but(self, values: Mapping[str, Any]) -> Case:
        """The same case with other values."""
        return replace(self, **values)


@dataclass(frozen=True)
class Axis:
    """The values one field of a case takes, plainest first; `classify` groups them for the covering array."""

    values: tuple[Value, ...]
    classify: Callable[[Value], str] = str

    @classmethod
    def listed(cls, values: tuple[Value, ...]) -> Axis:
        """An axis whose values are all of one class: each is met once, and none in pairs of its own."""
        return cls(values, lambda _: "any")

    def classes(self) -> dict[str, list[Value]]:
        """Values by class, in order."""
        grouped: dict[str, list[Value]] = {}
        for value in self.values:
            grouped.setdefault(self.classify(value), []).append(value)
        return grouped


Axes: TypeAlias = Mapping[str, Axis]


def plain(axes: Axes) -> Case:
    """The plainest case of a promise's axes."""
    return Case().but({name: axis.values[0] for name, axis in axes.items()})


def to_json(case: Case, axes: Axes) -> dict[str, Any]:
    """What is not plain about the case."""
    usual = plain(axes)
    return {f.name: getattr(case, f.name) for f in fields(Case) if getattr(case, f.name) != getattr(usual, f.name)}


def from_json(given: Mapping[str, Any], axes: Axes) -> Case:
    """The case that a replay names; axes it does not name are plain.

    Raises:
        UsageError: an axis or value nobody knows, or a case of a newer schema.
    """
    values = dict(given)
    schema = values.pop("schema", CASE_SCHEMA)
    if schema != CASE_SCHEMA:
        raise UsageError(
            f"replay: the case has schema {schema!r}, this paypact reads {CASE_SCHEMA}: upgrade paypact to replay it"
        )
    for name, value in values.items():
        if name not in axes and name != "digits":
            raise UsageError(
                f"replay: unknown axis {name!r}{_near(name, axes)} (known here: {', '.join([*axes, 'digits'])})"
            )
        if name == "digits" and not isinstance(value, int):
            raise UsageError(f"replay: digits={value!r} is not a whole number")
        if name in axes and value not in axes[name].values:
            known = [str(each) for each in axes[name].values]
            raise UsageError(
                f"replay: {name}={value!r} is unknown{_near(str(value), known)} (known here: {', '.join(known)})"
            )
    return plain(axes).but(values)


def _near(word: str, known: Any) -> str:
    near = difflib.get_close_matches(word, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""

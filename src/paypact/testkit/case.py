"""Case: one fully determined example as names and small numbers. It prints, shrinks, serialises and replays as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeAlias

from paypact.errors import UsageError
from paypact.naming import near, unknown

CASE_SCHEMA: Final = 1
Value: TypeAlias = str | int | bool | tuple[str, ...]


CLAIMS = "claims to have paid"  # a shopper who walks away and writes the URL of the return page by hand
BORROWS = "borrows a success"  # a shopper who walks away and opens the return page by the URL of another order, paid
ACTS = {
    "comes back twice": "passed",
    CLAIMS: "abandoned",
    BORROWS: "abandoned",
}  # what else they do, how they act before
CAME = {
    CLAIMS: "abandoned, with the URL of a success",
    BORROWS: "abandoned, with the URL of another order that is paid",
}


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
    shopper: str = "passed"  # what they do with a challenge: passed, failed, abandoned, or a word of `ACTS`
    retry: str = "another card"  # the shopper's next step after a definite no
    fault: str = ""  # `<kind> before|after <exchange>`, empty: none
    variation: str = ""  # `<number of a reply to the operation> <field> <kind>`, empty: none
    plan: tuple[str, ...] = ()  # the steps of a longer story, in the words of its promise
    schedule: str = ""  # whose turn it is at each point of a race, as digits
    interrupted: str = ""  # the team's line at which another shopper comes in between: `shop/payments.py:41`
    fate: str = ""  # what becomes of the first capture or refund: a word of the gateway's `failures`
    times: int = 1  # how often the fault strikes in a row
    redirect: int = 0  # which exchange of the operation is sent on to another host; 0: none
    digits: int = 0  # the digits of the card number that mean nothing
    part: str = "all"  # how much a capture or refund asks for
    buyer: str = ""  # what is special about the shopper, the basket or the description: a word of `shoppers.py`
    month: int = 0  # the card's last month; 0: far off, and today is any day
    year: int = 0
    today: str = "last day"  # as seen from the card's last month: a word of `dates.py`, like `hour` and `zone`
    hour: str = "noon"
    zone: str = ""  # of the shop's process; empty: its own
    deliver: str = ""  # how webhooks reach the shop: a word or order of `webhooks.py`; empty: one by one, in order
    seal: str = ""  # how they are signed: a word of `webhooks.py`; empty: as the gateway does
    settled: bool = True  # whether a refund waits until the gateway refunds at all, where that takes time

    def but(self, values: Mapping[str, Any]) -> Case:
        """The same case with other values."""
        return replace(self, **values)


@dataclass(frozen=True)
class Axis:
    """The values one field of a case takes, plainest first; `classify` groups them for the covering array.

    `shared`: the promise's cells have these values in common and try each in one cell; else this cell tries them all.
    """

    values: tuple[Value, ...]
    classify: Callable[[Value], str] = str
    shared: bool = True

    @classmethod
    def listed(cls, values: tuple[Value, ...]) -> Axis:
        """An axis whose values are all of one class: each is met once, and none in pairs of its own."""
        return cls(values, lambda _: "any")

    @classmethod
    def own(cls, values: tuple[Value, ...], classify: Callable[[Value], str] = lambda _: "any") -> Axis:
        """An axis of this cell alone, by default all of one class."""
        return cls(values, classify, shared=False)

    def accepts(self, value: object) -> bool:
        """Whether a replayed case may say so. True is not 1: what is read back must be what was written."""
        return any(value == each and type(value) is type(each) for each in self.values)

    def simpler(self, value: Value) -> Iterator[Value]:
        """Plainer values than this one, the plainest first."""
        if value in self.values:
            yield from self.values[: self.values.index(value)]

    def classes(self) -> dict[str, list[Value]]:
        """Values by class, in order."""
        grouped: dict[str, list[Value]] = {}
        for value in self.values:
            grouped.setdefault(self.classify(value), []).append(value)
        return grouped


@dataclass(frozen=True)
class PlanAxis(Axis):
    """An axis whose value is a sequence of up to `most` words; `values` lists the ones that are always tried."""

    words: tuple[str, ...] = ()
    most: int = 12

    def accepts(self, value: object) -> bool:
        return isinstance(value, (list, tuple)) and all(word in self.words for word in value)

    def simpler(self, value: Value) -> Iterator[Value]:
        """The same sequence without one of its steps, the last one first, or with a plainer word in one place."""
        steps = tuple(value) if isinstance(value, tuple) else ()
        for place in reversed(range(len(steps))):
            yield (*steps[:place], *steps[place + 1 :])
        for place, word in enumerate(steps):
            for plainer in self.words[: self.words.index(word)]:
                yield (*steps[:place], plainer, *steps[place + 1 :])


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
            raise UsageError(f"replay: {unknown('axis', name, [*axes, 'digits'], 'known here')}")
        if name == "digits" and type(value) is not int:
            raise UsageError(f"replay: digits={value!r} is not a whole number")
        if name in axes and not axes[name].accepts(value):
            axis, wrong = axes[name], value
            known = [str(each) for each in axis.values]
            if isinstance(axis, PlanAxis):
                known = list(axis.words)
                if not isinstance(value, (list, tuple)):
                    raise UsageError(
                        f"replay: {name}={value!r} is not a list of steps (known here: {', '.join(known)})"
                    )
                wrong = next(step for step in value if step not in known)
            raise UsageError(
                f"replay: {name}={wrong!r} is unknown{near(str(wrong), known)} (known here: {', '.join(known)})"
            )
    return plain(axes).but({name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})

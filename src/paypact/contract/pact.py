"""The Pact file of one integration: its interactions in a fixed order, each with the states that must come before it.

The same code gives the same bytes: no time, no generated id, no secret and no version of anything stands in it, and of
card numbers only those that the vendor publishes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, TypeAlias
from xml.etree.ElementTree import Element, fromstring

from paypact.contract import reply
from paypact.contract.model import Need
from paypact.contract.needs import Observed, Study
from paypact.contract.paths import Path, leaves, place
from paypact.contract.request import Written
from paypact.contract.staging import LISTENING, Staged, request_name
from paypact.contract.states import ACTED, EARLIER, METHOD
from paypact.contract.trace import Source
from paypact.contract.values import Values, name
from paypact.errors import UsageError
from paypact.testkit.flow import PAYING
from paypact.world.recording import Exchange

Key: TypeAlias = tuple[str, str, str, int, str]  # operation, answer, shopper, which reply, request
SPECIFICATION: Final = "4.0"
PATIENCE: Final = 60.0  # seconds of waiting that no provider state can bring about


class Inexpressible(Exception):
    """An interaction that has no place in a contract; the message says why."""


class Writer:
    """Writes the contract of what was found about one integration."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.notes: list[str] = list(study.notes)
        self._observed: dict[Key, Observed] = {}
        self._needs: dict[Key, dict[Path, Need]] = {}
        self._borrowed: dict[Key, tuple[Staged, Exchange]] = {}
        for each in study.observed:
            if each.exchange is not None:
                key = self._key(each.staged, each.exchange)
                self._observed.setdefault(key, each)
                self._needs.setdefault(key, {}).update(
                    {path: need for path, need in each.found.said.items() if path not in self._needs[key]}
                )

    def document(self) -> dict[str, Any]:
        """The contract.

        Raises:
            UsageError: the vendor publishes no test number, or nothing is left to be written.
        """
        target = self.study.target
        self._check_cards()
        interactions: dict[str, dict[str, Any]] = {}
        for made in self._interactions():
            assert made["description"] not in interactions, f"two interactions are {made['description']!r}"
            interactions[made["description"]] = made
        if not interactions:
            why = "; ".join(self.notes) or "it answered nothing"
            raise UsageError(f"contract: nothing can be written of {target.name}: {why}")
        return {
            "consumer": {"name": target.name},
            "provider": {"name": target.scope.gateway},
            "interactions": list(interactions.values()),
            "metadata": {"pactSpecification": {"version": SPECIFICATION}},
        }

    def bytes(self) -> bytes:
        """The contract as it stands in its file."""
        return json.dumps(self.document(), indent=1, ensure_ascii=False).encode() + b"\n"

    # --- interactions -------------------------------------------------------------------------------------------

    def _interactions(self) -> Iterator[dict[str, Any]]:
        done: set[Key] = set()
        waiting = [(key, each.staged, each.exchange) for key, each in self._observed.items()]
        while waiting:
            key, staged, exchange = waiting.pop(0)
            if key in done or exchange is None:
                continue
            done.add(key)
            try:
                made = self._http(key, staged, exchange)
            except Inexpressible as gap:
                self.notes.append(f"{self.describe(key)}: {gap}")
                continue
            yield made
            waiting += [(each, *self._borrowed[each]) for each in self._borrowed if each not in done]
        for observed in self.study.observed:
            if observed.event is not None:
                try:
                    yield self._message(observed)
                except Inexpressible as gap:
                    self.notes.append(f"webhook {observed.event.type}: {gap}")

    def _http(self, key: Key, staged: Staged, exchange: Exchange) -> dict[str, Any]:
        values = Values(staged)
        observed, needs = self._of(key, staged, exchange)
        written = Written(values, exchange)
        states = list(self._states(staged, exchange.number, written.sources))
        return {
            "type": "Synchronous/HTTP",
            "description": self.describe(key),
            "pending": False,
            "providerStates": states,
            "request": written.request,
            "response": reply.response(observed, values, needs),
        }

    def _message(self, observed: Observed) -> dict[str, Any]:
        staged, event = observed.staged, observed.event
        assert event is not None
        values = Values(staged)
        number = staged.usual.drawn.get(event.id)
        visits = staged.usual.example.visits
        if number is None and not visits:
            raise Inexpressible("it comes when time has passed, which no provider state can bring about")
        through = number if number is not None else visits[0].after
        case = staged.situation.case
        states = list(self._states(staged, through + 1, [], visited=number is None))
        after = ", ".join(filter(None, staged.situation.key))
        told = reply.contents(observed, values, observed.found.said)
        description = f"webhook {event.type} ({after}{', then ' if staged.situation.following else ''}"
        description += f"{staged.situation.following})"
        assert case.operation
        return {
            "type": "Asynchronous/Messages",
            "description": description,
            "pending": False,
            "providerStates": states,
            **told,
        }

    def _of(self, key: Key, staged: Staged, exchange: Exchange) -> tuple[Observed, dict[Path, Need]]:
        """What was found of this very reply, else of the same call in a like state."""
        if key in self._observed:
            return self._observed[key], self._needs[key]
        operation, answer, _, number, request = key
        alike = [one for one in self._observed if (one[0], one[3], one[4]) == (operation, number, request)]
        alike.sort(key=lambda one: (one[1].partition(">")[0] != answer.partition(">")[0], one))
        for one in alike:
            found, needs = self._observed[one], self._needs[one]
            tree = staged.usual.reply(exchange.number)
            if all(_there(tree, path) for path in needs):
                return Observed(staged, number, found.found, exchange, reply=tree), needs
        raise Inexpressible("what is needed of its reply was never looked at")

    # --- states -------------------------------------------------------------------------------------------------

    def _states(
        self, staged: Staged, number: int, sources: list[Source], *, visited: bool | None = None
    ) -> Iterator[dict[str, Any]]:
        """What must be true before exchange `number` of a situation.

        Of a webhook that exchange is the one behind it; `visited` says whether the shopper's visit brought it about.
        """
        example = staged.usual.example
        used_in = {source.exchange for source in sources}
        before = [each for each in example.exchanges[: number - 1] if _matters(each) or each.number in used_in]
        until = number - 1 if visited is not None else number  # a webhook has no exchange of its own
        moments = [each.at for each in example.exchanges[:until] if each.operation]
        if any(later - earlier > PATIENCE for earlier, later in pairwise(moments)):
            raise Inexpressible("time has to pass before it, which no provider state can bring about")
        case, card = staged.situation.case, example.payments[0].card
        method = {"name": METHOD, "params": {"card": card.scheme, "number": card.number, "answer": case.answer}}
        if not before:
            yield method
        limit = number if visited is not False else number - 1
        for exchange in before:
            used = [source for source in sources if source.exchange == exchange.number]
            wanted = {name(source): _where(staged, exchange, source) for source in dict.fromkeys(used)}
            yield {"name": EARLIER, "params": {"interaction": self._earlier(staged, exchange), "values": wanted}}
            for visit in example.visits:
                seen = [each for each in before if each.number <= visit.after]
                if visit.after < limit and seen and seen[-1] is exchange:
                    yield self._acted(staged, seen, visit.places, visit.result)
        if before and (
            case.operation == "charge_stored" or any(not s.operation and s.path[0] == "token" for s in sources)
        ):
            yield method

    def _earlier(self, staged: Staged, exchange: Exchange) -> str:
        """The interaction that is this exchange: one that was observed, or the first call of a payment like it."""
        key, example = self._key(staged, exchange), staged.usual.example
        told = next(each for each in example.history if each.first < exchange.number <= each.last)
        known = key in self._observed or exchange.operation in PAYING
        if told.payment is not example.payments[0] or not known:
            raise Inexpressible("a longer story comes before it than a contract tells")
        if key not in self._observed:
            self._borrowed.setdefault(key, (staged, exchange))
        return self.describe(key)

    def _acted(self, staged: Staged, before: list[Exchange], places: tuple[str, ...], result: str) -> dict[str, Any]:
        """The shopper went where a reply said, and did something there."""
        for exchange in reversed([each for each in before if each.number in staged.usual.kept]):
            stand = {value: path for path, value in leaves(staged.usual.reply(exchange.number)) if value in places}
            at = next((stand[each] for each in places if each in stand), None)
            if at is not None:
                interaction = self.describe(self._key(staged, exchange))
                return {
                    "name": ACTED,
                    "params": {"interaction": interaction, "at": _written(exchange, at, stand), "result": result},
                }
        raise Inexpressible("the shopper went somewhere that no reply named")

    # --- names --------------------------------------------------------------------------------------------------

    def _key(self, staged: Staged, exchange: Exchange) -> Key:
        case = staged.situation.case
        shopper = case.shopper if exchange.operation == "complete" else ""
        exchanges = staged.usual.example.exchanges
        told = next((t for t in staged.usual.example.history if t.first < exchange.number <= t.last), None)
        first = told.first if told is not None and told.operation == exchange.operation else 0
        number = sum(each.operation == exchange.operation for each in exchanges[first : exchange.number])
        answer = "approve" if exchange.operation == "store" and case.operation == "charge_stored" else case.answer
        if exchange.operation == LISTENING:
            answer = ", ".join(filter(None, (*staged.situation.key, staged.situation.following)))
        return exchange.operation, answer, shopper, number, request_name(staged.symbols, exchange)

    @staticmethod
    def describe(key: Key) -> str:
        """The description of an interaction, which is its name: no two have the same."""
        operation, answer, shopper, number, request = key
        state = ", ".join(filter(None, (answer, f"the shopper {shopper}" if shopper else "")))
        return f"{operation} ({state}): {request}" + (f", reply {number}" if number > 1 else "")

    def _check_cards(self) -> None:
        target = self.study.target
        known = {each.number for each in target.gateway.facts.test_cards}
        used = {p.card.number for each in self.study.observed for p in each.staged.usual.example.payments}
        if not used <= known:
            raise UsageError(
                f"contract: gateway {target.scope.gateway!r} publishes no test number of {', '.join(target.schemes)}, "
                "and others must not stand in a contract"
            )


def _where(staged: Staged, exchange: Exchange, source: Source) -> str:
    """The place of a value in the reply as it was sent."""
    value = next(text for text, known in staged.symbols.known.items() if known == source)
    return _written(exchange, source.path, {value: source.path})


def _written(exchange: Exchange, path: Path, stand: Mapping[str, Path]) -> str:
    kind = exchange.response.headers.get("content-type", "") if exchange.response is not None else ""
    if "xml" not in kind:
        return place(path, every=False)
    value = next(text for text, at in stand.items() if at == path)
    root = fromstring(exchange.raw)  # noqa: S314 - our simulator's own
    found = next((tags for tags in _tags(root, (root.tag,)) if _text_at(root, tags) == value), None)
    if found is None:
        raise Inexpressible("a value of an earlier reply stands where no place of XML leads")
    return place(found, every=False)


def _tags(element: Element, tags: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not len(element):
        yield tags
    for child in element:
        yield from _tags(child, (*tags, child.tag))


def _text_at(root: Element, tags: tuple[str, ...]) -> str | None:
    """The text where a place leads: in XML to the first child of each name."""
    here: Element | None = root
    for tag in tags[1:]:
        here = here.find(tag) if here is not None else None
    return here.text if here is not None else None


def _matters(exchange: Exchange) -> bool:
    """Whether a call is part of the story: what a webhook made the shop ask changes nothing at the gateway."""
    return exchange.operation not in ("", LISTENING, "settle", "order")


def _there(tree: Any, path: Path) -> bool:
    for part in path:
        if isinstance(tree, dict) and part in tree:
            tree = tree[str(part)]
        elif isinstance(tree, list | tuple) and isinstance(part, int) and part < len(tree):
            tree = tree[part]
        else:
            return False
    return True

"""Tin's replies as declarations, a shop that reads them with care, and shops with one flaw each in how they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import pytest

from paypact import Approved, Declined, Money, Outcome, Unknown
from paypact.world.books import Authorization
from paypact.world.codecs import encode_json
from paypact.world.http import Response
from paypact.world.wire import UNSET, Arm, Maybe, Open, State, Wire, documented, like, never
from tin.integration import TinShop
from tin.simulator import Tin

GROWS = "made up: fields are added"
WORDS = "made up: words are added"
SOME = "made up: some cards have none"


class Sheet(Wire):
    """What Tin answers."""

    grows: ClassVar[str] = GROWS
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm("purse", {"brand": UNSET, "network": UNSET, "purse": {"owner": "Jo"}}, documented(SOME, "arm")),
    )
    id: Annotated[str, like("ch-")]
    status: Annotated[State, documented(WORDS, "unseen")]
    amount: int
    captured: int
    refunded: int
    brand: Annotated[Maybe[Open], documented(WORDS, "unseen"), documented(SOME, "absent")] = UNSET
    network: Annotated[Maybe[Open], documented(SOME, "absent")] = UNSET
    bank: str | None = "First Bank"  # nothing says that it is ever null
    reason: Annotated[Maybe[Open], never("a decline has its reason", "absent")] = UNSET
    url: Annotated[Maybe[str], never("there is somewhere to go", "absent")] = UNSET


def declare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Tin answer in sheets."""
    shown = Tin.shown

    def typed(self: Tin, charge: Authorization) -> Response:
        response = shown(self, charge)
        response.body = Sheet(**response.body, network=response.body["brand"])
        return response

    def render(_: Tin, response: Response) -> bytes:
        response.headers.setdefault("content-type", "application/json")
        return encode_json(response.body)

    monkeypatch.setattr(Tin, "shown", typed)
    monkeypatch.setattr(Tin, "render", render)


class Careful(TinShop):
    """Knows what it does not know: a movement is approved only where the reply says so."""

    def moved(self, transaction: str, kind: str, amount: Money | None) -> Outcome:
        body = {"amount": amount.minor if amount else None, "key": transaction}
        reply = self.payments.call("POST", f"/charges/{transaction}/{kind}", body)
        if reply and "error" in reply:
            return Declined(reply["error"], transaction)
        done = reply is not None and reply["status"] in ("approved", "voided")
        return Approved(transaction) if done else Unknown(transaction)

    def told(self, reply: dict[str, Any] | None) -> Outcome:
        outcome = super().told(reply)
        return self.read(reply, outcome) if reply and isinstance(outcome, Approved) else outcome

    def read(self, reply: dict[str, Any], outcome: Outcome) -> Outcome:
        """What else is read of an approved payment."""
        return outcome


class NeedsBrand(Careful):
    """Takes an optional field for granted."""

    def read(self, reply: dict[str, Any], outcome: Outcome) -> Outcome:
        return outcome if reply["brand"] else Unknown()


class KnowsBrands(Careful):
    """Knows all brands of today."""

    def read(self, reply: dict[str, Any], outcome: Outcome) -> Outcome:
        return outcome if {"VISA": 1, "MC": 2, "AMEX": 3, "JCB": 4, None: 5}[reply.get("brand")] else Unknown()


class NeedsEither(Careful):
    """Needs neither of two fields, but one of them."""

    def read(self, reply: dict[str, Any], outcome: Outcome) -> Outcome:
        return outcome if "purse" in reply or reply.get("brand") or reply["network"] else Unknown()


class ShrugsAtLess(Careful):
    """Does not believe that a payment was made where the receipt cannot be printed."""

    def read(self, reply: dict[str, Any], outcome: Outcome) -> Outcome:
        return outcome if "brand" in reply else Unknown(reply["id"])


class ShoutsBank(Careful):
    """Takes a nullable field for granted, of which nothing says that it is ever null."""

    def read(self, reply: dict[str, Any], outcome: Outcome) -> Outcome:
        return outcome if reply["bank"].upper() else Unknown()


class ExactlyThese(Careful):
    """Reads a reply into a form that has its fields, no more and no fewer."""

    def read(self, reply: dict[str, Any], outcome: Outcome) -> Outcome:
        Receipt(**reply)
        return outcome


@dataclass
class Receipt:
    """What a strict reader expects."""

    id: str
    status: str
    amount: int
    captured: int
    refunded: int
    brand: str
    network: str
    bank: str


class UnknownIsNo(Careful):
    """A status that nobody knew is a decline."""

    def told(self, reply: dict[str, Any] | None) -> Outcome:
        outcome = super().told(reply)
        return Declined("failed") if isinstance(outcome, Unknown) and reply else outcome


class UnknownIsYes(Careful):
    """A status that nobody knew is a payment."""

    def told(self, reply: dict[str, Any] | None) -> Outcome:
        outcome = super().told(reply)
        return Approved(reply["id"]) if isinstance(outcome, Unknown) and reply else outcome


class AnyReplyWillDo(Careful):
    """A capture that was answered at all was done."""

    def moved(self, transaction: str, kind: str, amount: Money | None) -> Outcome:
        return TinShop.moved(self, transaction, kind, amount)

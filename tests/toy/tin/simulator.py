"""Tin's simulator: POST /charges, GET /charges/{id or reference}, POST /charges/{id}/capture|void|refund."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from paypact.cards.card import Card
from paypact.payments import Money, Payment
from paypact.world.books import Authorization
from paypact.world.codecs import decode_json
from paypact.world.http import NotSimulatedError, Refusal, Request, Response
from paypact.world.simulator import Simulator
from paypact.world.world import World

STATUS = {"authorized": "approved", "completed": "approved", "rejected": "declined", "expired": "voided"}


class Tin(Simulator):
    """One world's Tin."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.tokens: dict[str, Card] = {}
        self.keys: dict[str, Response] = {}

    @classmethod
    def credentials(cls) -> Mapping[str, str]:
        return {"key": "tin-" + "test", "webhooks": "tin-webhooks-" + "test"}

    def tokenize(self, card: Card) -> str:
        token = f"tok-{len(self.tokens) + 1}"
        self.tokens[token] = card
        return token

    def handle(self, request: Request) -> Response:
        if request.headers.get("authorization") != self.credentials()["key"]:
            return self.error("authentication")
        given = decode_json(request.body or b"{}")
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["charges"]:
                return self.once(given["key"], lambda: self.charge(given))
            case "GET", ["charges", wanted]:
                return self.shown(self.found(wanted))
            case "POST", ["charges", wanted, "capture" | "void" | "refund" as kind]:
                found = self.found(wanted)
                return self.once(f"{kind}-{given['key']}", lambda: self.movement(kind, found, given.get("amount")))
        raise NotSimulatedError(f"Tin {request.method} {request.path}")

    def once(self, key: str, execute: Callable[[], Response]) -> Response:
        if key not in self.keys:
            self.keys[key] = execute()
        return self.keys[key]

    def found(self, wanted: str) -> Authorization:
        charge = self.ledger.named(wanted, Authorization)
        if charge is None:
            raise Refusal(self.refusal("charge_unknown"))
        return charge

    def charge(self, given: dict[str, Any]) -> Response:
        purchase = self.ledger.open(Money(given["amount"], given["currency"]), given["reference"])
        made = self.ledger.present(purchase, self.tokens[given["token"]], automatic=given["capture"])
        self.ledger.name(f"ch-{made.id}", made)
        self.ledger.name(given["reference"], made)
        self.ledger.apply(made, self.answer(made.card))
        return self.shown(made)

    def movement(self, kind: Any, charge: Authorization, amount: int | None) -> Response:
        self.ledger.request(kind, charge, amount)
        return self.shown(charge)

    def shown(self, charge: Authorization) -> Response:
        """A charge as it is now."""
        body: dict[str, Any] = {"id": f"ch-{charge.id}", "status": STATUS.get(charge.state, charge.state)}
        body |= {"amount": charge.approved, "captured": charge.captured, "refunded": charge.refunded}
        body |= {"brand": self.words.brand(charge.card)}
        if charge.reason:
            fact = self.facts.declines.get(charge.reason)
            body |= fact.wire if fact else {"reason": charge.reason}
        if charge.state == "challenged":
            body["url"] = self.ledger.name(f"https://tin.example/3ds/{charge.id}", charge)
        return Response(200, body)

    def visit(self, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
        charge = self.ledger.named(place, Authorization)
        if charge is None:
            return None
        if charge.state == "challenged" and result != "abandoned":
            self.ledger.authenticate(charge, passed=result == "passed")
        return {"charge": f"ch-{charge.id}"}

    def elsewhere(self, payment: Payment, operation: str) -> bool:
        if operation in ("sale", "authorize"):
            money, capture = payment.amount, operation == "sale"
            given = {"token": payment.token, "amount": money.minor, "currency": money.currency, "capture": capture}
            return bool(self.charge({**given, "reference": payment.reference}).body)
        return bool(self.movement(operation, self.found(payment.reference), None).body)


SIMULATOR = Tin

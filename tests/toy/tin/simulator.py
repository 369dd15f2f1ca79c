"""Tin's simulator: POST /charges, GET /charges/{id or reference}, POST /charges/{id}/capture|void|refund."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from paypact.cards.card import Card
from paypact.payments import Money, Payment
from paypact.world.books import Authorization
from paypact.world.http import NotSimulatedError, Request, Response
from paypact.world.ledger import Obstacle
from paypact.world.simulator import Simulator

STATUS = {
    "challenged": "challenge",
    "pending": "pending",
    "authorized": "approved",
    "completed": "approved",
    "declined": "declined",
    "rejected": "declined",
    "voided": "voided",
    "expired": "voided",
}


class Tin(Simulator):
    """One world's Tin."""

    @classmethod
    def credentials(cls) -> Mapping[str, str]:
        return {"key": "tin-" + "test"}

    def tokenize(self, card: Card) -> str:
        token = f"tok-{len(self.tokens) + 1}"
        self.tokens[token] = card
        return token

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.tokens: dict[str, Card] = {}
        self.keys: dict[str, Response] = {}

    def handle(self, request: Request) -> Response:
        if request.headers.get("authorization") != self.credentials()["key"]:
            return self.error("authentication")
        given = json.loads(request.body or b"{}")
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["charges"]:
                key = given["key"]
                if key not in self.keys:
                    self.keys[key] = self.charge(given)
                return self.keys[key]
            case "GET", ["charges", wanted]:
                found = self.ledger.named(wanted, Authorization)
                return self.shown(found) if found else Response(404, {"error": "none"}, refused="unknown charge")
            case "POST", ["charges", wanted, "capture" | "void" | "refund" as kind]:
                found = self.ledger.named(wanted, Authorization)
                if found is None:
                    return Response(404, {"error": "none"}, refused="unknown charge")
                key = f"{kind}-{given['key']}"
                if key not in self.keys:
                    self.keys[key] = self.movement(kind, found, given.get("amount"))
                return self.keys[key]
            case method, _:
                raise NotSimulatedError(f"Tin {method} {request.path}")

    def charge(self, given: dict[str, Any]) -> Response:
        card = self.tokens[given["token"]]
        price = Money(given["amount"], given["currency"])
        purchase = self.ledger.open(price, given["reference"])
        made = self.ledger.present(purchase, card, automatic=given["capture"])
        self.ledger.name(f"ch-{made.id}", made)
        self.ledger.name(given["reference"], made)
        fact = self.facts.schemes[card.scheme]
        if fact.standing == "refused":
            made.reason = fact.code or ""
            self.ledger.move(made, "reject")
        else:
            self.ledger.apply(made, self.world.issuer.answer(card))
        return self.shown(made)

    def movement(self, kind: Any, charge: Authorization, amount: int | None) -> Response:
        try:
            self.ledger.request(kind, charge, amount)
        except Obstacle as obstacle:
            return Response(422, {"error": obstacle.rule}, refused=obstacle.rule)
        return self.shown(charge)

    def shown(self, charge: Authorization) -> Response:
        body: dict[str, Any] = {"id": f"ch-{charge.id}", "status": STATUS[charge.state], "amount": charge.approved}
        if charge.card.scheme in self.facts.schemes:
            body["brand"] = self.facts.schemes[charge.card.scheme].brand
        if charge.reason:
            body["reason"] = (
                self.facts.declines[charge.reason].wire["reason"]
                if charge.reason in self.facts.declines
                else charge.reason
            )
        if charge.state == "challenged":
            body["url"] = self.ledger.name(f"https://tin.example/3ds/{charge.id}", charge)
        return Response(200, body)

    def render(self, response: Response) -> bytes:
        response.headers.setdefault("content-type", "application/json")
        return json.dumps(response.body).encode()

    def error(self, word: str) -> Response:
        fact = self.facts.errors[word]
        return Response(fact.status, fact.wire, refused=word)

    def visit(self, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
        charge = self.ledger.named(place, Authorization)
        if charge is None:
            return None
        if charge.state == "challenged" and result != "abandoned":
            self.ledger.authenticate(charge, passed=result == "passed")
        return {"charge": f"ch-{charge.id}"}


SIMULATOR = Tin

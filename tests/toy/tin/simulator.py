"""Tin's simulator: POST /charges, GET /charges/{id or reference}, POST /charges/{id}/capture|void|refund."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from paypact.cards.card import Card
from paypact.payments import Money, Notification, Payment
from paypact.world.books import Authorization, Entry, Movement, Purchase
from paypact.world.http import NotSimulatedError, Request, Response
from paypact.world.ledger import Obstacle
from paypact.world.notifications import WEBHOOK_URL, Event, Seal
from paypact.world.simulator import Simulator
from paypact.world.wire import UNSEEN_WORD

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
TOLD = ("challenge", "defer", "approve", "decline", "reject", "fail", "void", "cancel", "lapse", "book")


class Tin(Simulator):
    """One world's Tin."""

    @classmethod
    def credentials(cls) -> Mapping[str, str]:
        return {"key": "tin-" + "test", "webhooks": "tin-webhooks-" + "test"}

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
        body |= {"captured": charge.captured, "refunded": charge.refunded}
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

    # --- webhooks: {"type", "number", "charge"}, signed `Tin-Signature: <time> <hex> [<hex>]` ---

    def notify(self, entry: Entry, version: str | None) -> Iterable[Event]:
        subject = entry.subject
        charge = subject.authorization if isinstance(subject, Movement) else subject
        if isinstance(charge, Authorization) and entry.event in TOLD:
            yield self.event(f"charge.{entry.event}", {"charge": self.told(charge)})

    def event(self, type_: str, content: dict[str, Any], order: str = "") -> Event:
        number = len(self.ledger.journal)
        body = json.dumps({"type": type_, "number": number, **content}, ensure_ascii=False, separators=(",", ":"))
        return Event(f"{number}-{type_}", type_, self.world.clock.time(), body.encode(), order)

    def told(self, charge: Authorization) -> dict[str, Any]:
        """A charge as webhooks show it."""
        purchase = charge.purchase
        return {**self.shown(charge).body, "reference": purchase.reference, "currency": purchase.price.currency}

    def deliver(self, event: Event, seal: Seal) -> Notification:
        at = int(self.world.clock.time() - seal.age)
        signed = b"%d.%s" % (at, event.body + (b" " if seal.altered else b""))
        keys = [seal.secret or self.credentials()["webhooks"], *([seal.also] if seal.also else [])]
        signatures = [hmac.new(key.encode(), signed, "sha256").hexdigest() for key in keys]
        header = " ".join([str(at), *(reversed(signatures) if seal.also_first else signatures)])
        headers = {} if seal.unsigned else {"Tin-Signature": header}
        return Notification("POST", WEBHOOK_URL, headers, event.body, "192.0.2.80")

    def strangers(self, version: str | None) -> Iterable[Event]:
        yield self.event("payout.made", {"payout": {"id": "po-1", "to": "Ondřej Ångström"}})
        yield self.event(f"{UNSEEN_WORD}.made", {UNSEEN_WORD: {"id": "x-1"}})
        charge = {"id": "ch-of-another", "reference": "another shop's", "status": "approved", "currency": "EUR"}
        content = {"charge": {**charge, "captured": 100, "refunded": 0}}
        yield self.event("charge.book", content, order="another shop's")

    def forgeries(self, purchase: Purchase, version: str | None) -> Iterable[Event]:
        for charge in purchase.authorizations[-1:]:
            price = purchase.price.minor
            lie = {"refunded": charge.captured} if charge.captured else {"status": "approved", "captured": price}
            yield self.event("charge.book", {"charge": {**self.told(charge), **lie}})

    def elsewhere(self, payment: Payment, operation: str) -> bool:
        if operation in ("sale", "authorize"):
            self.charge({
                "token": payment.token, "amount": payment.amount.minor, "currency": payment.amount.currency,
                "reference": payment.reference, "capture": operation == "sale",
            })  # fmt: skip
            return True
        charge = self.ledger.named(payment.reference, Authorization)
        return charge is not None and not self.movement(operation, charge, None).refused


SIMULATOR = Tin

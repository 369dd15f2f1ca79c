"""Modifications: captures, cancels, refunds, reversals and new amounts. Taken note of now, carried out later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from paypact.gateways.adyen import wire
from paypact.gateways.adyen.simulator.account import Account
from paypact.gateways.adyen.simulator.requests import Call
from paypact.world.books import Authorization, Movement, Purchase
from paypact.world.issuer import approve
from paypact.world.ledger_tables import Kind
from paypact.world.wire import UNSET, Wire


@dataclass(slots=True)
class Request:
    """What a movement remembers of its request."""

    psp: str
    code: str = ""  # of its webhook, where its kind does not say it


def capture(account: Account, call: Call) -> Wire:
    """POST /payments/{}/captures."""
    held = account.payment(call.id)
    return _sum(call, held, _move(account, "capture", held, call.sent))


def refund(account: Account, call: Call) -> Wire:
    """POST /payments/{}/refunds."""
    held, sent = account.payment(call.id), call.sent
    of = account.ledger.named(sent["capturePspReference"], Movement) if "capturePspReference" in sent else None
    asked = _move(account, "refund", held, sent, of=of)
    told = _sum(call, held, asked)
    told.capture = sent.get("capturePspReference", UNSET)
    told.refund_reason = sent.get("merchantRefundReason", UNSET)
    return told


def cancel(account: Account, call: Call) -> Wire:
    """POST /payments/{}/cancels."""
    held = account.payment(call.id)
    return _received(call, _move(account, "void", held, {}), held)


def cancel_by_reference(account: Account, call: Call) -> Wire:
    """POST /cancels: by the shop's own reference, when the PSP's never arrived."""
    named = call.sent["paymentReference"]
    purchase = account.ledger.named(f"reference {named}", Purchase)
    if purchase is None or not purchase.authorizations:
        raise account.refuse("original_missing")
    made = _move(account, "void", purchase.authorizations[-1], {}, code="TECHNICAL_CANCEL")
    return wire.ReceivedByReference(
        merchant=call.sent["merchantAccount"],
        psp=made.data.psp,
        reference=call.sent.get("reference", UNSET),
        payment_reference=named,
    )


def reverse(account: Account, call: Call) -> Wire:
    """POST /payments/{}/reversals: a refund of what was captured, else a cancel."""
    held = account.payment(call.id)
    kind: Kind = "refund" if held.captured else "void"
    return _received(call, _move(account, kind, held, {}, code="CANCEL_OR_REFUND"), held)


def update(account: Account, call: Call) -> Wire:
    """POST /payments/{}/amountUpdates: another amount, while nothing is captured; the bank is asked for more."""
    held = account.payment(call.id)
    minor = _minor(account, held, call.sent["amount"])
    psp = account.psp()

    def adjust() -> None:
        held.data.adjusting = psp
        open_ = held.state == "authorized" and not held.captured
        said = account.answer(held.card) if open_ and minor > held.approved else approve()
        if open_ and said.event == "approve":
            held.amount = held.approved = minor
            account.ledger.move(held, "adjust", minor)
        else:
            account.ledger.note(held, "adjust refused", minor)

    account.world.clock.call_later(account.facts.ledger.delay, adjust)
    return wire.ReceivedUpdate(
        merchant=call.sent["merchantAccount"],
        payment=held.data.psp,
        psp=psp,
        reference=call.sent.get("reference", psp),
        amount=wire.Amount(**call.sent["amount"]),
        usage=call.sent.get("industryUsage", UNSET),
    )


def _move(
    account: Account,
    kind: Kind,
    held: Authorization,
    sent: dict[str, Any],
    *,
    of: Movement | None = None,
    code: str = "",
) -> Movement:
    minor = _minor(account, held, sent["amount"]) if "amount" in sent else None
    final = account.merchants[held.data.merchant].get("captures") != "many"
    asked = Request(account.psp(), code)
    made = account.ledger.request(kind, held, minor, final=final, of=of, data=asked)
    account.ledger.name(asked.psp, made)
    return made


def _minor(account: Account, held: Authorization, amount: dict[str, Any]) -> int:
    if amount["currency"] != held.purchase.price.currency or amount["value"] <= 0:
        raise account.refuse("amount_invalid")
    return account.words.minor(amount["value"], amount["currency"])


def _received(call: Call, made: Movement, held: Authorization) -> wire.ReceivedOf:
    reference = call.sent.get("reference", UNSET)
    merchant = call.sent["merchantAccount"]
    return wire.ReceivedOf(merchant=merchant, psp=made.data.psp, reference=reference, payment=held.data.psp)


def _sum(call: Call, held: Authorization, made: Movement) -> wire.ReceivedSum:
    return wire.ReceivedSum(
        merchant=call.sent["merchantAccount"],
        payment=held.data.psp,
        psp=made.data.psp,
        reference=call.sent.get("reference", UNSET),
        amount=wire.Amount(**call.sent["amount"]),
    )

"""Refunds: movements back to the card."""

from __future__ import annotations

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import charges, checks
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Intent, Repayment
from paypact.world.books import Authorization, Movement
from paypact.world.ledger import Obstacle
from paypact.world.ledger_tables import HOLDING
from paypact.world.wire import UNSET

STATUS = {"requested": "pending", "failed": "failed", "canceled": "canceled"}


def create(account: Account, call: Call) -> wire.Refund:
    asked, held = call.params, _target(account, call)
    intent: Intent = held.purchase.data
    said = Repayment(account.make_id("re_"), account.now(), asked.get("reason"), checks.metadata(account, asked, {}))
    amount = account.minor(asked["amount"], intent.currency) if "amount" in asked else None
    test = held.data.method.test
    published = test is not None and "refund" in test.wire and not account.scripted(held.card)
    if published and 0 < (held.refundable if amount is None else amount) <= held.refundable:
        account.world.acquirer.fates("refund", test.wire["refund"])
    try:
        refund = account.ledger.request("refund", held, amount, data=said)
    except Obstacle as obstacle:
        raise account.refuse(
            obstacle.rule,
            charge=held.data.id,
            intent=intent.id,
            amount=_shown(asked.get("amount", 0)),
            left=_shown(account.units(held.refundable, intent.currency)),
        ) from None
    account.ledger.name(said.id, refund)
    return render(account, refund)


def _shown(amount: int) -> str:
    return f"{amount / 100:.2f}"


def _target(account: Account, call: Call) -> Authorization:
    asked = call.params
    if "payment_intent" in asked and "charge" in asked:
        raise account.refuse("refund_both_targets")
    if "charge" in asked:
        return charges.find(account, asked["charge"], "charge")
    if "payment_intent" not in asked:
        raise account.refuse("refund_target_missing")
    purchase = account.purchase(asked["payment_intent"], "payment", "payment_intent")
    held = next((one for one in reversed(purchase.authorizations) if one.state in HOLDING), None)
    if held is None:
        raise account.refuse("refund_uncaptured", intent=purchase.data.id)
    return held


def find(account: Account, id_: str) -> Movement:
    refund = account.ledger.named(id_, Movement)
    if refund is None:
        raise account.missing("refund", id_, None)
    return refund


def retrieve(account: Account, call: Call) -> wire.Refund:
    return render(account, find(account, call.id))


def update(account: Account, call: Call) -> wire.Refund:
    refund = find(account, call.id)
    refund.data.metadata = checks.metadata(account, call.params, refund.data.metadata)
    return render(account, refund)


def all_of(account: Account, call: Call) -> wire.Page:
    charge, intent = call.params.get("charge"), call.params.get("payment_intent")
    found = [
        movement
        for purchase in account.ledger.purchases
        if intent in (None, purchase.data.id)
        for held in purchase.authorizations
        if charge in (None, held.data.id)
        for movement in held.movements
        if movement.kind == "refund"
    ]
    newest = sorted(found, key=lambda movement: movement.id, reverse=True)
    return page(account, call, (one.data for one in newest), lambda one: render(account, find(account, one.id)))


def render(account: Account, refund: Movement) -> wire.Refund:
    said: Repayment = refund.data
    held = refund.authorization
    intent: Intent = held.purchase.data
    failed = refund.state == "failed"
    return wire.Refund(
        id=said.id,
        amount=account.units(refund.amount, intent.currency),
        balance_transaction=account.make_id("txn_", said.id),
        charge=held.data.id,
        created=said.created,
        currency=intent.currency,
        customer=intent.customer,
        destination_details=wire.Destination(card=wire.DestinationCard(type="refund")),
        failure_balance_transaction=account.make_id("txn_", f"{said.id}/failed") if failed else UNSET,
        failure_reason=refund.reason if failed else UNSET,
        metadata=said.metadata,
        payment_intent=intent.id,
        payment_method=held.data.method.id,
        pending_reason="processing" if refund.state == "requested" else UNSET,
        reason=said.reason,
        status=STATUS.get(refund.state, "succeeded"),
    )

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

RELEASES_UNTIL = "2025-03-31"  # docs.stripe.com/changelog/basil: letting a hold go no longer makes a Refund
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
    """The refund of that id.

    Raises:
        Refusal: there is none.
    """
    refund = account.ledger.named(id_, Movement)
    if refund is None:
        raise account.missing("refund", id_, None)
    return refund


def retrieve(account: Account, call: Call) -> wire.Refund:
    held = account.ledger.named(call.id, Authorization)  # of a hold that was let go
    given_back = released(account, held) if held is not None and call.version < RELEASES_UNTIL else None
    return render(account, find(account, call.id)) if given_back is None else given_back


def update(account: Account, call: Call) -> wire.Refund:
    refund = find(account, call.id)
    refund.data.metadata = checks.metadata(account, call.params, refund.data.metadata)
    return render(account, refund)


def all_of(account: Account, call: Call) -> wire.Page:
    charge, intent = call.params.get("charge"), call.params.get("payment_intent")
    asked_for = [
        held
        for purchase in account.ledger.purchases
        if intent in (None, purchase.data.id)
        for held in purchase.authorizations
        if charge in (None, held.data.id)
    ]
    made = (movement for held in asked_for for movement in held.movements if movement.kind == "refund")
    newest = sorted(made, key=lambda movement: movement.id, reverse=True)
    found = [render(account, one) for one in newest]
    if call.version < RELEASES_UNTIL:
        found += filter(None, (released(account, held) for held in asked_for))
        found.sort(key=lambda refund: refund.created, reverse=True)
    return page(account, call, found, lambda one: one)


def released(account: Account, held: Authorization) -> wire.Refund | None:
    """What callers of versions before RELEASES_UNTIL see of a hold that was let go, or of the rest after a capture."""
    rest = held.approved - held.captured
    if rest <= 0 or held.state not in ("completed", "voided", "expired"):
        return None
    at = next(entry.at for entry in reversed(account.ledger.journal) if entry.subject is held)
    id_ = account.make_id("re_", f"{held.data.id}/released")
    account.ledger.name(id_, held)
    intent: Intent = held.purchase.data
    return wire.Refund(
        id=id_,
        amount=account.units(rest, intent.currency),
        balance_transaction=None,  # nothing had moved on the balance
        charge=held.data.id,
        created=int(at),
        currency=intent.currency,
        customer=intent.customer,
        destination_details=wire.Destination(card=wire.DestinationCard(type="reversal")),
        failure_balance_transaction=UNSET,
        failure_reason=UNSET,
        metadata={},
        payment_intent=intent.id,
        payment_method=held.data.method.id,
        pending_reason=UNSET,
        reason="expired_uncaptured_charge" if held.state == "expired" else None,
        status="succeeded",
    )


def render(account: Account, refund: Movement) -> wire.Refund:
    said: Repayment = refund.data
    held = refund.authorization
    intent: Intent = held.purchase.data
    failed = refund.state == "failed"
    return wire.Refund(
        id=said.id,
        amount=account.units(refund.amount, intent.currency),
        balance_transaction=account.transaction_of(said.id),
        charge=held.data.id,
        created=said.created,
        currency=intent.currency,
        customer=intent.customer,
        destination_details=wire.Destination(card=wire.DestinationCard(type="refund")),
        failure_balance_transaction=account.transaction_of(f"{said.id}/failed") if failed else UNSET,
        failure_reason=refund.reason if failed else UNSET,
        metadata=said.metadata,
        payment_intent=intent.id,
        payment_method=held.data.method.id,
        pending_reason="processing" if refund.state == "requested" else UNSET,
        reason=said.reason,
        status=STATUS.get(refund.state, "succeeded"),
    )

"""Transactions: sales, and what is done with them afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paypact.gateways.braintree import wire
from paypact.gateways.braintree.simulator import cards, vault
from paypact.gateways.braintree.simulator.account import Account, Method, Record
from paypact.gateways.braintree.simulator.shown import FAILED, Shown, answered, parts, status, transaction
from paypact.payments import Money
from paypact.world.books import Authorization, Movement
from paypact.world.http import NotSimulatedError, Response
from paypact.world.issuer import reject
from paypact.world.ledger import Obstacle


def find(account: Account, id_: str) -> Shown:
    """The transaction of that id.

    Raises:
        Refusal: there is none.
    """
    found = account.ledger.named(id_, Authorization) or account.ledger.named(id_, Movement)
    if found is None:
        raise account.missing()
    return found


def retrieve(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    return Response(200, {"transaction": transaction(account, find(account, id_))})


# --- making -----------------------------------------------------------------------------------------------------------


def create(account: Account, _: str, asked: Mapping[str, Any]) -> Response:
    kind = asked.get("type")
    if kind != "sale":
        if kind == "credit":
            raise NotSimulatedError("Braintree POST /transactions of type credit")
        raise account.refuse("type_required")
    merchant_account, currency = account.settled_by(asked.get("merchant_account_id"))
    amount = account.minor(asked.get("amount"), currency)
    if len(asked.get("order_id") or "") > account.facts.limits["order_id"]:
        raise account.refuse("order_id_long")
    options: Mapping[str, Any] = asked.get("options") or {}
    method = cards.chosen(account, asked)
    record = Record(
        account.make_id(), account.now(), "sale", merchant_account, asked.get("order_id"), method, currency, asked
    )
    purchase = account.ledger.open(Money(amount, currency), record.order_id or "", record.created)
    submit = bool(options.get("submit_for_settlement"))
    held = account.ledger.present(purchase, method.card, automatic=submit, data=record)
    keep(account, held)
    method.spent = method.token is None
    record.rejection = _rejection(account, held, options)
    if record.rejection is not None:
        account.ledger.apply(held, reject("duplicate" if record.rejection == "duplicate" else "authentication_failed"))
    else:
        partial = bool(asked.get("accept_partial_authorization"))
        units = account.words.wire(amount, currency) * 100 // 10 ** account.places(currency)
        account.ledger.apply(held, cards.answer(account, method, units=units, partial=partial))
        said = method.test.wire if method.test is not None else {}
        record.rejection = said.get("rejection") if held.state == "rejected" else None
    if held.state not in FAILED:
        _succeeded(account, held, method, options)
    made = answered(account, held)
    return Response(201, made.body) if made.status == 200 else made


def keep(account: Account, subject: Shown) -> None:
    """Remember a transaction under its id and its order."""
    account.ledger.name(subject.data.id, subject)
    account.made.append(subject)
    account.by_order.setdefault(subject.data.order_id or "", []).append(subject)


def _rejection(account: Account, held: Authorization, options: Mapping[str, Any]) -> str | None:
    """Why the gateway itself refuses, before any bank is asked."""
    record: Record = held.data
    if not record.asked.get("api_request_key"):
        first = account.recent.get(_trace(held))
        if first is not None and (record.created - first.data.created).total_seconds() < account.window:
            return "duplicate"
    secure = record.method.secure
    if (options.get("three_d_secure") or {}).get("required") and not (secure and secure.liability_shifted):
        return "three_d_secure"
    return None


def _trace(held: Authorization) -> tuple[Any, ...]:
    card, record = held.card, held.data
    return held.amount, record.currency, record.order_id, card.key, card.exp_month, card.exp_year


def _succeeded(account: Account, held: Authorization, method: Method, options: Mapping[str, Any]) -> None:
    account.recent[_trace(held)] = held
    if options.get("store_in_vault_on_success") or options.get("store_in_vault"):
        vault.keep(account, method, held.data.asked.get("customer_id"), held.data.asked.get("customer") or {})
    test = method.test
    if test is not None and test.wire.get("dispute") and held.captured:
        account.ledger.request("chargeback", held)


# --- moving -----------------------------------------------------------------------------------------------------------


def _amount(account: Account, subject: Shown, asked: Mapping[str, Any]) -> int | None:
    """What a request asks to move; None: all of it."""
    text = asked.get("amount")
    return None if text in (None, "") else account.minor(text, subject.data.currency)


def submit(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    held = find(account, id_)
    if isinstance(held, Movement) or any(m.kind == "capture" for m in held.movements):
        raise account.refuse("capture_completed")
    account.ledger.request("capture", held, _amount(account, held, asked))
    held.data.order_id = asked.get("order_id") or held.data.order_id
    return answered(account, held)


def submit_part(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    held = find(account, id_)
    if isinstance(held, Movement) or len(parts(held)) < sum(m.kind == "capture" for m in held.movements):
        raise account.refuse("partial_capture")
    amount, final = account.minor(asked.get("amount"), held.data.currency), bool(asked.get("final_capture"))
    record = _following(account, held, "sale", asked)
    try:
        part = account.ledger.request("capture", held, amount, final=final, data=record)
    except Obstacle as obstacle:
        known = obstacle.rule == "capture_exceeds_authorization"
        raise account.refuse(obstacle.rule if known else "partial_capture") from None
    keep(account, part)
    return Response(201, answered(account, part).body)


def _following(account: Account, of: Shown, kind: str, asked: Mapping[str, Any]) -> Record:
    """The record of a transaction that follows another."""
    first: Record = of.data
    order = asked.get("order_id") or first.order_id
    return Record(
        account.make_id(), account.now(), kind, first.merchant_account, order, first.method, first.currency, first.asked
    )


def void(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    subject = find(account, id_)
    if isinstance(subject, Movement):
        if status(account, subject) != "submitted_for_settlement":
            raise account.refuse("void_settled")
        account.ledger.move(subject, "cancel", subject.amount)
        return answered(account, subject)
    account.ledger.request("void", subject)
    return answered(account, subject)


def refund(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    subject = find(account, id_)
    if isinstance(subject, Movement) and subject.kind == "refund":
        raise account.refuse("refund_credit")
    held = subject if isinstance(subject, Authorization) else subject.authorization
    if subject is held and parts(held):
        raise account.refuse("refund_unsettled")  # what was settled in parts is given back in parts
    part = subject if isinstance(subject, Movement) else None
    record = _following(account, subject, "credit", asked)
    made = account.ledger.request("refund", held, _amount(account, subject, asked), of=part, data=record)
    if made.state == "failed":
        raise account.refuse("refund_declined")
    keep(account, made)
    return Response(201, answered(account, made).body)


def reverse(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    """Void it, or where that is too late refund all of it."""
    subject = find(account, id_)
    held = subject if isinstance(subject, Authorization) else subject.authorization
    try:
        account.ledger.request("void", held)
        return answered(account, held)
    except Obstacle:
        if held.refunded:
            raise account.refuse("reverse_impossible") from None
    return refund(account, id_, {})


def adjust(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    """A greater or smaller hold; the amount asked for is the new total."""
    held = find(account, id_)
    if isinstance(held, Movement) or status(account, held) != "authorized":
        raise account.refuse("adjust_state")
    record: Record = held.data
    total = account.minor(asked.get("amount"), record.currency)
    if total == held.approved:
        raise account.refuse("adjust_nothing")
    said = account.world.issuer.answer(held.card) if total > held.approved else None
    if said is not None and said.event != "approve":
        raise account.refuse("adjust_declined")
    change = account.text(abs(total - held.approved), record.currency)
    record.adjustments.append(
        wire.AuthorizationAdjustment(
            amount=change, processor_response_code="1000", processor_response_text="Approved",
            processor_response_type="approved", success=True, timestamp=account.now(),
        )
    )  # fmt: skip
    held.approved = held.amount = total
    account.ledger.move(held, "adjust", total)
    return answered(account, held)


def settle(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    """The sandbox's way of not waiting for the batch."""
    subject = find(account, id_)
    every = [subject] if isinstance(subject, Movement) else [m for m in subject.movements if m.kind == "capture"]
    due = [movement for movement in every if movement.state in ("booked", "settling")]
    if not due:
        raise account.refuse("settle_state")
    for movement in due:
        if movement.state == "booked":
            account.ledger.move(movement, "close", movement.amount)
        account.ledger.move(movement, "settle", movement.amount)
    return answered(account, subject)


# --- searching --------------------------------------------------------------------------------------------------------

TEXTS = {
    "is": lambda text, wanted: text == wanted,
    "is_not": lambda text, wanted: text != wanted,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "contains": str.__contains__,
}


def search_ids(account: Account, _: str, asked: Mapping[str, Any]) -> Response:
    found = [subject.data.id for subject in _searched(account, asked)]
    size = account.facts.wire["search"]["page_size"]
    return Response(200, {"search_results": {"page_size": size, "ids": found}})


def search(account: Account, _: str, asked: Mapping[str, Any]) -> Response:
    found = tuple(transaction(account, subject) for subject in _searched(account, asked))
    page: dict[str, Any] = {"current_page_number": 1, "page_size": account.facts.wire["search"]["page_size"]}
    page |= {"total_items": len(found), "transaction": found}
    return Response(200, {"credit_card_transactions": page})


def _searched(account: Account, asked: Mapping[str, Any]) -> Iterator[Shown]:
    """What the criteria describe, the newest first."""
    wanted = (asked.get("order_id") or {}).get("is")
    for subject in reversed(account.by_order.get(wanted, []) if wanted else account.made):
        if all(_meets(account, subject, field, criterion) for field, criterion in asked.items()):
            yield subject


def _meets(account: Account, subject: Shown, field: str, criterion: Any) -> bool:
    record: Record = subject.data
    values = {
        "id": record.id,
        "ids": record.id,
        "order_id": record.order_id or "",
        "status": status(account, subject),
        "type": record.type,
        "merchant_account_id": record.merchant_account,
        "customer_id": record.asked.get("customer_id") or "",
        "payment_method_token": record.method.token or "",
    }
    if field == "created_at":
        low, high, at = criterion.get("min"), criterion.get("max"), criterion.get("is")
        made = record.created
        return (low is None or low <= made) and (high is None or made <= high) and at in (None, made)
    if field not in values:
        raise NotSimulatedError(f"Braintree searches of transactions by {field}")
    if isinstance(criterion, list):
        return values[field] in criterion
    return all(TEXTS[word](values[field], text) for word, text in criterion.items())

"""The vault: verifications, customers and their stored cards."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from paypact.gateways.braintree import wire
from paypact.gateways.braintree.simulator import cards, shown
from paypact.gateways.braintree.simulator.account import Account, Method, Record
from paypact.payments import Money
from paypact.world.books import Authorization
from paypact.world.http import Refusal, Response
from paypact.world.issuer import approve
from paypact.world.wire import UNSET

LIMITED = ("first_name", "last_name", "email", "phone")


# --- verifications ----------------------------------------------------------------------------------------------------


def verify(account: Account, _: str, asked: Mapping[str, Any]) -> Response:
    options: Mapping[str, Any] = asked.get("options") or {}
    method = cards.chosen(account, asked)
    held = verified(account, method, options.get("merchant_account_id"), asked)
    method.spent = method.token is None and account.facts.wire["customs"]["verified_nonce"]["spent"]
    if held.state in shown.FAILED:
        raise failed(account, held)
    return Response(201, {"verification": verification(account, held)})


def verified(
    account: Account, method: Method, merchant_account: str | None, asked: Mapping[str, Any], *, ask: bool = True
) -> Authorization:
    """A card whose bank was asked for nothing; without `ask` it is only kept, and nobody was asked."""
    merchant_account, currency = account.settled_by(merchant_account)
    record = Record(account.make_id(), account.now(), "verification", merchant_account, None, method, currency, asked)
    purchase = account.ledger.open(Money(0, currency), data=record.created)
    held = account.ledger.present(purchase, method.card, 0, automatic=False, data=record)
    account.ledger.name(f"verification/{record.id}", held)
    said = cards.answer(account, method, units=None, partial=False) if ask else approve()
    account.ledger.apply(held, said)
    if held.state == "rejected" and method.test is not None:
        record.rejection = method.test.wire.get("rejection")
    return held


def failed(account: Account, held: Authorization) -> Refusal:
    """A verification that was answered no."""
    seen, said = verification(account, held), shown.said_no(account, held)
    error = wire.FailedVerification(
        errors={"errors": []}, message=said["message"], params=shown.params(held.data.asked), verification=seen
    )
    return Refusal(Response(422, {"api_error_response": error}))


def retrieve_verification(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    held = account.ledger.named(f"verification/{id_}", Authorization)
    if held is None:
        raise account.missing()
    return Response(200, {"verification": verification(account, held)})


def verification(account: Account, held: Authorization) -> wire.Verification:
    record: Record = held.data
    said, now = shown.answer(account, held), shown.status(account, held)
    for name in ("additional_processor_response", "processor_authorization_code"):
        del said[name]
    return wire.Verification(
        **said,
        id=record.id,
        global_id=f"dmVyaWZpY2F0aW9u{record.id}",
        amount=account.text(0, record.currency),
        billing=shown.address((record.asked.get("credit_card") or {}).get("billing_address")),
        created_at=record.created,
        credit_card=cards.shown(account, record.method),
        currency_iso_code=record.currency,
        merchant_account_id=record.merchant_account,
        status="verified" if now == "authorized" else now,
        three_d_secure_info=record.method.secure or UNSET,
        updated_at=record.created,
    )


# --- customers --------------------------------------------------------------------------------------------------------


def create_customer(account: Account, _: str, asked: Mapping[str, Any]) -> Response:
    id_ = asked.get("id") or account.make_id("customer")
    if id_ in account.customers:
        raise account.refuse("customer_id_taken")
    if not id_.replace("-", "").replace("_", "").isalnum():
        raise account.refuse("customer_id_invalid")
    said = _checked(account, asked)
    method = None
    if "payment_method_nonce" in asked or "credit_card" in asked:
        method = _presented(account, asked, asked.get("credit_card") or {})
    account.customers[id_] = {**said, "id": id_, "created": account.now()}
    if method is not None:
        _own(account, method, id_, (asked.get("credit_card") or {}).get("token"))
    return Response(201, {"customer": customer(account, id_)})


def _checked(account: Account, asked: Mapping[str, Any]) -> dict[str, Any]:
    for name in LIMITED:
        if len(asked.get(name) or "") > account.facts.limits[name]:
            raise account.refuse(f"customer_{name}_long")
    email = asked.get("email")
    if email and ("@" not in email.strip("@") or " " in email):
        raise account.refuse("customer_email_format")
    return {name: asked[name] for name in wire.CustomerDetails.__struct_fields__ if asked.get(name)}


def _presented(account: Account, asked: Mapping[str, Any], card: Mapping[str, Any]) -> Method:
    """The card that is to be stored, verified where that was asked for.

    Raises:
        Refusal: it cannot be used, or its bank said no.
    """
    nonce = asked.get("payment_method_nonce") or card.get("payment_method_nonce")
    method = cards.of_nonce(account, nonce, "vault_nonce") if nonce else cards.chosen(account, {"credit_card": card})
    options: Mapping[str, Any] = card.get("options") or {}
    ask = bool(options.get("verify_card"))
    held = verified(account, method, options.get("verification_merchant_account_id"), {}, ask=ask)
    if held.state in shown.FAILED:
        raise failed(account, held)
    return method


def _own(account: Account, method: Method, customer_id: str, token: str | None = None) -> Method:
    """Store a card for a customer; what it came in is spent."""
    method.spent = True
    kept = Method(method.card, method.test, token=token or account.make_id("token"), customer=customer_id)
    account.vault[kept.token or ""] = kept
    return kept


def keep(account: Account, method: Method, customer_id: str | None, said: Mapping[str, Any]) -> None:
    """Store the card of a transaction, for its customer or a new one."""
    id_ = customer_id or said.get("id") or account.make_id("customer")
    account.customers.setdefault(id_, {**said, "id": id_, "created": account.now()})
    if method.token is None:
        method.token, method.customer = _own(account, method, id_).token, id_


def retrieve_customer(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    if id_ not in account.customers:
        raise account.missing()
    return Response(200, {"customer": customer(account, id_)})


def update_customer(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    if id_ not in account.customers:
        raise account.missing()
    account.customers[id_] |= _checked(account, asked)
    if "payment_method_nonce" in asked:
        _own(account, _presented(account, asked, asked.get("credit_card") or {}), id_)
    return Response(200, {"customer": customer(account, id_)})


def delete_customer(account: Account, id_: str, asked: Mapping[str, Any]) -> Response:
    if account.customers.pop(id_, None) is None:
        raise account.missing()
    account.vault = {token: kept for token, kept in account.vault.items() if kept.customer != id_}
    return Response(200, b"")


def customer(account: Account, id_: str) -> wire.Customer:
    said = dict(account.customers[id_])
    made = said.pop("created")
    listed: dict[str, Any] = {"credit_cards": [], "apple_pay_cards": [], "android_pay_cards": []}
    for kept in account.vault.values():
        if kept.customer == id_:
            for kind, card in cards.stored(account, kept).items():
                listed[f"{kind}s"].append(card)
    return wire.Customer(
        **said,
        addresses=[],
        created_at=made,
        **listed,
        merchant_id=account.credentials()["merchant_id"],
        updated_at=made,
    )


# --- stored cards -----------------------------------------------------------------------------------------------------


def create_method(account: Account, _: str, asked: Mapping[str, Any]) -> Response:
    id_ = asked.get("customer_id")
    if not id_:
        raise account.refuse("vault_customer_required")
    if id_ not in account.customers:
        raise account.refuse("vault_customer_unknown")
    if not asked.get("payment_method_nonce"):
        raise account.refuse("vault_nonce_required")
    kept = _own(account, _presented(account, asked, asked), id_, asked.get("token"))
    return Response(201, cards.stored(account, kept))


def retrieve_method(account: Account, token: str, asked: Mapping[str, Any]) -> Response:
    if token not in account.vault:
        raise account.missing()
    return Response(200, cards.stored(account, account.vault[token]))


def delete_method(account: Account, token: str, asked: Mapping[str, Any]) -> Response:
    if account.vault.pop(token, None) is None:
        raise account.missing()
    return Response(200, b"")


def client_token(account: Account, _: str, asked: Mapping[str, Any]) -> Response:
    said = {"version": 2, "merchantId": account.credentials()["merchant_id"], "environment": "sandbox"}
    return Response(201, {"client_token": {"value": base64.b64encode(json.dumps(said).encode()).decode()}})

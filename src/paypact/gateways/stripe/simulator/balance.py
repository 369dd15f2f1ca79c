"""Balance transactions: what each charge, refund and failed refund moved on the merchant's balance.

They are derived from the books when they are asked for. What Stripe keeps for its service is a matter of contract, so
nothing is kept here, as in the vendor's example object; and all of it is available at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the balance; `minor` is negative where money went out."""

    id: str
    created: int
    kind: str
    minor: int
    currency: str
    source: str
    said: str | None


def retrieve(account: Account, call: Call) -> wire.BalanceTransaction:
    return find(account, call.id)


def find(account: Account, id_: str) -> wire.BalanceTransaction:
    row = next((row for row in _rows(account) if row.id == id_), None)
    if row is None:
        raise account.missing("balance_transaction", id_, None)
    return _render(account, row)


def all_of(account: Account, call: Call) -> wire.Page:
    source, kind, currency = (call.params.get(name) for name in ("source", "type", "currency"))
    found = [
        row
        for row in _rows(account)
        if source in (None, row.source) and kind in (None, row.kind) and currency in (None, row.currency)
    ]
    found.sort(key=lambda row: row.created, reverse=True)
    return page(account, call, found, lambda row: _render(account, row))


def _rows(account: Account) -> Iterator[Row]:
    """Every line, the newest purchase first."""
    for purchase in reversed(account.ledger.purchases):
        currency = purchase.data.currency
        for held in reversed(purchase.authorizations):
            for one in reversed(held.movements):
                if one.kind == "refund":
                    made = one.data
                    if one.state == "failed":
                        id_ = account.transaction_of(f"{made.id}/failed")
                        yield Row(id_, made.created, "refund_failure", one.amount, currency, made.id, None)
                    id_ = account.transaction_of(made.id)
                    yield Row(id_, made.created, "refund", -one.amount, currency, made.id, None)
            booked, charge = account.transaction(held), held.data
            if booked is not None:
                yield Row(booked, charge.created, "charge", held.captured, currency, charge.id, charge.description)


def _render(account: Account, row: Row) -> wire.BalanceTransaction:
    amount = account.units(abs(row.minor), row.currency) * (1 if row.minor >= 0 else -1)
    return wire.BalanceTransaction(
        id=row.id,
        amount=amount,
        available_on=row.created,
        created=row.created,
        currency=row.currency,
        description=row.said,
        fee_details=[],
        net=amount,
        reporting_category=row.kind,
        source=row.source,
        type=row.kind,
    )

"""Balance transactions: what each charge, refund and failed refund moved on the merchant's balance.

They are derived from the books when they are asked for. What Stripe keeps for its service is a matter of contract, so
nothing is kept here, as in the vendor's example object; and all of it is available at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Attempt, Repayment


def retrieve(account: Account, call: Call) -> wire.BalanceTransaction:
    return find(account, call.id)


def find(account: Account, id_: str) -> wire.BalanceTransaction:
    line = next((line for line in _lines(account) if line.id == id_), None)
    if line is None:
        raise account.missing("balance_transaction", id_, None)
    return line


def all_of(account: Account, call: Call) -> wire.Page:
    asked = {name: call.params[name] for name in ("source", "type", "currency") if name in call.params}
    found = [line for line in _lines(account) if all(getattr(line, name) == value for name, value in asked.items())]
    return page(account, call, sorted(found, key=lambda line: line.created, reverse=True), lambda line: line)


def _lines(account: Account) -> Iterator[wire.BalanceTransaction]:
    for purchase in account.ledger.purchases:
        for held in purchase.authorizations:
            charge, booked = held.data, account.transaction(held)
            if booked is not None:
                yield _line(account, booked, "charge", held.captured, charge, purchase.price.currency)
            for refund in (each for each in held.movements if each.kind == "refund"):
                amount, currency = refund.amount, purchase.price.currency
                yield _line(account, account.transaction_of(refund.data.id), "refund", -amount, refund.data, currency)
                if refund.state == "failed":
                    back = account.transaction_of(f"{refund.data.id}/failed")
                    yield _line(account, back, "refund_failure", amount, refund.data, currency)


def _line(
    account: Account, id_: str, kind: str, minor: int, source: Attempt | Repayment, currency: str
) -> wire.BalanceTransaction:
    """One line of the balance; `minor` is negative where money went out."""
    amount = account.units(abs(minor), currency) * (1 if minor > 0 else -1)
    return wire.BalanceTransaction(
        id=id_,
        amount=amount,
        available_on=source.created,
        created=source.created,
        currency=currency.lower(),
        description=source.description if isinstance(source, Attempt) else None,
        fee_details=[],
        net=amount,
        reporting_category=kind,
        source=source.id,
        type=kind,
    )

"""Customers."""

from __future__ import annotations

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import checks, methods
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Person

ECHOED = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping", "invoice_settings")


def create(account: Account, call: Call) -> wire.Customer:
    person = _take(account, Person(account.make_id("cus_"), account.now(), {}), call)
    if "payment_method" in call.params:
        methods.usable(account, call.params["payment_method"], None).customer = person.id
    account.people[person.id] = person
    return render(account, person)


def update(account: Account, call: Call) -> wire.Customer:
    return render(account, _take(account, account.person(call.id, None), call))


def _take(account: Account, person: Person, call: Call) -> Person:
    checks.texts(account, call.params, "customers")
    person.metadata = checks.metadata(account, call.params, person.metadata)
    person.params |= {name: call.params[name] or None for name in ECHOED if name in call.params}
    return person


def retrieve(account: Account, call: Call) -> wire.Customer | wire.Deleted:
    person = account.people.get(call.id)
    if person is not None and person.deleted:
        return wire.Deleted(id=person.id, object="customer")
    return render(account, account.person(call.id, None))


def delete(account: Account, call: Call) -> wire.Deleted:
    person = account.person(call.id, None)
    person.deleted = True
    return wire.Deleted(id=person.id, object="customer")


def all_of(account: Account, call: Call) -> wire.Page:
    email = call.params.get("email")
    people = (one for one in reversed(account.people.values()) if not one.deleted)
    return page(
        account,
        call,
        (one for one in people if email in (None, one.params.get("email"))),
        lambda one: render(account, one),
    )


def render(account: Account, person: Person) -> wire.Customer:
    said = person.params
    return wire.Customer(
        id=person.id,
        address=methods.address(said["address"]) if said.get("address") else None,
        created=person.created,
        description=said.get("description"),
        email=said.get("email"),
        invoice_prefix=person.id[-8:].upper(),
        invoice_settings=wire.InvoiceSettings(
            default_payment_method=(said.get("invoice_settings") or {}).get("default_payment_method")
        ),
        metadata=person.metadata,
        name=said.get("name"),
        phone=said.get("phone"),
        preferred_locales=said.get("preferred_locales") or [],
        shipping=said.get("shipping"),
    )

"""Customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import methods
from paypact.gateways.stripe.simulator.lists import page
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Person

if TYPE_CHECKING:
    from paypact.gateways.stripe.simulator import Stripe


def create(stripe: Stripe, call: Call) -> wire.Customer:
    stripe.check_texts(call.params, "customers")
    person = Person(stripe.make_id("cus_"), stripe.now(), {}, stripe.metadata(call.params, {}))
    if "payment_method" in call.params:
        methods.usable(stripe, call.params["payment_method"], None).customer = person.id
    stripe.customers[person.id] = person
    _take(person, call)
    return render(stripe, person)


def update(stripe: Stripe, call: Call) -> wire.Customer:
    person = stripe.person(call.id, None)
    stripe.check_texts(call.params, "customers")
    person.metadata = stripe.metadata(call.params, person.metadata)
    _take(person, call)
    return render(stripe, person)


def _take(person: Person, call: Call) -> None:
    for name in ("address", "description", "email", "name", "phone", "preferred_locales", "shipping", "invoice_settings"):
        if name in call.params:
            person.params[name] = call.params[name] or None


def retrieve(stripe: Stripe, call: Call) -> wire.Customer | wire.Deleted:
    person = stripe.customers.get(call.id)
    if person is not None and person.deleted:
        return wire.Deleted(id=person.id, object="customer")
    return render(stripe, stripe.person(call.id, None))


def delete(stripe: Stripe, call: Call) -> wire.Deleted:
    person = stripe.person(call.id, None)
    person.deleted = True
    return wire.Deleted(id=person.id, object="customer")


def all_of(stripe: Stripe, call: Call) -> wire.Page:
    email = call.params.get("email")
    people = [one for one in reversed(stripe.customers.values()) if not one.deleted and email in (None, one.params.get("email"))]
    return page(stripe, call, people, lambda one: render(stripe, one))


def render(stripe: Stripe, person: Person) -> wire.Customer:
    said = person.params
    default = (said.get("invoice_settings") or {}).get("default_payment_method")
    return wire.Customer(
        id=person.id,
        address=wire.Address(**said["address"]) if said.get("address") else None,
        created=person.created,
        description=said.get("description"),
        email=said.get("email"),
        invoice_prefix=person.id[-8:].upper(),
        invoice_settings=wire.InvoiceSettings(default_payment_method=default),
        metadata=dict(person.metadata),
        name=said.get("name"),
        phone=said.get("phone"),
        preferred_locales=said.get("preferred_locales") or [],
        shipping=said.get("shipping"),
    )

"""Needs: which fields a shop cannot do without, how it reads them, and what happens then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from paypact import Approved, Driver, Outcome, Unknown
from paypact.contract.ablation import STANDS_IN
from paypact.contract.model import IntegrationNeeds, Need, ReplyNeeds
from paypact.contract.needs import UNSTEADY, study
from paypact.contract.pact import Writer
from paypact.contract.staging import situations
from paypact.testkit.target import Target, targets

Reading = Callable[[dict[str, Any]], Outcome]


def shop_that(read: Reading) -> Target:
    """A shop that sells only, and reads an approved sale in this way."""
    from tin.declared import Careful

    class Reader(Driver, gateway="tin", name="reader"):
        def __init__(self, gateway: Any) -> None:
            self.inner = Careful(gateway)

        def sale(self, payment: Any) -> Outcome:
            reply = self.inner.payments.charge(payment, capture=True)
            if reply is None or reply.get("status") != "approved":
                return Unknown()
            return read(reply)

    return targets(Reader)[0]


def reply_of(found: IntegrationNeeds, operation: str, answer: str = "approve") -> ReplyNeeds:
    return next(each for each in found.replies if (each.operation, each.answer) == (operation, answer))


def needs_of(target: Target, operation: str, answer: str = "approve") -> dict[str, Need]:
    return {need.field: need for need in reply_of(study(target).result(), operation, answer).needs}


def by_brand(reply: dict[str, Any]) -> Outcome:
    return Approved(reply["id"]) if reply["brand"] in ("VISA", "MC") else Unknown()


def by_amount(reply: dict[str, Any]) -> Outcome:
    return Approved("t") if reply["amount"] > 0 else Unknown()


def as_number(reply: dict[str, Any]) -> Outcome:
    return Approved("t") if isinstance(reply["captured"], int) else Unknown()


def by_presence(reply: dict[str, Any]) -> Outcome:
    return Approved("t") if "bank" in reply else Unknown()


def by_either(reply: dict[str, Any]) -> Outcome:
    return Approved("t") if reply.get("brand") or reply.get("network") else Unknown()


READINGS = [  # how an approved sale is read; the field, and how that is told; what happens without it
    pytest.param(by_brand, "brand", "value", "sale crashes with KeyError: 'brand'", id="its value decides"),
    pytest.param(by_brand, "id", "handed on", "sale crashes with KeyError: 'id'", id="its value is handed on"),
    pytest.param(by_amount, "amount", "type", "sale crashes with KeyError: 'amount'", id="a number of any size"),
    pytest.param(as_number, "captured", "type", "sale crashes with KeyError: 'captured'", id="its type matters"),
    pytest.param(by_presence, "bank", "presence", "sale answers Unknown()", id="it has to be there"),
    pytest.param(by_either, "network", "presence", STANDS_IN, id="where another field is gone too"),
]


@pytest.mark.parametrize(("read", "field", "how", "without"), READINGS)
def test_how_a_field_is_read(tin: None, read: Reading, field: str, how: str, without: str) -> None:
    """Each way of reading a field is told from the others, with what happens when it is gone."""
    need = needs_of(shop_that(read), "sale")[field]

    assert (need.read, need.without) == (how, without)


def test_what_is_not_read_is_not_needed(tin: None) -> None:
    """A field that nobody reads is not needed, and all of them are gone at once in the end."""
    found = reply_of(study(shop_that(by_amount)).result(), "sale")

    assert [need.field for need in found.needs] == ["status", "amount"]
    assert set(found.unneeded) == {"id", "captured", "refunded", "brand", "network", "bank"}
    assert found.together


def test_fields_that_stand_in_for_each_other(tin: None) -> None:
    """Where either of two fields will do, dropping one changes nothing and dropping both does: one of them is kept."""
    found = reply_of(study(shop_that(by_either)).result(), "sale")

    assert not found.together
    assert [need.field for need in found.needs if need.field in ("brand", "network")] == ["network"]


def test_an_object_that_nobody_misses_is_gone_rather_than_empty(
    plain_tin: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object that must not be null or empty, as in XML, but can be gone: nothing in it is needed for its sake."""
    from tin.simulator import Tin

    shown = Tin.shown

    def with_buyer(self: Any, charge: Any) -> Any:
        response = shown(self, charge)
        response.body["buyer"] = {"name": "Jo", "town": "Ghent"}
        return response

    def read(reply: dict[str, Any]) -> Outcome:
        return Approved("t") if reply.get("buyer", True) else Unknown()

    monkeypatch.setattr(Tin, "shown", with_buyer)
    found = study(shop_that(read))
    sale = reply_of(found.result(), "sale")
    body = Writer(found).document()["interactions"][0]["response"]["body"]["content"]

    assert [(need.field, need.null) for need in sale.needs][1:] == [("buyer", "sale answers Unknown()")]
    assert {"buyer.name", "buyer.town"} <= set(sale.unneeded)
    assert sale.together
    assert list(body) == ["status"]


def test_an_id_in_a_later_address_is_needed(shop: Target) -> None:
    """The id of an authorization is needed for the address of its capture and of its void."""
    found = study(shop).result()

    assert reply_of(found, "authorize").needs[0].field == "id"
    assert {each.request for each in found.replies if each.operation in ("capture", "void")} == {
        "POST /charges/{}/capture",
        "POST /charges/{}/void",
    }


def test_each_state_has_needs_of_its_own(shop: Target) -> None:
    """A reason is needed of a declined sale alone, an address of a challenged one."""
    found = study(shop).result()

    assert [need.field for need in reply_of(found, "sale").needs] == ["id", "status"]
    assert [need.field for need in reply_of(found, "sale", "decline:refused_unspecified").needs] == [
        *("id", "status", "reason"),
    ]
    assert [need.field for need in reply_of(found, "sale", "challenge").needs] == ["id", "status", "url"]


def test_every_way_on_is_played(shop: Target) -> None:
    """From the plainest state each thing that the shop can do next is played, from the others one of them."""
    ways = [(each.case.operation, each.case.answer, each.following) for each in situations(shop)]

    assert [way for way in ways if way[0] == "authorize"][:3] == [
        ("authorize", "approve", "capture"),
        ("authorize", "approve", "void"),
        ("authorize", "decline:refused_unspecified", "capture"),
    ]


def test_an_integration_that_tosses_a_coin(tin: None) -> None:
    """Two plays of the same payment that go different ways say nothing, and that is said."""
    tossed = iter(range(1_000))

    def read(reply: dict[str, Any]) -> Outcome:
        return Approved(f"transaction {next(tossed)}")

    assert study(shop_that(read)).result().notes[0] == f"sale, approve: {UNSTEADY}"


def test_webhooks_are_taken_apart(plain_tin: None) -> None:
    """Of a webhook is needed what the shop reads of it to keep its order, and what makes it the later one."""
    from tin.orders import TinOrders

    found = study(targets(TinOrders)[0]).result()
    hooks = {each.request: {need.field for need in each.needs} for each in found.replies if each.operation == "receive"}

    assert hooks["charge.book"] == {
        *("number", "charge", "charge.id", "charge.captured"),
        *("charge.refunded", "charge.reference", "charge.currency"),
    }

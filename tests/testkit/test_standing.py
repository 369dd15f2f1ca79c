"""Standing: hand-made ledgers, each said in one word, per payment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from paypact.cards import build
from paypact.cards.card import Card
from paypact.payments import Address, Customer, Money, Payment
from paypact.testkit.standing import Standing, order_word, standing
from paypact.world import issuer
from paypact.world.books import Authorization, Purchase
from paypact.world.clock import Clock
from paypact.world.http import Request
from paypact.world.issuer import Answer
from paypact.world.ledger import Ledger
from paypact.world.ledger_tables import Terms
from paypact.world.network import Fault
from paypact.world.recording import Recording

CARD, OTHER, STRANGER = build("visa"), build("jcb"), build("amex")
PRICE = Money(1000, "EUR")
SHOPPER = Customer(
    "Test Cardholder", "t@example.com", None, Address("1 Road", None, "Town", None, None, "US"), "en", ""
)
TERMS = Terms(source="test", captures="many", expires=600.0)


class Books:
    """One example's ledger and recording. The first payment is by CARD, the second press at the same order by OTHER."""

    def __init__(self, terms: Terms = TERMS) -> None:
        self.clock = Clock()
        self.ledger = Ledger(terms, self.clock)
        self.recording = Recording()
        self.first = self.payment("order-1", 1, CARD)
        self.payments = [self.first]

    def payment(self, reference: str, press: int, card: Card) -> Payment:
        return Payment(reference, f"{reference}-{press}", PRICE, card, "", SHOPPER, (), "", "https://shop.example/")

    def press(self, card: Card = OTHER, reference: str = "order-1") -> Payment:
        """A further payment of the example."""
        self.payments.append(self.payment(reference, len(self.payments) + 1, card))
        return self.payments[-1]

    def exchange(self, payment: Payment | None = None) -> Any:
        """An exchange made for a payment."""
        sent = self.recording.begin(
            Request("POST", "https://api.example/", {}), "sale", (payment or self.first).attempt, 0
        )
        self.ledger.attempt = sent.attempt
        return sent

    def opened(self, payment: Payment | None = None, price: Money = PRICE) -> Purchase:
        self.exchange(payment)
        return self.ledger.open(price, (payment or self.first).reference)

    def paid(
        self,
        answer: Answer | None = None,
        *,
        payment: Payment | None = None,
        card: Card | None = None,
        automatic: bool = True,
        price: Money = PRICE,
        purchase: Purchase | None = None,
    ) -> Authorization:
        """A card presented for a payment and answered."""
        for_whom = payment or self.first
        bought = purchase or self.opened(for_whom, price)
        held = self.ledger.present(bought, card or for_whom.card, automatic=automatic)
        if answer is not None or price.minor:
            self.ledger.apply(held, answer or issuer.approve())
        return held

    def found(self, payment: Payment | None = None) -> Standing:
        return standing(self.ledger, self.recording, payment or self.first, self.payments)


def nothing(books: Books) -> None:
    pass


def refused_request(books: Books) -> None:
    books.opened()
    books.exchange().kind = "refused"


def lost_request(books: Books) -> None:
    books.opened()
    books.exchange().fault = Fault("reset", "before", exchange=1)


def lost_request_looked_up(books: Books) -> None:
    lost_request(books)
    books.exchange().operation = "lookup"


def healed_request(books: Books) -> None:
    books.exchange().fault = Fault("reset", "before", exchange=1)
    books.opened()


def canceled(books: Books) -> None:
    books.ledger.move(books.opened(), "cancel")


def turned_away(books: Books) -> None:
    books.ledger.exchange = books.exchange()
    books.ledger.turn_away(CARD, "malformed_number")


def others_turned_away(books: Books) -> None:
    books.ledger.exchange = books.exchange(books.press())
    books.ledger.turn_away(OTHER, "malformed_number")


def presented(books: Books) -> None:
    books.ledger.present(books.opened(), CARD, automatic=True)


def challenge_failed(books: Books) -> None:
    books.ledger.authenticate(books.paid(issuer.challenge()), passed=False)


def voided(books: Books) -> None:
    books.ledger.request("void", books.paid(automatic=False))


def expired(books: Books) -> None:
    books.paid(automatic=False)
    books.clock.advance(600)


def refunded(books: Books) -> None:
    books.ledger.request("refund", books.paid())


def partly_refunded(books: Books) -> None:
    books.ledger.request("refund", books.paid(), 400)


def partly_captured(books: Books) -> None:
    books.ledger.request("capture", books.paid(automatic=False), 400, final=False)


def captured_and_refunded_with_a_rest_on_hold(books: Books) -> None:
    held = books.paid(automatic=False)
    books.ledger.request("capture", held, 400, final=False)
    books.ledger.request("refund", held)


def rest_released(books: Books) -> None:
    held = books.paid(automatic=False)
    books.ledger.request("capture", held, 400, final=False)
    books.ledger.request("void", held)


def disputed(books: Books) -> None:
    books.ledger.request("chargeback", books.paid())


def two_charges(books: Books) -> None:
    books.paid()
    books.paid()


def second_press_charges_too(books: Books) -> None:
    books.paid()
    books.paid(payment=books.press())


def strange_card_charges_too(books: Books) -> None:
    books.paid()
    books.paid(card=STRANGER)


def more_than_the_price(books: Books) -> None:
    books.paid(price=Money(1001, "EUR"))


def gave_one_back(books: Books) -> None:
    books.ledger.request("refund", books.paid())
    books.paid()


def second_try_on_one_purchase(books: Books) -> None:
    purchase = books.opened()
    books.paid(issuer.decline("insufficient_funds"), purchase=purchase)
    books.paid(purchase=purchase)


def strange_card(books: Books) -> None:
    books.paid(card=STRANGER)


def another_order(books: Books) -> None:
    books.paid()
    books.paid(payment=books.press(OTHER, "order-2"))


def verified_twice(books: Books) -> None:
    for _ in range(2):
        books.paid(issuer.approve(), automatic=False, price=Money(0, "EUR"))


def only_the_second_press(books: Books) -> None:
    books.paid(payment=books.press())


def by_the_browser(books: Books) -> None:
    purchase = books.opened()
    books.ledger.attempt = None
    books.paid(purchase=purchase)


STANDINGS: dict[str, tuple[Callable[[Books], object], str, str]] = {
    # What happened, the standing of the first payment, its row in the table of orders where that says more.
    "nothing": (nothing, "untouched", ""),
    "opened": (Books.opened, "open", ""),
    "refused request": (refused_request, "untouched", ""),
    "lost request": (lost_request, "untouched", ""),
    "lost request, looked up": (lost_request_looked_up, "untouched", ""),
    "healed request": (healed_request, "open", ""),
    "canceled": (canceled, "undone", "undone-by-void"),
    "turned away": (turned_away, "refused", ""),
    "others turned away": (others_turned_away, "untouched", ""),
    "only the second press": (only_the_second_press, "untouched", ""),
    "presented": (presented, "pending", ""),
    "declined": (lambda books: books.paid(issuer.decline("lost_card")), "refused", ""),
    "rejected": (lambda books: books.paid(issuer.reject("suspected_fraud")), "refused", ""),
    "challenge failed": (challenge_failed, "refused", ""),
    "challenged": (lambda books: books.paid(issuer.challenge()), "challenged", ""),
    "deferred": (lambda books: books.paid(issuer.defer()), "pending", ""),
    "held in review": (lambda books: books.paid(issuer.hold()), "review", ""),
    "authorized": (lambda books: books.paid(automatic=False), "authorized", ""),
    "approved in part": (lambda books: books.paid(issuer.approve(500)), "paid", ""),
    "paid": (Books.paid, "paid", ""),
    "partly refunded": (partly_refunded, "paid", ""),
    "partly captured": (partly_captured, "paid", ""),
    "rest released": (rest_released, "paid", ""),
    "captured and refunded with a rest on hold": (captured_and_refunded_with_a_rest_on_hold, "authorized", ""),
    "by the browser": (by_the_browser, "paid", ""),
    "second try on one purchase": (second_try_on_one_purchase, "paid", ""),
    "strange card": (strange_card, "paid", ""),
    "gave one back": (gave_one_back, "paid", ""),
    "another order": (another_order, "paid", ""),
    "voided": (voided, "undone", "undone-by-void"),
    "expired": (expired, "undone", "undone-by-void"),
    "refunded": (refunded, "undone", "undone-by-refund"),
    "disputed": (disputed, "disputed", ""),
    "verified twice": (verified_twice, "authorized", ""),
    "two charges": (two_charges, "twice", ""),
    "second press charges too": (second_press_charges_too, "twice", ""),
    "strange card charges too": (strange_card_charges_too, "twice", ""),
    "more than the price": (more_than_the_price, "twice", ""),
}


@pytest.mark.parametrize("name", STANDINGS)
def test_the_ledger_in_one_word(name: str) -> None:
    """What truly happened to the money, for one payment; the order's row where it tells more apart."""
    happened, word, row = STANDINGS[name]
    books = Books()
    happened(books)

    assert books.found().word == word
    assert order_word(books.found()) == (row or word)


def test_a_capture_that_is_only_requested() -> None:
    """To an outcome it is paid; the shop's order may still call it authorized."""
    books = Books(Terms(source="test", acknowledges=("sale",), delay=60.0))
    books.paid()
    waiting = (books.found().word, order_word(books.found()))
    books.clock.advance(60)
    booked = (books.found().word, order_word(books.found()))

    assert (waiting, booked) == (("paid", "capture-requested"), ("paid", "paid"))


@pytest.mark.parametrize(("acknowledged", "row"), [((), "captured-then-voided"), (("sale",), "undone-by-void")])
def test_a_void_of_a_capture(acknowledged: Any, row: str) -> None:
    """What was captured went back, what was only requested never moved: an order may be called refunded after one."""
    terms = Terms(source="test", acknowledges=acknowledged, delay=60.0, void_until="settling", cutoff=3600.0)
    books = Books(terms)
    books.ledger.request("void", books.paid())

    assert (books.found().word, order_word(books.found())) == ("undone", row)


def test_each_press_has_its_own_standing() -> None:
    """After a decline another card pays: the first press stays refused, the second is paid, and nobody paid twice."""
    books = Books()
    books.paid(issuer.decline("insufficient_funds"))
    second = books.press()
    replayed = books.found(second)
    books.paid(payment=second)

    assert (replayed.word, books.found().word, books.found(second).word) == ("untouched", "refused", "paid")
    assert books.found().reason == "insufficient_funds"


def test_the_same_card_pressed_again_is_told_apart_by_its_press() -> None:
    """After a soft decline the same card may pay: each press has the answer that it got."""
    books = Books()
    books.paid(issuer.decline("insufficient_funds"))
    second = books.press(CARD)
    books.paid(payment=second)

    assert (books.found().word, books.found(second).word) == ("refused", "paid")


def test_reasons_and_amounts_are_the_authorizations() -> None:
    """A standing leads to what it was read from."""
    books = Books()
    held = books.paid(issuer.approve(500))

    assert books.found() == Standing("paid", held, "")
    assert held.approved == 500
    turned_away(other := Books())
    assert other.found() == Standing("refused", None, "malformed_number")


def test_a_card_is_known_by_its_number() -> None:
    """A new expiry date is still the shopper's card."""
    books = Books()
    books.paid(card=replace(CARD, exp_year=2040))

    assert books.found().word == "paid"

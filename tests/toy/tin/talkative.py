"""Tin integrations that say too much, and some that say just enough, for the tests of the promise secrecy."""

from __future__ import annotations

import base64
import logging
import sys
import warnings
from typing import Any

import requests
import urllib3

from paypact import Declined, Outcome, Payment, SimulatedGateway
from tin.integration import TIMEOUT, TinPayments, TinShop

log = logging.getLogger("shop.payments")
quiet = logging.getLogger("shop.quiet")  # as a shop might have set it up: what looks like a number is masked
quiet.propagate = False


class Masking(logging.Filter):
    """Leaves the last four digits."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(f"***{str(each)[-4:]}" for each in record.args)
        return True


handler = logging.StreamHandler(sys.__stderr__)
handler.setLevel(logging.CRITICAL)
handler.addFilter(Masking())
quiet.addHandler(handler)


class Talkative(TinShop):
    """A shop that says something about the payment before each sale, in one of these ways."""

    def __init__(self, gateway: SimulatedGateway) -> None:
        super().__init__(gateway)
        self.key = gateway.credentials["key"]
        self.made()

    def made(self) -> None:
        """Once the shop is there."""

    def sale(self, payment: Payment) -> Outcome:
        say(self, payment)
        return super().sale(payment)

    def speak(self, payment: Payment) -> None:
        """Say it."""


def say(shop: Talkative, payment: Payment) -> None:
    """The shop's own code, as far as the driver is concerned."""
    shop.speak(payment)


def printed(text: str) -> None:
    print(text)  # noqa: T201


def complain(text: str) -> None:
    sys.stderr.write(f"paying with {text}")


def advise(text: str) -> None:
    warnings.warn(text, UserWarning, stacklevel=2)


def note(*message: Any, **more: Any) -> None:
    log.debug(*message, **more)


def give_up(text: str) -> None:
    try:
        int(text)
    except ValueError as error:
        raise RuntimeError("the form is wrong") from error


class LogsTheNumber(Talkative):
    def speak(self, payment: Payment) -> None:
        note("paying with %s", payment.card.number)


class LogsTheCode(Talkative):
    def speak(self, payment: Payment) -> None:
        note("form", extra={"cvc": payment.card.cvc})


class LogsGroups(Talkative):
    def speak(self, payment: Payment) -> None:
        note("card %s", " ".join(payment.card.number[at : at + 4] for at in range(0, 20, 4)))


class LogsTooLittleMasked(Talkative):
    def speak(self, payment: Payment) -> None:
        note("card %s", f"{payment.card.number[:10]}**{payment.card.number[-4:]}")


class LogsBase64(Talkative):
    def speak(self, payment: Payment) -> None:
        note("form %s", base64.b64encode(f"number={payment.card.number}".encode()).decode())


class Prints(Talkative):
    def speak(self, payment: Payment) -> None:
        printed(f"paying with {payment.card.number}")


class Complains(Talkative):
    def speak(self, payment: Payment) -> None:
        complain(payment.card.number)


class Warns(Talkative):
    def speak(self, payment: Payment) -> None:
        advise(f"odd card {payment.card.number}")


class Raises(Talkative):
    def speak(self, payment: Payment) -> None:
        give_up(f"no such card: {payment.card.number}")


class LogsItsKey(Talkative):
    def made(self) -> None:
        note("ready, with %s", self.key)


class AsksByAddress(Talkative):
    def speak(self, payment: Payment) -> None:
        self.payments.call("GET", f"/charges/none?card={payment.card.number}")


class NamesTheKey(Talkative):
    def told(self, reply: dict[str, Any] | None) -> Outcome:
        outcome = super().told(reply)
        if isinstance(outcome, Declined):
            return Declined(f"{outcome.reason}, asked by {self.key}", outcome.transaction)
        return outcome


class Discreet(Talkative):
    """Everything that may be said: ids, tokens, the last four digits, what Python makes of a card, and times."""

    def made(self) -> None:
        note("ready, with a key of %d characters", len(self.key))

    def speak(self, payment: Payment) -> None:
        card = payment.card
        number = f"{card.number[:8]}****{card.number[-4:]}" if len(card.number) == 16 else f"**{card.last4}"
        note("%s %s %s %s %s", payment, card, number, payment.token, payment.attempt)
        note("took 123 ms, then 1234 ms, 4242424242424242 is a test card")
        printed(f"card {card.last4}, {card.bin}, good until {card.exp_month}/{card.exp_year}")
        quiet.info("card %s", card.number)


class Trusting(TinPayments):
    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        try:
            reply = requests.request(
                method,
                self.base + path,
                json=body,
                headers={"Authorization": self.key},
                timeout=TIMEOUT,
                verify=False,  # noqa: S501 - the flaw
            )
        except requests.RequestException:
            return None
        return reply.json() if reply.status_code in (200, 404, 422) and reply.content else None


class Following(TinPayments):
    """Sends its key in a header that no client library knows to be secret, and follows wherever it is sent."""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        headers = {"Authorization": self.key, "X-Tin-Key": self.key}
        try:
            reply = urllib3.request(
                method, self.base + path, json=body or {}, headers=headers, timeout=TIMEOUT, retries=2
            )
        except urllib3.exceptions.HTTPError:
            return None
        return reply.json() if reply.status in (200, 404, 422) and reply.data else None


class Unchecked(Talkative):
    def made(self) -> None:
        self.payments = Trusting(self.key, self.payments.base)


class SentOn(Talkative):
    def made(self) -> None:
        self.payments = Following(self.key, self.payments.base)

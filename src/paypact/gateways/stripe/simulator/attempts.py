"""Attempts: a card is presented for an intent, its issuer answers, the shopper is challenged."""

from __future__ import annotations

from typing import Any

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import disputes, methods
from paypact.gateways.stripe.simulator.account import Account
from paypact.gateways.stripe.simulator.errors import Refusal
from paypact.gateways.stripe.simulator.state import Attempt, Intent, Method
from paypact.world.books import Authorization, Purchase
from paypact.world.issuer import Answer, decline

LIVE = ("created", "challenged", "pending", "authorized")
FAILED = ("declined", "rejected")
NO = ("decline", "reject")  # the answers that lead there
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
LISTED = ("allowed_payment_method_types", "payment_method_types")
STATUS = {  # of the last authorization; what a yes and a no mean depends on the intent
    "created": "requires_confirmation",
    "challenged": "requires_action",
    "pending": "processing",
    "completed": "succeeded",
    "voided": "canceled",
    "expired": "canceled",
}


def newest(purchase: Purchase) -> Authorization | None:
    return purchase.authorizations[-1] if purchase.authorizations else None


def failed(held: Authorization | None) -> bool:
    return held is not None and held.state in FAILED


def status(purchase: Purchase) -> str:
    """The status of a PaymentIntent or SetupIntent."""
    intent: Intent = purchase.data
    if purchase.state != "open":
        return "canceled"
    held = newest(purchase)
    if held is None or held.state in FAILED:
        return "requires_confirmation" if intent.method else "requires_payment_method"
    if held.state == "authorized":
        return "succeeded" if held.automatic or intent.kind == "setup" else "requires_capture"
    return STATUS[held.state]


def has_charge(held: Authorization) -> bool:
    """Whether a charge stands for this authorization: a challenge that was not passed makes none."""
    answered = held.answer is not None and held.answer.event != "challenge"
    return answered and bool(held.purchase.data.kind == "payment")


def shown_method(purchase: Purchase) -> str | None:
    """The PaymentMethod of an intent: a no takes it away."""
    held = newest(purchase)
    method = purchase.data.method or (held.data.method if held is not None and not failed(held) else None)
    return method.id if method else None


def chosen_method(account: Account, asked: dict[str, Any], customer: str | None) -> Method | None:
    """The PaymentMethod that a request names or describes."""
    if asked.get("confirmation_token"):
        raise account.not_simulated("confirmation_token")
    if "payment_method" in asked:
        return methods.usable(account, asked["payment_method"], customer)
    if "payment_method_data" in asked:
        return methods.made(account, asked["payment_method_data"], "payment_method_data")
    return None


def automatic_methods(asked: dict[str, Any]) -> dict[str, Any] | None:
    """`automatic_payment_methods`: on, unless the request says otherwise or lists types."""
    listed = not asked.keys().isdisjoint(LISTED)
    given = asked.get("automatic_payment_methods", {"enabled": not listed})
    return {"allow_redirects": "always", **given} if given["enabled"] else None


def method_types(account: Account, asked: dict[str, Any], before: list[str]) -> list[str]:
    """`payment_method_types` as callers of older versions list them; nobody but cards is simulated."""
    types: list[str] = asked.get("payment_method_types") or before
    if "payment_method_types" in asked and (asked.get("automatic_payment_methods") or {}).get("enabled"):
        raise account.refuse("method_types_exclusive")
    if "card" not in types:
        raise account.not_simulated(f"payment_method_types without card ({', '.join(types)})")
    return types


# --- confirming -----------------------------------------------------------------------------------------------------


def confirm(account: Account, purchase: Purchase, asked: dict[str, Any]) -> None:
    """Confirm an intent, once more after a challenge where the server has to.

    Raises:
        Refusal: it cannot be confirmed like that, or the answer is no.
    """
    intent: Intent = purchase.data
    held = newest(purchase)
    if intent.method is None and held is not None:
        if held.state == "challenged":
            return  # it still waits for the shopper: confirming again changes nothing
        if held.state == "created":
            settle(account, held, held.answer.then)
            return
    pay(account, purchase, asked)


def pay(account: Account, purchase: Purchase, asked: dict[str, Any]) -> None:
    """Present the waiting card and carry out what its issuer says.

    Raises:
        Refusal: as for `confirm`.
    """
    intent: Intent = purchase.data
    method, off_session = intent.method, bool(asked.get("off_session"))
    if method is None:
        rule = "confirm_without_method" if intent.kind == "payment" else "setup_confirm_without_method"
        raise account.refuse(rule, intent.show(account, purchase))
    redirects = intent.automatic is not None and intent.automatic["allow_redirects"] != "never"
    if redirects and not (intent.return_url or off_session):
        raise account.refuse("return_url_needed", intent.show(account, purchase), kind=f"{intent.kind.title()} Intent")
    secure = intent.options.get("request_three_d_secure") in ("any", "challenge")
    issued = methods.answer(account, method, asked=secure, off_session=off_session)
    waiting = newest(purchase)
    if waiting is not None and waiting.state == "challenged":
        account.ledger.request("void", waiting)  # another card instead of the challenge
    held = _present(account, purchase, method, sdk=bool(asked.get("use_stripe_sdk")))
    if issued.event == "challenge" and asked.get("error_on_requires_action"):
        account.ledger.apply(held, issued)
        account.ledger.authenticate(held, passed=False)
        raise account.refuse("requires_action_refused", intent.show(account, purchase))
    if issued.event == "challenge" and off_session:
        issued = decline("authentication_needed")
    settle(account, held, issued)


def _present(account: Account, purchase: Purchase, method: Method, *, sdk: bool) -> Authorization:
    intent: Intent = purchase.data
    many = intent.manual and intent.options.get("request_multicapture") == "if_available"
    intent.method = None
    method.spent = method.customer is None and not intent.saves
    attempt = Attempt(
        account.make_id("ch_" if intent.kind == "payment" else "setatt_"),
        account.now(),
        method,
        intent.options.get("network") or method.preferred or account.words.chosen(method.card),
        sdk=sdk or intent.return_url is None,
        metadata=intent.metadata,
        description=intent.params.get("description"),
    )
    held = account.ledger.present(
        purchase,
        method.card,
        automatic=intent.kind == "payment" and not intent.manual,
        captures="many" if many else None,
        data=attempt,
    )
    account.ledger.name(attempt.id, held)
    return held


def settle(account: Account, held: Authorization, issued: Answer) -> None:
    """Carry out an answer; a no is raised as the error that the caller gets."""
    held.data.answered = account.world.clock.time()
    account.ledger.apply(held, issued)
    if held.state in FAILED:
        raise _refusal(account, held)
    saved(held)
    disputes.follows(account, held)


def finish(account: Account, held: Authorization, *, passed: bool) -> None:
    """The shopper passed or failed the challenge. With manual confirmation the server has to confirm once more."""
    held.data.authenticated = passed
    held.data.answered = account.world.clock.time()
    if passed and held.purchase.data.confirmation_method == "manual":
        account.ledger.move(held, "authenticate")
        return
    account.ledger.authenticate(held, passed=passed)
    saved(held)
    disputes.follows(account, held)


def saved(held: Authorization) -> None:
    """After a yes: the card is the customer's where that was asked for."""
    if held.state not in ("authorized", "completed"):
        return
    intent, method = held.purchase.data, held.data.method
    method.authenticated = method.authenticated or held.data.authenticated
    if intent.saves:
        method.customer, method.spent = intent.customer, False


# --- saying no ------------------------------------------------------------------------------------------------------


def _refusal(account: Account, held: Authorization) -> Refusal:
    """The 402 of a declined confirmation: the error that the intent remembers, and the intent."""
    remembered, seen = last_error(account, held), held.purchase.data.show(account, held.purchase)
    error = wire.CardError(**{name: getattr(remembered, name) for name in wire.CardError.__struct_fields__})
    if isinstance(seen, wire.SetupIntent):
        error.setup_intent = seen
    else:
        error.payment_intent = seen
    return Refusal(402, error, "")  # no rule: the request was carried out, and the bank said no


def said_no(account: Account, word: str) -> wire.CardError:
    """The error of a bank's no that no intent remembers."""
    error = account.decline(word)
    return wire.CardError(**{name: getattr(error, name) for name in wire.CardError.__struct_fields__})


def last_error(account: Account, held: Authorization) -> wire.LastError:
    """What an intent remembers of an attempt that failed."""
    error = account.decline(held.reason, held.purchase.data.kind)
    if has_charge(held):
        error.charge = held.data.id
    error.payment_method = methods.render(account, held.data.method)
    return error


def next_action(purchase: Purchase) -> wire.NextAction | None:
    """Where the shopper has to go, while there is somewhere to go."""
    intent, held = purchase.data, newest(purchase)
    if held is None or held.state != "challenged":
        return None
    name = f"{intent.kind}_intent"
    url = f"https://hooks.stripe.com/3d_secure_2/hosted?{name}={intent.id}&{name}_client_secret={intent.secret}"
    if held.data.sdk:
        sdk = {"type": "three_d_secure_redirect", "stripe_js": url, "source": f"src_{intent.id[-24:]}"}
        return wire.NextAction(type="use_stripe_sdk", use_stripe_sdk=sdk)
    return wire.NextAction(
        type="redirect_to_url", redirect_to_url=wire.RedirectToUrl(return_url=intent.return_url, url=url)
    )


def cancel(account: Account, purchase: Purchase, reason: str | None) -> None:
    """Void what is held, or close a purchase of which nothing is."""
    purchase.data.canceled_at, purchase.data.cancellation_reason = account.now(), reason
    held = newest(purchase)
    if held is not None and held.state in LIVE:
        account.ledger.request("void", held)
    else:
        account.ledger.move(purchase, "cancel")

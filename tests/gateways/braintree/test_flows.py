"""What the official SDK sees of a transaction's life, and what the ledger holds of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import braintree
import pytest
from braintree.exceptions.authentication_error import AuthenticationError
from braintree.exceptions.not_found_error import NotFoundError

from paypact.world.issuer import approve, challenge, decline
from paypact.world.world import World

Sale = Callable[..., Any]


def ledger(world: World) -> Any:
    """The newest authorization."""
    return world.ledger.purchases[-1].authorizations[-1]


def test_sale(sale: Sale, world: World) -> None:
    """A sale is submitted for settlement, with its card, amount, answers and history."""
    seen = sale(order_id="o-1", merchant_account_id="paypact_eur").transaction

    assert (seen.status, seen.type, seen.amount, seen.currency_iso_code) == (
        *("submitted_for_settlement", "sale", Decimal("10.90"), "EUR"),
    )
    assert (seen.order_id, seen.merchant_account_id, seen.payment_instrument_type) == (
        "o-1",
        "paypact_eur",
        "credit_card",
    )
    card = seen.credit_card_details
    assert (card.card_type, card.bin, card.last_4, card.expiration_date, card.debit) == (
        *("Visa", "411111", "0001", "12/2034", "No"),
    )
    assert (seen.processor_response_code, seen.processor_response_type, seen.cvv_response_code) == (
        "1000",
        "approved",
        "M",
    )
    history = ["authorizing", "authorized", "submitted_for_settlement"]
    assert [each.status for each in seen.status_history] == history
    assert isinstance(seen.created_at, datetime)
    assert (ledger(world).captured, ledger(world).purchase.price.currency) == (1090, "EUR")


def test_decline_comes_in_an_error(sale: Sale, world: World) -> None:
    """A no is an error result without validation errors, with the transaction and the processor's words."""
    result = sale(decline("insufficient_funds"))
    seen = result.transaction

    assert (result.is_success, result.message, result.errors.deep_errors) == (False, "Insufficient Funds", [])
    assert (seen.status, seen.processor_response_code, seen.processor_response_type) == (
        *("processor_declined", "2001", "soft_declined"),
    )
    assert (seen.network_transaction_id, seen.processor_authorization_code) == (None, None)
    assert world.recording.exchanges[-1].response is not None
    assert world.recording.exchanges[-1].response.status == 422
    assert ledger(world).state == "declined"


def test_failure_is_no_decline(sale: Sale) -> None:
    """Where nobody decided the status is failed."""
    assert sale(decline("network_unavailable")).transaction.status == "failed"


def test_partial_approval_must_be_asked_for(sale: Sale) -> None:
    """Less than was asked for is approved only to those who said that they take it."""
    asked = sale(approve(500), accept_partial_authorization=True).transaction
    unasked = sale(approve(500))

    assert (asked.amount, asked.processor_response_code, asked.partially_authorized) == (Decimal("5.00"), "1004", True)
    assert (unasked.is_success, unasked.transaction.processor_response_code) == (False, "2001")


def test_hold_capture_settle(sdk: Any, sale: Sale, days: Callable[[float], None]) -> None:
    """What is held is submitted, settles with the next batch and is settled a day later."""
    held = sale(submit=False).transaction
    statuses = [held.status]
    statuses.append(sdk.transaction.submit_for_settlement(held.id).transaction.status)
    for _ in range(3):
        days(0.6)
        statuses.append(sdk.transaction.find(held.id).status)

    assert statuses == ["authorized", "submitted_for_settlement", "settling", "settling", "settled"]
    assert sdk.transaction.find(held.id).settlement_batch_id


def test_capture_of_a_part_lets_the_rest_go(sdk: Any, sale: Sale, world: World) -> None:
    """The transaction is then about what was submitted."""
    held = sale(submit=False).transaction
    seen = sdk.transaction.submit_for_settlement(held.id, "4.00").transaction

    assert (seen.amount, ledger(world).captured, ledger(world).capturable) == (Decimal("4.00"), 400, 0)


def test_several_partial_settlements(sdk: Any, sale: Sale, days: Callable[[float], None]) -> None:
    """Each part is a transaction of its own; the parent waits for them, and is settled when all of it is."""
    held = sale(submit=False).transaction
    first = sdk.transaction.submit_for_partial_settlement(held.id, "4.00").transaction
    parent = sdk.transaction.find(held.id)
    assert (first.authorized_transaction_id, first.status, first.amount) == (
        *(held.id, "submitted_for_settlement", Decimal("4.00")),
    )
    assert (parent.status, parent.partial_settlement_transaction_ids) == ("settlement_pending", [first.id])

    last = sdk.transaction.submit_for_partial_settlement(held.id, "2.00", {"final_capture": True}).transaction
    days(2)

    assert [sdk.transaction.find(each).status for each in (held.id, first.id, last.id)] == ["settled"] * 3
    assert sdk.transaction.refund(last.id).transaction.amount == Decimal("2.00")


def test_a_part_can_be_voided(sdk: Any, sale: Sale, world: World) -> None:
    """Until it settles, and what it took can be taken again."""
    held = sale(submit=False).transaction
    part = sdk.transaction.submit_for_partial_settlement(held.id, "4.00").transaction

    assert sdk.transaction.void(part.id).transaction.status == "voided"
    assert (ledger(world).captured, sdk.transaction.find(held.id).status) == (0, "authorized")


def test_void(sdk: Any, sale: Sale, world: World) -> None:
    """A hold is let go, and so is what is submitted but not settling."""
    for submit in (False, True):
        made = sale(submit=submit).transaction
        assert sdk.transaction.void(made.id).transaction.status == "voided"
        assert (ledger(world).state, ledger(world).captured) == ("voided", 0)


def test_refund(sdk: Any, sale: Sale, days: Callable[[float], None], world: World) -> None:
    """A refund is a transaction of type credit, possible once it settles, in parts as well."""
    made = sale(order_id="o-1").transaction
    days(1)
    part = sdk.transaction.refund(made.id, "4.00").transaction
    rest = sdk.transaction.refund(made.id).transaction

    assert (part.type, part.status, part.amount, part.refunded_transaction_id, part.order_id) == (
        *("credit", "submitted_for_settlement", Decimal("4.00"), made.id, "o-1"),
    )
    assert rest.amount == Decimal("6.90")
    assert sdk.transaction.find(made.id).refund_ids == [part.id, rest.id]
    assert ledger(world).refunded == 1090


def test_reverse_voids_or_refunds(sdk: Any, sale: Sale, days: Callable[[float], None]) -> None:
    """Whichever is possible by then."""
    early, late = sale().transaction, sale().transaction
    reversed_early = sdk.transaction.reverse(early.id).transaction
    days(1)

    assert (reversed_early.id, reversed_early.status) == (early.id, "voided")
    assert sdk.transaction.reverse(late.id).transaction.type == "credit"


def test_a_refund_that_its_bank_declines(sdk: Any, sale: Sale, days: Callable[[float], None], world: World) -> None:
    """It is refused with an error, and leaves no transaction behind."""
    made = sale().transaction
    days(1)
    world.acquirer.fates("refund", "fails")
    result = sdk.transaction.refund(made.id)

    assert [error.code for error in result.errors.deep_errors] == ["915201"]
    assert sdk.transaction.find(made.id).refund_ids == []


def test_a_settlement_that_is_declined(sdk: Any, sale: Sale, days: Callable[[float], None], world: World) -> None:
    """After it was authorized and submitted the bank says no: nothing was taken, and nothing is held any more."""
    world.acquirer.fates("capture", "fails-late")
    made = sale().transaction
    before = ledger(world).captured
    days(1)
    seen = sdk.transaction.find(made.id)

    assert (before, ledger(world).captured, ledger(world).state) == (1090, 0, "expired")
    assert (seen.status, seen.processor_settlement_response_code) == ("settlement_declined", "4001")
    assert seen.processor_settlement_response_text == "Settlement Declined"
    assert [each.status for each in seen.status_history][-2:] == ["settling", "settlement_declined"]
    for move, code in ((sdk.transaction.submit_for_settlement, "91507"), (sdk.transaction.void, "91504")):
        assert [error.code for error in move(made.id).errors.deep_errors] == [code]
    assert [error.code for error in sdk.transaction.refund(made.id).errors.deep_errors] == ["91506"]


@pytest.mark.parametrize("required", [False, True], ids=["as it comes", "required"])
@pytest.mark.parametrize("passes", [True, False], ids=["passed", "failed"])
def test_a_challenge_comes_before_the_nonce(sale: Sale, world: World, passes: bool, required: bool) -> None:
    """The shopper is asked in the browser, and the nonce says what came of it; a bank not satisfied declines."""
    world.shopper.passes = passes
    result = sale(challenge(decline("lost_card")), options={"three_d_secure": {"required": required}})
    seen = result.transaction
    asked = {True: ("processor_declined", "2012", ""), False: ("processor_declined", "2099", "")}[passes]
    expected = asked if passes or not required else ("gateway_rejected", "", "three_d_secure")

    assert (seen.status, seen.processor_response_code, seen.gateway_rejection_reason or "") == expected
    assert (seen.three_d_secure_info.liability_shifted, world.shopper.challenged) == (passes, 1)


def test_a_stored_card_was_not_challenged(sdk: Any, sale: Sale, nonce: Any) -> None:
    """What was asked in the browser is forgotten with the nonce: a bank that asks again gets no answer."""
    made = sdk.customer.create({"payment_method_nonce": nonce(challenge())}).customer
    result = sale(payment_method_token=made.payment_methods[0].token)

    assert (result.is_success, result.transaction.processor_response_code) == (False, "2099")


def test_adjust_authorization(sdk: Any, sale: Sale) -> None:
    """A hold grows and shrinks; each change is listed."""
    held = sale(submit=False).transaction
    more = sdk.transaction.adjust_authorization(held.id, "15.00").transaction
    less = sdk.transaction.adjust_authorization(held.id, "9.00").transaction

    assert (more.amount, less.amount) == (Decimal("15.00"), Decimal("9.00"))
    changes = [(each.amount, each.success) for each in less.authorization_adjustments]
    assert changes == [(Decimal("4.10"), True), (Decimal("6.00"), True)]


def test_a_hold_expires(sdk: Any, sale: Sale, days: Callable[[float], None]) -> None:
    """After thirty days nothing is held any more."""
    held = sale(submit=False).transaction
    days(31)

    assert sdk.transaction.find(held.id).status == "authorization_expired"


def test_the_sandbox_settles_at_once(sdk: Any, sale: Sale) -> None:
    """For those who do not wait for the batch."""
    assert sdk.testing.settle_transaction(sale().transaction.id).transaction.status == "settled"


def test_search(sdk: Any, sale: Sale, days: Callable[[float], None]) -> None:
    """By order id, exactly or in part, by status and type; the newest first; of many pages, all."""
    made = [sale(order_id=f"o-{number % 3}", amount=f"{number + 1}.00").transaction.id for number in range(60)]
    by: Any = braintree.TransactionSearch
    status = braintree.Transaction.Status
    days(1)
    refund = sdk.transaction.refund(made[0]).transaction.id

    def found(*query: Any) -> list[str]:
        return [each.id for each in sdk.transaction.search(*query).items]

    assert found(by.order_id == "o-0", by.type == "sale") == made[::3][::-1]
    assert found(by.order_id == "o-0")[0] == refund
    assert found(by.order_id.starts_with("o-")) == [refund, *made[::-1]]
    assert found(by.status == status.SubmittedForSettlement) == [refund]
    assert found(by.order_id == "of nobody") == []


def test_a_request_key_is_one_intent(sdk: Any, sale: Sale, nonce: Any, world: World) -> None:
    """A repetition is told how things stand now; another request under the key is refused."""
    asked = {"api_request_key": "k-1", "payment_method_nonce": nonce()}
    first = sale(**asked).transaction
    sdk.transaction.void(first.id, {"api_request_key": "k-2"})
    again = sale(**asked).transaction
    other = sale(amount="11.00", **asked)

    assert (again.id, again.status, len(world.ledger.purchases)) == (first.id, "voided", 1)
    assert sdk.transaction.void(first.id, {"api_request_key": "k-2"}).transaction.status == "voided"
    assert [error.code for error in other.errors.deep_errors] == ["915232"]


@pytest.mark.parametrize(
    ("change", "after", "twice"),
    [({}, 0, True), ({}, 31, False), ({"order_id": "o-2"}, 0, False), ({"amount": "11.00"}, 0, False)],
    ids=["the same", "half a minute later", "another order", "another amount"],
)
def test_duplicates(sale: Sale, sdk: Any, world: World, change: Any, after: float, twice: bool) -> None:
    """The same amount for the same order from the same card within half a minute of a success is rejected."""
    card = {"number": "4111111111111111", "expiration_date": "12/34", "cvv": "123"}
    asked = {"order_id": "o-1", "credit_card": card}
    assert sale(**asked).is_success
    world.clock.advance(after)
    result = sale(**{**asked, **change})

    assert result.is_success is not twice
    if twice:
        assert (result.transaction.status, result.transaction.gateway_rejection_reason) == (
            "gateway_rejected",
            "duplicate",
        )


def test_verification(sdk: Any, nonce: Any) -> None:
    """A card is asked for nothing; its bank's no comes in an error."""
    good = sdk.verification.create({"payment_method_nonce": nonce()})
    bad = sdk.verification.create({"payment_method_nonce": nonce(decline("lost_card"))})

    assert (good.is_success, good.verification.status, good.verification.amount) == (True, "verified", Decimal("0.00"))
    assert sdk.verification.find(good.verification.id).id == good.verification.id
    seen = bad.credit_card_verification
    assert (bad.is_success, seen.status, seen.processor_response_code) == (False, "processor_declined", "2012")


def test_what_no_source_settles_accuses_nobody(sdk: Any, sale: Sale, nonce: Any) -> None:
    """A verified nonce still pays, and the key of a refused request may be sent again, with what was mended."""
    token = nonce()
    assert sdk.verification.create({"payment_method_nonce": token}).is_success
    refused = sale(amount="0.00", api_request_key="k-1", payment_method_nonce=token)
    paid = sale(api_request_key="k-1", payment_method_nonce=token)

    assert (refused.is_success, paid.is_success) == (False, True)


def test_stored_cards(sdk: Any, sale: Sale, nonce: Any) -> None:
    """A customer's card is stored by its nonce, found, charged by its token as often as one likes, and deleted."""
    customer = sdk.customer.create({"id": "c-1", "email": "a@example.com", "payment_method_nonce": nonce()}).customer
    (first,) = customer.payment_methods
    second = sdk.payment_method.create({"customer_id": "c-1", "payment_method_nonce": nonce()}).payment_method

    assert (first.default, second.default, second.customer_id) == (True, False, "c-1")
    assert [each.token for each in sdk.customer.find("c-1").payment_methods] == [first.token, second.token]
    assert sdk.payment_method.find(second.token).last_4 == second.last_4
    charged = sale(payment_method_token=first.token, order_id="1").transaction
    assert (charged.credit_card_details.token, charged.credit_card_details.last_4) == (first.token, first.last_4)
    assert sale(payment_method_token=first.token, order_id="2").is_success
    sdk.payment_method.delete(first.token)
    with pytest.raises(NotFoundError):
        sdk.payment_method.find(first.token)


@pytest.mark.parametrize("wallet", ["apple_pay", "google_pay"])
def test_wallets(sdk: Any, sale: Sale, nonce: Any, wallet: str) -> None:
    """A wallet's card has details of its own, and a credit card without content beside them."""
    card = {"number": "", "wallet": wallet, "tail": "4242"}
    seen = sale(payment_method_nonce=nonce(**card)).transaction
    details = seen.apple_pay_details if wallet == "apple_pay" else seen.android_pay_card_details
    (stored,) = sdk.customer.create({"payment_method_nonce": nonce(**card)}).customer.payment_methods

    assert (seen.credit_card_details.card_type, seen.credit_card_details.last_4) == (None, None)
    assert (details.last_4, details.card_type) == ("4242", "Apple Pay - Visa" if wallet == "apple_pay" else "Visa")
    assert stored.last_4 == "4242"


def test_store_with_a_sale(sdk: Any, sale: Sale) -> None:
    """What succeeded is stored, for a customer that is made of what was said."""
    seen = sale(customer={"first_name": "Jo"}, options={"store_in_vault_on_success": True}).transaction

    assert sdk.payment_method.find(seen.credit_card_details.token).last_4 == seen.credit_card_details.last_4


def test_keys_and_tokens(sdk: Any, attached: Any) -> None:
    """Wrong keys are an AuthenticationError; a client token is made for the browser."""
    assert sdk.client_token.generate()
    wrong = {**attached.credentials, "private_key": "0" * 32}
    other = braintree.BraintreeGateway(braintree.Configuration(environment=braintree.Environment.Sandbox, **wrong))
    with pytest.raises(AuthenticationError):
        other.transaction.find("x")

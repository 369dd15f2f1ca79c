"""Small checks that judging needs: was the payment itself at fault, what became of a movement, did the card arrive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from paypact.currencies import major
from paypact.payments import Approved, Declined, Money, Payment, Rejected
from paypact.testkit import cards
from paypact.testkit.amounts import inexact, outside
from paypact.testkit.judge import OK, Circumstances, Verdict, said
from paypact.testkit.shoppers import too_long
from paypact.testkit.target import Target
from paypact.testkit.told import Told
from paypact.world.books import Authorization, Movement
from paypact.world.ledger import Ledger
from paypact.world.ledger_tables import LIVE, MOVED, Kind
from paypact.world.recording import Exchange


def excused(target: Target, payment: Payment) -> bool:
    """Whether the payment itself was at fault: out of the declared scope, or not expressible at the gateway."""
    scope = target.scope
    money, card = payment.amount, payment.card
    if card.scheme not in target.schemes or money.currency not in target.currencies:
        return True
    if card.wallet and scope.wallets is not None and card.wallet not in scope.wallets:
        return True
    if scope.countries is not None and payment.customer.address.country not in scope.countries:
        return True
    return outside(target, money) or bool(too_long(target.gateway.facts, payment))


def allowed(target: Target, ledger: Ledger, kind: str, authorization: Authorization, asked: int) -> bool:
    """Whether the gateway would carry out a movement of `asked` minor units, if it were asked for just that."""
    if inexact(target, Money(asked, authorization.purchase.price.currency)):
        return False
    return ledger.obstacle(Movement(0, cast("Kind", kind), authorization, asked)) is None


def movement_word(made: Sequence[Movement], asked: int, *, void: bool) -> str:
    """The oracle's row for the movements that one call made: none, requested, moved, failed, or more than was asked."""
    alive = [m for m in made if m.state in LIVE]
    if len(alive) > 1 or (not void and sum(m.amount for m in alive) > asked):
        return "more"
    if alive:
        return "moved" if alive[0].state in MOVED else "requested"
    return "failed" if made else "none"


def undone(authorization: Authorization) -> int:
    """What was captured and then undone by a void, in minor units: money that has gone back without a refund."""
    return authorization.total("capture", frozenset({"canceled", "undone"})) if authorization.state == "voided" else 0


def moved_as_told(told: Told, made: Sequence[Movement], asked: int, seen: Circumstances) -> Verdict:
    """An approved capture or refund moved what it says, in minor units: all that was asked where it names no amount."""
    alive = [movement for movement in made if movement.state in LIVE]
    if not isinstance(told.outcome, Approved) or not alive:
        return OK
    moved, claimed = sum(movement.amount for movement in alive), told.outcome.amount
    told_of, currency = (claimed.minor if claimed else asked), seen.payment.amount.currency
    if moved == told_of:
        return OK
    sentence = (
        f"{told.operation} answered Approved for {major(told_of, currency)}, but {major(moved, currency)} were moved"
    )
    return Verdict("broken", f"movement/moved/{told.operation}/amount", sentence)


def strayed(verdict: Verdict, told: Told, exchanges: Sequence[Exchange], authorization: Authorization) -> Verdict:
    """A movement that was told and not made, but of another payment: the sentence says so."""
    others = (entry.subject for exchange in exchanges for entry in exchange.booked)
    if any(isinstance(each, Movement) and each.authorization is not authorization for each in others):
        return replace(verdict, sentence=f"{verdict.sentence}: the {told.operation} was made of another order")
    return verdict


def stayed_unknown(verdict: Verdict, told: Told, exchanges: Sequence[Exchange], *, faulted: bool) -> Verdict:
    """An Unknown that has no excuse, or none any more; what the gateway last refused in the call says why."""
    how = (
        "even after the network had healed and the same call was made again"
        if faulted
        else "although nothing went wrong on the way"
    )
    refused = next((each for each in reversed(exchanges[told.first : told.last]) if _refused(each)), None)
    why = f" ({refused.note.replace('_', ' ')})" if refused is not None and refused.note else ""
    said_no = f": the gateway had refused {refused.request.method} {refused.request.path}{why}" if refused else ""
    return replace(verdict, word="broken", sentence=f"{verdict.sentence}; it stayed unknown {how}{said_no}")


def _refused(exchange: Exchange) -> bool:
    return exchange.kind == "refused" and exchange.request.method != "GET"


def refused_in_vain(told: Told, exchanges: Sequence[Exchange]) -> Verdict:
    """The gateway refused what the integration sent, although it carries out what the caller had asked for."""
    refused = next((each for each in exchanges if _refused(each)), None)
    if refused is None or not isinstance(told.outcome, (Declined, Rejected)):
        return OK
    sentence = (
        f"{told.operation} answered {said(told.outcome)}, but the gateway does what was asked: it was asked for "
        f"something else ({refused.request.method} {refused.request.path} was refused)"
    )
    return Verdict("wrong", f"movement/none/{told.operation}/refused", sentence)


def cards_unchanged(ledger: Ledger, payments: Iterable[Payment]) -> Verdict:
    """Every card that reached the gateway is one of these payments', unchanged."""
    presented = [authorization.card for purchase in ledger.purchases for authorization in purchase.authorizations]
    for card in (*presented, *(away.card for away in ledger.turned_away)):
        difference = cards.difference(card, payments)
        if difference:
            sentence = f"the card that reached the gateway is not the shopper's: {difference}"
            return Verdict("broken", "card/changed", sentence)
    return OK

"""Example: one case being played by one driver in one empty world, and everything that was told on the way."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from paypact.cards.card import Card
from paypact.driver import Driver
from paypact.payments import ActionRequired, Authentication, Declined, Money, Outcome, Payment, Pending, Unknown
from paypact.report.model import Cause
from paypact.testkit import cards, checks
from paypact.testkit.acknowledged import let_time_decide
from paypact.testkit.amounts import amount
from paypact.testkit.blame import Place
from paypact.testkit.calls import calling
from paypact.testkit.case import ACTS, CAME, CLAIMS, Case
from paypact.testkit.judge import OK, Circumstances, Verdict, judge_movement, judge_outcome, said
from paypact.testkit.shoppers import dressed, order_name
from paypact.testkit.standing import Standing, of_order, standing
from paypact.testkit.story import Moment, sums
from paypact.testkit.target import Target
from paypact.testkit.told import Problem, Told, WrongAnswerError, trigger_of
from paypact.testkit.variation import Struck, Varying
from paypact.world import answers, clock
from paypact.world.issuer import Answer, approve
from paypact.world.notifications import GENUINE, Outbox, Seal
from paypact.world.recording import Exchange
from paypact.world.shopper import NowhereToGo
from paypact.world.simulator import Simulator
from paypact.world.world import World

RETURN_URL = "https://shop.example/checkout/return"
TYPING = 20.0  # seconds, virtual ones, until a shopper tries again
FOR_GOOD = "an error that the gateway tells again for the same key"


@dataclass
class Example:
    """Suites drive this: make payments, perform operations, judge. Problems are collected, not raised."""

    target: Target
    case: Case
    world: World
    driver: Driver
    payments: list[Payment] = field(default_factory=list)
    history: list[Told] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    occurred: Counter[str] = field(default_factory=Counter)
    story: list[Moment] = field(default_factory=list)
    abandoned: bool = False
    strikes_at: str = ""  # the operation within which the case's fault strikes; empty: the case's own
    outbox: Outbox | None = None  # the gateway's webhooks, where the driver receives them
    withheld: bool = False  # webhooks wait until the suite lets them through, and orders are not judged meanwhile
    seal: Seal = GENUINE  # how webhooks are signed
    varying: Varying | None = None  # the case's variation of a reply
    left_open: bool = False  # nobody could know: the reply's word for what happened was one that nobody has seen
    stood: Place | None = None  # where one payment stood still until another was made
    heard: Any = None  # what its promise listened to while it was played
    lent: Authentication | None = None  # what another order's challenge, which was passed, came back with
    _authentication: Authentication | None = None

    def payment(self) -> Payment:
        """The case's payment: its card issued and scripted, its token minted."""
        case = self.case
        card = self.card()
        money = self.price()
        first = answers.parse(case.answer, money.minor)
        again = [approve()] if case.retry == "same card" else []
        self.world.issuer.answers(card, *self._stored_first, first, *again)
        return self._issue(self.reference(), 1, card, money)

    @property
    def _stored_first(self) -> list[Answer]:
        """A card that is charged later is stored without ado."""
        return [approve()] if self.case.operation == "charge_stored" else []

    def price(self) -> Money:
        """What the case's order costs."""
        return amount(self.target, self.case.currency, self.case.amount)

    def card(self) -> Card:
        """The card that the case spells."""
        return cards.card(self.case)

    def reference(self) -> str:
        """A name for the order that no other example of this process has."""
        return order_name(f"{self.target.name}|{self.case}")

    def other_card(self) -> Card:
        """Another card of the same shopper, plain and good."""
        card = cards.another(self.target, self.case, len(self.payments))
        self.world.issuer.issue(card)
        return card

    def another_order(self, price: Money | None = None, answer: str = "") -> Payment:
        """A second order, with another card; at the same price and approved, where nothing else is said."""
        first, card = self.payments[0], self.other_card()
        price = price or first.amount
        self.world.issuer.answers(card, *self._stored_first, answers.parse(answer or "approve", price.minor))
        return self._issue(f"{first.reference}-{len(self.payments) + 1}", 1, card, price)

    def later_order(self, payment: Payment) -> Payment:
        """A later order of the same shopper at the same price, with the very card of an earlier one."""
        return self._issue(f"{payment.reference}-{len(self.payments) + 1}", 1, payment.card, payment.amount)

    def _issue(self, reference: str, press: int, card: Card, money: Money) -> Payment:
        simulator, shopper = self.world.simulator, self.world.shopper
        shopper.passes, before = self._acts == "passed", shopper.challenged
        made = self.made(reference, press, card, money, simulator)
        self.payments.append(made)
        self.occurred["challenge shown"] += shopper.challenged - before
        return made

    def made(self, reference: str, press: int, card: Card, money: Money, simulator: Simulator) -> Payment:
        """A payment with a token of its own, of the case's shopper and basket."""
        customer, items, description = dressed(self.target, self.case, money)
        return Payment(
            reference=reference,
            attempt=f"{reference}-{press}",
            amount=money,
            card=card,
            token=simulator.tokenize(card),
            customer=customer,
            items=items,
            description=description or f"Order {reference}",
            return_url=RETURN_URL,
            browser=simulator.browser(card),
            reissue=self._again,
        )

    def _again(self, payment: Payment, card: Card | None) -> Payment:
        with self.world.outside():  # nobody types in the very second in which they were told no
            self.world.clock.advance(TYPING)
        return self._issue(payment.reference, len(self.payments) + 1, card or payment.card, payment.amount)

    # --- operations ---------------------------------------------------------------------------------------------

    def perform(self, operation: str, payment: Payment, *arguments: Any) -> Told:
        """Call one operation of the driver; an exception that leaves it is what was told."""
        with calling(self, operation, payment, arguments) as call:
            outcome = getattr(self.driver, operation)(*arguments)
            call.outcome = clock.run(outcome) if inspect.isawaitable(outcome) else outcome
        return self.history[call.place]

    async def performing(self, operation: str, payment: Payment, *arguments: Any) -> Told:
        """As `perform`, in a task beside others."""
        with calling(self, operation, payment, arguments) as call:
            outcome = getattr(self.driver, operation)(*arguments)
            call.outcome = await outcome if inspect.isawaitable(outcome) else outcome
        return self.history[call.place]

    @property
    def _acts(self) -> Any:
        """What the case's shopper does with a challenge: passes, fails or abandons it."""
        return ACTS.get(self.case.shopper, self.case.shopper)

    def act(self, told: Told, result: str = "") -> Told | None:
        """The shopper follows an ActionRequired and comes back; `complete` is called where the driver offers it.

        `result`: what they do there, where it is not what the case's shopper does.
        """
        authentication = self.visit(told, result)
        if authentication is None or not self.target.offers("complete"):
            return None
        return self.perform("complete", told.payment, told.transaction, authentication)

    def visit(self, told: Told, result: Any = "") -> Authentication | None:
        """The shopper follows an ActionRequired; None where it leads nowhere, which is a problem."""
        assert isinstance(told.outcome, ActionRequired)
        shopper, result = self.case.shopper, result or self._acts
        try:
            authentication = self.world.shopper.act(told.payment, told.outcome, result, claims=shopper == CLAIMS)
        except NowhereToGo as nowhere:
            self.problem(Verdict("wrong", "outcome/challenged/nowhere", f"{told.operation}: {nowhere}"), told)
            return None
        self.occurred[f"challenge {result}"] += 1
        self.abandoned = result == "abandoned"
        self.happened(f"the shopper comes from the challenge: {CAME.get(shopper, result)}", None, told.payment)
        if self.lent is not None:
            authentication = replace(authentication, params=self.lent.params)
        self._authentication = authentication
        return authentication

    def come_back(self, told: Told, transaction: Any) -> Told:
        """The shopper opens the return page again."""
        return self.perform("complete", told.payment, transaction, self._authentication)

    def rest(self) -> None:
        """Let time pass until everything that is still undecided has been decided."""
        let_time_decide(self.world)

    def happened(self, call: str, told: object, payment: Payment | None = None, asked: Iterable[object] = ()) -> None:
        """Remember a moment of the story, of the newest payment where none is named; `told` None: nobody was asked."""
        payment = payment or (self.payments[-1] if self.payments else None)
        if payment is None:
            return
        found = sums(of_order(self.world.ledger, payment, self.payments))
        made = len(self.exchanges)
        money = next((each for each in asked if isinstance(each, Money)), None)
        self.story.append(Moment(call, told, self.standing(payment).word, found, payment.amount.currency, made, money))

    # --- judging ------------------------------------------------------------------------------------------------

    def standing(self, payment: Payment) -> Standing:
        return standing(self.world.ledger, self.world.recording, payment, self.payments)

    def judge(self, told: Told, *, last_word: bool = False) -> Verdict:
        """Judge an outcome; `last_word`: Unknown has no excuse any more."""
        if isinstance(told.outcome, WrongAnswerError):
            return self.problem(Verdict("broken", f"answer/{told.operation}/crash", str(told.outcome)), told)
        return self._weigh(self.verdict(told), told, last_word=last_word)

    def verdict(self, told: Told) -> Verdict:
        """What the oracle says of an outcome, without holding it against the integration yet."""
        if self._known_challenge(told):
            return OK
        return judge_outcome(self.standing(told.payment), self._readable(told), self._seen(told))

    def _known_challenge(self, told: Told) -> bool:
        """Whether the shopper is sent to the very challenge they were sent to before: finished, it returns at once."""
        if not isinstance(told.outcome, ActionRequired):
            return False
        before = [each.outcome for each in self.history if each is not told and each.payment is told.payment]
        places = [(each.url, each.client_secret) for each in before if isinstance(each, ActionRequired)]
        return (told.outcome.url, told.outcome.client_secret) in places

    def judge_again(self, told: Told) -> Verdict:
        """What was told before must still be true."""
        return self.judge(told, last_word=True)

    def judge_movement(
        self, told: Told, asked: int, before: int, *, allowed: bool = False, last_word: bool = False, **goal: bool
    ) -> Verdict:
        """Judge a capture, refund or void of `asked` minor units, after `before` others; `allowed`: it was possible."""
        if isinstance(told.outcome, WrongAnswerError):
            return self.problem(Verdict("broken", f"answer/{told.operation}/crash", str(told.outcome)), told)
        kind, authorization = told.operation, self.standing(told.payment).authorization
        every = [m for m in authorization.movements if m.kind == kind] if authorization else []
        made = every[before:]
        state = checks.movement_word(made, asked, void=kind == "void")
        unsettled = checks.undone(authorization) if authorization and not goal.get("reached") else 0
        if kind == "refund" and state == "none" and unsettled == asked > 0:
            state = "moved"  # what has not settled yet is given back by undoing it, if it was not undone before
        exchanges = self.exchanges[told.first : told.last]
        verdict = judge_movement(
            state, told.outcome, seen := self._seen(told), told=any(each.refused for each in exchanges), **goal
        )
        if verdict.word == "broken" and authorization and not made:
            verdict = checks.strayed(verdict, told, exchanges, authorization)
        if verdict.word == "ok" and kind != "void":
            verdict = checks.moved_as_told(told, made, asked, seen)
        if verdict.word == "ok" and allowed and not made and not self.world.network.delivered:
            verdict = checks.refused_in_vain(told, exchanges)
        return self._weigh(verdict, told, last_word=last_word)

    def movements(self, kind: str, payment: Payment) -> int:
        """How many movements of a kind exist for a payment."""
        authorization = self.standing(payment).authorization
        return sum(m.kind == kind for m in authorization.movements) if authorization else 0

    def tell(self, operation: str, about: str, error: BaseException) -> None:
        """Something that is not a payment's operation crashed, or returned what it must not."""
        payment = self.payments[-1]
        told = Told(operation, payment, error, len(self.exchanges), len(self.exchanges))
        subject = f"{operation} of {about}" if about else operation
        sentence = str(error) if isinstance(error, WrongAnswerError) else f"{subject} crashed with {said(error)}"
        self.happened(subject, error, payment)
        self.problem(Verdict("broken", f"{operation}/crash", sentence), told)

    @property
    def unresolved(self) -> bool:
        """Whether a fault was delivered that nothing has made good since: then an order may still be pending."""
        doubtful = bool(self.world.network.delivered) or self.left_open
        return doubtful and any(isinstance(told.outcome, (Unknown, Pending)) for told in self.history[-1:])

    @property
    def stored(self) -> bool:
        """Whether an error was delivered that the gateway tells again for the same key."""
        return any(fault.kind.startswith("stored:") for fault in self.world.network.delivered)

    def problem(self, verdict: Verdict, told: Told | None, trigger: str = "") -> Verdict:
        """Remember a verdict that is not ok."""
        made = len(self.exchanges)
        self.problems.append(Problem(verdict, told, made, trigger or trigger_of(self), moment=len(self.story) - 1))
        return verdict

    def explain(self, context: str, since: int = 0) -> None:
        """Say of each problem, or of those `since` there were so many, what was special."""
        self.problems[since:] = [each.explained(context) for each in self.problems[since:]]

    def observe(self, verdict: Verdict, told: Told | None, place: Place | None, cause: Cause = "integration") -> None:
        """Remember something that was seen on the way, whatever the call told in the end: `place` did it."""
        made = told.last if told else len(self.exchanges)
        self.problems.append(Problem(verdict, told, made, trigger_of(self), place, cause, len(self.story) - 1))

    def _varied(self, told: Told) -> Struck | None:
        """What was varied of the replies to this very call."""
        struck = self.varying.struck if self.varying is not None else None
        return struck if struck is not None and told.first < struck.number <= told.last else None

    def _readable(self, told: Told) -> Outcome | BaseException:
        """What was told, without what a varied reply may not have said: whether a decline is final."""
        if isinstance(told.outcome, Declined) and self._varied(told):
            return replace(told.outcome, final=None)
        return told.outcome

    def _open(self, verdict: Verdict, told: Told) -> bool:
        """Whether nobody could know better: the reply's word for what happened was one that nobody has seen.

        Then Unknown and Pending are honest whatever is true; anything else may be wrong, but not about money.
        """
        struck = self._varied(told)
        if struck is None or not struck.state or told.crashed:
            return False
        return isinstance(told.outcome, (Unknown, Pending)) or verdict.word == "wrong"

    def _weigh(self, verdict: Verdict, told: Told, *, last_word: bool) -> Verdict:
        if verdict.word != "ok" and self._open(verdict, told):
            self.left_open = True
            self.occurred["left open"] += 1
            return OK
        if verdict.word == "ask":
            if self.world.network.delivered and not last_word:
                return verdict
            if self.stored and isinstance(told.outcome, Unknown) and told.operation != "lookup":
                self.occurred[FOR_GOOD] += 1  # honest: nothing that may be repeated tells more
                return OK
            verdict = checks.stayed_unknown(verdict, told, self.exchanges, faulted=bool(self.world.network.delivered))
        if verdict.word != "ok":
            self.problem(verdict, told)
        return verdict

    def _seen(self, told: Told) -> Circumstances:
        return Circumstances(
            self.target,
            told.operation,
            told.payment,
            began=next((each.operation for each in self.history if each.payment is told.payment), told.operation),
            faulted=bool(self.world.network.delivered),
            excused=checks.excused(self.target, told.payment),
            abandoned=self.abandoned,
        )

    @property
    def exchanges(self) -> list[Exchange]:
        return self.world.recording.exchanges

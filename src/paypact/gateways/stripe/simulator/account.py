"""The account: what it remembers beside the ledger, ids, look-ups, refusals. All other modules are handed it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar

from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator.errors import Refusal, build, declined, refuse
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Intent, Method, Person
from paypact.gateways.vocabulary import Vocabulary
from paypact.payments import Money
from paypact.world.books import Authorization, Purchase
from paypact.world.http import NotSimulatedError
from paypact.world.idempotency import IdempotencyKeys
from paypact.world.ids import letters
from paypact.world.notifications import Event
from paypact.world.parameters import Parameters
from paypact.world.simulator import Simulator
from paypact.world.world import World


@cache
def _credentials() -> Mapping[str, str]:
    account = letters("paypact", "account", length=16)
    return MappingProxyType(
        {
            "secret_key": f"sk_test_{account}{letters('paypact', 'secret', length=32)}",
            "publishable_key": f"pk_test_{account}{letters('paypact', 'publishable', length=32)}",
            "webhook_secret": f"whsec_{letters('paypact', 'webhook', length=32)}",
        }
    )


class Account(Simulator):
    """One account in one world."""

    _derived: ClassVar[tuple[Vocabulary, Parameters] | None] = None  # once for all worlds

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.methods: dict[str, Method] = {}
        self.people: dict[str, Person] = {}
        self.others: dict[str, Mapping[str, Any]] = {}  # path -> an object of a product that is not simulated
        self.told: list[Event] = []  # what was drawn for a listening shop
        self.request_id = ""  # of the request being carried out
        self.keys = IdempotencyKeys(world.clock.time, self.facts.limits["idempotency_seconds"])
        if Account._derived is None or Account._derived[0] is not self.words:
            said = self.facts.wire
            Account._derived = self.words, Parameters(said["closed"]["names"], said["empties"]["names"])
        self.parameters = Account._derived[1]

    @classmethod
    def credentials(cls) -> Mapping[str, str]:
        return _credentials()

    @classmethod
    def merchant_id(cls) -> str:
        """The account's own id, which its secret key begins with."""
        return f"acct_1{cls.credentials()['secret_key'].removeprefix('sk_test_')[:15]}"

    # --- making -------------------------------------------------------------------------------------------------

    def make_id(self, prefix: str, of: str = "") -> str:
        """A new id of the wire; with `of`, the one that belongs to that object."""
        return f"{prefix}3{letters(self.serial, prefix, of or next(self._ids), length=23)}"

    def open(self, intent: Intent) -> Purchase:
        """The purchase of a new intent."""
        price = Money(self.minor(intent.amount, intent.currency), intent.currency.upper())
        purchase = self.ledger.open(price, data=intent)
        self.ledger.name(intent.id, purchase)
        return purchase

    @property
    def newest(self) -> str:
        """The API version of the account, which replies have where a request names none."""
        return self.facts.gateway.versions[0]

    def now(self) -> int:
        return int(self.world.clock.time())

    def minor(self, amount: int, currency: str) -> int:
        return self.words.minor(amount, currency.upper())

    def units(self, minor: int, currency: str) -> int:
        return self.words.wire(minor, currency.upper())

    # --- look-ups -----------------------------------------------------------------------------------------------

    def intent(self, call: Call, kind: str) -> Purchase:
        """The purchase behind the id in the path; a page must show the client secret.

        Raises:
            Refusal: there is none, or the secret is missing or wrong.
        """
        purchase = self.purchase(call.id, kind, None)
        secret = call.params.get("client_secret")
        if call.key == "publishable" and secret is None:
            raise self.refuse("secret_missing")
        if secret is not None and secret != purchase.data.secret:
            raise self.missing(f"{kind}_intent", call.id, None)
        return purchase

    def purchase(self, id_: str, kind: str, param: str | None) -> Purchase:
        purchase = self.ledger.named(id_, Purchase)
        if purchase is None or purchase.data.kind != kind:
            raise self.missing(f"{kind}_intent", id_, param)
        return purchase

    def person(self, id_: str, param: str | None) -> Person:
        person = self.people.get(id_)
        if person is None or person.deleted:
            raise self.missing("customer", id_, param)
        return person

    def customer(self, asked: Mapping[str, Any]) -> str | None:
        """The id of the customer that a request names, who must exist."""
        return self.person(asked["customer"], "customer").id if asked.get("customer") else None

    def transaction(self, held: Authorization) -> str | None:
        """The balance transaction of a charge: asynchronous capture makes it a moment later."""
        late = held.purchase.data.capture_method == "automatic_async" and self.world.clock.time() <= held.data.answered
        return self.transaction_of(held.data.id) if held.captured and not late else None

    def transaction_of(self, source: str) -> str:
        """The id of the balance transaction that a charge or a refund brought, or, with `/failed`, its failure."""
        return self.make_id("txn_", source)

    # --- refusals -----------------------------------------------------------------------------------------------

    def refuse(self, rule: str, intent: Any = None, /, **parts: object) -> Refusal:
        """The refusal for one rule of the facts; `intent` comes along where it should, `parts` fill the text."""
        return refuse(self.facts, rule, intent, **parts)

    def failure(self, word: str, **parts: object) -> Refusal:
        """A failure that no request executed: it is kept under no idempotency key."""
        fact = self.facts.errors[word]
        refusal = Refusal(fact.status, build(fact.wire, parts), word, stored=False)
        refusal.response.headers = {"content-type": "application/json", **fact.headers}
        return refusal

    def decline(self, word: str, kind: str = "payment") -> wire.LastError:
        """The error object for a neutral decline word."""
        return declined(self.facts.declines[word].wire, kind)

    def missing(self, kind: str, id_: str, param: str | None) -> Refusal:
        """No such object: 404 where its id is in the path, 400 where it is a parameter."""
        said = self.facts.wire["missing"][kind]
        rule = "missing_resource" if param is None else "missing_parameter_resource"
        return self.refuse(rule, kind=said["kind"], id=id_, param=param or said["param"])

    def not_simulated(self, what: str) -> NotSimulatedError:
        return NotSimulatedError(f"Stripe {what}")

"""The Stripe simulator: one account in one world, as a mapping from requests onto the ledger and back."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, NoReturn

from paypact.cards.card import Card
from paypact.gateways.stripe import wire
from paypact.gateways.stripe.simulator import browser, charges, customers, intents, lists, methods, refunds, requests, setups
from paypact.gateways.stripe.simulator.errors import Refusal, build, declined, refuse
from paypact.gateways.stripe.simulator.known import Known
from paypact.gateways.stripe.simulator.requests import Call
from paypact.gateways.stripe.simulator.state import Method, Person
from paypact.payments import Payment
from paypact.world.codecs import decode_form, encode_json
from paypact.world.http import NotSimulatedError, Request, Response
from paypact.world.ledger import Authorization, Movement, Purchase
from paypact.world.simulator import Simulator
from paypact.world.wire import Wire
from paypact.world.world import World

Handler = Callable[["Stripe", Call], Wire]


@dataclass(frozen=True)
class Route:
    """One endpoint: who handles it, what it answers, which parameters have an effect, and whether a page may call it."""

    handler: Handler
    reply: type[Wire]
    modelled: frozenset[str]
    item: type[Wire] | None = None  # of a list
    page: bool = False  # with a publishable key; on an existing object together with its client secret


def _route(handler: Handler, reply: type[Wire], modelled: str = "", item: type[Wire] | None = None, *, page: bool = False) -> Route:
    return Route(handler, reply, frozenset(modelled.split()) | {"expand"}, item, page)


_CARD = "payment_method_options.card."
_OPTIONS = f" {_CARD}request_three_d_secure {_CARD}network {_CARD}request_multicapture"
_DATA = " type card billing_details metadata allow_redisplay"
_METHOD = " payment_method" + _DATA.replace(" ", " payment_method_data.")
_ECHO = " metadata description receipt_email shipping statement_descriptor_suffix transfer_group setup_future_usage"
_FLOW = " off_session error_on_requires_action return_url use_stripe_sdk capture_method"
_PAGE = "limit starting_after ending_before created "
_SETUP = " payment_method_options.card.request_three_d_secure metadata description usage customer automatic_payment_methods return_url use_stripe_sdk"
_PERSON = "address description email metadata name phone preferred_locales shipping invoice_settings.default_payment_method payment_method"
_PI, _SI, _PM = "/v1/payment_intents", "/v1/setup_intents", "/v1/payment_methods"

ROUTES: dict[str, Route] = {
    f"POST {_PI}": _route(
        intents.create,
        wire.PaymentIntent,
        "amount currency confirm confirmation_method automatic_payment_methods allowed_payment_method_types customer"
        + _METHOD + _OPTIONS + _ECHO + _FLOW,
    ),
    f"GET {_PI}": _route(intents.all_of, wire.Page, _PAGE + "customer", wire.PaymentIntent),
    f"GET {_PI}/{{}}": _route(intents.retrieve, wire.PaymentIntent, "client_secret", page=True),
    f"POST {_PI}/{{}}": _route(
        intents.update, wire.PaymentIntent, "amount currency customer capture_method" + _METHOD + _OPTIONS + _ECHO
    ),
    f"POST {_PI}/{{}}/confirm": _route(
        intents.confirm, wire.PaymentIntent, "client_secret" + _METHOD + _OPTIONS + _ECHO + _FLOW, page=True
    ),
    f"POST {_PI}/{{}}/capture": _route(intents.capture, wire.PaymentIntent, "amount_to_capture final_capture metadata"),
    f"POST {_PI}/{{}}/cancel": _route(intents.cancel, wire.PaymentIntent, "cancellation_reason"),
    f"POST {_SI}": _route(setups.create, wire.SetupIntent, "confirm" + _METHOD + _SETUP),
    f"GET {_SI}/{{}}": _route(setups.retrieve, wire.SetupIntent, "client_secret", page=True),
    f"POST {_SI}/{{}}/confirm": _route(
        setups.confirm, wire.SetupIntent, "client_secret return_url use_stripe_sdk" + _METHOD + _SETUP, page=True
    ),
    f"POST {_SI}/{{}}/cancel": _route(setups.cancel, wire.SetupIntent, "cancellation_reason"),
    "POST /v1/refunds": _route(refunds.create, wire.Refund, "amount charge payment_intent reason metadata"),
    "GET /v1/refunds": _route(refunds.all_of, wire.Page, _PAGE + "charge payment_intent", wire.Refund),
    "GET /v1/refunds/{}": _route(refunds.retrieve, wire.Refund),
    "POST /v1/refunds/{}": _route(refunds.update, wire.Refund, "metadata"),
    "GET /v1/charges": _route(charges.all_of, wire.Page, _PAGE + "customer payment_intent", wire.Charge),
    "GET /v1/charges/{}": _route(charges.retrieve, wire.Charge),
    f"POST {_PM}": _route(methods.create, wire.PaymentMethod, _DATA, page=True),
    f"GET {_PM}": _route(methods.all_of, wire.Page, _PAGE + "customer type", wire.PaymentMethod),
    f"GET {_PM}/{{}}": _route(methods.retrieve, wire.PaymentMethod),
    f"POST {_PM}/{{}}": _route(methods.update, wire.PaymentMethod, "billing_details metadata"),
    f"POST {_PM}/{{}}/attach": _route(methods.attach, wire.PaymentMethod, "customer"),
    f"POST {_PM}/{{}}/detach": _route(methods.detach, wire.PaymentMethod),
    "POST /v1/customers": _route(customers.create, wire.Customer, _PERSON),
    "GET /v1/customers": _route(customers.all_of, wire.Page, _PAGE + "email", wire.Customer),
    "GET /v1/customers/{}": _route(customers.retrieve, wire.Customer),
    "POST /v1/customers/{}": _route(customers.update, wire.Customer, _PERSON),
    "DELETE /v1/customers/{}": _route(customers.delete, wire.Deleted),
    "GET /v1/customers/{}/payment_methods": _route(methods.of_customer, wire.Page, _PAGE + "type", wire.PaymentMethod),
}
SIGNS: Mapping[str, str] = {"pi_": "payment", "seti_": "setup"}
_WORLDS = itertools.count(1)  # ids must differ between worlds of one process: caches of SDKs and shops would mix them up


def _letters(*parts: object, length: int) -> str:
    return hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=16).hexdigest()[:length]


@dataclass(slots=True)
class _Kept:
    """A reply kept under an idempotency key."""

    path: str
    params: Any
    response: Response
    until: float


class Stripe(Simulator):
    """One account. Handlers call back for ids, look-ups and refusals."""

    _known: ClassVar[Known | None] = None

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.serial = next(_WORLDS)
        self.methods: dict[str, Method] = {}
        self.customers: dict[str, Person] = {}
        self.published: set[str] = set()  # test numbers that behave as published, because no suite scripted them
        self.kept: dict[str, _Kept] = {}
        self._ids = itertools.count(1)

    @property
    def known(self) -> Known:
        if Stripe._known is None or Stripe._known.facts is not self.facts:
            Stripe._known = Known(self.facts)
        return Stripe._known

    @classmethod
    def credentials(cls) -> Mapping[str, str]:
        account = _letters("paypact", "account", length=16)
        return {
            "secret_key": f"sk_test_{account}{_letters('paypact', 'secret', length=32)}",
            "publishable_key": f"pk_test_{account}{_letters('paypact', 'publishable', length=32)}",
            "webhook_secret": f"whsec_{_letters('paypact', 'webhook', length=32)}",
        }

    # --- requests -----------------------------------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        id_ = f"req_{_letters(self.serial, 'request', next(self._ids), length=14)}"
        headers = request.headers
        try:
            response = self._answer(request)
        except Refusal as refusal:
            response = refusal.response
        body = response.body
        if isinstance(body, wire.ErrorBody) and response.status not in (401, 403):
            body.error.request_log_url = f"https://dashboard.stripe.com/test/logs/{id_}"
        response.headers |= {
            "content-type": "application/json",
            "request-id": id_,
            "stripe-version": headers.get("stripe-version", self.facts.gateway.versions[0]),
        }
        if "idempotency-key" in headers:
            response.headers["idempotency-key"] = headers["idempotency-key"]
        return response

    def _answer(self, request: Request) -> Response:
        key = self._key(request)
        path = request.path
        where = f"Stripe {request.method} {path}"
        version = request.headers.get("stripe-version")
        if version is not None and version not in self.facts.gateway.versions:
            raise NotSimulatedError(f"{where} in version {version}")
        for name in ("stripe-account", "stripe-context"):
            if name in request.headers:
                raise NotSimulatedError(f"{where} with header {name}")
        name, id_ = _place(request.method, path)
        route = ROUTES.get(name)
        if route is None:
            if requests.documented(request.method, path):
                raise NotSimulatedError(where)
            raise self.refuse("unrecognized_url", method=request.method, path=path)
        if key == "publishable" and not route.page:
            raise self.failure("authentication_publishable")
        text = request.query if request.method in ("GET", "DELETE") else request.body.decode("utf-8", "replace")
        try:
            sent = decode_form(text)
        except ValueError as error:
            raise self.refuse("parameter_invalid_type", name="", type="request", value=str(error)) from None
        token = request.headers.get("idempotency-key") if request.method == "POST" else None
        if token is None:
            return self._execute(name, route, id_, path, key, sent)
        return self._once(token, name, route, id_, path, key, sent)

    def _once(self, token: str, name: str, route: Route, id_: str, path: str, key: requests.Key, sent: dict[str, Any]) -> Response:
        """Carry a POST out at most once under its idempotency key."""
        limits = self.facts.limits
        if len(token) > limits["idempotency_key"]:
            raise self.refuse("idempotency_key_long")
        now = self.world.clock.time()
        kept = self.kept.get(token)
        if kept is not None and kept.until > now:
            if kept.path != path:
                raise self.refuse("idempotency_endpoint", now=path, first=kept.path, key=token)
            if kept.params != sent:
                raise self.refuse("idempotency_mismatch", key=token)
            first = kept.response
            again = {"idempotent-replayed": "true", "original-request": first.headers.get("request-id", "")}
            return Response(first.status, first.body, again, first.refused, first.unmodelled)
        try:
            response = self._execute(name, route, id_, path, key, sent)
        except Refusal as refusal:
            if refusal.stored:
                self.kept[token] = _Kept(path, sent, refusal.response, now + limits["idempotency_seconds"])
            raise
        self.kept[token] = _Kept(path, sent, response, now + limits["idempotency_seconds"])
        return response

    def _execute(self, name: str, route: Route, id_: str, path: str, key: requests.Key, sent: dict[str, Any]) -> Response:
        params = requests.check(self.facts, name, sent)
        call = Call(key, id_, params, path, requests.unmodelled(params, route.modelled))
        asked = params.get("expand")
        paths = lists.check(self, route.reply, route.item, asked, call) if asked else ()
        body = route.handler(self, call)
        for parts in paths:
            lists.expand(self, body, parts)
        return Response(200, body, unmodelled=tuple(call.unmodelled))

    def _key(self, request: Request) -> requests.Key:
        given = requests.presented_key(request.headers.get("authorization", ""))
        if given is None:
            raise self.failure("authentication_missing")
        own = self.credentials()
        if given == own["secret_key"]:
            return "secret"
        if given == own["publishable_key"]:
            return "publishable"
        raise self.failure("authentication", key=f"{given[:8]}{'*' * max(0, len(given) - 12)}{given[-4:]}")

    def render(self, response: Response) -> bytes:
        return response.body if isinstance(response.body, bytes) else encode_json(response.body)

    def error(self, word: str) -> Response:
        """The reply for one word of the `[errors]` facts; a word nobody knows is a defect of the suite."""
        return self.failure(word, key="sk_test_****").response

    # --- the browser --------------------------------------------------------------------------------------------

    def tokenize(self, card: Card) -> str:
        return methods.keep(self, card).id

    def visit(self, place: str, payment: Payment, result: str) -> Mapping[str, str] | None:
        return browser.visit(self, place, payment, result)

    # --- refusals -----------------------------------------------------------------------------------------------

    def refuse(self, rule: str, intent: Any = None, /, **parts: object) -> Refusal:
        """The refusal for one rule of the facts."""
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

    def declined(self, word: str) -> Refusal:
        """The 402 for a card refused without an authorization."""
        error = self.decline(word)
        return Refusal(402, error, word)

    def missing(self, kind: str, id_: str, param: str | None) -> Refusal:
        """No such object: 404 where its id is in the path, 400 where it is a parameter."""
        said = self.facts.wire["missing"][kind]
        rule = "missing_resource" if param is None else "missing_parameter_resource"
        return self.refuse(rule, kind=said["kind"], id=id_, param=param or said["param"])

    def not_simulated(self, what: str) -> NoReturn:
        raise NotSimulatedError(f"Stripe {what}")

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
        person = self.customers.get(id_)
        if person is None or person.deleted:
            raise self.missing("customer", id_, param)
        return person

    def scripted(self, card: Card) -> bool:
        """Whether a suite, and not the vendor's list, says what this card's issuer answers."""
        return self.world.issuer.issued(card.key) is not None and card.key not in self.published

    def object(self, id_: str) -> Wire:
        """The object of an id, for `expand`."""
        prefix = id_.partition("_")[0]
        if prefix == "ch":
            return charges.render(self, charges.find(self, id_, None))
        if prefix == "pm":
            return methods.render(self, self.methods[id_])
        if prefix == "cus":
            person = self.customers[id_]
            return wire.Deleted(id=id_, object="customer") if person.deleted else customers.render(self, person)
        if prefix == "re":
            return refunds.render(self, refunds.find(self, id_))
        return self.shown(self.purchase(id_, SIGNS[prefix + "_"], None))

    def shown(self, purchase: Purchase) -> wire.PaymentIntent | wire.SetupIntent:
        return setups.render(self, purchase) if purchase.data.kind == "setup" else intents.render(self, purchase)

    # --- making -------------------------------------------------------------------------------------------------

    def make_id(self, prefix: str, of: str = "") -> str:
        """A new id of the wire; with `of`, always the same for that object."""
        return f"{prefix}3{_letters(self.serial, prefix, of or next(self._ids), length=23)}"

    def make_secret(self, id_: str) -> str:
        return f"{id_}_secret_{_letters('client', id_, length=25)}"

    def fingerprint(self, card: Card) -> str:
        return _letters("card", card.key, length=16)

    def now(self) -> int:
        return int(self.world.clock.time())

    def month(self) -> tuple[int, int]:
        """The year and month it is."""
        today = datetime.fromtimestamp(self.world.clock.time(), UTC)
        return today.year, today.month

    def transaction_of(self, held: Authorization) -> str | None:
        """The balance transaction of a charge; asynchronous capture makes it a moment later."""
        captures = [one for one in held.movements if one.kind == "capture"]
        if not captures:
            return None
        at = next(entry.at for entry in self.ledger.journal if entry.subject is captures[0])
        late = held.purchase.data.capture_method == "automatic_async"
        return None if late and self.world.clock.time() <= at else self.make_id("txn_", held.data.id)

    def expired_at(self, held: Authorization | None) -> int | None:
        return next((int(entry.at) for entry in reversed(self.ledger.journal) if entry.subject is held), None)

    # --- checks -------------------------------------------------------------------------------------------------

    def check_amount(self, amount: int, currency: str) -> None:
        """Raises: Refusal: an unknown currency, too little, too much, or not a multiple of what the currency asks."""
        facts, code = self.facts.currencies, currency.upper()
        if code not in facts.accepted:
            raise self.refuse("currency_invalid", currency=currency, known=", ".join(one.lower() for one in facts.accepted))
        least = max(1, facts.minimums.get(code, 1))
        if amount < least:
            raise self.refuse("amount_too_small", least=f"{least} {currency}")
        if amount > self.facts.limits["amount"]:
            raise self.refuse("amount_too_large", most=f"{self.facts.limits['amount']} {currency}")
        multiple = facts.multiples.get(code, 1)
        if amount % multiple:
            raise self.refuse("amount_multiple", currency=currency, multiple=multiple)

    def metadata(self, params: dict[str, Any], before: dict[str, str]) -> dict[str, str]:
        """The metadata after a request: an empty value unsets its key, an empty table all of them."""
        given = params.get("metadata")
        if given is None:
            return before
        if not given:
            return {}
        limits = self.facts.limits
        for name, value in given.items():
            if len(name) > limits["metadata_key"]:
                raise self.refuse("metadata_key_long", name=name)
            if len(value) > limits["metadata_value"]:
                raise self.refuse("metadata_value_long", name=name, length=len(value), value=value)
        merged = {name: value for name, value in {**before, **given}.items() if value != ""}
        if len(merged) > limits["metadata_keys"]:
            raise self.refuse("metadata_keys", count=len(merged))
        return merged

    def check_texts(self, params: dict[str, Any], kind: str) -> None:
        """Raises: Refusal: a text longer than its limit, a malformed address, a descriptor that no bank would print."""
        for place, most in self.facts.limits["text"].items():
            of, _, name = place.partition(".")
            value = params.get(name)
            if of == kind and isinstance(value, str) and len(value) > most:
                raise self.refuse("text_too_long", name=name, most=most, value=value)
        for name in ("email", "receipt_email"):
            value = params.get(name)
            if value and ("@" not in value.strip("@") or " " in value):
                raise self.refuse("email_invalid", name=name, value=value)
        suffix = params.get("statement_descriptor_suffix")
        if suffix and (
            len(suffix) > self.facts.limits["statement_descriptor_suffix"]
            or set(suffix) & set("<>\\'\"*")
            or not any(letter.isascii() and letter.isalpha() for letter in suffix)
        ):
            raise self.refuse("suffix_invalid")


def _place(method: str, path: str) -> tuple[str, str]:
    """The route's name and the id in the path."""
    parts = path.split("/")
    if len(parts) > 3 and f"{method} {path}" not in ROUTES:  # noqa: PLR2004 - "", "v1", the collection, an id
        id_, parts[3] = parts[3], "{}"
        return f"{method} {'/'.join(parts)}", id_
    return f"{method} {path}", ""


SIMULATOR = Stripe

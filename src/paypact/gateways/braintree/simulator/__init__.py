"""The Braintree simulator: one gateway account in one world, as a mapping from requests onto the ledger and back."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from paypact.gateways.braintree.simulator import transactions, vault
from paypact.gateways.braintree.simulator.account import Account
from paypact.gateways.braintree.simulator.shown import answered, note
from paypact.payments import Payment
from paypact.world.codecs import decode_json
from paypact.world.http import NotSimulatedError, Refusal, Request, Response
from paypact.world.ids import placed
from paypact.world.ledger import Obstacle
from paypact.world.world import World
from paypact.world.xml import decode_xml, encode_xml

Handler = Callable[[Account, str, Mapping[str, Any]], Response]

ROUTES: dict[str, Handler] = {  # below /merchants/{merchant id}
    "POST transactions": transactions.create,
    "GET transactions/{}": transactions.retrieve,
    "PUT transactions/{}/submit_for_settlement": transactions.submit,
    "POST transactions/{}/submit_for_partial_settlement": transactions.submit_part,
    "PUT transactions/{}/void": transactions.void,
    "POST transactions/{}/refund": transactions.refund,
    "POST transactions/{}/reverse": transactions.reverse,
    "PUT transactions/{}/adjust_authorization": transactions.adjust,
    "PUT transactions/{}/settle": transactions.settle,
    "POST transactions/advanced_search_ids": transactions.search_ids,
    "POST transactions/advanced_search": transactions.search,
    "POST verifications": vault.verify,
    "GET verifications/{}": vault.retrieve_verification,
    "POST customers": vault.create_customer,
    "GET customers/{}": vault.retrieve_customer,
    "PUT customers/{}": vault.update_customer,
    "DELETE customers/{}": vault.delete_customer,
    "POST payment_methods": vault.create_method,
    "GET payment_methods/any/{}": vault.retrieve_method,
    "DELETE payment_methods/any/{}": vault.delete_method,
    "GET payment_methods/credit_card/{}": vault.retrieve_method,
    "DELETE payment_methods/credit_card/{}": vault.delete_method,
    "POST client_token": vault.client_token,
}
KEYED = frozenset(name for name in ROUTES if name.startswith(("POST transactions", "PUT transactions")))


class Braintree(Account):
    """The account as it is reached over HTTP."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.ledger.listeners.append(lambda entry: note(self, entry))

    def handle(self, request: Request) -> Response:
        try:
            response = self._answer(request)
        except Refusal as refusal:
            response = refusal.response
        except Obstacle as obstacle:
            response = self.refusal(obstacle.rule)
        response.headers.setdefault("content-type", "application/xml; charset=utf-8")
        return response

    def _answer(self, request: Request) -> Response:
        own = self.credentials()
        key = base64.b64encode(f"{own['public_key']}:{own['private_key']}".encode()).decode()
        _, _, merchant, rest = [*request.path.split("/", 3), "", "", ""][:4]
        if request.headers.get("authorization") != f"Basic {key}" or merchant != own["merchant_id"]:
            raise Refusal(self.error("authentication"))
        version = request.headers.get("x-apiversion", "")
        if version not in self.facts.gateway.versions:
            raise NotSimulatedError(f"Braintree API version {version or 'that no request names'}")
        name, id_ = placed(ROUTES, request.method, rest)
        handler = ROUTES.get(name)
        if handler is None:
            raise NotSimulatedError(f"Braintree {request.method} {request.path}")
        asked = self._sent(request)
        token = asked.get("api_request_key") if name in KEYED else None
        if not token:
            return handler(self, id_, asked)
        return self._once(token, f"{name} {id_}", asked, lambda: handler(self, id_, asked))

    def _sent(self, request: Request) -> Mapping[str, Any]:
        """What a request says: the content of its one element, or member: the SDK for Node writes JSON."""
        if not request.body:
            return {}
        json = request.headers.get("content-type", "").startswith("application/json")
        try:
            document = decode_json(request.body) if json else decode_xml(request.body)
        except ValueError:
            raise Refusal(Response(400, b"", refused="not JSON" if json else "not XML")) from None
        content = next(iter(document.values()), None) if isinstance(document, dict) else None
        return content if isinstance(content, dict) else {}

    def _once(self, token: str, place: str, asked: Mapping[str, Any], execute: Callable[[], Response]) -> Response:
        """At most once under one key: a repetition is told how things stand now. What was refused may be sent again."""
        if len(token) > self.facts.limits["api_request_key"]:
            raise self.refuse("request_key_long")
        kept = self.keys.seen(token)
        if kept is not None:
            if (kept.place, kept.asked) != (place, asked):
                raise self.refuse("request_key_reused", {"transaction": dict(asked)})
            (seen,) = kept.response.body.values()
            return answered(self, transactions.find(self, getattr(seen, "transaction", seen).id))
        response = execute()
        self.keys.keep(token, place, asked, response)
        return response

    def keyed(self, request: Request) -> bool:
        return b"api_request_key" in request.body.replace(b"-", b"_")

    def render(self, response: Response) -> bytes:
        return response.body if isinstance(response.body, bytes) else encode_xml(response.body)

    def elsewhere(self, payment: Payment, operation: str) -> bool:
        from paypact.gateways.braintree import webhooks  # late, as all of it is

        return webhooks.elsewhere(self, payment, operation)


SIMULATOR = Braintree

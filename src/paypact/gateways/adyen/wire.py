"""Wire: what Adyen sends. Which fields a reply has depends on the account's settings, and on the situation."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from paypact.world.wire import UNSET, Maybe, Open, State, Wire, documented, like, never

SETTINGS: Final = "docs.adyen.com/development-resources/additional-data: each group only where an account has it on"
EXAMPLES: Final = (
    "CheckoutService-v72.json: example post-payments-details-00.redirect-200 has result code and PSP alone"
)
GROWS: Final = "docs.adyen.com/development-resources/versioning: fields may be added without a new version"
OPEN: Final = "docs.adyen.com: payment method variants: other values can be returned"

Setting = Annotated[Maybe[str], documented(SETTINGS, "absent")]


class Sent(Wire):
    """Base of all of them."""

    grows = GROWS


class Amount(Sent):
    """An amount in the smallest unit, as Adyen counts it."""

    currency: str
    value: int


class Method(Sent):
    """Which payment method was used."""

    brand: Annotated[Maybe[Open], documented(OPEN, "unseen")] = UNSET
    type: Open = "scheme"


class AdditionalData(Sent):
    """Details, all of them text."""

    auth_code: Setting = msgspec.field(name="authCode", default=UNSET)
    avs_result: Setting = msgspec.field(name="avsResult", default=UNSET)
    cvc_result: Setting = msgspec.field(name="cvcResult", default=UNSET)
    cvc_raw: Setting = msgspec.field(name="cvcResultRaw", default=UNSET)
    raw: Setting = msgspec.field(name="refusalReasonRaw", default=UNSET)
    advice: Setting = msgspec.field(name="merchantAdviceCode", default=UNSET)
    bin: Setting = msgspec.field(name="cardBin", default=UNSET)
    summary: Setting = msgspec.field(name="cardSummary", default=UNSET)
    holder: Setting = msgspec.field(name="cardHolderName", default=UNSET)
    expiry: Setting = msgspec.field(name="expiryDate", default=UNSET)
    method: Annotated[Maybe[Open], documented(SETTINGS, "absent"), documented(OPEN, "unseen")] = msgspec.field(
        name="paymentMethod", default=UNSET
    )
    variant: Annotated[Maybe[Open], documented(SETTINGS, "absent"), documented(OPEN, "unseen")] = msgspec.field(
        name="paymentMethodVariant", default=UNSET
    )
    funding: Annotated[Maybe[Open], documented(SETTINGS, "absent")] = msgspec.field(name="fundingSource", default=UNSET)
    authenticated: Setting = msgspec.field(name="threeDAuthenticated", default=UNSET)
    offered: Setting = msgspec.field(name="threeDOffered", default=UNSET)
    authorised_value: Maybe[str] = msgspec.field(name="authorisedAmountValue", default=UNSET)
    authorised_currency: Maybe[str] = msgspec.field(name="authorisedAmountCurrency", default=UNSET)
    shopper: Maybe[str] = msgspec.field(name="tokenization.shopperReference", default=UNSET)
    stored: Maybe[str] = msgspec.field(name="tokenization.storedPaymentMethodId", default=UNSET)
    store_operation: Maybe[str] = msgspec.field(name="tokenization.store.operationType", default=UNSET)


class StoringData(AdditionalData):
    """After a card was stored, its id is there."""

    stored: Annotated[Maybe[str], never("without it nothing was stored", "absent")] = msgspec.field(
        name="tokenization.storedPaymentMethodId"
    )


class PartialData(AdditionalData):
    """A partial approval says how much."""

    authorised_value: str = msgspec.field(name="authorisedAmountValue")
    authorised_currency: str = msgspec.field(name="authorisedAmountCurrency")


class Action(Sent):
    """What the shopper has to do: go to a URL, or let the component ask."""

    type: Open
    payment_method: Annotated[Maybe[str], documented(EXAMPLES, "absent")] = msgspec.field(
        name="paymentMethodType", default="scheme"
    )


class Redirect(Action):
    """Go there."""

    type: Open = "redirect"
    url: str
    method: str = "GET"


class Native(Action):
    """The component asks, by fingerprint or by challenge."""

    type: Open = "threeDS2"
    subtype: Open
    token: str
    authorisation_token: str = msgspec.field(name="authorisationToken")
    payment_data: Maybe[str] = msgspec.field(name="paymentData", default=UNSET)


class Standing(Sent):
    """What every result says."""

    result: State = msgspec.field(name="resultCode")
    reference: Annotated[Maybe[str], documented(EXAMPLES, "absent")] = msgspec.field(
        name="merchantReference", default=UNSET
    )
    amount: Annotated[Maybe[Amount], documented(EXAMPLES, "absent")] = UNSET
    method: Annotated[Maybe[Method], documented(EXAMPLES, "absent")] = msgspec.field(
        name="paymentMethod", default=UNSET
    )
    additional: Annotated[Maybe[AdditionalData], documented(SETTINGS, "absent")] = msgspec.field(
        name="additionalData", default=UNSET
    )


class Result(Standing):
    """The result of a payment, or where it stands."""

    psp: str = msgspec.field(name="pspReference")


class Refused(Result):
    """A no, and why."""

    reason: Maybe[Open] = msgspec.field(name="refusalReason")
    code: Maybe[Open] = msgspec.field(name="refusalReasonCode")


class Asked(Standing):
    """The shopper has to act first; the component's examples name no payment yet."""

    psp: Annotated[
        Maybe[str], documented("CheckoutService-v72.json: example post-payments-card-3d-secure-2-web-200", "absent")
    ] = msgspec.field(name="pspReference", default=UNSET)

    action: Redirect | Native


class Stored(Result):
    """A card was stored with it."""

    additional: StoringData = msgspec.field(name="additionalData")


class Partial(Result):
    """Less was approved than asked for."""

    additional: PartialData = msgspec.field(name="additionalData")


class Received(Sent):
    """A modification was taken note of; what becomes of it is told by webhook."""

    merchant: str = msgspec.field(name="merchantAccount")
    psp: str = msgspec.field(name="pspReference")
    reference: Maybe[str] = UNSET
    status: State = "received"


class ReceivedByReference(Received):
    """One of a payment that was named by the shop's reference."""

    payment_reference: str = msgspec.field(name="paymentReference")


class ReceivedOf(Received):
    """One of a payment that was named by its PSP reference."""

    payment: str = msgspec.field(name="paymentPspReference")


class ReceivedSum(ReceivedOf):
    """One of an amount."""

    amount: Amount
    capture: Maybe[str] = msgspec.field(name="capturePspReference", default=UNSET)
    refund_reason: Maybe[str] = msgspec.field(name="merchantRefundReason", default=UNSET)


class ReceivedUpdate(ReceivedOf):
    """Another amount for a payment; its reference is always told."""

    reference: str
    amount: Amount
    usage: Maybe[str] = msgspec.field(name="industryUsage", default=UNSET)


class Error(Sent):
    """A request that was not carried out."""

    status: int
    code: str = msgspec.field(name="errorCode")
    message: str
    type: Open = msgspec.field(name="errorType")
    psp: Maybe[str] = msgspec.field(name="pspReference", default=UNSET)


class StoredMethod(Sent):
    """A stored card as it is listed."""

    id: str
    brand: Open
    expiry_month: str = msgspec.field(name="expiryMonth")
    expiry_year: str = msgspec.field(name="expiryYear")
    holder: Maybe[str] = msgspec.field(name="holderName", default=UNSET)
    last_four: str = msgspec.field(name="lastFour")
    name: str
    models: list[str] = msgspec.field(name="supportedRecurringProcessingModels")
    type: str = "scheme"


class StoredList(Sent):
    """The stored cards of one shopper."""

    merchant: str = msgspec.field(name="merchantAccount")
    shopper: str = msgspec.field(name="shopperReference")
    methods: list[StoredMethod] = msgspec.field(name="storedPaymentMethods")


class OfferedMethod(Sent):
    """A payment method that is on offer."""

    name: str
    type: Open
    brands: list[Open]


class Offer(Sent):
    """What is on offer to this shopper."""

    methods: list[OfferedMethod] = msgspec.field(name="paymentMethods")
    stored: Maybe[list[StoredMethod]] = msgspec.field(name="storedPaymentMethods", default=UNSET)


class Brand(Sent):
    """A brand of a card, and whether it can be paid with."""

    type: Open
    supported: bool


class CardInfo(Sent):
    """What the first digits of a card say."""

    brands: list[Brand]


class Session(Sent):
    """A new session; all that was asked for stands in it again, of which we repeat the required."""

    id: Annotated[str, like("CS")]
    amount: Amount
    expires: str = msgspec.field(name="expiresAt")
    merchant: str = msgspec.field(name="merchantAccount")
    reference: str
    back: str = msgspec.field(name="returnUrl")
    data: str = msgspec.field(name="sessionData")
    mode: Open = "embedded"


class HostedSession(Session):
    """One on Adyen's own page, which is where to go."""

    mode: Open = "hosted"
    url: str


class SessionPayment(Sent):
    """A payment within a session."""

    amount: Amount
    method: Method = msgspec.field(name="paymentMethod")
    psp: str = msgspec.field(name="pspReference")
    result: Open = msgspec.field(name="resultCode")


class SessionResult(Sent):
    """Where a session stands."""

    id: Annotated[str, like("CS")]
    status: State
    reference: Annotated[Maybe[str], documented(EXAMPLES, "absent")] = UNSET
    payments: Annotated[
        Maybe[list[SessionPayment]],
        documented("CheckoutService-v72.json: example get-sessions-sessionId-success-200", "absent"),
    ] = UNSET


class ItemData(Sent):
    """Details of a webhook's item."""

    summary: Setting = msgspec.field(name="cardSummary", default=UNSET)
    method: Annotated[Maybe[Open], documented(SETTINGS, "absent"), documented(OPEN, "unseen")] = msgspec.field(
        name="paymentMethod", default=UNSET
    )
    stored: Annotated[Maybe[str], never("the card was kept", "absent")] = msgspec.field(
        name="recurring.recurringDetailReference", default=UNSET
    )
    action: Annotated[Maybe[str], never("what became of a reversal", "absent")] = msgspec.field(
        name="modification.action", default=UNSET
    )


class NotificationItem(Sent, rename="camel"):
    """What a standard webhook says. Which of it is signed: `webhooks.SIGNED`, amount, code and success."""

    additional_data: Annotated[Maybe[ItemData], never("it holds the signature, too")] = UNSET
    amount: Amount
    event_code: str
    event_date: str
    merchant_account_code: str
    merchant_reference: str
    operations: Annotated[Maybe[list[str]], never("what can be done with a payment that was authorised")] = UNSET
    original_reference: Annotated[Maybe[str], never("the payment that it is about", "absent")] = UNSET
    payment_method: Annotated[Open, documented(OPEN, "unseen")]
    psp_reference: str
    reason: str
    success: str

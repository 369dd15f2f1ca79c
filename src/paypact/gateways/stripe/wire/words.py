"""What several declarations share: sources of what grows, the base of all objects, short words for annotations."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from paypact.world.wire import UNSEEN_WORD, UNSET, Arm, Open, State, Wire, documented, never

GROWS = "docs.stripe.com/upgrades: new properties in replies are a backward-compatible change"
OPEN = (
    "SDK stripe 16.1.0, README, Open and Closed Enums: words typed `Literal[...] | str` are added in old versions too"
)
BRANDS = (
    "the vendor's description: card brands gained eftpos_au between 2022-04-12 and 2023-09-12, later link (SDK 16.1.0)"
)
COUNTRY = (
    "dj-stripe/dj-stripe#628, dmjio/stripe#19, pointfreeco/pointfreeco#677: cards of banks that Stripe cannot place"
)
_METHODS = (
    "docs.stripe.com/payments/checkout/payment-methods: types of methods are turned on in the Dashboard, by Stripe too"
)
NEXT_YEARS = Arm("unheard-of", {"type": UNSEEN_WORD, "card": UNSET, UNSEEN_WORD: {}}, documented(_METHODS, "arm"))
LINK = documented("docs.stripe.com/payments/link: a shopper of a card integration may pay with Link", "arm")

Brand = Annotated[Open, documented(BRANDS, "unseen")]
Standing = Annotated[State, documented(OPEN, "unseen")]
TYPE = never("another type brings its own object: an arm", "unseen")
Words = dict[str, str]


class Object(Wire):
    grows: ClassVar[str] = GROWS


class Deleted(Object):
    id: str
    object: str
    deleted: bool = True


class Page(Object):
    object: str = "list"
    data: Annotated[list[Any], never("what exists is listed", "empty")]
    has_more: bool
    url: str

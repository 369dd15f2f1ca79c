"""The promise `tolerance` on a toy gateway whose replies are declared, and on honest ways to read a real one's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

import pytest

from paypact import Driver
from paypact.errors import UsageError
from paypact.report.model import CellResult
from paypact.testkit import Axis, Case, run_cell, variation
from paypact.testkit.cell import cells
from paypact.testkit.flow import pay
from paypact.testkit.playing import playing
from paypact.testkit.profiles import Profile
from paypact.testkit.promise import promises
from paypact.testkit.target import Target, targets
from paypact.testkit.variation import Change, VariationAxis, Varying, everything, found, kind_of
from paypact.world.variations import variations
from paypact.world.wire import Maybe, Wire, documented

Run = Callable[..., dict[str, CellResult]]
ROWS = Profile("rows", examples=1, deterministic=True)
OPERATIONS = {"sale", "authorize", "complete", "capture", "void", "refund", "lookup"}
SOME = "made up: some cards have none"
CHARGED = "the card was charged 10.90 EUR"
HELD = "10.90 EUR are held on the card"
UNSEEN = "that nobody has seen"
WORD = f"a word for `status` {UNSEEN}"
ADVICE = (
    "the gateway's description allows this reply, and nothing says that it is ever sent in this state; "
    'with `tolerance = "schema"` it fails the build'
)
STAYED = "it stayed unknown although nothing went wrong on the way"
FLAWS = [  # shop, cell, severity, what is not plain about its case, sentence
    (
        *("NeedsBrand", "sale", "crash", {"variation": "1 the reply arm purse"}),
        f"where reply 1 had another kind of itself (purse), sale crashed with KeyError: 'brand'; {CHARGED}",
    ),
    (
        *("KnowsBrands", "sale", "crash", {"variation": "1 brand unseen"}),
        f"where reply 1 had a word for `brand` {UNSEEN}, sale crashed with KeyError: 'a_word_of_next_year'; {CHARGED}",
    ),
    (
        *("NeedsEither", "sale", "crash", {"variation": "1 everything documented"}),
        f"where reply 1 left out or nulled all that it may, sale crashed with KeyError: 'network'; {CHARGED}",
    ),
    (
        *("ShrugsAtLess", "lookup", "money", {"variation": "1 the reply arm purse"}),
        f"where reply 2 had another kind of itself (purse), lookup answered Unknown, but {CHARGED}; {STAYED}",
    ),
    (
        *("UnknownIsNo", "authorize", "money", {"variation": "1 status unseen"}),
        f"where reply 1 had {WORD}, authorize answered Declined (failed), but {HELD}",
    ),
    (
        *("UnknownIsYes", "sale", "money", {"answer": "challenge", "variation": "1 status unseen"}),
        f"where reply 1 had {WORD}, sale answered Approved, but the shopper still has to authenticate",
    ),
    (
        *("UnknownIsYes", "complete", "money", {"shopper": "failed", "variation": "1 status unseen"}),
        f"where reply 2 had {WORD}, complete answered Approved, but the card was refused (authentication_failed)",
    ),
    (
        *("AnyReplyWillDo", "capture", "money", {"variation": "1 status unseen, nothing moved"}),
        f"where reply 2 had {WORD}, capture answered Approved, but the movement was only requested",
    ),
]


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    from tin.declared import declare

    declare(monkeypatch)


def shop(name: str) -> type[Driver]:
    """A shop of the toy gateway."""
    from tin import declared

    found: type[Driver] = getattr(declared, name)
    return found


def column(driver: type[Driver]) -> Target:
    """Its column of the matrix."""
    (only,) = targets(driver, file="tests/test_payments.py")
    return only


@pytest.mark.parametrize(("name", "cell", "severity", "case", "sentence"), FLAWS, ids=[" ".join(f[:2]) for f in FLAWS])
def test_flaw_is_caught_and_said(
    run: Run, name: str, cell: str, severity: str, case: dict[str, object], sentence: str
) -> None:
    """A reply that the gateway may send breaks the integration: which field, what was done to it, what came of it."""
    result = run(shop(name), "tolerance", cell)[cell]

    assert result.state == "broken", result.why
    assert (severity, case, sentence) in [(each.severity, each.case, each.sentence) for each in result.findings]
    assert {each.trigger for each in result.findings} == {"variation"}


def test_a_careful_integration_is_silent(run: Run) -> None:
    """Nothing is found, not even advice; every operation's replies were varied, unknown words over both ledgers."""
    results = run(shop("Careful"), "tolerance")

    assert {key: (each.state, each.findings) for key, each in results.items()} == dict.fromkeys(
        OPERATIONS, ("kept", ())
    )
    assert [key for key, each in results.items() if not each.occurred["unknown state, moved"]] == []
    assert [key for key, each in results.items() if not each.occurred["unknown state, not moved"]] == []


@pytest.mark.parametrize(("tolerance", "state", "note"), [("documented", "advice", ADVICE), ("schema", "broken", "")])
def test_what_only_the_schema_allows(run: Run, tolerance: str, state: str, note: str) -> None:
    """A reply that nothing says is ever sent is advice, unless the team wants more."""
    result = run(shop("ShoutsBank"), "tolerance", "sale", tolerance=tolerance)["sale"]

    (finding,) = result.findings
    assert (result.state, finding.variation, finding.note) == (state, "1 bank null, schema", note)
    assert finding.sentence.startswith("where reply 1 had null for `bank`, sale crashed with AttributeError")


def test_finding_names_evidence_and_others_that_fail_alike(run: Run) -> None:
    """The grade with its source, at most five variations that fail alike, and a command that replays this one."""
    (finding,) = run(shop("ExactlyThese"), "tolerance", "sale")["sale"].findings

    assert finding.variation == f"1 the reply arm purse, documented: {SOME}"
    assert finding.explained["variation"] == (
        "only 1 the reply arm purse, 1 the reply extra, 1 brand absent, 1 network absent, 1 everything documented "
        "and 1 more"
    )
    assert finding.explained["answer"] == "only approve"
    assert finding.replay == (
        'paypact replay \'tests/test_payments.py::tolerance[exactly-these-sale]{"variation":"1 the reply arm purse"}\''
    )
    assert json.loads(finding.exchanges[0].reply)["purse"] == {"owner": "Jo"}


def test_what_the_gateway_keeps_is_not_varied(run: Run) -> None:
    """After a crash the same press is answered by the reply as it was: it says what the shopper pays."""
    (finding,) = run(shop("NeedsBrand"), "tolerance", "sale", case={"variation": "1 brand absent"})["sale"].findings

    first, *_, last = finding.story
    assert (first.call, first.told, first.parted) == ("sale", "crashed with KeyError: 'brand'", True)
    assert (last.call, last.told, last.parted) == ("sale", "Approved", False)
    assert {each.ledger for each in finding.story} == {f"the card was charged: {finding.paid.partition(',')[0]}"}


@pytest.mark.parametrize(
    ("spelled", "state", "notes"),
    [
        ("1 brand unseen", "broken", ()),
        ("1 cousin absent", "kept", ("no reply or webhook could be varied by '1 cousin absent'",)),
        ("3 brand unseen", "kept", ("no reply or webhook could be varied by '3 brand unseen'",)),
    ],
)
def test_replay(run: Run, spelled: str, state: str, notes: tuple[str, ...]) -> None:
    """A variation is replayed as it is spelled; where another revision gets no such reply, that is said."""
    result = run(shop("KnowsBrands"), "tolerance", "sale", case={"variation": spelled})["sale"]

    assert (result.state, result.examples, result.notes) == (state, 1, notes)


def test_a_variation_is_spelled_rightly(run: Run) -> None:
    """What is no variation cannot be replayed, nor armed."""
    with pytest.raises(UsageError, match=r"^replay: variation='brand gone' is unknown; did you mean '1 brand"):
        run(shop("Careful"), "tolerance", "sale", case={"variation": "brand gone"})
    with pytest.raises(UsageError) as error:
        Change.parse("1 brand gone")

    assert str(error.value) == (
        "variation '1 brand gone' is not of the form `<number of a reply> <field> <kind>`, such as `1 status unseen`"
    )


@pytest.mark.parametrize(
    ("text", "change", "kind"),
    [
        ("2 card.checks absent", Change(2, "card.checks absent"), "absent"),
        ("1 data.0.card arm link", Change(1, "data.0.card arm link"), "arm"),
        ("1 the reply extra", Change(1, "the reply extra"), "extra"),
        ("1 everything schema", Change(1, "everything schema"), "everything"),
        ("1 status unseen, nothing moved", Change(1, "status unseen", unmoved=True), "unseen"),
    ],
)
def test_spelling(text: str, change: Change, kind: str) -> None:
    """A case spells the reply's number, the field and the kind; of a movement also that nothing moved."""
    assert (Change.parse(text), kind_of(text)) == (change, kind)
    assert VariationAxis(("",)).accepts(text)
    assert list(VariationAxis(("", "1 a absent", text)).simpler(text)) == [""]


class Inner(Wire):
    """A part that has a part."""

    last: str | None = "4242"


class Outer(Wire):
    """What holds it."""

    inner: Annotated[Maybe[Inner | None], documented(SOME, "absent")]
    name: str | None = "Jo"


def test_everything_at_once_takes_what_lies_below_along() -> None:
    """A field below one that is gone is not varied again, and each field goes once."""
    possible = list(variations(Outer(inner=Inner())))

    assert [str(each) for each in everything(possible, "documented")] == ["inner absent"]
    assert [str(each) for each in everything(possible, "schema")] == ["inner absent", "name null"]


def test_needs_are_found_with_what_is_never_sent() -> None:
    """A full sweep, also of what the gateway never does, is spelled and made in the same way."""
    target = column(shop("Careful"))
    case = Case(operation="sale", scheme=target.schemes[0], currency=target.currencies[0])
    with playing(target, case) as example:
        pay(example, "sale")
    every = {text: grade.word for text, grade in found(example, "sale", illegal=True)}

    assert every["1 id absent"] == every["1 everything never"] == "never"
    assert "1 id absent" not in dict(found(example, "sale"))
    with playing(target, case) as example:
        example.varying = Varying(case.but({"variation": "1 status absent"}), illegal=True)
        example.varying.attach(example.world)
        payment = example.payment()
        told = example.perform("sale", payment, payment)
    assert repr(told.outcome) == "KeyError('status')"


def test_random_cases_are_the_same_each_time() -> None:
    """Between what was found and the axes that it leaves free: seeded by the cell, but not at night."""
    among = [Case(variation="1 a absent"), Case(variation="1 b null")]
    axes = {"scheme": Axis(("visa", "jcb", "amex")), "variation": VariationAxis.of(among)}
    pr, night = Profile("pr", 30, deterministic=True), Profile("night", 30, deterministic=False)

    drawn = list(variation.mixed("cell", pr, axes, among))

    assert drawn == list(variation.mixed("cell", pr, axes, among))
    assert list(variation.mixed("cell", night, axes, among)) != list(variation.mixed("cell", night, axes, among))
    assert {case.variation for case in drawn} == {"1 a absent", "1 b null"}
    assert {case.scheme for case in drawn} == {"visa", "jcb", "amex"}


def receipt(intent: Any) -> tuple[object, ...]:
    """What a shop may read of a payment: what is always there in this state, the brand as it is sent, or the method."""
    charge = intent.latest_charge
    card = getattr(charge.payment_method_details, "card", None)
    method = f"{card.brand} {card.country or 'somewhere'}" if card else str(charge.payment_method_details.type)
    return intent.id, intent.object, intent.amount, intent.metadata.order, charge.id, method


def test_honest_readings_are_not_accused() -> None:
    """What the gateway always sends in this state may be read; any brand, and any method, is still a payment."""
    integration = pytest.importorskip("paypact.gateways.stripe.integration")

    def pay(self: Any, *press: Any, **more: Any) -> Any:
        result = integration.StripePayments.pay(self, *press, **more)
        if result.state == "approved":
            receipt(self.v1.payment_intents.retrieve(result.id, {"expand": ["latest_charge"]}))
        return result

    payments = type("Receipts", (integration.StripePayments,), {"pay": pay})
    driver = type("Honest", (integration.StripeReference,), {"integration": payments})
    (sale,) = [cell for cell in cells(promises()["tolerance"], column(driver)) if cell.key == "sale"]

    result = run_cell(sale, ROWS)

    assert (result.state, result.findings) == ("kept", ())
    details = "2 latest_charge.payment_method_details"
    assert {f"{details} arm link", f"{details} arm unheard-of", f"{details}.card.brand unseen"} <= {
        *result.covered["variation"]
    }


def test_the_bundled_integration_is_silent() -> None:
    """Every operation's replies are varied, and a word that nobody knows is shown over both ledgers."""
    integration = pytest.importorskip("paypact.gateways.stripe.integration")

    results = [run_cell(cell, ROWS) for cell in cells(promises()["tolerance"], column(integration.StripeReference))]

    assert [(each.cell, each.state) for each in results if each.state != "kept" or each.findings] == []
    assert OPERATIONS | {"verify"} <= {each.cell for each in results}
    assert [each.cell for each in results if not each.occurred["unknown state, moved"]] == []
    assert [each.cell for each in results if not each.occurred["unknown state, not moved"]] == []

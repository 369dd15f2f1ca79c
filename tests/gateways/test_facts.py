"""Facts of a gateway: what a sound file says, and the one message for each way of being broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from paypact.errors import DataError
from paypact.gateways.facts import Facts, SchemeFact, read_facts
from paypact.tables import describe
from paypact.world.ledger_tables import Terms

TOY = Path(__file__).parent.parent / "toy" / "tin" / "facts.toml"
LINE = TOY.read_text("utf-8").splitlines().index("[ledger]") + 1
SCHEME, LEDGER, ALL = describe(SchemeFact), describe(Terms), describe(Facts)  # what may stand there, as it stands today


def test_a_sound_file_says_what_it_says() -> None:
    """What is written is there, typed; what is left out is the plain case."""
    facts = read_facts(TOY)

    assert (facts.gateway.title, facts.gateway.hosts, facts.gateway.sdk) == ("Tin", ("api.tin.example",), ())
    assert {scheme: fact.standing for scheme, fact in facts.schemes.items()} == {
        **dict.fromkeys(("visa", "mastercard", "amex", "jcb"), "accepted"),
        "mir": "refused",
    }
    assert (facts.ledger.captures, facts.ledger.void_until, facts.ledger.acknowledges) == ("once", "captured", ())
    assert (facts.currencies.accepted, facts.currencies.exponents) == (("EUR", "JPY"), {})
    assert facts.errors["rate_limit"].status == 429


BROKEN = {  # what is replaced, by what, and the message
    "a scheme without its source": (
        'visa = { standing = "accepted", brand = "VISA", source = "made up" }',
        'visa = { standing = "accepted", brand = "VISA" }',
        f"facts.toml, schemes.visa: object missing required field `source`; allowed: {SCHEME}",
    ),
    "a standing nobody knows": (
        'mir = { standing = "refused"',
        'mir = { standing = "banned"',
        (
            "facts.toml, schemes.mir.standing: invalid enum value 'banned'; "
            "allowed: accepted, routed, refused, unconfirmed"
        ),
    ),
    "a word of the ledger misspelled": (
        'captures = "once"',
        'capture = "once"',
        f"facts.toml, ledger: object contains unknown field `capture`; allowed: {LEDGER}",
    ),
    "captures that no machine makes": (
        'captures = "once"',
        'captures = "twice"',
        "facts.toml, ledger.captures: invalid enum value 'twice'; allowed: once, full, many",
    ),
    "a refund that no capture can reach": (
        'captures = "once"',
        'refund_from = "settled"',
        (
            "facts.toml, ledger: refund_from = 'settled' needs cutoff or settling: else no capture gets there; "
            f"allowed: {LEDGER}"
        ),
    ),
    "a status in quotes": (
        "status = 401",
        'status = "401"',
        "facts.toml, errors.authentication.status: expected `int`, got `str`; allowed: a whole number",
    ),
    "one host instead of a list": (
        'hosts = ["api.tin.example"]',
        'hosts = "api.tin.example"',
        "facts.toml, gateway.hosts: expected `array`, got `str`; allowed: a list of text",
    ),
    "a table left out": (
        "[currencies]",
        "[limits]",
        f"facts.toml, top level: object missing required field `currencies`; allowed: {ALL}",
    ),
    "no TOML": (
        "[ledger]",
        "[ledger",
        f"facts.toml is not valid TOML: Expected ']' at the end of a table declaration (at line {LINE}, column 8)",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_message(tmp_path: Path, name: str) -> None:
    """File, place, what is wrong there and what may stand there."""
    old, new, message = BROKEN[name]
    text = TOY.read_text("utf-8")
    assert text.count(old) == 1
    file = tmp_path / "facts.toml"
    file.write_text(text.replace(old, new), "utf-8")

    with pytest.raises(DataError) as refused:
        read_facts(file)

    assert str(refused.value) == message

"""Names that a user wrote."""

from __future__ import annotations

import pytest

from paypact import naming
from paypact.errors import UsageError

SCHEMES = ("visa", "mastercard", "cartes_bancaires")


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("viza", "; did you mean 'visa'?"),
        ("Cartes Bancaires", "; did you mean 'cartes_bancaires'?"),
        ("MASTER-CARD", "; did you mean 'mastercard'?"),
        ("kangaroo", ""),
    ],
)
def test_the_nearest_name(word: str, hint: str) -> None:
    """It is found however the word was spaced or capitalised, and nothing is guessed where nothing is near."""
    assert naming.near(word, SCHEMES) == hint


@pytest.mark.parametrize(
    ("patterns", "fits"), [((), True), (("visa",), True), (("v*", "x"), True), (("VISA",), False), (("x",), False)]
)
def test_patterns(patterns: tuple[str, ...], fits: bool) -> None:
    """They are those of file names, letter by letter; none at all means every name."""
    assert naming.fits("visa", patterns) is fits


def test_a_pattern_that_means_nothing() -> None:
    """The message names the first such pattern, and each name once."""
    with pytest.raises(UsageError) as refused:
        naming.check("scheme", ("v*", "vissa"), [*SCHEMES, "visa"], "replay: ")

    assert str(refused.value) == (
        "replay: unknown scheme 'vissa'; did you mean 'visa'? (known here: visa, mastercard, cartes_bancaires)"
    )


def test_nothing_is_known() -> None:
    """Where there is no name at all, the message says so."""
    assert naming.unknown("gateway", "tin", ()) == "unknown gateway 'tin' (known: none)"

"""The neutral decline words: what each says, and that the file says it soundly."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from paypact.cards.reasons import Reason, read, reason, reasons
from paypact.errors import DataError, UsageError
from paypact.tables import load

VOCABULARY = files("paypact.fixtures") / "decline_reasons.toml"

each_reason = pytest.mark.parametrize("told", reasons().values(), ids=reasons())


def words(**properties: object) -> set[str]:
    """The words with all of these properties."""
    return {each.word for each in reasons().values() if all(getattr(each, k) == v for k, v in properties.items())}


@each_reason
def test_a_reason_is_sound(told: Reason) -> None:
    """Its sources exist, it has codes or says that none stands behind it, and what must not be retried is not."""
    assert told.sources
    assert set(told.sources) <= set(load(VOCABULARY, dict)["sources"])
    assert told.iso or told.advice or "own" in told.sources
    assert all(len(code) == 2 for code in (*told.iso, *told.advice))
    assert told.retry == "never" or told.final is not True
    assert told.kind not in {"soft", "tech", "data", "auth"} or told.final is not True


def test_the_words_begin_with_the_plainest() -> None:
    """Shrinking goes towards the first word, a refusal without a reason."""
    assert next(iter(reasons())) == "refused_unspecified"
    assert len(reasons()) >= 45


def test_what_the_oracle_asks() -> None:
    """General words are right for any refusal; lost, stolen and fraud may hide behind one; some end a card's use."""
    assert words(general=True) == {"refused_unspecified", "refused_do_not_honour"}
    assert words(show_as_general=True) == words(kind="fraud")
    assert {"lost_card", "stolen_card", "pick_up_card", "closed_account", "never_retry"} <= words(final=True)
    assert {"insufficient_funds", "issuer_unavailable", "authentication_needed"} <= words(final=False)
    assert {"suspected_fraud", "restricted_card"} <= words(final=None)


def test_unknown_word() -> None:
    """An unknown word is answered with the nearest one and all others."""
    with pytest.raises(UsageError) as caught:
        reason("stolen")

    assert str(caught.value) == (
        f"unknown decline reason 'stolen'; did you mean 'stolen_card'? (known: {', '.join(reasons())})"
    )
    assert reason("stolen_card").iso == ("43",)


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        pytest.param(
            'class = "soft"',
            'class = "weak"',
            "decline_reasons.toml, reason.refused_unspecified.class: invalid enum value 'weak'; "
            "allowed: soft, hard, fraud, auth, tech, data",
            id="unknown-word",
        ),
        pytest.param(
            "final = false",
            "finally = false",
            "decline_reasons.toml, reason.refused_unspecified: object contains unknown field `finally`; allowed: "
            "meaning (required), class (required), retry (required), sources (required), final, general, "
            "show_as_general, iso, advice, unconfirmed",
            id="unknown-key",
        ),
    ],
)
def test_a_broken_vocabulary_says_where(tmp_path: Path, written: str, instead: str, message: str) -> None:
    """A broken file gives one message with the file, the key and what may stand there."""
    broken = tmp_path / "decline_reasons.toml"
    text = VOCABULARY.read_text("utf-8")
    assert written in text
    broken.write_text(text.replace(written, instead, 1), "utf-8")

    with pytest.raises(DataError) as caught:
        read(broken)

    assert str(caught.value) == message

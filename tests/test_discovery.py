"""From what a user names to driver classes and their columns, outside any test run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from paypact import discovery, gateways
from paypact.errors import UsageError

TOY = Path(__file__).parent / "toy"


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("import paypact", True),
        ("from paypact.driver import Driver", True),
        ('class Shop(Base, gateway="tin"): ...', True),
        ('class Shop(Base, currencies=["EUR"]): ...', True),
        ("class Shop(Base): ...", False),
        ("import paypactual", False),
        ("paypact = 1\nclass Shop(", True),
        ("class Shop(", False),
        ("text = 'from paypact import Driver'", False),
    ],
    ids=["import", "from", "keyword", "inherited gateway", "class", "other name", "broken", "broken, no word", "text"],
)
def test_files_worth_importing(tmp_path: Path, text: str, may: bool) -> None:
    """In a folder only files that speak of drivers are imported; a broken one that may should be heard."""
    file = tmp_path / "any.py"
    file.write_text(text)

    assert discovery.may_define_driver(file) is may


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """What cannot be read as Python holds no driver."""
    (tmp_path / "any.py").write_bytes(b"\xff\xfe")

    assert not discovery.may_define_driver(tmp_path / "any.py")


def test_columns_of_a_file(empty_shop: Any) -> None:
    """A file is loaded by its path, once; its own driver classes are its columns."""
    empty_shop.pytester.syspathinsert(TOY)
    gateways.forget()
    empty_shop.driver("driving.py")
    place = discovery.place("driving.py")

    first, second = discovery.targets_in(place), discovery.targets_in(place)

    assert [(target.name, target.file) for target in first] == [("shop-tin", "driving.py")]
    assert first[0].driver is second[0].driver


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "x = 1",
            (
                "no integration found in driving.py: no class there subclasses paypact.Driver with a gateway. "
                'Write `class Shop(Driver, gateway="...")` with the operations you offer, or name the file that has it'
            ),
        ),
        (
            "x = {}['a']",
            (
                "driving.py:1: KeyError: 'a', while it was imported: `x = {}['a']`. "
                "Fix it: until then no driver in this file can run"
            ),
        ),
        (
            "from helping import x",
            (
                "driving.py:1: ValueError: odd (raised in helping.py:1), while it was imported: "
                "`from helping import x`. Fix it: until then no driver in this file can run"
            ),
        ),
    ],
    ids=["nothing there", "raises", "raises in another file"],
)
def test_a_file_without_columns(empty_shop: Any, text: str, message: str) -> None:
    """One message with file, line and way out."""
    empty_shop.file("helping.py", "raise ValueError('odd')")
    empty_shop.file("driving.py", text)
    place = discovery.place("driving.py")
    empty_shop.pytester.syspathinsert()

    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        discovery.targets_in(place)

    assert not [each for each in empty_shop.files() if each.endswith(".pyc")]


def test_modules_by_name(empty_shop: Any) -> None:
    """A module is imported by its name; a class that it takes from elsewhere has to be named."""
    empty_shop.pytester.syspathinsert(TOY)
    gateways.forget()
    empty_shop.driver("shoplib/driving.py")
    empty_shop.file("shoplib/faces.py", "from shoplib.driving import ShopTin\nNumber = 1\n")

    (named,) = discovery.targets_in(discovery.place("shoplib.faces:ShopTin"))

    assert named.file == "shoplib.faces:ShopTin"
    with pytest.raises(UsageError, match=r"^no integration found in shoplib\.faces: "):
        discovery.targets_in(discovery.place("shoplib.faces"))
    with pytest.raises(
        UsageError, match=re.escape("shoplib.faces:Number is no driver with a gateway (drivers there: none)")
    ):
        discovery.targets_in(discovery.place("shoplib.faces:Number"))


def test_places_come_from_the_user_then_the_settings_then_the_bundle(empty_shop: Any) -> None:
    """What is named wins over the settings; without either the bundled integrations are driven."""
    pytest.importorskip("stripe")
    empty_shop.driver("one.py")
    empty_shop.driver("shoplib/two.py")

    assert [place.name for place in discovery.places(["one.py"], ["shoplib.two"])] == ["one.py"]
    assert [place.name for place in discovery.places([], ["shoplib.two"])] == ["shoplib.two"]
    assert "paypact.gateways.stripe.integration" in [place.name for place in discovery.places([])]

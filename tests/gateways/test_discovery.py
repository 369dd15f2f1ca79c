"""Gateways are found by listing: the package's own folders, and the entry points of what else is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from paypact import gateways
from paypact.errors import DataError, PaypactError, UsageError
from paypact.gateways.facts import About
from paypact.tables import describe

TOYS = Path(__file__).parent.parent / "toy"
Install: TypeAlias = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a distribution on the path that names a gateway, and write its modules."""

    def install(name: str, package: str, **modules: str) -> None:
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[{gateways.GROUP}]\n{name} = {package}\n", "utf-8")
        for file, text in modules.items():
            path = tmp_path / package / file.replace("_toml", ".toml").replace("_py", ".py")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        gateways.forget()

    yield install
    gateways.forget()


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The toy gateway on the path, as an installed package with its entry point would be."""
    monkeypatch.syspath_prepend(TOYS)
    gateways.forget()
    yield
    gateways.forget()


def test_a_foreign_gateway_is_found_by_its_entry_point(toys: None) -> None:
    """Whatever is installed under the group is a gateway beside the bundled ones; nothing is imported to list it."""
    for module in [name for name in sys.modules if name.partition(".")[0] == "tin"]:
        del sys.modules[module]

    assert "tin" in gateways.names()
    assert "tin" not in sys.modules


def test_a_foreign_gateway_is_loaded(toys: None) -> None:
    """Facts and simulator come from its package, its SDK and its integration do not; twice is once."""
    tin = gateways.load("tin")

    assert (tin.name, tin.package, tin.facts.gateway.title, tin.simulator.__name__) == ("tin", "tin", "Tin", "Tin")
    assert tin.simulator.facts is tin.facts
    assert gateways.load("tin") is tin


def test_what_drivers_are_given(toys: None) -> None:
    """The vendor's own host, or where the simulator is served; with the simulator's credentials."""
    tin = gateways.load("tin")

    assert tin.simulated().url == "https://api.tin.example"
    assert dict(tin.simulated().credentials) == {"key": "tin-test", "webhooks": "tin-webhooks-test"}
    assert tin.simulated("http://127.0.0.1:8080").url == "http://127.0.0.1:8080"


def test_the_bundled_gateways_are_the_folders() -> None:
    """Each folder of the package is a gateway; modules beside them are none."""
    folders = {path.parent.name for path in Path(gateways.__file__).parent.glob("*/__init__.py")}

    assert folders <= set(gateways.names())
    assert {"facts", "vocabulary"}.isdisjoint(gateways.names())


def test_a_bundled_gateway_is_not_replaced(install: Install) -> None:
    """A package that claims the name of a bundled gateway does not get it."""
    bundled = next(iter(sorted(path.parent.name for path in Path(gateways.__file__).parent.glob("*/__init__.py"))))
    install(bundled, "usurper")

    assert gateways.load(bundled).package == f"paypact.gateways.{bundled}"


NEAREST = [
    ("tinn", "unknown gateway 'tinn'; did you mean 'tin'? (known: {known})"),
    ("nothing-like-it", "unknown gateway 'nothing-like-it' (known: {known})"),
]


@pytest.mark.parametrize(("name", "message"), NEAREST, ids=[row[0] for row in NEAREST])
def test_an_unknown_gateway(toys: None, name: str, message: str) -> None:
    """The message names the nearest one, if any is near, and all there are."""
    with pytest.raises(UsageError) as refused:
        gateways.load(name)

    assert str(refused.value) == message.format(known=", ".join(gateways.names()))


WAY_OUT = "It needs facts.toml, and a module simulator with SIMULATOR: reinstall it, or remove it"
FACTS = (TOYS / "tin" / "facts.toml").read_text("utf-8")
BROKEN: dict[str, tuple[str, dict[str, str], type[PaypactError], str]] = {
    "no package": (
        "lead",
        {},
        UsageError,
        "gateway 'lead' cannot be loaded from package 'lead': ModuleNotFoundError: No module named 'lead'. " + WAY_OUT,
    ),
    "no simulator": (
        "zinc",
        {"__init___py": "", "facts_toml": FACTS},
        UsageError,
        "gateway 'zinc' cannot be loaded from package 'zinc': "
        "ModuleNotFoundError: No module named 'zinc.simulator'. " + WAY_OUT,
    ),
    "nothing in its simulator": (
        "iron",
        {"__init___py": "", "facts_toml": FACTS, "simulator_py": ""},
        UsageError,
        "gateway 'iron' cannot be loaded from package 'iron': "
        "AttributeError: module 'iron.simulator' has no attribute 'SIMULATOR'. " + WAY_OUT,
    ),
    "broken facts": (
        "copper",
        {"__init___py": "", "facts_toml": "gateway = 3"},
        DataError,
        f"gateway 'copper': facts.toml, gateway: expected `object`, got `int`; allowed: {describe(About)}",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_foreign_gateway_that_is_broken(install: Install, name: str) -> None:
    """Whose package it is and what is missing is said in one message."""
    package, modules, error, message = BROKEN[name]
    install(package, package, **modules)

    with pytest.raises(error) as refused:
        gateways.load(package)

    assert str(refused.value) == message

"""The contracts that are published with paypact, verified against the simulators as they are today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from paypact.cli import call
from paypact.gateways import load

pytest.importorskip("pact", reason="pact-python is not installed: pip install 'paypact[verify]'")

FOLDER = Path(str(files("paypact.contracts")))
PROVIDERS = sorted(folder.name for folder in FOLDER.iterdir() if any(folder.glob("*.json")))


def verified(provider: str, tmp_path: Path, *contracts: Path) -> tuple[int, list[dict[str, Any]]]:
    """Exit code, and what was said of each interaction."""
    target = tmp_path / "result.json"
    code = call(["verify", *map(str, contracts), "--provider", provider, "--json", str(target)])
    return code, json.loads(target.read_bytes())["checked"]


def named_fields(provider: str) -> Iterator[tuple[Any, Any, str]]:
    """Contract, interaction and field of each text in a JSON reply; in XML the verifier names no field by a path."""
    contract = json.loads(min((FOLDER / provider).glob("*.json")).read_bytes())
    for one in contract["interactions"]:
        if "json" in one["response"]["body"]["contentType"]:
            content = one["response"]["body"]["content"]
            yield from ((contract, one, name) for name, value in content.items() if isinstance(value, str))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_committed_contract_is_kept(provider: str, tmp_path: Path) -> None:
    """Each interaction and each webhook of each bundled integration."""
    code, checked = verified(provider, tmp_path)
    assert [one for one in checked if one["result"] != "verified"] == []
    written = [json.loads(path.read_bytes()) for path in sorted((FOLDER / provider).glob("*.json"))]
    assert len(checked) == sum(len(contract["interactions"]) for contract in written) > 0
    assert code == 0


@pytest.mark.parametrize("provider", [each for each in PROVIDERS if any(named_fields(each))])
def test_a_needed_field_that_is_gone_is_named(provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A simulator that lacks one field which an integration needs breaks its contract, interaction and field told."""
    contract, interaction, name = next(named_fields(provider))
    simulator = load(provider).simulator
    render = simulator.render
    gone = f'"{name}":'.encode()
    monkeypatch.setattr(simulator, "render", lambda self, response: render(self, response).replace(gone, b'"gone":'))
    alone = tmp_path / "alone.json"
    alone.write_text(json.dumps({**contract, "interactions": [interaction]}), encoding="utf-8")
    code, [checked] = verified(provider, tmp_path, alone)
    assert (code, checked["interaction"]) == (1, interaction["description"])
    assert {"field": f"$.{name}", "said": "is not in the reply"} in checked["mismatches"]

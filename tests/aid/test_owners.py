"""Who answers for code."""

from __future__ import annotations

from pathlib import Path

import pytest

from paypact.aid.owners import owner

RULES = [  # pattern, file, whether it is named: the table of the forge's documentation, and what follows from it
    ("*", "shop/pay.py", True),
    ("*.py", "shop/pay.py", True),
    ("*.py", "shop/pay.pyc", False),
    ("/shop/", "shop/pay.py", True),
    ("/shop/", "lib/shop/pay.py", False),
    ("shop/", "lib/shop/pay.py", True),
    ("shop/*", "shop/pay.py", True),
    ("shop/*", "shop/gateways/pay.py", False),
    ("/shop/gateways", "shop/gateways/pay.py", True),
    ("/shop/pay.py", "shop/pay.py", True),
    ("**/gateways", "a/b/gateways/pay.py", True),
    ("shop/**/pay.py", "shop/a/b/pay.py", True),
    ("shop/**/pay.py", "shop/pay.py", True),
    ("pay.py", "shop/pay.py", True),
    ("ay.py", "shop/pay.py", False),
    ("shop/p?y.py", "shop/pay.py", True),
]


@pytest.mark.parametrize(("pattern", "file", "named"), RULES, ids=[f"{row[0]} {row[1]}" for row in RULES])
def test_patterns_of_codeowners(tmp_path: Path, pattern: str, file: str, *, named: bool) -> None:
    """As the forges read them."""
    (tmp_path / "CODEOWNERS").write_text(f"# who\n\n{pattern} @payments pay@shop.example # the team\n")

    found = owner(tmp_path, {}, integration="shop", files=(file,))

    assert found == ("@payments pay@shop.example" if named else "")


def test_the_last_rule_holds(tmp_path: Path) -> None:
    """A later rule wins, one without an owner takes it away; the innermost file that has an owner decides."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "CODEOWNERS").write_text("* @all\n/shop/ @shop\n/shop/free/\n[Section]\n")
    (tmp_path / "CODEOWNERS").write_text("* @nobody-reads-this\n")

    def ask(*files: str) -> str:
        return owner(tmp_path, {}, integration="x", files=files)

    assert (ask("a.py"), ask("shop/a.py"), ask("shop/free/a.py")) == ("@all", "@shop", "")
    assert ask("shop/a.py", "a.py") == "@shop"


def test_settings_win(tmp_path: Path) -> None:
    """Patterns of integrations or files, the longest first; without any the repository's file is asked."""
    (tmp_path / "CODEOWNERS").write_text("* @all\n")
    settings = {"shop-*": "@payments", "shop-jcb*": "@jcb", "lib/*": "@lib"}

    def ask(integration: str, *files: str) -> str:
        return owner(tmp_path, settings, integration=integration, files=files)

    assert (ask("shop-visa"), ask("shop-jcb.hosted"), ask("kiosk", "lib/a.py")) == ("@payments", "@jcb", "@lib")
    assert ask("kiosk", "src/a.py") == "@all"
    assert owner(tmp_path / "none", {}, integration="kiosk", files=("a.py",)) == ""

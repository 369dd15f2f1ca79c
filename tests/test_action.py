"""The gate action and the workflows in the documentation: their steps, run here as a workflow would run them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from paypact.cli import call

ROOT = Path(__file__).parents[1]
ACTION = ROOT / ".github" / "actions" / "gate"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCRIPT = ("bash", "--noprofile", "--norc", "-eo", "pipefail")  # how the runner starts `shell: bash`


@dataclass
class Runner:
    """A composite action's run steps, in order, in a folder; steps that use other actions are named only."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    said: str = ""
    used: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)

    def run(self, **inputs: str) -> int:
        """Run the action; the exit code of the first step that failed."""
        action = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
        assert set(inputs) <= set(action["inputs"])
        given = {name: inputs.get(name, about["default"]) for name, about in action["inputs"].items()}
        failed = 0
        for step in action["runs"]["steps"]:
            condition = step.get("if", "")
            if failed and "always()" not in condition:
                continue
            tested = re.fullmatch(r"(?:always\(\) && )?inputs\.(\S+) != ''", condition)
            assert not condition or tested
            if tested and not given[tested[1]]:
                continue
            if "uses" in step:
                self.used.append(step["uses"])
                continue
            failed = self._script(step, given) or failed
        return failed

    def _script(self, step: dict[str, Any], given: dict[str, str]) -> int:
        assert step["shell"] == "bash"
        script, output = self.folder / "step.sh", self.folder / "output.txt"
        script.write_text(step["run"], encoding="utf-8")
        output.touch()
        own = {name: _filled(text, given) for name, text in step.get("env", {}).items()}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        github = {"GITHUB_ACTION_PATH": str(ACTION), "GITHUB_OUTPUT": str(output), "GITHUB_ACTIONS": "true"}
        summary = {"GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"), "GITHUB_WORKSPACE": str(self.folder)}
        done = subprocess.run(
            [*SCRIPT, str(script)],
            env={**os.environ, "PATH": path, **github, **summary, **self.environment, **own},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        self.said += done.stdout + done.stderr
        self.outputs |= dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())
        return done.returncode


def _filled(text: str, given: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ inputs\.(\S+) \}\}", lambda match: given[match[1]], text)


def test_the_gate_lets_nothing_broken_through(shop: Any) -> None:
    """Report, JSON, JUnit, summary and annotations are there, the step fails, and what was found is kept."""
    shop.driver(jcb="crash")
    runner = Runner(shop.pytester.path)
    code = runner.run(paths="tests/test_payments.py", arguments="-k 'cards or refunds' -n 0", folder="the results")

    assert (code, runner.outputs) == (1, {"exit-code": "1"}), runner.said
    assert runner.used == ["actions/upload-artifact@v4"]
    assert sorted(path.name for path in (shop.pytester.path / "the results").iterdir()) == [
        "junit.xml",
        "report.html",
        "result.json",
    ]
    assert "::error file=shop/payments.py,line=41,title=crash%3A cards[shop-tin-jcb]::" in runner.said
    assert (shop.pytester.path / "summary.md").read_text("utf-8").startswith("## paypact: :x: broken\n")


def test_the_gate_lets_pass_what_is_kept(shop: Any) -> None:
    """Exit code 0; what is to be installed is installed first, inputs being arguments and never commands."""
    shop.driver()
    runner = Runner(shop.pytester.path)
    code = runner.run(install="--help", paths="tests '$(touch ran)'/../tests", arguments="-n 0", artifact="")

    assert (code, runner.outputs) == (2, {"exit-code": "2"})
    assert "pip install [options]" in runner.said
    assert not (shop.pytester.path / "ran").exists()

    runner = Runner(shop.pytester.path)
    assert (runner.run(paths="tests", arguments="-n 0", shard="1/1"), runner.used) == (
        0,
        ["actions/upload-artifact@v4"],
    )


def test_nothing_runs_where_the_installation_failed(shop: Any) -> None:
    """A step that fails ends the job; results are looked for all the same."""
    runner = Runner(shop.pytester.path)

    assert runner.run(install="--no-such-option") == 2
    assert (runner.outputs, runner.used) == ({}, ["actions/upload-artifact@v4"])


def test_this_repository_is_gated_by_its_own_action() -> None:
    """The pull-request workflow uses the action on every bundled integration, and asks for its success."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "pull-request.yml").read_text("utf-8"))["jobs"]
    (step,) = (step for step in jobs["payments"]["steps"] if step.get("uses") == "./.github/actions/gate")
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])
    gateways = {path.parent.name for path in (ROOT / "src" / "paypact" / "gateways").glob("*/__init__.py")}

    assert set(step["with"]["install"].removeprefix(".[").removesuffix("]").split(",")) == extras & gateways
    assert set(jobs["passed"]["needs"]) == set(jobs) - {"passed"}


def blocks(language: str) -> list[Any]:
    """Every fenced block of a language in the documentation, named by its page and number."""
    found = []
    for page in PAGES:
        for number, text in enumerate(re.findall(rf"```{language}\n(.+?)```", page.read_text("utf-8"), re.DOTALL), 1):
            found.append(pytest.param(text, id=f"{page.name}-{number}"))
    return found


def commands(text: str) -> list[list[str]]:
    """The `paypact` commands of a script, as words; a continued line is one."""
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    found = [re.match(r"paypact (.+)", line) for line in lines]
    return [shlex.split(match[1], comments=True) for match in found if match]


@pytest.mark.parametrize("text", blocks("yaml"))
def test_workflows_in_the_documentation_are_sound(text: str) -> None:
    """They are YAML, give the action inputs that it has, and call commands with options that there are."""
    document = yaml.safe_load(text)
    known = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))["inputs"]
    steps = [step for job in document.get("jobs", {}).values() for step in job.get("steps", [])]

    assert [
        step for step in steps if "gate@" in step.get("uses", "") and not set(step.get("with", {})) <= set(known)
    ] == []
    scripts = [step.get("run", "") for step in steps]
    scripts += [line for job in document.values() if isinstance(job, dict) for line in job.get("script", [])]
    assert scripts
    for words in commands("\n".join(scripts)):
        assert call([*(re.sub(r"\$\{\{.*?\}\}|\$\w+", "1", word) for word in words), "--help"]) == 0

"""The shape of the project: what the house rules say of files rather than of behaviour."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.resources import files
from itertools import chain
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
GATEWAYS = ROOT / "src" / "paypact" / "gateways"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

# Where the files of a top-level folder are once installed, below the package.
INSTALLED = {"src/paypact/": "", "suites/": "suites/", "contracts/": "contracts/", "fixtures/": "fixtures/"}

# Written so that this file does not match itself.
MACHINE = re.compile(r"(?<![\w.])/(?:work|farm|root|home/\w+|tmp/[a-z]\w*)(?=[/\s\"'`]|$)", re.MULTILINE)
REGISTRY = re.compile(r"pypi[.]org|python[h]osted|registry[.]npmjs|deb[.]debian")
KEY = re.compile(r"\b[rs]k_live[_]\w{8,}|-----BEGIN [A-Z ]*PRIVATE[ ]KEY")
# These two are about a shop's driver that is not written yet.
UNWRITTEN = ("src/paypact/commands/init.py", "src/paypact/testkit/blame.py", "tests/test_init.py")
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b|NotImplemented[E]rror|x[f]ail\(")


def tracked(*patterns: str) -> list[str]:
    """Paths of the files that git tracks and that are still there, relative to the root."""
    listing = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True, text=True)
    return [path for path in listing.stdout.split("\0") if path and (ROOT / path).is_file()]


def found(pattern: re.Pattern[str], paths: list[str]) -> list[str]:
    """`path:line: match` for each match of `pattern` in these files; files that are not text have no matches."""
    hits = []
    for path in paths:
        try:
            text = (ROOT / path).read_text("utf-8")
        except UnicodeDecodeError:  # a picture holds any letters by chance
            continue
        hits += [f"{path}:{text.count(chr(10), 0, m.start()) + 1}: {m.group().strip()}" for m in pattern.finditer(text)]
    return hits


def names(requirements: list[str | dict[str, str]]) -> set[str]:
    """The bare names of these requirements, those of included groups left out."""
    return {re.split(r"[^A-Za-z0-9._-]", each)[0] for each in requirements if isinstance(each, str)}


def gateways() -> list[Path]:
    """The folders of the bundled gateways."""
    return [folder.parent for folder in sorted(GATEWAYS.glob("*/__init__.py"))]


def third_party(module: Path) -> set[str]:
    """The top-level names that a module imports from neither the standard library nor paypact."""
    imported = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module)
    return {name.partition(".")[0] for name in imported} - sys.stdlib_module_names - {"paypact"}


def promises() -> list[str]:
    """The ids of the promises: the modules in suites/, underscores written as hyphens."""
    return [path.stem.replace("_", "-") for path in sorted((ROOT / "suites").glob("*.py")) if path.stem != "__init__"]


@pytest.mark.parametrize("folder", gateways(), ids=lambda folder: folder.name)
def test_a_gateway_with_an_sdk_has_an_extra(folder: Path) -> None:
    """The extra is named like the folder and installs what the folder's integration imports."""
    extras = PROJECT["project"]["optional-dependencies"]
    needed = third_party(folder / "integration.py")

    assert not needed or folder.name in extras, (
        f'pyproject.toml: [project.optional-dependencies] lacks `{folder.name} = ["{"".join(needed)}>=..."]`'
    )


@pytest.mark.parametrize("folder", gateways(), ids=lambda folder: folder.name)
def test_only_the_integration_imports_the_sdk(folder: Path) -> None:
    """Simulators speak the wire protocol: no other module of a gateway imports what its integration does."""
    sdk = third_party(folder / "integration.py")

    strays = [p.name for p in folder.rglob("*.py") if p.name != "integration.py" and sdk & third_party(p)]

    assert strays == []


def test_requirements_have_no_upper_bound() -> None:
    """A shop's own pins rule, for the libraries below paypact as for the vendors' SDKs."""
    project = PROJECT["project"]
    requirements = list(chain(project["dependencies"], *project["optional-dependencies"].values()))

    bounded = [each for each in requirements if re.search(r"<|==|~=", each)]

    assert bounded == []


def test_every_dependency_has_its_reason() -> None:
    """CONTRIBUTING gives one line of reason to each dependency, and to nothing else."""
    project = PROJECT["project"]
    groups = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    ]
    section = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("\n## Dependencies\n")[2].partition("\n## ")[0]

    reasoned = {
        name for line in re.findall(r"^- (`.*?): \S", section, re.MULTILINE) for name in re.findall(r"`(.+?)`", line)
    }

    assert reasoned == set().union(*map(names, groups))


def test_no_module_is_long() -> None:
    """A module has one noun, and no noun needs more than 350 lines."""
    lengths = {p: len((ROOT / p).read_text("utf-8").splitlines()) for p in tracked("src/*.py", "suites/*.py")}

    assert {path: length for path, length in lengths.items() if length > 350} == {}


def test_no_gateway_is_named_outside_its_folder() -> None:
    """Outside gateways/ neither code nor docstrings know which gateways there are."""
    known = {folder.name for folder in gateways()}
    outside = [path for path in tracked("src/paypact", "suites") if not path.startswith("src/paypact/gateways/")]
    inside = [path for path in tracked("src/paypact/gateways/*.py") if path.count("/") == 3]

    words = found(re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+"), outside + inside)

    assert known
    assert [word for word in words if word.rpartition(" ")[2].lower() in known] == []


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(MACHINE, id="paths of a machine"),
        pytest.param(REGISTRY, id="hosts of a registry"),
        pytest.param(KEY, id="live keys and private keys"),
        pytest.param(UNFINISHED, id="marks of unfinished work"),
    ],
)
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    """Some things must stand in no file of the project."""
    assert found(pattern, [path for path in tracked() if path not in UNWRITTEN or pattern is not UNFINISHED]) == []


def test_every_file_is_installed() -> None:
    """The package that these tests run on, in tox the built wheel, holds every file of the four shipped folders."""
    package = files("paypact")
    shipped = {
        path: installed + path.removeprefix(folder)
        for folder, installed in INSTALLED.items()
        for path in tracked(folder)
    }
    missing = [path for path, place in shipped.items() if not find(place).is_file()]

    assert len(shipped) > len(INSTALLED)
    assert missing == [], f"not in {package}: name their kind in [tool.setuptools.package-data]"


def find(place: str) -> Path:
    """Where a file of the package lies; in an editable install the three top-level folders lie beside src/."""
    top, _, rest = place.partition("/")
    if f"{top}/" in INSTALLED:
        return Path(str(files(f"paypact.{top}"))) / rest
    return Path(str(files("paypact"))) / place


def test_ci_runs_the_readmes_commands() -> None:
    """The first two commands that README shows are what .ci/run runs, word for word and in that order."""
    readme = re.findall(r"```sh\n(.+?)\n```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    script = (ROOT / ".ci" / "run").read_text("utf-8")

    assert re.findall(r"^(.+) \|\| exit$", script, re.MULTILINE) == readme[:2]


def test_the_workflows_run_what_tox_knows() -> None:
    """Each check that the pull-request workflow names is an environment of tox, and the Pythons are those supported."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "pull-request.yml").read_text("utf-8"))["jobs"]
    tox = (ROOT / "tox.ini").read_text("utf-8")
    listed = re.search(r"^env_list = (.+)$", tox, re.MULTILINE)
    supported = [c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)]

    assert jobs["tests"]["strategy"]["matrix"]["python"] == supported
    assert listed
    assert re.split(r", (?![^{]*})|,(?=py)", listed[1]) == [
        *jobs["checks"]["strategy"]["matrix"]["check"][:2],
        "py{" + ",".join(version.replace(".", "") for version in supported) + "}",
        *jobs["checks"]["strategy"]["matrix"]["check"][2:],
    ]


def test_the_nights_run_what_tox_knows() -> None:
    """Each environment that the nightly workflow names is one of tox's, and none of them is in the default list."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "nightly.yml").read_text("utf-8"))["jobs"]
    named = [check.partition(" ")[0] for job in jobs.values() for check in job["strategy"]["matrix"]["check"]]
    tox = (ROOT / "tox.ini").read_text("utf-8")
    sections = re.findall(r"^\[testenv:(.+)\]$", tox, re.MULTILINE)
    parts = [re.fullmatch(r"(.*?)\{(.+)\}", section) for section in sections]
    factored = [f"{part[1]}{word}" for part in parts if part for word in part[2].split(",")]
    default = re.findall(r"^env_list = (.+)$", tox, re.MULTILINE)[0]

    assert named
    assert [name for name in named if name not in {*sections, *factored}] == []
    assert [name for name in named if name in default.split(", ")] == []


@pytest.mark.parametrize("promise", promises())
def test_every_promise_has_its_page(promise: str) -> None:
    """docs/promises/ explains each promise, and the documentation's front page leads there."""
    assert (ROOT / "docs" / "promises" / f"{promise}.md").is_file()
    assert f"(promises/{promise}.md)" in (ROOT / "docs" / "index.md").read_text("utf-8")


def test_links_between_pages_lead_somewhere() -> None:
    """Each relative link in a Markdown file names a file or folder of the project."""
    links = [
        (page, link)
        for page in tracked("*.md")
        for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", (ROOT / page).read_text("utf-8"))
    ]

    assert [(page, link) for page, link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_every_test_says_what_it_shows() -> None:
    """Each test function has a docstring, since a failure should read as a sentence."""
    silent = [
        f"{path}:{node.lineno}: {node.name}"
        for path in tracked("tests/*.py")
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]

    assert silent == []

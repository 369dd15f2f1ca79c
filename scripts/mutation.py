"""Mutation score of the bundled integrations: `python scripts/mutation.py [MODULE ...]`, or `tox -e mutation`.

Each mutant is an integration with one small change; the promises are what should notice. Mutants are mutmut's, without
those that change nothing that runs (annotations) and those that change prose, which no promise reads. Each is tried in
a process of its own, forked when everything is imported, on those cases of the quick profile that come by its line,
until one breaks; the cells that caught most so far come first. docs/mutation.md says why survivors do.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib
import json
import os
import pkgutil
import random
import resource
import select
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias
from unittest.mock import patch

from coverage import Coverage
from libcst import CSTNode
from mutmut.mutation.file_mutation import Mutation, create_mutations
from rich.console import Console

from paypact import discovery, gateways
from paypact.errors import DataError, UsageError
from paypact.testkit import cells, run_cell
from paypact.testkit.case import Case
from paypact.testkit.cell import Cell
from paypact.testkit.explore import Exploration, Played
from paypact.testkit.profiles import PROFILES
from paypact.testkit.promise import promises
from paypact.world import clock

EFFORT = 300  # seconds of CPU time after which a mutant that goes on for ever counts as noticed
PATIENCE = 900.0  # and of real time, for one that waits for ever
PROSE = " "  # a text with a blank in it is for people
SCREEN = Console(highlight=False, markup=False, soft_wrap=True)
WANTED = 90.0  # per cent of mutants that must be killed
BESIDE = ""  # no case: a cell looks at the plainest flow first, to see what is sent
FAILED = "failed"  # what a process says that could not do its work
ADVICE = "advice"  # before the cell that had only advice to give

Lines: TypeAlias = list[int]
Route: TypeAlias = dict[str, tuple[Lines, int]]  # case -> the lines it comes by, and how many exchanges it makes


@dataclass(frozen=True)
class Mutant:
    """One change to one module."""

    module: str
    line: int
    near: Lines  # of the statements in functions that the change is in, or that read the constant; none: all may differ
    before: str
    after: str
    code: str

    @property
    def where(self) -> str:
        """Its part of the module: what was caught in one place is likely to be caught there again."""
        return f"{self.module}:{self.line // 10}"

    @property
    def name(self) -> str:
        return f"{self.module}:{self.line}: `{self.before}` -> `{self.after}`"


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: the cell that broke, `crash` where it cannot be used, `endless`; empty: survived."""

    name: str
    killer: str
    said: str
    seconds: float


def modules() -> Iterator[str]:
    """The reference integrations of all gateways."""
    for info in pkgutil.walk_packages(gateways.__path__, f"{gateways.__name__}."):
        if info.name.endswith(".integration"):
            yield info.name


def mutants(module: str) -> Iterator[Mutant]:
    """All mutants of a module, in the order of its lines; what runs alike is one mutant."""
    file = discovery.place(module).path
    source = file.read_text(encoding="utf-8")
    tree, mutations, *_ = create_mutations(str(file), source)
    aliases = _aliases(source)
    bodies = [getattr(getattr(each, "body", None), "body", ()) for each in tree.body]
    statements = [(each, body, tree.code_for_node(each)) for each, body in zip(tree.body, bodies, strict=True)]
    seen = {_running(source)}
    lines, parsed = source.splitlines(), ast.parse(source)
    for mutation in mutations:
        holder = mutation.contained_by_top_level_function
        for statement, methods, old in statements:
            if holder is None or holder is statement or holder in methods:
                new = tree.code_for_node(_with(statement, mutation))
                if new != old:
                    break
        else:
            continue
        code = source.replace(old, new, 1)
        changed = code.splitlines()
        place = next((n for n, (old, new) in enumerate(zip(lines, changed, strict=False)) if old != new), None)
        if place is None or place + 1 in aliases or PROSE in _text(tree.code_for_node(mutation.original_node)):
            continue
        try:
            running = _running(code)
        except SyntaxError:
            continue
        if running not in seen:
            seen.add(running)
            yield Mutant(
                module, place + 1, _near(parsed, place + 1), lines[place].strip(), changed[place].strip(), code
            )


def _with(statement: CSTNode, mutation: Mutation) -> CSTNode:
    changed = statement.deep_replace(mutation.original_node, mutation.mutated_node)
    assert isinstance(changed, CSTNode)
    return changed


def _aliases(source: str) -> set[int]:
    """Lines that name types for annotations to use."""
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    types = [node for node in nodes if isinstance(node.value, ast.Subscript)]
    return {line for node in types for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _near(tree: ast.Module, line: int) -> Lines:
    """The lines of what runs otherwise when this line is changed: of its statement, or of those that read its name.

    None: it runs on import, and is no constant that only functions read.
    """
    first, last = _statement(tree, line)
    if first:
        return list(range(first, last + 1))
    holder = next(node for node in tree.body if node.lineno <= line <= (node.end_lineno or 0))
    match holder:
        case ast.Assign(targets=[ast.Name(id=name)]):
            reads = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
            spans = [_statement(tree, node.lineno) for node in reads if isinstance(node.ctx, ast.Load)]
            return [each for first, last in spans for each in range(first, last + 1)] if all(map(all, spans)) else []
    return []


def _statement(tree: ast.AST, line: int) -> tuple[int, int]:
    """First and last line of what runs when this line does: its statement, or the head of one that others are in."""
    span = (0, 0)
    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    for node in (each for function in functions for statement in function.body for each in ast.walk(statement)):
        first, last = _head(node)
        if first <= line <= last:
            span = max(span, (first, last))
    return span


def _head(node: ast.AST) -> tuple[int, int]:
    """First and last line of a statement without those inside it; of what is neither statement nor clause (1, 0)."""
    match node:
        case ast.match_case(pattern=pattern, guard=guard):
            return pattern.lineno, (guard or pattern).end_lineno or 0
        case ast.ExceptHandler(lineno=first, body=[inner, *_]) | ast.Match(lineno=first, cases=[inner, *_]):
            return first, _head(inner)[0] - 1
        case ast.stmt(lineno=first):
            inside = [each.lineno for each in getattr(node, "body", ())]
            return first, min(inside) - 1 if inside and min(inside) > first else node.end_lineno or 0
    return 1, 0


def _text(code: str) -> str:
    """A text that a piece of code consists of; empty where it is no text."""
    try:
        value = ast.literal_eval(code)
    except (ValueError, SyntaxError):
        return ""
    return value if isinstance(value, str) else ""


def _running(source: str) -> str:
    """The part of a module that runs, spelled so that equal ones are equal."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.arg, ast.FunctionDef, ast.AsyncFunctionDef)):
            setattr(node, "returns" if hasattr(node, "returns") else "annotation", None)
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Name("object", ast.Load())
    return ast.dump(tree)


def columns(module: str) -> list[Cell]:
    """Every cell of every driver of a module."""
    found = discovery.targets_in(discovery.place(module))
    return [cell for target in found for promise in promises().values() for cell in cells(promise, target)]


def replace(mutant: Mutant, original: ModuleType) -> None:
    """Put the mutant in the place of its module, in this process."""
    changed = ModuleType(mutant.module)
    changed.__file__, changed.__package__, changed.__spec__ = original.__file__, original.__package__, original.__spec__
    sys.modules[mutant.module] = changed
    parent, _, name = mutant.module.rpartition(".")
    setattr(sys.modules[parent], name, changed)
    exec(compile(mutant.code, str(original.__file__), "exec"), changed.__dict__)  # noqa: S102 - our own, changed


def visited(cell: Cell, file: str) -> Route:
    """The lines of a file that each case of a cell comes by."""
    measured = Coverage(data_file=None, include=[file], config_file=False, messages=False)
    exchanges = {BESIDE: 0}
    plainly = Exploration._try  # noqa: SLF001 - the one place that each case passes

    def trying(exploration: Exploration, case: Case) -> Played:
        measured.switch_context(name := _named(case))
        before = exploration.exchanges
        try:
            return plainly(exploration, case)
        finally:
            exchanges[name] = exploration.exchanges - before
            measured.switch_context(BESIDE)

    with patch.object(Exploration, "_try", trying):
        measured.start()
        try:
            run_cell(cell, PROFILES["quick"], hasty=True)
        finally:
            measured.stop()
    found = measured.get_data().contexts_by_lineno(file)
    return {name: ([line for line, by in found.items() if name in by], made) for name, made in exchanges.items()}


def _named(case: Case) -> str:
    return hashlib.sha256(repr(case).encode()).hexdigest()[:12]


def passing(route: Route, near: Lines) -> Callable[[Exploration, Case], Played]:
    """How a case is tried when it matters; one that does not come by any of the lines is taken as kept."""
    plainly = Exploration._try  # noqa: SLF001 - as above

    def trying(exploration: Exploration, case: Case) -> Played:
        lines, made = route.get(_named(case), (near, 0))
        if not near or not set(near).isdisjoint(lines):
            return plainly(exploration, case)
        exploration.examples += 1
        exploration.exchanges += made
        return Played(case, None, None)  # type: ignore[arg-type]  # there is no problem to explain by an example

    return trying


def remembered(kept: Path | None, module: str, what: str, make: Callable[[], Any]) -> Any:
    """What `make` gives, as JSON, from beside `kept` where the same module was looked at before."""
    path = discovery.place(module).path
    version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    file = kept and kept.with_name(f"{module}-{version}-{what}.json")
    if file and file.exists():
        return json.loads(file.read_text(encoding="utf-8"))
    found = make()
    if file:
        file.write_text(json.dumps(found), encoding="utf-8")
    return found


def itinerary(module: str, kept: Path | None) -> dict[str, Route]:
    """For each cell the lines of the module that its cases come by."""
    path = str(discovery.place(module).path)

    def walked() -> dict[str, Route]:
        every = columns(module)
        return {cell.name: forked(lambda cell=cell: visited(cell, path)) or {} for cell in every}  # type: ignore[misc]  # bound

    found: dict[str, Route] = remembered(kept, module, "lines", walked)
    return found


def kill(mutant: Mutant, order: Counter[str], routes: dict[str, Route]) -> tuple[str, str]:
    """Try a mutant: the cell that broke and what it said; both empty where it survived."""
    warnings.simplefilter("ignore")
    original = sys.modules[mutant.module]
    try:
        replace(mutant, original)
        every = columns(mutant.module)
    except DataError:  # none of its doing: a file was changed meanwhile
        raise
    except Exception as error:  # noqa: BLE001 - a mutant may raise anything
        return "crash", f"{type(error).__name__}: {error}"
    turns = Counter[str]()  # the first cell of each promise, then the second of each: the right promise comes early
    queue = []
    for cell in every:
        seen = {line for lines, _ in routes.get(cell.name, {}).values() for line in lines}
        if not mutant.near or not seen.isdisjoint(mutant.near):
            turns[cell.promise.id] += 1
            queue.append((-order[f"{mutant.where}|{cell.name}"], turns[cell.promise.id], -order[cell.name], cell))
    noticed = "", ""
    for *_, cell in sorted(queue, key=lambda entry: entry[:3]):
        trying = passing(routes.get(cell.name, {}), mutant.near)
        try:
            with patch.object(Exploration, "_try", trying):
                result = run_cell(cell, PROFILES["quick"], hasty=True)
        except UsageError as error:
            return "crash", str(error)
        if result.state == "defect":
            raise AssertionError(f"{cell.name} on {mutant.name}: {result.why}")
        if result.state == "broken":
            return cell.name, result.findings[0].sentence
        if result.state == ADVICE and not noticed[0]:
            noticed = f"{ADVICE} {cell.name}", result.findings[0].sentence
    return noticed


def forked(work: Callable[[], object], patience: float = PATIENCE) -> Any:
    """What `work` gives, in a process of its own, as JSON; None where it took too long or the process ended.

    Raises:
        SystemExit: it failed otherwise, so that what comes after would mean nothing.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (EFFORT, EFFORT))
        try:
            with os.fdopen(writer, "wb") as file:
                try:
                    told = work()
                except Exception as error:  # noqa: BLE001 - whatever it is, nobody is to blame for it but paypact
                    told = {FAILED: f"{type(error).__name__}: {error}"}
                file.write(json.dumps(told).encode())
        finally:
            os._exit(0)
    os.close(writer)
    ready = select.select([reader], [], [], patience)[0]
    with os.fdopen(reader, "rb") as file:
        heard = file.read() if ready else b""
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    found = json.loads(heard or b"null")
    if isinstance(found, dict) and FAILED in found:
        sys.exit(f"stopped: {found[FAILED]}")
    return found


def tried(mutant: Mutant, order: Counter[str], routes: dict[str, Route]) -> Fate:
    """Try a mutant in a process of its own."""
    began = time.monotonic()
    killer, said = forked(lambda: kill(mutant, order, routes)) or ("endless", "")
    return Fate(mutant.name, killer, said, round(time.monotonic() - began, 1))


def report(fates: list[Fate], whole: int) -> int:
    """Say how many were killed and by which promises, and list those that were not; the exit code."""
    killed = [fate for fate in fates if fate.killer]
    share = 100 * len(killed) / len(fates)
    by = Counter(fate.killer.partition("[")[0] for fate in killed)
    advised = sum(fate.killer.startswith(ADVICE) for fate in killed)
    told = f", of which {advised} by advice alone" if advised else ""
    SCREEN.print(f"\n{len(killed)} of {len(fates)} mutants killed{told}: {share:.1f} % ({whole} in all)")
    SCREEN.print("  " + ", ".join(f"{killer} {count}" for killer, count in by.most_common()))
    for fate in fates:
        if not fate.killer:
            SCREEN.print(f"  survived: {fate.name}")
    return 0 if share >= WANTED else 1


def main(arguments: list[str]) -> int:
    """Try all mutants of the named modules; exit code 1 where fewer than WANTED per cent are killed."""
    parser = argparse.ArgumentParser(description="Mutation score of integrations.")
    parser.add_argument("module", nargs="*", help="modules; none: all reference integrations")
    parser.add_argument("--state", type=Path, help="JSON lines of what is known already; what is found is appended")
    parser.add_argument("--most", type=int, default=None, help="try at most so many, then stop")
    parser.add_argument("--again", action="store_true", help="try known survivors once more")
    given = parser.parse_args(arguments)
    clock.install()
    every = [
        Mutant(*fields)
        for module in given.module or modules()
        for fields in remembered(
            given.state, module, "mutants", lambda module=module: [astuple(each) for each in mutants(module)]
        )
    ]
    known: dict[str, Fate] = {}
    if given.state and given.state.exists():
        for line in given.state.read_text(encoding="utf-8").splitlines():
            fate = Fate(**json.loads(line))
            known[fate.name] = fate
    order: Counter[str] = Counter()
    for each in every:
        if each.name in known:
            order.update((known[each.name].killer, f"{each.where}|{known[each.name].killer}"))
    left = [each for each in every if each.name not in known or (given.again and not known[each.name].killer)]
    random.Random(0).shuffle(left)  # noqa: S311 - so that part of a run is a fair sample
    routes: dict[str, dict[str, Route]] = {}
    for number, mutant in enumerate(left[: given.most], 1):
        if mutant.module not in routes:
            importlib.import_module(mutant.module)  # before the first fork: its SDK takes long to import
            routes[mutant.module] = itinerary(mutant.module, given.state)
        fate = tried(mutant, order, routes[mutant.module])
        order.update((fate.killer, f"{mutant.where}|{fate.killer}"))
        known[fate.name] = fate
        SCREEN.print(f"{number}/{len(left)} {fate.seconds:5.1f} s  {fate.killer or 'SURVIVED'}  {fate.name}")
        if given.state:
            with given.state.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(fate)) + "\n")
    return report([known[each.name] for each in every if each.name in known], len(every))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

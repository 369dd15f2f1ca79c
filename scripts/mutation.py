"""Mutation score of the bundled integrations: `python scripts/mutation.py [MODULE ...]`, or `tox -e mutation`.

Each mutant is an integration with one small change; the promises are what should notice. Mutants are mutmut's, without
those that change nothing that runs (annotations) and those that change prose, which no promise reads. Each is tried in
a process of its own, forked when everything is imported, on those cells of the quick profile that come by its line,
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
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from libcst import CSTNode
from mutmut.mutation.file_mutation import Mutation, create_mutations
from rich.console import Console

from paypact import discovery, gateways
from paypact.errors import PaypactError
from paypact.testkit import cells, run_cell
from paypact.testkit.cell import Cell
from paypact.testkit.profiles import PROFILES
from paypact.testkit.promise import promises
from paypact.world import clock

EFFORT = 300  # seconds of CPU time after which a mutant that goes on for ever counts as noticed
PATIENCE = 900.0  # and of real time, for one that waits for ever
PROSE = " "  # a text with a blank in it is for people
SCREEN = Console(highlight=False, markup=False, soft_wrap=True)
WANTED = 90.0  # per cent of mutants that must be killed


@dataclass(frozen=True)
class Mutant:
    """One change to one module."""

    module: str
    line: int
    span: tuple[int, int]  # lines of the innermost statement in a function; (0, 0): it runs on import
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
            where = _statement(parsed, place + 1)
            yield Mutant(module, place + 1, where, lines[place].strip(), changed[place].strip(), code)


def _with(statement: CSTNode, mutation: Mutation) -> CSTNode:
    changed = statement.deep_replace(mutation.original_node, mutation.mutated_node)
    assert isinstance(changed, CSTNode)
    return changed


def _aliases(source: str) -> set[int]:
    """Lines that name types for annotations to use."""
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    types = [node for node in nodes if isinstance(node.value, ast.Subscript)]
    return {line for node in types for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _statement(tree: ast.AST, line: int) -> tuple[int, int]:
    """First and last line of what runs when this line does: its statement, without the statements inside that."""
    span = (0, 0)
    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    for node in (each for function in functions for statement in function.body for each in ast.walk(statement)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
            body = getattr(node, "body", None) or getattr(node, "cases", None)
            inner = body[0].lineno if body and hasattr(body[0], "lineno") else 0
            span = max(span, (node.lineno, inner - 1 if inner > line else node.end_lineno or node.lineno))
    return span


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


def visited(cell: Cell, file: str) -> set[int]:
    """The lines of a file that a cell comes by."""
    lines: set[int] = set()

    def trace(frame: FrameType, event: str, _: object) -> object:
        if frame.f_code.co_filename != file:
            return None
        lines.add(frame.f_lineno)
        return trace

    sys.settrace(trace)
    threading.settrace(trace)
    try:
        run_cell(cell, PROFILES["quick"], hasty=True)
    finally:
        sys.settrace(None)
        threading.settrace(None)
    return lines


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


def itinerary(module: str, kept: Path | None) -> dict[str, set[int]]:
    """For each cell the lines of the module that it comes by."""
    path = str(discovery.place(module).path)

    def walked() -> dict[str, list[int]]:
        every = columns(module)
        return {cell.name: forked(lambda cell=cell: sorted(visited(cell, path))) or [] for cell in every}  # type: ignore[misc]  # bound

    return {cell: set(lines) for cell, lines in remembered(kept, module, "lines", walked).items()}


def kill(mutant: Mutant, order: Counter[str], routes: dict[str, set[int]]) -> tuple[str, str]:
    """Try a mutant: the cell that broke and what it said; both empty where it survived."""
    warnings.simplefilter("ignore")
    original = sys.modules[mutant.module]
    try:
        replace(mutant, original)
        every = columns(mutant.module)
    except Exception as error:  # noqa: BLE001 - a mutant may raise anything
        return "crash", f"{type(error).__name__}: {error}"
    first, last = mutant.span
    near = set(range(first, last + 1))
    every = [cell for cell in every if not first or routes.get(cell.name, near) & near]
    turns = Counter[str]()  # the first cell of each promise, then the second of each: the right promise comes early
    queue = []
    for cell in every:
        turns[cell.promise.id] += 1
        queue.append((-order[f"{mutant.where}|{cell.name}"], turns[cell.promise.id], -order[cell.name], cell))
    for *_, cell in sorted(queue, key=lambda entry: entry[:3]):
        try:
            result = run_cell(cell, PROFILES["quick"], hasty=True)
        except PaypactError as error:
            return "crash", str(error)
        if result.state == "defect":
            return "crash", f"{cell.name}: {result.why}"
        if result.state == "broken":
            return cell.name, result.findings[0].sentence
    return "", ""


def forked(work: Callable[[], object], patience: float = PATIENCE) -> Any:
    """What `work` gives, in a process of its own, as JSON; None where it took too long or the process ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (EFFORT, EFFORT))
        try:
            os.write(writer, json.dumps(work()).encode()[:60_000])
        finally:
            os._exit(0)
    os.close(writer)
    heard = os.read(reader, 65_536) if select.select([reader], [], [], patience)[0] else b"null"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)
    return json.loads(heard or b"null")


def tried(mutant: Mutant, order: Counter[str], routes: dict[str, set[int]]) -> Fate:
    """Try a mutant in a process of its own."""
    began = time.monotonic()
    killer, said = forked(lambda: kill(mutant, order, routes)) or ("endless", "")
    return Fate(mutant.name, killer, said, round(time.monotonic() - began, 1))


def report(fates: list[Fate], whole: int) -> int:
    """Say how many were killed and by which promises, and list those that were not; the exit code."""
    killed = [fate for fate in fates if fate.killer]
    share = 100 * len(killed) / len(fates)
    by = Counter(fate.killer.partition("[")[0] for fate in killed)
    SCREEN.print(f"\n{len(killed)} of {len(fates)} mutants killed: {share:.1f} % ({whole} in all)")
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
    routes: dict[str, dict[str, set[int]]] = {}
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

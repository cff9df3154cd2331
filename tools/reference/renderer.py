"""Renders an expression that builds a message: all wordings that it can have.

A conditional expression has two wordings. Two expressions with the same condition are combined branch by branch. A part
that is known only at run time is a placeholder, `<name>`.
"""

import ast
import inspect
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from types import ModuleType
from typing import Any

import edge_postgres
from edge_postgres.core.limit import Limit
from tools.reference.library import Function, Place, name_of, places, source_of, sources
from tools.reference.wording import READABLE, Wording, placeholder

MOST_WORDINGS = 64
"""The most wordings of one expression; more would not fit a page."""
DEEPEST = 6
"""The longest chain of calls that is followed."""
FEWEST_WORDS = 3
"""A wording with fewer words is a name. It keeps its placeholder, because the list of all names would be too long."""
NAMES = frozenset({"subject", "path", "name", "value"})
"""Parameters that hold a path, or a value of the user. Their callers have no wording for them."""
DEEPEST_CALLERS = 2
"""The longest chain of callers that is followed to the wording of a parameter."""


Bound = Mapping[str, list[Wording] | None]


class Renderer:
    """Renders the expressions at one place of the sources."""

    def __init__(self, place: Place, bound: Bound | None = None, depth: int = 0) -> None:
        self._place = place
        self._bound = bound or {}
        self._depth = depth
        self._busy: set[str] = set()

    def wordings(self, node: ast.expr) -> list[Wording] | None:
        """The wordings of an expression; None if nothing in it is a wording."""
        found = self._wordings(node)
        return None if found is None else list(dict.fromkeys(found))[:MOST_WORDINGS]

    def _wordings(self, node: ast.expr) -> list[Wording] | None:
        match node:
            case ast.Constant(value=str() as words):
                return [Wording(words)]
            case ast.JoinedStr(values=parts):
                return self._joined(parts)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self.wordings(left), self.wordings(right)
                if first is None and second is None:
                    return None
                return _sums([first or self._unknown(left), second or self._unknown(right)])
            case ast.BinOp(op=ast.Sub() | ast.Mult()) | ast.Call(func=ast.Name(id="int"), args=[_]):
                number = self._number(node)
                return None if number is None else [Wording(f"{number:,}")]
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._either(test, [(True, body), (False, other)])
            case ast.BoolOp(op=ast.Or(), values=values):
                return self._either(node, list(enumerate(values)))
            case ast.Name(id=name):
                return self._named(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return self._attribute(name)
            case ast.Attribute() | ast.Subscript():
                return self._value(node)
            case ast.Call():
                return self._called(node)
        return None

    def _number(self, node: ast.expr) -> int | None:
        """The value of an integer expression; None if a part of it is known only at run time."""
        match node:
            case ast.Constant(value=int() as number):
                return number
            case ast.Call(func=ast.Name(id="int"), args=[inner]):
                return self._number(inner)
            case ast.BinOp(left=left, op=op, right=right):
                first, second = self._number(left), self._number(right)
                if first is None or second is None:
                    return None
                return first * second if isinstance(op, ast.Mult) else first - second
            case ast.Name():
                (found, *others) = self.wordings(node) or [Wording("")]
                digits = found.words.replace(",", "")
                return int(digits) if digits.isdecimal() and not others else None
        return None

    def _joined(self, parts: Iterable[ast.expr]) -> list[Wording]:
        found = [
            self.wordings(part.value) or self._unknown(part.value)
            if isinstance(part, ast.FormattedValue)
            else self.wordings(part) or []
            for part in parts
        ]
        return _sums(found)

    def _either(self, test: ast.expr, branches: list[tuple[object, ast.expr]]) -> list[Wording] | None:
        """The wordings of all branches. A branch without one has a placeholder if another branch has a wording."""
        # The same condition in two functions is about two values.
        condition = f"{[function.name for function in self._place.functions[:1]]} {ast.dump(test)}"
        found = [(branch, node, self.wordings(node)) for branch, node in branches]
        if all(wordings is None for _, _, wordings in found):
            return None
        return [
            Wording(wording.words, wording.branches | {(condition, branch)})
            for branch, node, wordings in found
            for wording in (self._unknown(node) if wordings is None else wordings)
            if wording.agrees_with(Wording("", frozenset({(condition, branch)})))
        ]

    def _named(self, name: str) -> list[Wording] | None:
        if name in self._bound:
            return self._bound[name]
        if name in self._busy:
            return None
        self._busy.add(name)
        try:
            for function in self._place.functions:
                values = _assigned_beside(function, name, self._place.call) or list(_assigned(function, name))
                if values:
                    return _together([self.wordings(value) for value in values])
                if name in _bound_names(function):
                    return self._from_table(function, name) or self._from_generator(function, name)
                if name in _parameters(function):
                    return self._from_callers(function, name)
        finally:
            self._busy.discard(name)
        return _constant(vars(self._place.source.module).get(name))

    def _from_callers(self, function: Function, name: str) -> list[Wording] | None:
        """The sentences that the callers of a function pass as a parameter."""
        if self._depth >= DEEPEST_CALLERS or name in NAMES:
            return None
        found: list[Wording] = []
        for caller in callers(function):
            value = _argument_nodes(caller.call, function).get(name)
            wordings = Renderer(caller, depth=self._depth + 1).wordings(value) if value is not None else None
            same_call = Wording("", frozenset({(f"caller of {function.name}", str(caller))}))
            found += [same_call + wording for wording in wordings or () if len(wording.words.split()) >= FEWEST_WORDS]
        return found or None

    def _from_table(self, function: Function, name: str) -> list[Wording] | None:
        """The wordings of a module's table that a loop or an assignment unpacks into a name."""
        for node in _own_nodes(function):
            if isinstance(node, ast.For):
                pairs = [(node.target, node.iter)]
            elif isinstance(node, ast.Assign):
                pairs = list(_pairs(node.targets[0], node.value))
            else:
                continue
            for target, value in pairs:
                way = _position(target, name)
                table = self._table(value) if way else None
                if way and table is not None:
                    found = [_constant(_at(entry, way)) for entry in table]
                    # Problem and fix of one message are from the same row.
                    rows = [
                        Wording("", frozenset({(f"row of {ast.unparse(value)}", str(row))}))
                        for row in range(len(table))
                    ]
                    return _together(
                        [
                            wordings and [row + each for each in wordings]
                            for row, wordings in zip(rows, found, strict=True)
                        ]
                    )
        return None

    def _table(self, node: ast.expr) -> list[object] | None:
        """The entries of a module's table that an expression iterates over, or one of which it takes."""
        known = vars(self._place.source.module)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="items")):
                return list(known[name].items()) if isinstance(known.get(name), Mapping) else None
            case (
                ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="values"))
                | ast.Subscript(value=ast.Name(id=name))
            ):
                return list(known[name].values()) if isinstance(known.get(name), Mapping) else None
            case ast.Name(id=name):
                return list(known[name]) if isinstance(known.get(name), tuple | list) else None
        return None

    def _from_generator(self, function: Function, name: str) -> list[Wording] | None:
        """The wordings that a function of the library returns one by one to a loop."""
        for node in _own_nodes(function):
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == name:
                found = self._callee(node.iter) if isinstance(node.iter, ast.Call) else None
                if found is not None and self._depth < DEEPEST:
                    return Renderer(found[0], depth=self._depth + 1).yielded()
        return None

    def yielded(self) -> list[Wording] | None:
        """The wordings that the function at this place yields, or appends to the list that it returns."""
        found: list[ast.expr] = []
        for node in _own_nodes(self._place.functions[0]):
            match node:
                case ast.Yield(value=ast.expr() as value) | ast.Call(func=ast.Attribute(attr="append"), args=[value]):
                    found.append(value)
                case ast.Return(value=ast.List(elts=values)):
                    found += values
        return _together([self.wordings(value) for value in found])

    def _attribute(self, name: str) -> list[Wording] | None:
        """The wordings that a class assigns to an attribute, in its body or in a method."""
        # A local variable can have the name of the attribute that is its value.
        if self._place.owner is None or f".{name}" in self._busy:
            return None
        values = [
            node.value
            for node in ast.walk(self._place.owner)
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if (isinstance(target, ast.Attribute) and target.attr == name)
            or (isinstance(target, ast.Name) and target.id == name)
        ]
        self._busy.add(f".{name}")
        found = _together([self.wordings(value) for value in values])
        self._busy.discard(f".{name}")
        return found

    def _value(self, node: ast.expr) -> list[Wording] | None:
        """The value of a dotted name or of a table's entry, if the module has it."""
        match node:
            case ast.Subscript(value=ast.Name(id=name)) if name not in self._local_names():
                return _entries(vars(self._place.source.module).get(name))
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name not in self._local_names():
                found = _constant(self._member(name, attribute))
                return found or _field(attribute)
            case ast.Attribute(attr=attribute):
                return _field(attribute)
        return None

    def _local_names(self) -> set[str]:
        return {name for function in self._place.functions for name in _parameters(function) | _bound_names(function)}

    def _called(self, node: ast.Call) -> list[Wording] | None:
        if isinstance(node.func, ast.Attribute):
            match node.func:
                case ast.Attribute(value=ast.Name(id=table), attr="get"):
                    return _entries(vars(self._place.source.module).get(table))
                case ast.Attribute(
                    value=value, attr="removesuffix" | "removeprefix" | "rstrip" | "strip" | "capitalize"
                ):
                    return self.wordings(value)
        found = self._callee(node)
        if found is None or self._depth >= DEEPEST:
            return None
        place, function = found
        inner = Renderer(place, self._arguments(node, function), self._depth + 1)
        returned = [each.value for each in _own_nodes(function) if isinstance(each, ast.Return) and each.value]
        return _together([inner.wordings(value) for value in returned])

    def _callee(self, node: ast.Call) -> tuple[Place, Function] | None:
        """The function of the library that a call calls."""
        value: Any = None
        match node.func:
            case ast.Name(id=name):
                value = vars(self._place.source.module).get(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if self._place.owner:
                value = getattr(vars(self._place.source.module).get(self._place.owner.name), name, None)
            case ast.Attribute(value=ast.Name(id=holder), attr=name):
                value = self._member(holder, name)
        value = inspect.unwrap(getattr(value, "__func__", value)) if callable(value) else None
        source = source_of(getattr(value, "__module__", "")) if inspect.isfunction(value) else None
        if source is None or value is None:
            return None
        for each in ast.walk(source.tree):
            if isinstance(each, Function) and each.name == value.__name__:
                owner = self._place.owner if source is self._place.source else None
                return Place(source, node, (each,), owner), each
        return None

    def _member(self, name: str, attribute: str) -> object:
        """An attribute of a class or a module of the library. A provider's SDK would be loaded for nothing."""
        owner = vars(self._place.source.module).get(name)
        module = getattr(owner, "__name__", "") if isinstance(owner, ModuleType) else getattr(owner, "__module__", "")
        return getattr(owner, attribute, None) if str(module).startswith(edge_postgres.__name__) else None

    def _arguments(self, node: ast.Call, function: Function) -> Bound:
        given = _argument_nodes(node, function)
        return {name: self.wordings(value) for name, value in given.items() if name not in NAMES}

    def _unknown(self, node: ast.expr) -> list[Wording]:
        name = placeholder(node)
        return [Wording(f"<{READABLE.get(name, name)}>")]


def callers(function: Function) -> Iterable[Place]:
    """The calls of a function in the library, found by its name.

    If the name means another function in the calling module, or is that of a method, the call is not one of this
    function. The calls of a method or of an inner function are found by the name alone.
    """
    defining = _module_of_function().get(function)
    expected = getattr(defining, function.name, None)
    for place in _calls_by_name().get(function.name, []):
        if expected is None or _is_call_of(place, expected, function.name):
            yield place


def _is_call_of(place: Place, expected: object, name: str) -> bool:
    """Whether a call with a function's name can be a call of this function of a module."""
    match place.call.func:
        case ast.Attribute(value=ast.Name(id=holder)):
            owner = vars(place.source.module).get(holder)
            return isinstance(owner, ModuleType) and getattr(owner, name, None) is expected
        case ast.Name():
            return getattr(place.source.module, name, expected) is expected
    return False


@cache
def _module_of_function() -> dict[ast.AST, ModuleType]:
    """The modules of all functions that are neither methods nor inner functions."""
    return {node: source.module for source in sources() for node in source.tree.body if isinstance(node, Function)}


@cache
def _calls_by_name() -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places():
        found[name_of(place.call)].append(place)
    return found


def _sums(parts: list[list[Wording]]) -> list[Wording]:
    found = [Wording("")]
    for wordings in parts:
        found = [one + other for one, other in itertools.product(found, wordings) if one.agrees_with(other)]
        found = found[:MOST_WORDINGS]
    return found


def _together(found: list[list[Wording] | None]) -> list[Wording] | None:
    known = [wordings for wordings in found if wordings is not None]
    return [wording for wordings in known for wording in wordings] if known else None


def _own_nodes(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function without those of the functions inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, Function | ast.Lambda):
            waiting = [*ast.iter_child_nodes(node), *waiting]


def _assigned(function: Function, name: str) -> Iterator[ast.expr]:
    """The expressions that a function assigns to a local name."""
    for node in _own_nodes(function):
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            targets, value = [node.target], node.value
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name and value is not None:
                yield value
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                for part, item in zip(target.elts, value.elts, strict=False):
                    if isinstance(part, ast.Name) and part.id == name:
                        yield item


def _assigned_beside(function: Function, name: str, call: ast.Call) -> list[ast.expr]:
    """The last expression that a function assigns to a name before a call, in the innermost block with both."""
    line = getattr(call, "lineno", 0)
    blocks = [
        block
        for node in (function, *_own_nodes(function))
        for block in (getattr(node, "body", None), getattr(node, "orelse", None))
        if isinstance(block, list) and block and block[0].lineno <= line <= (block[-1].end_lineno or 0)
    ]
    for block in sorted(blocks, key=lambda block: block[0].lineno, reverse=True):
        found = [
            statement.value
            for statement in block
            if isinstance(statement, ast.Assign)
            and statement.lineno < line
            and any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)
        ]
        if found:
            return found[-1:]
    return []


def _parameters(function: Function) -> set[str]:
    arguments = function.args
    return {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}


def _bound_names(function: Function) -> set[str]:
    """The local names that a loop or an assignment binds."""
    return {node.id for node in _own_nodes(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _argument_nodes(call: ast.Call, function: Function) -> dict[str, ast.expr]:
    """The expressions that a call passes, by the parameter."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args) if each.arg not in ("self", "cls")]
    given = dict(zip(names, call.args, strict=False))
    given.update({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg})
    return given


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    yield target, value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=False)


def _position(target: ast.expr, name: str) -> tuple[int, ...] | None:
    """The indexes that lead to a name in nested tuples, if it is in one."""
    if isinstance(target, ast.Tuple):
        for index, part in enumerate(target.elts):
            if isinstance(part, ast.Name) and part.id == name:
                return (index,)
            if inner := _position(part, name):
                return (index, *inner)
    return None


def _at(entry: object, way: tuple[int, ...]) -> object:
    for index in way:
        entry = entry[index] if isinstance(entry, tuple) and len(entry) > index else None
    return entry


@cache
def _field(name: str) -> list[Wording] | None:
    """The sentences that the library sets a field of a dataclass to, by the field's name."""
    found = [
        wording.words
        for place in places()
        for keyword in place.call.keywords
        if keyword.arg == name and isinstance(keyword.value, ast.Constant)
        for wording in Renderer(place).wordings(keyword.value) or ()
    ]
    return [Wording(words) for words in found if len(words.split()) >= FEWEST_WORDS] or None


def _constant(value: object) -> list[Wording] | None:
    """A module's constant as a wording."""
    if isinstance(value, str):
        return [Wording(str(value))]
    if isinstance(value, Limit) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return [Wording(f"{value:,}")]
    if isinstance(value, date):
        return [Wording(value.isoformat())]
    return None


def _entries(table: object) -> list[Wording] | None:
    """The entries of a module's table, if all of them are wordings."""
    if not isinstance(table, Mapping) or not all(isinstance(value, str) for value in table.values()):
        return None
    return [Wording(value, frozenset({(str(id(table)), key)})) for key, value in table.items()]

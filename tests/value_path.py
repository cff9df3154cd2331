"""Lists the library functions that a value passes through, found with ``sys.setprofile`` and a marked value.

    with recorded("sentinel-password", until="pulumi_cloudflare.hyperdrive_config") as path:
        deploy(program, config=...)
    path.functions    ["edge_postgres.stack.secrets:read_secrets", ...] in the order in which they saw the value
    path.modules      ["edge_postgres.stack.secrets", ...]

A function is listed if an argument or the returned value contains the marked string: as it is, inside another string,
inside an Output, or inside containers, dataclasses and settings models. At most
`DEPTH` containers surround the string. Therefore a function that takes the bindings of a Worker is listed. A function
that takes a whole stack file, or the secrets of a whole stack, is not listed, because it passes every value on in one
piece. A function that reads the marked value from there is listed. The base of the settings models is not listed
either, because pydantic passes every field of every model to it. The reader of the configuration and the search for
unclear values are not listed, because they see every value of the file.

The path ends with the constructor of the resource. Functions that run for an Output later are listed too.
"""

import contextlib
import dataclasses
import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import pulumi
from pydantic import BaseModel

import edge_postgres
from edge_postgres.stack.secrets import Secrets

LIBRARY = Path(str(edge_postgres.__file__)).parent
PROGRAM = str(Path(__file__).resolve().parents[1] / "__main__.py")
DEPTH = 3
"""Containers around the marked string: `Script.bindings[0]["name"]` has three."""
MOCKS = ("edge_postgres.testing", "edge_postgres.core.wire")
"""Modules that answer in place of the engine. No value of a real deployment passes them."""
SETTINGS_BASE = ("edge_postgres.stack.model", "edge_postgres.stack.every_error")
EVERY_VALUE = ("edge_postgres.stack.config_values", "edge_postgres.stack.unclear_values")
# Bodies of comprehensions and of modules are frames without being functions.
NO_FUNCTIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<module>")


@dataclasses.dataclass
class ValuePath:
    """The functions that have seen a marked value."""

    sentinel: str
    until: str = ""
    """The module whose first constructor ends the path."""
    functions: list[str] = dataclasses.field(default_factory=list)
    has_ended: bool = False
    _pending: list[tuple[str, Any]] = dataclasses.field(default_factory=list)
    """Values with Outputs that become known only later."""

    @property
    def modules(self) -> list[str]:
        """The modules of the functions, each once."""
        return list(dict.fromkeys(function.partition(":")[0] for function in self.functions))

    def see(self, frame: FrameType, value: Any) -> None:
        """Adds the function of a frame if ``value`` contains the sentinel."""
        code, module = frame.f_code, frame.f_globals.get("__name__", "")
        if module == self.until and code.co_name == "__init__":
            self.has_ended = True
        if not code.co_filename.startswith(f"{LIBRARY}/") or code.co_name in NO_FUNCTIONS:
            return
        if module in (*MOCKS, *SETTINGS_BASE, *EVERY_VALUE):
            return
        function = f"{module}:{code.co_qualname}"
        if function in self.functions or (self.has_ended and _is_called_by_program(frame)):
            return
        if contains(value, self.sentinel):
            self.functions.append(function)
        elif _is_pending(value):
            self._pending.append((function, value))

    def finish(self) -> None:
        """Adds the functions that took or returned Outputs whose values are known now."""
        found = [function for function, value in self._pending if contains(value, self.sentinel)]
        self.functions += [function for function in dict.fromkeys(found) if function not in self.functions]
        self._pending.clear()


@contextlib.contextmanager
def recorded(sentinel: str, until: str = "") -> Iterator[ValuePath]:
    """Records the functions on this thread that see the sentinel."""
    path = ValuePath(sentinel, until)

    def profile(frame: FrameType, event: str, result: Any) -> None:
        if event == "call":
            for argument in _arguments(frame):
                path.see(frame, argument)
        elif event == "return":
            path.see(frame, result)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield path
    finally:
        sys.setprofile(before)
        path.finish()


def _is_called_by_program(frame: FrameType | None) -> bool:
    """Whether the stack program called the function. The event loop calls the others, for Outputs."""
    while frame is not None:
        if frame.f_code.co_filename == PROGRAM:
            return True
        frame = frame.f_back
    return False


def _arguments(frame: FrameType) -> Iterator[Any]:
    """The arguments of a call, without the variables of the enclosing function."""
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    yield from (frame.f_locals[name] for name in code.co_varnames[:count] if name in frame.f_locals)


def contains(value: Any, sentinel: str, depth: int = DEPTH) -> bool:
    """Whether the sentinel is in a value, with at most ``depth`` containers around it."""
    if isinstance(value, str):
        return sentinel in value
    if isinstance(value, pulumi.Output):
        return any(contains(known, sentinel, depth) for known in _known(value))
    return depth > 0 and any(contains(part, sentinel, depth - 1) for part in _parts(value))


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, Secrets):
        return
    if isinstance(value, Mapping):
        yield from value.keys()
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, BaseModel) or (dataclasses.is_dataclass(value) and not isinstance(value, type)):
        yield from vars(value).values()


def _is_pending(value: Any, depth: int = DEPTH) -> bool:
    if isinstance(value, pulumi.Output):
        return not value._data.done()
    return depth > 0 and any(_is_pending(part, depth - 1) for part in _parts(value))


def _known(output: pulumi.Output[Any]) -> Iterator[Any]:
    """The value of an Output that is known already."""
    data = output._data
    if data.done() and not data.cancelled() and not data.exception():
        yield data.result().value

"""Loads the classes of a generated module one by one.

`pulumi_cloudflare._inputs` and `pulumi_cloudflare.outputs` define 6,300 classes, of which a stack uses a few dozen. The
creation of all classes takes half of the processor time of a small preview. A `ClassByClass` module compiles the source
of a class when a program first uses the class.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from itertools import pairwise
from pathlib import Path
from threading import RLock
from types import ModuleType

CLASS = re.compile(r"class (\w+)")


class ClassByClass(ModuleType):
    """A module of classes that are created when they are first used. Its creation imports it."""

    def __init__(self, spec: ModuleSpec, source: str, definitions: Mapping[str, slice]) -> None:
        super().__init__(spec.name)
        self.__spec__, self.__loader__, self.__file__ = spec, spec.loader, spec.origin
        self.__package__ = spec.parent
        self._source = source
        self._definitions = definitions
        self._lock = RLock()
        sys.modules[spec.name] = self  # `outputs` imports itself
        self._execute(source[: _header_end(definitions)], str(spec.origin))

    def __getattr__(self, name: str) -> object:
        if name not in self._definitions:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        with self._lock:
            self._create(name)
        return vars(self)[name]

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *self._definitions})

    def names_in(self, source: str) -> list[str]:
        """Returns the classes of this module that the annotations of a source contain."""
        return [name for name in dict.fromkeys(re.findall(r"'(\w+)'", source)) if name in self._definitions]

    @contextmanager
    def exporting(self, names: Iterable[str]) -> Iterator[None]:
        """Limits `import *` to some names."""
        exported = vars(self)["__all__"]
        vars(self)["__all__"] = list(names)
        try:
            yield
        finally:
            vars(self)["__all__"] = exported

    def create_all(self) -> None:
        """Creates the other classes from the compiled file, which is faster than one by one."""
        created = {name: vars(self)[name] for name in self._definitions if name in vars(self)}
        assert self.__spec__ is not None
        assert self.__spec__.loader is not None
        self.__spec__.loader.exec_module(self)
        vars(self).update(created)

    def _create(self, name: str) -> None:
        """Creates a class, and the classes in its annotations, which Pulumi looks up in the globals of the module."""
        if name in vars(self):
            return
        definition = self._source[self._definitions[name]]
        self._execute(definition, f"<{name} in {self.__file__}>")
        for other in self.names_in(definition):
            self._create(other)

    def _execute(self, source: str, name: str) -> None:
        exec(compile(source, name, "exec"), vars(self))  # noqa: S102 - a part of the installed file


def import_class_by_class(spec: ModuleSpec) -> ModuleType | None:
    """Imports the module without its classes; returns None if Pulumi's generator has not written the file."""
    source = Path(str(spec.origin)).read_text(encoding="utf-8")
    definitions = _definitions(source)
    exported = re.search(r"^__all__ = (\[.*?^\])", source[: _header_end(definitions)], re.MULTILINE | re.DOTALL)
    if exported is None or {*ast.literal_eval(exported[1])} != {*definitions}:
        return None
    return ClassByClass(spec, source, definitions)


def _definitions(source: str) -> dict[str, slice]:
    """Returns the position of each class, with its decorators. A class ends where the next one begins."""
    classes = [*_classes(source), ("", len(source))]
    return {name: slice(start, end) for (name, start), (_, end) in pairwise(classes)}


def _classes(source: str) -> Iterator[tuple[str, int]]:
    """Yields the name and the start of each class. A search for a string is much faster than a regular expression."""
    position = source.find("\nclass ") + 1
    while position:
        match = CLASS.match(source, position)
        start = position
        while source.startswith("@", line := source.rfind("\n", 0, start - 1) + 1):
            start = line
        if match:
            yield match[1], start
        position = source.find("\nclass ", position) + 1


def _header_end(definitions: Mapping[str, slice]) -> int:
    return min((position.start for position in definitions.values()), default=0)

"""Loads of a flat provider SDK only what a program uses.

``import pulumi_cloudflare`` reads 600 modules, a second of every preview and every update, of which a stack needs a
dozen. Here the package is there at once and each name comes from its own module when it is first used. Whatever is
found no other way, ``import *`` too, loads the package as usual.

``EDGE_POSTGRES_EAGER_SDK=1`` turns this off.
"""

import importlib
import importlib.util
import os
import re
import sys
from types import ModuleType
from typing import Any


class LazyPackage(ModuleType):
    """A package whose ``__init__`` has not run."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return getattr(self._loaded(), name)
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        # A class stands in the module of its own name, what it takes in `_inputs`: `HyperdriveConfig`, `…ArgsDict`.
        # A function's module has the function's name, and the function is what is meant.
        for home in (_snake_case(name), "_inputs"):
            module = self._module(home)
            if module is not None and (home == name or hasattr(module, name)):
                value = getattr(module, name, module)
                setattr(self, name, value)
                return value
        return getattr(self._loaded(), name)

    def _module(self, name: str) -> ModuleType | None:
        qualified = f"{self.__name__}.{name}"
        return importlib.import_module(qualified) if importlib.util.find_spec(qualified) else None

    def _loaded(self) -> ModuleType:
        self.__class__ = ModuleType  # type: ignore[assignment]  # from now on a package like any other
        assert self.__spec__ is not None
        assert self.__spec__.loader is not None
        self.__spec__.loader.exec_module(self)
        return self


def load_lazily(package: str) -> None:
    """Puts a package in place that loads what is used, unless it is there already or is not installed."""
    spec = importlib.util.find_spec(package) if package not in sys.modules else None
    if spec is None or os.environ.get("EDGE_POSTGRES_EAGER_SDK") == "1":
        return
    module = LazyPackage(package)
    module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
    module.__path__, module.__package__ = spec.submodule_search_locations or [], package
    sys.modules[package] = module


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()

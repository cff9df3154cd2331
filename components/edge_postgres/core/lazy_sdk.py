"""Loads only the used modules of a provider SDK.

``import pulumi_cloudflare`` reads 600 modules, a second of every preview and every update, and a stack needs
a dozen of them. Here, a placeholder of the package imports a name's own module when a program first uses the name. A
name without such a module, and ``import *``, load the whole package as usual.

``EDGE_POSTGRES_EAGER_SDK=1`` turns this off.
"""

import importlib
import importlib.util
import os
import re
import sys
from types import ModuleType


class LazyPackage(ModuleType):
    """A package whose ``__init__`` has not run."""

    def __getattr__(self, name: str) -> object:
        if name == "__all__":
            return getattr(self._loaded(), name)
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        # A class such as `HyperdriveConfig` is in the module of its name, and its `…ArgsDict` in `_inputs`.
        # A function's module has the function's name, and callers mean the function.
        for submodule in (_snake_case(name), "_inputs"):
            module = self._module(submodule)
            if module is not None and (submodule == name or hasattr(module, name)):
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
    """Registers a lazy package in `sys.modules`, unless the package is loaded already or not installed."""
    spec = importlib.util.find_spec(package) if package not in sys.modules else None
    if spec is None or os.environ.get("EDGE_POSTGRES_EAGER_SDK") == "1":
        return
    module = LazyPackage(package)
    module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
    module.__path__, module.__package__ = spec.submodule_search_locations or [], package
    sys.modules[package] = module


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()

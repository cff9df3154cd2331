"""Loads only the used modules of a provider SDK.

``import pulumi_cloudflare`` reads more than 700 modules, which takes a second or more in every preview and every
update. A stack needs a dozen of them. After `load_sdk_lazily()`, a placeholder of the package imports a name's own
module when a program first uses the name. The argument classes of all resources are in one module, and their output
classes in another one. Of both, only the used classes are created (`class_by_class.py`). A name without its own module,
``dir()`` and ``import *`` load the whole package as usual.

The placeholder registers all resource modules of the SDK with Pulumi, as the package does. Otherwise a resource that a
component of another language returns would arrive as the text of its ID.

With the environment variable ``EDGE_POSTGRES_EAGER_SDK=1``, the whole package is loaded at once.
"""

import ast
import importlib
import importlib.util
import os
import re
import sys
from pathlib import Path
from types import ModuleType

from edge_postgres.core.class_by_class import ClassByClass, import_class_by_class
from edge_postgres.core.errors import ValidationError

INPUTS, OUTPUTS = "_inputs", "outputs"
"""Modules of a generated SDK: the argument classes, and the output classes, of all resources."""


class LoadedPackage(ModuleType):
    """A package that had a placeholder, and whose ``__init__`` has run."""


class LazyPackage(LoadedPackage):
    """The placeholder of a package whose ``__init__`` has not run yet."""

    def __dir__(self) -> list[str]:
        return dir(self._loaded())

    def __getattr__(self, name: str) -> object:
        if name == "__all__":
            return getattr(self._loaded(), name)
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        # A class such as `HyperdriveConfig` is in the module of its name, and its `…ArgsDict` in `_inputs`.
        # A function's module has the function's name, and callers mean the function.
        for submodule in (_snake_case(name), INPUTS):
            module = self._module(submodule)
            if module is not None and (submodule == name or hasattr(module, name)):
                value = getattr(module, name, module)
                setattr(self, name, value)
                return value
        return getattr(self._loaded(), name)

    def _module(self, name: str) -> ModuleType | None:
        """Imports a module of the package; None if the package has no module of this name."""
        qualified = f"{self.__name__}.{name}"
        spec = importlib.util.find_spec(qualified)
        if spec is None or qualified in sys.modules:
            return sys.modules.get(qualified)
        if name in (INPUTS, OUTPUTS) and (module := import_class_by_class(spec)):
            return module
        source = Path(str(spec.origin)).read_text(encoding="utf-8")
        classes = self._module(INPUTS) if f"from .{INPUTS} import *" in source else None
        if not isinstance(classes, ClassByClass):
            return importlib.import_module(qualified)
        with classes.exporting(classes.names_in(source)):
            return importlib.import_module(qualified)

    def _loaded(self) -> ModuleType:
        """Runs the ``__init__`` of the package, which loads all modules. Returns the package."""
        self.__class__ = LoadedPackage  # type: ignore[assignment]  # from now on like any other package
        for name in (INPUTS, OUTPUTS):
            classes = sys.modules.get(f"{self.__name__}.{name}")
            if isinstance(classes, ClassByClass):
                classes.create_all()
        assert self.__spec__ is not None
        assert self.__spec__.loader is not None
        # Pulumi rejects a second registration of a module.
        utilities = vars(importlib.import_module(f"{self.__name__}._utilities"))
        register = utilities["register"]
        utilities["register"] = lambda **_: None
        try:
            self.__spec__.loader.exec_module(self)
        finally:
            utilities["register"] = register
        return self


def load_sdk_lazily(package: str = "pulumi_cloudflare") -> None:
    """Loads the modules of a provider SDK when they are first used, for a faster preview.

    Call this before the program imports the SDK or a component, because each component imports the SDK:
    `from edge_postgres import Hyperdrive` is too early. `import edge_postgres` imports no component. A second call has
    no effect, and neither has a call for an SDK that is not installed.

    Args:
        package: The import name of an SDK that Pulumi generated.

    Raises:
        ValidationError: The SDK is loaded already.
    """
    if os.environ.get("EDGE_POSTGRES_EAGER_SDK") == "1" or isinstance(sys.modules.get(package), LoadedPackage):
        return
    if package in sys.modules:
        raise ValidationError(
            package,
            "is loaded already",
            f"Call `load_sdk_lazily` before `import {package}` and before `from edge_postgres import ...`.",
        )
    spec = importlib.util.find_spec(package)
    if spec is None:
        return
    module = LazyPackage(package)
    module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
    module.__path__, module.__package__ = spec.submodule_search_locations or [], package
    sys.modules[package] = module
    utilities = importlib.import_module(f"{package}._utilities")
    for arguments in _registrations(Path(str(spec.origin)).read_text(encoding="utf-8")):
        utilities.register(**arguments)


def _registrations(source: str) -> list[dict[str, str]]:
    """Returns the arguments of each call of `_utilities.register` in the ``__init__`` of an SDK."""
    calls = (node.value for node in ast.parse(source).body if isinstance(node, ast.Expr))
    return [
        {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "register"
    ]


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()

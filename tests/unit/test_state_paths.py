"""The paths of dynamic providers in the state of users' stacks. None of them ever changes."""

import importlib
import importlib.util
import pkgutil

import dill  # type: ignore[import-untyped]
import pytest
from pulumi.dynamic import ResourceProvider

import edge_postgres
from edge_postgres._plugin.own_resources import STATE_PATHS

PATHS = [
    "edge_postgres.origins.neon.providers.BranchProvider",
    "edge_postgres.origins.neon.providers.DatabaseProvider",
    "edge_postgres.origins.neon.providers.DefaultBranchProvider",
    "edge_postgres.origins.neon.providers.ProjectProvider",
    "edge_postgres.origins.neon.providers.RoleProvider",
    "edge_postgres.origins.prisma.providers.ConnectionProvider",
    "edge_postgres.origins.prisma.providers.DatabaseProvider",
    "edge_postgres.origins.prisma.providers.ProjectProvider",
    "edge_postgres.postgres.providers.PostgresDatabaseProvider",
    "edge_postgres.postgres.providers.PostgresRoleProvider",
]
MODULES = sorted({path.rpartition(".")[0] for path in PATHS})


def provider_of(path: str) -> ResourceProvider:
    module, _, name = path.rpartition(".")
    provider: ResourceProvider = getattr(importlib.import_module(module), name)()
    return provider


def provider_classes(base: type[ResourceProvider] = ResourceProvider) -> set[str]:
    """The paths of the library's provider classes that have no subclass, so that a resource can have them."""
    found: set[str] = set()
    for each in base.__subclasses__():
        found |= provider_classes(each) or {f"{each.__module__}.{each.__qualname__}"}
    return {path for path in found if path.startswith("edge_postgres.")}


def test_the_library_has_no_other_provider_class() -> None:
    for module in pkgutil.walk_packages(edge_postgres.__path__, "edge_postgres."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert provider_classes() == set(PATHS)


def test_the_plugin_loads_exactly_these_classes_from_a_state() -> None:
    assert set(PATHS) == STATE_PATHS


@pytest.mark.parametrize("module", MODULES)
def test_the_module_of_providers_reports_errors_as_messages(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(
        "edge_postgres.http.error_output.report_errors_as_messages", lambda: calls.append("edge_postgres")
    )
    source = importlib.util.find_spec(module)
    assert source is not None
    assert source.loader is not None
    loaded = importlib.util.module_from_spec(source)
    source.loader.exec_module(loaded)
    assert calls == ["edge_postgres"]


@pytest.mark.parametrize("path", PATHS)
def test_the_state_contains_a_provider_as_its_path(path: str) -> None:
    module, _, name = path.rpartition(".")
    pickled = dill.dumps(provider_of(path), protocol=0, recurse=True)
    assert module.encode() in pickled
    assert name.encode() in pickled
    assert len(pickled) < 200


@pytest.mark.parametrize("path", PATHS)
def test_an_instance_of_a_provider_has_no_attributes(path: str) -> None:
    provider = provider_of(path)
    assert vars(provider) == {}
    assert provider.serialize_as_secret_always is False

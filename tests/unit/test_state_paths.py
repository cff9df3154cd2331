"""What users' states name: a dynamic provider is kept by the path of its class, so none of these ever moves."""

import importlib

import dill  # type: ignore[import-untyped]
import pytest

PATHS = [
    "edge_postgres.origins.neon.branch_provider.BranchProvider",
    "edge_postgres.origins.neon.branch_provider.DefaultBranchProvider",
    "edge_postgres.origins.neon.database_provider.DatabaseProvider",
    "edge_postgres.origins.neon.project_provider.ProjectProvider",
    "edge_postgres.origins.neon.role_provider.RoleProvider",
    "edge_postgres.postgres.database_provider.PostgresDatabaseProvider",
    "edge_postgres.postgres.role_provider.PostgresRoleProvider",
    "edge_postgres.origins.prisma.providers.ConnectionProvider",
    "edge_postgres.origins.prisma.providers.DatabaseProvider",
    "edge_postgres.origins.prisma.providers.ProjectProvider",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_provider_is_kept_by_its_path(path: str) -> None:
    module, _, name = path.rpartition(".")
    provider = getattr(importlib.import_module(module), name)()
    kept = dill.dumps(provider, protocol=0, recurse=True)
    assert module.encode() in kept
    assert name.encode() in kept
    assert len(kept) < 200


@pytest.mark.parametrize("path", PATHS)
def test_a_provider_captures_nothing(path: str) -> None:
    module, _, name = path.rpartition(".")
    provider = getattr(importlib.import_module(module), name)()
    assert vars(provider) == {}
    assert provider.serialize_as_secret_always is False

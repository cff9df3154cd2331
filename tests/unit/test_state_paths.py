"""What users' states name: a dynamic provider is kept by the path of its class, so none of these ever moves."""

import importlib

import dill  # type: ignore[import-untyped]
import pytest

PATHS = [
    "components.rest.neon_branch.BranchProvider",
    "components.rest.neon_branch.DefaultBranchProvider",
    "components.rest.neon_database.DatabaseProvider",
    "components.rest.neon_project.ProjectProvider",
    "components.rest.neon_role.RoleProvider",
    "components.rest.postgres_database.PostgresDatabaseProvider",
    "components.rest.postgres_role.PostgresRoleProvider",
    "components.rest.prisma_providers.ConnectionProvider",
    "components.rest.prisma_providers.DatabaseProvider",
    "components.rest.prisma_providers.ProjectProvider",
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

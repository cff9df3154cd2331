"""A fixed sample of `make versions`: the rotation on a database that already has tables.

The oldest and the newest Postgres that is installed: the version of the local cloud, and those of `make versions`.
"""

import pytest

from tools.versions.programs import installed_versions
from tools.versions.rotation import run_cell

INSTALLED = installed_versions()


@pytest.mark.parametrize("version", sorted({*INSTALLED[:1], *INSTALLED[-1:]}))
def test_workers_and_migrations_keep_their_rights_while_the_slots_take_turns(version: str) -> None:
    run_cell("rds: master app", version)


def test_the_local_cloud_installs_at_least_one_version() -> None:
    assert INSTALLED

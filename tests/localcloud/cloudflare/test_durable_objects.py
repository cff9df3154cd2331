"""Durable Objects: classes exist after their migration, and a migration starts from the previous tag."""

from typing import Any

import httpx
import pytest

from localcloud.cloudflare.runtime import MemoryRuntime
from tests.localcloud.cloudflare.api import SCRIPTS, error_of, message, result, upload
from tests.localcloud.cloudflare.conftest import Start

ROOM = {"type": "durable_object_namespace", "name": "ROOMS", "class_name": "Room"}
FIRST = {"new_tag": "v1", "new_sqlite_classes": ["Room"]}


def test_a_class_can_be_bound_after_its_migration(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    answer = upload(client, "api", ROOM)
    assert error_of(answer) == (400, 10061)
    assert "Ensure a --new-class migration" in message(answer)
    assert result(upload(client, "api", ROOM, migrations=FIRST))["migration_tag"] == "v1"
    assert runtime.workers[0]["durableObjects"] == {"Room": "sqlite"}


def test_classes_are_kept_if_an_upload_omits_migrations(client: httpx.Client) -> None:
    result(upload(client, "api", ROOM, migrations=FIRST))
    assert result(upload(client, "api", ROOM))["migration_tag"] == "v1"


@pytest.mark.parametrize("migrations", [FIRST, {**FIRST, "old_tag": "v0"}])
def test_a_migration_from_another_tag_is_rejected(client: httpx.Client, migrations: dict[str, Any]) -> None:
    result(upload(client, "api", ROOM, migrations=FIRST))
    answer = upload(client, "api", ROOM, migrations=migrations)
    assert error_of(answer) == (412, 10079)
    assert "when expected tag is 'v1'" in message(answer)


def test_a_migration_to_the_current_tag_changes_nothing(client: httpx.Client) -> None:
    result(upload(client, "api", ROOM, migrations=FIRST))
    result(upload(client, "api", ROOM, migrations={"old_tag": "v1", "new_tag": "v1"}))


def test_a_class_cannot_be_new_twice(client: httpx.Client) -> None:
    result(upload(client, "api", migrations=FIRST))
    again = {"old_tag": "v1", "new_tag": "v2", "new_classes": ["Room"]}
    assert error_of(upload(client, "api", migrations=again)) == (400, 10074)


def test_steps_rename_and_delete_classes(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    result(upload(client, "api", migrations={"new_tag": "v1", "new_classes": ["Room", "Old"]}))
    steps = [{"renamed_classes": [{"from": "Room", "to": "Hall"}]}, {"deleted_classes": ["Old"]}]
    result(upload(client, "api", migrations={"old_tag": "v1", "new_tag": "v2", "steps": steps}))
    assert runtime.workers[0]["durableObjects"] == {"Hall": "legacy-kv"}


def test_a_class_of_another_script_can_be_bound(client: httpx.Client) -> None:
    elsewhere = {**ROOM, "script_name": "rooms"}
    assert error_of(upload(client, "api", elsewhere)) == (400, 10061)
    result(upload(client, "rooms", migrations=FIRST))
    result(upload(client, "api", elsewhere))
    assert error_of(client.delete(f"{SCRIPTS}/rooms")) == (400, 10142)


def test_a_script_that_owns_objects_is_deleted_after_a_migration_that_deletes_the_classes(client: httpx.Client) -> None:
    result(upload(client, "rooms", ROOM, migrations=FIRST))
    assert error_of(client.delete(f"{SCRIPTS}/rooms")) == (400, 10064)
    result(upload(client, "rooms", migrations={"old_tag": "v1", "new_tag": "v2", "deleted_classes": ["Room"]}))
    result(client.delete(f"{SCRIPTS}/rooms"))


def test_force_deletes_a_script_that_owns_objects(client: httpx.Client) -> None:
    result(upload(client, "rooms", migrations=FIRST))
    result(client.delete(f"{SCRIPTS}/rooms", params={"force": "true"}))


def test_a_class_among_the_exports_needs_no_migration(client: httpx.Client) -> None:
    result(upload(client, "api", ROOM, exports={"Room": {"type": "durable-object", "storage": "sqlite"}}))

"""The file with the records of an emulator."""

import json
import stat
from pathlib import Path

import httpx
import pytest

from localcloud.cloudflare.runtime import MemoryRuntime
from localcloud.emulation.store import Store, StoreError
from tests.localcloud.cloudflare.api import CONFIGS, SCRIPTS, config, result, text, upload
from tests.localcloud.cloudflare.conftest import Start


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.json"


def test_after_a_restart_all_records_exist_and_workers_are_deployed(start: Start) -> None:
    client = start().client
    created = result(client.post(CONFIGS, json=config()))
    upload(
        client, "api", {"type": "hyperdrive", "name": "HYPERDRIVE", "id": created["id"]}, text("T", "s", "secret_text")
    )
    client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True})
    runtime = MemoryRuntime()
    again = start(runtime).client
    assert result(again.get(f"{CONFIGS}/{created['id']}")) == created
    assert result(again.get(f"{SCRIPTS}/api/settings")) == result(client.get(f"{SCRIPTS}/api/settings"))
    (worker,) = runtime.workers
    assert "s3cret-of-the-database" in worker["bindings"][0]["connectionString"]
    assert worker["bindings"][1]["text"] == "s"
    assert "api.localhost" in worker["hosts"]


def test_a_reset_deletes_all_records(client: httpx.Client) -> None:
    client.post(CONFIGS, json=config())
    upload(client)
    client.post("/__localcloud/faults", json=[{"status": 500}])
    client.post("/__localcloud/reset").raise_for_status()
    assert not any(client.get("/__localcloud/store").json().values())
    assert client.get("/__localcloud/faults").json() == []
    assert client.get("/__localcloud/requests").json() == {"requests": []}
    assert result(client.get(SCRIPTS)) == []


def test_a_reset_survives_a_restart(start: Start) -> None:
    client = start().client
    client.post(CONFIGS, json=config())
    client.post("/__localcloud/reset")
    assert result(start().client.get(CONFIGS)) == []


def test_the_ids_are_listed_by_kind_without_content(client: httpx.Client) -> None:
    created = result(client.post(CONFIGS, json=config()))
    upload(client)
    answer = client.get("/__localcloud/store")
    assert answer.json() == {"hyperdrive": [created["id"]], "scripts": ["api"]}
    assert "s3cret" not in answer.text


def test_the_file_is_readable_to_its_owner_only(file: Path) -> None:
    Store.open(file).put("kind", "owner", "a", {"id": "a"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_change_is_written_to_the_file_at_once(file: Path) -> None:
    store = Store.open(file)
    store.put("kind", "owner", "a", {"id": "a"})
    store.put("kind", "owner", "b", {"id": "b"})
    store.delete("kind", "owner", "a")
    assert Store.open(file).owned("kind", "owner") == [{"id": "b"}]


def test_a_failed_write_does_not_change_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(file)
    store.put("kind", "owner", "a", {"id": "a"})

    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError):  # noqa: PT011
        store.put("kind", "owner", "b", {"id": "b"})
    assert list(file.parent.iterdir()) == [file]
    assert Store.open(file).owned("kind", "owner") == [{"id": "a"}]


def test_a_draft_is_invisible_until_it_is_committed(file: Path) -> None:
    store = Store.open(file)
    store.put("kind", "owner", "a", {"id": "a"})
    draft = store.draft()
    draft.put("kind", "owner", "b", {"id": "b"})
    draft.delete("kind", "owner", "a")
    assert (draft.owned("kind", "owner"), store.owned("kind", "owner")) == ([{"id": "b"}], [{"id": "a"}])
    store.commit(draft)
    assert store.owned("kind", "owner") == Store.open(file).owned("kind", "owner") == [{"id": "b"}]


def test_a_committed_draft_changes_only_its_own_records(file: Path) -> None:
    store = Store.open(file)
    draft = store.draft()
    draft.put("kind", "owner", "a", {"id": "a"})
    store.put("kind", "owner", "b", {"id": "b"})
    store.commit(draft)
    assert {record["id"] for record in store.owned("kind", "owner")} == {"a", "b"}


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", json.dumps({"schema": 0, "kinds": {}}), json.dumps({"schema": 1})]
)
def test_a_file_that_is_not_a_store_is_rejected_and_kept(file: Path, content: str) -> None:
    file.write_text(content)
    with pytest.raises(StoreError) as error_of:
        Store.open(file)
    assert str(file) in str(error_of.value)
    assert file.read_text() == content

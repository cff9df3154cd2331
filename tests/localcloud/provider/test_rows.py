"""The operations of each resource type."""

import re

import pytest

from localcloud.provider.cloudflare import ROWS
from localcloud.provider.names import snake
from tests.localcloud.provider.cases import CASES, Case
from tests.localcloud.provider.conftest import rejected
from tests.localcloud.provider.engine import Deployed, Engine
from tests.localcloud.provider.fake_api import FakeApi

# Two types send no JSON and one sends files. They have separate test files.
APART = {
    "cloudflare:index/workersScript:WorkersScript",
    "cloudflare:index/workersKv:WorkersKv",
    "cloudflare:index/workerVersion:WorkerVersion",
    # tests/engine/test_queues.py deploys these types.
    "cloudflare:index/queue:Queue",
    "cloudflare:index/queueConsumer:QueueConsumer",
    "cloudflare:index/workflow:Workflow",
}
every_row = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
changeable = pytest.mark.parametrize("case", [case for case in CASES if case.update], ids=lambda case: case.name)
fixed = pytest.mark.parametrize("case", [case for case in CASES if not case.update], ids=lambda case: case.name)


def created(engine: Engine, api: FakeApi, case: Case) -> Deployed:
    api.extras, api.hidden = dict(case.extras), set(case.hidden)
    return engine.create(case.token, case.inputs)


def test_every_resource_type_has_a_case():
    assert {row.type for row in ROWS} - APART == {case.token for case in CASES}


@every_row
def test_a_create_is_one_request_with_all_inputs(engine: Engine, api: FakeApi, case: Case):
    deployed = created(engine, api, case)
    assert api.lines == [case.create]
    assert api.last.body == case.created
    assert deployed.id == case.id


@every_row
def test_keys_of_a_body_are_sorted_and_without_spaces(engine: Engine, api: FakeApi, case: Case):
    created(engine, api, case)
    body = api.last.body[0] if isinstance(api.last.body, list) else api.last.body
    assert list(body) == sorted(body)
    assert b'": ' not in api.last.content


@every_row
def test_the_same_program_again_is_not_a_change(engine: Engine, api: FakeApi, case: Case):
    assert not engine.diff(created(engine, api, case), case.inputs).changes


@every_row
def test_a_refresh_without_drift_changes_nothing(engine: Engine, api: FakeApi, case: Case):
    deployed = created(engine, api, case)
    refreshed = engine.refresh(deployed)
    assert api.last.line == f"GET {case.item}"
    assert refreshed == deployed


@every_row
def test_the_same_program_after_a_refresh_is_not_a_change(engine: Engine, api: FakeApi, case: Case):
    refreshed = engine.refresh(created(engine, api, case))
    assert refreshed
    assert not engine.diff(refreshed, case.inputs).changes


@every_row
def test_a_resource_that_the_api_does_not_find_is_deleted(engine: Engine, api: FakeApi, case: Case):
    deployed = created(engine, api, case)
    api.stored.clear()
    assert engine.refresh(deployed) is None


@changeable
def test_a_change_is_shown_as_an_update_in_place(engine: Engine, api: FakeApi, case: Case):
    found = engine.diff(created(engine, api, case), case.changed)
    assert (found.changes, found.replaces) == (True, [])


@changeable
def test_an_update_is_one_request(engine: Engine, api: FakeApi, case: Case):
    deployed = created(engine, api, case)
    updated = engine.update(deployed, case.changed)
    assert api.lines[1:] == [case.update]
    assert api.last.body == case.updated
    assert updated.id == deployed.id
    assert not engine.diff(updated, case.changed).changes


@changeable
def test_a_refresh_after_an_update_finds_no_change(engine: Engine, api: FakeApi, case: Case):
    refreshed = engine.refresh(engine.update(created(engine, api, case), case.changed))
    assert refreshed
    assert not engine.diff(refreshed, case.changed).changes


@every_row
def test_immutable_inputs_replace_the_resource(engine: Engine, api: FakeApi, case: Case):
    deployed = created(engine, api, case)
    for name, value in case.replaces.items():
        found = engine.diff(deployed, {**case.inputs, name: value})
        assert found.replaces == [name]
        assert {re.split(r"[.\[]", path)[0] for path in found.detailed} == {name}
        kinds = set(found.detailed.values())
        assert kinds <= ({"UPDATE_REPLACE", "DELETE_REPLACE"} if name in deployed.state else {"ADD_REPLACE"})


@changeable
def test_other_inputs_do_not_replace_the_resource(engine: Engine, api: FakeApi, case: Case):
    row = next(row for row in ROWS if row.type == case.token)
    expected = {*case.replaces} | ({"accountId", "zoneId"} if "scope" in row.collection else set())  # type: ignore[attr-defined]
    assert {name for name in row.inputs if row.replacement(name)} == expected


@fixed
def test_every_input_of_a_type_without_update_replaces_the_resource(engine: Engine, api: FakeApi, case: Case):
    row = next(row for row in ROWS if row.type == case.token)
    queries = {*row.create_queries, *row.delete_queries}  # type: ignore[attr-defined]
    assert {name for name in row.inputs if not row.replacement(name)} == queries


@every_row
def test_a_delete_is_one_request_or_none(engine: Engine, api: FakeApi, case: Case):
    deployed = created(engine, api, case)
    engine.delete(deployed)
    assert api.lines[1:] == ([f"DELETE {case.item}"] if case.deletes else [])


@every_row
def test_a_delete_of_a_missing_resource_is_an_error_unless_it_sends_no_request(
    engine: Engine, api: FakeApi, case: Case
):
    deployed = created(engine, api, case)
    api.stored.clear()
    if not case.deletes:
        engine.delete(deployed)
        return
    with rejected(f"DELETE {case.item}: 10007"):
        engine.delete(deployed)


@every_row
def test_an_import_reads_the_inputs_of_the_program(engine: Engine, api: FakeApi, case: Case):
    deployed = created(engine, api, case)
    parse_import_id = engine.import_(case.token, case.import_id)
    assert parse_import_id
    assert parse_import_id.id == case.id
    assert api.last.line == f"GET {case.item}"
    row = next(row for row in ROWS if row.type == case.token)
    unread = {name for name, each in row.schema.children.items() if each.no_refresh}
    readable = {name for name in deployed.inputs if snake(name) not in case.hidden} - unread
    assert readable <= set(parse_import_id.inputs)


@every_row
def test_the_inputs_of_an_import_pass_the_check(engine: Engine, api: FakeApi, case: Case):
    created(engine, api, case)
    imported = engine.import_(case.token, case.import_id)
    assert imported
    row = next(row for row in ROWS if row.type == case.token)
    incomplete = {*case.hidden, *(snake(name) for name, each in row.schema.children.items() if each.no_refresh)}
    failures = engine.failures(case.token, imported.inputs)
    assert {path for path in failures if snake(path.rpartition(".")[2]) not in incomplete} == set()

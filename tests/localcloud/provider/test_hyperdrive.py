"""`HyperdriveConfig`: write-only secrets, incomplete responses, and errors with a hint."""

import json
from typing import Any

import pytest

from edge_postgres.core.error_codes import fixes_of
from localcloud.provider.property_map import UNKNOWN
from tests.localcloud.provider.cases import ACCOUNT, ORIGIN, A, token_of
from tests.localcloud.provider.conftest import rejected
from tests.localcloud.provider.engine import Deployed, Engine, secret
from tests.localcloud.provider.fake_api import Answer, FakeApi, error_answer

TOKEN = token_of("HyperdriveConfig")
PASSWORD = "hunter2-sentinel"
CONFIGS = f"{A}/hyperdrive/configs"


def inputs(**changes):
    origin = {**ORIGIN, "password": secret(PASSWORD), **changes.pop("origin", {})}
    return {"accountId": ACCOUNT, "name": "main", "origin": origin, **changes}


@pytest.fixture
def deployed(engine: Engine, api: FakeApi) -> Deployed:
    api.hidden = {"password", "access_client_secret"}
    return engine.create(TOKEN, inputs(originConnectionLimit=20, caching={"maxAge": 60}))


def test_numbers_are_sent_as_integers(deployed: Deployed, api: FakeApi):
    assert b'"port":5432' in api.last.content
    assert b'"origin_connection_limit":20' in api.last.content


def test_a_limit_below_five_is_rejected_before_a_request_is_sent(engine: Engine, api: FakeApi):
    messages = engine.failures(TOKEN, inputs(originConnectionLimit=4))
    assert "at least 5" in messages["originConnectionLimit"]
    assert api.requests == []


def test_a_missing_input_is_rejected_by_name(engine: Engine):
    assert (
        "is required (Missing Configuration for Required Attribute)"
        in engine.failures(TOKEN, {"accountId": ACCOUNT, "name": "main"})["origin"]
    )


def test_an_unsupported_input_is_rejected_and_not_ignored(engine: Engine):
    assert "LOCALCLOUD_PROVIDERS=official" in engine.failures(TOKEN, inputs(integration="{}"))["integration"]


def test_the_password_stays_in_the_state_as_a_secret(deployed: Deployed):
    assert deployed.state["origin"]["password"] == PASSWORD
    assert deployed.secrets == {"origin.password"}
    assert deployed.secret_inputs == {"origin.password"}


def test_a_password_that_is_plain_in_the_program_is_secret_in_the_state(engine: Engine):
    plain = engine.create(TOKEN, inputs(origin={"password": PASSWORD}))
    assert (plain.secrets, plain.secret_inputs) == ({"origin.password"}, set())


def test_a_read_keeps_the_password_that_the_api_never_returns(engine: Engine, deployed: Deployed):
    refreshed = engine.refresh(deployed)
    assert refreshed
    assert refreshed.state["origin"]["password"] == PASSWORD
    assert "origin.password" in refreshed.secrets & refreshed.secret_inputs


def test_an_imported_configuration_has_no_password_until_the_next_update(engine: Engine, deployed: Deployed):
    parse_import_id = engine.import_(TOKEN, f"{ACCOUNT}/{deployed.id}")
    assert parse_import_id
    found = engine.diff(parse_import_id, inputs(originConnectionLimit=20, caching={"maxAge": 60}))
    assert found.detailed == {"origin.password": "ADD"}


def test_after_an_import_an_ignored_password_is_missing_in_the_update(engine: Engine, deployed: Deployed, api: FakeApi):
    imported = engine.import_(TOKEN, f"{ACCOUNT}/{deployed.id}")
    assert imported
    engine.update(imported, inputs(originConnectionLimit=30, caching={"maxAge": 60}), ignored=("origin.password",))
    assert api.last.body["origin_connection_limit"] == 30
    assert not api.last.body["origin"].get("password")


def test_an_invalid_id_cannot_be_imported(engine: Engine):
    with rejected("`abc`", "<accountId>/<id>"):
        engine.import_(TOKEN, "abc")


def test_a_new_password_is_sent_by_an_update(engine: Engine, deployed: Deployed, api: FakeApi):
    changed = inputs(originConnectionLimit=20, caching={"maxAge": 60}, origin={"password": secret("next")})
    assert engine.diff(deployed, changed).detailed == {"origin.password": "UPDATE"}
    engine.update(deployed, changed)
    assert api.last.body["origin"]["password"] == "next"


def test_another_scheme_sends_the_password_again(engine: Engine, deployed: Deployed, api: FakeApi):
    changed = inputs(originConnectionLimit=20, caching={"maxAge": 60}, origin={"scheme": "postgresql"})
    assert engine.diff(deployed, changed).detailed == {"origin.scheme": "UPDATE"}
    engine.update(deployed, changed)
    assert (api.last.method, api.last.body["origin"]["password"]) == ("PUT", PASSWORD)


def test_an_access_secret_is_secret_and_kept(engine: Engine, api: FakeApi):
    api.hidden = {"password", "access_client_secret"}
    origin = {key: value for key, value in ORIGIN.items() if key != "port"}
    origin |= {"password": secret(PASSWORD), "accessClientId": "i.access", "accessClientSecret": secret("access")}
    refreshed = engine.refresh(engine.create(TOKEN, {"accountId": ACCOUNT, "name": "main", "origin": origin}))
    assert refreshed
    assert refreshed.state["origin"]["accessClientSecret"] == "access"
    assert refreshed.secrets == {"origin.password", "origin.accessClientSecret"}


def test_an_omitted_limit_is_not_in_the_state(engine: Engine, api: FakeApi):
    api.extras = {"origin_connection_limit": 60}
    refreshed = engine.refresh(engine.create(TOKEN, inputs()))
    assert refreshed
    assert "originConnectionLimit" not in refreshed.state


def test_an_empty_mtls_object_of_the_api_counts_as_omitted(engine: Engine, api: FakeApi):
    api.extras = {"mtls": {}}
    assert "mtls" not in engine.create(TOKEN, inputs()).state


def test_a_cache_age_that_the_api_omits_is_kept(engine: Engine, deployed: Deployed, api: FakeApi):
    del api.stored[f"{CONFIGS}/{deployed.id}"]["caching"]["max_age"]
    assert engine.refresh(deployed) == deployed


def test_omitted_caching_that_the_api_returns_is_a_change_after_every_refresh(engine: Engine, api: FakeApi):
    api.extras = {"caching": {"disabled": False, "max_age": 60, "stale_while_revalidate": 15}}
    deployed = engine.create(TOKEN, inputs())
    assert "caching" not in api.last.body
    assert not engine.diff(deployed, inputs()).changes
    for _ in range(2):
        api.stored[f"{CONFIGS}/{deployed.id}"] |= api.extras
        refreshed = engine.refresh(deployed)
        assert refreshed
        assert engine.diff(refreshed, inputs()).detailed == {"caching": "DELETE"}
        deployed = engine.update(refreshed, inputs())


def test_an_import_keeps_an_empty_mtls_object_which_the_next_preview_removes(engine: Engine, api: FakeApi):
    api.extras, api.hidden = {"mtls": {}}, {"password"}
    deployed = engine.create(TOKEN, inputs(caching={"disabled": True}))
    imported = engine.import_(TOKEN, f"{ACCOUNT}/{deployed.id}")
    assert imported
    found = engine.diff(imported, inputs(caching={"disabled": True}))
    assert found.detailed == {"mtls": "DELETE", "origin.password": "ADD"}


def test_a_new_password_alone_keeps_the_time_of_the_last_change_in_a_preview(engine: Engine, api: FakeApi):
    api.extras = {"modified_on": "2026-11-21T10:00:00Z"}
    deployed = engine.create(TOKEN, inputs())
    for changes, shown in (
        ({"origin": {"password": secret("next")}}, "2026-11-21T10:00:00Z"),
        ({"name": "b"}, UNKNOWN),
    ):
        planned = engine.update(deployed, {**inputs(), **inputs(**changes)}, preview=True)
        assert planned.state["modifiedOn"] == shown


@pytest.mark.parametrize(
    ("changes", "mode", "fails"),
    [
        ({"origin": {"password": secret("next")}}, True, True),
        ({"origin": {"password": secret("next")}}, False, False),
        ({"origin": {"password": secret("next")}, "originConnectionLimit": 19}, True, False),
    ],
)
def test_a_mode_rejects_a_new_password_alone_after_the_request(
    engine: Engine, api: FakeApi, changes: dict[str, Any], mode: bool, fails: bool
):
    api.extras = {"modified_on": "2026-11-21T10:00:00Z"}
    deployed = engine.create(TOKEN, inputs())
    stored = {**api.stored[f"{CONFIGS}/{deployed.id}"], "modified_on": "2026-11-22T10:00:00Z"}
    put = f"PUT {CONFIGS}/{deployed.id}"
    api.answers = {
        put: [Answer(result=stored)],
        "GET /__localcloud/unplanned-results": [Answer(raw=json.dumps({"rejected": mode}).encode())],
    }
    if fails:
        was, now = '.modified_on: was "2026-11-21T10:00:00Z"', 'but now "2026-11-22T10:00:00Z"'
        with rejected("Provider produced inconsistent result after apply", was, now):
            engine.update(deployed, inputs(**changes))
    else:
        assert engine.update(deployed, inputs(**changes)).state["modifiedOn"] == "2026-11-22T10:00:00Z"
    assert put in api.lines


def test_drift_is_in_inputs_and_state_and_the_next_update_reverts_it(engine: Engine, deployed: Deployed, api: FakeApi):
    api.stored[f"{CONFIGS}/{deployed.id}"]["origin"]["port"] = 6543
    drifted = engine.refresh(deployed)
    assert drifted
    assert drifted.inputs["origin"]["port"] == drifted.state["origin"]["port"] == 6543
    found = engine.diff(drifted, inputs(originConnectionLimit=20, caching={"maxAge": 60}))
    assert found.detailed == {"origin.port": "UPDATE"}


def test_drift_is_detected_even_if_an_older_engine_kept_the_inputs(engine: Engine, deployed: Deployed, api: FakeApi):
    api.stored[f"{CONFIGS}/{deployed.id}"]["name"] = "renamed"
    drifted = engine.refresh(deployed)
    assert drifted
    kept = Deployed(drifted.urn, drifted.id, deployed.wire_inputs, drifted.wire_state)
    found = engine.diff(kept, inputs(originConnectionLimit=20, caching={"maxAge": 60}))
    assert found.detailed == {"name": "UPDATE"}


def test_an_explicit_default_is_not_a_change(engine: Engine, deployed: Deployed):
    written = inputs(originConnectionLimit=20, caching={"maxAge": 60, "disabled": False})
    assert not engine.diff(deployed, written).changes


@pytest.mark.parametrize("code", range(2008, 2017))
def test_a_failed_connection_is_reported_with_its_code_and_a_fix(engine: Engine, api: FakeApi, code: int):
    api.script(f"POST {CONFIGS}", error_answer(400, code, "Failed to connect to the origin."))
    with rejected(f"POST {CONFIGS}: {code} Failed to connect to the origin.", *fixes_of(code)):
        engine.create(TOKEN, inputs())
    assert len(api.requests) == 1


def test_a_secret_that_the_api_repeats_does_not_reach_the_terminal(engine: Engine, api: FakeApi):
    api.script(f"POST {CONFIGS}", error_answer(400, 2013, f"password {PASSWORD} is wrong"))
    with rejected("password [secret] is wrong") as messages:
        engine.create(TOKEN, inputs())
    assert PASSWORD not in messages[0]


def test_an_error_without_json_is_reported_by_its_status(engine: Engine, api: FakeApi):
    api.script(f"POST {CONFIGS}", Answer(status=403, raw=b"<html>"))
    with rejected(f"POST {CONFIGS}: 403"):
        engine.create(TOKEN, inputs())


def test_a_failed_read_is_an_error_and_not_a_deleted_resource(engine: Engine, deployed: Deployed, api: FakeApi):
    api.script(f"GET {CONFIGS}/{deployed.id}", error_answer(403, 10000, "Authentication error"))
    with rejected("10000 Authentication error"):
        engine.refresh(deployed)


def test_a_failed_delete_is_an_error(engine: Engine, deployed: Deployed, api: FakeApi):
    api.script(f"DELETE {CONFIGS}/{deployed.id}", error_answer(400, 2100, "in use"))
    with rejected("2100 in use"):
        engine.delete(deployed)


def test_a_preview_accepts_an_origin_that_is_not_known_yet(engine: Engine):
    deployed = engine.create(TOKEN, inputs())
    planned = engine.update(deployed, {**inputs(), "origin": UNKNOWN}, preview=True)
    assert planned.state["modifiedOn"] == UNKNOWN

"""Previews send no requests to the API, and unknown values stay unknown."""

from localcloud.provider.property_map import UNKNOWN
from tests.localcloud.provider.cases import ACCOUNT, CASES, ORIGIN, ZONE, token_of
from tests.localcloud.provider.engine import Engine, secret
from tests.localcloud.provider.fake_api import FakeApi

HYPERDRIVE, ROUTE = token_of("HyperdriveConfig"), token_of("WorkersRoute")


def test_a_create_in_a_preview_sends_no_request_and_has_no_id(engine: Engine, api: FakeApi):
    for case in CASES:
        assert engine.create(case.token, case.inputs, preview=True).id == ""
    assert api.requests == []


def test_unknown_inputs_stay_unknown_and_secret(engine: Engine):
    origin = {**ORIGIN, "host": UNKNOWN, "password": secret(UNKNOWN)}
    planned = engine.create(HYPERDRIVE, {"accountId": ACCOUNT, "name": "main", "origin": origin}, preview=True)
    assert planned.inputs["origin"] == {**ORIGIN, "host": UNKNOWN, "password": UNKNOWN}
    assert planned.state["origin"] == planned.inputs["origin"]
    assert planned.secrets == {"origin.password"}


def test_an_object_may_be_unknown(engine: Engine):
    planned = engine.create(HYPERDRIVE, {"accountId": ACCOUNT, "name": "main", "origin": UNKNOWN}, preview=True)
    assert planned.state["origin"] is UNKNOWN


def test_an_unknown_limit_passes_the_check(engine: Engine):
    inputs = {
        "accountId": ACCOUNT,
        "name": "main",
        "origin": {**ORIGIN, "password": "p"},
        "originConnectionLimit": UNKNOWN,
    }
    assert engine.failures(HYPERDRIVE, inputs) == {}


def test_only_properties_that_the_api_sets_are_unknown(engine: Engine):
    inputs = {"accountId": ACCOUNT, "hostname": "api.example.com", "service": "api"}
    planned = engine.create(token_of("WorkersCustomDomain"), inputs, preview=True)
    assert planned.state == {**inputs, **dict.fromkeys(("certId", "environment", "zoneId", "zoneName"), UNKNOWN)}


def test_an_update_in_a_preview_keeps_unchanged_properties(engine: Engine, api: FakeApi):
    api.extras = {"created_on": "then", "modified_on": "then"}
    inputs = {"accountId": ACCOUNT, "name": "main", "origin": {**ORIGIN, "password": "p"}}
    deployed = engine.create(HYPERDRIVE, inputs)
    planned = engine.update(deployed, {**inputs, "name": "renamed"}, preview=True)
    assert (planned.state["createdOn"], planned.state["modifiedOn"]) == ("then", UNKNOWN)
    assert planned.state["name"] == "renamed"
    assert len(api.requests) == 1


def test_an_unknown_value_counts_as_a_change(engine: Engine):
    deployed = engine.create(ROUTE, {"zoneId": ZONE, "pattern": "example.com/*", "script": "api"})
    found = engine.diff(deployed, {"zoneId": ZONE, "pattern": "example.com/*", "script": UNKNOWN})
    assert (found.detailed, found.replaces) == ({"script": "UPDATE"}, [])


def test_an_unknown_value_that_may_replace_the_resource_is_shown_as_a_replacement(engine: Engine):
    deployed = engine.create(ROUTE, {"zoneId": ZONE, "pattern": "example.com/*"})
    assert engine.diff(deployed, {"zoneId": UNKNOWN, "pattern": "example.com/*"}).replaces == ["zoneId"]

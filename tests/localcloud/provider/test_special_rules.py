"""Rules of single resource types that the schema does not have."""

from typing import Any

import pytest

from tests.localcloud.provider.cases import ACCOUNT, IN_ACCOUNT, ZONE, A, Z, token_of
from tests.localcloud.provider.conftest import rejected
from tests.localcloud.provider.engine import Engine
from tests.localcloud.provider.fake_api import FakeApi

CERTIFICATE, RECORD = token_of("MtlsCertificate"), token_of("DnsRecord")
DEPLOYMENT, DOMAIN = token_of("WorkersDeployment"), token_of("WorkersCustomDomain")
CRON, WORKER = token_of("WorkersCronTrigger"), token_of("Worker")
ROUTE = token_of("WorkersRoute")


def record(**changes: Any) -> dict[str, Any]:
    return {"zoneId": ZONE, "name": "db", "type": "CNAME", "ttl": 1, "content": "t1.cfargotunnel.com", **changes}


def test_a_proxied_record_with_another_ttl_than_one_is_not_created(engine: Engine, api: FakeApi):
    with rejected("`ttl` must be 1 if `proxied` is true"):
        engine.create(RECORD, record(proxied=True, ttl=300))
    assert api.requests == []
    engine.create(RECORD, record(proxied=False, ttl=300))


def test_an_update_of_a_record_sends_settings_and_tags_that_the_api_set(engine: Engine, api: FakeApi):
    api.extras = {"settings": {"flatten_cname": False}, "tags": ["owner:db"]}
    deployed = engine.create(RECORD, record())
    engine.update(deployed, record(content="t2.cfargotunnel.com"))
    assert api.last.body["settings"] == {"flatten_cname": False}
    assert api.last.body["tags"] == ["owner:db"]


def test_a_newline_of_an_imported_certificate_is_an_update_that_never_ends(engine: Engine, api: FakeApi):
    deployed = engine.create(CERTIFICATE, {**IN_ACCOUNT, "ca": True, "certificates": "PEM"})
    imported = engine.import_(CERTIFICATE, f"{ACCOUNT}/{deployed.id}")
    assert imported
    with_newline = {**IN_ACCOUNT, "ca": True, "certificates": "PEM\n"}
    requests = len(api.requests)
    for _ in range(2):
        found = engine.diff(imported, with_newline)
        assert (found.detailed, found.replaces) == ({"certificates": "UPDATE"}, [])
        imported = engine.update(imported, with_newline)
    assert len(api.requests) == requests


def test_another_certificate_replaces_it(engine: Engine):
    deployed = engine.create(CERTIFICATE, {**IN_ACCOUNT, "ca": True, "certificates": "PEM\n"})
    assert engine.diff(deployed, {**IN_ACCOUNT, "ca": True, "certificates": "PEM2\n"}).replaces == ["certificates"]


def deployment(**changes: Any) -> dict[str, Any]:
    inputs = {**IN_ACCOUNT, "scriptName": "api", "strategy": "percentage"}
    return {**inputs, "versions": [{"versionId": "v1", "percentage": 100}], **changes}


def test_adding_or_removing_force_of_a_deployment_is_no_change(engine: Engine, api: FakeApi):
    deployed = engine.create(DEPLOYMENT, deployment(force=True))
    assert api.last.query == "force=true"
    assert not engine.diff(deployed, deployment()).changes
    assert not engine.diff(engine.create(DEPLOYMENT, deployment()), deployment(force=True)).changes


@pytest.mark.parametrize("percentage", [0, 0.001, 100.5])
def test_a_percentage_is_between_one_hundredth_and_one_hundred(engine: Engine, percentage: float):
    messages = engine.failures(DEPLOYMENT, deployment(versions=[{"versionId": "v1", "percentage": percentage}]))
    assert "must be at" in messages["versions[0].percentage"]


def test_removed_annotations_of_a_deployment_are_no_change(engine: Engine):
    deployed = engine.create(DEPLOYMENT, deployment(annotations={"workersMessage": "all"}))
    assert not engine.diff(deployed, deployment()).changes


def test_removing_the_zone_of_a_custom_domain_is_no_change(engine: Engine, api: FakeApi):
    inputs = {**IN_ACCOUNT, "hostname": "api.example.com", "service": "api"}
    deployed = engine.create(DOMAIN, {**inputs, "zoneId": ZONE, "zoneName": "example.com"})
    assert not engine.diff(deployed, inputs).changes


def test_an_update_of_a_type_without_one_sends_nothing_and_changes_nothing(engine: Engine, api: FakeApi):
    inputs = {**IN_ACCOUNT, "hostname": "api.example.com", "service": "api", "zoneId": ZONE}
    deployed = engine.create(DOMAIN, inputs)
    assert engine.update(deployed, inputs).state == deployed.state
    assert len(api.requests) == 1


def test_an_import_of_a_cron_trigger_has_no_schedules_so_that_the_next_update_writes_them(engine: Engine, api: FakeApi):
    inputs = {**IN_ACCOUNT, "scriptName": "api", "schedules": [{"cron": "*/5 * * * *"}]}
    engine.create(CRON, inputs)
    imported = engine.import_(CRON, f"{ACCOUNT}/api")
    assert imported
    assert "schedules" not in imported.state
    assert engine.diff(imported, inputs).detailed == {"schedules": "ADD"}
    engine.update(imported, inputs)
    assert (api.last.line, api.last.body) == (f"PUT {A}/workers/scripts/api/schedules", [{"cron": "*/5 * * * *"}])


def test_the_order_of_tail_consumers_of_a_worker_is_ignored(engine: Engine):
    consumers = [{"name": "one"}, {"name": "two"}]
    inputs = {**IN_ACCOUNT, "name": "api", "tailConsumers": consumers}
    deployed = engine.create(WORKER, inputs)
    assert not engine.diff(deployed, {**inputs, "tailConsumers": consumers[::-1]}).changes


def test_a_queue_consumer_has_no_import(engine: Engine, api: FakeApi):
    with rejected("Resource Import Not Implemented", "QueueConsumer does not support import"):
        engine.import_(token_of("QueueConsumer"), f"{ACCOUNT}/queue/consumer")
    assert api.requests == []


@pytest.mark.parametrize("import_id", [f"{ZONE}/id1/more", "id1", f"{ZONE}/", f"/{ZONE}/id1"])
def test_an_import_id_has_exactly_its_segments(engine: Engine, import_id: str):
    with rejected("is not a valid import id", "<zoneId>/<id>"):
        engine.import_(ROUTE, import_id)


def test_the_segments_of_an_import_id_are_url_decoded(engine: Engine, api: FakeApi):
    deployed = engine.create(ROUTE, {"zoneId": ZONE, "pattern": "example.com/*"})
    encoded = deployed.id.replace("i", "%69")
    imported = engine.import_(ROUTE, f"{ZONE}/{encoded}")
    assert imported
    assert (imported.id, api.last.line) == (deployed.id, f"GET {Z}/workers/routes/{deployed.id}")

"""`Worker`: its resource inputs and its validation errors."""

import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import pulumi
import pytest

from edge_postgres.workers.bundle import read_bundle, validate_bundle
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.limits import WORKER_SIZE_BYTES
from tests.harness import API, MAIN, Registration, deploy, rejected
from tests.unit.bundled import contains
from tests.unit.sound import ACCOUNT, DOMAIN, PASSWORD, ROUTE, SCRIPT, SUBDOMAIN, hyperdrive, origin, worker

RECORD = "cloudflare:index/dnsRecord:DnsRecord"

SCHEDULE = "cloudflare:index/workersCronTrigger:WorkersCronTrigger"
SILENT = {
    "enabled": False,
    "headSamplingRate": 1,
    "logs": {"enabled": False, "invocationLogs": True, "headSamplingRate": 1, "persist": True},
    "traces": {"enabled": False, "headSamplingRate": 1, "persist": True},
}


def script(bundle: str, **changes: Any) -> Registration:
    return deploy(lambda: worker(bundle, **changes)).one(SCRIPT)


# The script.


def test_exactly_this_is_sent_for_a_script(bundle: str, preview: bool) -> None:
    assert deploy(lambda: worker(bundle), preview=preview).one(SCRIPT).inputs == {
        "accountId": ACCOUNT,
        "scriptName": API,
        "contentFile": bundle,
        "contentSha256": hashlib.sha256(Path(bundle).read_bytes()).hexdigest(),
        "mainModule": "worker.js",
        "compatibilityDate": "2026-11-01",
        "compatibilityFlags": [],
        "bindings": [],
        "observability": SILENT,
    }


@pytest.mark.parametrize(
    ("date", "flags", "sent"),
    [("2024-09-23", ["nodejs_compat"], ["nodejs_compat"]), ("2026-08-03", ["nodejs_compat"], ["nodejs_compat"]),
     ("2026-08-04", ["nodejs_compat"], []), ("2026-08-04", [], [])],
)  # fmt: skip
def test_the_node_flag_is_sent_if_the_date_requires_it(
    bundle: str, date: str, flags: list[str], sent: list[str]
) -> None:
    inputs = script(bundle, compatibility_date=date, compatibility_flags=flags).inputs
    assert (inputs["compatibilityDate"], inputs["compatibilityFlags"]) == (date, sent)


def test_bindings_are_sent_sorted_by_name(bundle: str) -> None:
    bindings = script(
        bundle,
        vars={"ZONE": "z", "ALPHA": "a"},
        kv={"MIDDLE": "kv"},
        hyperdrive={"HYPERDRIVE": "hd"},
        secrets={"KEY": "k"},
    ).inputs["bindings"]
    assert [(binding["name"], binding["type"]) for binding in bindings] == [
        ("ALPHA", "plain_text"), ("HYPERDRIVE", "hyperdrive"), ("KEY", "secret_text"), ("MIDDLE", "kv_namespace"),
        ("ZONE", "plain_text"),
    ]  # fmt: skip


def test_the_values_of_secrets_are_the_only_secrets(bundle: str, preview: bool) -> None:
    run = deploy(
        lambda: worker(bundle, vars={"MODE": "x"}, secrets={"A": "1", "Z": pulumi.Output.secret("2")}), preview=preview
    )
    bindings = run.one(SCRIPT).inputs["bindings"]
    assert [binding["name"] for binding in bindings] == ["A", "MODE", "Z"]
    assert run.one(SCRIPT).secrets == {"bindings[0].text", "bindings[2].text"}


def test_the_script_depends_on_a_bound_hyperdrive(bundle: str, preview: bool) -> None:
    def program() -> None:
        worker(bundle, hyperdrive={"HYPERDRIVE": hyperdrive().hyperdrive_id})

    run = deploy(program, preview=preview)
    waits_for = run.one(SCRIPT).wire.propertyDependencies["bindings"].urns
    assert [urn.split("::")[-1] for urn in waits_for] == [MAIN]


def test_script_and_module_can_have_custom_names(bundle: str) -> None:
    inputs = script(bundle, script_name="shop-prod-api", main_module="index.mjs").inputs
    assert (inputs["scriptName"], inputs["mainModule"]) == ("shop-prod-api", "index.mjs")


def test_a_changed_bundle_changes_what_is_sent(bundle: str) -> None:
    before = script(bundle).inputs["contentSha256"]
    Path(bundle).write_text("export default { changed: true };")
    assert script(bundle).inputs["contentSha256"] != before


def test_a_script_without_a_driver_can_have_an_old_date(bundle: str) -> None:
    assert script(bundle, driver=..., compatibility_date="2022-01-01").inputs["compatibilityDate"] == "2022-01-01"


@pytest.mark.parametrize("driver", [Driver.PG, "pg"])
def test_a_driver_is_an_enum_member_or_its_value(bundle: str, driver: Any) -> None:
    assert script(bundle, driver=driver)


def test_exactly_this_is_sent_for_static_files(bundle: str, tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("hello")
    (tmp_path / "dist" / "_headers").write_text("/*\n  X-Frame-Options: DENY\n")
    directory = str(tmp_path / "dist")
    assets = {"directory": directory, "binding": "ASSETS", "run_worker_first": ["/api/*"]}
    inputs = script(bundle, assets={**assets, "not_found_handling": "404-page"}).inputs
    assert inputs["assets"] == {
        "directory": directory,
        "config": {
            "headers": "/*\n  X-Frame-Options: DENY\n",
            "notFoundHandling": "404-page",
            "runWorkerFirst": ["/api/*"],
        },
    }
    assert inputs["bindings"] == [{"name": "ASSETS", "type": "assets"}]


def test_exactly_this_is_sent_for_other_arguments(bundle: str) -> None:
    inputs = script(
        bundle,
        placement={"mode": "smart"},
        observability={"enabled": True, "head_sampling_rate": 0.5, "traces": {"enabled": True}},
        limits={"cpu_ms": 50.0},
        tail_consumers=["logs"],
        logpush=True,
        keep_bindings=["secret_text", "secret_key"],
    ).inputs
    assert inputs["placement"] == {"mode": "smart"}
    assert inputs["observability"]["headSamplingRate"] == 0.5
    assert [inputs["observability"][part]["enabled"] for part in ("logs", "traces")] == [True, True]
    assert (inputs["limits"], inputs["tailConsumers"]) == ({"cpuMs": 50}, [{"service": "logs"}])
    assert (inputs["logpush"], inputs["keepBindings"]) == (True, ["secret_key", "secret_text"])


def test_a_migration_is_sent_unchanged(bundle: str) -> None:
    renamed = [{"from": "Old", "to": "New"}]
    migrations = {"old_tag": "v1", "new_tag": "v2", "new_sqlite_classes": ["Room"], "renamed_classes": renamed}
    assert script(bundle, migrations=migrations).inputs["migrations"] == {
        "oldTag": "v1",
        "newTag": "v2",
        "newSqliteClasses": ["Room"],
        "renamedClasses": renamed,
    }


def test_a_direct_database_and_the_serverless_driver_add_their_variables(bundle: str) -> None:
    direct = {"origin": origin(), "style": "parameters", "names": {"user": "DB_USER"}, "accept_open_network": True}
    run = deploy(lambda: worker(bundle, direct=direct, vars={"MODE": "x"}))
    names = [binding["name"] for binding in run.one(SCRIPT).inputs["bindings"]]
    assert names == ["DB_HOST", "DB_NAME", "DB_PASSWORD", "DB_PORT", "DB_SSLMODE", "DB_USER", "MODE"]
    assert run.one(SCRIPT).secrets == {"bindings[2].text"}

    prisma = {"origin": origin(host="db.prisma.io", database="postgres"), "accept_early_access": True}
    run = deploy(lambda: worker(bundle, driver=..., serverless=prisma))
    assert [binding["name"] for binding in run.one(SCRIPT).inputs["bindings"]] == ["PRISMA_DIRECT_TCP_URL"]
    assert run.one(SCRIPT).secrets == {"bindings[0].text"}


def test_the_wrangler_data_have_the_same_values_and_no_secret(bundle: str) -> None:
    def program() -> dict[str, Any]:
        component = worker(
            bundle,
            hyperdrive={"HYPERDRIVE": hyperdrive().hyperdrive_id},
            secrets={"KEY": PASSWORD},
            other_bindings={"SIGN": {"type": "secret_key", "format": "raw", "key_base64": PASSWORD}},
            direct={"origin": origin(), "style": "parameters", "accept_open_network": True},
        )
        return {"wrangler": component.wrangler}

    run = deploy(program)
    export = run.exports["wrangler"]
    assert not export.secret
    assert export.value["name"] == API
    assert export.value["hyperdrive"] == [{"binding": "HYPERDRIVE", "id": f"{MAIN}-id"}]
    assert export.value["secrets"] == {"required": ["DB_PASSWORD", "KEY"]}
    assert export.value["vars"]["DB_HOST"] == "db.example.com"
    assert PASSWORD not in json.dumps([export.value, list(run.monitor.component_outputs.values())])


def test_a_key_among_other_bindings_is_not_passed_to_the_wrangler_data(
    bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("edge_postgres.workers.worker_spec.build_configuration_output", lambda *data: seen.append(data))
    script(bundle, other_bindings={"SIGN": {"type": "secret_key", "format": "raw", "key_base64": PASSWORD}})
    ((_, bindings, settings),) = seen
    assert bindings["other_bindings"] == {"SIGN": {"type": "secret_key", "format": "raw"}}
    assert PASSWORD not in repr([bindings, settings])


def test_the_outputs_have_the_name_and_the_hash(bundle: str) -> None:
    def program() -> dict[str, Any]:
        component = worker(bundle)
        return {"name": component.script_name, "hash": component.bundle_sha256}

    exports = deploy(program).exports
    assert exports["name"].value == API
    assert exports["hash"].value == hashlib.sha256(Path(bundle).read_bytes()).hexdigest()


def test_none_is_the_same_as_an_omitted_argument(bundle: str) -> None:
    nothing = dict.fromkeys(
        ["script_name", "main_module", "vars", "secrets", "routes", "domains", "workers_dev", "plan", "crons",
         "assets", "direct", "serverless", "placement", "observability", "limits", "migrations", "ai"]
    )  # fmt: skip
    assert script(bundle, **nothing).inputs == script(bundle).inputs


# Addresses.


def test_exactly_this_is_sent_for_workers_dev(bundle: str) -> None:
    assert deploy(lambda: worker(bundle)).one(SUBDOMAIN).inputs == {
        "accountId": ACCOUNT, "scriptName": API, "enabled": True, "previewsEnabled": False
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "enabled"),
    [({}, True), ({"domains": ["api.example.com"]}, False), ({"routes": {"example.com/*": "zone"}}, False),
     ({"workers_dev": False}, False), ({"workers_dev": True, "domains": ["api.example.com"]}, True)],
)  # fmt: skip
def test_workers_dev_is_enabled_without_another_address_or_by_the_argument(
    bundle: str, changes: dict[str, Any], enabled: bool
) -> None:
    assert deploy(lambda: worker(bundle, **changes)).one(SUBDOMAIN).inputs["enabled"] is enabled


def test_preview_urls_are_enabled_by_the_argument(bundle: str) -> None:
    assert deploy(lambda: worker(bundle, preview_urls=True)).one(SUBDOMAIN).inputs["previewsEnabled"] is True


def test_exactly_this_is_sent_for_a_route(bundle: str) -> None:
    run = deploy(lambda: worker(bundle, routes={"example.com/api/*": "zone-1"}))
    assert run.one(ROUTE).inputs == {"zoneId": "zone-1", "pattern": "example.com/api/*", "script": API}
    assert run.one(ROUTE).name == "example.com/api/*"


@pytest.mark.parametrize(
    "pattern", ["example.com", "*.example.com/*", "*example.com/*", "example.com/a/b*", "*/*", "*"]
)
def test_a_route_can_begin_and_end_with_a_wildcard(bundle: str, pattern: str) -> None:
    assert deploy(lambda: worker(bundle, routes={pattern: "zone"})).one(ROUTE).inputs["pattern"] == pattern


def test_exactly_this_is_sent_for_the_record_of_a_route(bundle: str) -> None:
    run = deploy(lambda: worker(bundle, routes={"api.example.com/*": "zone-1"}, route_records=["API.example.com"]))
    record = run.one(RECORD)
    assert record.inputs == {
        "zoneId": "zone-1", "name": "api.example.com", "type": "AAAA", "content": "100::", "proxied": True, "ttl": 1
    }  # fmt: skip
    assert record.name == "api.example.com"
    assert record.wire.deleteBeforeReplace
    assert run.one(ROUTE).urn in record.wire.dependencies


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("*.example.com/*", "api.example.com"),
        ("*.example.com/*", "*.example.com"),
        ("*example.com", "example.com"),
        ("*example.com", "api.example.com"),
    ],
)
def test_a_route_with_a_wildcard_contains_the_host_name_of_a_record(bundle: str, pattern: str, host: str) -> None:
    run = deploy(lambda: worker(bundle, routes={pattern: "zone-1", "*.com/*": "other"}, route_records=[host]))
    assert (run.one(RECORD).inputs["name"], run.one(RECORD).inputs["zoneId"]) == (host, "zone-1")


def test_a_transform_sets_the_tag_of_a_version(bundle: str) -> None:
    tag = {"annotations": {"workersTag": "a1b2c3d"}}
    assert deploy(lambda: worker(bundle, transform={"script": tag})).one(SCRIPT).inputs["annotations"] == {
        "workersTag": "a1b2c3d"
    }


def test_a_route_has_no_record_by_default(bundle: str) -> None:
    assert deploy(lambda: worker(bundle, routes={"api.example.com/*": "zone"})).all(RECORD) == []


@pytest.mark.parametrize(
    ("hosts", "problem"),
    [
        (["www.example.com"], "must be host names of `routes`, got www.example.com"),
        (["notexample.org"], "must be host names of `routes`, got notexample.org"),
        (["example.net"], "must be host names of `routes`, got example.net"),
        (["api.example.com", "API.example.com"], "must be unique, got api.example.com twice"),
        (["api.example.com/*"], "must be one host name, got api.example.com/*"),
    ],
)
def test_a_record_that_belongs_to_no_route_is_rejected(bundle: str, hosts: list[str], problem: str) -> None:
    routes = {"api.example.com/*": "zone", "*example.org/*": "zone", "*.example.net/*": "zone", "*": "zone"}
    with rejected(f"Worker `api`.route_records: {problem}"):
        deploy(lambda: worker(bundle, routes=routes, route_records=hosts))


def test_exactly_this_is_sent_for_a_custom_domain(bundle: str) -> None:
    run = deploy(lambda: worker(bundle, domains=["api.example.com"]))
    assert run.one(DOMAIN).inputs == {"accountId": ACCOUNT, "hostname": "api.example.com", "service": API}
    assert run.one(DOMAIN).name == "api.example.com"


def test_a_custom_domain_is_deleted_before_it_is_replaced(bundle: str) -> None:
    assert deploy(lambda: worker(bundle, domains=["api.example.com"])).one(DOMAIN).wire.deleteBeforeReplace


def test_nothing_else_is_deleted_before_it_is_replaced(bundle: str) -> None:
    run = deploy(lambda: worker(bundle, routes={"example.com/*": "zone"}))
    assert [entry.name for entry in run.registrations if entry.wire.deleteBeforeReplace] == []


@pytest.mark.parametrize(
    "hostname", ["example.com", "a.b.example.com", "xn--mnchen-3ya.de", "shop.xn--p1ai", "1.example.com"]
)
def test_a_valid_host_name_is_accepted_as_a_custom_domain(bundle: str, hostname: str) -> None:
    assert deploy(lambda: worker(bundle, domains=[hostname])).one(DOMAIN).inputs["hostname"] == hostname


def test_a_duplicate_custom_domain_is_sent_once(bundle: str) -> None:
    run = deploy(lambda: worker(bundle, domains=["API.example.com", "api.example.com"]))
    assert run.one(DOMAIN).inputs["hostname"] == "api.example.com"


def test_exactly_this_is_sent_for_a_schedule(bundle: str) -> None:
    run = deploy(lambda: worker(bundle, crons=["30  4 * * 1", "0 3 * * *"]))
    assert run.one(SCHEDULE).inputs == {
        "accountId": ACCOUNT, "scriptName": API, "schedules": [{"cron": "0 3 * * *"}, {"cron": "30 4 * * 1"}]
    }  # fmt: skip


@pytest.mark.parametrize("crons", [{"crons": []}, {}])
def test_a_worker_without_crons_has_an_empty_schedule_which_ends_an_earlier_one(
    bundle: str, crons: dict[str, list[str]]
) -> None:
    assert deploy(lambda: worker(bundle, **crons)).one(SCHEDULE).inputs["schedules"] == []


@pytest.mark.parametrize("type_", [SUBDOMAIN, ROUTE, DOMAIN, SCHEDULE])
def test_an_address_depends_on_the_script(bundle: str, type_: str) -> None:
    addresses: Any = {"routes": {"example.com/*": "zone"}, "domains": ["api.example.com"], "crons": ["0 3 * * *"]}
    run = deploy(lambda: worker(bundle, **addresses))
    assert run.one(SCRIPT).urn in run.one(type_).wire.dependencies


# Validation errors.


@pytest.mark.parametrize("script_name", ["Api", "api_1", "-api", "api-", "a" * 64, "", "api.example"])
def test_a_name_that_is_invalid_in_a_host_name_is_rejected(bundle: str, script_name: str) -> None:
    with rejected(
        f"Worker `api`.script_name: must be 1 to 63 lower-case letters, digits and hyphens, got {script_name}."
    ):
        deploy(lambda: worker(bundle, script_name=script_name))


def test_a_missing_bundle_is_rejected(tmp_path: Path, preview: bool) -> None:
    missing = str(tmp_path / "missing.js")
    with rejected(
        f"Worker `api`.bundle: cannot be read: {missing} (No such file or directory)",
        "Build the script first, or correct its path.",
    ):
        deploy(lambda: worker(missing), preview=preview)


def test_a_directory_as_the_bundle_is_rejected(tmp_path: Path) -> None:
    with rejected("Worker `api`.bundle: cannot be read: ", "(Is a directory)"):
        deploy(lambda: worker(str(tmp_path)))


def test_an_empty_bundle_is_rejected(bundle: str) -> None:
    Path(bundle).write_text("")
    with rejected("Worker `api`.bundle: must have 1 to ", "got 0. Build the script again"):
        deploy(lambda: worker(bundle))


def test_a_bundle_of_the_maximum_size_is_accepted(bundle: str) -> None:
    with Path(bundle).open("wb") as file:
        file.truncate(WORKER_SIZE_BYTES)
    assert script(bundle, driver=...)


def test_a_bundle_that_is_too_large_is_rejected(bundle: str) -> None:
    with Path(bundle).open("wb") as file:
        file.truncate(WORKER_SIZE_BYTES + 1)
    with rejected(f"Worker `api`.bundle: must have 1 to {WORKER_SIZE_BYTES} bytes, got {WORKER_SIZE_BYTES + 1}"):
        deploy(lambda: worker(bundle))


def test_service_worker_syntax_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "old.js").write_text("addEventListener('fetch', event => event.respondWith(new Response()))")
    with rejected("Worker `api`.bundle", "has service-worker syntax", "export default"):
        deploy(lambda: worker(tmp_path / "old.js", driver=...) and None)


def test_a_module_that_listens_to_events_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "worker.js").write_text("const a = () => addEventListener('fetch', b); export default {}")
    assert deploy(lambda: worker(str(tmp_path / "worker.js")) and None).registrations


def test_a_bundle_with_a_driver_below_its_minimum_version_is_rejected(bundle: str, preview: bool) -> None:
    Path(bundle).write_text(contains("pg@8.11.4"))
    with rejected("Worker `api`.bundle: must contain pg 8.16.3 or later, got a release before 8.14.1 (such as 8.11.4"):
        deploy(lambda: worker(bundle), preview=preview)


def test_the_driver_version_is_not_checked_without_the_driver_argument(bundle: str) -> None:
    Path(bundle).write_text(contains("pg@8.11.4"))
    assert script(bundle, driver=...)


def test_a_driver_that_does_not_exist_is_rejected(bundle: str) -> None:
    with rejected("Worker `api`.driver: must be one of `pg`, `postgres.js`, "):
        deploy(lambda: worker(bundle, driver="mysql2"))


def test_an_old_date_with_a_driver_is_rejected(bundle: str, preview: bool) -> None:
    with rejected(
        "Worker `api`.compatibility_date: must be 2024-09-23 or later with a database driver, got 2024-09-22"
    ):
        deploy(
            lambda: worker(bundle, compatibility_date="2024-09-22", compatibility_flags=["nodejs_compat"]),
            preview=preview,
        )


def test_a_missing_node_flag_is_rejected(bundle: str, preview: bool) -> None:
    with rejected("Worker `api`.compatibility_flags: must contain nodejs_compat"):
        deploy(lambda: worker(bundle, compatibility_date="2026-08-03"), preview=preview)


@pytest.mark.parametrize(
    "hostname",
    ["api.example.com/v1", "*.example.com", "https://example.com", "example", "example.com:443", "ex_ample.com", "",
     "203.0.113.7", "-a.example.com"],
)  # fmt: skip
def test_an_invalid_domain_is_rejected(bundle: str, hostname: str) -> None:
    with rejected(f"Worker `api`.domains: must be one host name, got {hostname}.", "`routes`"):
        deploy(lambda: worker(bundle, domains=[hostname]))


@pytest.mark.parametrize(
    "host", ["api.workers.dev", "workers.dev", "API.shop.Workers.dev", "shop.pages.dev", "a.trycloudflare.com"]
)
def test_a_host_name_in_a_zone_of_cloudflare_is_rejected(bundle: str, host: str) -> None:
    with rejected(f"Worker `api`.domains: must be in one of your zones, got {host}.", "`workers_dev`"):
        deploy(lambda: worker(bundle, domains=[host]))
    for pattern in (f"{host}/*", f"*{host}/*", f"*.{host}/*"):
        with rejected("Worker `api`.routes: must be in one of your zones"):
            deploy(partial(worker, bundle, routes={pattern: "zone"}))


def test_a_zone_with_a_similar_name_is_accepted(bundle: str) -> None:
    deploy(lambda: worker(bundle, domains=["myworkers.dev"], routes={"workers.dev.example.com/*": "zone"}))


@pytest.mark.parametrize("pattern", ["203.0.113.7/*", "localhost/*", "-a.example.com/*", "example..com/*"])
def test_a_route_has_a_full_host_name(bundle: str, pattern: str) -> None:
    with rejected(f"Worker `api`.routes: must have a host name of one of your zones, got {pattern}."):
        deploy(lambda: worker(bundle, routes={pattern: "zone"}))


@pytest.mark.parametrize(
    "pattern",
    ["https://example.com/*", "example.com/*?x=1", "example.com/#a", "example.com/*/b", "a.*.example.com/*", "",
     "/api/*", "example.com/a b"],
)  # fmt: skip
def test_an_invalid_route_pattern_is_rejected(bundle: str, pattern: str) -> None:
    with rejected(f"Worker `api`.routes: must be a host name and a path, got {pattern}."):
        deploy(lambda: worker(bundle, routes={pattern: "zone"}))


@pytest.mark.parametrize(
    "changes",
    [{"routes": {"https://x": "zone"}}, {"domains": ["*"]}, {"vars": {"PASSWORD": "x"}}, {"compatibility_date": "x"}],
)
def test_a_rejected_worker_registers_no_script(bundle: str, changes: dict[str, Any]) -> None:
    def program() -> None:
        with pytest.raises(pulumi.RunError):
            worker(bundle, **changes)

    assert [entry.type for entry in deploy(program).registrations] == ["edge-postgres:index:Worker"]


def test_a_plan_that_does_not_exist_is_rejected(bundle: str) -> None:
    with rejected("Worker `api`.plan: must be one of `free`, `paid`, got `enterprise`."):
        deploy(lambda: worker(bundle, plan="enterprise"))


def test_variables_are_counted_by_plan(bundle: str) -> None:
    variables = {f"V{number}": "x" for number in range(65)}
    assert script(bundle, vars=variables)
    with rejected("Worker `api`.vars: must have at most 64 variables on the free plan, including `secrets`, got 65"):
        deploy(lambda: worker(bundle, vars=variables, plan="free"))


@pytest.mark.parametrize("argument", ["account_id", "bundle", "compatibility_date"])
def test_a_missing_argument_is_rejected(bundle: str, argument: str) -> None:
    with rejected(f"Worker `api`.{argument}: is required. Set this argument."):
        deploy(lambda: worker(**{"bundle": bundle, argument: ...}))


def test_an_unknown_argument_is_rejected_with_a_suggestion(bundle: str) -> None:
    with rejected("Worker `api`.secret: unknown argument. Did you mean `secrets`?"):
        deploy(lambda: worker(bundle, secret={"KEY": "x"}))


@pytest.mark.parametrize(
    ("driver", "chosen", "problem"),
    [
        (..., {"hyperdrive", "serverless"}, "Worker `api`.serverless: cannot be combined with `hyperdrive`"),
        ("prisma-ppg", {"hyperdrive"}, "Worker `api`.hyperdrive: cannot be combined with `driver: prisma-ppg`"),
        ("prisma-ppg", {"direct"}, "Worker `api`.direct: cannot be combined with `driver: prisma-ppg`"),
        (
            "pg",
            {"serverless"},
            "Worker `api`.serverless: cannot be combined with `driver: pg`, which needs a TCP connection",
        ),
    ],
)
def test_connection_methods_that_exclude_each_other_are_rejected(
    tmp_path: Path, driver: Any, chosen: set[str], problem: str
) -> None:
    (tmp_path / "worker.js").write_text("export default {}")
    arguments: dict[str, Any] = {
        "hyperdrive": {"HYPERDRIVE": "id"},
        "direct": {"origin": origin(), "accept_open_network": True},
        "serverless": {"origin": origin(host="db.prisma.io"), "accept_early_access": True},
    }
    with rejected(problem):
        deploy(
            lambda: worker(
                str(tmp_path / "worker.js"), driver=driver, **{method: arguments[method] for method in chosen}
            )
        )


@pytest.mark.parametrize(
    ("names", "problem"),
    [([API], f"must not contain the script itself, got {API}"), (["logs", "logs"], "must be unique, got logs twice")],
)
def test_duplicate_or_recursive_tail_consumers_are_rejected(bundle: str, names: list[str], problem: str) -> None:
    with rejected(f"Worker `api`.tail_consumers: {problem}"):
        deploy(lambda: worker(bundle, tail_consumers=names))


def test_an_unknown_type_in_keep_bindings_is_rejected(bundle: str) -> None:
    with rejected("Worker `api`.keep_bindings: must be types of bindings, got Secret Text", "`secret_text`"):
        deploy(lambda: worker(bundle, keep_bindings=["Secret Text"]))


def test_a_bundle_is_read_once_and_again_after_a_change(bundle: str) -> None:
    def validate() -> str:
        return validate_bundle(bundle, Driver.PG, subject="api.bundle").sha256

    misses = read_bundle.cache_info().misses
    first = validate()
    assert (validate(), read_bundle.cache_info().misses) == (first, misses + 1)
    Path(bundle).write_text(contains("pg@8.23.1") + "// changed")
    assert validate() == hashlib.sha256(Path(bundle).read_bytes()).hexdigest() != first

"""`PagesProject`: its resource inputs and its validation errors."""

from typing import Any

import pulumi
import pytest

from edge_postgres.pages.project import PagesProject
from tests.harness import MAIN, Registration, Run, deploy, rejected
from tests.unit.sound import ACCOUNT, changed, hyperdrive, origin, unknown

SITE = "edge-postgres-dev-site"
PROJECT = "cloudflare:index/pagesProject:PagesProject"
DOMAIN = "cloudflare:index/pagesDomain:PagesDomain"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
OUTPUTS = {PROJECT: {"subdomain": "site-5bx.pages.dev"}}


def pages(opts: Any = None, **changes: Any) -> Any:
    """Registers a PagesProject; ``changes`` are its arguments."""
    args = {
        "account_id": ACCOUNT,
        "production_branch": "main",
        "compatibility_date": "2026-11-01",
        "driver": "pg",
        "production": {"hyperdrive": {"HYPERDRIVE": "a1"}},
        "preview": {},
    }
    return PagesProject("site", changed(args, changes), opts)  # type: ignore[arg-type]


def deployed(dry: bool = False, /, **changes: Any) -> Run:
    return deploy(lambda: pages(**changes) and None, outputs=OUTPUTS, preview=dry)


def project(**changes: Any) -> Registration:
    return deployed(**changes).one(PROJECT)


def environments(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = project(**changes).inputs["deploymentConfigs"]
    return found


# The project.


def test_exactly_this_is_sent_for_a_project(preview: bool) -> None:
    assert deployed(preview).one(PROJECT).inputs == {
        "accountId": ACCOUNT,
        "name": SITE,
        "productionBranch": "main",
        "deploymentConfigs": {
            "production": {
                "compatibilityDate": "2026-11-01",
                "failOpen": False,
                "hyperdriveBindings": {"HYPERDRIVE": {"id": "a1"}},
            },
            "preview": {"compatibilityDate": "2026-11-01", "failOpen": False},
        },
    }


@pytest.mark.parametrize("missing", ["production", "preview"])
def test_a_missing_environment_is_rejected(missing: str) -> None:
    with rejected(f"PagesProject `site`.{missing}: is required"):
        deployed(**dict[str, Any]({missing: ...}))


def test_an_environment_can_have_its_own_date_and_flags() -> None:
    found = environments(
        compatibility_flags=["nodejs_als"],
        preview={"compatibility_date": "2026-08-01", "compatibility_flags": ["nodejs_compat"]},
    )
    settings = {which: (found[which]["compatibilityDate"], found[which]["compatibilityFlags"]) for which in found}
    assert settings == {"production": ("2026-11-01", ["nodejs_als"]), "preview": ("2026-08-01", ["nodejs_compat"])}


def test_each_type_of_binding_is_sent_in_its_map() -> None:
    kinds = {
        "analytics": ("analyticsEngineDatasets", "dataset"),
        "d1": ("d1Databases", "id"),
        "durable_objects": ("durableObjectNamespaces", "namespaceId"),
        "hyperdrive": ("hyperdriveBindings", "id"),
        "kv": ("kvNamespaces", "namespaceId"),
        "mtls_certificates": ("mtlsCertificates", "certificateId"),
        "queues": ("queueProducers", "name"),
        "r2": ("r2Buckets", "name"),
        "services": ("services", "service"),
        "vectorize": ("vectorizeBindings", "indexName"),
    }
    bound = {kind: {f"the_{kind}": f"value of {kind}"} for kind in kinds}
    found = environments(production=bound)["production"]
    assert {key: found[key] for key, _ in kinds.values()} == {
        key: {
            f"the_{kind}": {field: f"value of {kind}", **({"environment": "production"} if kind == "services" else {})}
        }
        for kind, (key, field) in kinds.items()
    }


def test_workers_ai_is_sent_as_a_name_without_a_value() -> None:
    assert environments(production={"ai": "AI"})["production"]["aiBindings"] == {"AI": {"projectId": ""}}


def test_a_direct_database_is_sent_with_the_variables() -> None:
    dialled = {"origin": origin(), "style": "parameters", "accept_open_network": True}
    found = environments(production={"vars": {"MODE": "x"}, "direct": dialled})["production"]["envVars"]
    types = {name: entry["type"] for name, entry in found.items()}
    assert types.pop("DB_PASSWORD") == "secret_text"
    assert set(types.values()) == {"plain_text"}
    assert {"MODE", "DB_HOST", "DB_PORT", "DB_NAME", "DB_USERNAME"} <= set(types)


def test_a_database_for_the_serverless_driver_is_a_secret() -> None:
    prisma = origin(host="db.prisma.io", database="postgres")
    asked = {"serverless": {"origin": prisma, "accept_early_access": True}}
    run = deployed(driver="prisma-ppg", production={}, preview=asked)
    assert run.one(PROJECT).secrets == {"deploymentConfigs.preview.envVars.PRISMA_DIRECT_TCP_URL.value"}


def test_a_variable_with_the_name_of_the_databases_secret_is_rejected() -> None:
    with rejected("must have unique names, got DB_URL, which `secrets` has too"):
        deployed(preview={"secrets": {"DB_URL": "x"}, "direct": {"origin": origin(), "accept_open_network": True}})


def test_runtime_settings_are_sent() -> None:
    found = environments(preview={"fail_open": True, "smart_placement": True, "cpu_ms": 50.0})["preview"]
    assert (found["failOpen"], found["placement"], found["limits"]) == (True, {"mode": "smart"}, {"cpuMs": 50})


def test_the_values_of_secrets_are_the_only_secrets(preview: bool) -> None:
    def program() -> None:
        pages(preview={"vars": {"MODE": "x"}, "secrets": {"KEY": "1", "ALSO": pulumi.Output.secret("2")}})

    run = deploy(program, outputs=OUTPUTS, preview=preview)
    assert run.one(PROJECT).secrets == {f"deploymentConfigs.preview.envVars.{name}.value" for name in ("KEY", "ALSO")}
    assert run.one(PROJECT).inputs["deploymentConfigs"]["preview"]["envVars"] == {
        "ALSO": {"type": "secret_text", "value": "2"},
        "KEY": {"type": "secret_text", "value": "1"},
        "MODE": {"type": "plain_text", "value": "x"},
    }


def test_the_project_depends_on_a_bound_hyperdrive() -> None:
    def program() -> None:
        pages(production={"hyperdrive": {"HYPERDRIVE": hyperdrive().hyperdrive_id}})

    waits_for = deploy(program, outputs=OUTPUTS).one(PROJECT).wire.propertyDependencies["deploymentConfigs"].urns
    assert [urn.split("::")[-1] for urn in waits_for] == [MAIN]


def test_the_project_depends_on_the_resources_of_depends_on() -> None:
    def program() -> None:
        pages(pulumi.ResourceOptions(depends_on=[hyperdrive()]))

    waits_for = deploy(program, outputs=OUTPUTS).one(PROJECT).wire.dependencies
    assert MAIN in {urn.split("::")[-1] for urn in waits_for}


def test_name_and_host_are_its_outputs() -> None:
    def program() -> dict[str, Any]:
        site = pages(project_name="shop-prod-site")
        return {"name": site.project_name, "host": site.subdomain}

    exports = deploy(program, outputs=OUTPUTS).exports
    assert (exports["name"].value, exports["host"].value) == ("shop-prod-site", "site-5bx.pages.dev")


# Source and build.


def test_exactly_this_is_sent_for_a_repository() -> None:
    inputs = project(
        source={"host": "github", "owner": "acme", "repository": "site"},
        build={"command": "npm run build", "output_dir": "dist", "root_dir": "web", "caching": True},
    ).inputs
    assert inputs["source"] == {
        "type": "github",
        "config": {
            "owner": "acme",
            "repoName": "site",
            "productionBranch": "main",
            "productionDeploymentsEnabled": True,
            "previewDeploymentSetting": "all",
            "prCommentsEnabled": True,
        },
    }
    assert inputs["buildConfig"] == {
        "buildCommand": "npm run build",
        "destinationDir": "dist",
        "rootDir": "web",
        "buildCaching": True,
    }


@pytest.mark.parametrize(
    ("branches", "setting", "includes"), [(["dev", "a"], "custom", ["a", "dev"]), ([], "none", None)]
)
def test_previews_are_built_for_the_named_branches(branches: list[str], setting: str, includes: Any) -> None:
    source = {"host": "gitlab", "owner": "acme", "repository": "site", "preview_branches": branches}
    config = project(source=source).inputs["source"]["config"]
    assert (config["previewDeploymentSetting"], config.get("previewBranchIncludes")) == (setting, includes)


# Domains.


def test_exactly_this_is_sent_for_a_domain() -> None:
    run = deployed(domains=["WWW.example.com"], zones={"www.example.com": "zone-id"})
    assert run.one(DOMAIN).inputs == {"accountId": ACCOUNT, "projectName": SITE, "name": "www.example.com"}
    assert run.one(RECORD).inputs == {
        "zoneId": "zone-id",
        "name": "www.example.com",
        "type": "CNAME",
        "content": "site-5bx.pages.dev",
        "proxied": True,
        "ttl": 1,
    }


def test_the_record_of_a_domain_depends_on_the_domain() -> None:
    run = deployed(domains=["www.example.com"], zones={"www.example.com": "zone-id"})
    assert run.one(DOMAIN).urn in run.one(RECORD).wire.dependencies


def test_a_domain_and_its_record_are_deleted_before_they_are_replaced() -> None:
    run = deployed(domains=["www.example.com"], zones={"www.example.com": "zone-id"})
    assert [run.one(type_).wire.deleteBeforeReplace for type_ in (DOMAIN, RECORD)] == [True, True]


def test_a_domain_without_a_zone_gets_no_record() -> None:
    run = deployed(domains=["www.example.com"])
    assert (len(run.all(DOMAIN)), run.all(RECORD)) == (1, [])


def test_the_zone_of_an_unknown_domain_is_rejected() -> None:
    with rejected("PagesProject `site`.zones: must be one of `domains`, got www.example.com"):
        deployed(zones={"www.example.com": "zone-id"})


def test_a_domain_with_a_path_is_rejected() -> None:
    with rejected("PagesProject `site`.domains: must be one host name, got example.com/app"):
        deployed(domains=["example.com/app"])


# Validation errors.


@pytest.mark.parametrize("name", ["Site", "-site", "site-", "my_site", "s" * 59, ""])
def test_an_invalid_project_name_is_rejected(name: str) -> None:
    with rejected(
        f"PagesProject `site`.project_name: must be 1 to 58 lower-case letters, digits and hyphens, got {name}."
    ):
        deployed(project_name=name)


def test_the_longest_project_name_is_accepted() -> None:
    assert project(project_name="s" * 58).inputs["name"] == "s" * 58


def test_an_unknown_argument_of_an_environment_is_rejected() -> None:
    with rejected("PagesProject `site`.preview.enviroment_variables: unknown argument"):
        deployed(preview={"enviroment_variables": {}})


def test_an_unknown_host_of_a_repository_is_rejected() -> None:
    with rejected("PagesProject `site`.source.host: must be one of", "got `bitbucket`", "`github`, `gitlab`"):
        deployed(source={"host": "bitbucket", "owner": "acme", "repository": "site"})


def test_an_old_date_with_a_driver_is_rejected_at_the_path_of_the_date() -> None:
    with rejected(
        "PagesProject `site`.preview.compatibility_date: must be 2024-09-23 or later with a database driver, "
        "got 2024-01-01"
    ):
        deployed(preview={"compatibility_date": "2024-01-01"})


def test_a_missing_node_flag_is_rejected_at_the_path_of_the_flags() -> None:
    with rejected("PagesProject `site`.compatibility_flags: must contain nodejs_compat"):
        deployed(compatibility_date="2026-08-01")


def test_the_serverless_driver_is_rejected_with_hyperdrive() -> None:
    with rejected("PagesProject `site`.production.hyperdrive: cannot be combined with `driver: prisma-ppg`"):
        deployed(driver="prisma-ppg")


def test_the_removed_flag_node_compat_is_rejected() -> None:
    with rejected("PagesProject `site`.compatibility_flags: must not contain node_compat, which wrangler 4 removed"):
        deployed(compatibility_flags=["node_compat"])


def test_two_bindings_with_the_same_name_are_rejected() -> None:
    with rejected("PagesProject `site`.preview.secrets: must have unique names, got KEY, which `kv` has too"):
        deployed(preview={"kv": {"KEY": "x"}, "secrets": {"KEY": "y"}})


def test_both_environments_can_use_the_same_name() -> None:
    assert environments(production={"kv": {"CACHE": "a"}}, preview={"kv": {"CACHE": "b"}})


def test_the_name_of_the_static_files_is_rejected() -> None:
    with rejected("PagesProject `site`.production.services: has the reserved name ASSETS"):
        deployed(production={"services": {"ASSETS": "other"}})


def test_more_variables_than_the_plan_allows_are_rejected() -> None:
    with rejected(
        "PagesProject `site`.preview.vars: must have at most 64 variables on the free plan, including `secrets`, got 65"
    ):
        deployed(plan="free", preview={"vars": {f"V{number}": "x" for number in range(65)}})


def test_an_empty_binding_is_rejected() -> None:
    with rejected("PagesProject `site`.preview.kv.CACHE: must not be empty"):
        deployed(preview={"kv": {"CACHE": ""}})


def test_a_password_among_the_plain_variables_is_rejected(given: Any, preview: bool) -> None:
    link = "postgres://app:geheim@db.example.com/app"
    with rejected("PagesProject `site`.preview.vars.LINK: must not contain a password"):
        deploy(lambda: pages(preview={"vars": {"LINK": given(link)}}), preview=preview)


@pytest.mark.parametrize(
    ("cpu_ms", "plan", "problem"),
    [
        (0, "paid", "must be at least 1, got 0"),
        (10.5, "paid", "must be an integer, got 10.5"),
        (300_001, "paid", "must be at most 300000 on the paid plan, got 300001"),
        (11, "free", "must be at most 10 on the free plan, got 11"),
    ],
)
def test_cpu_time_must_be_an_integer_of_milliseconds_within_the_plan(cpu_ms: float, plan: str, problem: str) -> None:
    with rejected(f"PagesProject `site`.production.cpu_ms: {problem}"):
        deployed(plan=plan, production={"cpu_ms": cpu_ms})


# Bindings without an argument.


def test_bindings_with_further_fields_are_sent_with_the_bindings_of_their_kind(given: Any) -> None:
    def program() -> None:
        others = {
            "FILES": {"type": "r2_bucket", "bucket_name": given("files"), "jurisdiction": "eu"},
            "ADMIN": {"type": "service", "service": "auth", "entrypoint": "Admin"},
            "BROWSER": {"type": "browser"},
        }
        pages(production={"r2": {"LOGS": "logs"}, "other_bindings": others})

    found = deploy(program, outputs=OUTPUTS).one(PROJECT).inputs["deploymentConfigs"]["production"]
    assert found["r2Buckets"] == {"FILES": {"name": "files", "jurisdiction": "eu"}, "LOGS": {"name": "logs"}}
    assert found["services"] == {"ADMIN": {"service": "auth", "entrypoint": "Admin", "environment": "production"}}
    assert found["browsers"] == {"BROWSER": {}}


@pytest.mark.parametrize(
    ("binding", "problem"),
    [
        ({}, "X.type: must be one of `r2_bucket`, `service`, `browser`"),
        ({"type": "vectorize"}, "X.type: must be one of `r2_bucket`, `service`, `browser`"),
        ({"type": "browser", "name": "x"}, "X.name: is unknown for the type browser"),
        ({"type": "r2_bucket", "bucket_name": "a"}, "X.type: must not be r2_bucket, which has its own argument"),
        ({"type": "r2_bucket", "jurisdiction": "eu"}, "X.bucket_name: is required"),
        ({"type": "service", "service": "a", "props": "x"}, "X.props: is unknown for the type service"),
        ({"type": "service", "service": "", "entrypoint": "A"}, "X.service: must not be empty"),
    ],
)
def test_an_invalid_binding_without_an_argument_is_rejected(binding: dict[str, str], problem: str) -> None:
    with rejected(f"PagesProject `site`.preview.other_bindings.{problem}"):
        deployed(preview={"other_bindings": {"X": binding}})


def test_a_binding_without_an_argument_needs_a_unique_name() -> None:
    with rejected("must have unique names, got CACHE"):
        deployed(preview={"kv": {"CACHE": "a"}, "other_bindings": {"CACHE": {"type": "service"}}})


# Warnings.


def warnings(caplog: pytest.LogCaptureFixture, /, **changes: Any) -> str:
    deployed(**changes)
    return caplog.text


SHARED: dict[str, Any] = {
    "production": {"hyperdrive": {"HYPERDRIVE": "a1"}},
    "preview": {"hyperdrive": {"OTHER": "a1"}},
}


def test_previews_with_the_configuration_of_production_are_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    assert "PagesProject `site`.preview: uses the database of production" in warnings(caplog, **SHARED)


def test_an_accepted_shared_database_is_not_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    assert warnings(caplog, **SHARED, accept_shared_database=True) == ""


def test_previews_with_a_separate_configuration_are_not_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    assert warnings(caplog, preview={"hyperdrive": {"HYPERDRIVE": "b2"}}) == ""


def test_an_unknown_configuration_is_not_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    deploy(lambda: pages(preview={"hyperdrive": {"HYPERDRIVE": unknown()}}) and None, outputs=OUTPUTS, preview=True)
    assert caplog.text == ""

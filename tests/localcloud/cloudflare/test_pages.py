"""Pages projects and their domains."""

from typing import Any

import httpx
import pytest

from tests.localcloud.cloudflare.api import ACCOUNT, TOKEN, error_of, result
from tests.localcloud.cloudflare.conftest import Emulator
from tests.localcloud.cloudflare.pages import DOMAINS, PROJECTS, SITE, project, variable

OTHER_ACCOUNT = "f" * 32


def production(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = result(client.get(SITE))["deployment_configs"]["production"]
    return found


def patched(client: httpx.Client, **config: Any) -> httpx.Response:
    return client.patch(SITE, json={"deployment_configs": {"production": config}})


# Projects.


def test_a_project_without_configurations_has_both_environments(client: httpx.Client) -> None:
    configs = result(project(client))["deployment_configs"]
    assert set(configs) == {"production", "preview"}
    for config in configs.values():
        assert {key: config[key] for key in ("fail_open", "compatibility_flags", "env_vars", "usage_model")} == {
            "fail_open": True,
            "compatibility_flags": [],
            "env_vars": None,
            "usage_model": "standard",
        }


def test_the_settings_of_a_project_are_returned(client: httpx.Client) -> None:
    settings = {
        "compatibility_date": "2026-08-01",
        "compatibility_flags": ["nodejs_compat"],
        "fail_open": False,
        "env_vars": {"MODE": variable("x")},
        "hyperdrive_bindings": {"HYPERDRIVE": {"id": "a" * 32}},
        "placement": {"mode": "smart"},
        "limits": {"cpu_ms": 50},
    }
    project(client, deployment_configs={"production": settings})
    assert {key: production(client)[key] for key in settings} == settings


def test_a_project_has_a_host_below_pages_dev(client: httpx.Client) -> None:
    created = result(project(client))
    assert (created["subdomain"], created["domains"]) == ("site.pages.dev", ["site.pages.dev"])


def test_letters_are_added_to_a_host_in_use(client: httpx.Client) -> None:
    project(client)
    other = client.post(PROJECTS.replace(ACCOUNT, OTHER_ACCOUNT), json={"name": "site", "production_branch": "main"})
    host = result(other)["subdomain"]
    assert host != "site.pages.dev"
    assert host.startswith("site-")


def test_projects_are_listed(client: httpx.Client) -> None:
    project(client)
    project(client, "blog")
    assert [found["name"] for found in result(client.get(PROJECTS))] == ["site", "blog"]


def test_a_name_must_be_unique(client: httpx.Client) -> None:
    project(client)
    assert error_of(project(client)) == (409, 8000002)


@pytest.mark.parametrize("name", ["Site", "-site", "my_site", "s" * 59, None])
def test_an_invalid_name_is_rejected(client: httpx.Client, name: Any) -> None:
    assert error_of(project(client, name)) == (400, 8000001)


def test_the_production_branch_is_required(client: httpx.Client) -> None:
    assert error_of(project(client, production_branch="")) == (400, 8000001)


def test_an_unknown_project_is_an_error(client: httpx.Client) -> None:
    assert error_of(client.get(SITE)) == (404, 8000007)
    assert error_of(client.patch(SITE, json={})) == (404, 8000007)
    assert error_of(client.delete(SITE)) == (404, 8000007)


def test_a_deleted_project_is_not_found(client: httpx.Client) -> None:
    project(client)
    result(client.delete(SITE))
    assert error_of(client.get(SITE)) == (404, 8000007)


# Configurations.


def test_a_patch_of_a_project_changes_only_the_given_fields(client: httpx.Client) -> None:
    project(client, deployment_configs={"production": {"compatibility_date": "2026-08-01", "fail_open": False}})
    patched(client, compatibility_date="2026-09-01")
    assert (production(client)["compatibility_date"], production(client)["fail_open"]) == ("2026-09-01", False)


def test_null_removes_one_binding(client: httpx.Client) -> None:
    bound = {"FIRST": {"id": "a"}, "SECOND": {"id": "b"}}
    project(client, deployment_configs={"production": {"hyperdrive_bindings": bound}})
    patched(client, hyperdrive_bindings={"FIRST": None})
    assert production(client)["hyperdrive_bindings"] == {"SECOND": {"id": "b"}}


def test_a_map_without_bindings_is_removed(client: httpx.Client) -> None:
    project(client, deployment_configs={"production": {"kv_namespaces": {"CACHE": {"namespace_id": "a"}}}})
    patched(client, kv_namespaces={"CACHE": None})
    assert "kv_namespaces" not in production(client)


def test_the_other_environment_is_not_changed(client: httpx.Client) -> None:
    project(client, deployment_configs={"preview": {"env_vars": {"MODE": variable("preview")}}})
    patched(client, env_vars={"MODE": variable("production")})
    preview = result(client.get(SITE))["deployment_configs"]["preview"]
    assert preview["env_vars"] == {"MODE": variable("preview")}


def test_the_value_of_a_secret_is_never_returned(client: httpx.Client) -> None:
    created = project(
        client, deployment_configs={"production": {"env_vars": {"KEY": variable("s3cret", "secret_text")}}}
    )
    responses = created.text + client.get(SITE).text + client.get(PROJECTS).text + patched(client, fail_open=True).text
    assert "s3cret" not in responses
    assert production(client)["env_vars"] == {"KEY": variable("", "secret_text")}


def test_the_value_of_a_secret_is_not_in_the_log(emulator: Emulator) -> None:
    configs = {"production": {"env_vars": {"KEY": variable("s3cret", "secret_text")}}}
    project(emulator.client, deployment_configs=configs)
    logged = emulator.client.get("/__localcloud/requests", headers={"authorization": f"Bearer {TOKEN}"}).text
    assert "hyperdrive" not in logged
    assert "s3cret" not in logged


def test_a_variable_without_a_type_is_rejected(client: httpx.Client) -> None:
    configs = {"production": {"env_vars": {"KEY": {"value": "x"}}}}
    assert error_of(project(client, deployment_configs=configs)) == (400, 8000001)


def test_unknown_fields_are_silently_ignored(client: httpx.Client) -> None:
    project(client, deployment_configs={"production": {"environment_variables": {"MODE": "x"}}})
    assert "environment_variables" not in production(client)


def test_a_date_in_the_future_is_rejected(client: httpx.Client) -> None:
    configs = {"production": {"compatibility_date": "2999-01-01"}}
    assert error_of(project(client, deployment_configs=configs)) == (400, 10021)


def test_targets_of_bindings_may_be_missing(client: httpx.Client) -> None:
    configs = {"production": {"hyperdrive_bindings": {"HYPERDRIVE": {"id": "nowhere"}}}}
    assert result(project(client, deployment_configs=configs))


def test_a_build_configuration_is_patched_and_removed(client: httpx.Client) -> None:
    project(client, build_config={"build_command": "make", "destination_dir": "dist"})
    client.patch(SITE, json={"build_config": {"build_command": "make site"}})
    assert result(client.get(SITE))["build_config"] == {
        "build_command": "make site",
        "destination_dir": "dist",
        "root_dir": "",
    }
    client.patch(SITE, json={"build_config": None})
    assert set(result(client.get(SITE))["build_config"].values()) == {""}


# Domains.


def test_a_domain_is_created_read_and_deleted(client: httpx.Client) -> None:
    project(client)
    created = result(client.post(DOMAINS, json={"name": "www.example.com"}))
    assert created["status"] == "active"
    assert result(client.get(f"{DOMAINS}/www.example.com")) == created
    assert result(client.get(SITE))["domains"] == ["site.pages.dev", "www.example.com"]
    result(client.delete(f"{DOMAINS}/www.example.com"))
    assert error_of(client.get(f"{DOMAINS}/www.example.com")) == (404, 8000021)


def test_a_domain_belongs_to_one_project(client: httpx.Client) -> None:
    project(client)
    project(client, "blog")
    client.post(DOMAINS, json={"name": "www.example.com"})
    taken = client.post(f"{PROJECTS}/blog/domains", json={"name": "www.example.com"})
    assert error_of(taken) == (409, 8000018)


def test_a_path_is_rejected_as_a_domain(client: httpx.Client) -> None:
    project(client)
    assert error_of(client.post(DOMAINS, json={"name": "example.com/app"})) == (400, 8000019)


def test_a_project_with_a_domain_is_not_deleted(client: httpx.Client) -> None:
    project(client)
    client.post(DOMAINS, json={"name": "www.example.com"})
    assert error_of(client.delete(SITE)) == (400, 8000028)

"""Pages projects of a stack file: accepted settings, errors, and the arguments of the component."""

import logging
from pathlib import Path
from typing import Annotated, Any

import pydantic
import pytest

from edge_postgres.core.plan import Plan
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.errors import errors_of
from edge_postgres.stack.model import Entries, Model, ValidationContext
from edge_postgres.stack.pages.project import PagesSettings
from edge_postgres.stack.secrets import Secrets
from tests.harness import deploy
from tests.unit.sound import changed, origin

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
SECRETS = Secrets({"pages.site.production.STRIPE_KEY": "live-key", "pages.site.preview.STRIPE_KEY": "test-key"})
CONTEXT = StackContext("0123456789abcdef0123456789abcdef", Plan.PAID, stack="dev", secrets=SECRETS)
VALIDATION = ValidationContext(
    "dev",
    Plan.PAID,
    Path(),
    SECRETS,
    database_names=frozenset({"main", "other"}),
    hyperdrive_bindings=frozenset({"main", "main.fresh", "other"}),
    kv=frozenset({"answers"}),
    workers=frozenset({"auth"}),
)


class File(Model):
    """A stack file with this section only."""

    pages: Annotated[dict[str, PagesSettings], Entries]


def site(**changes: Any) -> dict[str, Any]:
    """A valid project; ``changes`` replace its settings, ``...`` omits one."""
    valid = {
        "productionBranch": "main",
        "driver": "pg",
        "compatibilityDate": "2026-11-01",
        "production": {"hyperdrive": {"HYPERDRIVE": "main"}, "kv": {"CACHE": "answers"}},
        "preview": {"hyperdrive": {"HYPERDRIVE": "other"}},
    }
    return changed(valid, changes)


def load(**changes: Any) -> PagesSettings:
    return File.model_validate({"pages": {"site": site(**changes)}}, context=VALIDATION).pages["site"]


def error_at(path: str, **changes: Any) -> str:
    """The message for a project with one error, which is at the path."""
    with pytest.raises(pydantic.ValidationError) as raised:
        load(**changes)
    # The report shows an error of both environments once.
    (found,) = set(errors_of(raised.value, File, {"provider": (), "kind": ()}))
    assert found.path == f"pages.site{path}"
    return found.message


TARGETS = BindingTargets(
    hyperdrive_ids={"main": "id-main", "main.fresh": "id-fresh", "other": "id-other"},
    direct_tcp_origins={"main": origin()},
    database_origins={"main": origin(host="db.prisma.io")},
    kv_namespace_ids={"answers": "id-answers"},
    script_names={"auth": "auth-script"},
)


def present(args: Any) -> Any:
    """The arguments without those that are None or empty maps, which a component treats as omitted."""
    if not isinstance(args, dict):
        return args
    return {key: present(value) for key, value in args.items() if value is not None and value != {}}


def arguments(**changes: Any) -> Any:
    settings = load(**changes)
    return present(deploy(lambda: [settings.args(TARGETS, CONTEXT)]).result[0])


def test_the_component_gets_exactly_these_arguments() -> None:
    assert arguments() == {
        "account_id": "0123456789abcdef0123456789abcdef",
        "plan": "paid",
        "production_branch": "main",
        "driver": "pg",
        "compatibility_date": "2026-11-01",
        "compatibility_flags": [],
        "domains": [],
        "production": {"hyperdrive": {"HYPERDRIVE": "id-main"}, "kv": {"CACHE": "id-answers"}},
        "preview": {"hyperdrive": {"HYPERDRIVE": "id-other"}},
        "accept_shared_database": True,
    }


def test_the_name_of_the_project_can_be_set() -> None:
    assert arguments(projectName="site")["project_name"] == "site"


def test_a_date_needs_no_quotes() -> None:
    assert load(compatibilityDate="2026-11-01 00:00:00 +0000 UTC").compatibility_date == "2026-11-01"


def test_a_secret_has_a_separate_value_in_each_environment() -> None:
    settings = load(production={"secrets": ["STRIPE_KEY"]}, preview={"secrets": ["STRIPE_KEY"]})
    run = deploy(lambda: settings.create("site", TARGETS, CONTEXT))
    configs = run.one("cloudflare:index/pagesProject:PagesProject").inputs["deploymentConfigs"]
    assert configs["production"]["envVars"]["STRIPE_KEY"] == {"type": "secret_text", "value": "live-key"}
    assert configs["preview"]["envVars"]["STRIPE_KEY"] == {"type": "secret_text", "value": "test-key"}


def test_a_service_is_bound_by_the_name_of_the_script_at_cloudflare() -> None:
    bound = arguments(production={"services": {"AUTH": "auth", "OTHER": "existing-script"}})
    assert bound["production"]["services"] == {"AUTH": "auth-script", "OTHER": "existing-script"}


def test_direct_tcp_gets_the_origin_for_direct_connections() -> None:
    bound = arguments(production={"direct": {"database": "main", "acceptOpenNetwork": True}})
    assert bound["production"]["direct"]["origin"] == origin()


def test_the_serverless_driver_gets_the_origin_of_the_database_itself() -> None:
    serverless = {"serverless": {"PRISMA_DIRECT_TCP_URL": "main"}, "acceptEarlyAccess": True}
    bound = arguments(driver="prisma-ppg", production=serverless, preview={})
    assert bound["production"]["serverless"]["origin"] == origin(host="db.prisma.io")
    assert load(driver="prisma-ppg", production=serverless, preview={}).production.databases == {"main"}


def test_runtime_settings_build_and_source_reach_the_component() -> None:
    bound = arguments(
        preview={"failOpen": True, "smartPlacement": True, "cpuMs": 50, "ai": "AI"},
        domains=["www.example.com"],
        zones={"www.example.com": ZONE},
        build={"command": "make", "outputDir": "dist"},
        source={"host": "github", "owner": "acme", "repository": "site", "previewBranches": []},
    )
    assert bound["preview"] == {"fail_open": True, "smart_placement": True, "cpu_ms": 50, "ai": "AI"}
    assert (bound["domains"], bound["zones"]) == (["www.example.com"], {"www.example.com": ZONE})
    assert bound["build"] == {"command": "make", "output_dir": "dist"}
    assert bound["source"] == {"host": "github", "owner": "acme", "repository": "site", "preview_branches": []}


# Errors.


@pytest.mark.parametrize("which", ["production", "preview"])
def test_both_environments_are_required(which: str) -> None:
    assert error_at(f".{which}", **dict[str, Any]({which: ...})) == "is required. Set it."


def test_an_unknown_database_is_rejected() -> None:
    message = error_at(".preview.hyperdrive.HYPERDRIVE", preview={"hyperdrive": {"HYPERDRIVE": "nowhere"}})
    assert message.startswith("must be a database of this stack with `hyperdrive`, got nowhere. Set one of `main`, ")


def test_the_message_for_a_missing_secret_has_the_command_that_sets_it() -> None:
    message = error_at(".preview.secrets[0]", preview={"secrets": ["OTHER_KEY"]})
    assert message.startswith("OTHER_KEY has no value. Run: pulumi config set --secret --path")
    assert message.endswith(":secrets.pages.site.preview.OTHER_KEY'")


def test_a_password_in_a_plain_variable_is_rejected() -> None:
    message = error_at(".preview.vars.LINK", preview={"vars": {"LINK": "postgres://a:geheim@db.example.com/a"}})
    assert message.startswith("must not contain a password")
    assert "geheim" not in message


def test_two_bindings_with_one_name_are_rejected() -> None:
    bound = {"kv": {"STRIPE_KEY": "answers"}, "secrets": ["STRIPE_KEY"]}
    assert "must have unique names, got STRIPE_KEY, which `kv` has too" in error_at(
        ".production.secrets", production=bound
    )


def test_the_name_of_the_static_files_is_rejected() -> None:
    assert "has the reserved name ASSETS" in error_at(
        ".production.services", production={"services": {"ASSETS": "auth"}}
    )


def test_a_cpu_time_above_the_plan_is_rejected() -> None:
    assert "must be at most 300000 on the paid plan" in error_at(".preview.cpuMs", preview={"cpuMs": 300_001})


def test_bindings_with_further_fields_reach_the_component_and_are_validated() -> None:
    files = {"FILES": {"type": "r2_bucket", "bucket_name": "files", "jurisdiction": "eu"}}
    assert arguments(preview={"otherBindings": files})["preview"]["other_bindings"] == files
    wrong = {"X": {"type": "queue"}}
    assert "must be one of `r2_bucket`" in error_at(".preview.otherBindings.X.type", preview={"otherBindings": wrong})


def test_the_error_for_an_early_date_is_at_the_path_of_the_date() -> None:
    assert "got 2024-01-01" in error_at(".compatibilityDate", compatibilityDate="2024-01-01")
    assert "got 2024-01-01" in error_at(".preview.compatibilityDate", preview={"compatibilityDate": "2024-01-01"})


def test_the_error_for_a_missing_flag_is_at_the_path_of_the_flags() -> None:
    early = {"compatibilityDate": "2026-08-01", "compatibilityFlags": ["nodejs_als"]}
    assert "must contain nodejs_compat" in error_at(".preview.compatibilityFlags", preview=early)


def test_two_connection_methods_that_exclude_each_other_are_rejected() -> None:
    both = {
        "hyperdrive": {"HYPERDRIVE": "main"},
        "serverless": {"PRISMA_DIRECT_TCP_URL": "main"},
        "acceptEarlyAccess": True,
    }
    assert "cannot be combined with `hyperdrive`" in error_at(".production.serverless", production=both)


def test_the_zone_of_an_unknown_domain_is_rejected() -> None:
    assert "must be one of `domains`" in error_at(".zones", zones={"www.example.com": ZONE})


def test_a_zone_id_in_another_form_is_rejected() -> None:
    assert error_at(".zones.www.example.com", domains=["www.example.com"], zones={"www.example.com": "main"})


def test_an_invalid_project_name_is_rejected() -> None:
    assert error_at(".projectName", projectName="My Site").startswith(
        "must be 1 to 58 lower-case letters, digits and hyphens, got My Site"
    )


def test_the_message_for_an_unknown_setting_lists_the_known_settings() -> None:
    message = error_at(".preview.enviromentVariables", preview={"enviromentVariables": {}})
    assert message.startswith("is unknown.")
    assert "`smartPlacement`" in message
    assert "(path)" not in message


# Warnings.


def warnings(caplog: pytest.LogCaptureFixture, **changes: Any) -> str:
    settings = load(**changes)
    with caplog.at_level(logging.WARNING):
        deploy(lambda: settings.create("site", TARGETS, CONTEXT))
    return caplog.text


FRESH = {"hyperdrive": {"HYPERDRIVE": "main.fresh"}}


def test_a_warning_reports_previews_on_the_database_of_production(caplog: pytest.LogCaptureFixture) -> None:
    text = warnings(caplog, preview=FRESH)
    assert "pages.site.preview: uses the database of production" in text
    assert "`acceptSharedDatabase`" in text


def test_no_warning_follows_accept_shared_database(caplog: pytest.LogCaptureFixture) -> None:
    assert warnings(caplog, preview=FRESH, acceptSharedDatabase=True) == ""


def test_no_warning_reports_previews_on_a_separate_database(caplog: pytest.LogCaptureFixture) -> None:
    assert warnings(caplog) == ""

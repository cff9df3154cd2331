"""What a stack file may say of its Pages projects."""

import logging
from pathlib import Path
from typing import Annotated, Any

import pydantic
import pytest
from pydantic import BeforeValidator

from edge_postgres.core.plan import Plan
from edge_postgres.stack.binding_targets import Neighbours
from edge_postgres.stack.errors import errors_of
from edge_postgres.stack.model import Model, ValidationContext, with_names
from edge_postgres.stack.pages.project import PagesSettings
from edge_postgres.stack.secrets import Secrets
from tests.unit.sound import changed, origin

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
SECRETS = frozenset({"pages.site.production.STRIPE_KEY", "pages.site.preview.STRIPE_KEY"})
AROUND = ValidationContext(
    stack="dev",
    secrets=Secrets(dict.fromkeys(SECRETS, "value")),
    hyperdrive_bindings=frozenset({"main", "main.fresh", "other"}),
    plan=Plan.PAID,
    root=Path(),
    database_names=frozenset({"main", "other"}),
    kv=frozenset({"answers"}),
    workers=frozenset({"auth"}),
)


class File(Model):
    """A stack file of this part alone."""

    pages: Annotated[dict[str, PagesSettings], BeforeValidator(with_names)]


def site(**changes: Any) -> dict[str, Any]:
    """A project without a fault; ``changes`` are its settings, ``...`` leaves one out."""
    stated = {
        "productionBranch": "main",
        "driver": "pg",
        "compatibilityDate": "2026-11-01",
        "production": {"hyperdrive": {"HYPERDRIVE": "main"}, "kv": {"CACHE": "answers"}},
        "preview": {"hyperdrive": {"HYPERDRIVE": "other"}},
    }
    return changed(stated, changes)


def load(**changes: Any) -> PagesSettings:
    return File.model_validate({"pages": {"site": site(**changes)}}, context=AROUND).pages["site"]


def fault(path: str, **changes: Any) -> str:
    with pytest.raises(pydantic.ValidationError) as refused:
        load(**changes)
    (found,) = errors_of(refused.value, File, {"provider": (), "kind": ()})
    assert found.path == f"pages.site{path}"
    return found.message


class FakeSecrets:
    def output(self, path: str) -> str:
        return f"value of {path}"


NEIGHBOURS = Neighbours(
    hyperdrive={"main": "id-main", "main.fresh": "id-fresh", "other": "id-other"},
    origins={"main": origin()},
    unpooled={"main": origin(host="db.prisma.io")},
    kv={"answers": "id-answers"},
    workers={"auth": "shop-dev-auth"},
)


def arguments(**changes: Any) -> Any:
    secrets: Any = FakeSecrets()
    return load(**changes).arguments(secrets, NEIGHBOURS, account_id="a", project_name="shop-dev-site")


def test_exactly_this_is_handed_to_the_component() -> None:
    assert arguments() == {
        "account_id": "a",
        "project_name": "shop-dev-site",
        "production_branch": "main",
        "driver": "pg",
        "compatibility_date": "2026-11-01",
        "compatibility_flags": [],
        "domains": [],
        "zones": {},
        "production": {"hyperdrive": {"HYPERDRIVE": "id-main"}, "kv": {"CACHE": "id-answers"}},
        "preview": {"hyperdrive": {"HYPERDRIVE": "id-other"}},
        "accept_shared_database": True,
    }


def test_a_name_of_its_own_counts_for_more_than_the_stacks() -> None:
    assert arguments(projectName="site")["project_name"] == "site"


def test_a_date_needs_no_quotes() -> None:
    assert load(compatibilityDate="2026-11-01 00:00:00 +0000 UTC").compatibility_date == "2026-11-01"


def test_a_secret_has_a_value_of_its_own_in_each_environment() -> None:
    bound = arguments(production={"secrets": ["STRIPE_KEY"]}, preview={"secrets": ["STRIPE_KEY"]})
    assert bound["production"]["secrets"] == {"STRIPE_KEY": "value of pages.site.production.STRIPE_KEY"}
    assert bound["preview"]["secrets"] == {"STRIPE_KEY": "value of pages.site.preview.STRIPE_KEY"}


def test_a_worker_of_the_stack_is_called_by_its_name_at_cloudflare() -> None:
    bound = arguments(production={"services": {"AUTH": "auth", "OTHER": "somebody-elses"}})
    assert bound["production"]["services"] == {"AUTH": "shop-dev-auth", "OTHER": "somebody-elses"}


def test_a_database_may_be_dialled() -> None:
    bound = arguments(production={"direct": {"database": "main", "acceptOpenNetwork": True}})
    assert bound["production"]["direct"]["origin"] == origin()


def test_a_database_may_be_asked_over_http() -> None:
    asked = {"serverless": {"PRISMA_DIRECT_TCP_URL": "main"}, "acceptEarlyAccess": True}
    bound = arguments(driver="prisma-ppg", production=asked, preview={})
    assert bound["production"]["serverless"]["origin"] == origin(host="db.prisma.io")
    assert load(driver="prisma-ppg", production=asked, preview={}).production.databases == {"main"}


def test_how_it_runs_and_where_it_comes_from_is_handed_on() -> None:
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


def test_the_workers_of_an_environment_are_known() -> None:
    assert load(preview={"services": {"AUTH": "auth"}}).environments["preview"].scripts() == {"auth"}


# Faults.


@pytest.mark.parametrize("which", ["production", "preview"])
def test_both_environments_are_stated(which: str) -> None:
    assert fault(f".{which}", **dict[str, Any]({which: ...})) == "is missing. State it."


def test_a_database_that_is_none_is_a_fault() -> None:
    complaint = fault(".preview.hyperdrive.HYPERDRIVE", preview={"hyperdrive": {"HYPERDRIVE": "nowhere"}})
    assert complaint.startswith("is nowhere, which is no database")


def test_a_secret_that_is_not_set_is_a_fault_with_the_command() -> None:
    complaint = fault(".preview.secrets[0]", preview={"secrets": ["OTHER_KEY"]})
    assert complaint.startswith("OTHER_KEY is not set. Run: pulumi config set --secret --path")
    assert complaint.endswith(":secrets.pages.site.preview.OTHER_KEY'")


def test_a_password_among_the_variables_is_rejected() -> None:
    complaint = fault(".preview.vars.LINK", preview={"vars": {"LINK": "postgres://a:geheim@db.example.com/a"}})
    assert complaint.startswith("holds a password")
    assert "geheim" not in complaint


def test_two_bindings_of_one_name_are_a_fault() -> None:
    bound = {"kv": {"STRIPE_KEY": "answers"}, "secrets": ["STRIPE_KEY"]}
    assert "has the name STRIPE_KEY, which `kv` has too" in fault(".production.secrets", production=bound)


def test_the_name_of_the_static_files_is_a_fault() -> None:
    assert "has the name ASSETS" in fault(".production.services", production={"services": {"ASSETS": "auth"}})


def test_a_date_before_the_drivers_is_a_fault_where_it_stands() -> None:
    assert "is 2024-01-01" in fault(".compatibilityDate", compatibilityDate="2024-01-01")
    assert "is 2024-01-01" in fault(".preview.compatibilityDate", preview={"compatibilityDate": "2024-01-01"})


def test_a_missing_flag_is_a_fault_where_it_stands() -> None:
    early = {"compatibilityDate": "2026-08-01", "compatibilityFlags": ["nodejs_als"]}
    assert "lacks nodejs_compat" in fault(".preview.compatibilityFlags", preview=early)


def test_two_ways_that_exclude_each_other_are_a_fault() -> None:
    both = {
        "hyperdrive": {"HYPERDRIVE": "main"},
        "serverless": {"PRISMA_DIRECT_TCP_URL": "main"},
        "acceptEarlyAccess": True,
    }
    assert "stands beside `hyperdrive`" in fault(".production.serverless", production=both)


def test_the_zone_of_an_unknown_domain_is_a_fault() -> None:
    assert "which is not among the `domains`" in fault(".zones", zones={"www.example.com": ZONE})


def test_what_is_no_zone_is_a_fault() -> None:
    assert fault(".zones.www.example.com", domains=["www.example.com"], zones={"www.example.com": "main"})


def test_a_name_that_is_no_project_name_is_a_fault() -> None:
    assert fault(".projectName", projectName="My Site").startswith("is My Site")


def test_an_unknown_setting_is_a_fault_that_names_the_known_ones() -> None:
    complaint = fault(".preview.enviromentVariables", preview={"enviromentVariables": {}})
    assert complaint.startswith("is no setting.")
    assert "`smartPlacement`" in complaint
    assert "(path)" not in complaint


# Warnings.


def warnings(caplog: pytest.LogCaptureFixture, **changes: Any) -> str:
    with caplog.at_level(logging.WARNING):
        arguments(**changes)
    return caplog.text


FRESH = {"hyperdrive": {"HYPERDRIVE": "main.fresh"}}


def test_previews_on_productions_database_are_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    told = warnings(caplog, preview=FRESH)
    assert "pages.site.preview: reaches the database of production" in told
    assert "`acceptSharedDatabase`" in told


def test_it_is_not_said_to_those_who_know(caplog: pytest.LogCaptureFixture) -> None:
    assert warnings(caplog, preview=FRESH, acceptSharedDatabase=True) == ""


def test_previews_on_a_database_of_their_own_are_not_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    assert warnings(caplog) == ""

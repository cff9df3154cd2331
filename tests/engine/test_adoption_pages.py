"""Pages projects that exist at Cloudflare are imported by the steps of `docs/adoption.md`."""

from typing import Any

import pytest

from localcloud.pages import Wrangler
from tests.engine.adoption import ZONE, Existing, adopt
from tests.engine.deployment import Deployment

pytestmark = pytest.mark.engine

PROJECT, DOMAIN = "shop-site", "www.example.com"
RUNTIME = {"compatibility_date": "2026-08-01", "compatibility_flags": ["nodejs_compat"], "fail_open": True}


def with_site(deployment: Deployment, secrets: list[str]) -> Deployment:
    """The stack with a Pages project and without a Worker."""

    def change(config: dict[str, Any]) -> None:
        del config["edge-postgres:workers"]
        config["edge-postgres:databases"]["main"]["hyperdrive"]["configName"] = "shop-db"
        production: Any = {"hyperdrive": {"HYPERDRIVE": "main"}, "vars": {"MODE": "production"}, "failOpen": True}
        config["edge-postgres:pages"] = {
            "site": {
                "projectName": PROJECT,
                "productionBranch": "main",
                "compatibilityDate": "2026-08-01",
                "compatibilityFlags": ["nodejs_compat"],
                "production": production | ({"secrets": secrets} if secrets else {}),
                "preview": {"vars": {"MODE": "preview"}, "failOpen": True},
                "domains": [DOMAIN],
                "zones": {DOMAIN: ZONE},
            }
        }

    site = deployment.changed(change)
    site.prepare(**{f"pages.site.production.{name}": "value-of-the-secret" for name in secrets})
    return site


def create_site(existing: Existing, secrets: list[str]) -> None:
    """Creates a project with a custom domain, and deploys content to it."""
    config = existing.create_configuration("shop-db")
    variables = {name: {"type": "secret_text", "value": "value-of-the-secret"} for name in secrets}
    production = {
        **RUNTIME,
        "hyperdrive_bindings": {"HYPERDRIVE": {"id": config}},
        "env_vars": {"MODE": {"type": "plain_text", "value": "production"}, **variables},
    }
    preview = {**RUNTIME, "env_vars": {"MODE": {"type": "plain_text", "value": "preview"}}}
    configs = {"production": production, "preview": preview}
    body = {"name": PROJECT, "production_branch": "main", "deployment_configs": configs}
    project = existing.at_account("POST", "pages/projects", json=body)
    existing.note("PagesProject", PROJECT, PROJECT_NAME=PROJECT)
    existing.at_account("POST", f"pages/projects/{PROJECT}/domains", json={"name": DOMAIN})
    existing.note("PagesDomain", DOMAIN, PROJECT_NAME=PROJECT, DOMAIN=DOMAIN)
    target = {"name": DOMAIN, "type": "CNAME", "content": project["subdomain"], "proxied": True, "ttl": 1}
    record = existing.request("POST", f"zones/{ZONE}/dns_records", json=target)["id"]
    existing.note("DnsRecord", DOMAIN, RECORD_ID=record)
    content = Wrangler.of(existing.deployment.cloud.state_directory).deploy(PROJECT)
    assert "Deployment complete" in content


@pytest.mark.parametrize("secrets", [[], ["STRIPE_KEY"]], ids=["plain", "secret"])
def test_a_pages_project_is_imported_with_its_domain_and_record(deployment: Deployment, secrets: list[str]) -> None:
    existing = Existing(with_site(deployment, secrets))
    create_site(existing, secrets)
    before = deployment.stored()
    adopted = adopt(existing)
    # The value of a secret is never returned, so that the first update writes it once more.
    written = {f"PagesProject {PROJECT}": "update"} if secrets else {}
    assert adopted.unexpected(**written) == {}
    adopted.complete()
    assert deployment.stored() == before

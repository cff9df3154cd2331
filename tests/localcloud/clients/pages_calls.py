"""Calls of the Python SDK to the endpoints of Pages.

The SDK has the type `Any`, because its types accept no dictionary in a variable.
"""

import hashlib
import json
from typing import Any

from tests.localcloud.cloudflare.api import ACCOUNT, vpc_origin

CONTENT = "<h1>site</h1>"
HASH = hashlib.sha256(CONTENT.encode()).hexdigest()[:32]


def projects(sdk: Any) -> None:
    config = sdk.hyperdrive.configs.create(account_id=ACCOUNT, name="main", origin=vpc_origin())
    production = {
        "env_vars": {
            "MODE": {"type": "plain_text", "value": "a"},
            "KEY": {"type": "secret_text", "value": "s3cret"},
        },
        "hyperdrive_bindings": {"HYPERDRIVE": {"id": config.id}},
    }
    projects = sdk.pages.projects
    projects.create(
        account_id=ACCOUNT,
        name="site",
        production_branch="main",
        deployment_configs={"production": production},
    )
    projects.edit("site", account_id=ACCOUNT, production_branch="release")
    assert [each.name for each in projects.list(account_id=ACCOUNT)] == ["site"]
    assert projects.get("site", account_id=ACCOUNT).production_branch == "release"
    projects.delete("site", account_id=ACCOUNT)


def domains(sdk: Any) -> None:
    sdk.pages.projects.create(account_id=ACCOUNT, name="site", production_branch="main")
    domains = sdk.pages.projects.domains
    domains.create("site", account_id=ACCOUNT, name="www.example.com")
    domains.edit("www.example.com", account_id=ACCOUNT, project_name="site")
    assert [each.name for each in domains.list("site", account_id=ACCOUNT)] == ["www.example.com"]
    domains.get("www.example.com", account_id=ACCOUNT, project_name="site")
    domains.delete("www.example.com", account_id=ACCOUNT, project_name="site")


def deployments(sdk: Any) -> None:
    sdk.pages.projects.create(account_id=ACCOUNT, name="site", production_branch="main")
    jwt = sdk.pages.projects.get_upload_token("site", account_id=ACCOUNT).jwt
    token = {"Authorization": f"Bearer {jwt}"}
    assert list(sdk.pages.assets.check_missing(hashes=[HASH], extra_headers=token)) == [HASH]
    file = {"key": HASH, "value": CONTENT, "metadata": {"contentType": "text/html"}, "base64": False}
    sdk.pages.assets.upload(body=[file], extra_headers=token)
    sdk.pages.assets.upsert_hashes(hashes=[HASH], extra_headers=token)
    deployments, manifest = sdk.pages.projects.deployments, json.dumps({"/index.html": HASH})
    first, second, preview = (
        deployments.create("site", account_id=ACCOUNT, branch=branch, manifest=manifest)
        for branch in ("main", "main", "feature")
    )
    ids = [each.id for each in deployments.list("site", account_id=ACCOUNT)]
    assert ids == [preview.id, second.id, first.id]
    assert deployments.get(preview.id, account_id=ACCOUNT, project_name="site").environment == "preview"
    deployments.history.logs.get(first.id, account_id=ACCOUNT, project_name="site")
    sdk.pages.projects.get("site", account_id=ACCOUNT)
    deployments.delete(first.id, account_id=ACCOUNT, project_name="site")


CALLS = (projects, domains, deployments)

"""Requests of tests to the Pages endpoints, in the format of `wrangler pages deploy`."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import httpx

from localcloud.cloudflare.multipart import Part, encode_multipart
from tests.localcloud.cloudflare.api import ACCOUNT, JAVASCRIPT, result

PROJECTS = f"/accounts/{ACCOUNT}/pages/projects"
SITE = f"{PROJECTS}/site"
DOMAINS = f"{SITE}/domains"
DEPLOYMENTS = f"{SITE}/deployments"
INDEX = "<h1>site</h1>"
FUNCTIONS = 'export default { fetch: (request, env) => new Response("from a Function: " + env.MODE) };\n'
ROUTES = {"version": 1, "include": ["/api/*"], "exclude": ["/api/static/*"]}


def project(client: httpx.Client, name: str = "site", **settings: Any) -> httpx.Response:
    return client.post(PROJECTS, json={"name": name, "production_branch": "main", **settings})


def variable(value: str, kind: str = "plain_text") -> dict[str, str]:
    return {"type": kind, "value": value}


def token(client: httpx.Client) -> Mapping[str, str]:
    """Returns the header of uploads."""
    return {"authorization": f"Bearer {result(client.get(f'{SITE}/upload-token'))['jwt']}"}


def uploaded(client: httpx.Client, content: str) -> str:
    """Uploads a static file and returns its hash."""
    hash_ = hashlib.sha256(content.encode()).hexdigest()[:32]
    file = {"key": hash_, "value": content, "metadata": {"contentType": "text/html"}, "base64": False}
    result(client.post("/pages/assets/upload", json=[file], headers=token(client)))
    return hash_


def deploy(
    client: httpx.Client,
    *,
    branch: str = "main",
    functions: str | None = FUNCTIONS,
    files: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    **fields: str,
) -> httpx.Response:
    """Deploys static files (content by path) and Functions (source of the bundled Worker)."""
    static_files = {"/index.html": INDEX} if files is None else files
    manifest = json.dumps({path: uploaded(client, content) for path, content in static_files.items()})
    stated_fields = {"branch": branch, "manifest": manifest, **fields}
    parts = [Part(name, value.encode()) for name, value in stated_fields.items()]
    if functions is not None:
        settings = {"main_module": "functions.js", **(metadata or {})}
        module = Part("functions.js", functions.encode(), JAVASCRIPT, "functions.js")
        bundle, _ = encode_multipart([Part("metadata", json.dumps(settings).encode()), module])
        parts.append(Part("_worker.bundle", bundle, "application/octet-stream", "_worker.bundle"))
        routes = json.dumps(ROUTES).encode()
        parts.append(Part("_routes.json", routes, "application/octet-stream", "_routes.json"))
    body, content_type = encode_multipart(parts)
    return client.post(DEPLOYMENTS, content=body, headers={"content-type": content_type})

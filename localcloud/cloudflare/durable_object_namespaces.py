"""Namespaces of Durable Objects, one for each class: `accounts/{account}/workers/durable_objects/namespaces`.

Source: https://developers.cloudflare.com/api/resources/durable_objects/subresources/namespaces/ (read 2026-11-30).
"""

import hashlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localcloud.cloudflare.cloud import Cloud, account_of
from localcloud.cloudflare.durable_objects import SQLITE
from localcloud.cloudflare.envelope import Json, page


async def index(request: Request) -> Response:
    scripts = Cloud.of(request).store.owned("scripts", account_of(request))
    namespaces = [
        _view(script["name"], class_name, storage)
        for script in scripts
        for class_name, storage in script["classes"].items()
    ]
    return page(namespaces, request)


def _view(script: str, class_name: str, storage: str) -> Json:
    name = f"{script}_{class_name}"
    return {
        "id": hashlib.sha256(name.encode()).hexdigest()[:32],
        "name": name,
        "script": script,
        "class": class_name,
        "use_sqlite": storage == SQLITE,
    }


ENDPOINTS = [Route("/accounts/{account_id}/workers/durable_objects/namespaces", index, methods=["GET"])]

"""The versions of a Worker and which of them run: what is kept of a script, apart from the endpoints.

A script's record holds what all its versions share, its versions by id, and its deployments, newest first. Source:
https://developers.cloudflare.com/workers/versions-and-deployments/ (read 2026-11-21).
"""

from collections.abc import Sequence
from typing import Any

from localcloud.cloudflare.durable_objects import DurableObjects
from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.emulation.generated_values import new_id, new_uuid, now
from localcloud.emulation.store import Record

INVALID = 10021
MOST_DEPLOYED = 2
KEPT = 5
"""Versions, beside those that are deployed. The real API lets 100 be deployed; here all of them are in one file."""
UNVERSIONED = ("logpush", "observability", "tail_consumers", "tags")
"""Settings that all versions of a Worker share."""


def new_script(name: str) -> Record:
    """A Worker that has no version yet."""
    created_on = now()
    return {
        "name": name,
        "tag": new_id(),
        "created_on": created_on,
        "modified_on": created_on,
        "settings": {"logpush": False, "observability": None, "tail_consumers": None, "tags": []},
        "subdomain": {"enabled": False, "previews_enabled": False},
        "schedules": [],
        "classes": {},
        "migration_tag": None,
        "versions": {},
        "deployments": [],
    }


def durable_objects(script: Record) -> DurableObjects:
    return DurableObjects(script["classes"], script["migration_tag"])


def newest(script: Record) -> Record | None:
    versions: dict[str, Record] = script["versions"]
    return next(reversed(versions.values()), None)


def active(script: Record) -> Record | None:
    """The version that most requests reach."""
    return next((version for version, _ in shares(script)), None)


def shares(script: Record) -> list[tuple[Record, float]]:
    """The versions that run, the biggest share first, with their percentages."""
    if not script["deployments"]:
        return []
    deployed = sorted(script["deployments"][0]["versions"], key=lambda each: -each["percentage"])
    return [(script["versions"][each["version_id"]], each["percentage"]) for each in deployed]


def with_version(script: Record, version: Json, objects: DurableObjects) -> Record:
    """The script with one version more, which is the newest."""
    number = max((each["number"] for each in script["versions"].values()), default=0) + 1
    made = {"id": new_uuid(), "number": number, "created_on": now(), **version}
    return {
        **script,
        "classes": dict(objects.classes),
        "migration_tag": objects.tag,
        "versions": {**script["versions"], made["id"]: made},
        "modified_on": made["created_on"],
    }


def deployed(script: Record, versions: Sequence[Json], **told: Any) -> Record:
    """The script with these versions in service; what is old and not among them may go. Raises ``ApiError``."""
    _check(script, versions)
    deployment = {
        "id": new_uuid(),
        "created_on": now(),
        "source": "api",
        "strategy": "percentage",
        "author_email": "local@localhost",
        "annotations": {},
        "versions": [{name: each[name] for name in ("version_id", "percentage")} for each in versions],
        **told,
    }
    running = {each["version_id"] for each in versions}
    kept = [id_ for id_ in script["versions"] if id_ not in running][-KEPT:]
    return {
        **script,
        "versions": {id_: each for id_, each in script["versions"].items() if id_ in running or id_ in kept},
        "deployments": [deployment, *script["deployments"]],
    }


def _check(script: Record, versions: Sequence[Json]) -> None:
    if not 1 <= len(versions) <= MOST_DEPLOYED:
        raise ApiError(400, INVALID, f"A deployment has 1 or {MOST_DEPLOYED} versions, not {len(versions)}")
    for each in versions:
        if each.get("version_id") not in script["versions"]:
            raise ApiError(404, INVALID, f"Version '{each.get('version_id')}' of Worker '{script['name']}' not found")
        if not isinstance(each.get("percentage"), int | float) or not 0 <= each["percentage"] <= 100:
            raise ApiError(400, INVALID, "The `percentage` of each version is a number from 0 to 100")
    if len({each["version_id"] for each in versions}) < len(versions):
        raise ApiError(400, INVALID, "The versions of a deployment differ from each other")
    if abs(sum(each["percentage"] for each in versions) - 100) > 0.001:
        raise ApiError(400, INVALID, "The percentages of a deployment's versions add up to 100")

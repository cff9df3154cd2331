"""The record of a script: its versions and deployments.

The record contains the settings that all versions share, the versions by id, and the deployments, newest first.
Sources: https://developers.cloudflare.com/workers/versions-and-deployments/ (read 2026-11-21), and wrangler 4.164.0
(November 2026) for the codes 10214, 10215 and 10220.
"""

from collections.abc import Sequence
from typing import Any

from localcloud.cloudflare.durable_objects import DurableObjects
from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.emulation.generated_values import new_id, new_uuid, now
from localcloud.emulation.store import Record

INVALID = 10021
GRADUAL_MIGRATION = 10211
MAX_DEPLOYED = 2
NOT_DEPLOYED = 10215
SETTINGS_NOT_DEPLOYED = 10214
SECRETS_CHANGED = 10220
DEPLOYABLE_VERSIONS = 5
"""Number of versions with code in addition to the deployed ones. On Cloudflare the last 100 can be deployed."""
KEPT_VERSIONS = 100
KEPT_DEPLOYMENTS = 100
AUTHOR = "local@localhost"
"""The address of the author of all versions and deployments."""
SECRET_TYPES = ("secret_text", "secret_key")
UNVERSIONED = ("logpush", "observability", "tail_consumers", "tags")
"""Settings that all versions of a Worker share."""


def new_script(name: str) -> Record:
    """Returns the record of a Worker without a version."""
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
    """Returns the version with the largest percentage of requests."""
    return next((version for version, _ in shares(script)), None)


def shares(script: Record) -> list[tuple[Record, float]]:
    """Returns the deployed versions with their percentages, the largest first."""
    if not script["deployments"]:
        return []
    deploy = sorted(script["deployments"][0]["versions"], key=lambda each: -each["percentage"])
    return [(script["versions"][each["version_id"]], each["percentage"]) for each in deploy]


def with_version(script: Record, version: Json, objects: DurableObjects) -> Record:
    """Returns the script with an additional version, which is the newest."""
    number = max((each["number"] for each in script["versions"].values()), default=0) + 1
    new_version = {"id": new_uuid(), "number": number, "created_on": now(), **version}
    return {
        **script,
        "classes": dict(objects.classes),
        "migration_tag": objects.tag,
        "versions": {**script["versions"], new_version["id"]: new_version},
        "modified_on": new_version["created_on"],
    }


def with_change(script: Record, before: Record, **changes: Any) -> Record:
    """Returns the script with an additional version, which differs from ``before`` in these fields alone."""
    kept = {name: value for name, value in before.items() if name not in ("id", "number", "created_on")}
    kept["settings"] = {**before["settings"], "annotations": {}}
    return with_version(script, {**kept, **changes}, durable_objects(script))


def deploy(script: Record, versions: Sequence[Json], **fields: Any) -> Record:
    """Returns the script with a deployment of these versions, and removes old versions. Raises ``ApiError``.

    The deployment applies the migrations of Durable Objects of a version that was never deployed.
    """
    _check(script, versions)
    script = _migrate(script, [each["version_id"] for each in versions])
    deployment = {
        "id": new_uuid(),
        "created_on": now(),
        "source": "api",
        "strategy": "percentage",
        "author_email": AUTHOR,
        "annotations": {},
        "versions": [{name: each[name] for name in ("version_id", "percentage")} for each in versions],
        **fields,
    }
    running = {each["version_id"] for each in versions}
    others = [id_ for id_ in script["versions"] if id_ not in running]
    with_code, kept = {*running, *others[-DEPLOYABLE_VERSIONS:]}, {*running, *others[-KEPT_VERSIONS:]}
    return {
        **script,
        "versions": {
            id_: each if id_ in with_code else _without_code(each)
            for id_, each in script["versions"].items()
            if id_ in kept
        },
        "deployments": [deployment, *script["deployments"]][:KEPT_DEPLOYMENTS],
    }


def _migrate(script: Record, deployed: Sequence[str]) -> Record:
    """Returns the script with the classes that the migrations of the deployed version declare.

    Source: https://developers.cloudflare.com/workers/versions-and-deployments/gradual-deployments/with-durable-objects/
    (read 2026-11-30), which excludes gradual migrations. The code and the message of the error are not known.
    """
    pending = [id_ for id_ in deployed if script["versions"][id_].get("migrates")]
    if not pending:
        return script
    if len(deployed) > 1:
        raise ApiError(
            400,
            GRADUAL_MIGRATION,
            "A version with migrations of Durable Objects must be deployed alone, with a percentage of 100.",
        )
    version = script["versions"][pending[0]]
    objects = durable_objects(script).apply_migrations(version["migrations"])
    return {
        **script,
        "classes": dict(objects.classes),
        "migration_tag": objects.tag,
        "versions": {**script["versions"], version["id"]: {**version, "migrates": False}},
    }


def is_deployable(version: Record) -> bool:
    """Whether the code of a version is still stored."""
    return version["modules"] is not None


def reject_undeployed(script: Record, code: int) -> None:
    """Raises ``ApiError`` if the newest version is not deployed, because a change of the script would deploy it."""
    version = newest(script)
    if version is not None and version["id"] not in [each["id"] for each, _ in shares(script)]:
        raise ApiError(
            400,
            code,
            f"The latest version of Worker '{script['name']}' is not deployed, and this change would deploy it. "
            "Deploy the latest version first.",
        )


def reject_changed_secrets(script: Record, versions: Sequence[Json]) -> None:
    """Raises ``ApiError`` if the deployment goes back to a version with other secrets than the active version."""
    now_active = active(script)
    for version in (script["versions"].get(each.get("version_id")) for each in versions):
        if now_active is None or version is None or version["number"] >= now_active["number"]:
            continue
        new, old = secrets_of(now_active), secrets_of(version)
        changed = sorted(name for name in {*new, *old} if new.get(name) != old.get(name))
        if changed:
            raise ApiError(400, SECRETS_CHANGED, f"The following secrets have changed: {', '.join(changed)}")


def secrets_of(version: Record) -> dict[str, Json]:
    """Returns the secret bindings of a version by name, with their values."""
    return {each["name"]: each for each in version["bindings"] if each["type"] in SECRET_TYPES}


def _without_code(version: Record) -> Record:
    return {**version, "modules": None, "assets": None}


def _check(script: Record, versions: Sequence[Json]) -> None:
    if not 1 <= len(versions) <= MAX_DEPLOYED:
        raise ApiError(400, INVALID, f"A deployment must have 1 or {MAX_DEPLOYED} versions, got {len(versions)}")
    for each in versions:
        if each.get("version_id") not in script["versions"]:
            raise ApiError(404, INVALID, f"Version '{each.get('version_id')}' of Worker '{script['name']}' not found")
        if not is_deployable(script["versions"][each["version_id"]]):
            raise ApiError(
                400,
                INVALID,
                f"Version '{each['version_id']}' of Worker '{script['name']}' is too old: the local cloud stores the "
                f"code of {DEPLOYABLE_VERSIONS} versions in addition to the deployed ones",
            )
        if not isinstance(each.get("percentage"), int | float) or not 0 <= each["percentage"] <= 100:
            raise ApiError(400, INVALID, "The `percentage` of each version must be a number from 0 to 100")
    if len({each["version_id"] for each in versions}) < len(versions):
        raise ApiError(400, INVALID, "The versions of a deployment must be unique")
    if abs(sum(each["percentage"] for each in versions) - 100) > 0.001:
        raise ApiError(400, INVALID, "The percentages of a deployment must add up to 100")

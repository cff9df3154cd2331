"""The deletion of a script: which scripts the API does not delete, and what is deleted with a script."""

from localcloud.cloudflare.assets import drop_sessions
from localcloud.cloudflare.envelope import ApiError
from localcloud.cloudflare.versions import shares
from localcloud.emulation.store import Draft, Record, Records

STILL_BOUND = 10142
OWNS_OBJECTS = 10064


def reject_if_bound(records: Records, account: str, name: str) -> None:
    """Raises ``ApiError`` if an active version of a Worker binds the script, or if the script owns Durable Objects.

    A binding of the script to itself counts too. Source of the rejections:
    https://github.com/cloudflare/terraform-provider-cloudflare/issues/5634, read on 2026-11-30. The code and the
    message for Durable Objects are an assumption.
    """
    bound = [script["name"] for script in records.owned("scripts", account) if _is_bound_to(script, name)]
    if bound:
        raise ApiError(
            400,
            STILL_BOUND,
            f"Worker '{name}' is referenced by service bindings of: {', '.join(bound)}. "
            "Remove those first, or delete with force=true.",
        )
    script = records.get("scripts", account, name)
    if script and script["classes"]:
        raise ApiError(
            400,
            OWNS_OBJECTS,
            f"Worker '{name}' owns Durable Objects of: {', '.join(sorted(script['classes']))}. Delete the classes "
            "with a migration first, or delete with force=true.",
        )


def _is_bound_to(script: Record, name: str) -> bool:
    bindings = [binding for version, _ in shares(script) for binding in version["bindings"]]
    return any(
        (binding["type"] == "service" and binding["service"] == name)
        or (binding["type"] == "durable_object_namespace" and binding.get("script_name") == name)
        for binding in bindings
    )


def remove_with_addresses(draft: Draft, account: str, name: str) -> None:
    """Deletes the script, its routes and domains, and its unfinished asset uploads."""
    for domain in draft.owned("domains", account):
        if domain["service"] == name:
            draft.delete("domains", account, domain["id"])
    for zone, route in list(draft.every("routes")):
        if route.get("script") == name:
            draft.delete("routes", zone, route["id"])
    drop_sessions(draft, account, name)
    draft.delete("scripts", account, name)

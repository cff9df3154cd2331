"""What Cloudflare Access's service tokens, policies and applications have in common.

Codes and texts as users met them: 12130 and 12135 by alchemy-run/distilled, 12139 in several repositories (2026).
"""

import datetime
import re
import secrets
from typing import Any

from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.emulation.store import Record, Records

TOKENS = "access_service_tokens"
POLICIES = "access_policies"
APPLICATIONS = "access_apps"
SELF_HOSTED = "self_hosted"
PARTS = ("include", "exclude", "require")
"""The parts of a policy that can name tokens."""

INVALID = 12130
NOT_FOUND = 12135
TOKEN_IN_USE = 12139

DURATION = re.compile(r"(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+")
HOURS = {"h": 1.0, "m": 1 / 60, "s": 1 / 3600}


def found(records: Records, kind: str, item_id: Any) -> Record | None:
    """In whichever account or zone it is: what is a zone's stands on what its account has."""
    return next((record for _, record in records.every(kind) if record["id"] == item_id), None)


def token_ids(policy: Record, part: str) -> set[str]:
    """The service tokens that one part of a policy names."""
    return {rule["service_token"]["token_id"] for rule in policy[part] if rule.get("service_token")}


def is_good(token: Record, secret: str) -> bool:
    """Whether the secret opens anything now."""
    if not token["enabled"] or is_over(token["expires_at"]):
        return False
    good = [token["client_secret"]]
    if token.get("previous_client_secret_expires_at") and not is_over(token["previous_client_secret_expires_at"]):
        good.append(token.get("previous_client_secret", ""))
    return any(secrets.compare_digest(secret.encode(), each.encode()) for each in good if each)


def policies_of(records: Records, application: Record) -> list[Record]:
    """In the order in which they are asked."""
    policies = [found(records, POLICIES, reference["id"]) for reference in application["policies"]]
    return [policy for policy in policies if policy is not None]


def hosts_of(application: Record) -> list[str]:
    """Host names, or `*.example.com`, that the application stands in front of; paths count as the whole host."""
    if application["type"] != SELF_HOSTED:
        return []
    public = [each["uri"] for each in application["destinations"] if each.get("type", "public") == "public"]
    return list(dict.fromkeys(uri.partition("/")[0].lower() for uri in public))


def checked_name(body: Json) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not name:
        raise invalid("name is required")
    return name


def checked_duration(text: Any, field: str) -> str:
    if not isinstance(text, str) or not DURATION.fullmatch(text):
        raise invalid(f"{field} '{text}' is not a duration such as 24h or 30m")
    return text


def hours(duration: str) -> float:
    """Of `720h30m`; smaller units than seconds count nothing."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)", duration)
    return sum(float(number) * HOURS.get(unit, 0) for number, unit in parts)


def invalid(reason: str) -> ApiError:
    return ApiError(400, INVALID, f"access.api.error.invalid_request: {reason}")


def missing(noun: str, status: int = 404) -> ApiError:
    return ApiError(status, NOT_FOUND, f"access.api.error.{noun}_not_found: the {noun.replace('_', ' ')} was not found")


def is_over(moment: Any) -> bool:
    """Whether a time in RFC 3339 has passed; None never does."""
    if moment is None:
        return False
    try:
        return datetime.datetime.fromisoformat(moment) <= datetime.datetime.now(datetime.UTC)
    except (TypeError, ValueError):
        raise invalid(f"'{moment}' is not a time in RFC 3339 with its zone") from None

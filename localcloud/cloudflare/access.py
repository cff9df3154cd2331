"""Rules that Cloudflare Access's service tokens, policies and applications share.

Sources of codes and messages: 12130 and 12135 from alchemy-run/distilled, 12139 from several repositories (2026).
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
RULE_LISTS = ("include", "exclude", "require")
"""The lists of rules in a policy."""

INVALID = 12130
NOT_FOUND = 12135
TOKEN_IN_USE = 12139

DURATION = re.compile(r"(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+")
HOURS = {"h": 1.0, "m": 1 / 60, "s": 1 / 3600}


def found(records: Records, kind: str, item_id: Any) -> Record | None:
    """Finds an object in any account or zone, because objects of a zone refer to objects of its account."""
    return next((record for _, record in records.every(kind) if record["id"] == item_id), None)


def token_ids(policy: Record, rule_list: str) -> set[str]:
    """Returns the ids of the service tokens in one list of rules of a policy."""
    return {rule["service_token"]["token_id"] for rule in policy[rule_list] if rule.get("service_token")}


def is_valid_secret(token: Record, secret: str) -> bool:
    """Whether the secret of the token is valid now."""
    if not token["enabled"] or is_past(token["expires_at"]):
        return False
    good = [token["client_secret"]]
    if token.get("previous_client_secret_expires_at") and not is_past(token["previous_client_secret_expires_at"]):
        good.append(token.get("previous_client_secret", ""))
    return any(secrets.compare_digest(secret.encode(), each.encode()) for each in good if each)


def policies_of(records: Records, application: Record) -> list[Record]:
    """Returns the policies of an application in the order of evaluation."""
    policies = [found(records, POLICIES, reference["id"]) for reference in application["policies"]]
    return [policy for policy in policies if policy is not None]


def hosts_of(application: Record) -> list[str]:
    """Returns the host names, or `*.example.com`, that the application protects. A path counts as its complete host."""
    if application["type"] != SELF_HOSTED:
        return []
    public = [each["uri"] for each in application["destinations"] if each.get("type", "public") == "public"]
    return list(dict.fromkeys(uri.partition("/")[0].lower() for uri in public))


def validate_name(body: Json) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not name:
        raise invalid("name is required")
    return name


def validate_duration(text: Any, field: str) -> str:
    if not isinstance(text, str) or not DURATION.fullmatch(text):
        raise invalid(f"{field} '{text}' is not a duration such as 24h or 30m")
    return text


def hours(duration: str) -> float:
    """Returns the hours of a duration such as `720h30m`. Units smaller than seconds are ignored."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)", duration)
    return sum(float(number) * HOURS.get(unit, 0) for number, unit in parts)


def invalid(reason: str) -> ApiError:
    return ApiError(400, INVALID, f"access.api.error.invalid_request: {reason}")


def not_found(noun: str, status: int = 404) -> ApiError:
    return ApiError(status, NOT_FOUND, f"access.api.error.{noun}_not_found: the {noun.replace('_', ' ')} was not found")


def is_past(moment: Any) -> bool:
    """Whether a time in RFC 3339 format has passed. None never passes."""
    if moment is None:
        return False
    try:
        return datetime.datetime.fromisoformat(moment) <= datetime.datetime.now(datetime.UTC)
    except (TypeError, ValueError):
        raise invalid(f"'{moment}' is not a time in RFC 3339 format with a time zone") from None

"""Counts the resources that a stack creates against the limits of its Cloudflare account.

Other stacks of the account count as well, but a stack file does not contain them. Therefore a stack that passes this
check can still reach a limit.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field
from pydantic.alias_generators import to_camel

from edge_postgres.core.json_types import JsonInput
from edge_postgres.core.limits import ACCOUNT_LIMITS, AccountResource
from edge_postgres.core.plan import Plan
from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.model import Model
from edge_postgres.stack.raw_settings import find_settings

RaisedLimit = Annotated[int, Field(ge=1)] | None


class AccountLimitsSettings(Model):
    """Limits that Cloudflare has changed for the account. Default of each: Cloudflare's limit of the plan."""

    hyperdrive_configurations: RaisedLimit = None
    """Hyperdrive configurations of the account. Default: 10 on the free plan, 25 on the paid plan."""
    workers: RaisedLimit = None
    """Workers of the account. Default: 100 on the free plan, 500 on the paid plan."""
    cron_triggers: RaisedLimit = None
    """Cron triggers of the account. Default: 5 on the free plan, 250 on the paid plan."""
    kv_namespaces: RaisedLimit = None
    """KV namespaces of the account. Default: 1000."""
    stored_secrets: RaisedLimit = None
    """Secrets in the account's Secrets Store. Default: 100."""
    tunnels: RaisedLimit = None
    """Tunnels of the account. Default: 1000."""
    access_service_tokens: RaisedLimit = None
    """Access service tokens of the account. Default: 50."""
    pages_projects: RaisedLimit = None
    """Pages projects of the account. Default: 100."""
    domains_per_zone: RaisedLimit = None
    """Custom domains of Workers in one zone. Default: 100."""
    routes_per_zone: RaisedLimit = None
    """Routes in one zone. Default: 1000."""


def find_exceeded_limits(raw: JsonInput, plan: Plan) -> Iterator[SettingError]:
    """Yields an error for each limit of the account that the stack alone exceeds.

    Args:
        raw: The stack file, which is not validated yet.
        plan: Workers plan of the account.
    """
    raised = raw.get("accountLimits")
    for path, resource, count in _usage(raw):
        standard = ACCOUNT_LIMITS[resource][plan]
        setting = to_camel(resource)
        given = raised.get(setting) if isinstance(raised, Mapping) else None
        limit, source = int(standard), f"{plan.value} plan"
        if isinstance(given, int) and not isinstance(given, bool) and given > 0:
            limit, source = given, f"`accountLimits.{setting}`"
        if count > limit:
            yield SettingError(
                path,
                f"must have at most {limit} {standard.unit} ({source}), got {count}. Create fewer, use another "
                f"account, or set `accountLimits.{setting}` if Cloudflare has raised the limit.",
            )


def _usage(raw: JsonInput) -> Iterator[tuple[str, AccountResource, int]]:
    """Yields a section of the stack file, a kind of resource, and how many resources of this kind the stack creates."""
    routes = [route for _, route in find_settings(raw, "databases.*.route") if isinstance(route, Mapping)]
    yield "databases", AccountResource.HYPERDRIVE_CONFIGURATIONS, count_configurations(raw)
    yield "databases", AccountResource.TUNNELS, sum("tunnelId" not in route for route in routes)
    yield (
        "databases",
        AccountResource.ACCESS_SERVICE_TOKENS,
        sum(route.get("kind") == "access-tunnel" for route in routes),
    )
    yield "workers", AccountResource.WORKERS, len(find_settings(raw, "workers.*"))
    yield "workers", AccountResource.CRON_TRIGGERS, len(find_settings(raw, "workers.*.crons.*"))
    namespaces = [namespace for _, namespace in find_settings(raw, "kv.*") if isinstance(namespace, Mapping)]
    yield "kv", AccountResource.KV_NAMESPACES, sum("id" not in namespace for namespace in namespaces)
    yield "secretsStore.secrets", AccountResource.STORED_SECRETS, _count_stored_secrets(raw)
    yield "pages", AccountResource.PAGES_PROJECTS, len(find_settings(raw, "pages.*"))
    hosts = [host for _, host in find_settings(raw, "workers.*.domains.*") if isinstance(host, str)]
    zones_of_routes = [zone for _, zone in find_settings(raw, "workers.*.routes.*") if isinstance(zone, str)]
    yield "workers", AccountResource.DOMAINS_PER_ZONE, max(Counter(map(_probable_zone, hosts)).values(), default=0)
    yield "workers", AccountResource.ROUTES_PER_ZONE, max(Counter(zones_of_routes).values(), default=0)


def count_configurations(raw: JsonInput) -> int:
    """Returns the number of Hyperdrive configurations of a stack: one, two or four for each database with Hyperdrive.

    A database with `fresh` has a pair. A database with `credentials` has one configuration or one pair for each slot.
    The configurations of `keep` count too.
    """
    count = 0
    for _, database in find_settings(raw, "databases.*"):
        hyperdrive = database.get("hyperdrive") if isinstance(database, Mapping) else None
        if isinstance(hyperdrive, Mapping):
            count += (2 if "fresh" in hyperdrive else 1) * (2 if "credentials" in database else 1)
            count += len(find_settings(hyperdrive, "keep.*"))
    return count


def _count_stored_secrets(raw: JsonInput) -> int:
    """Returns the number of stored secrets. A secret with a later version has two, unless it drops the previous one."""
    secrets = [secret for _, secret in find_settings(raw, "secretsStore.secrets.*") if isinstance(secret, Mapping)]
    return sum(2 if secret.get("version", 1) != 1 and secret.get("keepPrevious", True) else 1 for secret in secrets)


def _probable_zone(host: str) -> str:
    """Returns the last two labels of a host, or three below a suffix such as `co.uk`. A stack file names no zone."""
    labels = host.lower().rstrip(".").split(".")
    is_short_suffix = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if is_short_suffix else -2 :])

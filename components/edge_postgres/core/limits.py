"""Cloudflare's limits of a whole account and of a whole zone, by Workers plan.

Cloudflare raises some of these limits on request. Therefore a stack file has the setting `accountLimits`.
"""

from collections.abc import Mapping
from enum import StrEnum

from edge_postgres.core.limit import Limit
from edge_postgres.core.plan import Plan

_HYPERDRIVE = "https://developers.cloudflare.com/hyperdrive/platform/limits/"
_WORKERS = "https://developers.cloudflare.com/workers/platform/limits/"
_KV = "https://developers.cloudflare.com/kv/platform/limits/"
_SECRETS_STORE = "https://developers.cloudflare.com/secrets-store/manage-secrets/"
_CLOUDFLARE_ONE = "https://developers.cloudflare.com/cloudflare-one/account-limits/"
_PAGES = "https://developers.cloudflare.com/pages/platform/limits/"


class AccountResource(StrEnum):
    """A kind of resource that Cloudflare limits for a whole account or for a whole zone."""

    HYPERDRIVE_CONFIGURATIONS = "hyperdrive_configurations"
    WORKERS = "workers"
    CRON_TRIGGERS = "cron_triggers"
    KV_NAMESPACES = "kv_namespaces"
    STORED_SECRETS = "stored_secrets"
    TUNNELS = "tunnels"
    ACCESS_SERVICE_TOKENS = "access_service_tokens"
    PAGES_PROJECTS = "pages_projects"
    DOMAINS_PER_ZONE = "domains_per_zone"
    """Custom domains of Workers in one zone."""
    ROUTES_PER_ZONE = "routes_per_zone"


STORED_SECRETS_CEILING = Limit(100, "secrets in the Secrets Store of an account", _SECRETS_STORE, "2026-11-21")


def _equal(value: int, unit: str, source: str, read_on: str) -> dict[Plan, Limit]:
    """Returns a limit that is the same on every plan."""
    return dict.fromkeys(Plan, Limit(value, unit, source, read_on))


ACCOUNT_LIMITS: Mapping[AccountResource, Mapping[Plan, Limit]] = {
    AccountResource.HYPERDRIVE_CONFIGURATIONS: {
        Plan.FREE: Limit(10, "Hyperdrive configurations of an account", _HYPERDRIVE, "2026-11-21"),
        Plan.PAID: Limit(25, "Hyperdrive configurations of an account", _HYPERDRIVE, "2026-11-21"),
    },
    AccountResource.WORKERS: {
        Plan.FREE: Limit(100, "Workers of an account", _WORKERS, "2026-11-21"),
        Plan.PAID: Limit(500, "Workers of an account", _WORKERS, "2026-11-21"),
    },
    AccountResource.CRON_TRIGGERS: {
        Plan.FREE: Limit(5, "cron triggers of an account", _WORKERS, "2026-11-21"),
        Plan.PAID: Limit(250, "cron triggers of an account", _WORKERS, "2026-11-21"),
    },
    AccountResource.KV_NAMESPACES: _equal(1000, "KV namespaces of an account", _KV, "2026-11-30"),
    AccountResource.STORED_SECRETS: dict.fromkeys(Plan, STORED_SECRETS_CEILING),
    AccountResource.TUNNELS: _equal(1000, "tunnels of an account", _CLOUDFLARE_ONE, "2026-11-30"),
    AccountResource.ACCESS_SERVICE_TOKENS: _equal(
        50, "Access service tokens of an account", _CLOUDFLARE_ONE, "2026-11-30"
    ),
    AccountResource.PAGES_PROJECTS: _equal(100, "Pages projects of an account", _PAGES, "2026-11-21"),
    AccountResource.DOMAINS_PER_ZONE: _equal(100, "custom domains of Workers in a zone", _WORKERS, "2026-11-30"),
    AccountResource.ROUTES_PER_ZONE: _equal(1000, "routes of a zone", _WORKERS, "2026-11-30"),
}

"""Cloudflare's limits of Hyperdrive."""

from edge_postgres.core.limit import Limit
from edge_postgres.core.plan import Plan

_TUNE_POOL = "https://developers.cloudflare.com/hyperdrive/configuration/tune-connection-pool/"
_QUERY_CACHING = "https://developers.cloudflare.com/hyperdrive/concepts/query-caching/"

HYPERDRIVE_CONNECTIONS_FLOOR = Limit(5, "origin connections of one configuration", _TUNE_POOL, "2026-11-21")

HYPERDRIVE_CONNECTIONS_CEILING = {
    Plan.FREE: Limit(20, "origin connections of one configuration", _TUNE_POOL, "2026-11-21"),
    # In force since 2026-09-10. The API's schema still has the old maximum of 100.
    Plan.PAID: Limit(1500, "origin connections of one configuration", _TUNE_POOL, "2026-11-21"),
}

HYPERDRIVE_MAX_AGE_CEILING = Limit(3600, "seconds a cached answer is fresh", _QUERY_CACHING, "2026-11-21")

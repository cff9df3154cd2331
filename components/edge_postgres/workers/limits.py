"""Cloudflare's limits of Workers, their bindings and the Secrets Store."""

from edge_postgres.core.limit import Limit
from edge_postgres.core.plan import Plan

_SECRETS_STORE = "https://developers.cloudflare.com/secrets-store/manage-secrets/"
_WORKERS_LIMITS = "https://developers.cloudflare.com/workers/platform/limits/"
_QUEUES = "https://developers.cloudflare.com/queues/platform/limits/"
_QUEUES_COMMANDS = "https://developers.cloudflare.com/queues/reference/wrangler-commands/"
_RATE_LIMITS = "https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/"

WORKER_VARIABLES_CEILING = {
    Plan.FREE: Limit(64, "variables and secrets of one Worker", _WORKERS_LIMITS, "2026-11-21"),
    Plan.PAID: Limit(128, "variables and secrets of one Worker", _WORKERS_LIMITS, "2026-11-21"),
}

WORKER_VARIABLE_BYTES = Limit(5 * 1024, "bytes of one variable or secret", _WORKERS_LIMITS, "2026-11-21")

WORKER_SIZE_BYTES = Limit(
    64 * 1024 * 1024, "bytes of a Worker with all its modules, uncompressed", _WORKERS_LIMITS, "2026-11-21"
)

WORKER_CPU_CEILING = {
    Plan.FREE: Limit(10, "milliseconds of CPU time of an invocation", _WORKERS_LIMITS, "2026-11-21"),
    Plan.PAID: Limit(5 * 60 * 1000, "milliseconds of CPU time of an invocation", _WORKERS_LIMITS, "2026-11-21"),
}

WORKER_SUBREQUESTS_CEILING = {
    # At most 50 of them can go to the Internet.
    Plan.FREE: Limit(1000, "subrequests of an invocation", _WORKERS_LIMITS, "2026-11-30"),
    # The default is 10000.
    Plan.PAID: Limit(10_000_000, "subrequests of an invocation", _WORKERS_LIMITS, "2026-11-30"),
}

ASSET_FILES_CEILING = {
    Plan.FREE: Limit(20_000, "asset files of one version", _WORKERS_LIMITS, "2026-11-21"),
    Plan.PAID: Limit(100_000, "asset files of one version", _WORKERS_LIMITS, "2026-11-21"),
}

ASSET_FILE_BYTES = Limit(25 * 1024 * 1024, "bytes of one asset file", _WORKERS_LIMITS, "2026-11-21")

RATE_LIMIT_SHORT_PERIOD = Limit(10, "seconds that a rate limit counts over", _RATE_LIMITS, "2026-11-21")

RATE_LIMIT_LONG_PERIOD = Limit(60, "seconds that a rate limit counts over", _RATE_LIMITS, "2026-11-21")

SECRETS_STORE_VALUE_BYTES = Limit(65536, "bytes of one secret", _SECRETS_STORE, "2026-11-21")

QUEUE_BATCH_SIZE_CEILING = Limit(100, "messages of one batch of a consumer", _QUEUES, "2026-11-30")

QUEUE_BATCH_TIMEOUT_CEILING = Limit(60, "seconds that a consumer waits for a full batch", _QUEUES, "2026-11-30")

QUEUE_RETRIES_CEILING = Limit(100, "retries of one message", _QUEUES, "2026-11-30")

QUEUE_CONCURRENCY_CEILING = Limit(250, "concurrent invocations of a consumer", _QUEUES, "2026-11-30")

QUEUE_DELAY_CEILING = Limit(
    24 * 60 * 60, "seconds of delay of a sent or retried message", _QUEUES_COMMANDS, "2026-11-30"
)

QUEUE_RETENTION_FLOOR = Limit(60, "seconds that a queue keeps a message", _QUEUES_COMMANDS, "2026-11-30")

QUEUE_RETENTION_CEILING = Limit(14 * 24 * 60 * 60, "seconds that a queue keeps a message", _QUEUES, "2026-11-30")

"""The records of queues and of their consumers."""

from localcloud.cloudflare.envelope import Json
from localcloud.cloudflare.versions import shares
from localcloud.emulation.store import Record, Records

QUEUES = "queues"
CONSUMERS = "queue_consumers"
"""Kind of record, owned by an account, with the field `queue_id`."""


def consumers_of(records: Records, account: str, queue_id: str) -> list[Record]:
    return [each for each in records.owned(CONSUMERS, account) if each["queue_id"] == queue_id]


def producers_of(records: Records, account: str, queue_name: str) -> list[str]:
    """Returns the names of the Workers with a deployed version that is bound to the queue."""
    return [
        script["name"]
        for script in records.owned("scripts", account)
        if any(
            binding["type"] == "queue" and binding["queue_name"] == queue_name
            for version, _ in shares(script)
            for binding in version["bindings"]
        )
    ]


def consumed_by(records: Records, account: str, script: str) -> list[tuple[str, Record]]:
    """Returns the queues that a Worker consumes: name and consumer."""
    found = []
    for consumer in records.owned(CONSUMERS, account):
        queue = records.get(QUEUES, account, consumer["queue_id"])
        if queue and consumer.get("script_name") == script:
            found.append((queue["queue_name"], consumer))
    return found


def consumed_queues(records: Records, account: str, script: str) -> list[Json]:
    """Returns the queues that a Worker consumes, in the format of the runtime's control API."""
    return [
        {
            "queue": queue,
            "maxBatchSize": consumer["settings"]["batch_size"],
            "maxBatchTimeout": consumer["settings"]["max_wait_time_ms"] / 1000,
            "maxRetries": consumer["settings"]["max_retries"],
            "retryDelay": consumer["settings"]["retry_delay"],
            "deadLetterQueue": consumer.get("dead_letter_queue"),
        }
        for queue, consumer in consumed_by(records, account, script)
    ]

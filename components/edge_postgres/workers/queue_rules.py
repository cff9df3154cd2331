"""Rules for queues, for the consumers of queues, and for Workflows."""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.workers.limits import (
    QUEUE_BATCH_SIZE_CEILING,
    QUEUE_BATCH_TIMEOUT_CEILING,
    QUEUE_CONCURRENCY_CEILING,
    QUEUE_DELAY_CEILING,
    QUEUE_RETENTION_CEILING,
    QUEUE_RETENTION_FLOOR,
    QUEUE_RETRIES_CEILING,
)

_QUEUE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
# wrangler's `isValidWorkflowName` in @cloudflare/workers-utils, read 2026-11-30.
_WORKFLOW_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")

RANGES = {
    "delivery_delay": (0, QUEUE_DELAY_CEILING),
    "message_retention_period": (QUEUE_RETENTION_FLOOR, QUEUE_RETENTION_CEILING),
    "max_batch_size": (1, QUEUE_BATCH_SIZE_CEILING),
    "max_batch_timeout": (0, QUEUE_BATCH_TIMEOUT_CEILING),
    "max_retries": (0, QUEUE_RETRIES_CEILING),
    "max_concurrency": (1, QUEUE_CONCURRENCY_CEILING),
    "retry_delay": (0, QUEUE_DELAY_CEILING),
}
"""The lowest and the highest value of each setting of a queue and of a consumer."""


def validate_queue_setting(number: object, setting: str, *, subject: str) -> int:
    """Returns the value of a setting of a queue or of a consumer as an integer.

    Raises:
        ValidationError: The value is not an integer, or it is outside the range of the setting.
    """
    low, high = RANGES[setting]
    value = to_int(number, subject=subject)
    if not low <= value <= high:
        bound = f"at least {low:d}" if value < low else f"at most {high:d}"
        raise ValidationError(subject, f"must be {bound}, got {value}", f"Set {low:d} to {high:d}.")
    return value


def validate_queue_name(name: object, *, subject: str) -> str:
    """Returns the name of a queue unchanged. Raises `ValidationError` for an invalid name."""
    if not isinstance(name, str) or not _QUEUE_NAME.fullmatch(name):
        raise ValidationError(
            subject,
            f"must be 1 to 63 letters, digits and hyphens, got {name}",
            "Use only these characters, and start and end the name with a letter or a digit.",
        )
    return name


def validate_dead_letter_queue(name: str, queue: str, *, subject: str) -> str:
    """Returns the name of a dead letter queue unchanged.

    Raises:
        ValidationError: The dead letter queue is the queue itself.
    """
    if name == queue:
        raise ValidationError(subject, f"must not be the queue itself, got {name}", "Set the name of another queue.")
    return name


def default_workflow_name(script_name: str, binding: str) -> str:
    """Returns the default name of a Workflow: the name of its script, and of the binding in lower case."""
    return f"{script_name}-{binding.lower().replace('_', '-')}"


def validate_workflow_name(name: object, *, subject: str) -> str:
    """Returns the name of a Workflow unchanged. Raises `ValidationError` for an invalid name."""
    if not isinstance(name, str) or not _WORKFLOW_NAME.fullmatch(name):
        raise ValidationError(
            subject,
            f"must be 1 to 64 letters, digits, `_` and `-`, got {name}",
            "Use only these characters, and do not start the name with a hyphen.",
        )
    return name

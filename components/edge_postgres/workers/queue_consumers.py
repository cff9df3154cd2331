"""The queues that a Worker consumes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs, apply_optional, or_default
from edge_postgres.workers.bindings.values import validate_reference
from edge_postgres.workers.queue_rules import validate_dead_letter_queue, validate_queue_setting

if TYPE_CHECKING:
    from pulumi_cloudflare import QueueConsumerSettingsArgsDict

# https://developers.cloudflare.com/queues/configuration/configure-queues/#consumer, read 2026-11-30
DEFAULTS: Mapping[str, int] = {"max_batch_size": 10, "max_batch_timeout": 5, "max_retries": 3, "retry_delay": 0}
"""Cloudflare's defaults, which the component sends, so that a removed argument has its default again."""


class QueueConsumerArgs(TypedDict):
    """A queue that a Worker consumes: Cloudflare calls the script's handler `queue` with batches of messages."""

    queue_id: pulumi.Input[str]
    """ID of the queue. A queue has at most one Worker as its consumer."""
    queue_name: pulumi.Input[str]
    """Name of the queue, for the wrangler configuration."""
    max_batch_size: NotRequired[pulumi.Input[float | None]]
    """Number of messages in a batch, at most 100. Default: 10."""
    max_batch_timeout: NotRequired[pulumi.Input[float | None]]
    """Seconds to wait for a full batch, at most 60. Default: 5."""
    max_retries: NotRequired[pulumi.Input[float | None]]
    """Number of further attempts to deliver a message, at most 100. Default: 3."""
    retry_delay: NotRequired[pulumi.Input[float | None]]
    """Seconds before a further attempt, at most 86400. Default: 0."""
    max_concurrency: NotRequired[pulumi.Input[float | None]]
    """Number of batches that the script handles at the same time, at most 250. A Worker with a database connection
    opens one connection for each. Default: Cloudflare scales the number up to its limit."""
    dead_letter_queue: NotRequired[pulumi.Input[str | None]]
    """Name of the queue that gets the messages whose retries all failed. Default: Cloudflare deletes them."""


@dataclass(frozen=True)
class QueueConsumer:
    """A validated consumer, with all defaults."""

    queue_id: pulumi.Input[str]
    settings: "QueueConsumerSettingsArgsDict"
    dead_letter_queue: pulumi.Input[str | None] | None


def resolve_queue_consumers(consumers: object, *, subject: str) -> dict[str, QueueConsumer]:
    """Returns the consumers by name, sorted.

    Raises:
        ValidationError: An argument is unknown, missing or outside Cloudflare's limits, two consumers have one queue,
            or a dead letter queue is the queue itself.
    """
    given = cast("Mapping[str, QueueConsumerArgs]", consumers or {})
    resolved: dict[str, QueueConsumer] = {}
    queues: dict[object, str] = {}
    for name, args in sorted(given.items()):
        path = f"{subject}.{name}"
        args = validated_args(args, QueueConsumerArgs, subject=path)
        queue_id = args["queue_id"]
        if isinstance(queue_id, str) and (other := queues.setdefault(queue_id, name)) != name:
            raise ValidationError(
                f"{path}.queue_id",
                f"must be unique, got {queue_id}, which `{other}` has too",
                "Remove one of the two consumers.",
            )
        resolved[name] = _resolve(args, subject=path)
    return resolved


def _resolve(args: QueueConsumerArgs, *, subject: str) -> QueueConsumer:
    values = cast("Mapping[str, pulumi.Input[float | None] | None]", args)

    def number(setting: str) -> pulumi.Input[float]:
        rule = partial(validate_queue_setting, setting=setting, subject=f"{subject}.{setting}")
        return apply_input(or_default(values.get(setting), DEFAULTS[setting]), rule)

    settings: QueueConsumerSettingsArgsDict = {
        "batch_size": number("max_batch_size"),
        "max_wait_time_ms": apply_input(number("max_batch_timeout"), lambda seconds: seconds * 1000),
        "max_retries": number("max_retries"),
        "retry_delay": number("retry_delay"),
    }
    if "max_concurrency" in args:
        rule = partial(validate_queue_setting, setting="max_concurrency", subject=f"{subject}.max_concurrency")
        settings["max_concurrency"] = apply_optional(args["max_concurrency"], rule)
    queue_name = apply_input(
        args["queue_name"], lambda given: validate_reference(given, subject=f"{subject}.queue_name")
    )
    return QueueConsumer(
        queue_id=apply_input(args["queue_id"], lambda given: validate_reference(given, subject=f"{subject}.queue_id")),
        settings=settings,
        dead_letter_queue=_dead_letter_queue(args, queue_name, subject=f"{subject}.dead_letter_queue"),
    )


def _dead_letter_queue(
    args: QueueConsumerArgs, queue_name: pulumi.Input[str], *, subject: str
) -> pulumi.Input[str | None] | None:
    if "dead_letter_queue" not in args:
        return None

    def validate(name: str | None, queue: str) -> str | None:
        if name is None:
            return None
        return validate_dead_letter_queue(validate_reference(name, subject=subject), queue, subject=subject)

    return apply_inputs((args["dead_letter_queue"], queue_name), validate)

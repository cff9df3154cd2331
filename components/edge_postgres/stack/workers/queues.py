"""Settings of the queues of a stack file, and of the Workers that consume them."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Self

import pulumi
from pydantic import AfterValidator, ValidationInfo

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.names import default_name
from edge_postgres.stack.binding_targets import BindingTargets, QueueTarget
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import errors_of_call, errors_of_each, raise_all, rule
from edge_postgres.stack.model import Model, Name, context_of, validate_known
from edge_postgres.stack.protection import protected
from edge_postgres.stack.transform import Transformable
from edge_postgres.workers.queue_rules import validate_dead_letter_queue, validate_queue_name, validate_queue_setting

if TYPE_CHECKING:
    from edge_postgres.workers.queue import QueueArgs
    from edge_postgres.workers.queue_consumers import QueueConsumerArgs

_CREATED_ONLY = ("delivery_delay", "message_retention_period", "protect", "transform")


def _protect(protect: bool | None, info: ValidationInfo) -> bool:
    return not context_of(info).is_local_or_preview if protect is None else protect


def _setting(number: int | None, info: ValidationInfo) -> int | None:
    assert info.field_name is not None
    return None if number is None else validate_queue_setting(number, info.field_name, subject="")


def _queue_ref(name: str, info: ValidationInfo) -> str:
    return name if name in context_of(info).queues else validate_queue_name(name, subject="")


QueueId = Annotated[str, AfterValidator(lambda value: validate_hex_id(value, "queue ID", subject=""))]
QueueName = Annotated[str, AfterValidator(lambda name: validate_queue_name(name, subject=""))]
QueueNumber = Annotated[int | None, AfterValidator(_setting)]
QueueRef = Annotated[str, AfterValidator(_queue_ref)]
"""Name of an entry of `queues`, or name of another queue of the account."""


class QueueSettings(Transformable):
    """A queue that the stack creates, or an existing queue, which the stack does not change."""

    name: Name
    id: QueueId | None = None
    """ID of an existing queue, 32 hexadecimal digits. Default: a new queue."""
    queue_name: QueueName | None = None
    """Name of the queue, unique in the account. Required with `id`. Default: `<project>-<stack>-<name>`."""
    delivery_delay: QueueNumber = None
    """Seconds before a message can be delivered, at most 86400. Cannot be combined with `id`. Default: Cloudflare's."""
    message_retention_period: QueueNumber = None
    """Seconds that the queue keeps a message, from 60 to 1209600, or to 86400 on the free plan. Cannot be combined with
    `id`. Default: Cloudflare's."""
    protect: Annotated[bool | None, AfterValidator(_protect)] = None
    """Whether Pulumi rejects the deletion of the queue, which deletes its waiting messages. Cannot be combined with
    `id`. Default: `true`, except in `local` and preview stacks (`pr-…`)."""

    @rule
    def _created_or_existing(self) -> Self:
        if not self.id:
            return self
        for setting in _CREATED_ONLY:
            if setting in self.model_fields_set:
                raise ValidationError(
                    setting,
                    "cannot be combined with `id`, because the stack does not change an existing queue",
                    f"Remove `{setting}`, or remove `id`.",
                )
        if not self.queue_name:
            raise ValidationError("queue_name", "is required with `id`", "Set the name of the existing queue.")
        return self

    @property
    def known_name(self) -> str:
        """Name of the queue at Cloudflare."""
        return self.queue_name or default_name(self.name)

    def args(self, context: StackContext) -> "QueueArgs":
        """Returns the arguments of ``Queue``."""
        return {
            "account_id": context.account_id,
            "queue_name": optional(self.queue_name),
            "delivery_delay": optional(self.delivery_delay),
            "message_retention_period": optional(self.message_retention_period),
            "transform": optional(self.transform),
        }

    def create(self, name: str, context: StackContext) -> QueueTarget:
        """Creates the queue unless `id` names an existing queue, and returns its ID and name."""
        if self.id and self.queue_name:
            return QueueTarget(self.id, self.queue_name, self.queue_name)
        from edge_postgres.workers.queue import Queue

        options = pulumi.ResourceOptions(transformations=[protected] if self.protect else [])
        queue = Queue(name, self.args(context), options)
        return QueueTarget(queue.queue_id, queue.queue_name, self.known_name)


class ConsumerSettings(Model):
    """A queue whose messages a Worker receives in batches, in its handler `queue`."""

    max_batch_size: QueueNumber = None
    """Number of messages in a batch, at most 100. Default: 10."""
    max_batch_timeout: QueueNumber = None
    """Seconds to wait for a full batch, at most 60. Default: 5."""
    max_retries: QueueNumber = None
    """Number of further attempts to deliver a message, at most 100. Default: 3."""
    retry_delay: QueueNumber = None
    """Seconds before a further attempt, at most 86400. Default: 0."""
    max_concurrency: QueueNumber = None
    """Number of batches that the script handles at the same time, at most 250. Default: Cloudflare scales the number up
    to its limit."""
    dead_letter_queue: QueueRef | None = None
    """Queue that gets the messages whose retries all failed: the name of an entry of the top-level setting `queues`, or
    of another queue of the account. Default: Cloudflare deletes the messages."""

    def args(self, queue: str, targets: BindingTargets) -> "QueueConsumerArgs":
        """Returns the value of one entry of the argument `queue_consumers`.

        Args:
            queue: Name of the entry of `queues`.
            targets: Resources of the stack, with its queues.
        """
        dead_letters: pulumi.Input[str | None] = self.dead_letter_queue and targets.queue_name(self.dead_letter_queue)
        return {
            "queue_id": targets.queues[queue].id,
            "queue_name": targets.queues[queue].name,
            "max_batch_size": optional(self.max_batch_size),
            "max_batch_timeout": optional(self.max_batch_timeout),
            "max_retries": optional(self.max_retries),
            "retry_delay": optional(self.retry_delay),
            "max_concurrency": optional(self.max_concurrency),
            "dead_letter_queue": dead_letters,
        }


def _consumers(consumers: dict[str, ConsumerSettings], info: ValidationInfo) -> dict[str, ConsumerSettings]:
    def validate(queue: str) -> None:
        consumer = consumers[queue]
        validate_known(queue, context_of(info).queues, "an entry of `queues`")
        if consumer.dead_letter_queue == queue:
            raise ValidationError(
                f"{queue}.dead_letter_queue",
                f"must not be the queue itself, got {queue}",
                "Set the name of another queue.",
            )

    raise_all(errors_of_each(validate, consumers))
    return consumers


Consumers = Annotated[dict[str, ConsumerSettings], AfterValidator(_consumers)]
"""Consumers by the name of an entry of `queues`."""


def find_consumer_errors(
    consumers: Mapping[str, Mapping[str, ConsumerSettings]], queues: Mapping[str, QueueSettings]
) -> Iterator[ValidationError]:
    """Yields an error for each second consumer of a queue, and for each queue that is its own dead letter queue.

    Args:
        consumers: The setting `queueConsumers` of each Worker, by the name of the Worker.
        queues: The queues of the stack.
    """
    first: dict[str, str] = {}
    for worker in sorted(consumers):
        yield from errors_of_call(partial(_consumer_errors, worker, consumers[worker], queues, first))


def _consumer_errors(
    worker: str,
    consumers: Mapping[str, ConsumerSettings],
    queues: Mapping[str, QueueSettings],
    first: dict[str, str],
) -> Iterator[ValidationError]:
    for queue, consumer in consumers.items():
        path = f"workers.{worker}.queue_consumers.{queue}"
        # Two entries can have the ID of one existing queue.
        identity = (queues[queue].id if queue in queues else None) or queue
        if (other := first.setdefault(identity, path)) != path:
            yield ValidationError(
                path,
                f"cannot be combined with `{other}`, because a queue has at most one consumer",
                "Remove one of them.",
            )
        dead_letters = consumer.dead_letter_queue
        if dead_letters is not None and dead_letters not in queues and queue in queues:
            name = queues[queue].known_name
            subject = f"{path}.dead_letter_queue"
            yield from errors_of_call(partial(validate_dead_letter_queue, dead_letters, name, subject=subject))

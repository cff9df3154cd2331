"""`Queue`: a queue whose messages Workers send and receive."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.inputs import apply_input, apply_inputs, or_default
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.names import default_name
from edge_postgres.workers.queue_rules import validate_queue_name, validate_queue_setting

if TYPE_CHECKING:
    from pulumi_cloudflare import QueueSettingsArgsDict


class QueueArgs(TypedDict):
    """Arguments of Queue."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the queue."""
    queue_name: NotRequired[pulumi.Input[str | None]]
    """Name of the queue, unique in the account. Default: `<project>-<stack>-<name>`."""
    delivery_delay: NotRequired[pulumi.Input[float | None]]
    """Seconds before a message can be delivered, at most 86400. Default: Cloudflare's."""
    message_retention_period: NotRequired[pulumi.Input[float | None]]
    """Seconds that the queue keeps a message, from 60 to 1209600, or to 86400 on the free plan. Default:
    Cloudflare's."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`queue`): arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {
    "queue": lambda: cloudflare.Queue,
}


class Queue(pulumi.ComponentResource):
    """A queue. Workers send messages with a binding (`queues`), and one Worker receives them (`queue_consumers`).

    Creates one ``cloudflare.Queue``. If Pulumi deletes the queue, its waiting messages are lost. Set the resource
    option `protect` for a queue whose messages exist nowhere else.

    Rejects an unknown argument, an invalid name, and a delay or a retention period outside Cloudflare's limits.

    Example::

        jobs = Queue("jobs", {"account_id": account_id})
        Worker("api", {
            "account_id": account_id,
            "bundle": "workers/dist/pg.js",
            "driver": Driver.PG,
            "compatibility_date": "2026-11-01",
            "queues": {"JOBS": jobs.queue_name},
            "queue_consumers": {"jobs": {"queue_id": jobs.queue_id, "queue_name": jobs.queue_name}},
        })
    """

    queue_id: pulumi.Output[str]
    """ID of the queue, for a consumer."""
    queue_name: pulumi.Output[str]
    """Name of the queue, for a binding of a Worker, and for the dead letters of another queue."""

    def __init__(self, name: str, args: QueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:Queue", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, QueueArgs, subject=subject)
        account_id = render_account_id(args["account_id"], subject=subject)
        queue_name = apply_input(
            or_default(args.get("queue_name"), default_name(name)),
            lambda given: validate_queue_name(given, subject=f"{subject}.queue_name"),
        )
        settings = _render_settings(args, subject=subject)

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        self.queue = cloudflare.Queue(
            f"{name}-queue",
            account_id=account_id,
            queue_name=queue_name,
            settings=settings,
            opts=children.options("queue"),
        )
        self.queue_id = self.queue.queue_id
        self.queue_name = self.queue.queue_name
        self.register_outputs({"queue_id": self.queue_id, "queue_name": self.queue_name})


def _render_settings(
    args: QueueArgs, *, subject: str
) -> "QueueSettingsArgsDict | pulumi.Output[QueueSettingsArgsDict | None] | None":
    """Returns the settings, or None without any."""
    names = ("delivery_delay", "message_retention_period")
    given = {name: value for name, value in args.items() if name in names}

    def render(known: Mapping[str, object]) -> "QueueSettingsArgsDict | None":
        settings = {
            name: validate_queue_setting(value, name, subject=f"{subject}.{name}")
            for name, value in known.items()
            if value is not None
        }
        return cast("QueueSettingsArgsDict", settings) or None

    return apply_inputs(given, render)

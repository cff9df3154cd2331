"""The triggers of a Worker other than workers.dev: routes and their DNS records, domains, crons, queues, Workflows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.children import Children
from edge_postgres.core.transforms import ChildClasses
from edge_postgres.origin.names import logical_name
from edge_postgres.workers.bindings.kinds import WorkflowBinding
from edge_postgres.workers.queue_consumers import QueueConsumer
from edge_postgres.workers.route_records import RECORD
from edge_postgres.workers.worker_spec import WorkerSpec

TRIGGERS: ChildClasses = {
    "routes": lambda: cloudflare.WorkersRoute,
    "route_records": lambda: cloudflare.DnsRecord,
    "domains": lambda: cloudflare.WorkersCustomDomain,
    "cron_trigger": lambda: cloudflare.WorkersCronTrigger,
    "queue_consumers": lambda: cloudflare.QueueConsumer,
    "workflows": lambda: cloudflare.Workflow,
}
"""The children of a Worker that start its script, other than its address below workers.dev."""
_COMPONENTS = ("edge-postgres:index:Worker", "edge-postgres:index:WorkerRollout")
"""The components that have triggers."""


@dataclass
class Triggers:
    """The triggers of a Worker: its routes by pattern, its custom domains by host name, and its cron trigger."""

    routes: dict[str, cloudflare.WorkersRoute]
    domains: dict[str, cloudflare.WorkersCustomDomain]
    cron_trigger: cloudflare.WorkersCronTrigger

    @property
    def url(self) -> pulumi.Output[str | None]:
        """URL of the first custom domain, which exists once its domain exists; None without a custom domain."""
        if not self.domains:
            return pulumi.Output.from_input(None)
        return self.domains[min(self.domains)].hostname.apply(lambda host: f"https://{host}")


def create_routes_domains_crons(
    spec: WorkerSpec, account_id: pulumi.Input[str], script_name: pulumi.Input[str], children: Children
) -> Triggers:
    """Creates and returns the routes, their DNS records, the custom domains and the cron trigger of an existing script.

    The triggers have the same URN below each Worker of the program, because a URN does not contain the parent's name.
    Therefore a route or a domain that moves to another Worker is the same resource. An alias does the same for a move
    between a `Worker` and a `WorkerRollout`.

    Args:
        spec: The Worker. Without crons, its schedule ends.
        account_id: Cloudflare account that owns the script.
        script_name: Name of the script at Cloudflare.
        children: Options of the resources.
    """
    moved = pulumi.ResourceOptions(aliases=_aliases_below(children))
    # The provider's deletion of the trigger calls no API (`workers_cron_trigger/resource.go` at v5.22.0). Therefore the
    # trigger always exists, and its empty list ends a schedule that the program no longer has.
    cron_trigger = cloudflare.WorkersCronTrigger(
        spec.name,
        account_id=account_id,
        script_name=script_name,
        schedules=[{"cron": cron} for cron in spec.crons],
        opts=children.options("cron_trigger", moved),
    )
    created = Triggers({}, {}, cron_trigger)
    for pattern, zone_id in sorted(spec.routes.items()):
        created.routes[pattern] = cloudflare.WorkersRoute(
            pattern,
            zone_id=zone_id,
            pattern=pattern,
            script=script_name,
            opts=children.options("routes", moved),
        )
    for host, zone_id in spec.route_records.items():
        # A host name with a record and without a route answers with an error, so the record depends on the routes.
        order = pulumi.ResourceOptions(depends_on=list(created.routes.values()), delete_before_replace=True)
        cloudflare.DnsRecord(
            host,
            zone_id=zone_id,
            name=host,
            type="AAAA",
            content=RECORD,
            proxied=True,
            ttl=1,
            opts=children.options("route_records", moved, order),
        )
    for hostname in spec.domains:
        created.domains[hostname] = cloudflare.WorkersCustomDomain(
            hostname,
            account_id=account_id,
            hostname=hostname,
            service=script_name,
            # The API has no update, and rejects a second record of one host name.
            opts=children.options("domains", moved, pulumi.ResourceOptions(delete_before_replace=True)),
        )
    return created


def create_queue_consumers(
    account_id: pulumi.Input[str],
    script_name: pulumi.Input[str],
    consumers: Mapping[str, QueueConsumer],
    children: Children,
) -> dict[str, cloudflare.QueueConsumer]:
    """Creates and returns the consumers of an existing script.

    The name of a consumer in Pulumi is its key. Therefore a consumer that another Worker of the program gets is the
    same resource. A queue has one consumer, so a second one cannot be created before the first is deleted.

    Args:
        account_id: Cloudflare account that owns the script and the queues.
        script_name: Name of the script at Cloudflare.
        consumers: The consumers by name.
        children: Options of the resources.
    """
    return {
        key: cloudflare.QueueConsumer(
            key,
            account_id=account_id,
            queue_id=consumer.queue_id,
            type="worker",
            script_name=script_name,
            settings=consumer.settings,
            dead_letter_queue=consumer.dead_letter_queue,
            opts=children.options("queue_consumers", pulumi.ResourceOptions(aliases=_aliases_below(children))),
        )
        for key, consumer in consumers.items()
    }


def create_workflows(
    name: str,
    account_id: pulumi.Input[str],
    script_name: pulumi.Input[str],
    workflows: object,
    children: Children,
) -> dict[str, cloudflare.Workflow]:
    """Creates and returns the Workflows of an existing script, by binding. Others belong to another script.

    The name of a Workflow in Pulumi is its name at Cloudflare. Therefore a Workflow that another Worker of the program
    gets is the same resource. Two resources of one Workflow would overwrite it and then delete it.

    Args:
        name: First part of the former names in Pulumi, and of the name of a Workflow whose name is an Output.
        account_id: Cloudflare account that owns the script.
        script_name: Name of the script at Cloudflare.
        workflows: The argument `workflows` of the Worker, which is valid.
        children: Options of the resources.
    """
    bindings = cast("Mapping[str, WorkflowBinding]", workflows or {})
    created: dict[str, cloudflare.Workflow] = {}
    for binding, workflow in sorted(bindings.items()):
        if workflow.get("script_name") is not None:
            continue
        former_name = f"{name}-{binding}"
        former = pulumi.ResourceOptions(aliases=[*_aliases_below(children), pulumi.Alias(name=former_name)])
        created[binding] = cloudflare.Workflow(
            logical_name(workflow["workflow_name"], former_name),
            account_id=account_id,
            workflow_name=workflow["workflow_name"],
            class_name=workflow["class_name"],
            script_name=script_name,
            opts=children.options("workflows", former),
        )
    return created


def _aliases_below(children: Children) -> list[pulumi.Alias]:
    """Returns the aliases of a trigger of the same name below a component of another type."""
    own_type = children.component.pulumi_resource_type
    return [children.alias_below(type_) for type_ in _COMPONENTS if type_ != own_type]

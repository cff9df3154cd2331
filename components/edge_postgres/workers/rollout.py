"""`WorkerRollout`: a Worker that is deployed by versions, at once or gradually."""

from typing import TYPE_CHECKING, cast

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_inputs, apply_optional, require_value
from edge_postgres.core.json_types import Json
from edge_postgres.core.transforms import ChildClasses
from edge_postgres.workers.assets import render_version_assets
from edge_postgres.workers.files import validate_files
from edge_postgres.workers.migrations import reject_binding_of_new_class, reject_gradual_migration
from edge_postgres.workers.placement import render_version_placement
from edge_postgres.workers.rollout_arguments import WorkerRolloutArgs
from edge_postgres.workers.rollout_rules import (
    reject_gradual_assets,
    reject_keep_bindings,
    reject_missing_percentage,
    validate_percentage,
    validate_previous_version,
    validate_version_id,
)
from edge_postgres.workers.triggers import (
    TRIGGERS,
    create_queue_consumers,
    create_routes_domains_crons,
    create_workflows,
)
from edge_postgres.workers.version import find_own_classes, render_modules, render_version_bindings
from edge_postgres.workers.worker_spec import build_wrangler_output, resolve_spec

if TYPE_CHECKING:
    from pulumi_cloudflare import (
        WorkerObservabilityArgsDict,
        WorkersDeploymentVersionArgsDict,
        WorkerVersionBindingArgsDict,
        WorkerVersionMigrationsArgsDict,
    )

__all__ = ["WorkerRollout", "WorkerRolloutArgs"]


CHILDREN: ChildClasses = {
    "worker": lambda: cloudflare.Worker,
    "version": lambda: cloudflare.WorkerVersion,
    "deployment": lambda: cloudflare.WorkersDeployment,
    **TRIGGERS,
}


SETTINGS = ["logpush", "observability", "subdomain", "tags", "tail_consumers"]
"""The arguments of ``cloudflare.Worker`` that an import does not change."""


class WorkerRollout(pulumi.ComponentResource):
    """A Worker that is deployed by versions: the new version receives all requests, or a percentage of them.

    Use it instead of ``Worker`` for a gradual rollout, for a placement that names a place (`region`, `host`,
    `hostname`), and for additional modules (`files`), such as WASM.

    Creates a ``cloudflare.Worker``, a ``WorkerVersion`` with the script and its bindings, and a ``WorkersDeployment``
    that distributes the requests. Creates one ``WorkersRoute`` or ``WorkersCustomDomain`` for each route and domain,
    and a ``WorkersCronTrigger``, which is empty without `crons`. Creates one ``QueueConsumer`` for each queue that the
    script consumes, and one ``Workflow`` for each of its Workflows. Versions and deployments stay at Cloudflare when
    Pulumi replaces them. Cloudflare deletes them with the Worker.

    Rejects the same arguments as ``Worker``, except `files` and a placement that names a place, and `keep_bindings`. A
    percentage below 100 needs a previous version, which must not be the new one. With such a percentage, it also
    rejects static files and a migration of Durable Objects. A version cannot bind a class that its own migration
    creates.

    Example::

        WorkerRollout("api", {
            "account_id": account_id,
            "bundle": "workers/dist/pg.js",
            "driver": Driver.PG,
            "compatibility_date": "2026-11-01",
            "hyperdrive": {"HYPERDRIVE": hyperdrive.hyperdrive_id},
            "percentage": 10,
            "previous_version_id": "023e105f-2a42-4f8b-a1c1-73f6a2a30c0f",
        })
    """

    script_name: pulumi.Output[str]
    """Name of the script at Cloudflare."""
    version_id: pulumi.Output[str]
    """ID of the version that this update deploys. Set it as `previous_version_id` in the next update."""
    bundle_sha256: pulumi.Output[str]
    """SHA-256 of the bundle, hexadecimal."""
    url: pulumi.Output[str | None]
    """`https://` and the first custom domain in alphabetical order. Without a custom domain, the URL below workers.dev;
    None if workers.dev is disabled or the account has no subdomain of it."""
    wrangler: pulumi.Output[Json]
    """Content of a `wrangler.jsonc` for this Worker, without secrets."""

    def __init__(self, name: str, args: WorkerRolloutArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:WorkerRollout", name, {}, opts)
        subject = subject_of(self)
        reject_keep_bindings(args, subject=subject)
        args = validated_args(args, WorkerRolloutArgs, subject=subject)
        account_id = render_account_id(args["account_id"], subject=subject)
        has_previous = "previous_version_id" in args
        reject_missing_percentage(has_previous, has_percentage="percentage" in args, subject=subject)
        percentage = validate_percentage(args.get("percentage", 100), has_previous=has_previous, subject=subject)
        spec = resolve_spec(name, args, subject=subject)
        modules = args.get("files", {})
        files = validate_files(modules, spec.main_module, bundle=args["bundle"], subject=f"{subject}.files")
        placement = (
            render_version_placement(args["placement"], subject=f"{subject}.placement") if "placement" in args else None
        )
        assets = None
        if "assets" in args:
            reject_gradual_assets(percentage, subject=subject)
            assets = render_version_assets(args["assets"], spec.plan, subject=f"{subject}.assets")
        if spec.migrations is not None:
            reject_gradual_migration(spec.migrations, percentage, subject=subject)
            reject_binding_of_new_class(spec.migrations, find_own_classes(spec), subject=subject)

        bindings = render_version_bindings(spec.bindings)
        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        self.worker = cloudflare.Worker(
            spec.name,
            account_id=account_id,
            name=spec.name,
            subdomain={"enabled": spec.workers_dev, "previews_enabled": spec.preview_urls},
            observability=cast("WorkerObservabilityArgsDict", spec.observability),
            logpush=args.get("logpush"),
            tail_consumers=None
            if spec.tail_consumers is None
            else [{"name": consumer} for consumer in spec.tail_consumers],
            opts=children.options(
                "worker",
                taken_over(args, account_id, spec.name, subject=subject),
                deleted_before_bound_resources(bindings),
            ),
        )
        self.version = cloudflare.WorkerVersion(
            spec.name,
            account_id=account_id,
            worker_id=self.worker.id,
            main_module=spec.main_module,
            modules=render_modules(spec.main_module, args["bundle"], files, assets),
            compatibility_date=spec.compatibility_date,
            compatibility_flags=spec.compatibility_flags,
            bindings=bindings,
            limits=spec.limits,
            placement=placement,
            assets=assets,
            migrations=cast("WorkerVersionMigrationsArgsDict | None", spec.migrations),
            opts=children.options(
                "version",
                pulumi.ResourceOptions(retain_on_delete=True),
                undeclared={"containers": None, "packageDependencies": None},
            ),
        )
        self.deployment = cloudflare.WorkersDeployment(
            spec.name,
            account_id=account_id,
            script_name=self.worker.name,
            strategy="percentage",
            versions=render_traffic_split(
                percentage, self.version.id, args.get("previous_version_id"), subject=subject
            ),
            force=args.get("accept_changed_secrets"),
            opts=children.options("deployment", pulumi.ResourceOptions(retain_on_delete=True)),
        )
        # A route to a Worker without a deployment answers with an error, so the triggers depend on the deployment.
        triggers = create_routes_domains_crons(spec, account_id, self.deployment.script_name, children)
        self.queue_consumers = create_queue_consumers(
            account_id, self.deployment.script_name, spec.queue_consumers, children
        )
        self.workflows = create_workflows(
            spec.name, account_id, self.deployment.script_name, args.get("workflows"), children
        )

        self.routes, self.domains, self.cron_trigger = triggers.routes, triggers.domains, triggers.cron_trigger
        self.script_name = self.deployment.script_name
        self.version_id = self.version.id
        has_subdomain = spec.workers_dev and not spec.domains
        self.url = (
            self.worker.subdomain.apply(lambda found: found.url if found else None) if has_subdomain else triggers.url
        )
        self.bundle_sha256 = pulumi.Output.from_input(spec.bundle_sha256)
        self.wrangler = build_wrangler_output(spec, args)
        self.register_outputs(
            {
                "script_name": self.script_name,
                "url": self.url,
                "version_id": self.version_id,
                "bundle_sha256": self.bundle_sha256,
                "wrangler": self.wrangler,
            }
        )


def deleted_before_bound_resources(bindings: "list[WorkerVersionBindingArgsDict]") -> pulumi.ResourceOptions:
    """Returns the options that delete the Worker before the resources that its version binds.

    The version stays until Cloudflare deletes it with the Worker, and Cloudflare deletes no queue and no script that
    a Worker is bound to.
    """
    no_resources: pulumi.Output[list[pulumi.Resource]] = pulumi.Output.from_input(bindings).apply(lambda _: [])
    return pulumi.ResourceOptions(depends_on=no_resources)


def taken_over(
    args: WorkerRolloutArgs, account_id: pulumi.Input[str], name: str, *, subject: str
) -> pulumi.ResourceOptions:
    """Returns the options that import an existing Worker with `take_over`.

    The import changes nothing at Cloudflare. The next update writes settings that differ.

    Raises:
        ValidationError: The account ID is an Output, from which Pulumi cannot import.
    """
    if not args.get("take_over"):
        return pulumi.ResourceOptions()
    if not isinstance(account_id, str):
        raise ValidationError(
            f"{subject}.take_over", "requires a plain `account_id`", "Set the account ID as a string, not as an Output."
        )
    return pulumi.ResourceOptions(import_=f"{account_id}/{name}", ignore_changes=SETTINGS)


def render_traffic_split(
    percentage: float, current: pulumi.Input[str], previous: pulumi.Input[str | None] | None, *, subject: str
) -> "list[WorkersDeploymentVersionArgsDict]":
    """Returns the versions that receive requests, with their percentages.

    With 0 percent, only the previous version is deployed, because the provider accepts no version below
    `SMALLEST_PERCENTAGE`. Without a previous version, only the new version is deployed.
    """
    subject = f"{subject}.previous_version_id"
    if previous is not None:
        previous = apply_optional(previous, lambda known: validate_version_id(known, subject=subject))
    if previous is None or percentage == 100:
        return [{"version_id": current, "percentage": percentage}]
    other = apply_inputs(
        (require_value(previous, subject=subject), current),
        lambda known, new: validate_previous_version(known, current=new, subject=subject),
    )
    shares = [(current, percentage), (other, round(100 - percentage, 6))]
    return [{"version_id": version, "percentage": share} for version, share in shares if share > 0]

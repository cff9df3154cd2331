"""`WorkerRollout`: a Worker whose new version first receives a percentage of the requests."""

import os
from typing import TYPE_CHECKING, cast

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.inputs import apply_inputs, apply_optional, require_value
from edge_postgres.core.json_types import Json
from edge_postgres.core.transforms import ChildClasses
from edge_postgres.workers.files import CONTENT_TYPES, ModuleKind
from edge_postgres.workers.rollout_arguments import WorkerRolloutArgs
from edge_postgres.workers.rollout_rules import (
    reject_missing_percentage,
    reject_unsupported,
    validate_percentage,
    validate_previous_version,
    validate_version_id,
)
from edge_postgres.workers.triggers import TRIGGERS, create_routes_domains_crons
from edge_postgres.workers.worker_spec import WorkerSpec, build_wrangler_output, resolve_spec

if TYPE_CHECKING:
    from pulumi_cloudflare import (
        WorkerObservabilityArgsDict,
        WorkersDeploymentVersionArgsDict,
        WorkersScriptBindingArgsDict,
        WorkerVersionBindingArgsDict,
        WorkerVersionModuleArgsDict,
    )

__all__ = ["WorkerRollout", "WorkerRolloutArgs"]


CHILDREN: ChildClasses = {
    "worker": lambda: cloudflare.Worker,
    "version": lambda: cloudflare.WorkerVersion,
    "deployment": lambda: cloudflare.WorkersDeployment,
    **TRIGGERS,
}


class WorkerRollout(pulumi.ComponentResource):
    """A Worker with a gradual rollout: the new version receives some of the requests, the previous version the rest.

    Creates a ``cloudflare.Worker``, a ``WorkerVersion`` with the script and its bindings, and a ``WorkersDeployment``
    that distributes the requests. Creates one ``WorkersRoute`` or ``WorkersCustomDomain`` for each route and domain,
    and a ``WorkersCronTrigger`` if `crons` is set. Versions and deployments stay at Cloudflare when Pulumi replaces
    them. Cloudflare deletes them with the Worker.

    Rejects the same arguments as ``Worker``, and arguments that do not work with a gradual rollout: migrations of
    Durable Objects, placement, static files and `keep_bindings`. A percentage below 100 needs a previous version, which
    must not be the new one.

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
        reject_unsupported(args, subject=subject)
        args = validated_args(args, WorkerRolloutArgs, subject=subject)
        account_id = render_account_id(args["account_id"], subject=subject)
        has_previous = "previous_version_id" in args
        reject_missing_percentage(has_previous, has_percentage="percentage" in args, subject=subject)
        percentage = validate_percentage(args.get("percentage", 100), has_previous=has_previous, subject=subject)
        spec = resolve_spec(name, args, subject=subject)

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
            opts=children.options("worker"),
        )
        self.version = cloudflare.WorkerVersion(
            spec.name,
            account_id=account_id,
            worker_id=self.worker.id,
            main_module=spec.main_module,
            modules=render_modules(spec, os.fspath(args["bundle"])),
            compatibility_date=spec.compatibility_date,
            compatibility_flags=spec.compatibility_flags,
            bindings=render_version_bindings(spec.bindings),
            limits=spec.limits,
            opts=children.options("version", pulumi.ResourceOptions(retain_on_delete=True)),
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
        triggers = create_routes_domains_crons(
            spec.name, account_id, self.deployment.script_name, spec.routes, spec.domains, spec.crons, children
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


def render_modules(spec: WorkerSpec, bundle: str) -> "list[WorkerVersionModuleArgsDict]":
    """Returns all modules, sorted by name, because another order creates another version.

    The provider computes the hash of each file, and rejects a hash that is set (`worker_version/schema.go` at v5.22.0).
    """
    main: WorkerVersionModuleArgsDict = {
        "name": spec.main_module,
        "content_type": CONTENT_TYPES[ModuleKind.ESM],
        "content_file": bundle,
    }
    others: list[WorkerVersionModuleArgsDict] = [
        {"name": module.name, "content_type": module.content_type, "content_file": module.path}
        for module in spec.modules
    ]
    return sorted([main, *others], key=lambda module: str(module["name"]))


def render_version_bindings(bindings: "list[WorkersScriptBindingArgsDict]") -> "list[WorkerVersionBindingArgsDict]":
    """Returns the bindings of a version in the form in which the API returns them.

    The API returns a service binding with its environment, and that difference would replace the version
    (https://github.com/cloudflare/terraform-provider-cloudflare/issues/7281).
    """
    rendered = [
        {"environment": "production", **binding} if binding["type"] == "service" else binding for binding in bindings
    ]
    return cast("list[WorkerVersionBindingArgsDict]", rendered)


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

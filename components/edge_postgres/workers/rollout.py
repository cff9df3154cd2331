"""`WorkerRollout`: a Worker whose new version gets a part of the requests first."""

from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import validated_args
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.workers.files import CONTENT_TYPES, Module, ModuleKind
from edge_postgres.workers.rollout_arguments import WorkerRolloutArgs
from edge_postgres.workers.rollout_rules import (
    reject_unsupported,
    validate_percentage,
    validate_previous_share,
    validate_previous_version,
    validate_version_id,
)
from edge_postgres.workers.triggers import create_routes_domains_crons
from edge_postgres.workers.worker_spec import WorkerSpec, build_wrangler_output, resolve_spec

__all__ = ["WorkerRollout", "WorkerRolloutArgs"]


class WorkerRollout(pulumi.ComponentResource):
    """A Worker that is rolled out step by step: the new version gets some of the requests, the previous one the rest.

    Creates a ``cloudflare.Worker``, a ``WorkerVersion`` with the script and its bindings, a ``WorkersDeployment`` that
    shares the requests out, and one ``WorkersRoute`` or ``WorkersCustomDomain`` for each route and domain. Versions and
    deployments stay at Cloudflare when Pulumi replaces them, and go with the Worker.

    Refuses what ``Worker`` refuses, what a version that is not deployed cannot have (migrations of Durable Objects,
    placement, static files), a percentage whose rest has nowhere to go, and a previous version that is this one.

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
    """Id of the version of this run: the `previous_version_id` of the next."""
    bundle_sha256: pulumi.Output[str]
    """SHA-256 of the bundle, hexadecimal."""
    wrangler: pulumi.Output[dict[str, Any]]
    """What a `wrangler.jsonc` of this Worker says; no secret is in it."""

    def __init__(self, name: str, args: WorkerRolloutArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:WorkerRollout", name, {}, opts)
        reject_unsupported(args, subject=name)
        args = validated_args(args, WorkerRolloutArgs, subject=name)
        has_previous = "previous_version_id" in args
        validate_previous_share(has_previous=has_previous, has_percentage="percentage" in args, subject=name)
        percentage = validate_percentage(args.get("percentage", 100), has_previous=has_previous, subject=name)
        wanted = resolve_spec(args, subject=name)

        worker = cloudflare.Worker(
            f"{name}-worker",
            account_id=args["account_id"],
            name=wanted.name,
            subdomain={
                "enabled": args.get("workers_dev", wanted.workers_dev),
                "previews_enabled": args.get("preview_urls", False),
            },
            observability=wanted.observability,
            logpush=args.get("logpush"),
            tail_consumers=render_tail_consumers(wanted),
            # A component's own `depends_on` does not reach its children by itself.
            opts=pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None),
        )
        version = cloudflare.WorkerVersion(
            f"{name}-version",
            account_id=args["account_id"],
            worker_id=worker.id,
            main_module=wanted.main_module,
            modules=render_modules(args["bundle"], wanted),
            compatibility_date=wanted.compatibility_date,
            compatibility_flags=wanted.compatibility_flags,
            bindings=render_version_bindings(wanted.bindings),
            limits=wanted.limits,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        deployment = cloudflare.WorkersDeployment(
            f"{name}-deployment",
            account_id=args["account_id"],
            script_name=worker.name,
            strategy="percentage",
            versions=render_shares(percentage, version.id, args.get("previous_version_id"), subject=name),
            force=args.get("accept_changed_secrets"),
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        # A route to a Worker that has no deployment yet would answer with an error.
        create_routes_domains_crons(
            name, args["account_id"], deployment.script_name, wanted.routes, wanted.domains, wanted.crons, parent=self
        )

        self.script_name = deployment.script_name
        self.version_id = version.id
        self.bundle_sha256 = pulumi.Output.from_input(wanted.bundle_sha256)
        self.wrangler = build_wrangler_output(wanted, args)
        self.register_outputs(
            {"script_name": self.script_name, "version_id": self.version_id, "wrangler": self.wrangler}
        )


def render_modules(bundle: str, script: WorkerSpec) -> Any:
    """All modules, sorted by name: another order is another version."""
    main = Module(script.main_module, bundle, script.bundle_sha256, CONTENT_TYPES[ModuleKind.ESM])
    return [
        {
            "name": module.name,
            "content_type": module.content_type,
            "content_file": module.path,
            "content_sha256": module.sha256,
        }
        for module in sorted([main, *script.modules], key=lambda module: module.name)
    ]


def render_version_bindings(bindings: list[Any]) -> list[Any]:
    """Bindings that come back from the API as they are sent.

    One of a service comes back with its environment, which is a difference that replaces the version
    (https://github.com/cloudflare/terraform-provider-cloudflare/issues/7281).
    """
    return [
        {"environment": "production", **binding} if binding["type"] == "service" else binding for binding in bindings
    ]


def render_tail_consumers(script: WorkerSpec) -> Any:
    """The scripts that get the logs, as a ``Worker`` takes them."""
    return [{"name": each["service"]} for each in script.tail_consumers] if script.tail_consumers is not None else None


def render_shares(percentage: float, current: Any, previous: Any, *, subject: str) -> Any:
    """One version, or two whose parts are 100 together. A version of 0 percent can be asked for by a header."""
    subject = f"{subject}.previous_version_id"
    if previous is not None:
        previous = apply_input(previous, lambda known: validate_version_id(known, subject=subject))
    if previous is None or percentage == 100:
        return [{"version_id": current, "percentage": percentage}]
    ids = {"previous": previous, "current": current}
    other = apply_inputs(ids, lambda known: validate_previous_version(subject=subject, **known))
    return [
        {"version_id": current, "percentage": percentage},
        {"version_id": other, "percentage": round(100 - percentage, 6)},
    ]

"""`Worker`: a script, its bindings and its triggers."""

import os
from collections.abc import Mapping
from typing import cast

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.json_types import Json
from edge_postgres.core.transforms import ChildClasses
from edge_postgres.workers.arguments import WorkerArgs
from edge_postgres.workers.assets import render_assets
from edge_postgres.workers.observability import undeclared_destinations
from edge_postgres.workers.placement import render_script_placement
from edge_postgres.workers.rules import reject_files, validate_keep_bindings
from edge_postgres.workers.triggers import (
    TRIGGERS,
    create_queue_consumers,
    create_routes_domains_crons,
    create_workflows,
)
from edge_postgres.workers.worker_spec import build_wrangler_output, resolve_spec

__all__ = ["Worker", "WorkerArgs"]


CHILDREN: ChildClasses = {
    "script": lambda: cloudflare.WorkersScript,
    "subdomain": lambda: cloudflare.WorkersScriptSubdomain,
    **TRIGGERS,
}


class Worker(pulumi.ComponentResource):
    """A Worker script with its bindings, routes, custom domains and crons.

    Creates a ``cloudflare.WorkersScript``, a ``WorkersScriptSubdomain`` for workers.dev, one ``WorkersRoute`` or
    ``WorkersCustomDomain`` for each route and domain, one ``DnsRecord`` for each of `route_records`, and a
    ``WorkersCronTrigger``, which is empty without `crons`. Creates one ``QueueConsumer`` for each queue that the script
    consumes, and one ``Workflow`` for each of its Workflows.

    Rejects an unknown argument, a missing bundle, a driver of an unsupported release, and a runtime without the Node
    compatibility that the driver needs. Rejects connection methods that exclude each other. It also rejects two
    bindings of one name, a reserved name, and a password or a secret among the plain variables. Rejects static files
    that must not be public, and a domain with a path or a wildcard (use a route). Additional modules (`files`) and a
    placement that names a place are rejected too, because a ``WorkersScript`` has neither: use ``WorkerRollout``.

    Example::

        Worker("api", {
            "account_id": account_id,
            "bundle": "workers/dist/pg.js",
            "driver": Driver.PG,
            "compatibility_date": "2026-11-01",
            "hyperdrive": {"HYPERDRIVE": hyperdrive.hyperdrive_id},
            "vars": {"LOG_LEVEL": "info"},
            "crons": ["0 3 * * *"],
            "placement": {"mode": "smart"},
            "observability": {"enabled": True, "head_sampling_rate": 0.1},
        })
    """

    script_name: pulumi.Output[str]
    """Name of the script at Cloudflare."""
    bundle_sha256: pulumi.Output[str]
    """SHA-256 of the bundle as hexadecimal digits."""
    url: pulumi.Output[str | None]
    """`https://` and the first custom domain in alphabetical order; None without a custom domain, because the
    provider has no name of the account below workers.dev."""
    wrangler: pulumi.Output[Json]
    """Content of a `wrangler.jsonc` for this Worker, without secrets."""

    def __init__(self, name: str, args: WorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:Worker", name, {}, opts)
        subject = subject_of(self)
        reject_files(args.get("files") if isinstance(args, Mapping) else None, subject=subject)
        args = validated_args(args, WorkerArgs, subject=subject)
        account_id = render_account_id(args["account_id"], subject=subject)
        spec = resolve_spec(name, args, subject=subject)
        keep_bindings = (
            validate_keep_bindings(args["keep_bindings"], subject=f"{subject}.keep_bindings")
            if "keep_bindings" in args
            else None
        )
        assets = render_assets(args["assets"], spec.plan, subject=f"{subject}.assets") if "assets" in args else None
        placement = (
            render_script_placement(args["placement"], subject=f"{subject}.placement") if "placement" in args else None
        )

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        self.script = cloudflare.WorkersScript(
            spec.name,
            account_id=account_id,
            script_name=spec.name,
            content_file=os.fspath(args["bundle"]),
            content_sha256=spec.bundle_sha256,
            main_module=spec.main_module,
            compatibility_date=spec.compatibility_date,
            compatibility_flags=spec.compatibility_flags,
            bindings=spec.bindings,
            keep_bindings=keep_bindings,
            migrations=cast("cloudflare.WorkersScriptMigrationsArgsDict | None", spec.migrations),
            assets=assets,
            placement=placement,
            observability=spec.observability,
            limits=spec.limits,
            tail_consumers=None
            if spec.tail_consumers is None
            else [{"service": consumer} for consumer in spec.tail_consumers],
            logpush=args.get("logpush"),
            opts=children.options(
                "script", undeclared={"cacheOptions": None, **undeclared_destinations(spec.observability)}
            ),
        )
        self.subdomain = cloudflare.WorkersScriptSubdomain(
            spec.name,
            account_id=account_id,
            script_name=self.script.script_name,
            enabled=spec.workers_dev,
            previews_enabled=spec.preview_urls,
            opts=children.options("subdomain"),
        )
        triggers = create_routes_domains_crons(spec, account_id, self.script.script_name, children)
        self.queue_consumers = create_queue_consumers(
            account_id, self.script.script_name, spec.queue_consumers, children
        )
        self.workflows = create_workflows(
            spec.name, account_id, self.script.script_name, args.get("workflows"), children
        )

        self.routes, self.domains, self.cron_trigger = triggers.routes, triggers.domains, triggers.cron_trigger
        self.script_name = self.script.script_name
        self.url = triggers.url
        self.bundle_sha256 = pulumi.Output.from_input(spec.bundle_sha256)
        self.wrangler = build_wrangler_output(spec, args)
        self.register_outputs(
            {
                "script_name": self.script_name,
                "url": self.url,
                "bundle_sha256": self.bundle_sha256,
                "wrangler": self.wrangler,
            }
        )

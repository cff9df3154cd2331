"""`Worker`: a script, what is bound to it, and where it answers."""

from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import validated_args
from edge_postgres.workers.arguments import WorkerArgs
from edge_postgres.workers.assets import render_assets
from edge_postgres.workers.files import render_files
from edge_postgres.workers.placement import render_placement
from edge_postgres.workers.rules import validate_keep_bindings
from edge_postgres.workers.triggers import create_routes_domains_crons
from edge_postgres.workers.worker_spec import build_wrangler_output, resolve_spec

__all__ = ["Worker", "WorkerArgs"]


class Worker(pulumi.ComponentResource):
    """A Worker script with its bindings and the addresses where it answers.

    Creates a ``cloudflare.WorkersScript``, a ``WorkersScriptSubdomain`` that says whether it answers below
    workers.dev, one ``WorkersRoute`` or ``WorkersCustomDomain`` for each route and domain, and a
    ``WorkersCronTrigger`` where `crons` is stated.

    Refuses an argument it does not know, a missing bundle, a driver without Node compatibility or below the release
    that works, two ways to a database that exclude each other, two bindings of one name or a reserved one, a password
    or a secret among the plain variables, static files that must not be public, a placement that is two, and a domain
    with a path or a wildcard (that is a route).

    Example::

        Worker("api", {
            "account_id": account_id,
            "bundle": "workers/dist/pg.js",
            "driver": Driver.PG,
            "compatibility_date": "2026-11-01",
            "hyperdrive": {"HYPERDRIVE": hyperdrive.hyperdrive_id},
            "vars": {"LOG_LEVEL": "info"},
            "crons": ["0 3 * * *"],
            "placement": {"region": "aws:eu-central-1"},
            "observability": {"enabled": True, "head_sampling_rate": 0.1},
        })
    """

    script_name: pulumi.Output[str]
    """Name of the script at Cloudflare."""
    bundle_sha256: pulumi.Output[str]
    """SHA-256 of the bundle, hexadecimal."""
    wrangler: pulumi.Output[dict[str, Any]]
    """What a `wrangler.jsonc` of this Worker says; no secret is in it."""

    def __init__(self, name: str, args: WorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:Worker", name, {}, opts)
        args = validated_args(args, WorkerArgs, subject=name)
        wanted = resolve_spec(args, subject=name)
        migrations: Any = args.get("migrations")
        kept = (
            validate_keep_bindings(args["keep_bindings"], subject=f"{name}.keep_bindings")
            if "keep_bindings" in args
            else None
        )
        assets = render_assets(args["assets"], wanted.plan, subject=f"{name}.assets") if "assets" in args else None
        placement = render_placement(args["placement"], subject=f"{name}.placement") if "placement" in args else None

        script = cloudflare.WorkersScript(
            f"{name}-script",
            account_id=args["account_id"],
            script_name=wanted.name,
            content_file=args["bundle"],
            content_sha256=wanted.bundle_sha256,
            main_module=wanted.main_module,
            files=render_files(wanted.modules) or None,
            compatibility_date=wanted.compatibility_date,
            compatibility_flags=wanted.compatibility_flags,
            bindings=wanted.bindings,
            keep_bindings=kept,
            migrations=migrations,
            assets=assets,
            placement=placement,
            observability=wanted.observability,
            limits=wanted.limits,
            tail_consumers=wanted.tail_consumers,
            logpush=args.get("logpush"),
            # A component's own `depends_on` does not reach its children by itself.
            opts=pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None),
        )
        cloudflare.WorkersScriptSubdomain(
            f"{name}-subdomain",
            account_id=args["account_id"],
            script_name=script.script_name,
            enabled=args.get("workers_dev", wanted.workers_dev),
            previews_enabled=args.get("preview_urls", False),
            opts=pulumi.ResourceOptions(parent=self),
        )
        create_routes_domains_crons(
            name, args["account_id"], script.script_name, wanted.routes, wanted.domains, wanted.crons, parent=self
        )

        self.script_name = script.script_name
        self.bundle_sha256 = pulumi.Output.from_input(wanted.bundle_sha256)
        # Made from the arguments, it can be made anew: it is not written into the state.
        self.wrangler = build_wrangler_output(wanted, args)
        self.register_outputs(
            {"script_name": self.script_name, "bundle_sha256": self.bundle_sha256, "wrangler": self.wrangler}
        )

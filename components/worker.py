"""`Worker`: a script, what is bound to it, and where it answers."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from components.arguments import chosen, stated
from components.bindings import rendered_bindings
from components.compatibility import Driver, checked_date, rendered_flags
from components.limits.cloudflare import Plan
from components.worker_rules import checked_bundle, checked_domain, checked_pattern, checked_script_name


class WorkerArgs(TypedDict):
    """Arguments of Worker."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the script."""
    bundle: str
    """Path of the built script, one ES module; a change of its content is a new version."""
    compatibility_date: str
    """Date that fixes the runtime's behaviour, `YYYY-MM-DD`; at least 2024-09-23 with a driver."""
    compatibility_flags: NotRequired[list[str]]
    """Flags of the runtime. `nodejs_compat` is needed with a driver before 2026-08-04 and not sent after."""
    driver: NotRequired[Driver]
    """Postgres driver in the bundle; nothing for a script without one."""
    script_name: NotRequired[str]
    """Name of the script at Cloudflare, lower case; the component's name where it is left out."""
    main_module: NotRequired[str]
    """Name of the module at Cloudflare, `worker.js` where it is left out."""
    hyperdrive: NotRequired[dict[str, pulumi.Input[str]]]
    """Hyperdrive configurations: name of the binding to id of the configuration."""
    kv: NotRequired[dict[str, pulumi.Input[str]]]
    """KV namespaces: name of the binding to id of the namespace."""
    vars: NotRequired[dict[str, pulumi.Input[str]]]
    """Plain variables by name; readable by everybody with access to the account."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Secret variables by name; they become secrets if they are none."""
    workers_dev: NotRequired[bool]
    """Whether the script answers below workers.dev; true where it has neither routes nor domains."""
    preview_urls: NotRequired[bool]
    """Whether each version gets an address of its own, false where it is left out."""
    routes: NotRequired[dict[str, pulumi.Input[str]]]
    """Routes: pattern, such as `example.com/api/*`, to id of the zone."""
    domains: NotRequired[list[str]]
    """Custom domains; Cloudflare makes their DNS records and certificates."""
    plan: NotRequired[Plan]
    """Workers plan of the account, `paid` where it is left out."""


class Worker(pulumi.ComponentResource):
    """A Worker script with its bindings and the addresses where it answers.

    Creates a ``cloudflare.WorkersScript``, a ``WorkersScriptSubdomain`` that says whether it answers below
    workers.dev, and one ``WorkersRoute`` or ``WorkersCustomDomain`` for each route and domain.

    Refuses an argument it does not know, a missing bundle, a driver without Node compatibility or below the release
    that works, two bindings of one name, a password or a secret among the plain variables, and a domain with a path or
    a wildcard (that is a route).

    Example::

        Worker("api", {
            "account_id": account_id,
            "bundle": "workers/dist/pg.js",
            "driver": Driver.PG,
            "compatibility_date": "2026-11-01",
            "hyperdrive": {"HYPERDRIVE": hyperdrive.hyperdrive_id},
        })
    """

    script_name: pulumi.Output[str]
    """Name of the script at Cloudflare."""
    bundle_sha256: pulumi.Output[str]
    """SHA-256 of the bundle, hexadecimal."""

    def __init__(self, name: str, args: WorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:Worker", name, {}, opts)
        args = stated(name, args, WorkerArgs)
        driver = chosen(f"{name}.driver", args["driver"], Driver) if "driver" in args else None
        script_name = checked_script_name(args.get("script_name", name), f"{name}.script_name")
        bundle_sha256 = checked_bundle(args["bundle"], f"{name}.bundle", driver)
        date = checked_date(args["compatibility_date"], f"{name}.compatibility_date", driver)
        flags = rendered_flags(args.get("compatibility_flags", []), date, f"{name}.compatibility_flags", driver)
        routes = {checked_pattern(pattern, f"{name}.routes"): zone for pattern, zone in args.get("routes", {}).items()}
        domains = {checked_domain(domain, f"{name}.domains") for domain in args.get("domains", [])}

        script = cloudflare.WorkersScript(
            f"{name}-script",
            account_id=args["account_id"],
            script_name=script_name,
            content_file=args["bundle"],
            content_sha256=bundle_sha256,
            main_module=args.get("main_module", "worker.js"),
            compatibility_date=date,
            compatibility_flags=flags,
            bindings=rendered_bindings(
                name,
                hyperdrive=args.get("hyperdrive", {}),
                kv=args.get("kv", {}),
                variables=args.get("vars", {}),
                secrets=args.get("secrets", {}),
                plan=chosen(f"{name}.plan", args.get("plan", Plan.PAID), Plan),
            ),
            # A component's own `depends_on` does not reach its children by itself.
            opts=pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None),
        )
        cloudflare.WorkersScriptSubdomain(
            f"{name}-subdomain",
            account_id=args["account_id"],
            script_name=script.script_name,
            enabled=args.get("workers_dev", not (routes or domains)),
            previews_enabled=args.get("preview_urls", False),
            opts=pulumi.ResourceOptions(parent=self),
        )
        for pattern, zone_id in sorted(routes.items()):
            cloudflare.WorkersRoute(
                f"{name}-route-{pattern}",
                zone_id=zone_id,
                pattern=pattern,
                script=script.script_name,
                opts=pulumi.ResourceOptions(parent=self),
            )
        for hostname in sorted(domains):
            cloudflare.WorkersCustomDomain(
                f"{name}-domain-{hostname}",
                account_id=args["account_id"],
                hostname=hostname,
                service=script.script_name,
                # There is no update, and a second record of one host name is a conflict.
                opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
            )

        self.script_name = script.script_name
        self.bundle_sha256 = pulumi.Output.from_input(bundle_sha256)
        self.register_outputs({"script_name": self.script_name, "bundle_sha256": self.bundle_sha256})

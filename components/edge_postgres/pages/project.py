"""`PagesProject`: a Pages project, what its Functions are bound to, and its domains."""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.plan import Plan
from edge_postgres.pages.environment import PagesEnvironment, render_environment
from edge_postgres.pages.rules import format_shared_database, validate_project_name, validate_runtime, validate_zones
from edge_postgres.pages.source import PagesBuild, PagesSource, render_build, render_source
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.rules import validate_connection_methods, validate_domain

WAYS = ("hyperdrive", "direct", "serverless")
"""The ways to a database that an environment may have."""


class PagesProjectArgs(TypedDict):
    """Arguments of PagesProject."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the project."""
    production_branch: str
    """Branch whose deployments are production; those of every other branch are previews."""
    compatibility_date: str
    """Date that fixes the runtime's behaviour, `YYYY-MM-DD`; at least 2024-09-23 with a driver."""
    production: PagesEnvironment
    """What production finds; an empty dictionary binds nothing."""
    preview: PagesEnvironment
    """What previews find; an empty dictionary binds nothing."""
    compatibility_flags: NotRequired[list[str]]
    """Flags of the runtime. `nodejs_compat` is needed with a driver before 2026-08-04 and not sent after."""
    driver: NotRequired[Driver]
    """Postgres driver in the Functions; nothing for a project without one."""
    project_name: NotRequired[str]
    """Name of the project at Cloudflare, lower case; the component's name where it is left out."""
    accept_shared_database: NotRequired[bool]
    """True where previews may read and write production's database; else a warning says that they do."""
    domains: NotRequired[list[str]]
    """Custom domains."""
    zones: NotRequired[dict[str, pulumi.Input[str]]]
    """Zones of domains: domain to id of the zone, where a CNAME to the project is made. The record of any other domain
    is somebody else's, and Pages waits for it."""
    plan: NotRequired[Plan]
    """Workers plan of the account, `paid` where it is left out."""
    build: NotRequired[PagesBuild]
    """How the content is built; left out where it is uploaded."""
    source: NotRequired[PagesSource]
    """Repository that is built; left out where the content is uploaded."""


class PagesProject(pulumi.ComponentResource):
    """A Pages project: what its Functions find in production and in previews, and its domains.

    Creates a ``cloudflare.PagesProject`` that states date, flags, `fail_open` and bindings of both environments, one
    ``PagesDomain`` for each domain, and a ``DnsRecord`` for each whose zone is given. It deploys no content: a
    repository does, or `wrangler pages deploy`.

    Refuses an argument it does not know, an environment that is not stated, a driver without Node compatibility, two
    bindings of one name, a password or a secret among the plain variables, and a domain with a path or a wildcard.
    Warns where previews are bound to production's Hyperdrive configuration.

    Example::

        PagesProject("site", {
            "account_id": account_id,
            "production_branch": "main",
            "compatibility_date": "2026-11-01",
            "driver": Driver.PG,
            "production": {"hyperdrive": {"HYPERDRIVE": hyperdrive.hyperdrive_id}},
            "preview": {},
        })
    """

    project_name: pulumi.Output[str]
    """Name of the project at Cloudflare."""
    subdomain: pulumi.Output[str]
    """Host name of production, `NAME.pages.dev`; Cloudflare adds to NAME where somebody else has it."""

    def __init__(self, name: str, args: PagesProjectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:PagesProject", name, {}, opts)
        args = validated_args(args, PagesProjectArgs, subject=name)
        project_name = validate_project_name(args.get("project_name", name), subject=f"{name}.project_name")
        domains = sorted({validate_domain(domain, subject=f"{name}.domains") for domain in args.get("domains", [])})
        zones = {
            validate_domain(domain, subject=f"{name}.zones"): zone for domain, zone in args.get("zones", {}).items()
        }
        validate_zones(domains, zones, subject=name)
        production, preview = (
            render_environment_of(name, args, "production"),
            render_environment_of(name, args, "preview"),
        )

        # A component's own `depends_on` does not reach its children by itself.
        children = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)
        project = cloudflare.PagesProject(
            f"{name}-project",
            account_id=args["account_id"],
            name=project_name,
            production_branch=args["production_branch"],
            deployment_configs={"production": production, "preview": preview},
            build_config=render_build_of(name, args),
            source=render_source_of(name, args),
            opts=children,
        )
        for hostname in domains:
            domain = cloudflare.PagesDomain(
                f"{name}-domain-{hostname}",
                account_id=args["account_id"],
                project_name=project.name,
                name=hostname,
                # There is no update, and a second entry of one host name is a conflict.
                opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
            )
            if hostname in zones:
                cloudflare.DnsRecord(
                    f"{name}-dns-record-{hostname}",
                    zone_id=zones[hostname],
                    name=hostname,
                    type="CNAME",
                    content=project.subdomain,
                    proxied=True,
                    ttl=1,
                    # Two records of one name cannot be: pulumi-cloudflare#687. After the domain: a name that leads to
                    # Pages before Pages knows it answers 522.
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[domain], delete_before_replace=True),
                )

        if not args.get("accept_shared_database", False):
            warn_of_shared_configurations(name, production, preview)
        self.project_name = project.name
        self.subdomain = project.subdomain
        self.register_outputs({"project_name": self.project_name, "subdomain": self.subdomain})


def render_environment_of(name: str, args: PagesProjectArgs, which: str) -> Any:
    """One of the two environments as the API takes it, with the project's date and flags where it has none."""
    subject, whole = f"{name}.{which}", dict[str, Any](args)
    its_own = validated_args(whole[which], PagesEnvironment, subject=subject)
    driver = validate_choice(args["driver"], Driver, subject=f"{name}.driver") if "driver" in args else None
    validate_connection_methods(driver, {way for way in WAYS if way in its_own}, subject=subject)
    date, flags = validate_runtime(its_own, which, whole, driver, subject=name)
    plan = validate_choice(args.get("plan", Plan.PAID), Plan, subject=f"{name}.plan")
    return render_environment(its_own, date, flags, plan, subject=subject)


def render_build_of(name: str, args: PagesProjectArgs) -> Any:
    """How the content is built, as the API takes it; nothing where nobody says."""
    return render_build(args["build"], subject=f"{name}.build") if "build" in args else None


def render_source_of(name: str, args: PagesProjectArgs) -> Any:
    """The repository as the API takes it; nothing where the content is uploaded."""
    if "source" not in args:
        return None
    return render_source(args["source"], args["production_branch"], subject=f"{name}.source")


def warn_of_shared_configurations(name: str, production: dict[str, Any], preview: dict[str, Any]) -> None:
    """Says so where previews reach the database through production's own Hyperdrive configuration."""
    bound = [[each["id"] for each in found.get("hyperdrive_bindings", {}).values()] for found in (production, preview)]

    def warn(known: list[list[str]]) -> None:
        if set(known[0]) & set(known[1]):
            pulumi.log.warn(format_shared_database("accept_shared_database", subject=f"{name}.preview"))

    pulumi.Output.from_input(bound).apply(warn)

"""`PagesProject`: a Pages project, the bindings of its Functions, and its domains."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import subject_of, validate_choice, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.plan import Plan, PlanInput
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.names import default_name
from edge_postgres.pages.environment import PagesEnvironment, render_environment
from edge_postgres.pages.rules import format_shared_database, validate_project_name, validate_runtime, validate_zones
from edge_postgres.pages.source import PagesBuild, PagesSource, render_build, render_source
from edge_postgres.workers.connection_methods import CONNECTION_METHODS, validate_connection_methods
from edge_postgres.workers.drivers import Driver, DriverInput
from edge_postgres.workers.rules import validate_domain

if TYPE_CHECKING:
    from pulumi_cloudflare import (
        PagesProjectBuildConfigArgsDict,
        PagesProjectDeploymentConfigsProductionArgsDict,
        PagesProjectSourceArgsDict,
    )


class PagesProjectArgs(TypedDict):
    """Arguments of PagesProject."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the project."""
    production_branch: str
    """Branch whose deployments are production. Deployments of all other branches are previews."""
    compatibility_date: str
    """Date that fixes the runtime's behaviour, `YYYY-MM-DD`. With a driver that needs Node compatibility,
    the date must be 2024-09-23 or later."""
    production: PagesEnvironment
    """Bindings and runtime of production. Required; an empty dictionary binds nothing."""
    preview: PagesEnvironment
    """Bindings and runtime of previews. Required; an empty dictionary binds nothing."""
    compatibility_flags: NotRequired[Sequence[str]]
    """Flags of the runtime. All drivers except `prisma-ppg` and `rust-postgres` need `nodejs_compat` with a
    compatibility date before 2026-08-04. With a later date, the component does not send this flag."""
    driver: NotRequired[DriverInput]
    """Postgres driver in the Functions. Omit this argument for a project without a driver."""
    project_name: NotRequired[str]
    """Name of the project at Cloudflare, lower case. Default: `<project>-<stack>-<name>`."""
    accept_shared_database: NotRequired[bool]
    """True accepts that previews read and write production's database. With false, such a database causes a warning.
    Default: false."""
    domains: NotRequired[Sequence[str]]
    """Host names of the custom domains."""
    zones: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Zones of domains: domain to ID of the zone, in which the component creates a CNAME record. For a domain without
    an entry here, create the record yourself. Pages waits for the record."""
    plan: NotRequired[PlanInput]
    """Workers plan of the account. Default: `paid`."""
    build: NotRequired[PagesBuild]
    """Build of the content. Omit this argument if you upload the content."""
    source: NotRequired[PagesSource]
    """Repository that Pages builds. Omit this argument if you upload the content."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`project`, `domains`, `dns_records`): arguments of the child that replace those of the
    component."""


CHILDREN: ChildClasses = {
    "project": lambda: cloudflare.PagesProject,
    "domains": lambda: cloudflare.PagesDomain,
    "dns_records": lambda: cloudflare.DnsRecord,
}


class PagesProject(pulumi.ComponentResource):
    """A Pages project: the bindings of its Functions in production and in previews, and its domains.

    Creates a ``cloudflare.PagesProject`` with date, flags, `fail_open` and bindings of both environments, one
    ``PagesDomain`` for each domain, and a ``DnsRecord`` for each domain with a zone. The component deploys no
    content: set `source`, or use `wrangler pages deploy`.

    Rejects an unknown argument, a missing environment, a runtime without the Node compatibility that the driver needs,
    and two bindings of one name. Rejects a password or a secret among the plain variables, and a domain with a path or
    a wildcard. Warns if previews are bound to production's Hyperdrive configuration.

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
    """Host name of production, `NAME.pages.dev`. Cloudflare adds a suffix to a NAME that is taken."""
    url: pulumi.Output[str]
    """`https://` and the first custom domain in alphabetical order; without a custom domain, the subdomain."""

    def __init__(self, name: str, args: PagesProjectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:PagesProject", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, PagesProjectArgs, subject=subject)
        account_id = render_account_id(args["account_id"], subject=subject)
        project_name = validate_project_name(
            args.get("project_name", default_name(name)), subject=f"{subject}.project_name"
        )
        domains = sorted({validate_domain(domain, subject=f"{subject}.domains") for domain in args.get("domains", [])})
        zones = {
            validate_domain(domain, subject=f"{subject}.zones"): zone for domain, zone in args.get("zones", {}).items()
        }
        validate_zones(domains, zones, subject=subject)
        production = render_environment_of(args["production"], "production", args, subject=subject)
        preview = render_environment_of(args["preview"], "preview", args, subject=subject)

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        self.project = cloudflare.PagesProject(
            project_name,
            account_id=account_id,
            name=project_name,
            production_branch=args["production_branch"],
            deployment_configs={"production": production, "preview": preview},
            build_config=render_build_of(args, subject=subject),
            source=render_source_of(args, subject=subject),
            opts=children.options("project", undeclared=undeclared_of_project(production=production, preview=preview)),
        )
        self.domains: dict[str, cloudflare.PagesDomain] = {}
        self.dns_records: dict[str, cloudflare.DnsRecord] = {}
        for hostname in domains:
            self.domains[hostname] = cloudflare.PagesDomain(
                hostname,
                account_id=account_id,
                project_name=self.project.name,
                name=hostname,
                # The API has no update, and rejects a second entry of one host name.
                opts=children.options("domains", pulumi.ResourceOptions(delete_before_replace=True)),
            )
            if hostname in zones:
                self.dns_records[hostname] = cloudflare.DnsRecord(
                    hostname,
                    zone_id=zones[hostname],
                    name=hostname,
                    type="CNAME",
                    content=self.project.subdomain,
                    proxied=True,
                    ttl=1,
                    # The API rejects two records of one name (pulumi-cloudflare#687). The record depends on the
                    # domain, because Pages answers 522 for a host name that it does not know yet.
                    opts=children.options(
                        "dns_records",
                        pulumi.ResourceOptions(depends_on=[self.domains[hostname]], delete_before_replace=True),
                    ),
                )

        if not args.get("accept_shared_database", False):
            warn_of_shared_configurations(args["production"], args["preview"], subject=f"{subject}.preview")
        self.project_name = self.project.name
        self.subdomain = self.project.subdomain
        host = self.domains[domains[0]].name if domains else self.subdomain
        self.url = host.apply(lambda known: f"https://{known}")
        self.register_outputs({"project_name": self.project_name, "subdomain": self.subdomain, "url": self.url})


def render_environment_of(
    environment: PagesEnvironment, which: str, args: PagesProjectArgs, *, subject: str
) -> "PagesProjectDeploymentConfigsProductionArgsDict":
    """Returns the production or the preview environment in the API's form.

    The compatibility date and flags of the project are the defaults.
    """
    path = f"{subject}.{which}"
    environment = validated_args(environment, PagesEnvironment, subject=path)
    driver = validate_choice(args["driver"], Driver, subject=f"{subject}.driver") if "driver" in args else None
    validate_connection_methods(driver, set(CONNECTION_METHODS) & set(environment), subject=path)
    date, flags = validate_runtime(environment, which, args, driver, subject=subject)
    plan = validate_choice(args.get("plan", Plan.PAID), Plan, subject=f"{subject}.plan")
    return render_environment(environment, date, flags, plan, subject=path)


def undeclared_of_project(**environments: "PagesProjectDeploymentConfigsProductionArgsDict") -> dict[str, object]:
    """Returns the attributes of the environments for which the API can answer a value that the arguments do not set.

    A deployment by wrangler sets the hash of its configuration file. A changed hash ends the provider's normalization
    of empty flags.
    """
    return {
        f"deploymentConfigs.{name}.{attribute}": value
        for name, environment in environments.items()
        for attribute, value in (
            ("compatibilityFlags", environment.get("compatibility_flags")),
            ("wranglerConfigHash", None),
        )
    }


def render_build_of(args: PagesProjectArgs, *, subject: str) -> "PagesProjectBuildConfigArgsDict | None":
    """Returns the build in the API's form, or None without a build."""
    return render_build(args["build"], subject=f"{subject}.build") if "build" in args else None


def render_source_of(args: PagesProjectArgs, *, subject: str) -> "PagesProjectSourceArgsDict | None":
    """Returns the repository in the API's form, or None without a repository."""
    if "source" not in args:
        return None
    return render_source(args["source"], args["production_branch"], subject=f"{subject}.source")


def warn_of_shared_configurations(production: PagesEnvironment, preview: PagesEnvironment, *, subject: str) -> None:
    """Warns if previews are bound to one of production's Hyperdrive configurations."""
    in_production, in_preview = (
        pulumi.Output.from_input(list((environment.get("hyperdrive") or {}).values()))
        for environment in (production, preview)
    )

    def warn(known: Sequence[Collection[object]]) -> None:
        if set(known[0]) & set(known[1]):
            pulumi.log.warn(format_shared_database("accept_shared_database", subject=subject))

    pulumi.Output.all(in_production, in_preview).apply(warn)

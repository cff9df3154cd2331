"""Settings of the Pages projects of a stack file."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Self

import pulumi
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.pages.rules import format_shared_database, validate_project_name, validate_runtime, validate_zones
from edge_postgres.pages.source import GitHost, PagesBuild, PagesSource
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import errors_of_call, rule
from edge_postgres.stack.model import Model, Name
from edge_postgres.stack.pages.environment import PagesEnvironmentSettings
from edge_postgres.stack.transform import Transformable
from edge_postgres.stack.workers.worker_rules import DateString, Domain, ZoneId
from edge_postgres.workers.connection_methods import validate_connection_methods
from edge_postgres.workers.drivers import Driver

if TYPE_CHECKING:
    from edge_postgres.pages.project import PagesProject, PagesProjectArgs


def _with_path(environment: object, info: ValidationInfo) -> object:
    """Returns the environment with its path in the stack file, such as `pages.site.preview`, as the entry `(path)`."""
    if not isinstance(environment, dict):
        return environment
    return {**environment, "(path)": f"pages.{info.data.get('name', '…')}.{info.field_name}"}


Environment = Annotated[PagesEnvironmentSettings, BeforeValidator(_with_path)]
ProjectName = Annotated[str, AfterValidator(lambda name: validate_project_name(name, subject=""))]


class BuildSettings(Model):
    """How Cloudflare builds the files of a Pages project."""

    command: str | None = None
    """Command that builds the files at Cloudflare. Default: no build."""
    output_dir: str | None = None
    """Directory with the built files, relative to `build.rootDir`."""
    root_dir: str | None = None
    """Directory of the repository in which `build.command` runs and which contains `functions`. Default: the root of
    the repository."""
    caching: bool | None = None
    """Whether Cloudflare caches the dependencies between builds."""

    def args(self) -> PagesBuild:
        """Returns the argument `build`."""
        return {
            "command": optional(self.command),
            "output_dir": optional(self.output_dir),
            "root_dir": optional(self.root_dir),
            "caching": optional(self.caching),
        }


class SourceSettings(Model):
    """A repository whose pushes Pages builds and deploys."""

    host: Annotated[GitHost, Field(strict=False)]
    """Git host of the repository. Connect the Cloudflare account to the Git host first."""
    owner: str
    """User or organisation that owns the repository."""
    repository: str
    """Name of the repository."""
    preview_branches: list[str] | None = None
    """Branches that get previews. An empty list means no previews. Default: all branches."""
    pull_request_comments: bool | None = None
    """Whether Cloudflare comments on pull requests. Default: `true`."""

    def args(self) -> PagesSource:
        """Returns the argument `source`."""
        return {
            "host": self.host,
            "owner": self.owner,
            "repository": self.repository,
            "preview_branches": optional(self.preview_branches),
            "pull_request_comments": optional(self.pull_request_comments),
        }


class PagesSettings(Transformable):
    """A Pages project: its environments, its domains, and the source of its content."""

    name: Name
    project_name: ProjectName | None = None
    """Name of the Pages project at Cloudflare. Default: `<project>-<stack>-<name>`."""
    production_branch: str
    """Git branch whose deployments use the environment `production`. All other branches use `preview`."""
    driver: Annotated[Driver, Field(strict=False)] | None = None
    """Postgres driver in the Functions of both environments. With this setting, edge-postgres checks the compatibility
    date and flags, and the connection method."""
    compatibility_date: DateString
    """Compatibility date of the Workers runtime for both environments, `YYYY-MM-DD`. With a `driver` other
    than `prisma-ppg` and `rust-postgres`, the date must be 2024-09-23 or later."""
    compatibility_flags: list[str] = []
    """Compatibility flags of the Workers runtime for both environments. With a `driver` other than
    `prisma-ppg` and `rust-postgres`, and a `compatibilityDate` before 2026-08-04, the list must contain
    `nodejs_compat` or `nodejs_compat_v2`."""
    production: Environment
    """Settings of the deployments of `productionBranch`."""
    preview: Environment
    """Settings of the deployments of all other branches."""
    accept_shared_database: bool = False
    """Confirms that previews may use a database of production. Without this confirmation, `pulumi up` logs a warning if
    both environments connect to the same database."""
    domains: list[Domain] = []
    """Custom domains of the Pages project."""
    zones: dict[Domain, ZoneId] = {}
    """Zones in which the stack creates a DNS record for a custom domain: custom domain to the ID of its zone."""
    build: BuildSettings | None = None
    """How Cloudflare builds the files."""
    source: SourceSettings | None = None
    """Git repository whose pushes Cloudflare builds and deploys."""

    @property
    def environments(self) -> Mapping[str, PagesEnvironmentSettings]:
        """The environments `production` and `preview`, by name."""
        return {"production": self.production, "preview": self.preview}

    @rule
    def _production_can_run(self) -> Iterator[ValidationError]:
        yield from self._runtime_errors("production", self.production)

    @rule
    def _preview_can_run(self) -> Iterator[ValidationError]:
        yield from self._runtime_errors("preview", self.preview)

    def _runtime_errors(self, which: str, environment: PagesEnvironmentSettings) -> Iterator[ValidationError]:
        methods = environment.connection_methods
        yield from errors_of_call(partial(validate_connection_methods, self.driver, methods, subject=which))
        project = {"compatibility_date": self.compatibility_date, "compatibility_flags": self.compatibility_flags}
        its_own = {
            "compatibility_date": environment.compatibility_date,
            "compatibility_flags": environment.compatibility_flags,
            "hyperdrive": environment.hyperdrive,
        }
        yield from errors_of_call(partial(validate_runtime, its_own, which, project, self.driver, subject=""))

    @rule
    def _zones_have_domains(self) -> Self:
        validate_zones(self.domains, self.zones, subject="")
        return self

    def args(self, targets: BindingTargets, context: StackContext) -> "PagesProjectArgs":
        """Returns the arguments of ``PagesProject``."""
        return {
            "account_id": context.account_id,
            "plan": context.plan,
            "project_name": optional(self.project_name),
            "production_branch": self.production_branch,
            "driver": optional(self.driver),
            "compatibility_date": self.compatibility_date,
            "compatibility_flags": self.compatibility_flags,
            "production": self.production.args(targets, context),
            "preview": self.preview.args(targets, context),
            # `create` has already logged the warning, which the component would log again.
            "accept_shared_database": True,
            "domains": self.domains,
            "zones": {**self.zones},
            "build": optional(self.build.args() if self.build else None),
            "source": optional(self.source.args() if self.source else None),
            "transform": optional(self.transform),
        }

    def create(self, name: str, targets: BindingTargets, context: StackContext) -> "PagesProject":
        """Creates and returns the project. Logs a warning if previews connect to a database of production.

        This method compares the names of the databases, because the component knows only the IDs of the Hyperdrive
        configurations. The IDs of `main` and `main.fresh` do not show that both belong to one database.

        Args:
            name: Name of the component.
            targets: Resources of the stack that the Pages project can be bound to.
            context: Values of the stack.
        """
        from edge_postgres.pages.project import PagesProject

        if self.production.databases & self.preview.databases and not self.accept_shared_database:
            pulumi.log.warn(format_shared_database("acceptSharedDatabase", subject=f"pages.{self.name}.preview"))
        return PagesProject(name, self.args(targets, context))

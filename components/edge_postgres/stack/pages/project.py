"""The Pages projects of a stack file."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Self, cast

import pulumi
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.pages.rules import format_shared_database, validate_project_name, validate_runtime, validate_zones
from edge_postgres.pages.source import GitHost
from edge_postgres.stack.binding_targets import Neighbours
from edge_postgres.stack.model import Model, Name
from edge_postgres.stack.pages.environment import PagesEnvironmentSettings
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.workers.worker import Day
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.rules import validate_connection_methods, validate_domain

if TYPE_CHECKING:
    from edge_postgres.pages.project import PagesProjectArgs

Domain = Annotated[str, AfterValidator(lambda domain: validate_domain(domain, subject=""))]


def _placed(environment: Any, info: ValidationInfo) -> Any:
    """An environment that knows where it stands."""
    if not isinstance(environment, dict):
        return environment
    return {**environment, "(path)": f"pages.{info.data.get('name', '…')}.{info.field_name}"}


Environment = Annotated[PagesEnvironmentSettings, BeforeValidator(_placed)]


class Build(Model):
    """How the content is built from its source."""

    command: str | None = None
    output_dir: str | None = None
    root_dir: str | None = None
    caching: bool | None = None


class Source(Model):
    """A repository whose pushes are built and deployed."""

    host: Annotated[GitHost, Field(strict=False)]
    owner: str
    repository: str
    preview_branches: list[str] | None = None
    pull_request_comments: bool | None = None


class PagesSettings(Model):
    """A Pages project: what its Functions find in production and in previews, and its domains."""

    name: Name
    project_name: Annotated[str, AfterValidator(lambda name: validate_project_name(name, subject=""))] | None = None
    production_branch: str
    driver: Annotated[Driver, Field(strict=False)] | None = None
    compatibility_date: Day
    compatibility_flags: list[str] = []
    production: Environment
    preview: Environment
    accept_shared_database: bool = False
    domains: list[Domain] = []
    zones: dict[
        Domain, Annotated[str, AfterValidator(lambda zone_id: validate_hex_id(zone_id, "zone id", subject=""))]
    ] = {}
    build: Build | None = None
    source: Source | None = None

    @property
    def environments(self) -> Mapping[str, PagesEnvironmentSettings]:
        """Production and preview, by name."""
        return {"production": self.production, "preview": self.preview}

    @model_validator(mode="after")
    def _runs(self) -> Self:
        project = self.model_dump(include={"compatibility_date", "compatibility_flags"})
        for which, environment in self.environments.items():
            validate_connection_methods(self.driver, environment.ways, subject=which)
            validate_runtime(environment.model_dump(include=set(project)), which, project, self.driver, subject="")
        return self

    @model_validator(mode="after")
    def _zones_of_its_own(self) -> Self:
        validate_zones(self.domains, self.zones, subject="")
        return self

    def arguments(self, secrets: Secrets, neighbours: Neighbours, **given: Any) -> "PagesProjectArgs":
        """The arguments of the component: what this states, what stands beside it in the stack, and what is given.

        Warns where previews reach production's database: the names here tell what ids do not, that `main.fresh` is
        `main`.
        """
        if self.production.databases & self.preview.databases and not self.accept_shared_database:
            pulumi.log.warn(format_shared_database("acceptSharedDatabase", subject=f"pages.{self.name}.preview"))
        apart = {"name", "production", "preview", "accept_shared_database"}
        environments = {which: each.arguments(secrets, neighbours) for which, each in self.environments.items()}
        stated = self.model_dump(exclude=apart, exclude_none=True)
        return cast("PagesProjectArgs", {**given, **stated, **environments, "accept_shared_database": True})

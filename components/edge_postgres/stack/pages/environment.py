"""What the stack file binds to production, or to the previews, of a Pages project."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from edge_postgres.core.errors import ValidationError
from edge_postgres.pages.rules import reject_assets_name, validate_cpu_ms
from edge_postgres.stack.binding_targets import Neighbours
from edge_postgres.stack.model import Model, context_of
from edge_postgres.stack.secrets import Secrets, command_to_set
from edge_postgres.stack.workers.bindings import Configuration, Namespace, Service, Text, Variables
from edge_postgres.stack.workers.direct import DirectSettings
from edge_postgres.stack.workers.serverless import EarlyAccess, ServerlessSettings, serverless_arguments
from edge_postgres.stack.workers.worker import Day
from edge_postgres.workers.bindings.render import validate_bindings

OWN = ("r2", "d1", "queues", "durable_objects", "analytics", "vectorize", "mtls_certificates", "vars")
"""Bindings that nobody else in the stack makes."""
RUN = ("ai", "compatibility_date", "compatibility_flags", "fail_open", "smart_placement", "cpu_ms")


def _secret(name: str, info: ValidationInfo) -> str:
    path = f"{info.data['path']}.{name}"
    if path not in context_of(info).secrets:
        raise ValidationError("", f"{name} is not set", f"Run: {command_to_set(path)}")
    return name


class PagesEnvironmentSettings(Model):
    """What a deployment finds and how it runs."""

    # The path of the environment, below which its secrets stand: production and previews have values of their own.
    path: Annotated[str, Field(alias="(path)")]
    hyperdrive: dict[str, Configuration] = {}
    kv: dict[str, Namespace] = {}
    r2: dict[str, Text] = {}
    d1: dict[str, Text] = {}
    queues: dict[str, Text] = {}
    services: dict[str, Service] = {}
    durable_objects: dict[str, Text] = {}
    analytics: dict[str, Text] = {}
    vectorize: dict[str, Text] = {}
    mtls_certificates: dict[str, Text] = {}
    ai: str | None = None
    vars: Variables = {}
    secrets: list[Annotated[str, AfterValidator(_secret)]] = []
    direct: DirectSettings | None = None
    serverless: ServerlessSettings = {}
    accept_early_access: EarlyAccess = None
    compatibility_date: Day | None = None
    compatibility_flags: list[str] | None = None
    fail_open: bool | None = None
    smart_placement: bool | None = None
    cpu_ms: Annotated[int, AfterValidator(lambda cpu_ms: validate_cpu_ms(cpu_ms, subject=""))] | None = None

    @model_validator(mode="after")
    def _one_thing_under_one_name(self, info: ValidationInfo) -> Self:
        bound = ("hyperdrive", "kv", "services", *OWN, "secrets", "serverless")
        groups = {group: list(getattr(self, group)) for group in bound}
        groups["ai"] = [self.ai] if self.ai else []
        groups["direct"] = self.direct.variables if self.direct else []
        validate_bindings(groups, context_of(info).plan, subject="")
        reject_assets_name(groups, subject="")
        return self

    @property
    def ways(self) -> set[str]:
        """The ways to a database that it has."""
        return {way for way in ("hyperdrive", "direct", "serverless") if getattr(self, way)}

    @property
    def databases(self) -> set[str]:
        """The databases that it reaches, whatever the way."""
        configurations = {reference.partition(".")[0] for reference in self.hyperdrive.values()}
        dialled = {self.direct.database} if self.direct else set()
        return configurations | dialled | set(self.serverless.values())

    def scripts(self) -> set[str]:
        """The Workers that have to be there before it."""
        return set(self.services.values())

    def arguments(self, secrets: Secrets, neighbours: Neighbours) -> dict[str, Any]:
        """The environment as the component takes it."""
        made = {
            "hyperdrive": {name: neighbours.hyperdrive.get(key) for name, key in self.hyperdrive.items()},
            "kv": {name: neighbours.kv.get(key) for name, key in self.kv.items()},
            "services": {name: neighbours.workers.get(key, key) for name, key in self.services.items()},
            "secrets": {name: secrets.output(f"{self.path}.{name}") for name in self.secrets},
            "direct": self.direct.arguments(neighbours) if self.direct else None,
            "serverless": serverless_arguments(self.serverless, neighbours),
        }
        bound = {key: value for key, value in {**made, **self.model_dump(include=set(OWN))}.items() if value}
        return {**bound, **self.model_dump(include=set(RUN), exclude_none=True)}

"""The Workers of a stack file."""

import re
from typing import TYPE_CHECKING, Annotated, Any, Self, cast

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from components.bindings import checked_variable, refuse_clashes
from components.compatibility import Driver, checked_date, rendered_flags
from components.errors import Refusal
from components.worker_rules import checked_bundle, checked_domain, checked_pattern, checked_script_name
from settings.model import Model, Name, around
from settings.secrets import Secrets, command_to_set

if TYPE_CHECKING:
    from components.worker import WorkerArgs


def _date(value: Any) -> Any:
    # An unquoted date of the YAML file reaches the program as `2026-08-01 00:00:00 +0000 UTC`.
    return value.removesuffix(" 00:00:00 +0000 UTC") if isinstance(value, str) else value


def _dated(date: str, info: ValidationInfo) -> str:
    return checked_date(date, "", info.data.get("driver"))


def _flags(flags: list[str], info: ValidationInfo) -> list[str]:
    if "compatibility_date" in info.data:
        rendered_flags(flags, info.data["compatibility_date"], "", info.data.get("driver"))
    return flags


def _built(bundle: str, info: ValidationInfo) -> str:
    checked_bundle(str(around(info).root / bundle), "", info.data.get("driver"), shown=bundle)
    return bundle


def _database(name: str, info: ValidationInfo) -> str:
    databases = around(info).databases
    if name not in databases:
        known = ", ".join(f"`{database}`" for database in sorted(databases)) or "none"
        raise Refusal("", f"is {name}, which is no database of this stack", f"The databases are {known}.")
    return name


def _worker_secret(name: str, info: ValidationInfo) -> str:
    path = f"workers.{info.data.get('name', '…')}.{name}"
    if path not in around(info).secrets:
        raise Refusal("", f"{name} is not set", f"Run: {command_to_set(path)}")
    return name


def _variables(variables: dict[str, str]) -> dict[str, str]:
    for name, value in variables.items():
        checked_variable(name, name, value)
    return variables


def _zone(zone_id: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{32}", zone_id):
        raise Refusal("", f"is {zone_id}; a zone id has 32 hexadecimal digits", "The zone's overview page has it.")
    return zone_id


class WorkerSettings(Model):
    """A Worker script, what is bound to it and where it answers."""

    name: Name
    driver: Annotated[Driver, Field(strict=False)] | None = None
    bundle: Annotated[str, AfterValidator(_built)]
    script_name: Annotated[str, AfterValidator(lambda name: checked_script_name(name, ""))] | None = None
    compatibility_date: Annotated[str, BeforeValidator(_date), AfterValidator(_dated)]
    compatibility_flags: Annotated[list[str], AfterValidator(_flags)] = []
    hyperdrive: dict[str, Annotated[str, AfterValidator(_database)]] = {}
    vars: Annotated[dict[str, str], AfterValidator(_variables)] = {}
    secrets: list[Annotated[str, AfterValidator(_worker_secret)]] = []
    routes: dict[
        Annotated[str, AfterValidator(lambda pattern: checked_pattern(pattern, ""))],
        Annotated[str, AfterValidator(_zone)],
    ] = {}
    domains: list[Annotated[str, AfterValidator(lambda domain: checked_domain(domain, ""))]] = []
    workers_dev: bool | None = None
    preview_urls: bool = False

    @model_validator(mode="after")
    def _one_thing_under_one_name(self) -> Self:
        refuse_clashes("", {"hyperdrive": self.hyperdrive, "vars": self.vars, "secrets": self.secrets})
        return self

    def arguments(self, secrets: Secrets, **given: Any) -> "WorkerArgs":
        """The arguments of the component: what this states, and what is given by its neighbours."""
        stated = self.model_dump(exclude={"name", "hyperdrive", "secrets"}, exclude_none=True)
        wrapped = {name: secrets[f"workers.{self.name}.{name}"] for name in self.secrets}
        return cast("WorkerArgs", {**given, **stated, "secrets": wrapped})

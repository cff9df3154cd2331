"""Types of a Worker's settings, with the validators of their values.

A validator sees only the fields that precede its own field in ``WorkerSettings``.
"""

import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.every_error import validate_items
from edge_postgres.stack.model import context_of
from edge_postgres.stack.workers.bindings import ScriptRef
from edge_postgres.stack.workers.parts import ModuleSettings, module_from_path
from edge_postgres.workers.bundle import validate_bundle
from edge_postgres.workers.compatibility import find_node_need, render_flags, validate_date
from edge_postgres.workers.files import validate_files
from edge_postgres.workers.migrations import validate_migrations
from edge_postgres.workers.route_records import resolve_route_records
from edge_postgres.workers.rules import (
    validate_domain,
    validate_keep_bindings,
    validate_route_pattern,
    validate_script_name,
    validate_tail_consumers,
)
from edge_postgres.workers.schedule import validate_crons
from edge_postgres.workers.worker_spec import MAIN_MODULE


def _without_midnight(value: object) -> object:
    # Pulumi passes an unquoted date of the YAML file as `2026-08-01 00:00:00 +0000 UTC`.
    return value.removesuffix(" 00:00:00 +0000 UTC") if isinstance(value, str) else value


def reject_future_date(date: str) -> str:
    """Returns a compatibility date unchanged. Raises ``ValidationError`` for a day that has begun nowhere on Earth.

    Cloudflare rejects a date in the future with the error 10021, in the middle of `pulumi up`. In the first time zone,
    UTC+14, a day begins 14 hours before it begins in UTC. The error was not checked in Cloudflare's documentation. Page
    about the dates: https://developers.cloudflare.com/workers/configuration/compatibility-dates/.
    """
    try:
        parsed = datetime.date.fromisoformat(date)
    except ValueError:
        # The rule about dates reports a value that is no date.
        return date
    today = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=14)).date()
    if parsed > today:
        raise ValidationError(
            "", f"must not be in the future, got {date}", f"Set {today} or earlier, such as the date of today."
        )
    return date


def _compatibility_date(date: str, info: ValidationInfo) -> str:
    return validate_date(date, _node_need(info), subject="")


def _node_need(info: ValidationInfo) -> str | None:
    return find_node_need(info.data.get("driver"), has_hyperdrive=bool(info.data.get("hyperdrive")))


def _compatibility_flags(flags: list[str], info: ValidationInfo) -> list[str]:
    if "compatibility_date" in info.data:
        render_flags(flags, info.data["compatibility_date"], _node_need(info), subject="")
    return flags


def _bundle(bundle: str, info: ValidationInfo) -> str:
    methods = {method for method in ("hyperdrive", "direct", "serverless") if info.data.get(method)}
    path = context_of(info).root / bundle
    validate_bundle(str(path), info.data.get("driver"), methods, shown=bundle, subject="")
    return bundle


def _modules(modules: dict[str, ModuleSettings], info: ValidationInfo) -> dict[str, ModuleSettings]:
    main_module = info.data.get("main_module") or MAIN_MODULE
    root, bundle = context_of(info).root, info.data.get("bundle")

    def validate(names: list[str]) -> None:
        validate_files({name: modules[name].args() for name in names}, main_module, root, bundle=bundle, subject="")

    validate_items(validate, list(modules))
    return modules


def _crons(crons: list[str], info: ValidationInfo) -> list[str]:
    plan = context_of(info).plan
    validate_items(lambda some: validate_crons(some, plan, subject=""), crons)
    return validate_crons(crons, plan, subject="")


def _keep_bindings(types: list[str]) -> None:
    validate_keep_bindings(types, subject="")


def _tail_consumers(names: list[str], info: ValidationInfo) -> list[str]:
    return validate_items(lambda some: validate_tail_consumers(some, info.data.get("name", ""), subject=""), names)


def _route_records(hosts: list[str], info: ValidationInfo) -> list[str]:
    if "routes" in info.data:
        validate_items(lambda some: resolve_route_records(some, info.data["routes"], subject=""), hosts)
    return hosts


DateString = Annotated[str, BeforeValidator(_without_midnight), AfterValidator(reject_future_date)]
"""A compatibility date, `2026-08-01`, quoted or not."""
ScriptName = Annotated[str, AfterValidator(lambda name: validate_script_name(name, subject=""))]
Module = Annotated[ModuleSettings, BeforeValidator(module_from_path)]
Modules = Annotated[dict[str, Module], AfterValidator(_modules)]
BundlePath = Annotated[str, AfterValidator(_bundle)]
CompatibilityDate = Annotated[DateString, AfterValidator(_compatibility_date)]
CompatibilityFlags = Annotated[list[str], AfterValidator(_compatibility_flags)]
RoutePattern = Annotated[str, AfterValidator(lambda pattern: validate_route_pattern(pattern, subject=""))]
ZoneId = Annotated[str, AfterValidator(lambda zone_id: validate_hex_id(zone_id, "zone ID", subject=""))]
Domain = Annotated[str, AfterValidator(lambda domain: validate_domain(domain, subject=""))]
RouteRecords = Annotated[list[str], AfterValidator(_route_records)]
BindingTypes = Annotated[list[str], AfterValidator(lambda types: validate_items(_keep_bindings, types))]
Migrations = Annotated[dict[str, object], AfterValidator(lambda given: validate_migrations(given, subject=""))]
Crons = Annotated[list[str], AfterValidator(_crons)]
TailConsumers = Annotated[list[ScriptRef], AfterValidator(_tail_consumers)]

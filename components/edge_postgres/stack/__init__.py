"""Stack configuration: typed, checked, every fault reported at once.

``load()`` reads the configuration of the current stack. A faulty one ends the program with one message, no traceback.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

import pulumi
import pydantic
from pulumi.runtime.config import CONFIG, get_config, get_config_env, is_config_secret
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.stack.binding_targets import Neighbours
from edge_postgres.stack.errors import Fault, faults_of, report
from edge_postgres.stack.model import LOCAL, Model, Surroundings, around, is_local, named
from edge_postgres.stack.origins import PROVIDERS, AnyDatabase
from edge_postgres.stack.other_stacks import taken_by
from edge_postgres.stack.pages.project import PagesSettings
from edge_postgres.stack.preview import faults_of_preview, named_after
from edge_postgres.stack.routes import KINDS
from edge_postgres.stack.secrets import KEY as SECRETS_KEY
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.workers.direct import reject_unfit, taken_directly
from edge_postgres.stack.workers.kv import KvSettings
from edge_postgres.stack.workers.secrets_store import SecretsStoreSettings, bindable_in
from edge_postgres.stack.workers.serverless import reject_elsewhere
from edge_postgres.stack.workers.worker import WorkerSettings, in_order

__all__ = ["Neighbours", "Secrets", "Settings", "is_local", "load", "taken_by"]


def _account(account_id: str | None, info: ValidationInfo) -> str:
    if account_id is None:
        command = f"pulumi config set {pulumi.get_project()}:accountId <32 hexadecimal digits>"
        raise ValidationError("", "is missing", f"Run: {command}")
    if account_id == LOCAL and around(info).is_local:
        return account_id
    return validate_hex_id(account_id, "account id", subject="")


class Settings(Model):
    """A stack file: the account, its databases, its Workers, and what these share."""

    account_id: Annotated[str | None, AfterValidator(_account)] = None
    plan: Annotated[Plan, Field(strict=False)] = Plan.PAID
    databases: Annotated[dict[str, AnyDatabase], BeforeValidator(named)]
    kv: Annotated[dict[str, KvSettings], BeforeValidator(named)] = {}
    secrets_store: SecretsStoreSettings | None = None
    workers: Annotated[dict[str, WorkerSettings], BeforeValidator(named)] = {}
    pages: Annotated[dict[str, PagesSettings], BeforeValidator(named)] = {}

    @property
    def scripts(self) -> list[tuple[str, WorkerSettings]]:
        """The Workers, each behind those that it binds."""
        return [(name, self.workers[name]) for name in in_order(self.workers)]

    def taken_directly(self, database: str) -> dict[str, int]:
        """The connections of a database that are held without Hyperdrive at most, by the path of who holds them."""
        return taken_directly(self._users("direct"), database)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        reject_unfit(self.databases, self._users("direct"), self.plan)
        reject_elsewhere(self.databases, self._users("serverless"))
        in_order(self.workers)
        return self

    def _users(self, way: str) -> dict[str, Any]:
        """What each Worker and each environment of a Pages project states of a way to a database, by path."""
        workers = {f"workers.{name}": getattr(worker, way) for name, worker in self.workers.items()}
        pages = {
            f"pages.{name}.{which}": getattr(environment, way)
            for name, project in self.pages.items()
            for which, environment in project.environments.items()
        }
        return {**workers, **pages}


def load(root: Path | None = None) -> tuple[Settings, Secrets]:
    """The settings and the secrets of the current stack; paths in them are relative to ``root``.

    Raises ``pulumi.RunError`` with every fault of the stack file.
    """
    stack = pulumi.get_stack()
    secrets = Secrets()
    raw, faults = _configured()
    raw = named_after(stack, raw)
    faults += faults_of_preview(stack, raw)
    surroundings = Surroundings(
        stack=stack,
        secrets=secrets.names,
        databases=frozenset(_configurations(raw.get("databases"))),
        origins=_names(raw, "databases"),
        kv=_names(raw, "kv"),
        secrets_store=frozenset(bindable_in(raw.get("secretsStore"))),
        workers=_names(raw, "workers"),
        plan=Plan(raw["plan"]) if raw.get("plan") in set(Plan) else Plan.PAID,
        root=root or Path.cwd(),
    )
    if not secrets.encrypted:
        faults.append(Fault(SECRETS_KEY, "is in plain text. Set each secret anew with `pulumi config set --secret`."))
    try:
        settings = Settings.model_validate(raw, context=surroundings)
    except pydantic.ValidationError as error:
        faults += faults_of(error, Settings, {"provider": PROVIDERS, "kind": KINDS})
    if faults:
        raise pulumi.RunError(report(f"Pulumi.{stack}.yaml", faults))
    return settings, secrets


def _names(raw: Mapping[str, Any], group: str) -> frozenset[str]:
    entries = raw.get(group)
    return frozenset(entries if isinstance(entries, dict) else ())


def _configurations(databases: Any) -> Iterator[str]:
    """What a Worker can bind: each database behind Hyperdrive, and `NAME.fresh` of a pair."""
    for name, database in databases.items() if isinstance(databases, dict) else ():
        hyperdrive = database.get("hyperdrive") if isinstance(database, dict) else None
        if hyperdrive is not None:
            yield name
        if isinstance(hyperdrive, dict) and "fresh" in hyperdrive:
            yield f"{name}.fresh"


def _configured() -> tuple[dict[str, Any], list[Fault]]:
    """What the project's own keys hold, without the secrets, and what is wrong before anybody looks at the values."""
    project = pulumi.get_project()
    keys = {
        key.removeprefix(f"{project}:") for key in {**get_config_env(), **CONFIG.get()} if key.startswith(f"{project}:")
    }
    raw: dict[str, Any] = {}
    faults: list[Fault] = []
    for key in keys - {SECRETS_KEY}:
        if is_config_secret(f"{project}:{key}"):
            faults.append(Fault(key, f"holds an encrypted value. Secrets stand below `{SECRETS_KEY}`, and only there."))
        text = get_config(f"{project}:{key}") or ""
        raw[key] = json.loads(text) if text[:1] in ("{", "[") else text
    return raw, faults

"""`load` reads and validates the stack file, and reports all errors in one message without a traceback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pulumi
import pydantic
from pydantic import BeforeValidator, Field, ValidationInfo

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import Json
from edge_postgres.core.plan import Plan
from edge_postgres.stack.account_usage import AccountLimitsSettings, find_exceeded_limits
from edge_postgres.stack.api_keys import find_api_key_errors
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.clients import consumers_by_database, direct_clients, serverless_clients
from edge_postgres.stack.configuration import find_encrypted_settings, find_errors_of_secrets, read_config
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.create_database import create_database
from edge_postgres.stack.create_workers import create_workers, workers_in_order
from edge_postgres.stack.entry_names import sections_of
from edge_postgres.stack.errors import errors_of, report
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.existing_configurations import (
    ExistingConfiguration,
    existing_ids,
    find_names_of_databases,
    hyperdrive_references,
)
from edge_postgres.stack.former_configurations import add_aliases_of_kept, find_lost_configurations
from edge_postgres.stack.model import LOCAL, Entries, KeyName, Model, ValidationContext, context_of
from edge_postgres.stack.moves import find_dangerous_moves, find_empty_databases, find_taken_over
from edge_postgres.stack.name_collisions import find_name_collisions
from edge_postgres.stack.origins import PROVIDERS, AnyDatabase
from edge_postgres.stack.origins.prisma import find_repeated_connections
from edge_postgres.stack.packages import find_missing_packages
from edge_postgres.stack.pages.project import PagesSettings
from edge_postgres.stack.preview import preview_errors
from edge_postgres.stack.raised_budgets import warn_of_raised_budgets
from edge_postgres.stack.renamed_keys import add_aliases, find_renamed_keys
from edge_postgres.stack.routes import KINDS
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.transform import find_transform_errors
from edge_postgres.stack.unclear_values import with_unclear_values
from edge_postgres.stack.vendor_names import Sections, read_previous_sections, render_sections
from edge_postgres.stack.workers.direct import DirectSettings, connections_by_client, find_direct_errors
from edge_postgres.stack.workers.kv import KvSettings
from edge_postgres.stack.workers.probes import find_databases_without_probes, find_unreachable_probes
from edge_postgres.stack.workers.queues import QueueSettings, find_consumer_errors
from edge_postgres.stack.workers.secrets_store import SecretsStoreSettings, bindable_secrets
from edge_postgres.stack.workers.serverless import find_serverless_errors
from edge_postgres.stack.workers.worker import WorkerSettings

__all__ = ["BindingTargets", "Secrets", "Settings", "StackContext", "create_database", "create_workers", "load"]


def _account(account_id: object, info: ValidationInfo) -> object:
    if not isinstance(account_id, str):
        return account_id
    if not account_id:
        command = f"pulumi config set {pulumi.get_project()}:accountId <32 hexadecimal digits>"
        raise ValidationError("", "is required", f"Run: {command}")
    if account_id == LOCAL and context_of(info).is_local:
        return account_id
    return validate_hex_id(account_id, "account ID", subject="")


class Settings(Model):
    """A stack file: the account, its databases, Workers and Pages projects, and the resources that they share."""

    account_id: Annotated[str, BeforeValidator(_account)] = ""
    """ID of the Cloudflare account, 32 hexadecimal digits, or `local` in the stacks `local` and `local-NAME`."""
    plan: Annotated[Plan, Field(strict=False)] = Plan.PAID
    """Workers plan of the account, which determines the limits of Workers and of Hyperdrive."""
    account_limits: AccountLimitsSettings = AccountLimitsSettings()
    """Limits that Cloudflare has changed for the account. Default: Cloudflare's limits of the plan."""
    databases: Annotated[dict[str, AnyDatabase], Entries]
    """Databases, by a name that you choose."""
    hyperdrive_configurations: dict[KeyName, ExistingConfiguration] = {}
    """Existing Hyperdrive configurations, which the stack binds and does not change, by a name that you choose."""
    kv: Annotated[dict[str, KvSettings], Entries] = {}
    """KV namespaces that Workers and Pages projects share, by a name that you choose."""
    queues: Annotated[dict[str, QueueSettings], Entries] = {}
    """Queues that Workers send messages to and receive messages from, by a name that you choose."""
    secrets_store: SecretsStoreSettings | None = None
    """Secrets that the stack keeps in the account's Secrets Store, so that several Workers can share them."""
    workers: Annotated[dict[str, WorkerSettings], Entries] = {}
    """Workers, by a name that you choose."""
    pages: Annotated[dict[str, PagesSettings], Entries] = {}
    """Pages projects, by a name that you choose."""

    @property
    def existing_hyperdrive_ids(self) -> dict[str, str]:
        """IDs of `hyperdriveConfigurations` by reference: `NAME`, and `NAME.fresh` with `freshId`."""
        return existing_ids(self.hyperdrive_configurations)

    @property
    def direct_users(self) -> dict[str, DirectSettings | None]:
        """The setting `direct` of each Worker and of each environment of a Pages project, by path."""
        return dict(direct_clients(self))

    @property
    def serverless_users(self) -> dict[str, dict[str, str]]:
        """The setting `serverless` of each Worker and of each environment of a Pages project, by path."""
        return dict(serverless_clients(self))

    @property
    def gradual_workers(self) -> list[str]:
        """Paths of the settings that deploy an older version of a Worker."""
        gradual = [name for name, each in self.workers.items() if each.rollout and each.rollout.previous_version_id]
        return [f"workers.{name}.rollout.previousVersionId" for name in gradual]

    @property
    def names(self) -> Json:
        """The names of all entries at their vendors, for the stack output `names`, which the next run reads."""
        return render_sections(sections_of(self))

    def context(self, secrets: Secrets, previous: Sections | None = None) -> StackContext:
        """Returns the values that the ``create`` methods take, for the current stack.

        Args:
            secrets: Secrets of the stack.
            previous: Names that the previous update exported.
        """
        return StackContext(
            account_id=self.account_id,
            plan=self.plan,
            stack=pulumi.get_stack(),
            secrets=secrets,
            stored_secrets_ceiling=self.account_limits.stored_secrets,
            direct_connections={name: connections_by_client(self.direct_users, name) for name in self.databases},
            consumers=consumers_by_database(self),
            databases_without_probes=find_databases_without_probes(self.databases),
            taken_over=find_taken_over(previous or {}, sections_of(self)),
        )

    @rule
    def _direct_clients_reach_their_databases(self, info: ValidationInfo) -> Iterator[ValidationError]:
        local = context_of(info).is_local
        yield from find_direct_errors(self.databases, self.direct_users, self.plan, allow_loopback=local)

    @rule
    def _serverless_clients_reach_their_databases(self, info: ValidationInfo) -> Iterator[ValidationError]:
        local = context_of(info).is_local
        yield from find_serverless_errors(self.databases, self.serverless_users, allow_loopback=local)

    @rule
    def _workers_have_an_order(self) -> None:
        workers_in_order(self.workers)

    @rule
    def _queues_have_one_consumer(self) -> Iterator[ValidationError]:
        # A Worker with errors is a partial model.
        consumers = {name: getattr(worker, "queue_consumers", {}) for name, worker in self.workers.items()}
        yield from find_consumer_errors(consumers, self.queues)

    @rule
    def _connections_have_unique_names(self) -> Iterator[ValidationError]:
        yield from find_repeated_connections(self.databases, consumers_by_database(self))

    @rule
    def _probes_reach_their_hosts(self) -> Iterator[ValidationError]:
        placements = {name: getattr(worker, "placement", None) for name, worker in self.workers.items()}
        yield from find_unreachable_probes(placements, self.databases)


def load(root: Path | None = None) -> tuple[Settings, StackContext]:
    """Returns the validated configuration of the current stack, and the values that ``create`` methods take.

    Args:
        root: Directory that relative paths of the stack file start from; default: the current one.

    Raises:
        pulumi.RunError: The message lists every error of the stack file.
    """
    stack = pulumi.get_stack()
    raw, secrets, unreadable = read_config(stack)
    plan = Plan(raw["plan"]) if raw.get("plan") in [*Plan] else Plan.PAID
    missing = list(find_missing_packages(raw))
    errors = [
        *missing,
        *find_encrypted_settings(raw),
        *find_errors_of_secrets(secrets),
        *find_api_key_errors(raw),
        *preview_errors(raw, stack),
        # A missing package contains the classes that a `transform` is compared with.
        *(() if missing else find_transform_errors(raw)),
        *find_name_collisions(raw, secrets),
        *find_exceeded_limits(raw, plan),
        *find_names_of_databases(raw),
    ]
    names = {section: frozenset(entries) for section, entries in raw.items() if isinstance(entries, dict)}
    context = ValidationContext(
        stack=stack,
        plan=plan,
        root=root or Path.cwd(),
        secrets=secrets,
        database_names=names.get("databases", frozenset()),
        hyperdrive_bindings=frozenset(hyperdrive_references(raw)),
        kv=names.get("kv", frozenset()),
        queues=names.get("queues", frozenset()),
        secrets_store=frozenset(bindable_secrets(raw.get("secretsStore"))),
        workers=names.get("workers", frozenset()),
    )
    try:
        settings = Settings.model_validate(raw, context=context)
    except pydantic.ValidationError as error:
        errors += errors_of(error, Settings, {"provider": PROVIDERS, "kind": KINDS})
    errors = with_unclear_values(raw, unreadable, errors)
    if errors:
        raise pulumi.RunError(report(f"Pulumi.{stack}.yaml", errors))
    previous = read_previous_sections()
    current = sections_of(settings)
    moves = [
        *find_dangerous_moves(previous, current),
        *find_lost_configurations(previous, current, settings.gradual_workers),
    ]
    if not context.is_local_or_preview:
        moves += find_empty_databases(previous, current)
    if moves:
        raise pulumi.RunError(report(f"Pulumi.{stack}.yaml", moves))
    warn_of_raised_budgets(previous, current)
    add_aliases(find_renamed_keys(previous, current))
    add_aliases_of_kept(previous, current)
    return settings, settings.context(secrets, previous)

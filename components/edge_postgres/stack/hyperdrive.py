"""Settings of the Hyperdrive configuration in front of a database."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, cast

import pulumi
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.hyperdrive.budget import ConnectionBudgetArgs
from edge_postgres.hyperdrive.rules import split_limit, validate_limit
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.stack.caching import RequiredCaching
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.kept_configuration import DeleteAtOnce, KeptConfigurations
from edge_postgres.stack.model import Model, NonNegativeInt, context_of
from edge_postgres.stack.tls import Tls
from edge_postgres.stack.transform import Transformable

if TYPE_CHECKING:
    from edge_postgres.hyperdrive.certificates import OriginCertificates


AUTO = "auto"
"""The value of `connectionLimit` that uses all connections that remain in the budget."""


class Fresh(Model):
    """Name of a second configuration that never caches, and its fraction of the connections."""

    share: Annotated[float, Field(gt=0, lt=1, strict=False)]
    """Fraction of `connectionLimit` that the second configuration gets, such as `0.3`. The first configuration gets the
    remaining connections. Each configuration gets at least 5 connections."""
    config_name: str | None = None
    """Name of the second configuration at Cloudflare. Cannot be combined with `credentials`. Default:
    `hyperdrive.configName` with `-fresh`."""


def _connection_limit(limit: Any, info: ValidationInfo) -> int | str:
    if limit == AUTO:
        return AUTO
    if type(limit) is not int:
        raise ValidationError("", "must be an integer or `auto`", "Write the number without quotes.")
    return validate_limit(limit, plan=context_of(info).plan, ceiling=info.data.get("connection_ceiling"), subject="")


def _by_client(value: Any) -> Any:
    return {"reservedElsewhere": value} if isinstance(value, int) else value


class HyperdriveSettings(Transformable):
    """The Hyperdrive configuration in front of a database, or a pair of which one never caches."""

    connection_ceiling: NonNegativeInt | None = None
    """Highest connection limit that Cloudflare allows for the account. Only for an account whose limit Cloudflare
    changed, or for which Cloudflare still applies the limit of 100 from before 2026-09-10. Default: 20 on the free
    plan, 1500 on the paid plan."""
    connection_limit: Annotated[Any, AfterValidator(_connection_limit)]
    """Connections that Hyperdrive may open to the database, at least 5, or at least 10 with `fresh`. `auto` uses the
    connections that remain in the connection budget, at most `connectionCeiling`."""
    reserved_elsewhere: Annotated[dict[str, NonNegativeInt], BeforeValidator(_by_client)] = {}
    """Connections that clients outside Pulumi use, such as a migration tool. The connection budget subtracts these
    connections. Set one number, or a map of client name to number."""
    other_stacks: dict[str, str] = {}
    """Other stacks that use the same database. The connection budget subtracts the connections that the other stacks
    use. Map of `organization/project/stack` to the key of the database in `databases` of the other stack."""
    unallocated: NonNegativeInt | None = None
    """Connections that the budget gives to no client, as a margin, because Hyperdrive can exceed its limit for a short
    time. Default: a tenth of the connections that the database accepts and does not reserve."""
    caching: RequiredCaching = None  # type: ignore[assignment]  # None is rejected
    """Caching of query results: `none`, or a map with the two ages `maxAge` and `staleWhileRevalidate`. The cache does
    not know the session: with row-level security or `search_path` alone, one tenant can get the rows of another."""
    config_name: str | None = None
    """Name of the Hyperdrive configuration at Cloudflare. Default: `<project>-<stack>-<name>`."""
    fresh: Fresh | None = None
    """Second Hyperdrive configuration of the same database, which never caches. A Worker binds the second configuration
    as `NAME.fresh`, where NAME is the key of the database in `databases`. Cannot be combined with `caching: none`."""
    keep: KeptConfigurations = {}
    """Former Hyperdrive configurations of the database that older versions of Workers are bound to, so that a rollback
    works. They connect as the current configuration does, and they count in the connection budget. Map of name at
    Cloudflare to settings. Remove an entry when no rollback needs it."""
    delete_at_once: DeleteAtOnce = None
    """Whether an update may delete a Hyperdrive configuration that `keep` did not contain before. A rollback to a
    version that is bound to it then fails. Default: `false`, except in `local` and preview stacks (`pr-…`)."""
    scheme: Literal["postgres", "postgresql"] = "postgres"
    """URL scheme of the origin. Both values are equivalent. Another value makes `pulumi up` send the configuration
    again, with the password of the stack, for example after a change of the password in the dashboard."""
    tls: Tls | None = None
    """TLS between Hyperdrive and the database. Cannot be combined with the network route `vpc-service`, which has the
    setting `route.certificateVerification`, or with `serviceId`. Default: for `existing` and `supabase`, the mode in
    `sslmode` or in the connection string; else TLS without verification of the certificate."""

    @rule
    def _pair_is_possible(self) -> Self:
        if self.fresh is None:
            return self
        if self.caching.disabled:
            raise ValidationError(
                "fresh",
                "cannot be combined with `caching: none`, because then neither configuration has a cache",
                "Remove `fresh`, or set `caching` to `{maxAge: 60, staleWhileRevalidate: 15}`.",
            )
        if self.connection_limit != AUTO:
            split_limit(self.connection_limit, self.fresh.share, subject="")
        return self

    def with_limits(self, args: ConnectionBudgetArgs, consumers: list[str]) -> ConnectionBudgetArgs:
        """Returns a copy of the arguments of a ``ConnectionBudget`` with the Hyperdrive configurations of this stack.

        Args:
            args: Arguments with the clients that connect without Hyperdrive.
            consumers: Names of the Hyperdrive configurations in the budget. A configuration and its fresh configuration
                have one name.
        """
        limits, elsewhere = args.get("limits", {}), args.get("elsewhere", {})
        is_auto = self.connection_limit == AUTO
        kept = {f"keep {name}": each.connection_limit for name, each in self.keep.items()}
        with_limits: ConnectionBudgetArgs = {
            **args,
            "weights": dict.fromkeys(consumers, 1.0) if is_auto else {},
            "limits": {**({} if is_auto else dict.fromkeys(consumers, self.connection_limit)), **limits, **kept},
            "pairs": consumers if self.fresh else [],
            "elsewhere": {**self.reserved_elsewhere, **elsewhere},
        }
        if self.unallocated is not None:
            with_limits["unallocated"] = self.unallocated
        if self.connection_ceiling is not None:
            with_limits["connection_ceiling"] = self.connection_ceiling
        return with_limits

    def create_certificates(
        self, name: str, context: StackContext, instance_ca: pulumi.Output[str | None] | None = None
    ) -> "OriginCertificates | None":
        """Uploads and returns the certificates of ``tls``. Returns None if there are no certificates."""
        return self.tls.create_certificates(name, context, instance_ca) if self.tls else None

    @property
    def ca_pem(self) -> str | None:
        """The CA certificate of `tls` in PEM, which also verifies the server while `pulumi up` creates roles.

        None unless `tls.mode` is `verify-full`.
        """
        return self.tls.ca_pem if self.tls else None

    def create(
        self,
        name: str,
        context: StackContext,
        origin: PostgresOrigin,
        certificates: "OriginCertificates | None",
        connection_limit: pulumi.Input[float],
    ) -> Mapping[str, pulumi.Output[str]]:
        """Creates one configuration, or a pair with `fresh`. Returns the IDs by reference: `main` and `main.fresh`."""
        origin = self._complete(origin, certificates)
        if self.fresh is None:
            from edge_postgres.hyperdrive.configuration import Hyperdrive

            single = Hyperdrive(
                name,
                {
                    "account_id": context.account_id,
                    "origin": origin,
                    "connection_limit": connection_limit,
                    "caching": self.caching.args,
                    "config_name": optional(self.config_name),
                    "plan": context.plan,
                    "connection_ceiling": optional(self.connection_ceiling),
                    "allow_loopback": context.is_local,
                    "transform": optional(self.transform),
                },
            )
            return {name: single.hyperdrive_id}
        from edge_postgres.hyperdrive.pair import HyperdrivePair

        pair = HyperdrivePair(
            name,
            {
                "account_id": context.account_id,
                "origin": origin,
                "connection_limit": connection_limit,
                "fresh_share": self.fresh.share,
                "caching": self.caching.args,
                "config_name": optional(self.config_name),
                "fresh_config_name": optional(self.fresh.config_name),
                "plan": context.plan,
                "connection_ceiling": optional(self.connection_ceiling),
                "allow_loopback": context.is_local,
                "transform": optional(self.transform),
            },
        )
        return pair.bindings(name, f"{name}.fresh")

    def create_slots(
        self,
        name: str,
        context: StackContext,
        slots: dict[str, PostgresOrigin],
        active_slot: str,
        certificates: "OriginCertificates | None",
        connection_limit: pulumi.Input[float],
    ) -> Mapping[str, pulumi.Output[str]]:
        """Creates for each slot what `create` creates. Returns the IDs of the active slot by reference."""
        from edge_postgres.hyperdrive.slots import HyperdriveSlots

        slots = {slot: self._complete(origin, certificates) for slot, origin in slots.items()}
        active = HyperdriveSlots(
            name,
            {
                "account_id": context.account_id,
                "slots": slots,
                "active_slot": active_slot,
                "connection_limit": connection_limit,
                "caching": self.caching.args,
                "fresh_share": optional(self.fresh.share if self.fresh else None),
                "config_name": optional(self.config_name),
                "plan": context.plan,
                "connection_ceiling": optional(self.connection_ceiling),
                "allow_loopback": context.is_local,
                "transform": optional(self.transform),
            },
        )
        # With `fresh` each slot is a pair, so that this ID is not None.
        fresh = {f"{name}.fresh": cast("pulumi.Output[str]", active.fresh_id)} if self.fresh else {}
        return {name: active.hyperdrive_id, **fresh}

    def _complete(self, origin: PostgresOrigin, certificates: "OriginCertificates | None") -> PostgresOrigin:
        """Returns a copy of the origin with the scheme and the TLS settings."""
        complete: PostgresOrigin = {**origin, "scheme": self.scheme}
        return self.tls.with_tls(complete, certificates) if self.tls else complete

    def create_kept(
        self, name: str, context: StackContext, origin: PostgresOrigin, certificates: "OriginCertificates | None"
    ) -> None:
        """Creates the configurations of `keep`, which connect to the origin of the current configuration."""
        origin = self._complete(origin, certificates)
        for config_name, kept in self.keep.items():
            kept.create(name, config_name, context, origin, self.connection_ceiling)

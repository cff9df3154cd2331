"""The connections of the consumers of a database. Each consumer has separate credentials."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from edge_postgres.core.children import Children
from edge_postgres.core.inputs import apply_inputs
from edge_postgres.http.resource import ApiInput
from edge_postgres.origin.slot import Slot
from edge_postgres.origins.prisma.resources import PrismaConnection
from edge_postgres.origins.prisma.rules import validate_connection_names, validate_consumer


@dataclass(frozen=True)
class ConnectionsOfDatabase:
    """Creates the connections of one database."""

    name: str
    """Name of the component, with which the names of the resources begin."""
    database_id: pulumi.Input[str]
    active_slot: Slot | None
    """Slot whose credentials are in use. None: one connection without a slot for each consumer."""
    api: ApiInput
    children: Children

    def create(
        self, connection_name: pulumi.Input[str], consumers: Mapping[str, pulumi.Input[str]]
    ) -> tuple[dict[str, PrismaConnection], dict[str, PrismaConnection]]:
        """Creates the connections and returns two maps.

        The first map has the connections of the main consumer by slot; without slots, the only key is the empty string.
        The second map has the active connection of each further consumer by the key of the consumer.

        Args:
            connection_name: Name of the connection of the main consumer.
            consumers: Names of the connections of further consumers, by the key of the consumer.
        """
        subject = self.children.subject
        for key in consumers:
            validate_consumer(key, subject=f"{subject}.consumers")
        names: dict[str, pulumi.Input[str]] = {"": connection_name, **consumers}
        created = {}
        for key in names:

            def validated(known: Mapping[str, str], key: str = key) -> str:
                validate_connection_names(known, has_slots=self.active_slot is not None, subject=subject)
                return known[key]

            created[key] = self._create_slots(key, apply_inputs(names, validated))
        active = self.active_slot.value if self.active_slot else ""
        return created[""], {key: slots[active] for key, slots in created.items() if key}

    def _create_slots(self, consumer: str, name: pulumi.Input[str]) -> dict[str, PrismaConnection]:
        """Creates the connection of a consumer, or one for each slot. Returns the connections by slot."""
        prefix = f"{self.name}-connection-{consumer}" if consumer else f"{self.name}-connection"
        opts = self.children.options("connections")
        if self.active_slot is None:
            return {
                "": PrismaConnection(prefix, database_id=self.database_id, name=name, api=self.api, opts=opts),
            }
        return {
            slot.value: PrismaConnection(
                f"{prefix}-{slot}",
                database_id=self.database_id,
                name=pulumi.Output.format("{0}-{1}", name, slot.value),
                active=slot is self.active_slot,
                api=self.api,
                opts=opts,
            )
            for slot in Slot
        }

"""Settings of existing Hyperdrive configurations, which the stack binds and does not change."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.json_types import JsonInput
from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.model import Model
from edge_postgres.stack.raw_settings import find_settings

ConfigurationId = Annotated[str, AfterValidator(lambda value: validate_hex_id(value, "configuration ID", subject=""))]


class ExistingConfiguration(Model):
    """An existing Hyperdrive configuration, for example one that several preview stacks share."""

    id: ConfigurationId
    """ID of the configuration, 32 hexadecimal digits."""
    fresh_id: ConfigurationId | None = None
    """ID of a configuration of the same database that never caches. A Worker binds it as `NAME.fresh`."""
    no_production_data: bool = False
    """Confirms that the database holds no production data. Required in preview stacks (`pr-…`)."""


def existing_ids(configurations: Mapping[str, ExistingConfiguration]) -> dict[str, str]:
    """Returns the ID of each existing configuration by reference: `NAME`, and `NAME.fresh` with `freshId`."""
    ids = {name: each.id for name, each in configurations.items()}
    fresh = {f"{name}.fresh": each.fresh_id for name, each in configurations.items() if each.fresh_id}
    return {**ids, **fresh}


def hyperdrive_references(raw: JsonInput) -> Iterator[str]:
    """Yields the names that a Hyperdrive binding can refer to: `NAME`, and `NAME.fresh` of a pair.

    Args:
        raw: The stack file, which is not validated yet.
    """
    for path, hyperdrive in find_settings(raw, "databases.*.hyperdrive"):
        name = path.split(".")[1]
        if hyperdrive is not None:
            yield name
        if isinstance(hyperdrive, Mapping) and "fresh" in hyperdrive:
            yield f"{name}.fresh"
    for path, entry in find_settings(raw, "hyperdriveConfigurations.*"):
        name = path.partition(".")[2]
        yield name
        if isinstance(entry, Mapping) and "freshId" in entry:
            yield f"{name}.fresh"


def find_names_of_databases(raw: JsonInput) -> Iterator[SettingError]:
    """Yields an error for each existing configuration with the key of a database of the stack."""
    databases = raw.get("databases")
    for path, _ in find_settings(raw, "hyperdriveConfigurations.*"):
        name = path.partition(".")[2]
        if isinstance(databases, Mapping) and name in databases:
            yield SettingError(
                path, f"must not have the name of a database of this stack, got {name}. Choose another name."
            )

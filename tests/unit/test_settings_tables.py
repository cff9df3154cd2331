"""The settings tables of the pages have the settings of the models, with their defaults."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from edge_postgres.stack.errors import _models_in
from edge_postgres.stack.origins import MODELS, Database
from edge_postgres.stack.routes import AccessTunnelSettings, VpcServiceSettings
from edge_postgres.stack.workers.direct import DirectSettings

DOCS = Path(__file__).resolve().parents[2] / "docs"
HEAD = "| Setting | Type | Required | Default | Description |"


@dataclass(frozen=True)
class Row:
    required: str
    default: str
    description: str


def table_of(page: str) -> dict[str, Row]:
    """The rows of the one settings table of a page, by setting."""
    text = (DOCS / page).read_text()
    assert text.count(HEAD) == 1
    lines = text.partition(HEAD)[2].split("\n\n")[0].splitlines()[2:]
    rows = {}
    for line in lines:
        names, _, required, default, description = (cell.strip() for cell in line.strip("|").split(" | "))
        for name in re.findall(r"`([^`]+)`", names):
            rows[name] = Row(required, default.strip('`"'), description)
    return rows


def settings_of(
    model: type[BaseModel], above: str = "", *, is_required: bool = True
) -> Iterator[tuple[str, FieldInfo, bool]]:
    """Each setting with its path, its field, and whether every file has to set it."""
    for field in model.model_fields.values():
        name, needed = f"{above}{field.alias}", is_required and field.is_required()
        inner = _models_in(field.annotation)
        if inner:
            for each in inner:
                yield from settings_of(each, f"{name}.", is_required=needed)
        else:
            yield name, field, needed


def written(default: object) -> str | None:
    """A default as a page writes it; None for one that only code knows, and for an empty list or map."""
    if isinstance(default, Enum):
        default = default.value
    if isinstance(default, bool):
        return str(default).lower()
    return str(default) if isinstance(default, str | int | float) else None


def expected_of(*models: type[BaseModel], shared: type[BaseModel] | None = None) -> dict[str, tuple[FieldInfo, bool]]:
    ignored = {name for name, *_ in settings_of(shared)} if shared else set()
    found: dict[str, tuple[FieldInfo, bool]] = {}
    for model in models:
        for name, field, needed in settings_of(model):
            if name not in ignored and not name.startswith(("provider", "(name)", "connector.")):
                found[name] = (field, needed)
    return found


TABLES = {
    **{
        f"origins/{get_args(model.model_fields['provider'].annotation)[0]}.md": expected_of(model, shared=Database)
        for model in MODELS
    },
    "direct.md": expected_of(DirectSettings),
}
SETTINGS = [
    pytest.param(page, name, field, needed, id=f"{page}-{name}")
    for page, settings in TABLES.items()
    for name, (field, needed) in settings.items()
]


@pytest.mark.parametrize("page", TABLES)
def test_a_table_has_the_settings_of_its_model(page: str) -> None:
    assert sorted(table_of(page)) == sorted(TABLES[page])


def test_the_table_of_the_routes_has_the_settings_of_both_kinds() -> None:
    both = {name for model in (VpcServiceSettings, AccessTunnelSettings) for name in expected_of(model)}
    assert set(table_of("private-databases.md")) == both | {"connector"}


@pytest.mark.parametrize(("page", "name", "field", "needed"), SETTINGS)
def test_a_required_setting_is_shown_as_required(page: str, name: str, field: FieldInfo, needed: bool) -> None:
    assert (table_of(page)[name].required == "yes") is needed


@pytest.mark.parametrize(("page", "name", "field", "needed"), SETTINGS)
def test_a_default_is_shown(page: str, name: str, field: FieldInfo, needed: bool) -> None:
    default = None if field.is_required() else written(field.get_default())
    assert default is None or table_of(page)[name].default == default


@pytest.mark.parametrize("page", [*TABLES, "private-databases.md"])
def test_every_setting_is_described(page: str) -> None:
    assert [name for name, row in table_of(page).items() if len(row.description.split()) < 2] == []

"""The package that the plugin serves: its name, version and components."""

import inspect
from importlib.metadata import version

import pulumi

import edge_postgres
from edge_postgres._plugin.served import Components

NAME = "edge-postgres"


def list_components() -> list[type[pulumi.ComponentResource]]:
    """Returns the classes of all public components."""
    found = (getattr(edge_postgres, name) for name in edge_postgres.__all__)
    return [each for each in found if inspect.isclass(each) and issubclass(each, pulumi.ComponentResource)]


def create_package() -> Components:
    """Returns the Pulumi provider that serves all public components."""
    return Components(list_components(), NAME, version=version(NAME))

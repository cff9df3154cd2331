"""What the package consists of, and its version."""

import inspect
from importlib.metadata import version

import pulumi

import edge_postgres
from edge_postgres._plugin.served import Components

NAME = "edge-postgres"


def exported() -> list[type[pulumi.ComponentResource]]:
    """Every component."""
    found = (getattr(edge_postgres, name) for name in edge_postgres.__all__)
    return [each for each in found if inspect.isclass(each) and issubclass(each, pulumi.ComponentResource)]


def package() -> Components:
    return Components(exported(), NAME, version=version(NAME))

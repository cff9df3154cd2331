"""What the package consists of, and its version."""

import inspect
import tomllib
from pathlib import Path

import pulumi

import components
from plugin.served import Components

CHECKOUT = Path(__file__).resolve().parent.parent
NAME = "edge-postgres"


def exported() -> list[type[pulumi.ComponentResource]]:
    """Every component."""
    found = (getattr(components, name) for name in components.__all__)
    return [each for each in found if inspect.isclass(each) and issubclass(each, pulumi.ComponentResource)]


def version() -> str:
    """The project's."""
    told: str = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    return told


def package() -> Components:
    return Components(exported(), NAME, version=version())

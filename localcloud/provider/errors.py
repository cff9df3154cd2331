"""Errors of the provider."""

from dataclasses import dataclass


class ProviderError(Exception):
    """An error that the engine shows to the user: one or two sentences without a secret."""


@dataclass(frozen=True)
class InputError:
    """A validation error of one input."""

    property: str
    reason: str

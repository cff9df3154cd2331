"""How the provider refuses."""

from dataclasses import dataclass


class ProviderError(Exception):
    """What the engine shows to the user: one or two sentences, never a secret."""


@dataclass(frozen=True)
class Fault:
    """One input that cannot be taken."""

    property: str
    reason: str

"""A rule of the pack: what has to hold, how grave it is, what it sees, and the way out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from pulumi_policy import EnforcementLevel, Severity

from edge_postgres.core.errors import ValidationError
from edge_postgres.policies.declared import Resource, is_known

Options = Mapping[str, Any]

_MISREAD = (AttributeError, TypeError, ValueError)
_ODD = "A property is of another kind than its provider documents: whether the rule is kept cannot be told."


@dataclass(frozen=True)
class Option:
    """What can be configured about a rule."""

    says: str
    schema: Mapping[str, Any]
    """JSON schema of the value."""
    default: Any = None
    """What counts where nothing is configured; None for nothing at all."""


NAMES: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}

PRODUCTION = Option("stacks that are production; `*` is any text", NAMES, ["prod", "prod-*", "production"])


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What all rules have."""

    name: str
    holds: str
    """What holds where the rule is kept; the engine shows it above each violation."""
    remedy: str
    """What to do about a violation; stands at the end of each message."""
    severity: Severity
    sees: str
    """What it looks at."""
    blind_to: str
    """What it cannot see."""
    level: EnforcementLevel = EnforcementLevel.MANDATORY
    production_only: bool = False
    own_options: Mapping[str, Option] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Option]:
        """What can be configured, by name."""
        return {**({"production": PRODUCTION} if self.production_only else {}), **self.own_options}

    def chosen(self, config: Mapping[str, Any]) -> Options:
        """The configuration with the defaults of what it leaves out; the SDK fills none in."""
        return {name: config.get(name, option.default) for name, option in self.options.items()}

    def is_about(self, stack: str, options: Options) -> bool:
        """Whether a stack of this name has to keep the rule."""
        return not self.production_only or matches(stack, options["production"])

    def message(self, fault: str) -> str:
        """What somebody reads who has to mend it."""
        return f"{fault} {self.remedy}"


@dataclass(frozen=True, kw_only=True)
class ResourceRule(Rule):
    """A rule that one resource keeps or breaks. In an update it stops the resource before it is touched."""

    types: frozenset[str]
    check: Callable[[Resource, Options], Iterable[str]]
    """Faults of a resource of one of the types: sentences."""

    def violations(self, resource: Resource, config: Mapping[str, Any]) -> Iterator[str]:
        options = self.chosen(config)
        if resource.type not in self.types or not self.is_about(resource.stack, options):
            return
        try:
            yield from map(self.message, self.check(resource, options))
        except _MISREAD:
            yield self.message(_ODD)


@dataclass(frozen=True, kw_only=True)
class StackRule(Rule):
    """A rule that resources keep or break together. The engine asks when all of them are planned, or made."""

    check: Callable[[Sequence[Resource], Options], Iterable[tuple[Resource, str]]]
    """Faults, each with the resource that it is told at."""

    def violations(self, resources: Sequence[Resource], config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        options = self.chosen(config)
        if not resources or not self.is_about(resources[0].stack, options):
            return
        try:
            for resource, fault in self.check(resources, options):
                yield resource.urn, self.message(fault)
        except _MISREAD:
            yield resources[0].urn, self.message(_ODD)


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name is one of the patterns'."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def refused(rule: Callable[..., object], *values: Any, **named: Any) -> Iterator[str]:
    """What a rule of the components has against values, as a sentence; nothing while one of them is not known.

    The rule's own way out is left to the policy: it speaks of arguments that only the component has.
    """
    if not all(map(is_known, (*values, *named.values()))):
        return
    try:
        rule(*values, **named)
    except ValidationError as error:
        yield f"{error.path}: {error.problem}."

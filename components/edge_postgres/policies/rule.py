"""`ResourceRule` and `StackRule`: a rule of the pack with its description, severity, inputs, limitations and fix."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import ParamSpec

from pulumi_policy import EnforcementLevel, Severity

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import Json
from edge_postgres.policies.declared import Resource, is_known

Options = Json
"""Configuration of a rule, validated by the engine against the schema of its options."""

P = ParamSpec("P")

_UNREADABLE = (AttributeError, TypeError, ValueError)
"""Errors of a check that reads a property with an unexpected type."""
_UNEXPECTED_TYPE = "A property has another type than its provider documents, so the rule cannot be checked."


@dataclass(frozen=True)
class Option:
    """An option of a rule."""

    description: str
    schema: Json
    """JSON schema of the value."""
    default: object = None
    """Value if the option is not configured; None if the option has no default."""


NAMES: Json = {"type": "array", "items": {"type": "string"}}
"""JSON schema of an option that is a list of names."""

PRODUCTION = Option(
    "names of the production stacks; `*` matches any characters", NAMES, ["prod", "prod-*", "production"]
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The attributes that rules for resources and rules for stacks share."""

    name: str
    description: str
    """The requirement, as a sentence. The engine shows it above each violation."""
    fix: str
    """How to fix a violation. Each message ends with the fix."""
    severity: Severity
    inputs: str
    """Properties that the rule reads."""
    limitations: str
    """Violations that the rule cannot detect."""
    level: EnforcementLevel = EnforcementLevel.MANDATORY
    production_only: bool = False
    """Whether the rule applies only to the stacks that its option `production` names."""
    own_options: Mapping[str, Option] = field(default_factory=dict)
    """The options of the rule except `production`, by name."""

    @property
    def options(self) -> dict[str, Option]:
        """All options of the rule, by name."""
        return {**({"production": PRODUCTION} if self.production_only else {}), **self.own_options}

    def with_defaults(self, config: Mapping[str, object]) -> Options:
        """Returns the configuration with the defaults of omitted options, which the SDK does not add."""
        return {name: config.get(name, option.default) for name, option in self.options.items()}

    def applies_to(self, stack: str, options: Options) -> bool:
        """Returns whether the rule applies to a stack of this name."""
        return not self.production_only or matches(stack, options["production"])

    def message(self, problem: str) -> str:
        """Returns the message of a violation: `property: problem. Fix.`"""
        return f"{problem} {self.fix}"


@dataclass(frozen=True, kw_only=True)
class ResourceRule(Rule):
    """A rule about single resources.

    In an update, the engine does not change a resource that violates the rule, if the rule is mandatory.
    """

    types: frozenset[str]
    check: Callable[[Resource, Options], Iterable[str]]
    """Returns the problems of one resource, each as `property: problem.`"""

    def violations(self, resource: Resource, config: Mapping[str, object]) -> Iterator[str]:
        """Yields the message of each violation. `config` has the options that the user configured."""
        options = self.with_defaults(config)
        if resource.type not in self.types or not self.applies_to(resource.stack, options):
            return
        try:
            yield from map(self.message, self.check(resource, options))
        except _UNREADABLE:
            yield self.message(_UNEXPECTED_TYPE)


@dataclass(frozen=True, kw_only=True)
class StackRule(Rule):
    """A rule about the whole stack. The engine checks the rule when all resources are planned or created."""

    check: Callable[[Sequence[Resource], Options], Iterable[tuple[Resource, str]]]
    """Returns the problems of a stack, each with the resource that the engine reports."""

    def violations(self, resources: Sequence[Resource], config: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        """Yields the URN of the resource and the message of each violation. `config` has the configured options."""
        options = self.with_defaults(config)
        if not resources or not self.applies_to(resources[0].stack, options):
            return
        try:
            for resource, problem in self.check(resources, options):
                yield resource.urn, self.message(problem)
        except _UNREADABLE:
            yield resources[0].urn, self.message(_UNEXPECTED_TYPE)


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Returns whether a name matches one of the patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def problems_of(validate: Callable[P, object], *values: P.args, **named: P.kwargs) -> Iterator[str]:
    """Yields the problem that a validation function reports. Yields nothing if the values are valid, or not all known.

    The fix of the function is not part of the problem, because that fix names arguments of a component.
    """
    if not all(map(is_known, (*values, *named.values()))):
        return
    try:
        validate(*values, **named)
    except ValidationError as error:
        yield f"{error.path}: {error.problem}."

"""The rules as Pulumi's policies."""

from collections.abc import Callable
from typing import Any

from pulumi_policy import (
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from edge_postgres.policies.declared import declared
from edge_postgres.policies.rule import ResourceRule, Rule, StackRule
from edge_postgres.policies.rules import RULES


def policy_of(rule: ResourceRule | StackRule) -> Policy:
    """A policy that reports the violations of a rule."""
    told: dict[str, Any] = {
        "name": rule.name,
        "description": rule.holds,
        "enforcement_level": rule.level,
        "severity": rule.severity,
        "remediation_steps": rule.remedy,
        "config_schema": schema_of(rule),
    }
    if isinstance(rule, ResourceRule):
        return ResourceValidationPolicy(validate=_each(rule), **told)
    return StackValidationPolicy(validate=_all(rule), **told)


def schema_of(rule: Rule) -> PolicyConfigSchema | None:
    """What the engine checks a configuration against; it fills the defaults in."""
    properties = {
        name: {**option.schema, **({} if option.default is None else {"default": option.default})}
        for name, option in rule.options.items()
    }
    return PolicyConfigSchema(properties) if properties else None


def _each(rule: ResourceRule) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        # Most resources are of another type: their properties are not even read.
        if args.resource_type in rule.types:
            for message in rule.violations(declared(args), args.get_config()):
                report(message, None)

    return validate


def _all(rule: StackRule) -> Callable[[StackValidationArgs, ReportViolation], None]:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for urn, message in rule.violations([declared(each) for each in args.resources], args.get_config()):
            report(message, urn)

    return validate


POLICIES = [policy_of(rule) for rule in RULES]

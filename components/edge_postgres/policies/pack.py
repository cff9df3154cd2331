"""Converts the rules of the policy pack to Pulumi policies."""

from collections.abc import Callable
from typing import TypedDict

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from edge_postgres.policies.declared import read_resource
from edge_postgres.policies.rule import ResourceRule, Rule, StackRule
from edge_postgres.policies.rules import RULES


class PolicyArgs(TypedDict):
    """Arguments that policies for resources and policies for stacks share."""

    name: str
    description: str
    enforcement_level: EnforcementLevel
    severity: Severity
    remediation_steps: str
    config_schema: PolicyConfigSchema | None


def policy_of(rule: ResourceRule | StackRule) -> Policy:
    """Returns the Pulumi policy that reports the violations of a rule."""
    args: PolicyArgs = {
        "name": rule.name,
        "description": rule.description,
        "enforcement_level": rule.level,
        "severity": rule.severity,
        "remediation_steps": rule.fix,
        "config_schema": schema_of(rule),
    }
    if isinstance(rule, ResourceRule):
        return ResourceValidationPolicy(validate=_validate_each(rule), **args)
    return StackValidationPolicy(validate=_validate_all(rule), **args)


def schema_of(rule: Rule) -> PolicyConfigSchema | None:
    """Returns the schema with which the engine validates the configuration of a rule, or None if the rule has no
    options."""
    properties = {
        name: {**option.schema, **({} if option.default is None else {"default": option.default})}
        for name, option in rule.options.items()
    }
    return PolicyConfigSchema(properties) if properties else None


def _validate_each(rule: ResourceRule) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        # Most resources have other types. Skipping them saves the time to read their properties.
        if args.resource_type in rule.types:
            for message in rule.violations(read_resource(args), args.get_config()):
                report(message, None)

    return validate


def _validate_all(rule: StackRule) -> Callable[[StackValidationArgs, ReportViolation], None]:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for urn, message in rule.violations([read_resource(each) for each in args.resources], args.get_config()):
            report(message, urn)

    return validate


POLICIES = [policy_of(rule) for rule in RULES]

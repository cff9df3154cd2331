"""Every stack file of the project against the policy pack, through the SDK's own argument types."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
)
from pulumi_policy.proxy import unknown_checking_proxy

from edge_postgres.policies.pack import POLICIES
from tests.harness import Registration, Run
from tests.unit.test_stack_program import STACKS, deployed

ADVISED = {"hyperdrive-own-role", "tls-verified", "observability-on"}
"""Advisory rules that the stack files violate."""
ADDRESSES = {"workers-dev-off"}
"""Rules that a production stack without a custom domain violates."""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    file = tmp_path / "worker.js"
    file.write_text("export default {}")
    return file


def options(entry: Registration) -> PolicyResourceOptions:
    given = entry.wire.deleteBeforeReplace if entry.wire.deleteBeforeReplaceDefined else None
    return PolicyResourceOptions(entry.wire.protect, [], given, [], PolicyCustomTimeouts(0, 0, 0), [])


def resources(run: Run) -> list[PolicyResource]:
    """The resources of a stack, each with the resources that its properties come from."""
    found = {
        entry.urn: PolicyResource(
            entry.type,
            unknown_checking_proxy(entry.inputs),
            entry.urn,
            entry.name,
            options(entry),
            None,
            None,
            [],
            {},
        )
        for entry in run.registrations
    }
    for entry in run.registrations:
        for key, sources in entry.wire.propertyDependencies.items():
            found[entry.urn].property_dependencies[key] = [found[urn] for urn in sources.urns if urn in found]
    return list(found.values())


def violated(run: Run, config: Mapping[str, Any] | None = None) -> dict[str, EnforcementLevel | None]:
    """The policies that a deployment violates, with their levels."""
    broken: list[Policy] = []
    everything = resources(run)
    for policy in POLICIES:

        def report(message: str, urn: str | None = None, policy: Policy = policy) -> None:
            broken.append(policy)

        if isinstance(policy, ResourceValidationPolicy):
            for each in everything:
                args = ResourceValidationArgs(
                    each.resource_type, each.props, each.urn, each.name, each.opts, None, config
                )
                policy.validate(args, report)
        else:
            policy.validate(StackValidationArgs(everything, config), report)  # type: ignore[attr-defined]
    return {policy.name: policy.enforcement_level for policy in broken}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_file_passes_the_pack_as_production_too(stack: str, preview: bool, bundle: Path) -> None:
    run = deployed(stack, bundle, preview=preview)
    assert set(violated(run)) <= ADVISED
    assert set(violated(run, {"production": ["*"]})) <= ADVISED | ADDRESSES


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
@pytest.mark.parametrize(
    ("stack", "advised"), [("example-rds", True), ("example-aurora", True), ("example-cloud-sql", False)]
)
def test_only_a_stack_file_of_rds_without_credentials_uses_the_master_user(
    stack: str, advised: bool, preview: bool, bundle: Path
) -> None:
    assert ("hyperdrive-own-role" in violated(deployed(stack, bundle, preview=preview))) is advised


def test_the_configuration_reaches_the_rules(bundle: Path) -> None:
    small = {"defaultMaxConnections": 10, "reservedConnections": 0, "plan": "free", "required": ["nobody"]}
    assert set(violated(deployed("prod", bundle), small)) - ADVISED == {
        "hyperdrive-limit-required",
        "hyperdrive-within-budget",
    }

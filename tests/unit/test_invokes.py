"""Functions of providers (invokes) that components call: they use the providers that the component was given."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_cloudflare as cloudflare
import pytest
from pulumi.runtime import mocks

from edge_postgres.testing import VENDOR_CALLS, VENDOR_OUTPUTS, Echo
from tests.harness import deploy
from tests.unit.samples import every_component, sample

INSTANCE = "aws:rds/instance:Instance"


class Recorder(Echo):
    """Answers as the vendors do, and records the provider of each call by the token of the function."""

    def __init__(self) -> None:
        managed = {"masterUserSecrets": [{"secretArn": "arn:aws:secretsmanager:eu-central-1:1:secret:rds"}]}
        instance = {**VENDOR_OUTPUTS[INSTANCE], **managed}
        super().__init__({**VENDOR_OUTPUTS, INSTANCE: instance}, VENDOR_CALLS)
        self.providers: dict[str, str] = {}

    def call(self, args: mocks.MockCallArgs) -> Any:
        self.providers[args.token] = args.provider or ""
        return super().call(args)


CASES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("AccessTunnelRoute", {}, {"cloudflare"}),
    ("CloudSqlPostgres", {}, {"cloudflare"}),
    ("RdsPostgres", {}, {"cloudflare"}),
    ("RdsPostgres", {"managed_password": True, "password": None}, {"aws", "cloudflare"}),
    ("VpcServiceRoute", {}, {"cloudflare"}),
]
"""Components that call functions, with changes of the sample and the packages of the functions."""


def called_by(name: str, bundle: str, opts: Any, **changes: Any) -> dict[str, str]:
    """The providers of the calls of a component, by token."""
    recorder = Recorder()
    deploy(lambda: sample(name, bundle, opts=opts(), **changes) and None, answers=recorder)
    return recorder.providers


@pytest.mark.parametrize(("name", "changes", "packages"), CASES)
def test_a_function_uses_the_provider_of_the_component(
    name: str, changes: dict[str, Any], packages: set[str], bundle: str
) -> None:
    def own_providers() -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            providers=[
                cloudflare.Provider("own-cloudflare", api_token="token"),
                aws.Provider("own-aws", region="eu-central-1"),
            ]
        )

    found = called_by(name, bundle, own_providers, **changes)
    assert {token.partition(":")[0] for token in found} == packages
    for token, provider in found.items():
        assert f"::own-{token.partition(':')[0]}::" in provider


@every_component
def test_the_table_has_every_component_that_calls_a_function(name: str, bundle: str) -> None:
    calls = called_by(name, bundle, pulumi.ResourceOptions)
    assert not calls or name in {case[0] for case in CASES}

"""The real engine deploys the project's own program with a private database: by both routes, in the right order."""

import json
from typing import Any

import pytest

from localcloud.deploy import answer_of
from tests.engine.at_vendors import refused
from tests.engine.deployment import SCRIPT, Deployment

pytestmark = pytest.mark.engine

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
VPC = {"kind": "vpc-service", "connector": "none", "certificateVerification": "disabled"}
TUNNEL = {"kind": "access-tunnel", "connector": "none", "hostname": "tunnel.example.com", "zoneId": ZONE}
UP = ("up", "--yes", "--skip-preview")
ROUTES = pytest.mark.parametrize("route", [VPC, TUNNEL], ids=["vpc-service", "access-tunnel"])


def behind(deployment: Deployment, route: dict[str, Any]) -> Deployment:
    """The same stack with its database behind a route."""

    def change(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["route"] = route

    return deployment.changed(change)


def connect(deployment: Deployment, status: str = "healthy") -> None:
    """As if connectors ran all tunnels that there are and will be."""
    deployment.control("POST", "tunnels", json={"status": status})


def token_of(deployment: Deployment) -> str:
    """What a connector of the tunnel runs with, as the stack's outputs tell it."""
    outputs = json.loads(deployment.stack.pulumi("stack", "output", "--json", "--show-secrets"))
    token: str = outputs["tunnelTokens"]["main"]
    return token


@ROUTES
def test_a_worker_answers_through_a_route_and_nothing_is_left_behind(
    deployment: Deployment, route: dict[str, Any]
) -> None:
    private = behind(deployment, route)
    connect(private)
    private.up()
    assert answer_of(private.cloud.worker_url(SCRIPT))["success"] is True
    assert set(private.up()) == {"same"}
    private.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert private.previewed() == {}
    connect(private, "down")  # a tunnel with connectors is not deleted
    private.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert [kind for kind, ids in private.stored().items() if ids] == []


@ROUTES
def test_without_a_connector_the_reason_is_told_and_the_next_run_goes_on(
    deployment: Deployment, route: dict[str, Any]
) -> None:
    private = behind(deployment, route)
    told = refused(private)
    assert "2010" in told
    assert "no connector runs" in told
    assert "Traceback" not in told
    connect(private)
    private.up()
    assert len(private.stored()["hyperdrive"]) == 1


@ROUTES
def test_the_token_is_had_before_the_first_connector_runs(deployment: Deployment, route: dict[str, Any]) -> None:
    private = behind(deployment, route)
    private.stack.pulumi(*UP, "--target", "**Route::main", "--target", "**Route$**")
    assert len(token_of(private)) > 40
    assert private.stored()["hyperdrive"] == []
    connect(private)
    assert set(private.up()) == {"create", "same"}


@ROUTES
def test_no_secret_of_a_route_is_readable_in_the_state(deployment: Deployment, route: dict[str, Any]) -> None:
    private = behind(deployment, route)
    connect(private)
    private.up()
    assert token_of(private) not in private.exported()
    sent = json.dumps(private.control("GET", "requests").json()["requests"])
    assert token_of(private) not in sent

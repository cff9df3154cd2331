"""The real engine deploys the project's own program with a private database: by both routes, in the right order."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from localcloud.deploy import call_worker
from tests.engine.at_vendors import refused
from tests.engine.deployment import SCRIPT, Deployment

pytestmark = pytest.mark.engine

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
VPC = {"kind": "vpc-service", "connector": "none", "certificateVerification": "disabled"}
TUNNEL = {"kind": "access-tunnel", "connector": "none", "hostname": "tunnel.example.com", "zoneId": ZONE}
UP = ("up", "--yes", "--skip-preview")
KINDS = {"vpc-service": VPC, "access-tunnel": TUNNEL}
ROUTES = pytest.mark.parametrize("route", KINDS.values(), ids=KINDS)


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


@dataclass(frozen=True)
class Seen:
    """What was seen of a route from its first `up` to its end."""

    answer: Any
    again: dict[str, int]
    after_refresh: dict[str, str]
    left: list[str]
    """Kinds of which the stand-in for Cloudflare had something after the end."""
    token: str = field(repr=False)
    told: str = field(repr=False)
    """The state, and the requests as the stand-in shows them."""


@pytest.fixture(scope="module", params=KINDS.values(), ids=list(KINDS))
def seen(request: pytest.FixtureRequest, shared_deployment: Deployment) -> Seen:
    private = behind(shared_deployment, request.param)
    connect(private)
    private.up()
    answer = call_worker(private.cloud.worker_url(SCRIPT))
    token = token_of(private)
    told = private.exported() + json.dumps(private.control("GET", "requests").json()["requests"])
    again = private.up()
    private.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    after_refresh = private.previewed()
    connect(private, "down")  # a tunnel with connectors is not deleted
    private.stack.pulumi("destroy", "--yes", "--skip-preview")
    left = [kind for kind, ids in private.stored().items() if ids]
    private.control("POST", "reset")
    return Seen(answer, again, after_refresh, left, token, told)


def test_a_worker_answers_through_a_route_and_nothing_is_left_behind(seen: Seen) -> None:
    assert seen.answer["success"] is True
    assert set(seen.again) == {"same"}
    assert seen.after_refresh == {}
    assert seen.left == []


def test_no_secret_of_a_route_is_readable_in_the_state(seen: Seen) -> None:
    assert len(seen.token) > 40
    assert seen.token not in seen.told


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

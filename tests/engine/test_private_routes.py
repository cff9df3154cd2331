"""The real engine deploys the program of the project with a private database over both network routes."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from localcloud.deploy import call_worker
from tests.engine.deployment import SCRIPT, Deployment
from tests.engine.vendor_stacks import error_of

pytestmark = pytest.mark.engine

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
VPC = {"kind": "vpc-service", "connector": "none", "certificateVerification": "disabled"}
TUNNEL = {"kind": "access-tunnel", "connector": "none", "hostname": "tunnel.example.com", "zoneId": ZONE}
UP = ("up", "--yes", "--skip-preview")
KINDS = {"vpc-service": VPC, "access-tunnel": TUNNEL}
ROUTES = pytest.mark.parametrize("route", KINDS.values(), ids=KINDS)


def with_route(deployment: Deployment, route: dict[str, Any]) -> Deployment:
    """The same stack with its database behind a route."""

    def change(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["route"] = route

    return deployment.changed(change)


def connect(deployment: Deployment, status: str = "healthy") -> None:
    """Sets the status of all existing and future tunnels, as if connectors ran."""
    deployment.control("POST", "tunnels", json={"status": status})


def token_of(deployment: Deployment) -> str:
    """Returns the token of the tunnel's connectors from the stack's outputs."""
    outputs = json.loads(deployment.stack.pulumi("stack", "output", "--json", "--show-secrets"))
    token: str = outputs["tunnelTokens"]["main"]
    return token


@dataclass(frozen=True)
class Observed:
    """The results of a route's lifecycle."""

    answer: Any
    second_up: dict[str, int]
    after_refresh: dict[str, str]
    leftovers: list[str]
    """Kinds of records in Cloudflare's emulator after the destruction."""
    token: str = field(repr=False)
    output: str = field(repr=False)
    """The state, and the requests as the emulator shows them."""


@pytest.fixture(scope="module", params=KINDS.values(), ids=list(KINDS))
def observed(request: pytest.FixtureRequest, shared_deployment: Deployment) -> Observed:
    private = with_route(shared_deployment, request.param)
    connect(private)
    private.up()
    answer = call_worker(private.cloud.worker_url(SCRIPT))
    token = token_of(private)
    output = private.exported() + json.dumps(private.control("GET", "requests").json()["requests"])
    second_up = private.up()
    private.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    after_refresh = private.previewed()
    connect(private, "down")  # a tunnel with connectors is not deleted
    private.stack.pulumi("destroy", "--yes", "--skip-preview")
    leftovers = [kind for kind, ids in private.stored().items() if ids]
    private.control("POST", "reset")
    return Observed(answer, second_up, after_refresh, leftovers, token, output)


def test_a_worker_responds_over_a_route_and_destroy_deletes_all_resources(observed: Observed) -> None:
    assert observed.answer["success"] is True
    assert set(observed.second_up) == {"same"}
    assert observed.after_refresh == {}
    assert observed.leftovers == []


def test_no_secret_of_a_route_is_readable_in_the_state(observed: Observed) -> None:
    assert len(observed.token) > 40
    assert observed.token not in observed.output


@ROUTES
def test_without_a_connector_the_reason_is_reported_and_the_next_run_continues(
    deployment: Deployment, route: dict[str, Any]
) -> None:
    private = with_route(deployment, route)
    output = error_of(private)
    assert "2010" in output
    assert "no running connector" in output
    assert "Traceback" not in output
    connect(private)
    private.up()
    assert len(private.stored()["hyperdrive"]) == 1


@ROUTES
def test_the_token_is_available_before_the_first_connector_runs(deployment: Deployment, route: dict[str, Any]) -> None:
    private = with_route(deployment, route)
    private.stack.pulumi(*UP, "--target", "**Route::main", "--target", "**Route$**")
    assert len(token_of(private)) > 40
    assert private.stored()["hyperdrive"] == []
    connect(private)
    assert set(private.up()) == {"create", "same"}


def test_both_tokens_are_rotated_and_the_route_stays(deployment: Deployment) -> None:
    private = with_route(deployment, TUNNEL)
    connect(private)
    private.up()
    before, first_token = private.stored(), token_of(private)
    rotation = {"serviceTokenVersion": 2, "previousServiceTokenExpiresAt": "2030-01-01T00:00:00Z"}
    rotated = with_route(private, {**TUNNEL, "tunnelTokenVersion": 2, **rotation})
    operations = rotated.up()
    assert set(operations) <= {"create", "update", "same"}
    assert operations["create"] == 1  # the random secret of the tunnel
    assert call_worker(rotated.cloud.worker_url(SCRIPT))["success"] is True
    assert rotated.stored() == before
    assert token_of(rotated) != first_token
    assert set(rotated.up()) == {"same"}
    rotated.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")

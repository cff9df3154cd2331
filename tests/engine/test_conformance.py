"""A fixed sample of `make conformance`: no update appears that the program did not ask for."""

import pytest

from localcloud.cloudflare.undeclared import Answer
from localcloud.instance import Instance
from tests.engine.deployment import Deployment
from tests.engine.test_private_routes import TUNNEL, connect, with_route
from tools.conformance.cycle import REFRESH, expect_no_update
from tools.conformance.stacks import run_stack

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]


@pytest.mark.parametrize(("stack", "answer"), [("worker", Answer.EMPTY), ("pages", Answer.DEFAULT)])
def test_an_answer_for_an_undeclared_attribute_is_no_update(stack: str, answer: Answer, cloud: Instance) -> None:
    run_stack(cloud, stack, answer)


def test_an_empty_answer_for_an_access_tunnel_is_no_update(deployment: Deployment) -> None:
    private = with_route(deployment, TUNNEL)
    connect(private)
    private.control("PUT", "undeclared", json={"answer": Answer.EMPTY})
    private.up()
    private.stack.pulumi(*REFRESH)
    expect_no_update(private.stack, "after refresh")

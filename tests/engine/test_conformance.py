"""A fixed sample of `make conformance`: no update appears that the program did not ask for."""

import pytest

from localcloud.cloudflare.undeclared import Answer
from localcloud.instance import Instance
from tools.conformance.stacks import run_stack

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]

SAMPLE = [("worker", Answer.EMPTY), ("pages", Answer.DEFAULT), ("secrets-store", Answer.EMPTY)]


@pytest.mark.parametrize(("stack", "answer"), SAMPLE)
def test_an_answer_for_an_undeclared_attribute_is_no_update(stack: str, answer: Answer, cloud: Instance) -> None:
    run_stack(cloud, stack, answer)

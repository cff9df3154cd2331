"""The outputs that a component registers, which Pulumi's console and other tools show."""

import inspect
import re
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockResourceArgs

from tests.harness import MAIN, deploy
from tests.unit.samples import COMPONENTS, deployed, every_component, sample
from tests.unit.vendors import CALLS, OUTPUTS

SHOWN = {"url", "script_name", "hyperdrive_id", "connection_limit", "host"}
"""Outputs that every component registers if it has them."""


@every_component
def test_the_outputs_that_people_look_for_are_registered(name: str, bundle: str) -> None:
    run, component, _ = deployed(name, bundle)
    annotated = set(inspect.get_annotations(COMPONENTS[name]))
    registered = set(run.monitor.component_outputs[component.urn])
    assert (registered & SHOWN, registered <= annotated) == (annotated & SHOWN, True)


@every_component
def test_no_password_is_registered(name: str, bundle: str) -> None:
    run, component, _ = deployed(name, bundle)
    registered = set(run.monitor.component_outputs[component.urn]) - {"secret_names"}
    assert [key for key in registered if re.search("password|token|secret", key)] == []


def answer_of_a_worker(args: MockResourceArgs) -> dict[str, Any]:
    """The outputs of a Worker, which has a URL below workers.dev even if workers.dev is disabled."""
    return {"subdomain": {**args.inputs["subdomain"], "url": f"https://{args.inputs['name']}.example.workers.dev"}}


def url_of(name: str, bundle: str, **changes: Any) -> Any:
    """The output `url` of a component whose other arguments are those of its sample."""
    found: dict[str, Any] = {}

    def program() -> None:
        pulumi.Output.from_input(sample(name, bundle, **changes).url).apply(lambda url: found.update(url=url))

    deploy(program, outputs={**OUTPUTS, "cloudflare:index/worker:Worker": answer_of_a_worker}, calls=CALLS)
    return found["url"]


@pytest.mark.parametrize(("name", "others"), [("Worker", {}), ("WorkerRollout", {}), ("PagesProject", {"zones": None})])
def test_the_url_has_the_first_custom_domain(name: str, others: dict[str, None], bundle: str) -> None:
    assert url_of(name, bundle, domains=["b.example.com", "a.example.com"], **others) == "https://a.example.com"


def test_a_worker_without_a_custom_domain_has_no_url(bundle: str) -> None:
    assert url_of("Worker", bundle, domains=None) is None


def test_a_rollout_without_a_custom_domain_has_its_url_below_workers_dev(bundle: str) -> None:
    assert url_of("WorkerRollout", bundle, domains=None, routes=None) == f"https://{MAIN}.example.workers.dev"


def test_a_rollout_without_an_address_has_no_url(bundle: str) -> None:
    assert url_of("WorkerRollout", bundle, domains=None, routes=None, workers_dev=False) is None


def test_a_pages_project_without_a_custom_domain_has_its_subdomain_as_its_url(bundle: str) -> None:
    assert url_of("PagesProject", bundle, domains=None, zones=None) == "https://site.pages.dev"

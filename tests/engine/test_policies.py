"""The policy pack on the real engine: a compliant stack passes, and each rule stops a resource that violates it."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from edge_postgres.policies import tokens
from edge_postgres.policies.rules import RULES
from tests.engine.deployment import Deployment
from tests.engine.universal_provider import serve_packages
from tests.unit.policy_cases import BREACHES, OPTIONS, SOUND, STACK, Breach, Made, Ref, login

CHECKOUT = Path(__file__).resolve().parents[2]
PACK = CHECKOUT / "policies"
SECONDS = 120
PACKAGES = ("aws", "cloudflare", "gcp", "pulumi-python")

PROGRAM = """
import json, pathlib
import pulumi

class Any(pulumi.CustomResource):
    def __init__(self, made, properties, options):
        super().__init__(made["type"], made["name"], properties, options)

class AnyComponent(pulumi.ComponentResource):
    def __init__(self, made, properties):
        super().__init__(made["type"], made["name"])
        self.register_outputs(properties)

def resolved(value):
    if isinstance(value, dict):
        return made[value["ref"]].id if set(value) == {"ref"} else {k: resolved(v) for k, v in value.items()}
    return [resolved(item) for item in value] if isinstance(value, list) else value

made = {}
for each in json.loads(pathlib.Path("resources.json").read_text()):
    if each["type"].startswith("edge-postgres:"):
        AnyComponent(each, resolved(each["properties"]))
        continue
    options = pulumi.ResourceOptions(protect=each["protect"], delete_before_replace=each["delete_before_replace"])
    made[each["name"]] = Any(each, resolved(each["properties"]), options)
"""

Violation = tuple[str, str, str]
"""Rule, resource and level."""


@dataclass(frozen=True)
class Project:
    """A program that creates the given resources. Every stack has a separate state."""

    folder: Path
    engine: Path
    environment: Mapping[str, str]

    def run(
        self, command: str, stack: str, resources: Iterable[Made], config: Mapping[str, Any], *options: str
    ) -> subprocess.CompletedProcess[str]:
        (self.folder / "resources.json").write_text(json.dumps([asdict(made) for made in resources]))
        (self.folder / "config.json").write_text(json.dumps(config))
        self.pulumi("stack", "select", "--create", stack)
        return self.pulumi(command, "--policy-pack", str(PACK), "--policy-pack-config", "config.json", *options)

    def violations(
        self, stack: str, resources: Iterable[Made], config: Mapping[str, Any]
    ) -> tuple[int, set[Violation]]:
        """Returns the exit code of a preview and the pack's messages."""
        ended = self.run("preview", stack, resources, config, "--json")
        events = [json.loads(line) for line in ended.stdout.splitlines()]
        messages = [event["policyEvent"] for event in events if "policyEvent" in event]
        assert any("summaryEvent" in event for event in events), ended.stdout + ended.stderr
        return ended.returncode, {
            (event["policyName"], event["resourceUrn"].rsplit("::", 1)[-1], event["enforcementLevel"])
            for event in messages
        }

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.engine), "--non-interactive", "--color=never", *arguments],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, pulumi_path: Path) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("policies")
    for name in ("program", "state"):
        (folder / name).mkdir()
    (folder / "program" / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "program" / "__main__.py").write_text(PROGRAM)
    with serve_packages(*PACKAGES) as providers:
        environment = os.environ | {
            "PATH": f"{CHECKOUT}/.venv/bin:{os.environ['PATH']}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true",
            "PULUMI_DEBUG_PROVIDERS": providers,
        }
        yield Project(folder / "program", pulumi_path, environment)


pytestmark = pytest.mark.engine
PRODUCTION = {rule.name: {"production": ["*"]} for rule in RULES if rule.production_only}


BROKEN = {f"{breach.rule}-{number}": breach for number, breach in enumerate(BREACHES)}
"""The rule that a resource breaks, by the name of the resource."""
EVERYTHING = [*SOUND, *(breach.made(name) for name, breach in BROKEN.items())]


def test_valid_resources_pass_with_every_rule_mandatory(project: Project):
    assert project.violations(STACK, SOUND, {"all": "mandatory", **PRODUCTION, **OPTIONS}) == (0, set())


def test_every_rule_stops_a_resource_that_violates_it(project: Project):
    code, violations = project.violations("prod", EVERYTHING, {"all": "mandatory", **OPTIONS})
    expected = {(breach.rule, name, "mandatory") for name, breach in BROKEN.items() if breach.stack == "prod"}
    assert expected - violations == set()
    assert code != 0


def test_a_preview_stack_is_stopped_at_the_levels_of_the_rules(project: Project):
    code, violations = project.violations(STACK, EVERYTHING, {**PRODUCTION, **OPTIONS})
    expected = {(breach.rule, name) for name, breach in BROKEN.items() if breach.rule != "disposable-database"}
    assert expected - {(rule, name) for rule, name, _ in violations} == set()
    levels = {rule.name: rule.level.value for rule in RULES}
    assert {(rule, level) for rule, _, level in violations} == {(rule, levels[rule]) for rule, _ in expected}
    assert code != 0


def test_a_rule_can_be_turned_off(project: Project):
    made = BREACHES[0].made("bad")
    assert project.violations("prod", [made], {BREACHES[0].rule: "disabled"}) == (0, set())
    assert project.violations("prod", [made], {BREACHES[0].rule: "advisory"}) == (
        0,
        {(BREACHES[0].rule, "bad", "advisory")},
    )


def test_an_invalid_configuration_of_a_rule_is_rejected(project: Project):
    ended = project.run("preview", "prod", [], {"hyperdrive-limit-required": {"plan": "gold"}})
    assert ended.returncode != 0
    assert 'hyperdrive-limit-required: plan: plan must be one of the following: "free", "paid"' in ended.stdout


def test_a_rotating_password_passes_only_if_its_origin_names_a_job(project: Project):
    rule = "hyperdrive-fixed-password"
    synchronised = Breach("", tokens.HYPERDRIVE, login(Ref("synchronised-instance")), "").made("synchronised")
    other = Breach("", tokens.HYPERDRIVE, login(Ref("managed-instance")), "").made("other")
    code, violations = project.violations(STACK, [*SOUND, synchronised, other], {"hyperdrive-own-role": "disabled"})
    assert (rule, "other", "mandatory") in violations
    assert (rule, "synchronised", "mandatory") not in violations
    assert code != 0


def test_a_value_that_only_the_update_knows_is_rejected_before_the_creation(project: Project):
    pooler = Made("name", tokens.KV, {"title": "ep-cool-name-pooler.eu-central-1.aws.neon.tech"})
    behind = Breach("", tokens.HYPERDRIVE, {"origin.host": Ref("name")}, "").made("behind")
    assert project.violations("late", [pooler, behind], {}) == (0, set())
    ended = project.run("up", "late", [pooler, behind], {}, "--yes", "--skip-preview")
    assert ended.returncode != 0
    assert "hyperdrive-unpooled-host  (cloudflare:index:HyperdriveConfig: behind)" in ended.stdout
    state = json.loads(project.pulumi("stack", "export").stdout)["deployment"]["resources"]
    assert [each["urn"].rsplit("::", 1)[-1] for each in state if each["type"] in (tokens.KV, tokens.HYPERDRIVE)] == [
        "name"
    ]


def test_the_local_stack_deploys_with_the_pack(deployment: Deployment):
    deployment.stack.pulumi("up", "--yes", "--skip-preview", "--policy-pack", str(PACK))
    assert deployment.previewed() == {}

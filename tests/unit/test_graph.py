"""`make graph` draws a stack, and the diagrams of the documentation are up to date.

The diagrams change with the stack files: `UPDATE_GOLDEN=1 pytest tests/unit/test_graph.py` updates them.
"""

import json
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest

from tests.harness import API, MAIN
from tests.unit.generated import as_committed
from tools.graph.__main__ import main
from tools.graph.budget import budget_tables, table
from tools.graph.flowchart import flowchart
from tools.graph.page import page
from tools.graph.pictures import FOLDER, STACKS, index
from tools.graph.recording import SECRET, Recording, record
from tools.graph.stack import drawable_stack

PROJECT = Path(__file__).resolve().parents[2]
ACCOUNT = "0123456789abcdef0123456789abcdef"
CONFIG_NODE = "HyperdriveConfig_edge_postgres_dev_main"


def node(kind: str, suffix: str) -> str:
    """The node of a resource of the component `main` in the stack `dev`."""
    return re.sub(r"\W", "_", f"{kind}_main-{suffix}")


def stack(**changes: Any) -> Recording:
    """A recording of a small stack, with changed settings."""
    config = {
        "edge-postgres:accountId": ACCOUNT,
        "edge-postgres:databases": {
            "main": {
                "provider": "existing",
                "urlSecret": "databases.main.url",
                "hyperdrive": {"connectionLimit": 10, "caching": "none"},
            }
        },
    }
    return record("dev", config | {f"edge-postgres:{key}": value for key, value in changes.items()})


def neon(**hyperdrive: Any) -> Any:
    """Settings of a Neon database."""
    return {
        "main": {
            "provider": "neon",
            "project": {"region": "aws-eu-central-1"},
            "hyperdrive": {"connectionLimit": 10, "caching": "none"} | hyperdrive,
        }
    }


# The recording.


@pytest.mark.parametrize("golden", ["dev", "prod", "example-neon", "example-pages", "example-rds-private"])
def test_the_dependencies_of_a_recording_are_those_of_the_golden_file(golden: str) -> None:
    with drawable_stack(golden.removeprefix("example-")) as (_, config):
        resources = record(golden, config).resources
    secrets = {urn for urn, found in resources.items() if found.type == SECRET}
    waiting = {
        f"{found.type} {found.name}": sorted(first.rsplit("::", 1)[1] for first in found.waits_for - secrets)
        for urn, found in resources.items()
        if urn not in secrets
    }
    held = json.loads((PROJECT / "tests" / "golden" / f"{golden}.json").read_text())
    assert waiting == {name: found["waits for"] for name, found in held.items()}


def test_a_recording_needs_no_values_of_secrets() -> None:
    assert [found.name for found in stack().resources.values() if found.type == SECRET] == ["databases.main.url"]


def test_a_secret_input_is_recorded_by_its_path() -> None:
    (config,) = (found for found in stack(databases=neon()).resources.values() if found.name == MAIN)
    assert config.secrets == {"origin.password"}


def test_a_stack_file_with_validation_errors_is_rejected() -> None:
    with pytest.raises(pulumi.RunError, match=r"Pulumi\.dev\.yaml has 1 error"):
        stack(plan="gold")


# The flowchart.


def test_a_component_is_a_box_with_its_resources() -> None:
    text = flowchart(stack(databases=neon()))
    (inside,) = re.findall(r'subgraph \w+\["NeonPostgres main"\]\n(.*?)\n    end', text, re.DOTALL)
    assert re.findall(r"\w+<br/>([\w-]+)", inside) == ["main-project", "main-role"]


def test_a_secret_of_the_stack_file_is_in_the_box_of_the_component_that_gets_it() -> None:
    text = flowchart(stack())
    (inside,) = re.findall(r'subgraph \w+\["ExistingPostgres main"\]\n(.*?)\n    end', text, re.DOTALL)
    assert inside.strip() == 'Secret_databases_main_url(["🔒 databases.main.url"])'


def test_an_arrow_leads_from_a_secret_to_the_resource_that_uses_it() -> None:
    assert f"Secret_databases_main_url --> {CONFIG_NODE}" in flowchart(stack())


def test_a_resource_with_secret_inputs_is_marked_with_their_names() -> None:
    assert f"{MAIN}<br/>🔒 password" in flowchart(stack(databases=neon()))


def test_a_resource_with_secret_outputs_is_marked() -> None:
    assert "Role<br/>main-role 🔒" in flowchart(stack(databases=neon()))


def test_an_arrow_that_other_arrows_imply_is_omitted() -> None:
    with drawable_stack("rds-private") as (_, config):
        recording = record("dev", config)
    (config_of,) = (found for found in recording.resources.values() if found.type.endswith(":HyperdriveConfig"))
    assert any(urn.endswith("::main-instance") for urn in config_of.waits_for)
    assert f"{node('Instance', 'instance')} --> {CONFIG_NODE}" not in flowchart(recording)
    service = node("ConnectivityDirectoryService", "vpc-service")
    assert f"{node('Instance', 'instance')} --> {service}" in flowchart(recording)


def test_several_resources_of_one_kind_are_one_node() -> None:
    text = page("rds")
    assert text.count("SecurityGroupIngressRule<br/>") == 1
    assert "SecurityGroupIngressRule<br/>several" in text


def test_resources_with_secrets_are_separate_nodes() -> None:
    assert page("secrets-store").count('"SecretsStoreSecret<br/>') == 3


def test_a_crowded_box_folds_nodes_without_secrets_and_arrows() -> None:
    text = page("rds-private")
    (rest,) = re.findall(r'"and<br/>(.*?)"', text)
    assert rest.split("<br/>") == [
        "Cluster",
        "LogGroup",
        "Role",
        "RolePolicy",
        "Secret",
        "SecurityGroup",
        "TaskDefinition",
    ]
    assert "-connector-task" not in text


def test_a_component_with_one_resource_inside_another_component_has_no_box() -> None:
    text = flowchart(stack(databases=neon(caching={"maxAge": 60, "staleWhileRevalidate": 15}, fresh={"share": 0.5})))
    assert re.findall(r'\["(Hyperdrive\w* [\w-]+)"\]', text) == ["HyperdrivePair main"]


def test_a_component_without_resources_is_omitted() -> None:
    assert "ConnectionBudget" not in flowchart(stack(databases=neon()))


# The budget.


def test_the_parts_of_a_bar_are_adjacent_and_fill_it() -> None:
    shares = "   100  accepted by the database\n   -10  reserved by the database\n   -60  main\n    30  left"
    assert table("main", shares, []).splitlines() == [
        "| `main` accepts 100 connections | | |",
        "|---|---:|---|",
        f"| reserved by the database | 10 | `{'█' * 5 + '·' * 45}` |",
        f"| main | 60 | `{'·' * 5 + '█' * 30 + '·' * 15}` |",
        f"| left | 30 | `{'·' * 35 + '░' * 15}` |",
    ]


def test_the_table_mentions_the_missing_connections_of_other_stacks() -> None:
    recording = stack(databases=neon(otherStacks={"organization/shop/prod": "main"}, connectionLimit="auto"))
    assert CONFIG_NODE in flowchart(recording)
    (text,) = budget_tables(recording.stack)
    assert text.endswith("The table does not include the connections of other stacks: `organization/shop/prod`.")


def test_a_database_with_an_unknown_limit_has_no_table() -> None:
    assert "## Connections" not in page("local")


# The command.


def test_the_command_writes_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["neon"]) == 0
    written = capsys.readouterr().out
    assert written == page("neon")
    assert "| `main` accepts 419 connections |" in written


def test_an_unknown_stack_file_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere"]) == 1
    assert "There is no stack file named `nowhere`." in capsys.readouterr().err


# The documentation.


@pytest.mark.parametrize("name", STACKS)
def test_a_diagram_of_the_documentation_is_up_to_date(name: str) -> None:
    as_committed(FOLDER / f"{name}.md", page(name))


def test_the_index_of_the_diagrams_is_up_to_date() -> None:
    as_committed(FOLDER / "index.md", index())


def test_each_diagram_has_a_stack_file() -> None:
    assert {file.stem for file in FOLDER.glob("*.md")} == {*STACKS, "index"}


def test_the_diagram_of_a_rotation_has_the_order_of_the_recording(tmp_path: Path) -> None:
    diagram = (PROJECT / "docs" / "rotation.md").read_text().partition("```mermaid")[2].partition("```")[0]
    steps = [re.findall("password|configuration|binding", step)[0] for step in re.findall(r"up->>.*: (.*)", diagram)]
    assert steps == ["password", "configuration", "binding"]

    (tmp_path / "worker.js").write_text("export default {}")
    database = neon()
    database["main"]["credentials"] = {"activeSlot": "b"}
    worker = {
        "bundle": str(tmp_path / "worker.js"),
        "compatibilityDate": "2026-11-01",
        "hyperdrive": {"HYPERDRIVE": "main"},
    }
    resources = stack(databases=database, workers={"api": worker}).resources
    waits_for = {
        (found.type.rpartition(":")[2], found.name): {resources[urn].name for urn in found.waits_for}
        for found in resources.values()
    }
    assert "main-role-b" in waits_for["HyperdriveConfig", f"{MAIN}-b"]
    assert waits_for["WorkersScript", API] == {f"{MAIN}-b"}

"""The schema of the stack file: values that an editor accepts or marks, and its descriptions.

`UPDATE_GOLDEN=1 pytest tests/unit/test_stack_file_schema.py` writes it again.
"""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.unit.generated import as_committed
from tools import stack_yaml
from tools.reference.files import GENERATED, STACK_FILE_SCHEMA

PROJECT = Path(__file__).resolve().parents[2]
FILES = sorted([*PROJECT.glob("Pulumi.*.yaml"), *(PROJECT / "examples").glob("*.yaml")])
SCHEMA = json.loads(GENERATED[STACK_FILE_SCHEMA]())

SOUND: dict[str, Any] = {
    "config": {
        "edge-postgres:accountId": "0123456789abcdef0123456789abcdef",
        "edge-postgres:plan": "paid",
        "edge-postgres:databases": {
            "main": {
                "provider": "existing",
                "urlSecret": "databases.main.url",
                "hyperdrive": {"connectionLimit": 10, "caching": "none"},
            }
        },
        "edge-postgres:workers": {
            "api": {
                "bundle": "workers/dist/pg.js",
                "driver": "pg",
                "compatibilityDate": "2026-11-01",
                "hyperdrive": {"HYPERDRIVE": "main"},
            }
        },
    }
}


def marked(file: Any) -> list[str]:
    """The innermost paths that an editor marks, each with its message."""
    return sorted(
        {f"{_path(error)}: {error.message}" for error in _innermost(Draft7Validator(SCHEMA).iter_errors(file))}
    )


def _innermost(errors: Any) -> Iterator[Any]:
    for error in errors:
        yield from _innermost(error.context) if error.context else [error]


def _path(error: Any) -> str:
    return ".".join(str(part) for part in error.absolute_path).removeprefix("config.").replace("edge-postgres:", "")


def changed(path: str, value: Any) -> Any:
    """The valid file with another value at a path. The value ``...`` removes the key."""
    file = copy.deepcopy(SOUND)
    *above, last = path.split(".")
    inner = file["config"]
    for part in above:
        inner = inner.setdefault(part, {})
    inner[last] = value
    if value is ...:
        del inner[last]
    return file


def of_project(project: str, file: Any) -> Any:
    """A stack file with the keys of another project."""
    config = {key.replace("edge-postgres:", f"{project}:"): value for key, value in file["config"].items()}
    return {**file, "config": config}


def test_the_schema_is_generated_from_the_settings() -> None:
    as_committed(STACK_FILE_SCHEMA, GENERATED[STACK_FILE_SCHEMA]())
    assert json.loads(STACK_FILE_SCHEMA.read_text()) == SCHEMA


def test_the_schema_is_a_valid_json_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_stack_file_of_another_project_is_accepted(file: Path) -> None:
    assert marked(of_project("shop", stack_yaml.read(file))) == []


def test_an_error_in_a_stack_file_of_another_project_is_marked() -> None:
    (message,) = marked(of_project("shop", changed("edge-postgres:plan", "gold")))
    assert message == "shop:plan: 'gold' is not one of ['free', 'paid']"
    (message,) = marked(of_project("shop", changed("edge-postgres:database", {})))
    assert message.startswith("config: 'shop:database' does not match any of the regexes")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_stack_file_of_the_project_is_accepted(file: Path) -> None:
    assert marked(stack_yaml.read(file)) == []


DATABASE = "edge-postgres:databases.main"
HYPERDRIVE = f"{DATABASE}.hyperdrive"
WORKER = "edge-postgres:workers.api"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{HYPERDRIVE}.connectionLimit", "auto"),
        (f"{HYPERDRIVE}.caching", {"maxAge": 60, "staleWhileRevalidate": 15}),
        (f"{HYPERDRIVE}.reservedElsewhere", 20),
        (f"{HYPERDRIVE}.reservedElsewhere", {"migrations": 5}),
        (f"{DATABASE}.route", {"kind": "vpc-service", "connector": "ecs"}),
        (f"{DATABASE}.route", {"kind": "vpc-service", "tunnelId": "id"}),
        (f"{DATABASE}.route", {"kind": "access-tunnel", "connector": {"vpcId": "a"}, "hostname": "a.b", "zoneId": "c"}),
        (f"{WORKER}.files", {"a.wasm": "a.wasm", "b": {"path": "b.txt", "kind": "text"}}),
        (f"{WORKER}.json", {"LIMITS": {"a": [1, 2]}}),
        ("edge-postgres:secrets", {"databases": {"main": {"url": {"secure": "AAABADwL"}}}}),
        ("edge-postgres:secrets", {"secure": "AAABADwL"}),
        ("aws:region", "eu-central-1"),
        ("cloudflare:apiToken", {"secure": "AAABADwL"}),
    ],
)
def test_a_value_that_the_program_accepts_is_accepted(path: str, value: Any) -> None:
    assert marked(changed(path, value)) == []


@pytest.mark.parametrize("line", ['compatibilityDate: "2026-11-01"', "compatibilityDate: 2026-11-01"])
def test_a_date_is_accepted_with_and_without_quotes(line: str, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config: {{'edge-postgres:workers': {{api: {{bundle: a.js, {line}}}}}}}")
    assert marked(stack_yaml.read(tmp_path / "Pulumi.dev.yaml")) == []


def test_values_that_pulumi_writes_are_accepted() -> None:
    written = {
        "encryptionsalt": "v1:abc=",
        "secretsprovider": "awskms://alias/a",
        "encryptedkey": "A",
        "environment": ["a"],
    }
    assert marked({**SOUND, **written}) == []


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("edge-postgres:database", {}, "config: 'edge-postgres:database' does not match any of the regexes"),
        ("databases", {}, "config: 'databases' does not match any of the regexes"),
        ("edge-postgres:plan", "gold", "plan: 'gold' is not one of ['free', 'paid']"),
        (f"{DATABASE}.provider", ..., "databases.main: 'provider' is a required property"),
        (f"{DATABASE}.provider", "mysql", "databases.main.provider: 'mysql' is not one of ["),
        (f"{DATABASE}.region", "eu", "databases.main: Additional properties are not allowed ('region' was unexpected)"),
        (f"{HYPERDRIVE}.caching", ..., "databases.main.hyperdrive: 'caching' is a required property"),
        (
            f"{HYPERDRIVE}.caching",
            {"maxAge": 1},
            "databases.main.hyperdrive.caching: 'staleWhileRevalidate' is a required",
        ),
        (
            f"{HYPERDRIVE}.connectionLimit",
            4,
            "databases.main.hyperdrive.connectionLimit: 4 is less than the minimum of 5",
        ),
        (f"{HYPERDRIVE}.connectionlimit", 9, "databases.main.hyperdrive: Additional properties are not allowed"),
        (f"{DATABASE}.route", {"kind": "vpn"}, "databases.main.route.kind: 'vpn' is not one of ["),
        (f"{DATABASE}.route", {"kind": "vpc-service"}, "databases.main.route: 'connector' is a required property"),
        (f"{WORKER}.bundle", ..., "workers.api: 'bundle' is a required property"),
        (f"{WORKER}.driver", "mysql2", "workers.api.driver: 'mysql2' is not one of ["),
        (f"{WORKER}.secrets", {"KEY": "value"}, "workers.api.secrets: {'KEY': 'value'} is not of type 'array'"),
        (
            f"{WORKER}.compatibilityFlags",
            "nodejs_compat",
            "workers.api.compatibilityFlags: 'nodejs_compat' is not of type",
        ),
        ("edge-postgres:secrets", {"databases": {"main": {"url": "postgres://"}}}, "secrets.databases.main.url: "),
        ("edge-postgres:secretsStore", {"secrets": {}}, "secretsStore: 'storeId' is a required property"),
    ],
)
def test_a_value_that_the_program_rejects_is_marked_at_its_path(path: str, value: Any, message: str) -> None:
    assert [error for error in marked(changed(path, value)) if error.startswith(message)]


def test_an_error_of_one_provider_is_not_reported_for_the_others() -> None:
    (error,) = marked(changed(f"{DATABASE}.hots", "db.example.com"))
    assert error == "databases.main: Additional properties are not allowed ('hots' was unexpected)"


def test_a_version_without_quotes_is_marked() -> None:
    file = stack_yaml.read(PROJECT / "examples" / "rds.yaml")
    file["config"]["edge-postgres:databases"]["main"]["engineVersion"] = 17.1
    assert marked(file) == ["databases.main.engineVersion: 17.1 is not of type 'string'"]


# Descriptions in an editor.


def shown() -> dict[str, str]:
    """Every key with its description, or with the description of its map."""
    definitions = SCHEMA["definitions"]
    return {
        f"{name}.{key}": found.get("description") or _below(found, definitions)
        for name, model in {"config": SCHEMA["properties"]["config"], **definitions}.items()
        for key, found in {**model.get("properties", {}), **model.get("patternProperties", {})}.items()
        if found
    }


def _below(found: Any, definitions: Any) -> str:
    named = re.findall(r"#/definitions/(\w+)", json.dumps(found))
    return "".join(definitions[name].get("description", "") for name in named)


def test_an_editor_has_a_description_for_every_key() -> None:
    assert [key for key, text in shown().items() if len(text.split()) < 2] == []
    assert len(shown()) > 200


def test_a_description_has_the_keys_of_the_stack_file() -> None:
    texts = shown()
    assert "`publicIp`" in texts["EcsSettings.subnetIds"]
    assert "`verify_full`" in texts["VpcServiceSettings.certificateVerification"]


def test_a_description_has_the_targets_of_its_links() -> None:
    assert "(docs/previews.md)" in shown()["ExistingDatabase.previewDatabase"]


def test_an_editor_of_this_project_finds_the_schema() -> None:
    wired = json.loads((PROJECT / ".vscode" / "settings.json").read_text())["yaml.schemas"]
    (patterns,) = wired.values()
    assert list(wired) == ["./components/edge_postgres/data/stack-file.schema.json"]
    assert [
        file.name for file in FILES if not any(file.relative_to(PROJECT).match(pattern) for pattern in patterns)
    ] == []

"""The README and the page of the stack file match the code."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pulumi
import pytest
import yaml
from pydantic import BaseModel

from edge_postgres import stack as settings
from edge_postgres.stack.errors import _models_in
from edge_postgres.stack.origins import MODELS, PROVIDERS, Database
from tests.harness import API, MAIN, deploy

PROJECT = Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text()
STACK_FILE = (PROJECT / "docs" / "stack-file.md").read_text()


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    for field in model.model_fields.values():
        if field.alias and not field.alias.startswith("("):
            yield field.alias
        for inner in _models_in(field.annotation):
            yield from keys_of(inner)


def own_keys_of(model: type[BaseModel]) -> set[str]:
    """The keys that a provider's databases have and others do not."""
    return set(keys_of(model)) - set(keys_of(Database)) - {"provider"}


SHARED = set(keys_of(settings.Settings)).difference(*(own_keys_of(model) for model in MODELS)) | set(keys_of(Database))
OWN = [
    pytest.param(key, provider, id=f"{provider}.{key}")
    for model in MODELS
    for provider in get_args(model.model_fields["provider"].annotation)
    for key in sorted(own_keys_of(model))
]


# `caching: none` in a stack file is `disabled` in a component.
@pytest.mark.parametrize("key", sorted(SHARED - {"disabled"}))
def test_every_setting_has_its_line(key: str) -> None:
    assert re.search(rf"\b{key}\b", STACK_FILE)


@pytest.mark.parametrize(("key", "provider"), OWN)
def test_every_setting_of_a_provider_is_on_its_page(key: str, provider: str) -> None:
    assert re.search(rf"\b{key}\b", (PROJECT / "docs" / "origins" / f"{provider}.md").read_text())


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_has_its_line(provider: str) -> None:
    assert f"[`{provider}`](docs/origins/{provider}.md)" in README


def test_the_sample_of_an_invalid_file_has_the_errors_on_the_page(tmp_path: Path) -> None:
    plan = yaml.safe_load((PROJECT / "Pulumi.dev.yaml").read_text())["config"]["edge-postgres:plan"]
    database = {"provider": "existing", "urlSecret": "databases.main.url", "hyperdrive": {"connectionLimit": 4}}
    config = {
        "accountId": "0" * 32,
        "plan": plan,
        "databases": {"main": database},
        "secrets": {"databases": {"main": {"url": "postgres://u:p@db.example.com/d"}}},
    }
    with pytest.raises(pulumi.RunError) as error:
        deploy(lambda: settings.load(tmp_path), config=config, secret_keys=["secrets"])
    assert str(error.value) in README


def test_the_sample_program_deploys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (sample,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "workers" / "dist").mkdir(parents=True)
    (tmp_path / "workers" / "dist" / "pg.js").write_text("export default {}")
    monkeypatch.chdir(tmp_path)

    def program() -> None:
        exec(sample, {})

    config = {"accountId": "0" * 32, "databaseUrl": "postgres://u:p@db.example.com/d"}
    run = deploy(program, config=config, secret_keys=["databaseUrl"])
    assert {entry.name for entry in run.registrations} >= {MAIN, API}


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:`|\$ |up` )make ([a-z]+)", README))))
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (PROJECT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("place", re.findall(r"^\| `([a-z_/]+/|[a-z_]+\.py)` \|", README, re.MULTILINE))
def test_every_path_exists(place: str) -> None:
    assert (PROJECT / place).exists()

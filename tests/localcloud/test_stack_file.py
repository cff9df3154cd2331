"""Stack files of the checkout, as they are deployed on this machine."""

from pathlib import Path

import pytest
import yaml

from localcloud import stack_file
from localcloud.errors import LocalCloudError
from localcloud.stack_file import StackFile

URL = "postgres://app:pw@127.0.0.1:5432/app"


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stack_file, "CHECKOUT", tmp_path)
    (tmp_path / "examples").mkdir()
    write(tmp_path / "Pulumi.dev.yaml", {"provider": "existing", "urlSecret": "databases.main.url"})
    write(tmp_path / "examples" / "neon.yaml", {"provider": "neon"}, secrets=["STRIPE_KEY"])
    write(tmp_path / "examples" / "rds.yaml", {"provider": "rds"})
    write(tmp_path / "examples" / "parts.yaml", {"provider": "existing", "host": "db.example.com"})
    return tmp_path


def write(path: Path, database: dict[str, str], secrets: list[str] | None = None) -> None:
    config = {
        "edge-postgres:accountId": "0123456789abcdef0123456789abcdef",
        "edge-postgres:databases": {"main": database},
        "edge-postgres:workers": {"api": {"secrets": secrets or []}},
    }
    path.write_text(yaml.safe_dump({"config": config}))


def test_a_stack_of_the_checkout_is_found_by_its_name() -> None:
    assert StackFile.of("dev").path.name == "Pulumi.dev.yaml"


def test_an_example_is_found_by_its_name() -> None:
    assert StackFile.of("neon").path.name == "neon.yaml"


def test_a_name_that_nothing_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(LocalCloudError, match=r"no stack file of the name `prod`\. There are `dev`, `neon`, "):
        StackFile.of("prod")


def test_a_preview_is_a_copy_of_the_template(checkout: Path) -> None:
    write(checkout / "Pulumi.pr.yaml", {"provider": "existing", "urlSecret": "databases.main.url"})
    found = StackFile.of("pr-7")
    assert (found.path.name, found.stack) == ("Pulumi.pr.yaml", "local-pr-7")


def test_a_stack_on_this_machine_says_so_in_its_name() -> None:
    assert [StackFile.of(name).stack for name in ("dev", "neon")] == ["local-dev", "local-neon"]


def test_this_machine_stands_in_for_the_account() -> None:
    settings = StackFile.of("neon").settings()
    assert settings["edge-postgres:accountId"] == "local"
    assert settings["edge-postgres:databases"] == {"main": {"provider": "neon"}}


def test_an_existing_database_is_the_local_one() -> None:
    assert StackFile.of("dev").secrets(URL) == {"databases.main.url": URL}


def test_a_workers_secrets_are_made_up() -> None:
    assert StackFile.of("neon").secrets(URL) == {"workers.api.STRIPE_KEY": "local STRIPE_KEY"}


def test_the_secrets_of_a_pages_project_are_made_up_for_each_environment(checkout: Path) -> None:
    file = checkout / "Pulumi.dev.yaml"
    config = yaml.safe_load(file.read_text())
    config["config"]["edge-postgres:pages"] = {"site": {"production": {"secrets": ["KEY"]}, "preview": {}}}
    file.write_text(yaml.safe_dump(config))
    assert StackFile.of("dev").secrets(URL)["pages.site.production.KEY"] == "local KEY of production"


@pytest.mark.parametrize("name", ["rds", "parts"])
def test_a_home_of_postgres_that_nothing_here_stands_in_for_is_refused(name: str) -> None:
    with pytest.raises(LocalCloudError, match=f"`{name}.yaml` has its database `main` at .* nothing on this machine"):
        StackFile.of(name).settings()

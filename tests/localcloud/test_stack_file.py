"""Stack files of the checkout, and their configuration on the local cloud."""

from pathlib import Path
from typing import Any

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


def write(path: Path, database: dict[str, Any], secrets: list[str] | None = None) -> None:
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


def test_the_error_about_an_unknown_stack_lists_the_existing_ones() -> None:
    with pytest.raises(LocalCloudError, match=r"no stack file named `prod`\. Use one of `dev`, `neon`, "):
        StackFile.of("prod")


def test_a_preview_stack_uses_the_template(checkout: Path) -> None:
    write(checkout / "Pulumi.pr.yaml", {"provider": "existing", "urlSecret": "databases.main.url"})
    found = StackFile.of("pr-7")
    assert (found.path.name, found.stack) == ("Pulumi.pr.yaml", "local-pr-7")


def test_the_name_of_a_stack_on_this_machine_begins_with_local() -> None:
    assert [StackFile.of(name).stack for name in ("dev", "neon")] == ["local-dev", "local-neon"]


def test_the_account_id_is_replaced_by_the_local_one() -> None:
    settings = StackFile.of("neon").settings()
    assert settings["edge-postgres:accountId"] == "local"
    assert settings["edge-postgres:databases"] == {"main": {"provider": "neon"}}


def test_an_existing_database_is_replaced_by_the_local_one() -> None:
    assert StackFile.of("dev").secrets(URL) == {"databases.main.url": URL}


def test_a_tunnel_of_another_account_is_replaced_by_one_of_the_stack(checkout: Path) -> None:
    route = {"kind": "vpc-service", "tunnelId": "c1744f8b-faa1-48a4-9e5c-02ac921467fa"}
    database = {"provider": "existing", "urlSecret": "databases.main.url", "route": route}
    write(checkout / "examples" / "vpc-service.yaml", database)
    route = StackFile.of("vpc-service").settings()["edge-postgres:databases"]["main"]["route"]
    assert route == {"kind": "vpc-service", "connector": "none", "certificateVerification": "disabled"}


def test_secrets_of_a_worker_get_invented_values() -> None:
    assert StackFile.of("neon").secrets(URL) == {"workers.api.STRIPE_KEY": "local STRIPE_KEY"}


def test_secrets_of_a_pages_project_get_invented_values_per_environment(checkout: Path) -> None:
    file = checkout / "Pulumi.dev.yaml"
    config = yaml.safe_load(file.read_text())
    config["config"]["edge-postgres:pages"] = {"site": {"production": {"secrets": ["KEY"]}, "preview": {}}}
    file.write_text(yaml.safe_dump(config))
    assert StackFile.of("dev").secrets(URL)["pages.site.production.KEY"] == "local KEY of production"


@pytest.mark.parametrize("name", ["rds", "parts"])
def test_a_database_vendor_without_an_emulator_is_rejected(name: str) -> None:
    with pytest.raises(LocalCloudError, match=f"`{name}.yaml`: database `main` has provider .* no local emulator"):
        StackFile.of(name).settings()


@pytest.mark.parametrize(
    "worker", [{"domains": ["shop.example.com"]}, {"routes": {"example.com/*": "0" * 32}}, {"workersDev": False}]
)
def test_a_worker_without_an_address_below_workers_dev_has_a_local_one(
    checkout: Path, worker: dict[str, object]
) -> None:
    file = yaml.safe_load((checkout / "examples" / "neon.yaml").read_text())
    file["config"]["edge-postgres:workers"]["api"] |= worker
    (checkout / "examples" / "neon.yaml").write_text(yaml.safe_dump(file))
    assert StackFile.of("neon").settings()["edge-postgres:workers"]["api"]["workersDev"] is True

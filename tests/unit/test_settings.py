"""Settings of a stack file: accepted values, and the report of its errors."""

import copy
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from edge_postgres import stack as settings
from edge_postgres.stack.create_database import create_database
from tests.harness import deploy
from tests.unit.authorities import certificate

ACCOUNT = "0123456789abcdef0123456789abcdef"
SENTINEL = "sentinel-password"
CA = certificate("RSA2048 G1").pem
URL = f"postgres://app:{SENTINEL}@db.example.com:5432/app"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "worker.js").write_text("export default {}")
    (tmp_path / "authority.pem").write_text(CA)
    return tmp_path


def stack_file(**changes: Any) -> dict[str, Any]:
    """A valid stack file; ``changes`` replace values by path, ``databases__main__host="…"``."""
    file: dict[str, Any] = {
        "accountId": ACCOUNT,
        "databases": {
            "main": {
                "provider": "existing",
                "urlSecret": "databases.main.url",
                "hyperdrive": {"connectionLimit": 10, "caching": "none"},
            }
        },
        "workers": {
            "api": {
                "bundle": "worker.js",
                "driver": "pg",
                "compatibilityDate": "2026-11-01",
                "hyperdrive": {"HYPERDRIVE": "main"},
            }
        },
        "secrets": {"databases": {"main": {"url": URL}}},
    }
    file = copy.deepcopy(file)
    for path, value in changes.items():
        *above, last = path.split("__")
        at = file
        for part in above:
            at = at[part]
        at[last] = value
    return file


def load(root: Path, file: dict[str, Any], *, stack: str = "dev", secret_keys: tuple[str, ...] = ("secrets",)) -> Any:
    return deploy(lambda: settings.load(root), config=file, secret_keys=secret_keys, stack=stack).result


def faults(root: Path, file: dict[str, Any], **options: Any) -> dict[str, str]:
    """The errors of a file: the message of each path."""
    with pytest.raises(pulumi.RunError) as refused:
        load(root, file, **options)
    # The further lines of a message have a deeper indentation.
    _, *first, _ = re.split(r"\n  (?=\S)|$", str(refused.value))
    found: dict[str, str] = {}
    for path, words in (lines.split("  ", 1) for lines in first):
        found[path] = f"{found[path]}\n{words}" if path in found else words
    return found


def only_fault(root: Path, path: str, file: dict[str, Any], **options: Any) -> str:
    """The only error of a file. It is also reported, with the same message, if the file has an unrelated error."""
    found = faults(root, file, **options)
    assert list(found) == [path]
    if path != "accountId":
        beside = faults(root, {**file, "accountId": "abc"}, **options)
        assert {each: " ".join(words.split()) for each, words in beside.items() if each != "accountId"} == {
            path: " ".join(found[path].split())
        }
        assert "accountId" in beside
    return found[path].strip()


def parts(**changes: Any) -> dict[str, Any]:
    """A database that is declared by its parts."""
    return {
        "provider": "existing",
        "host": "db.example.com",
        "database": "app",
        "user": "app",
        "passwordSecret": "databases.main.url",
        "hyperdrive": {"connectionLimit": 10, "caching": "none"},
        **changes,
    }


def test_a_valid_file_loads(root: Path) -> None:
    stack, _ = load(root, stack_file())
    assert stack.databases["main"].hyperdrive.connection_limit == 10


def test_settings_are_frozen(root: Path) -> None:
    stack, _ = load(root, stack_file())
    with pytest.raises(ValueError, match="frozen"):
        stack.account_id = "other"


def test_every_error_is_reported_at_once_with_its_path(root: Path) -> None:
    file = stack_file(
        databases__main__hyperdrive={"connectionLimit": 4}, workers__api__secrets=["STRIPE_KEY"], accountId="abc"
    )
    assert list(faults(root, file)) == [
        "accountId",
        "databases.main.hyperdrive.caching",
        "databases.main.hyperdrive.connectionLimit",
        "workers.api.secrets[0]",
    ]


def test_the_message_names_the_file_and_counts_the_errors(root: Path) -> None:
    with pytest.raises(pulumi.RunError, match=r"Pulumi\.dev\.yaml has 1 error\n"):
        load(root, stack_file(accountId="abc"))


def test_a_missing_account_is_rejected(root: Path) -> None:
    file = stack_file()
    del file["accountId"]
    complaint = only_fault(root, "accountId", file)
    assert complaint == "is required. Run: pulumi config set edge-postgres:accountId <32 hexadecimal digits>"


def test_the_account_local_belongs_to_the_stack_local(root: Path) -> None:
    stack, _ = load(root, stack_file(accountId="local"), stack="local")
    assert stack.account_id == "local"
    assert "32 hexadecimal digits" in only_fault(root, "accountId", stack_file(accountId="local"), stack="dev")


def test_an_unknown_key_is_rejected_with_a_suggestion(root: Path) -> None:
    complaint = only_fault(root, "workers.api.domain", stack_file(workers__api__domain=["a.example.com"]))
    assert "Did you mean `domains`?" in complaint


def test_an_unknown_key_of_the_file_is_rejected(root: Path) -> None:
    assert "is unknown" in only_fault(root, "database", stack_file(database={}))


def test_the_value_of_an_unknown_key_is_not_shown(root: Path) -> None:
    assert SENTINEL not in str(faults(root, stack_file(databases__main__password=SENTINEL)))


def test_a_connection_string_as_a_path_is_not_shown(root: Path) -> None:
    assert SENTINEL not in str(faults(root, stack_file(databases__main__urlSecret=URL)))


def test_a_password_as_a_path_is_not_shown(root: Path) -> None:
    assert SENTINEL not in str(faults(root, stack_file(databases__main=parts(passwordSecret=SENTINEL))))


@pytest.mark.parametrize("kind", [17, ["list"], {"a": SENTINEL}, True])
def test_a_value_of_the_wrong_kind_is_rejected(root: Path, kind: object) -> None:
    complaint = only_fault(root, "workers.api.bundle", stack_file(workers__api__bundle=kind))
    assert complaint.startswith("must be a string, got ")
    assert complaint.endswith(". Put it in quotes if YAML reads it as a number, date or boolean.")
    assert SENTINEL not in complaint


@pytest.mark.parametrize(
    ("changes", "path", "complaint"),
    [
        ({"databases__main__maxConnections": -1}, "databases.main.maxConnections", "must be at least 0, got -1. Set 0"),
        ({"databases__main__port": 65536}, "databases.main.port", "must be at most 65535, got 65536. Set 65535"),
        ({"databases__main__maxConnections": "10"}, "databases.main.maxConnections", "must be an integer, got 10."),
        (
            {"databases__main__noProductionData": "yes"},
            "databases.main.noProductionData",
            "must be a boolean, got yes.",
        ),
        ({"workers__api__domains": "a.example.com"}, "workers.api.domains", "must be a list, got a.example.com."),
        ({"workers__api__vars": ["A"]}, "workers.api.vars", "must be a map, got a list."),
        ({"workers__api__bundle": None}, "workers.api.bundle", "must be a string, got no value."),
        ({"workers__api__bundle": True}, "workers.api.bundle", "must be a string, got true."),
        ({"databases__main__urlSecret": 17}, "databases.main.urlSecret", "must be a string, got a value that is not"),
    ],
)
def test_a_value_that_is_not_valid_is_shown_with_the_rule(
    changes: dict[str, Any], path: str, complaint: str, root: Path
) -> None:
    assert faults(root, stack_file(**changes))[path].startswith(complaint)


@pytest.mark.parametrize(("share", "rule"), [(0, "must be greater than 0"), (1, "must be less than 1")])
def test_a_share_is_a_part_of_the_limit(share: int, rule: str, root: Path) -> None:
    complaint = only_fault(root, "databases.main.hyperdrive.fresh.share", hyperdrive_settings(fresh={"share": share}))
    assert complaint.startswith(f"{rule}, got {share}. Set a ")


def test_an_unknown_provider_is_rejected_with_the_valid_ones(root: Path) -> None:
    complaint = only_fault(root, "databases.main.provider", stack_file(databases__main__provider="neonn"))
    assert complaint == (
        "must be one of `cloud-sql`, `existing`, `neon`, `prisma`, `rds`, `supabase`, got neonn. Set one of them."
    )


def test_a_missing_provider_is_rejected(root: Path) -> None:
    file = stack_file()
    del file["databases"]["main"]["provider"]
    assert "is required. Set one of `cloud-sql`, " in only_fault(root, "databases.main.provider", file)


def test_a_name_has_lower_case_letters_digits_and_hyphens(root: Path) -> None:
    file = stack_file(workers={"My Api": stack_file()["workers"]["api"]})
    assert "lower-case" in next(iter(faults(root, file).values()))


def test_caching_is_required(root: Path) -> None:
    file = stack_file(databases__main__hyperdrive={"connectionLimit": 10})
    complaint = only_fault(root, "databases.main.hyperdrive.caching", file)
    assert complaint == (
        "is required. Set `none`, or `{maxAge: 60, staleWhileRevalidate: 15}`; cached reads can be up to 75 s old."
    )


def test_an_age_above_the_ceiling_is_rejected(root: Path) -> None:
    caching = {"maxAge": 3601, "staleWhileRevalidate": 15}
    complaint = only_fault(
        root,
        "databases.main.hyperdrive.caching.maxAge",
        stack_file(databases__main__hyperdrive={"connectionLimit": 10, "caching": caching}),
    )
    assert "must be between 1 and 3600, got 3601" in complaint


def test_a_limit_below_five_is_rejected(root: Path) -> None:
    file = stack_file(databases__main__hyperdrive__connectionLimit=4)
    assert "at least 5" in only_fault(root, "databases.main.hyperdrive.connectionLimit", file)


def test_a_limit_above_the_plans_ceiling_is_rejected(root: Path) -> None:
    file = stack_file(databases__main__hyperdrive__connectionLimit=21, plan="free")
    assert "must be at most 20, got" in only_fault(root, "databases.main.hyperdrive.connectionLimit", file)


def test_the_ceiling_can_be_overridden(root: Path) -> None:
    hyperdrive = {"connectionLimit": 2000, "connectionCeiling": 3000, "caching": "none"}
    stack, _ = load(root, stack_file(databases__main__hyperdrive=hyperdrive))
    assert stack.databases["main"].hyperdrive.connection_limit == 2000


def test_a_limit_above_the_available_connections_is_rejected(root: Path) -> None:
    file = stack_file(databases__main__maxConnections=10)
    complaint = only_fault(root, "databases.main.hyperdrive.connectionLimit", file)
    assert "needs 1 more connection than the database has available. Lower `main` (10)" in complaint
    assert " 10  accepted by the database\n" in complaint


def hyperdrive_settings(**changes: Any) -> dict[str, Any]:
    caching = {"maxAge": 60, "staleWhileRevalidate": 15}
    return stack_file(
        databases__main__maxConnections=100,
        databases__main__hyperdrive={"connectionLimit": "auto", "caching": caching, **changes},
    )


def test_a_limit_can_be_the_remaining_connections(root: Path) -> None:
    stack, _ = load(root, hyperdrive_settings(reservedElsewhere=20))
    budget = stack.databases["main"].budget_args(stack.plan, {})
    assert (budget["weights"], budget["elsewhere"]) == ({"main": 1.0}, {"reservedElsewhere": 20})


def test_other_connections_can_be_declared(root: Path) -> None:
    stack, _ = load(root, hyperdrive_settings(reservedElsewhere={"migrations": 5, "dashboards": 10}))
    assert stack.databases["main"].hyperdrive.reserved_elsewhere == {"migrations": 5, "dashboards": 10}


def test_other_stacks_can_be_declared(root: Path) -> None:
    stack, _ = load(root, hyperdrive_settings(otherStacks={"organization/edge-postgres/prod": "main"}))
    assert stack.databases["main"].hyperdrive.other_stacks == {"organization/edge-postgres/prod": "main"}


def test_auto_for_a_database_of_unknown_size_is_rejected(root: Path) -> None:
    file = hyperdrive_settings()
    del file["databases"]["main"]["maxConnections"]
    complaint = only_fault(root, "databases.main.hyperdrive.connectionLimit", file)
    assert complaint.startswith("cannot be `auto`, because the size of the database is unknown. Set `maxConnections`")


def test_another_string_than_auto_is_rejected(root: Path) -> None:
    assert set(faults(root, hyperdrive_settings(connectionLimit="most"))) == {
        "databases.main.hyperdrive.connectionLimit"
    }


def test_a_pair_can_be_bound(root: Path) -> None:
    file = hyperdrive_settings(fresh={"share": 0.3})
    file["workers"]["api"]["hyperdrive"] = {"HYPERDRIVE": "main", "HYPERDRIVE_FRESH": "main.fresh"}
    stack, _ = load(root, file)
    assert stack.databases["main"].hyperdrive.fresh is not None


def test_a_reference_to_the_uncached_configuration_without_a_pair_is_rejected(root: Path) -> None:
    file = hyperdrive_settings()
    file["workers"]["api"]["hyperdrive"] = {"HYPERDRIVE_FRESH": "main.fresh"}
    assert "Set `main`." in only_fault(root, "workers.api.hyperdrive.HYPERDRIVE_FRESH", file)


def test_a_pair_without_a_cache_is_rejected(root: Path) -> None:
    file = hyperdrive_settings(fresh={"share": 0.3}, caching="none")
    assert "cannot be combined with `caching: none`, because then neither configuration has a cache" in only_fault(
        root, "databases.main.hyperdrive.fresh", file
    )


def test_a_pair_needs_connections_for_two_configurations(root: Path) -> None:
    file = hyperdrive_settings(fresh={"share": 0.3}, connectionLimit=9)
    assert "Set 10 or more" in only_fault(root, "databases.main.hyperdrive.connectionLimit", file)


@pytest.mark.parametrize("share", [0, 1, "half"])
def test_an_invalid_share_is_rejected(share: Any, root: Path) -> None:
    assert set(faults(root, hyperdrive_settings(fresh={"share": share}))) == {"databases.main.hyperdrive.fresh.share"}


def rotating(**credentials: Any) -> dict[str, Any]:
    return stack_file(
        databases__main__credentials={"activeSlot": "a", **credentials},
        secrets={"databases": {"main": {"url": URL, "a": SENTINEL, "b": SENTINEL}}},
    )


SERVER: Any = {"database": "app", "user": "app", "password": "pw"}
ROLES = {
    "a": {"user": "worker_a", "passwordSecret": "databases.main.a"},
    "b": {"user": "worker_b", "passwordSecret": "databases.main.b"},
}
ADMIN = {"adminUser": "admin", "adminPasswordSecret": "databases.main.a"}


def test_two_existing_roles_can_be_declared(root: Path) -> None:
    def program() -> Any:
        stack, context = settings.load(root)
        database = stack.databases["main"]
        assert database.credentials is not None
        return database.credentials.args(SERVER, context.secrets, database.ca_pem, None)

    arguments = deploy(program, config=rotating(**ROLES), secret_keys=["secrets"]).exports
    assert arguments["users"].value == {"a": "worker_a", "b": "worker_b"}
    assert arguments["passwords"].secret
    assert "ownership_mark" not in arguments


def test_an_administrator_that_creates_the_roles_can_be_declared(root: Path) -> None:
    def program() -> Any:
        stack, context = settings.load(root)
        database = stack.databases["main"]
        assert database.credentials is not None
        return database.credentials.args(SERVER, context.secrets, database.ca_pem, None)

    arguments = deploy(program, config=rotating(**ADMIN, ownerRole="app"), secret_keys=["secrets"]).exports
    assert (arguments["admin_user"].value, arguments["owner_role"].value) == ("admin", "app")
    assert arguments["active_slot"].value == "a"
    assert "ownership_mark" not in arguments
    assert arguments["admin_password"].secret


@pytest.mark.parametrize(("mode", "verified"), [("verify-full", True), ("verify-ca", False)])
def test_roles_are_created_over_verified_tls_if_hyperdrive_verifies_in_full(
    mode: str, verified: bool, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    (root / "ca.pem").write_text(certificate("RSA2048 G1").pem)
    file = rotating(**ADMIN)
    file["databases"]["main"]["hyperdrive"]["tls"] = {"mode": mode, "caFile": "ca.pem"}

    def program() -> Any:
        stack, context = settings.load(root)
        database = stack.databases["main"]
        assert database.credentials is not None
        return database.credentials.args(SERVER, context.secrets, database.ca_pem, None)

    arguments = deploy(program, config=file, secret_keys=["secrets"]).exports
    assert (arguments["ca_pem"].value is not None) is verified


def test_each_slot_uses_the_limit_of_the_budget(root: Path) -> None:
    file = rotating(**ROLES)
    file["databases"]["main"] |= {"maxConnections": 30, "hyperdrive": {"connectionLimit": 20, "caching": "none"}}
    complaint = only_fault(root, "databases.main.hyperdrive.connectionLimit", file)
    assert "needs 13 more connections" in complaint
    assert "-20  main.a" in complaint
    assert "-20  main.b" in complaint


@pytest.mark.parametrize(
    ("credentials", "at", "complaint"),
    [
        ({}, "", "must contain two existing roles, or an administrator that creates two roles. Set `a` and `b`"),
        ({"activeSlot": "c", **ROLES}, ".activeSlot", "must be 'a' or 'b', got c. Set one of them."),
        ({"a": ROLES["a"]}, ".b", "is required, because two roles take turns"),
        ({"adminUser": "admin"}, ".adminUser", "must be set together with `adminPasswordSecret`"),
        ({**ROLES, **ADMIN}, ".adminUser", "cannot be combined with `a` and `b`"),
        ({**ROLES, "ownerRole": "app"}, ".ownerRole", "cannot be combined with `a` and `b`"),
        (
            {**ADMIN, "ownerRole": "admin"},
            ".ownerRole",
            "cannot be an administrator of the server, because the Workers",
        ),
        ({**ADMIN, "ownerRole": "rds_superuser"}, ".ownerRole", "cannot be an administrator of the server"),
    ],
)
def test_errors_of_credentials(credentials: dict[str, Any], at: str, complaint: str, root: Path) -> None:
    assert complaint in only_fault(root, f"databases.main.credentials{at}", rotating(**credentials))


def test_a_user_of_a_secret_connection_string_that_is_the_administrator_is_rejected(root: Path) -> None:
    file = rotating(adminUser="app", adminPasswordSecret="databases.main.a")
    complaint = only_fault(root, "databases.main.credentials.ownerRole", file)
    assert complaint.startswith("cannot be an administrator of the server, because the Workers would act as the")
    assert "got app" not in complaint


def test_a_vendor_that_creates_the_roles_gets_the_active_slot(root: Path) -> None:
    database = {"provider": "neon", "project": {"region": "aws-eu-central-1"}, "credentials": {"activeSlot": "b"}}
    file = stack_file(databases__main={**database, "hyperdrive": stack_file()["databases"]["main"]["hyperdrive"]})
    stack, _ = load(root, file)
    assert stack.databases["main"].args()["active_slot"] == "b"

    def program() -> None:
        stack, context = settings.load(root)
        create_database("main", stack.databases["main"], context)

    run = deploy(program, config=file, secret_keys=["secrets"], preview=True)
    assert run.all("edge-postgres:index:DatabaseRoles") == []
    assert len(run.all("edge-postgres:index:HyperdriveSlots")) == 1


def test_roles_of_a_vendor_that_creates_them_are_rejected(root: Path) -> None:
    file = rotating(**ROLES)
    file["databases"]["main"] |= {"provider": "neon", "project": {"region": "aws-eu-central-1"}}
    del file["databases"]["main"]["urlSecret"]
    complaint = only_fault(root, "databases.main.credentials", file)
    assert complaint == "must not contain roles, because the vendor creates the roles. Set only `activeSlot`."


def tls_settings(root: Path, **tls: Any) -> dict[str, Any]:
    (root / "ca.pem").write_text(certificate("RSA2048 G1").pem)
    return stack_file(
        databases__main__hyperdrive={"connectionLimit": 10, "caching": "none", "tls": tls},
        secrets={"databases": {"main": {"url": URL, "key": SENTINEL}}},
    )


def test_the_ca_of_a_database_is_a_file(root: Path) -> None:
    stack, context = load(root, tls_settings(root, mode="verify-full", caFile="ca.pem", caCommonName="G1"))
    args = stack.databases["main"].hyperdrive.tls.certificates_args(ACCOUNT, context.secrets)
    assert {key: value for key, value in args.items() if value is not None} == {
        "account_id": ACCOUNT, "ca_file": "ca.pem", "ca_common_name": "G1"
    }  # fmt: skip


def test_the_certificates_can_have_a_custom_name(root: Path) -> None:
    stack, context = load(root, tls_settings(root, mode="verify-full", caFile="ca.pem", certificateName="shop"))
    args = stack.databases["main"].hyperdrive.tls.certificates_args(ACCOUNT, context.secrets)
    assert args["certificate_name"] == "shop"


def test_a_client_certificate_has_its_key_among_the_secrets(root: Path) -> None:
    client = {"clientCertificateFile": "client.pem", "clientKeySecret": "databases.main.key"}
    pair = certificate("worker", ca=False)
    (root / "client.pem").write_text(pair.pem)
    file = tls_settings(root, mode="require", **client)
    file["secrets"]["databases"]["main"]["key"] = pair.key
    stack, _ = load(root, file)
    certificates = SimpleNamespace(ca_certificate_id="ca", mtls_certificate_id="client")
    origin = stack.databases["main"].hyperdrive.tls.with_tls({"host": "db.example.com"}, certificates)
    assert origin == {"host": "db.example.com", "sslmode": "require", "mtls_certificate_id": "client"}


def test_mode_require_needs_no_certificate(root: Path) -> None:
    stack, context = load(root, tls_settings(root, mode="require"))
    assert stack.databases["main"].hyperdrive.create_certificates("main", context) is None


@pytest.mark.parametrize(
    ("tls", "at", "complaint"),
    [
        ({"mode": "verify-full"}, "caFile", "is required for `mode: verify-full`. Set `caFile` to the path"),
        (
            {"mode": "require", "caFile": "ca.pem"},
            "caFile",
            "cannot be combined with `mode: require`. Remove `caFile`, or set",
        ),
        ({"mode": "verify-ca", "caFile": "nowhere.pem"}, "caFile", "must be an existing file, got nowhere.pem"),
        ({"mode": "prefer"}, "mode", "must be 'require', 'verify-ca' or 'verify-full', got prefer"),
        ({"mode": "require", "clientCertificateFile": "ca.pem"}, "clientKeySecret", "must be set together"),
    ],
)
def test_errors_of_tls(tls: dict[str, str], at: str, complaint: str, root: Path) -> None:
    assert complaint in only_fault(root, f"databases.main.hyperdrive.tls.{at}", tls_settings(root, **tls))


def test_a_pooled_host_is_rejected_with_the_direct_one_as_the_fix(root: Path) -> None:
    database = parts(host="ep-cool-name-pooler.eu-central-1.aws.neon.tech")
    complaint = only_fault(root, "databases.main.host", stack_file(databases__main=database))
    assert "Use the direct endpoint ep-cool-name.eu-central-1.aws.neon.tech:5432." in complaint


def test_a_pooled_port_is_rejected(root: Path) -> None:
    database = parts(host="db.abcdefghijklmnopqrst.supabase.co", port=6543)
    assert "pooled" in only_fault(root, "databases.main.host", stack_file(databases__main=database))


def test_localhost_is_accepted_on_the_stack_local_only(root: Path) -> None:
    file = stack_file(databases__main=parts(host="localhost"))
    assert load(root, file, stack="local")
    assert "only this machine" in only_fault(root, "databases.main.host", file, stack="prod")


def test_a_private_address_without_a_route_is_rejected(root: Path) -> None:
    file = stack_file(databases__main=parts(host="10.0.0.5"))
    complaint = only_fault(root, "databases.main.host", file)
    assert "`serviceId` (Workers VPC)" in complaint


def test_a_private_host_behind_access_is_accepted(root: Path) -> None:
    access = {"accessClientId": "id.access", "accessClientSecret": "databases.main.url"}
    assert load(root, stack_file(databases__main=parts(host="db.internal", **access)))


def test_a_connection_string_together_with_its_parts_is_rejected(root: Path) -> None:
    assert "cannot be combined with `host`" in only_fault(
        root, "databases.main.urlSecret", stack_file(databases__main__host="db.example.com")
    )


def test_missing_parts_are_rejected(root: Path) -> None:
    database = parts()
    del database["user"]
    assert "is required without `urlSecret`" in only_fault(
        root, "databases.main.user", stack_file(databases__main=database)
    )


def test_a_tls_mode_that_hyperdrive_does_not_support_is_rejected(root: Path) -> None:
    file = stack_file(databases__main=parts(sslmode="prefer"))
    assert "always connects to the database with TLS" in only_fault(root, "databases.main.sslmode", file)


def test_verification_needs_a_certificate(root: Path) -> None:
    file = stack_file(databases__main=parts(sslmode="verify-full"))
    assert "`caCertificateId`" in only_fault(root, "databases.main.sslmode", file)


def test_a_missing_secret_is_rejected_with_the_command_that_sets_it(root: Path) -> None:
    complaint = only_fault(root, "workers.api.secrets[0]", stack_file(workers__api__secrets=["STRIPE_KEY"]))
    assert complaint == (
        "STRIPE_KEY has no value. Run: pulumi config set --secret --path 'edge-postgres:secrets.workers.api.STRIPE_KEY'"
    )


def test_a_missing_connection_string_is_rejected_with_the_command_that_sets_it(root: Path) -> None:
    complaint = only_fault(root, "databases.main.urlSecret", stack_file(secrets={}))
    assert complaint == (
        "databases.main.url has no value. "
        "Run: pulumi config set --secret --path 'edge-postgres:secrets.databases.main.url'"
    )


def test_secrets_in_plain_text_are_rejected(root: Path) -> None:
    assert "must be encrypted." in only_fault(root, "secrets", stack_file(), secret_keys=())


def test_a_secret_outside_of_the_secrets_is_rejected(root: Path) -> None:
    found = faults(root, stack_file(), secret_keys=("secrets", "databases"))
    assert found["databases"] == "must not contain an encrypted value. Set secrets below `secrets`."


def test_secrets_are_outputs_that_are_secret(root: Path) -> None:
    def program() -> dict[str, Any]:
        _, context = settings.load(root)
        return {"url": context.secrets.output("databases.main.url")}

    export = deploy(program, config=stack_file(), secret_keys=["secrets"]).exports["url"]
    assert (export.value, export.secret) == (URL, True)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "must not be empty"),
        (f"mysql://app:{SENTINEL}@db.example.com/app", "must be a Postgres URL"),
        (f"postgres://app:{SENTINEL}@db.example.com", "database"),
        (f"postgres://app:{SENTINEL}#x@db.example.com/app", "unencoded `#`"),
        (f"postgres://app:{SENTINEL}@db.example.com/app?sslmode=disable", "sslmode"),
        (f"postgres://app:{SENTINEL}@db.example.com:99999/app", "port"),
        (f"postgres://app:{SENTINEL}@10.0.0.5:5432/app", "only a private network can reach"),
        (f"postgres://app:{SENTINEL}@ep-cool-name-pooler.eu-central-1.aws.neon.tech/app", "pooled"),
    ],
)
def test_an_invalid_connection_string_is_reported_under_the_key_of_its_secret(
    url: str, problem: str, root: Path
) -> None:
    file = stack_file(secrets={"databases": {"main": {"url": url}}})
    message = only_fault(root, "databases.main.urlSecret", file)
    assert problem in message
    for part in (SENTINEL, "example.com", "10.0.0.5", "ep-cool-name", "99999"):
        assert part not in message


def test_an_invalid_secret_is_reported_together_with_all_other_errors(root: Path) -> None:
    file = stack_file(
        accountId="abc",
        databases__main__hyperdrive={"connectionLimit": 4},
        secrets={"databases": {"main": {"url": f"postgres://app:{SENTINEL}#x@db.example.com/app"}}},
    )
    assert list(faults(root, file)) == [
        "accountId",
        "databases.main.hyperdrive.caching",
        "databases.main.hyperdrive.connectionLimit",
        "databases.main.urlSecret",
    ]


def test_a_private_connection_string_is_valid_behind_a_route(root: Path) -> None:
    file = stack_file(secrets={"databases": {"main": {"url": f"postgres://app:{SENTINEL}@10.0.0.5:5432/app"}}})
    file["databases"]["main"]["route"] = {"kind": "vpc-service", "connector": "none"}
    file["databases"]["main"]["route"]["certificateVerification"] = "disabled"
    assert load(root, file)


def test_an_empty_password_is_reported_under_the_key_of_its_secret(root: Path) -> None:
    file = stack_file(databases__main=parts(), secrets={"databases": {"main": {"url": ""}}})
    assert "empty" in only_fault(root, "databases.main.passwordSecret", file)


def test_an_empty_password_of_a_role_is_reported_under_the_key_of_its_secret(root: Path) -> None:
    file = rotating(**ROLES)
    file["secrets"]["databases"]["main"]["b"] = ""
    assert "empty" in only_fault(root, "databases.main.credentials.b.passwordSecret", file)


def test_a_private_key_of_another_certificate_is_reported_under_the_key_of_its_secret(root: Path) -> None:
    (root / "client.pem").write_text(certificate("worker", ca=False).pem)
    client = {"clientCertificateFile": "client.pem", "clientKeySecret": "databases.main.key"}
    file = tls_settings(root, mode="require", **client)
    other = certificate("other", ca=False).key
    file["secrets"]["databases"]["main"]["key"] = other
    message = only_fault(root, "databases.main.hyperdrive.tls.clientKeySecret", file)
    assert other not in message


def test_a_name_of_one_fresh_configuration_cannot_be_combined_with_two_slots(root: Path) -> None:
    file = rotating(**ROLES)
    caching = {"maxAge": 60, "staleWhileRevalidate": 15}
    fresh = {"share": 0.5, "configName": "shop-fresh"}
    file["databases"]["main"]["hyperdrive"] = {"connectionLimit": 20, "caching": caching, "fresh": fresh}
    message = only_fault(root, "databases.main.hyperdrive.fresh.configName", file)
    assert message.startswith("cannot be combined with `credentials`")
    assert "`hyperdrive.configName`" in message


def test_a_database_that_does_not_exist_is_rejected(root: Path) -> None:
    file = stack_file(workers__api__hyperdrive={"HYPERDRIVE": "mian"})
    assert "Set `main`." in only_fault(root, "workers.api.hyperdrive.HYPERDRIVE", file)


def test_a_missing_bundle_is_rejected(root: Path) -> None:
    complaint = only_fault(root, "workers.api.bundle", stack_file(workers__api__bundle="workers/dist/none.js"))
    assert "cannot be read: workers/dist/none.js" in complaint


def test_an_old_compatibility_date_is_rejected_with_a_driver(root: Path) -> None:
    file = stack_file(workers__api__compatibilityDate="2024-09-22")
    assert "must be 2024-09-23 or later" in only_fault(root, "workers.api.compatibilityDate", file)


def test_a_missing_node_flag_is_rejected_at_a_date_that_needs_it(root: Path) -> None:
    file = stack_file(workers__api__compatibilityDate="2026-08-03", workers__api__compatibilityFlags=[])
    assert "must contain nodejs_compat" in only_fault(root, "workers.api.compatibilityFlags", file)


def test_a_missing_node_flag_is_rejected_without_flags(root: Path) -> None:
    file = stack_file(workers__api__compatibilityDate="2026-08-03")
    assert "must contain nodejs_compat" in only_fault(root, "workers.api.compatibilityFlags", file)


def test_a_date_that_yaml_parsed_as_a_time_is_accepted(root: Path) -> None:
    stack, _ = load(root, stack_file(workers__api__compatibilityDate="2026-11-01 00:00:00 +0000 UTC"))
    assert stack.workers["api"].compatibility_date == "2026-11-01"


def test_one_name_for_two_bindings_is_rejected(root: Path) -> None:
    file = stack_file(workers__api__vars={"HYPERDRIVE": "x"})
    assert "HYPERDRIVE" in only_fault(root, "workers.api.vars", file)


def test_a_password_among_the_variables_is_rejected(root: Path) -> None:
    complaint = only_fault(root, "workers.api.vars.LINK", stack_file(workers__api__vars={"LINK": URL}))
    assert "secrets" in complaint
    assert SENTINEL not in complaint


def test_a_domain_with_a_path_is_rejected(root: Path) -> None:
    file = stack_file(workers__api__domains=["api.example.com/v1"])
    assert "`routes`" in only_fault(root, "workers.api.domains[0]", file)


def test_a_route_names_its_zone_by_id(root: Path) -> None:
    assert load(root, stack_file(workers__api__routes={"example.com/*": ACCOUNT}))
    complaint = only_fault(
        root, "workers.api.routes.example.com/*", stack_file(workers__api__routes={"example.com/*": "example.com"})
    )
    assert "32 hexadecimal digits" in complaint


def test_a_route_with_a_scheme_is_rejected(root: Path) -> None:
    found = faults(root, stack_file(workers__api__routes={"https://example.com/*": ACCOUNT}))
    assert "https://example.com/*" in str(found)
    assert "`example.com/api/*`" in str(found)

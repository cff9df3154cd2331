"""Certificates for the TLS to a database: one authority, a client certificate with its key, all of them valid."""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest

from edge_postgres import Hyperdrive, OriginCertificates
from tests.harness import Registration, Run, deploy, rejected
from tests.unit.authorities import Made, certificate
from tests.unit.sound import ACCOUNT, CONFIG, hyperdrive, origin

Given = Callable[[Any], Any]
CERTIFICATE = "cloudflare:index/mtlsCertificate:MtlsCertificate"


@cache
def ca(name: str = "Amazon RDS eu-central-1 Root CA RSA2048 G1") -> Made:
    return certificate(name)


@cache
def client() -> Made:
    return certificate("worker", ca=False)


def made(*, preview: bool = False, **args: Any) -> Run:
    """``args`` that are callables are called inside the program."""

    def program() -> Any:
        stated = {key: value() if callable(value) else value for key, value in args.items()}
        found = OriginCertificates("main", {"account_id": ACCOUNT, **stated})  # type: ignore[typeddict-item]
        return {"ca": found.ca_certificate_id, "client": found.mtls_certificate_id}

    return deploy(program, preview=preview)


def one(**args: Any) -> Registration:
    return made(**args).one(CERTIFICATE)


def test_an_authority_is_uploaded_without_a_key(given: Given, preview: bool) -> None:
    run = made(preview=preview, ca_pem=lambda: given(ca().pem))
    inputs = run.one(CERTIFICATE).inputs
    assert (inputs["ca"], inputs["certificates"]) == (True, ca().pem)
    assert "privateKey" not in inputs


def test_a_file_will_do(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(f"# subject: …\n{ca().pem}")
    assert one(ca_file=str(tmp_path / "ca.pem")).inputs["certificates"] == ca().pem


def test_the_ids_are_outputs() -> None:
    run = made(ca_pem=ca().pem, client_certificate_pem=client().pem, client_key_pem=client().key)
    assert (run.exports["ca"].value, run.exports["client"].value) == ("main-ca-id", "main-client-id")


def test_what_is_not_given_has_no_id() -> None:
    assert made(ca_pem=ca().pem).exports["client"].value is None


def test_a_changed_certificate_gets_a_name_of_its_own() -> None:
    names = [one(ca_pem=pem, certificate_name="shop").inputs["name"] for pem in (ca().pem, ca("another").pem)]
    assert all(name.startswith("shop-ca-") for name in names)
    assert names[0] != names[1]
    assert one(ca_pem=ca().pem, certificate_name="shop").inputs["name"] == names[0]


def test_a_client_certificate_has_its_key_as_a_secret(given: Given) -> None:
    made = one(client_certificate_pem=client().pem, client_key_pem=lambda: given(client().key))
    assert made.inputs["privateKey"] == client().key
    assert "privateKey" in made.secrets
    assert made.inputs["ca"] is False


def test_of_a_bundle_the_named_authority_is_taken() -> None:
    bundle = ca("Root CA RSA2048 G1").pem + ca("Root CA ECC384 G1").pem
    assert one(ca_pem=bundle, ca_common_name="ECC384").inputs["certificates"] == ca("Root CA ECC384 G1").pem


def test_a_client_certificate_may_bring_its_chain() -> None:
    chain = client().pem + ca().pem
    made = one(client_certificate_pem=chain, client_key_pem=client().key)
    assert made.inputs["certificates"] == chain


# Refusals.


def test_a_bundle_of_which_none_is_named_is_rejected_with_the_names(given: Given, preview: bool) -> None:
    bundle = ca("Root CA RSA2048 G1").pem + ca("Root CA ECC384 G1").pem
    with rejected("main.ca_pem: must contain exactly one CA, got 2", "`Root CA RSA2048 G1`, `Root CA ECC384 G1`"):
        made(preview=preview, ca_pem=lambda: given(bundle))


def test_a_name_that_none_has_is_rejected_with_the_names() -> None:
    with rejected("must contain exactly one CA, got 0 with the name `RSA4096`", "The CAs are `Root CA RSA2048 G1`."):
        made(ca_pem=ca("Root CA RSA2048 G1").pem, ca_common_name="RSA4096")


def test_a_servers_own_certificate_is_no_authority() -> None:
    with rejected("main.ca_pem: must be the certificate of a CA, got the certificate of `worker`"):
        made(ca_pem=client().pem)


@pytest.mark.parametrize("text", ["", "certs/ca.pem", "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----"])
def test_a_text_without_a_certificate_is_rejected_and_not_shown(text: str) -> None:
    with rejected("main.ca_pem: has no certificate. Set PEM"):
        made(ca_pem=text)


def test_a_certificate_that_is_broken_is_rejected() -> None:
    with rejected("has an unreadable certificate, number 2"):
        made(ca_pem=ca().pem + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


def test_one_that_ended_is_rejected(given: Given, preview: bool) -> None:
    old = certificate("old", begins=-400, ends=-2)
    with rejected("main.ca_pem: expired on 20", "(`old`)"):
        made(preview=preview, ca_pem=lambda: given(old.pem))


def test_one_that_has_not_begun_is_rejected() -> None:
    with rejected("is not valid before 20", "(`new`)"):
        made(ca_pem=certificate("new", begins=2).pem)


def test_one_in_the_chain_that_ended_is_rejected() -> None:
    chain = client().pem + certificate("old", begins=-400, ends=-2).pem
    with rejected("expired on", "(`old`)"):
        made(client_certificate_pem=chain, client_key_pem=client().key)


@pytest.mark.parametrize(("days", "warned"), [(29, True), (31, False)])
def test_the_end_is_announced_30_days_before(days: int, warned: bool, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        made(ca_pem=certificate("short", ends=days).pem)
    assert (f"in {days} days" in caplog.text) is warned


def test_a_key_of_another_certificate_is_rejected_and_not_shown() -> None:
    with rejected("main.client_key_pem: does not belong to the client certificate"):
        made(client_certificate_pem=client().pem, client_key_pem=ca().key)


def test_a_key_with_a_passphrase_is_rejected() -> None:
    locked = certificate("worker", ca=False, passphrase=b"sentinel")
    with rejected("main.client_key_pem: must not have a passphrase"):
        made(client_certificate_pem=locked.pem, client_key_pem=locked.key)


def test_what_is_no_key_is_rejected_and_not_shown() -> None:
    with pytest.raises(pulumi.RunError, match=r"main\.client_key_pem: must be a private key") as told:
        made(client_certificate_pem=client().pem, client_key_pem="sentinel")
    assert "sentinel" not in str(told.value)


@pytest.mark.parametrize(
    ("half", "problem"),
    [
        ({"client_key_pem": "k"}, "requires `client_certificate_pem` or `client_certificate_file`"),
        ({"client_certificate_pem": "c"}, "is required with a client certificate"),
        ({"client_certificate_file": "f"}, "is required with a client certificate"),
    ],
)
def test_a_client_certificate_without_its_key_or_a_key_alone_is_rejected(half: dict[str, Any], problem: str) -> None:
    with rejected(f"main.client_key_pem: {problem}"):
        made(**half)


def test_no_certificate_at_all_is_rejected() -> None:
    with rejected("main: has no certificate"):
        made()


def test_a_text_beside_a_file_is_rejected() -> None:
    with rejected("main.ca_pem: cannot be combined with `ca_file`"):
        made(ca_pem=ca().pem, ca_file="ca.pem")


def test_a_name_without_a_bundle_is_rejected() -> None:
    with rejected("main.ca_common_name: requires `ca_pem` or `ca_file`"):
        made(ca_common_name="x", client_certificate_pem=client().pem, client_key_pem=client().key)


def test_a_file_that_is_not_there_is_rejected(tmp_path: Path) -> None:
    with rejected("main.ca_file: cannot be read: ", "ca.pem"):
        made(ca_file=str(tmp_path / "ca.pem"))


# With Hyperdrive.


def behind(**tls: Any) -> Registration:
    run = deploy(lambda: hyperdrive(origin=origin(**tls)) and None)
    return run.one(CONFIG)


def test_hyperdrive_verifies_against_the_uploaded_authority(preview: bool) -> None:
    def program() -> None:
        certificates = OriginCertificates("main", {"account_id": ACCOUNT, "ca_pem": ca().pem})
        verified = origin(sslmode="verify-full", ca_certificate_id=certificates.ca_certificate_id)
        Hyperdrive(
            "main",
            {"account_id": ACCOUNT, "origin": verified, "connection_limit": 10, "caching": {"disabled": True}},
        )

    config = deploy(program, preview=preview).one(CONFIG)
    assert "main-ca" in {urn.rsplit("::", 1)[1] for urn in config.wire.dependencies}
    assert preview or config.inputs["mtls"] == {"sslmode": "verify-full", "caCertificateId": "main-ca-id"}


def test_a_client_certificate_is_shown_with_any_mode() -> None:
    assert behind(mtls_certificate_id="c").inputs["mtls"] == {"sslmode": "require", "mtlsCertificateId": "c"}
    tls = {"sslmode": "verify-ca", "caCertificateId": "a", "mtlsCertificateId": "c"}
    verified = behind(sslmode="verify-ca", ca_certificate_id="a", mtls_certificate_id="c")
    assert verified.inputs["mtls"] == tls


@pytest.mark.parametrize("host", ["1.1.1.1", "2606:4700:4700::1111"])
def test_an_address_cannot_be_verified_in_full(host: str, given: Given, preview: bool) -> None:
    with rejected(
        f"main.origin.sslmode: is verify-full, which requires a host name, got the IP address {host}", "verify-ca"
    ):
        deploy(
            lambda: hyperdrive(origin=origin(host=given(host), sslmode="verify-full", ca_certificate_id="a")),
            preview=preview,
        )


def test_an_address_can_be_verified_by_its_authority() -> None:
    assert behind(host="1.1.1.1", sslmode="verify-ca", ca_certificate_id="a").inputs["mtls"]["sslmode"] == "verify-ca"

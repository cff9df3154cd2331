"""`OriginCertificates`: the CA and the client certificate for TLS to a database, and their validation."""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest

from edge_postgres import Hyperdrive, OriginCertificates
from tests.harness import MAIN, Registration, Run, deploy, rejected
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


def deployed(*, preview: bool = False, **args: Any) -> Run:
    """Deploys `OriginCertificates`. Callables in ``args`` are called inside the program."""

    def program() -> Any:
        values = {key: value() if callable(value) else value for key, value in args.items()}
        certificates = OriginCertificates("main", {"account_id": ACCOUNT, **values})  # type: ignore[typeddict-item]
        return {"ca": certificates.ca_certificate_id, "client": certificates.mtls_certificate_id}

    return deploy(program, preview=preview)


def one(**args: Any) -> Registration:
    return deployed(**args).one(CERTIFICATE)


def test_a_ca_is_uploaded_without_a_key(given: Given, preview: bool) -> None:
    run = deployed(preview=preview, ca_pem=lambda: given(ca().pem))
    inputs = run.one(CERTIFICATE).inputs
    assert (inputs["ca"], inputs["certificates"]) == (True, ca().pem)
    assert "privateKey" not in inputs


def test_a_certificate_can_be_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(f"# subject: …\n{ca().pem}")
    assert one(ca_file=str(tmp_path / "ca.pem")).inputs["certificates"] == ca().pem


def test_the_ids_are_outputs() -> None:
    run = deployed(ca_pem=ca().pem, client_certificate_pem=client().pem, client_key_pem=client().key)
    assert (run.exports["ca"].value, run.exports["client"].value) == (f"{MAIN}-ca-id", f"{MAIN}-client-id")


def test_an_omitted_certificate_has_no_id() -> None:
    assert deployed(ca_pem=ca().pem).exports["client"].value is None


def test_a_changed_certificate_gets_a_different_name() -> None:
    names = [one(ca_pem=pem, certificate_name="shop").inputs["name"] for pem in (ca().pem, ca("another").pem)]
    assert all(name.startswith("shop-ca-") for name in names)
    assert names[0] != names[1]
    assert one(ca_pem=ca().pem, certificate_name="shop").inputs["name"] == names[0]


def test_a_client_certificate_has_its_key_as_a_secret(given: Given) -> None:
    deployed = one(client_certificate_pem=client().pem, client_key_pem=lambda: given(client().key))
    assert deployed.inputs["privateKey"] == client().key
    assert "privateKey" in deployed.secrets
    assert deployed.inputs["ca"] is False


def test_the_named_ca_of_a_bundle_is_uploaded() -> None:
    bundle = ca("Root CA RSA2048 G1").pem + ca("Root CA ECC384 G1").pem
    assert one(ca_pem=bundle, ca_common_name="ECC384").inputs["certificates"] == ca("Root CA ECC384 G1").pem


def test_a_client_certificate_can_have_its_chain() -> None:
    chain = client().pem + ca().pem
    deployed = one(client_certificate_pem=chain, client_key_pem=client().key)
    assert deployed.inputs["certificates"] == chain


# Validation errors.


def test_a_bundle_without_a_selected_name_is_rejected_with_its_names(given: Given, preview: bool) -> None:
    bundle = ca("Root CA RSA2048 G1").pem + ca("Root CA ECC384 G1").pem
    with rejected(
        "OriginCertificates `main`.ca_pem: must contain exactly one CA, got 2",
        "`Root CA RSA2048 G1`, `Root CA ECC384 G1`",
    ):
        deployed(preview=preview, ca_pem=lambda: given(bundle))


def test_an_unknown_name_is_rejected_with_the_names_of_the_bundle() -> None:
    with rejected(
        "must contain exactly one CA, got 0 certificates with `RSA4096` in the common name",
        "`ca_common_name`",
        "the server's certificate: `Root CA RSA2048 G1`.",
    ):
        deployed(ca_pem=ca("Root CA RSA2048 G1").pem, ca_common_name="RSA4096")


def test_the_certificate_of_a_server_is_rejected_as_a_ca() -> None:
    with rejected("OriginCertificates `main`.ca_pem: must be the certificate of a CA, got the certificate of `worker`"):
        deployed(ca_pem=client().pem)


@pytest.mark.parametrize("text", ["", "certs/ca.pem", "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----"])
def test_a_string_without_a_certificate_is_rejected_and_not_shown(text: str) -> None:
    with rejected("OriginCertificates `main`.ca_pem: has no certificate. Set a certificate in PEM"):
        deployed(ca_pem=text)


def test_an_unreadable_certificate_is_rejected() -> None:
    with rejected("has a certificate that cannot be read, number 2 in the text"):
        deployed(ca_pem=ca().pem + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


def test_an_expired_certificate_is_rejected(given: Given, preview: bool) -> None:
    old = certificate("old", begins=-400, ends=-2)
    with rejected("OriginCertificates `main`.ca_pem: expired on 20", "(`old`)"):
        deployed(preview=preview, ca_pem=lambda: given(old.pem))


def test_a_certificate_that_is_not_valid_yet_is_rejected() -> None:
    with rejected("is not valid before 20", "(`new`)"):
        deployed(ca_pem=certificate("new", begins=2).pem)


def test_an_expired_certificate_in_the_chain_is_rejected() -> None:
    chain = client().pem + certificate("old", begins=-400, ends=-2).pem
    with rejected("expired on", "(`old`)"):
        deployed(client_certificate_pem=chain, client_key_pem=client().key)


@pytest.mark.parametrize(("days", "warned"), [(29, True), (31, False)])
def test_a_warning_appears_30_days_before_expiry(days: int, warned: bool, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        deployed(ca_pem=certificate("short", ends=days).pem)
    assert (f"in {days} days" in caplog.text) is warned


def test_a_key_of_another_certificate_is_rejected_and_not_shown() -> None:
    with rejected("OriginCertificates `main`.client_key_pem: does not belong to the client certificate"):
        deployed(client_certificate_pem=client().pem, client_key_pem=ca().key)


def test_a_key_with_a_passphrase_is_rejected() -> None:
    locked = certificate("worker", ca=False, passphrase=b"sentinel")
    with rejected("OriginCertificates `main`.client_key_pem: must not have a passphrase"):
        deployed(client_certificate_pem=locked.pem, client_key_pem=locked.key)


def test_an_invalid_key_is_rejected_and_not_shown() -> None:
    with pytest.raises(
        pulumi.RunError, match=r"OriginCertificates `main`\.client_key_pem: must be a private key"
    ) as error:
        deployed(client_certificate_pem=client().pem, client_key_pem="sentinel")
    assert "sentinel" not in str(error.value)


@pytest.mark.parametrize(
    ("half", "problem"),
    [
        ({"client_key_pem": "k"}, "requires `client_certificate_pem` or `client_certificate_file`"),
        ({"client_certificate_pem": "c"}, "is required with a client certificate"),
        ({"client_certificate_file": "f"}, "is required with a client certificate"),
    ],
)
def test_a_client_certificate_and_its_key_are_required_together(half: dict[str, Any], problem: str) -> None:
    with rejected(f"OriginCertificates `main`.client_key_pem: {problem}"):
        deployed(**half)


def test_omitting_all_certificates_is_rejected() -> None:
    with rejected("OriginCertificates `main`: has no certificate"):
        deployed()


def test_a_pem_string_with_a_file_is_rejected() -> None:
    with rejected("OriginCertificates `main`.ca_pem: cannot be combined with `ca_file`"):
        deployed(ca_pem=ca().pem, ca_file="ca.pem")


def test_a_ca_name_without_a_bundle_is_rejected() -> None:
    with rejected("OriginCertificates `main`.ca_common_name: requires `ca_pem` or `ca_file`"):
        deployed(ca_common_name="x", client_certificate_pem=client().pem, client_key_pem=client().key)


def test_a_missing_file_is_rejected(tmp_path: Path) -> None:
    with rejected("OriginCertificates `main`.ca_file: cannot be read: ", "ca.pem"):
        deployed(ca_file=str(tmp_path / "ca.pem"))


# With Hyperdrive.


def behind(**tls: Any) -> Registration:
    run = deploy(lambda: hyperdrive(origin=origin(**tls)) and None)
    return run.one(CONFIG)


def test_hyperdrive_verifies_against_the_uploaded_ca(preview: bool) -> None:
    def program() -> None:
        certificates = OriginCertificates("main", {"account_id": ACCOUNT, "ca_pem": ca().pem})
        verified = origin(sslmode="verify-full", ca_certificate_id=certificates.ca_certificate_id)
        Hyperdrive(
            "main",
            {"account_id": ACCOUNT, "origin": verified, "connection_limit": 10, "caching": {"disabled": True}},
        )

    config = deploy(program, preview=preview).one(CONFIG)
    assert f"{MAIN}-ca" in {urn.rsplit("::", 1)[1] for urn in config.wire.dependencies}
    assert preview or config.inputs["mtls"] == {"sslmode": "verify-full", "caCertificateId": f"{MAIN}-ca-id"}


def test_a_client_certificate_is_sent_with_every_mode() -> None:
    assert behind(mtls_certificate_id="c").inputs["mtls"] == {"sslmode": "require", "mtlsCertificateId": "c"}
    tls = {"sslmode": "verify-ca", "caCertificateId": "a", "mtlsCertificateId": "c"}
    verified = behind(sslmode="verify-ca", ca_certificate_id="a", mtls_certificate_id="c")
    assert verified.inputs["mtls"] == tls


@pytest.mark.parametrize("host", ["1.1.1.1", "2606:4700:4700::1111"])
def test_verify_full_with_an_ip_address_is_rejected(host: str, given: Given, preview: bool) -> None:
    with rejected(
        f"Hyperdrive `main`.origin.sslmode: is verify-full, which requires a host name, got the IP address {host}",
        "verify-ca",
    ):
        deploy(
            lambda: hyperdrive(origin=origin(host=given(host), sslmode="verify-full", ca_certificate_id="a")),
            preview=preview,
        )


def test_verify_ca_with_an_ip_address_is_accepted() -> None:
    assert behind(host="1.1.1.1", sslmode="verify-ca", ca_certificate_id="a").inputs["mtls"]["sslmode"] == "verify-ca"

"""Uploaded certificates: validation, responses, and deletion of certificates in use."""

import uuid
from typing import Any

import httpx
import pytest

from localcloud.postgres import Postgres
from tests.localcloud.cloudflare.api import ACCOUNT, CONFIGS, config, error_of, message, result
from tests.localcloud.cloudflare.conftest import Start
from tests.localcloud.cloudflare.pem import create_certificate
from tests.localcloud.cloudflare.test_hyperdrive import public_origin

CERTIFICATES = f"/accounts/{ACCOUNT}/mtls_certificates"
CA = create_certificate("a CA", is_ca=True)
CLIENT = create_certificate("a client")


def ca_upload(**changes: Any) -> dict[str, Any]:
    return {"ca": True, "certificates": CA.certificate, "name": "authority", **changes}


def client_certificate(**changes: Any) -> dict[str, Any]:
    return {"ca": False, "certificates": CLIENT.certificate, "private_key": CLIENT.key, "name": "client", **changes}


def test_a_ca_is_returned_with_the_fields_of_its_certificate(client: httpx.Client) -> None:
    created = result(client.post(CERTIFICATES, json=ca_upload()))
    assert uuid.UUID(created["id"])
    assert created["ca"] is True
    assert created["certificates"] == CA.certificate
    assert (created["issuer"], created["serial_number"]) == ("CN=a CA", "4711")
    assert (created["signature"], created["type"]) == ("ECDSAWithSHA256", "custom")
    assert created["expires_on"].endswith("Z")
    assert created.pop("updated_at") == created["uploaded_on"]
    assert result(client.get(f"{CERTIFICATES}/{created['id']}")) == created
    assert result(client.get(CERTIFICATES)) == [created]


def test_a_private_key_is_never_returned(client: httpx.Client) -> None:
    created = client.post(CERTIFICATES, json=client_certificate())
    path = f"{CERTIFICATES}/{result(created)['id']}"
    answers = [created, client.get(path), client.get(CERTIFICATES), client.get("/__localcloud/requests")]
    assert all("PRIVATE KEY" not in answer.text for answer in [*answers, client.delete(path)])


def test_a_bundle_of_several_cas_is_rejected(client: httpx.Client) -> None:
    bundle = CA.certificate + create_certificate("another", is_ca=True).certificate
    answer = client.post(CERTIFICATES, json=ca_upload(certificates=bundle))
    assert error_of(answer) == (400, 1411)
    assert "2 certificates" in message(answer)


def test_a_certificate_that_is_not_a_ca_is_rejected_as_a_ca(client: httpx.Client) -> None:
    answer = client.post(CERTIFICATES, json=ca_upload(certificates=CLIENT.certificate))
    assert error_of(answer) == (400, 1411)
    assert "CA:TRUE" in message(answer)


def test_a_ca_is_rejected_as_a_client_certificate(client: httpx.Client) -> None:
    sent = client_certificate(certificates=CA.certificate, private_key=CA.key)
    assert error_of(client.post(CERTIFICATES, json=sent)) == (400, 1411)


def test_a_chain_must_begin_with_the_client_certificate(client: httpx.Client) -> None:
    chain = CLIENT.certificate + CA.certificate
    assert result(client.post(CERTIFICATES, json=client_certificate(certificates=chain)))["issuer"] == "CN=a client"


@pytest.mark.parametrize("key", [CA.key, "not a key", None, 7])
def test_a_client_certificate_needs_its_own_key(client: httpx.Client, key: object) -> None:
    answer = client.post(CERTIFICATES, json=client_certificate(private_key=key))
    assert error_of(answer) == (400, 2200)
    assert "PRIVATE KEY" not in answer.text


@pytest.mark.parametrize("certificates", ["not PEM", "", None, 7, CA.key])
def test_an_invalid_certificate_is_rejected(client: httpx.Client, certificates: object) -> None:
    answer = client.post(CERTIFICATES, json=ca_upload(certificates=certificates))
    assert error_of(answer) == (400, 1003)
    assert "Unable to parse certificate" in message(answer)


def test_the_field_ca_is_required(client: httpx.Client) -> None:
    assert error_of(client.post(CERTIFICATES, json=ca_upload(ca=None))) == (400, 1003)


def test_an_expired_certificate_is_accepted(client: httpx.Client) -> None:
    expired = create_certificate("expired", is_ca=True, days=-1)
    assert result(client.post(CERTIFICATES, json=ca_upload(certificates=expired.certificate)))["ca"] is True


@pytest.mark.parametrize(
    "twin", [{"name": "another"}, {"certificates": create_certificate("b", is_ca=True).certificate}]
)
def test_names_and_certificates_must_be_unique(client: httpx.Client, twin: dict[str, str]) -> None:
    result(client.post(CERTIFICATES, json=ca_upload()))
    assert error_of(client.post(CERTIFICATES, json=ca_upload(**twin))) == (400, 1471)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_certificate_is_404(client: httpx.Client, method: str) -> None:
    assert error_of(client.request(method, f"{CERTIFICATES}/{uuid.uuid4()}")) == (404, 1472)


@pytest.mark.parametrize("field", ["ca_certificate_id", "mtls_certificate_id"])
def test_a_certificate_in_use_cannot_be_deleted(start: Start, postgres: Postgres, field: str) -> None:
    client = start(allow_loopback_origins=True).client
    sent = ca_upload(certificates=postgres.ca_file.read_text()) if field[0] == "c" else client_certificate()
    certificate = result(client.post(CERTIFICATES, json=sent))
    mtls = {field: certificate["id"], "sslmode": "verify-ca" if field[0] == "c" else "require"}
    create_certificate = result(client.post(CONFIGS, json=config(origin=public_origin(postgres), mtls=mtls)))
    answer = client.delete(f"{CERTIFICATES}/{certificate['id']}")
    assert error_of(answer)[0] == 400
    assert "cannot be deleted while in use" in message(answer)
    result(client.delete(f"{CONFIGS}/{create_certificate['id']}"))
    result(client.delete(f"{CERTIFICATES}/{certificate['id']}"))


@pytest.mark.parametrize("sslmode", ["verify-ca", "verify-full"])
def test_hyperdrive_verifies_with_the_uploaded_ca(start: Start, postgres: Postgres, sslmode: str) -> None:
    client = start(allow_loopback_origins=True).client
    right = result(client.post(CERTIFICATES, json=ca_upload(certificates=postgres.ca_file.read_text())))
    wrong = result(client.post(CERTIFICATES, json=ca_upload(name="wrong")))

    def asked(certificate: dict[str, Any]) -> httpx.Response:
        mtls = {"sslmode": sslmode, "ca_certificate_id": certificate["id"]}
        return client.post(CONFIGS, json=config(origin=public_origin(postgres), mtls=mtls))

    assert error_of(asked(wrong)) == (400, 2015)
    assert "cert verification failed" in message(asked(wrong))
    assert result(asked(right))["mtls"] == {"sslmode": sslmode, "ca_certificate_id": right["id"]}


@pytest.mark.parametrize("field", ["ca_certificate_id", "mtls_certificate_id"])
def test_hyperdrive_rejects_a_ca_as_client_certificate_and_the_reverse(
    start: Start, postgres: Postgres, field: str
) -> None:
    client = start(allow_loopback_origins=True).client
    sent = client_certificate() if field[0] == "c" else ca_upload()
    wrong = result(client.post(CERTIFICATES, json=sent))["id"]
    mtls = {field: wrong, "sslmode": "verify-ca" if field[0] == "c" else "require"}
    answer = client.post(CONFIGS, json=config(origin=public_origin(postgres), mtls=mtls))
    assert error_of(answer) == (400, 2007)
    assert field in message(answer)


def test_hyperdrive_rejects_an_unknown_client_certificate(start: Start, postgres: Postgres) -> None:
    client = start(allow_loopback_origins=True).client
    mtls = {"sslmode": "require", "mtls_certificate_id": str(uuid.uuid4())}
    answer = client.post(CONFIGS, json=config(origin=public_origin(postgres), mtls=mtls))
    assert error_of(answer) == (400, 2007)

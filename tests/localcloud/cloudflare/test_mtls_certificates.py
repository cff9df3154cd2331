"""Certificates: what an upload may hold, what is shown of it, and who holds on to it."""

import uuid
from typing import Any

import httpx
import pytest

from localcloud.postgres import Postgres
from tests.localcloud.cloudflare.api import ACCOUNT, CONFIGS, config, message, refused, result
from tests.localcloud.cloudflare.conftest import Start
from tests.localcloud.cloudflare.pem import made
from tests.localcloud.cloudflare.test_hyperdrive import public_origin

CERTIFICATES = f"/accounts/{ACCOUNT}/mtls_certificates"
AUTHORITY = made("an authority", is_authority=True)
CLIENT = made("a client")


def authority(**changes: Any) -> dict[str, Any]:
    return {"ca": True, "certificates": AUTHORITY.certificate, "name": "authority", **changes}


def client_certificate(**changes: Any) -> dict[str, Any]:
    return {"ca": False, "certificates": CLIENT.certificate, "private_key": CLIENT.key, "name": "client", **changes}


def test_an_authority_comes_back_with_what_it_says_of_itself(client: httpx.Client) -> None:
    created = result(client.post(CERTIFICATES, json=authority()))
    assert uuid.UUID(created["id"])
    assert created["ca"] is True
    assert created["certificates"] == AUTHORITY.certificate
    assert (created["issuer"], created["serial_number"]) == ("CN=an authority", "4711")
    assert (created["signature"], created["type"]) == ("ECDSAWithSHA256", "custom")
    assert created["expires_on"].endswith("Z")
    assert result(client.get(f"{CERTIFICATES}/{created['id']}")) == created
    assert result(client.get(CERTIFICATES)) == [created]


def test_a_private_key_is_never_shown_again(client: httpx.Client) -> None:
    created = client.post(CERTIFICATES, json=client_certificate())
    path = f"{CERTIFICATES}/{result(created)['id']}"
    answers = [created, client.get(path), client.get(CERTIFICATES), client.get("/__localcloud/requests")]
    assert all("PRIVATE KEY" not in answer.text for answer in [*answers, client.delete(path)])


def test_a_bundle_of_several_authorities_is_refused(client: httpx.Client) -> None:
    bundle = AUTHORITY.certificate + made("another", is_authority=True).certificate
    answer = client.post(CERTIFICATES, json=authority(certificates=bundle))
    assert refused(answer) == (400, 1411)
    assert "2 certificates" in message(answer)


def test_a_leaf_is_no_authority(client: httpx.Client) -> None:
    answer = client.post(CERTIFICATES, json=authority(certificates=CLIENT.certificate))
    assert refused(answer) == (400, 1411)
    assert "CA:TRUE" in message(answer)


def test_an_authority_is_no_client(client: httpx.Client) -> None:
    sent = client_certificate(certificates=AUTHORITY.certificate, private_key=AUTHORITY.key)
    assert refused(client.post(CERTIFICATES, json=sent)) == (400, 1411)


def test_a_chain_has_its_leaf_first(client: httpx.Client) -> None:
    chain = CLIENT.certificate + AUTHORITY.certificate
    assert result(client.post(CERTIFICATES, json=client_certificate(certificates=chain)))["issuer"] == "CN=a client"


@pytest.mark.parametrize("key", [AUTHORITY.key, "no key at all", None, 7])
def test_a_client_certificate_needs_its_own_key(client: httpx.Client, key: object) -> None:
    answer = client.post(CERTIFICATES, json=client_certificate(private_key=key))
    assert refused(answer) == (400, 2200)
    assert "PRIVATE KEY" not in answer.text


@pytest.mark.parametrize("certificates", ["no PEM", "", None, 7, AUTHORITY.key])
def test_what_is_no_certificate_is_refused(client: httpx.Client, certificates: object) -> None:
    answer = client.post(CERTIFICATES, json=authority(certificates=certificates))
    assert refused(answer) == (400, 1003)
    assert "Unable to parse certificate" in message(answer)


def test_whether_it_is_an_authority_has_to_be_stated(client: httpx.Client) -> None:
    assert refused(client.post(CERTIFICATES, json=authority(ca=None))) == (400, 1003)


def test_an_expired_certificate_is_taken(client: httpx.Client) -> None:
    expired = made("expired", is_authority=True, days=-1)
    assert result(client.post(CERTIFICATES, json=authority(certificates=expired.certificate)))["ca"] is True


@pytest.mark.parametrize("twin", [{"name": "another"}, {"certificates": made("b", is_authority=True).certificate}])
def test_neither_a_name_nor_a_certificate_is_taken_twice(client: httpx.Client, twin: dict[str, str]) -> None:
    result(client.post(CERTIFICATES, json=authority()))
    assert refused(client.post(CERTIFICATES, json=authority(**twin))) == (400, 1471)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_certificate_is_404(client: httpx.Client, method: str) -> None:
    assert refused(client.request(method, f"{CERTIFICATES}/{uuid.uuid4()}")) == (404, 1472)


@pytest.mark.parametrize("field", ["ca_certificate_id", "mtls_certificate_id"])
def test_a_certificate_in_use_cannot_be_deleted(start: Start, postgres: Postgres, field: str) -> None:
    client = start(allow_loopback_origins=True).client
    sent = authority(certificates=postgres.ca_file.read_text()) if field[0] == "c" else client_certificate()
    certificate = result(client.post(CERTIFICATES, json=sent))
    mtls = {field: certificate["id"], "sslmode": "verify-ca" if field[0] == "c" else "require"}
    made = result(client.post(CONFIGS, json=config(origin=public_origin(postgres), mtls=mtls)))
    answer = client.delete(f"{CERTIFICATES}/{certificate['id']}")
    assert refused(answer)[0] == 400
    assert "cannot be deleted while in use" in message(answer)
    result(client.delete(f"{CONFIGS}/{made['id']}"))
    result(client.delete(f"{CERTIFICATES}/{certificate['id']}"))


@pytest.mark.parametrize("sslmode", ["verify-ca", "verify-full"])
def test_hyperdrive_verifies_with_the_uploaded_authority(start: Start, postgres: Postgres, sslmode: str) -> None:
    client = start(allow_loopback_origins=True).client
    right = result(client.post(CERTIFICATES, json=authority(certificates=postgres.ca_file.read_text())))
    wrong = result(client.post(CERTIFICATES, json=authority(name="wrong")))

    def asked(certificate: dict[str, Any]) -> httpx.Response:
        mtls = {"sslmode": sslmode, "ca_certificate_id": certificate["id"]}
        return client.post(CONFIGS, json=config(origin=public_origin(postgres), mtls=mtls))

    assert refused(asked(wrong)) == (400, 2015)
    assert "cert verification failed" in message(asked(wrong))
    assert result(asked(right))["mtls"] == {"sslmode": sslmode, "ca_certificate_id": right["id"]}


@pytest.mark.parametrize("field", ["ca_certificate_id", "mtls_certificate_id"])
def test_hyperdrive_takes_each_kind_in_its_own_place(start: Start, postgres: Postgres, field: str) -> None:
    client = start(allow_loopback_origins=True).client
    sent = client_certificate() if field[0] == "c" else authority()
    wrong = result(client.post(CERTIFICATES, json=sent))["id"]
    mtls = {field: wrong, "sslmode": "verify-ca" if field[0] == "c" else "require"}
    answer = client.post(CONFIGS, json=config(origin=public_origin(postgres), mtls=mtls))
    assert refused(answer) == (400, 2007)
    assert field in message(answer)


def test_hyperdrive_refuses_an_unknown_client_certificate(start: Start, postgres: Postgres) -> None:
    client = start(allow_loopback_origins=True).client
    mtls = {"sslmode": "require", "mtls_certificate_id": str(uuid.uuid4())}
    answer = client.post(CONFIGS, json=config(origin=public_origin(postgres), mtls=mtls))
    assert refused(answer) == (400, 2007)

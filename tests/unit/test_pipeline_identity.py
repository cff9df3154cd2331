"""Authentication with OpenID Connect: each vendor gets a token for its own audience."""

import json
import stat
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from tools.pipeline.errors import PipelineError
from tools.pipeline.identity import authenticate


class Issuer(BaseHTTPRequestHandler):
    """GitHub's token endpoint. It returns a token for the requested audience."""

    def do_GET(self) -> None:
        known = self.headers["authorization"] == "Bearer of-this-job"
        audience = parse_qs(urlsplit(self.path).query).get("audience", ["?"])[0]
        body = json.dumps({"value": f"token for {audience}"}).encode()
        self.send_response(200 if known else 401)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def github() -> Iterator[dict[str, str]]:
    with HTTPServer(("127.0.0.1", 0), Issuer) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{server.server_port}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-this-job",
        }
        server.shutdown()


def test_no_token_is_requested_without_a_vendor(tmp_path: Path) -> None:
    assert authenticate({}, tmp_path).variables == {}
    assert list(tmp_path.iterdir()) == []


def test_aws_gets_a_file_that_only_its_owner_can_read(github: dict[str, str], tmp_path: Path) -> None:
    identity = authenticate({**github, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/deploy"}, tmp_path)
    file = Path(identity.variables["AWS_WEB_IDENTITY_TOKEN_FILE"])
    assert file.read_text() == "token for sts.amazonaws.com"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_azure_gets_a_file(github: dict[str, str], tmp_path: Path) -> None:
    identity = authenticate({**github, "AZURE_CLIENT_ID": "0f0f"}, tmp_path)
    assert Path(identity.variables["AZURE_FEDERATED_TOKEN_FILE"]).read_text() == "token for api://AzureADTokenExchange"


def test_google_gets_credentials_that_refer_to_a_file(github: dict[str, str], tmp_path: Path) -> None:
    provider = "projects/1/locations/global/workloadIdentityPools/forge/providers/github"
    identity = authenticate({**github, "GOOGLE_WORKLOAD_IDENTITY_PROVIDER": provider}, tmp_path)
    credentials = json.loads(Path(identity.variables["GOOGLE_APPLICATION_CREDENTIALS"]).read_text())
    assert credentials["audience"] == f"//iam.googleapis.com/{provider}"
    assert (
        Path(credentials["credential_source"]["file"]).read_text() == f"token for https://iam.googleapis.com/{provider}"
    )


def test_the_login_to_pulumi_cloud_has_no_token_on_the_command_line(github: dict[str, str], tmp_path: Path) -> None:
    identity = authenticate({**github, "PULUMI_OIDC_ORGANIZATION": "acme"}, tmp_path)
    option, file, *organization = identity.login
    assert option == "--oidc-token"
    assert Path(file.removeprefix("file://")).read_text() == "token for urn:pulumi:org:acme"
    assert organization == ["--oidc-org", "acme"]


def test_a_stored_key_takes_precedence(tmp_path: Path) -> None:
    identity = authenticate({"PULUMI_OIDC_ORGANIZATION": "acme", "PULUMI_ACCESS_TOKEN": "pul-1"}, tmp_path)
    assert identity.login == ()


def test_a_token_of_gitlab_is_used(tmp_path: Path) -> None:
    identity = authenticate({"AWS_ROLE_ARN": "arn:aws:iam::1:role/x", "AWS_ID_TOKEN": "token of gitlab"}, tmp_path)
    assert Path(identity.variables["AWS_WEB_IDENTITY_TOKEN_FILE"]).read_text() == "token of gitlab"


def test_a_job_without_an_identity_token_gets_an_error_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"id-token: write.*AWS_ID_TOKEN.*AWS_ACCESS_KEY_ID"):
        authenticate({"AWS_ROLE_ARN": "arn:aws:iam::1:role/x"}, tmp_path)


def test_the_error_of_a_rejected_job_has_no_token(github: dict[str, str], tmp_path: Path) -> None:
    environment = {**github, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-another-job", "AZURE_CLIENT_ID": "0f0f"}
    with pytest.raises(PipelineError, match="GitHub issued no token for") as error:
        authenticate(environment, tmp_path)
    assert "of-another-job" not in str(error.value)

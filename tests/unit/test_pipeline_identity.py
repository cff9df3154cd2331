"""Signing in by the job's word: each vendor gets a token of its own, and nobody else's."""

import json
import stat
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from tools.pipeline.identity import signed_in
from tools.pipeline.stopped import Stopped


class Issuer(BaseHTTPRequestHandler):
    """GitHub, as a job sees it: a token for the audience that is asked for."""

    def do_GET(self) -> None:
        known = self.headers["authorization"] == "Bearer of-this-job"
        audience = parse_qs(urlsplit(self.path).query).get("audience", ["?"])[0]
        body = json.dumps({"value": f"word for {audience}"}).encode()
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


def test_nobody_is_asked_where_nothing_is_wanted(tmp_path: Path) -> None:
    assert signed_in({}, tmp_path).variables == {}
    assert list(tmp_path.iterdir()) == []


def test_aws_gets_a_file_that_only_we_can_read(github: dict[str, str], tmp_path: Path) -> None:
    said = signed_in({**github, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/deploy"}, tmp_path)
    file = Path(said.variables["AWS_WEB_IDENTITY_TOKEN_FILE"])
    assert file.read_text() == "word for sts.amazonaws.com"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_azure_gets_a_file(github: dict[str, str], tmp_path: Path) -> None:
    said = signed_in({**github, "AZURE_CLIENT_ID": "0f0f"}, tmp_path)
    assert Path(said.variables["AZURE_FEDERATED_TOKEN_FILE"]).read_text() == "word for api://AzureADTokenExchange"


def test_google_gets_credentials_that_lead_to_a_file(github: dict[str, str], tmp_path: Path) -> None:
    provider = "projects/1/locations/global/workloadIdentityPools/forge/providers/github"
    said = signed_in({**github, "GOOGLE_WORKLOAD_IDENTITY_PROVIDER": provider}, tmp_path)
    credentials = json.loads(Path(said.variables["GOOGLE_APPLICATION_CREDENTIALS"]).read_text())
    assert credentials["audience"] == f"//iam.googleapis.com/{provider}"
    assert (
        Path(credentials["credential_source"]["file"]).read_text() == f"word for https://iam.googleapis.com/{provider}"
    )


def test_pulumi_cloud_is_logged_in_to_without_the_token_on_a_command_line(
    github: dict[str, str], tmp_path: Path
) -> None:
    said = signed_in({**github, "PULUMI_OIDC_ORGANIZATION": "acme"}, tmp_path)
    option, file, *organization = said.login
    assert option == "--oidc-token"
    assert Path(file.removeprefix("file://")).read_text() == "word for urn:pulumi:org:acme"
    assert organization == ["--oidc-org", "acme"]


def test_a_stored_key_is_used_where_there_is_one(tmp_path: Path) -> None:
    said = signed_in({"PULUMI_OIDC_ORGANIZATION": "acme", "PULUMI_ACCESS_TOKEN": "pul-1"}, tmp_path)
    assert said.login == ()


def test_gitlab_has_given_the_token_already(tmp_path: Path) -> None:
    said = signed_in({"AWS_ROLE_ARN": "arn:aws:iam::1:role/x", "AWS_ID_TOKEN": "word of gitlab"}, tmp_path)
    assert Path(said.variables["AWS_WEB_IDENTITY_TOKEN_FILE"]).read_text() == "word of gitlab"


def test_a_job_without_an_identity_is_told_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match=r"id-token: write.*AWS_ID_TOKEN.*AWS_ACCESS_KEY_ID"):
        signed_in({"AWS_ROLE_ARN": "arn:aws:iam::1:role/x"}, tmp_path)


def test_a_refused_job_tells_no_token(github: dict[str, str], tmp_path: Path) -> None:
    environment = {**github, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-another-job", "AZURE_CLIENT_ID": "0f0f"}
    with pytest.raises(Stopped, match="GitHub gave no word for") as refused:
        signed_in(environment, tmp_path)
    assert "of-another-job" not in str(refused.value)

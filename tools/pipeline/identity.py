"""Authenticates a job with OpenID Connect: GitHub or GitLab confirms its identity, and no key is stored.

GitHub issues tokens for any audience to a job with `id-token: write`. GitLab sets a variable for each token that the
job declares. Each token is written to a file, which the SDK of the vendor exchanges for credentials:

- https://docs.github.com/en/actions/reference/security/oidc, https://docs.gitlab.com/ci/secrets/id_token_authentication/
- AWS: https://docs.aws.amazon.com/sdkref/latest/guide/access-assume-role-web.html
- Azure: https://learn.microsoft.com/azure/developer/go/azure-sdk-authentication (workload identity)
- Google: https://google.aip.dev/auth/4117
- Pulumi Cloud: `pulumi login --help`

All read 2026-11-21.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.pipeline.errors import PipelineError

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Identity:
    """Variables for the engine, and the arguments of `pulumi login` if it needs any."""

    variables: dict[str, str] = field(default_factory=dict)
    login: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vendor:
    """A vendor that accepts OpenID Connect tokens."""

    enabled_by: str
    """Name of the variable that enables this vendor. Its value is not a secret."""
    stored_key: str
    """Name of the variable of a stored key, which takes precedence."""
    audience: Callable[[str], str]
    gitlab: str
    """Name of the variable with GitLab's token."""
    identity: Callable[[Path, Mapping[str, str]], Identity]


def _google(token: Path, environment: Mapping[str, str]) -> Identity:
    provider, account = environment["GOOGLE_WORKLOAD_IDENTITY_PROVIDER"], environment.get("GOOGLE_SERVICE_ACCOUNT")
    credentials: dict[str, Any] = {
        "type": "external_account",
        "audience": f"//iam.googleapis.com/{provider}",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {"file": str(token)},
    }
    if account:
        credentials["service_account_impersonation_url"] = (
            f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
        )
    file = token.with_suffix(".json")
    file.write_text(json.dumps(credentials))
    return Identity({"GOOGLE_APPLICATION_CREDENTIALS": str(file)})


VENDORS = (
    Vendor(
        "AWS_ROLE_ARN",
        "AWS_ACCESS_KEY_ID",
        lambda _: "sts.amazonaws.com",
        "AWS_ID_TOKEN",
        lambda token, _: Identity({"AWS_WEB_IDENTITY_TOKEN_FILE": str(token)}),
    ),
    Vendor(
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        lambda _: "api://AzureADTokenExchange",
        "AZURE_ID_TOKEN",
        lambda token, _: Identity({"AZURE_FEDERATED_TOKEN_FILE": str(token)}),
    ),
    Vendor(
        "GOOGLE_WORKLOAD_IDENTITY_PROVIDER",
        "GOOGLE_APPLICATION_CREDENTIALS",
        lambda provider: f"https://iam.googleapis.com/{provider}",
        "GOOGLE_ID_TOKEN",
        _google,
    ),
    Vendor(
        "PULUMI_OIDC_ORGANIZATION",
        "PULUMI_ACCESS_TOKEN",
        lambda organization: f"urn:pulumi:org:{organization}",
        "PULUMI_ID_TOKEN",
        lambda token, environment: Identity(
            login=(
                *("--oidc-token", f"file://{token}"),
                *("--oidc-org", environment["PULUMI_OIDC_ORGANIZATION"]),
            )
        ),
    ),
)


def authenticate(environment: Mapping[str, str], folder: Path) -> Identity:
    """Writes a token for each enabled vendor to a file below ``folder``."""
    variables: dict[str, str] = {}
    login: tuple[str, ...] = ()
    for vendor in VENDORS:
        value = environment.get(vendor.enabled_by)
        if not value or environment.get(vendor.stored_key):
            continue
        file = folder / vendor.gitlab.lower()
        file.touch(mode=0o600)
        file.write_text(token(environment, vendor, vendor.audience(value)))
        identity = vendor.identity(file, environment)
        variables |= identity.variables
        login = login or identity.login
    return Identity(variables, login)


def token(environment: Mapping[str, str], vendor: Vendor, audience: str) -> str:
    """The OpenID Connect token for one audience. It is a short-lived secret."""
    if given := environment.get(vendor.gitlab):
        return given
    if not environment.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        raise PipelineError(
            f"{vendor.enabled_by} is set, but this job has no identity token. Set `permissions: {{id-token: write}}` "
            f"at GitHub, `id_tokens: {vendor.gitlab}` at GitLab, or a key in {vendor.stored_key}."
        )
    import httpx  # imported here, because most steps need no token and the import takes long

    try:
        answer = httpx.get(
            httpx.URL(environment["ACTIONS_ID_TOKEN_REQUEST_URL"]).copy_merge_params({"audience": audience}),
            headers={"authorization": f"Bearer {environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
            timeout=TIMEOUT_SECONDS,
        )
        value: str = answer.raise_for_status().json()["value"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise PipelineError(
            f"GitHub issued no token for {audience} ({type(error).__name__}). Run the job again."
        ) from None
    return value

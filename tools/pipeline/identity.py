"""Signing in by the pipeline's own word (OpenID Connect): GitHub or GitLab says which job this is, no key is stored.

GitHub gives a job with `id-token: write` a token for any audience that it asks for; GitLab gives those that the job
declares, in variables. Each token goes into a file, which the vendors' own SDKs exchange:

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

from tools.pipeline.stopped import Stopped

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class SignedIn:
    """What the engine is given: variables, and the arguments of `pulumi login`, nothing where it needs none."""

    variables: dict[str, str] = field(default_factory=dict)
    login: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vendor:
    """Somebody who takes the pipeline's word."""

    asked_for_by: str
    """The variable that says that a stack needs it: a name, and no secret."""
    stored_key: str
    """The variable of a stored key; where there is one, it is used."""
    audience: Callable[[str], str]
    gitlab: str
    """The variable that GitLab puts the token into."""
    handed: Callable[[Path, Mapping[str, str]], SignedIn]


def _google(token: Path, environment: Mapping[str, str]) -> SignedIn:
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
    return SignedIn({"GOOGLE_APPLICATION_CREDENTIALS": str(file)})


VENDORS = (
    Vendor(
        "AWS_ROLE_ARN",
        "AWS_ACCESS_KEY_ID",
        lambda _: "sts.amazonaws.com",
        "AWS_ID_TOKEN",
        lambda token, _: SignedIn({"AWS_WEB_IDENTITY_TOKEN_FILE": str(token)}),
    ),
    Vendor(
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        lambda _: "api://AzureADTokenExchange",
        "AZURE_ID_TOKEN",
        lambda token, _: SignedIn({"AZURE_FEDERATED_TOKEN_FILE": str(token)}),
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
        lambda token, environment: SignedIn(
            login=(
                *("--oidc-token", f"file://{token}"),
                *("--oidc-org", environment["PULUMI_OIDC_ORGANIZATION"]),
            )
        ),
    ),
)


def signed_in(environment: Mapping[str, str], folder: Path) -> SignedIn:
    """Has a token for each vendor that the environment asks for, in files below ``folder``."""
    variables: dict[str, str] = {}
    login: tuple[str, ...] = ()
    for vendor in VENDORS:
        asked = environment.get(vendor.asked_for_by)
        if not asked or environment.get(vendor.stored_key):
            continue
        file = folder / vendor.gitlab.lower()
        file.touch(mode=0o600)
        file.write_text(token(environment, vendor, vendor.audience(asked)))
        handed = vendor.handed(file, environment)
        variables |= handed.variables
        login = login or handed.login
    return SignedIn(variables, login)


def token(environment: Mapping[str, str], vendor: Vendor, audience: str) -> str:
    """The pipeline's word for one audience: a secret, though a short-lived one."""
    if given := environment.get(vendor.gitlab):
        return given
    if not environment.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        raise Stopped(
            f"{vendor.asked_for_by} is set, but this job has no identity to show. Give it `permissions: {{id-token: "
            f"write}}` at GitHub, `id_tokens: {vendor.gitlab}` at GitLab, or a key in {vendor.stored_key}."
        )
    import httpx  # only here: most steps ask for none, and it takes as long to import as all the rest

    try:
        answer = httpx.get(
            httpx.URL(environment["ACTIONS_ID_TOKEN_REQUEST_URL"]).copy_merge_params({"audience": audience}),
            headers={"authorization": f"Bearer {environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
            timeout=TIMEOUT_SECONDS,
        )
        value: str = answer.raise_for_status().json()["value"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise Stopped(f"GitHub gave no word for {audience} ({type(error).__name__}). Run the job once more.") from None
    return value

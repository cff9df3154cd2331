"""What a Worker finds in its ``env``: bindings by name, rendered in the API's form and in a fixed order."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.errors import Refusal, checked
from components.limits.cloudflare import WORKER_VARIABLE_BYTES, WORKER_VARIABLES_CEILING, Plan

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_SECRET_NAME = re.compile(
    r"(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(PRIVATE|SECRET|ACCESS|API)_?KEY|(^|_)(PASS|PWD))$", re.IGNORECASE
)
# A URL with a password; a Postgres URL whose password is not percent-encoded, which no parser finds; a parameter.
_PASSWORD = re.compile(
    r"://[^\s/?#@:]*:[^\s/?#@]+@|postgres(ql)?(\+\w+)?://[^\s@:]*:[^\s@]*@|(^|[\s?&;])(ssl)?password\s*=\s*\S",
    re.IGNORECASE,
)


def rendered_bindings(
    subject: str,
    *,
    hyperdrive: Mapping[str, pulumi.Input[str]],
    kv: Mapping[str, pulumi.Input[str]],
    variables: Mapping[str, pulumi.Input[str]],
    secrets: Mapping[str, pulumi.Input[str]],
    plan: Plan,
) -> list[Any]:
    """The bindings as the API takes them, sorted by name so that the order never makes a difference.

    Raises ``Refusal`` for a name that is given twice or is no JavaScript name, for a password among the plain
    variables, and for more or larger variables than the plan allows.
    """
    refuse_clashes(subject, {"hyperdrive": hyperdrive, "kv": kv, "vars": variables, "secrets": secrets})
    ceiling = WORKER_VARIABLES_CEILING[plan]
    if (count := len(variables) + len(secrets)) > ceiling:
        raise Refusal(
            f"{subject}.vars",
            f"and `secrets` are {count}; a Worker on the {plan.value} plan has at most {ceiling}",
            "Put several values into one variable as JSON.",
        )
    rendered: list[dict[str, Any]] = [
        *({"name": name, "type": "hyperdrive", "id": id_} for name, id_ in hyperdrive.items()),
        *({"name": name, "type": "kv_namespace", "namespace_id": id_} for name, id_ in kv.items()),
        *(
            {"name": name, "type": "plain_text", "text": checked_variable(f"{subject}.vars.{name}", name, value)}
            for name, value in variables.items()
        ),
        *(
            {"name": name, "type": "secret_text", "text": checked_secret(f"{subject}.secrets.{name}", value)}
            for name, value in secrets.items()
        ),
    ]
    return sorted(rendered, key=lambda binding: str(binding["name"]))


def refuse_clashes(subject: str, groups: Mapping[str, Sequence[str] | Mapping[str, Any]]) -> None:
    """Raises ``Refusal`` where two bindings have one name, or a name is none."""
    owner: dict[str, str] = {}
    for group, names in groups.items():
        for name in names:
            if not _NAME.fullmatch(name):
                raise Refusal(
                    f"{subject}.{group}",
                    f"has the name {name}, which is no JavaScript name",
                    "Use letters, digits and `_`, and begin with a letter.",
                )
            if name in owner:
                raise Refusal(
                    f"{subject}.{group}",
                    f"has the name {name}, which `{owner[name]}` has too; a Worker finds one thing under one name",
                    "Rename one of them.",
                )
            owner[name] = group


def checked_variable(subject: str, name: str, value: pulumi.Input[str]) -> Any:
    """A plain variable: anybody with access to the account can read it, so it holds no password and no secret."""
    if _SECRET_NAME.search(name):
        raise Refusal(subject, "has the name of a secret and is a plain variable", "Make it one of the `secrets`.")

    def rule(known: dict[str, Any]) -> str:
        if known["secret"]:
            raise Refusal(subject, "is a secret and a plain variable", "Make it one of the `secrets`.")
        text = checked_size(subject, known["text"])
        if _PASSWORD.search(text):
            raise Refusal(subject, "holds a password and is a plain variable", "Make it one of the `secrets`.")
        return text

    return checked({"text": value, "secret": isinstance(value, pulumi.Output) and value.is_secret()}, rule)


def checked_secret(subject: str, value: pulumi.Input[str]) -> Any:
    """A secret variable, wrapped."""
    return checked(pulumi.Output.secret(value), lambda text: checked_size(subject, text))


def checked_size(subject: str, text: str) -> str:
    """A text that fits into a variable."""
    if not isinstance(text, str):
        raise Refusal(subject, "is no text", "Write it in quotes; the Worker turns it into a number itself.")
    if (size := len(text.encode())) > WORKER_VARIABLE_BYTES:
        raise Refusal(
            subject,
            f"has {size} bytes; a variable holds {WORKER_VARIABLE_BYTES}",
            "Keep it in KV, or split it.",
        )
    return text

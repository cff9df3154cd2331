"""`KvCache`: a KV namespace for cached responses."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import subject_of, validate_choice, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.cloudflare_ids import render_account_id
from edge_postgres.core.inputs import apply_input, or_default
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.names import default_name
from edge_postgres.workers.kv_cache_rules import Jurisdiction, JurisdictionInput, validate_title


class KvCacheArgs(TypedDict):
    """Arguments of KvCache."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the namespace."""
    title: NotRequired[pulumi.Input[str | None]]
    """Title of the namespace, unique in the account. Default: `<project>-<stack>-<name>`."""
    jurisdiction: NotRequired[JurisdictionInput]
    """Jurisdiction to which Cloudflare restricts the storage of the values. A change replaces the namespace. Not
    verified with a real account, and `terraform-provider-cloudflare` 5.22.0 ignores it without a message. Default: no
    restriction."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`namespace`): arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {
    "namespace": lambda: cloudflare.WorkersKvNamespace,
}


class KvCache(pulumi.ComponentResource):
    """A KV namespace for cached responses.

    Creates one ``cloudflare.WorkersKvNamespace``. Its content can be read from the database again, so Pulumi does not
    protect the namespace. The namespace is deleted with the stack, and a change of the jurisdiction replaces it with an
    empty namespace. Use another namespace for data that exists nowhere else.

    Rejects an unknown argument, an empty title, and an unknown jurisdiction.

    Example::

        answers = KvCache("answers", {"account_id": account_id})
        Worker("api", {
            "account_id": account_id,
            "bundle": "workers/dist/pg.js",
            "driver": Driver.PG,
            "compatibility_date": "2026-11-01",
            "kv": {"CACHE": answers.namespace_id},
        })
    """

    namespace_id: pulumi.Output[str]
    """ID of the namespace, for a binding of a Worker or of a Pages project."""

    def __init__(self, name: str, args: KvCacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:KvCache", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, KvCacheArgs, subject=subject)
        account_id = render_account_id(args["account_id"], subject=subject)
        title = apply_input(
            or_default(args.get("title"), default_name(name)),
            lambda title: validate_title(title, subject=f"{subject}.title"),
        )
        given = args.get("jurisdiction")
        jurisdiction = validate_choice(given, Jurisdiction, subject=f"{subject}.jurisdiction") if given else None

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        self.namespace = cloudflare.WorkersKvNamespace(
            f"{name}-namespace",
            account_id=account_id,
            title=title,
            jurisdiction=jurisdiction,
            # A jurisdiction cannot be changed, and the API rejects a second namespace with one title.
            opts=children.options(
                "namespace", pulumi.ResourceOptions(delete_before_replace=True, replace_on_changes=["jurisdiction"])
            ),
        )
        self.namespace_id = self.namespace.id
        self.register_outputs({"namespace_id": self.namespace_id})

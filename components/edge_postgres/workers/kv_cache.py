"""`KvCache`: a KV namespace for answers that Workers keep for a while."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_cloudflare as cloudflare

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.inputs import apply_input
from edge_postgres.workers.kv_cache_rules import Jurisdiction, validate_title


class KvCacheArgs(TypedDict):
    """Arguments of KvCache."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the namespace."""
    title: NotRequired[pulumi.Input[str]]
    """Title of the namespace, unique in the account; the component's name where it is left out."""
    jurisdiction: NotRequired[Jurisdiction]
    """Where its values may be stored; everywhere where it is left out. A change makes another namespace."""


class KvCache(pulumi.ComponentResource):
    """A KV namespace for cached answers.

    Creates one ``cloudflare.WorkersKvNamespace``. What it holds can be had from the database again, so nothing protects
    it: it goes with the stack, and a change of the jurisdiction starts an empty one. Use another namespace for what is
    nowhere else.

    Refuses an argument it does not know, an empty title, and a jurisdiction that Cloudflare does not have.

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
    """Id to bind in a Worker or a Pages project."""

    def __init__(self, name: str, args: KvCacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:KvCache", name, {}, opts)
        args = validated_args(args, KvCacheArgs, subject=name)
        title = apply_input(args.get("title", name), lambda title: validate_title(title, subject=f"{name}.title"))
        given = args.get("jurisdiction")
        jurisdiction = validate_choice(given, Jurisdiction, subject=f"{name}.jurisdiction") if given else None

        self.namespace_id = cloudflare.WorkersKvNamespace(
            f"{name}-namespace",
            account_id=args["account_id"],
            title=title,
            jurisdiction=jurisdiction,
            # A jurisdiction is set once, and a second namespace of one title is a conflict.
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=opts.depends_on if opts else None,
                delete_before_replace=True,
                replace_on_changes=["jurisdiction"],
            ),
        ).id
        self.register_outputs({"namespace_id": self.namespace_id})

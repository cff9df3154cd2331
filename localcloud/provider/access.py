"""`ZeroTrustAccessPolicy` and `ZeroTrustAccessApplication`: rows of `cloudflare_private.py` with special rules.

Source: github.com/cloudflare/terraform-provider-cloudflare v5.22.0, `plan_modifiers.go` and `normalizations.go` of
`internal/services/zero_trust_access_application/` and `internal/services/zero_trust_access_policy/`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localcloud.provider.errors import InputError
from localcloud.provider.property_map import UNKNOWN, PropertyMap
from localcloud.provider.rest_resource import RestResource

RULES = ("includes", "excludes", "requires")
SELF_HOSTED = ("self_hosted", "ssh", "vnc", "rdp")
VISIBLE = (*SELF_HOSTED, "saas", "bookmark", "infrastructure")
# The API derives each of these from the others.
ADDRESSES = ("domain", "selfHostedDomains", "destinations")
EMPTY_OR_MISSING = ("allowedIdps", "policies", "tags")
FALSE_OR_MISSING = ("autoRedirectToIdentity", "enableBindingCookie", "optionsPreflightBypass")
# A reference to a policy does not have the values of the policy, which the API returns.
FROM_POLICY = ("id", "decision", "name", *RULES)


@dataclass(frozen=True, kw_only=True)
class AccessPolicy(RestResource):
    """The resource type of reusable policies."""

    def input_errors(self, inputs: PropertyMap) -> Iterator[InputError]:
        yield from super().input_errors(inputs)
        yield from _rule_errors(inputs, "")

    def adjusted(self, now: PropertyMap, state: PropertyMap) -> PropertyMap:
        return _like_state(now, state, RULES, empty=[])


@dataclass(frozen=True, kw_only=True)
class AccessApplication(RestResource):
    """The resource type of applications."""

    def input_errors(self, inputs: PropertyMap) -> Iterator[InputError]:
        yield from super().input_errors(inputs)
        policies = inputs.get("policies")
        for index, policy in enumerate(policies if isinstance(policies, list) else ()):
            if isinstance(policy, dict):
                yield from _rule_errors(policy, f"policies[{index}]")

    def plan(self, inputs: PropertyMap, state: PropertyMap | None = None) -> PropertyMap:
        planned = super().plan(inputs, state)
        is_changed = state is None or any(name in inputs and inputs[name] != state.get(name) for name in ADDRESSES)
        if state is not None and not is_changed:
            planned |= {name: state[name] for name in ADDRESSES if name in state}
        kind = planned.get("type")
        for name, types in (("httpOnlyCookieAttribute", SELF_HOSTED), ("appLauncherVisible", VISIBLE)):
            if planned.get(name) is UNKNOWN and kind is not UNKNOWN:
                planned[name] = True if kind in types else None
        if kind not in (*SELF_HOSTED, UNKNOWN):
            planned |= {name: None for name in ADDRESSES[1:] if planned.get(name) is UNKNOWN}
        with_precedence = _with_precedence(planned.get("policies"))
        planned |= {"policies": with_precedence} if with_precedence is not None else {}
        return {name: value for name, value in planned.items() if value is not None}

    def body(self, values: PropertyMap) -> PropertyMap:
        """The plugin always sends `policies`."""
        return {"policies": [], **super().body(values)}

    def adjusted(self, now: PropertyMap, state: PropertyMap) -> PropertyMap:
        now = _like_state(_like_state(now, state, EMPTY_OR_MISSING, empty=[]), state, FALSE_OR_MISSING, empty=False)
        references, declared = now.get("policies"), state.get("policies")
        if isinstance(references, list) and isinstance(declared, list):
            now["policies"] = [
                _without_policy(each, declared[index]) if index < len(declared) else each
                for index, each in enumerate(references)
            ]
        return now


def _rule_errors(values: PropertyMap, path: str) -> Iterator[InputError]:
    for name in RULES:
        rules = values.get(name)
        for index, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict) and len([each for each in rule.values() if each is not None]) != 1:
                at = f"{path}.{name}[{index}]" if path else f"{name}[{index}]"
                yield InputError(at, "must have one selector, such as `serviceToken`. Write one rule per selector.")


def _with_precedence(policies: Any) -> Any:
    """Returns the policies. One without a precedence follows the one before it."""
    if not isinstance(policies, list):
        return policies
    last: Any = 0
    numbered = []
    for policy in policies:
        precedence = policy.get("precedence") if isinstance(policy, dict) else UNKNOWN
        last = last + 1 if precedence is UNKNOWN else precedence
        numbered.append({**policy, "precedence": last} if isinstance(policy, dict) else policy)
    return numbered


def _like_state(now: PropertyMap, state: PropertyMap, names: tuple[str, ...], *, empty: Any) -> PropertyMap:
    """Returns the values. Where the state and the answer are both empty or missing, it has the state's."""
    adjusted = dict(now)
    for name in names:
        if adjusted.get(name, empty) == empty and state.get(name, empty) == empty:
            adjusted.pop(name, None)
            adjusted |= {name: state[name]} if name in state else {}
    return adjusted


def _without_policy(answered: PropertyMap, declared: PropertyMap) -> PropertyMap:
    return {name: value for name, value in answered.items() if name not in FROM_POLICY or name in declared}


ACCESS_POLICY = AccessPolicy(
    type="cloudflare:index/zeroTrustAccessPolicy:ZeroTrustAccessPolicy",
    collection="accounts/{accountId}/access/policies",
    item="accounts/{accountId}/access/policies/{id}",
    import_ids=("{accountId}/{id}",),
    unsupported=("connectionRules", "mfaConfig"),
)
ACCESS_APPLICATION = AccessApplication(
    type="cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication",
    collection="{scope}/access/apps",
    item="{scope}/access/apps/{id}",
    import_ids=("accounts/{accountId}/{id}", "zones/{zoneId}/{id}"),
    unsupported=(
        *("appLauncherLogoUrl", "bgColor", "corsHeaders", "customPages", "footerLinks", "headerBgColor"),
        *("landingPageDesign", "mfaConfig", "oauthConfiguration", "readServiceTokensFromHeader", "saasApp"),
        *("scimConfig", "skipAppLauncherLoginPage", "targetCriterias"),
    ),
)

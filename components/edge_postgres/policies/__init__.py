"""The policy pack: rules for the resources of a stack, whether or not the components of this library created them.

The package owns the rules, their conversion to Pulumi policies, and the tables of `docs/policies.md`. Many rules call
the validation functions of the other packages. For these rules, the components reject the same values earlier.
"""

from edge_postgres.core.extras import fix_of, is_missing, problem_of

if is_missing("pulumi_policy"):
    raise ImportError(f"The policy pack {problem_of('pulumi_policy')}. {fix_of('pulumi_policy')}", name="pulumi_policy")

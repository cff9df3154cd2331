"""The policy pack: rules for the resources of a stack, whether or not the components of this library created them.

The package owns the rules, their conversion to Pulumi policies, and the tables of `docs/policies.md`. Many rules call
the validation functions of the other packages. For these rules, the components reject the same values earlier.
"""

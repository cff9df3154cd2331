"""The policy pack: rules for the resources of a stack, whether or not the components of this library created them.

It owns the rules, their conversion to Pulumi policies, and the tables of their page. Most rules call the validation
functions of the other packages: the components reject the same values earlier. The pack itself validates no arguments.
"""

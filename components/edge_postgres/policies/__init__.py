"""The policy pack: what a stack has to hold, whoever wrote its program.

The components refuse most of this where they are used. A policy looks at what reaches the engine instead, so it holds
for resources that somebody made without them too.
"""

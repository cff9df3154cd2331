"""`make changes`: the effect of a change of each setting of the stack file.

The files in `table` have a row for each setting: the changed value, and the expected result. Each row is played on
mocks, and, if its vendors have emulators, on the real engine with the local cloud.
"""

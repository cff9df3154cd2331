"""The bindings of a Worker: their kinds, their names, and the values that each kind takes."""

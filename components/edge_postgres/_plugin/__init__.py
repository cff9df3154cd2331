"""The plugin's server, which offers the components to TypeScript, Go, .NET, Java and YAML.

The package owns the schema, the comparison of the schema with that of the last release, and the providers of dynamic
resources in programs of other languages. The components and the rules are in the other packages.
"""

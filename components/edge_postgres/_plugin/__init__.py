"""The plugin's server, which offers the components to TypeScript, Go, .NET, Java and YAML.

The package owns the schema and its comparison with the last release. It also owns the providers of dynamic resources
in programs of other languages. The components and the rules are in the other packages.
"""

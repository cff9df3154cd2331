"""The plugin's server, which offers the components to TypeScript, Go, .NET, Java and YAML.

It owns the schema of the package, its comparison with the last release, and the providers of dynamic resources in
programs of other languages. It defines no components and no rules.
"""

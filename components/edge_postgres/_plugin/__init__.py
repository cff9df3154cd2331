"""The plugin's server: the components for TypeScript, Go, .NET, Java and YAML, and what a release promises them."""

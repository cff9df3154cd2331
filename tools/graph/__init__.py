"""Pictures of a stack: its resources, who takes the connections of its databases."""

"""What a Worker finds in its ``env``: kinds of bindings, their values, and how they are sent."""

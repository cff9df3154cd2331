"""Diagrams of a stack: its resources, and the connection budgets of its databases."""

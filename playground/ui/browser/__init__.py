"""The data browser: a window to look through the examples, their columns and classes, and to put labels right."""

"""Faults, injected. The quick ones are ordinary tests here; the long ones are commands: `python -m tests.faults`."""

import sys


def say(words: str) -> None:
    """A line for whoever runs a command."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()

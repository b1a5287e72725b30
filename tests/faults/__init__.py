"""Faults, injected. The quick ones are ordinary tests here; the long ones are commands: `python -m tests.faults`."""

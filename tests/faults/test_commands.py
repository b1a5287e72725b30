"""The long fault tests, for about a minute each; longer by hand: python -m tests.faults."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(
            ["kill", "--moments", "8"], marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="forks its children")
        ),
        ["fuzz", "--inputs", "5000"],
        ["monkey", "--actions", "1500", "--seconds", "60"],
    ],
    ids=["kill", "fuzz", "monkey"],
)
def test_a_minute_of_it_holds(command):
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-m", "tests.faults", *command], capture_output=True, text=True, check=False, cwd=root
    )
    assert found.returncode == 0, found.stdout[-4000:] + found.stderr[-2000:]

"""Every file that breaks readers is read or refused in a sentence: no crash, no hang, no more memory than there should
be. In a process of its own, so that a crash of a decoder fails one test and the memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 5, 500
"""At most for each file, and for all of them together."""


def answers(folder: Path) -> list[dict]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.data.limits"], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    said, wrong = process.communicate("\n".join(map(str, files)), timeout=300)
    found = [json.loads(line) for line in said.splitlines()]
    assert process.returncode == 0, f"{files[len(found)]}: {wrong}"
    assert len(found) == len(files)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("name", "read", "refused"), [("csv_dirty", 90, 29), ("images_broken", 164, 34)])
def test_each_is_read_or_refused_in_time_and_within_memory(test_data, name, read, refused):
    found = answers(test_data / name)
    for each in found:
        assert each["seconds"] < SECONDS, each
        assert (each["read"] is None) != (each["refused"] is None)
        if each["refused"] is not None:
            assert each["refused"].endswith("."), each
            assert "\n" not in each["refused"]
    assert found[-1]["megabytes"] < MEGABYTES
    assert (sum(each["read"] is not None for each in found), sum(each["refused"] is not None for each in found)) == (
        read, refused,
    )  # fmt: skip

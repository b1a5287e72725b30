"""A million rows: read in time and memory that bear comparison with pandas alone."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

TIMED = """
import sys, time
from pathlib import Path
import pandas
from playground.data.dataset import DataChoice
from playground.data.tables import load_table
path = Path(sys.argv[1])
began = time.perf_counter()
{}
print(time.perf_counter() - began, open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_a_million_rows_of_twenty_columns_load_in_five_times_pandas_time_and_a_gigabyte(tmp_path):
    import pandas as pd

    random, count = np.random.default_rng(0), 1_000_000
    columns = {f"n{place}": random.normal(size=count).round(3) for place in range(17)}
    columns |= {"w": random.choice(["red", "green"], count), "k": np.arange(count) % 900, "y": np.arange(count) % 3}
    pd.DataFrame(columns).to_csv(tmp_path / "t.csv", index=False)

    def timed(line):
        command = [sys.executable, "-c", TIMED.format(line), str(tmp_path / "t.csv")]
        seconds, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        return float(seconds), int(peak) / 1024

    alone, ours = timed("pandas.read_csv(path)"), timed('load_table(path, DataChoice(source="t", target="y"))')
    assert ours[0] < 5 * alone[0]
    assert ours[1] < 1024

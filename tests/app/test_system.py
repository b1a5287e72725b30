"""What the program asks of the system's malloc."""

from __future__ import annotations

import subprocess
import sys

import pytest

from playground.app.system import ARENAS

PLACES = """
import ctypes, sys, threading
from playground.app.system import share_memory_between_threads
if sys.argv[1] == "shared":
    assert share_memory_between_threads()
all_there, kept = threading.Barrier(8), []

def take():
    kept.append(bytearray(10_000))
    all_there.wait()

threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc's malloc")
@pytest.mark.parametrize("way", ["shared", "by itself"])
def test_threads_take_memory_from_two_places_and_not_from_one_each(way):
    done = subprocess.run([sys.executable, "-c", PLACES, way], capture_output=True, text=True, check=True)
    places = done.stderr.count("Arena ")
    assert places <= ARENAS if way == "shared" else places > ARENAS


GAPS = """
from pathlib import Path
from playground.app.system import give_back_free_memory

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))

used, between = [], []
for _ in range(2000):
    used.append(bytearray(50_000))
    between.append(bytearray(1000))
used.clear()
before = resident()
gave = give_back_free_memory()
print(int(gave), before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc's malloc")
def test_what_is_free_between_what_is_used_goes_back_to_the_system():
    told = subprocess.run([sys.executable, "-c", GAPS], capture_output=True, text=True, check=True).stdout
    gave, kilobytes = map(int, told.split())
    assert gave
    assert kilobytes > 60_000

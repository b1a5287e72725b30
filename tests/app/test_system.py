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

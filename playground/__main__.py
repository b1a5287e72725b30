"""Where the command `playground` begins. What it can do is in playground.cli."""

from __future__ import annotations

import gc
import io
import multiprocessing
import os
import sys


def main() -> None:
    """Run the command line and exit with its status."""
    multiprocessing.freeze_support()
    # Torch's threads then sleep while they wait for one another, and leave the cores to the window and the baselines.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that has no × shows a ? instead of failing
    gc.disable()  # nothing of what is imported now is garbage; cli.main turns it on again
    from playground import cli

    sys.exit(cli.main())


if __name__ == "__main__":
    main()

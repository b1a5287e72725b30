"""The long fault tests: `python -m tests.faults kill | fuzz | monkey`; each prints what it held at its end.

The exit status is 0 if it held.
"""

from __future__ import annotations

import argparse
import sys


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    kill = commands.add_parser("kill", help="kill -9 at random moments of saving and training")
    kill.add_argument("--moments", type=int, default=300)
    kill.add_argument("--seed", type=int, default=0)
    kill.set_defaults(run=_kill)
    args = parser.parse_args()
    return args.run(args)


def _kill(args: argparse.Namespace) -> int:
    from tests.faults.kill import run

    return run(args.moments, args.seed)


if __name__ == "__main__":
    sys.exit(main())

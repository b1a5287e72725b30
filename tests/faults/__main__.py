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
    fuzz = commands.add_parser("fuzz", help="damaged and hostile files")
    fuzz.add_argument("--inputs", type=int, default=100_000)
    fuzz.add_argument("--seed", type=int, default=0)
    fuzz.add_argument("--reader", help="one of them alone, such as document")
    fuzz.add_argument("--atheris", action="store_true", help="guided by coverage, with atheris")
    fuzz.set_defaults(run=_fuzz)
    monkey = commands.add_parser("monkey", help="random actions at the window")
    monkey.add_argument("--actions", type=int, default=20_000)
    monkey.add_argument("--seed", type=int, default=0)
    monkey.add_argument("--seconds", type=float, default=7200, help="stop after that time at the latest")
    monkey.set_defaults(run=_monkey)
    args = parser.parse_args()
    return args.run(args)


def _kill(args: argparse.Namespace) -> int:
    from tests.faults.kill import run

    return run(args.moments, args.seed)


def _fuzz(args: argparse.Namespace) -> int:
    from tests.faults.fuzz import run

    return run(args.inputs, args.seed, args.reader, args.atheris)


def _monkey(args: argparse.Namespace) -> int:
    from tests.faults.monkey import run

    return run(args.actions, args.seed, args.seconds)


if __name__ == "__main__":
    sys.exit(main())

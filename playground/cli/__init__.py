"""The command line: one module a command group, and here the parser and what is said when something is wrong.

Everything it does, the window does through the same functions of playground.app and below. Importing it loads
neither torch nor Qt. The names of commands, options and JSON keys are a public interface.
"""

from __future__ import annotations

import argparse
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import NoReturn

from pydantic import ValidationError

from playground import __version__
from playground.app.document import DocumentProblem, first_error
from playground.cli import window
from playground.cli.printing import Unusable, WorkFailed, complain
from playground.data.dataset import DataProblem

Command = Callable[[argparse.Namespace], int]
DONE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence instead of the whole usage."""
        raise Unusable(f"{message[0].upper()}{message[1:]}. See “{self.prog} --help”.")


def parser(words: Sequence[str] = ("--help",)) -> argparse.ArgumentParser:
    """All commands and their options; those of the window alone where the words ask for it."""
    top = _Parser(
        prog="playground",
        description="Build neural networks, watch them learn, and see whether they beat a baseline. "
        "Without a command the window opens.",
        epilog="Exit status: 0 done; 1 the work failed; 2 the input is not usable.",
    )
    top.add_argument("--version", action="version", version=f"playground {__version__}")
    top.add_argument("--debug", action="store_true", help="show where in the program something went wrong")
    top.set_defaults(run=window.welcome)
    commands = top.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    shared = _Parser(add_help=False)
    shared.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)

    def add(name: str, run: Command) -> argparse.ArgumentParser:
        about = inspect.getdoc(run) or ""
        made = commands.add_parser(name, help=about.split("\n\n")[0].rstrip("."), description=about, parents=[shared])
        made.set_defaults(run=run)
        return made

    for group in _groups(words):
        group.add_commands(add)
    return top


def _groups(words: Sequence[str]) -> Iterable[ModuleType]:
    """The modules that declare commands. A window must be there at once: what it does not need is not imported."""
    if not words or words[0] == "open":
        return (window,)
    from playground.cli import comparing, doctor, exporting, importing, info, predicting, projects, training, tuning

    return window, projects, info, training, predicting, comparing, tuning, exporting, importing, doctor


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. What goes wrong is told in one sentence on standard error."""
    words = sys.argv[1:] if argv is None else argv
    debug = "--debug" in words
    try:
        args = parser(words).parse_args(words)
        status: int = args.run(args)
        sys.stdout.flush()
        return status
    except SystemExit as asked:  # after --help and --version
        return asked.code if isinstance(asked.code, int) else DONE
    except BrokenPipeError:
        return _nobody_reads()
    except KeyboardInterrupt:
        complain("Interrupted.")
        return INTERRUPTED
    except Exception as error:
        if debug:
            raise
        return _explain(error)


def _explain(error: Exception) -> int:
    """Tell what went wrong; the exit status."""
    if isinstance(error, ValidationError):
        complain(f"That cannot be used: {first_error(error)}")
        return UNUSABLE
    if isinstance(error, DocumentProblem | DataProblem | Unusable):
        complain(str(error))
        return UNUSABLE
    if isinstance(error, WorkFailed):
        complain(str(error))
    elif isinstance(error, MemoryError):
        complain("The memory is not enough. Try a smaller network, smaller batches or fewer data.")
    else:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        complain(f"Something went wrong that should not have: {first}. Run it again with --debug to see where.")
    return FAILED


def _nobody_reads() -> int:
    """The reader has seen enough, as head has. Python would complain when it empties its buffer at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE

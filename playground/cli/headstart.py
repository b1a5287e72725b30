"""Options of the command train that give a run a head start, and the same run from nothing beside it.

What a head start is: playground.app.headstart.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from playground.app.document import Document
from playground.app.headstart import FROM_NOTHING, Arm, Begun, HeadStart, HeadStartProblem, Step, arm, beginning
from playground.app.recording import Recording
from playground.cli.printing import Unusable, say, say_json

if TYPE_CHECKING:
    from playground.data.dataset import Examples
    from playground.engine.events import Ended, Scores

T = TypeVar("T")


def add_options(made: argparse.ArgumentParser) -> None:
    """Declare them."""
    start = made.add_mutually_exclusive_group()
    start.add_argument(
        "--from", type=Path, metavar="PROJECT", dest="taken_from",
        help="begin with another project's weights, where name and size are the same",
    )  # fmt: skip
    start.add_argument(
        "--pretrain", type=_epochs, metavar="EPOCHS",
        help="first train all but the last layer as an autoencoder, on all training examples, without their labels",
    )  # fmt: skip
    start.add_argument(
        "--pseudo-labels", type=_share, metavar="SURE",
        help="train, label the examples that data.train_on leaves out where the network is so sure (0.95), train anew",
    )  # fmt: skip
    made.add_argument("--freeze", action="store_true", help="leave what it began with as it is: train the rest alone")
    made.add_argument("--beside-nothing", action="store_true", help="train from nothing too, and tell both scores")


def _epochs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:8]) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"“{text}” is no number of epochs: write 1 or more")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"“{text}” is no probability: write a number above 0, at most 1, such as 0.95")
    return share


def wanted(args: argparse.Namespace) -> HeadStart | None:
    """What is asked for, if anything. Raises Unusable for options that do not go together."""
    if args.taken_from is not None:
        found = HeadStart("transfer", project=args.taken_from, freeze=args.freeze)
    elif args.pretrain is not None:
        found = HeadStart("pretrain", epochs=args.pretrain, freeze=args.freeze)
    elif args.pseudo_labels is not None:
        found = HeadStart("pseudo", threshold=args.pseudo_labels)
    else:
        found = None
    if found is None and (args.beside_nothing or args.freeze):
        raise Unusable("--freeze and --beside-nothing need a head start: add --from, --pretrain or --pseudo-labels.")
    if found is not None and args.resume:
        raise Unusable("A run either goes on (--resume) or gets a head start. Leave one of them out.")
    if args.freeze and found is not None and found.kind == "pseudo":
        raise Unusable("With --pseudo-labels nothing is taken that could be frozen. Leave --freeze out.")
    return found


def begun(asked: HeadStart, document: Document, examples: Examples, args: argparse.Namespace) -> Begun:
    """What the run begins with; told on the way. Raises Unusable."""
    try:
        found = _driven(beginning(document, examples, asked, args.device))
    except HeadStartProblem as problem:
        raise Unusable(str(problem)) from problem
    for sentence in () if args.json else found.told:
        say(sentence)
    return found


def from_nothing(
    document: Document, examples: Examples, recording: Recording, args: argparse.Namespace, ended: Ended
) -> None:
    """The same run from nothing, and both scores. Raises Unusable."""
    plain = Begun(document.graph, examples, FROM_NOTHING)
    try:
        found = _driven(arm(document, plain, recording, args.device))
    except HeadStartProblem as problem:
        raise Unusable(str(problem)) from problem
    if args.json:
        say_json({"event": "from_nothing", "epochs": found.epochs, "valid": found.valid.flat()}, indent=None)
    elif ended.valid is not None:
        say(_both(found, ended.valid, len(examples.valid)))


def _both(plain: Arm, ahead: Scores, count: int) -> str:
    """Both runs in one sentence."""
    name = "accuracy" if "accuracy" in ahead.measures else "r2"
    one, other = (f"{scores.measures[name]:.4g} (loss {scores.loss:.4g})" for scores in (ahead, plain.valid))
    return f"With the head start {name} {one}, from nothing {other}, both on the same {count:,} validation examples."


def _driven(work: Generator[Step, None, T]) -> T:
    """Do it to its end, with a line of how far it is on a terminal."""
    shows = sys.stderr.isatty()
    while True:
        try:
            step = next(work)
        except StopIteration as stop:
            if shows:
                sys.stderr.write("\r\x1b[K")
            found: T = stop.value
            return found
        if shows:
            sys.stderr.write(f"\r\x1b[K{step.words}: {step.done:,} of {step.total:,}")
            sys.stderr.flush()

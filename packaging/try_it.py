"""Uses an installed program as a person would, and says what it did: `python packaging/try_it.py /usr/bin/playground`.

Needs nothing but Python's own library. With --root it runs what is installed inside another system's root folder.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LEAST = 0.85
"""Accuracy on digits after two epochs; a coin of ten sides has 0.1."""


class Machine:
    """Where the program is run: here, or in another root."""

    def __init__(self, command: str, root: Path | None) -> None:
        base = (root or Path("/")) / "tmp" if root else None
        self.outside = Path(tempfile.mkdtemp(prefix="nn-playground-", dir=base))
        self.inside = f"/{self.outside.relative_to(root)}" if root else str(self.outside)
        self._prefix = ["chroot", str(root), command] if root else [command]
        home = {"HOME": self.inside} if root else {f"XDG_{n}_HOME": self.inside for n in ("DATA", "CONFIG", "CACHE")}
        self._environment = {**os.environ, **home, "LANG": "C.UTF-8"}

    def run(self, *words: str, limit: float = 1800) -> str:
        """What a command wrote; fails with what it complained of."""
        began = time.monotonic()
        said = [word.replace("{}", self.inside) for word in words]
        done = subprocess.run(
            [*self._prefix, *said], capture_output=True, text=True, encoding="utf-8", timeout=limit, check=False,
            env=self._environment,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        print(f"{time.monotonic() - began:6.1f} s  {' '.join(words)}")
        return done.stdout


def main() -> int:
    """Try everything that a package must be able to; the exit status."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("command", help="the installed program")
    asked.add_argument("--root", type=Path, help="a folder with another system, where the command is looked for")
    asked.add_argument("--picture", type=Path, help="keep the screenshot there")
    args = asked.parse_args()
    machine = Machine(args.command, args.root)
    try:
        _terminal(machine)
        _processes(machine)
        _hands_over(machine)
        _window(machine, args.picture)
    finally:
        shutil.rmtree(machine.outside, ignore_errors=True)
    print("Everything works.")
    return 0


def _terminal(machine: Machine) -> None:
    facts = json.loads(machine.run("doctor", "--json"))
    assert not facts["missing_packages"], facts
    machine.run("new", "digits-cnn", "-o", "{}/digits.nnplay")
    lines = machine.run("train", "{}/digits.nnplay", "--epochs", "2", "--json").splitlines()
    ended = json.loads(lines[-1])
    assert ended["event"] == "finished", ended
    assert ended["valid"]["accuracy"] > LEAST, ended
    machine.run("info", "{}/digits.nnplay", "--json")
    machine.run("new", "frequency-lstm", "-o", "{}/waves.nnplay")
    machine.run("train", "{}/waves.nnplay", "--epochs", "1", "--json")


def _processes(machine: Machine) -> None:
    """What starts processes of its own: baselines with scikit-learn, a search with Optuna's storage."""
    compared = json.loads(machine.run("compare", "{}/digits.nnplay", "--json"))
    assert len(compared["models"]) >= 2, compared
    vary = ("--vary", "recipe.learning_rate=0.01,0.1", "--folds", "2", "--epochs", "1")
    found = json.loads(machine.run("tune", "{}/digits.nnplay", *vary, "--storage", "sqlite:///{}/s.db", "--json"))
    assert len(found["trials"]) == 2, found


def _hands_over(machine: Machine) -> None:
    for form, name in (("python", "net.py"), ("onnx", "net.onnx"), ("html", "report.html"), ("pdf", "net.pdf")):
        machine.run("export", "{}/digits.nnplay", "--to", form, "-o", f"{{}}/{name}")
        assert (machine.outside / name).stat().st_size > 1000, name
    machine.run("import", "{}/net.onnx", "-o", "{}/again.nnplay")


def _window(machine: Machine, picture: Path | None) -> None:
    machine.run("thumbnail", "{}/digits.nnplay", "-o", "{}/small.png", "--size", "128")
    machine.run("open", "{}/digits.nnplay", "--screenshot", "{}/window.png", "--train-steps", "60")
    drawn = machine.outside / "window.png"
    assert drawn.read_bytes()[:4] == b"\x89PNG", "no picture"
    assert drawn.stat().st_size > 40_000, f"an empty window: {drawn.stat().st_size} bytes"
    if picture is not None:
        shutil.copy(drawn, picture)


if __name__ == "__main__":
    sys.exit(main())

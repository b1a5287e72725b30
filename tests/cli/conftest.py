from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from playground.app.document import make_project
from playground.app.files import Project, write_project
from playground.cli import main


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command in this process."""

    def command(*words: object) -> Answer:
        capsys.readouterr()
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        return Answer(status, said.out, said.err)

    return command


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """A project on digits, not trained."""
    path = tmp_path / "digits.nnplay"
    write_project(path, Project(make_project("digits-mlp")[0]))
    return path


@pytest.fixture
def refused(run: Run) -> Callable[..., str]:
    """Runs a command that must end with status 2, one sentence on standard error and nothing beside."""

    def command(*words: object) -> str:
        answer = run(*words)
        assert (answer.status, answer.out) == (2, "")
        assert answer.err.count("\n") == 1
        assert answer.err.startswith("playground: ")
        return answer.err

    return command

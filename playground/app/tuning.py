"""A hyper-parameter search of a project: what the command line runs, and what a window can start, watch and stop.

The search itself is playground.selection.tune; settings are put into the project by varying.py. A window's Search
lives in a process of its own, whose workers have low priority and a thread each.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import multiprocessing
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.app.document import Document, fitted, to_json
from playground.app.memory import memory_bytes
from playground.app.runner import Mailbox
from playground.app.settings import data_folder
from playground.app.varying import varies_data, with_params
from playground.data.dataset import Dataset
from playground.selection.folds import HOLDOUT, Division, Folding
from playground.selection.runs import Subject
from playground.selection.space import Choices, Params, Spaces
from playground.selection.trials import METRICS, Trial, default_metric

if TYPE_CHECKING:
    from playground.selection.pool import Workplace
    from playground.selection.study import Plan
    from playground.selection.study import Search as Kind
    from playground.selection.tune import Terms, Tuning

JUDGED = "what a fold keeps back does not choose the epoch"
"""Part of a study's name, so that no search goes on with trials that were scored otherwise."""
NICE = 10
"""How much lower than usual the priority of a window's search is; its workers inherit it."""


class TuningProblem(Exception):
    """A search that cannot begin: one sentence, with a way out."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to search."""

    search: Kind | None = None
    """None: grid for lists of values, tpe where there is a range."""
    trials: int | None = None
    """None: all of a grid; 50 of another search without `minutes`."""
    minutes: float | None = None
    folding: Folding = HOLDOUT
    outer: Folding | None = None
    """In a window's search, folds in which the search itself is scored when it is over (nested cross-validation)."""
    metric: str | None = None
    """None: accuracy for classes, r2 for numbers."""
    seed: int = 0
    url: str | None = None
    """Where trials are kept, as SQLAlchemy writes it; None: a file in the user's data folder."""
    processes: int | None = None
    """None: one a core, or for a window one fewer; 0: none, all in the process that searches."""
    threads: int = 0
    """Of torch, in each process; 0: its share of the cores."""
    device: str = "cpu"
    prunes: bool = True
    stacks: bool = True
    again: bool = False
    """Whether trials that failed earlier are done once more."""
    beat: float = 3.0
    """Seconds between signs of life in the storage."""
    grace: float = 12.0
    """Seconds without one, until a trial is done again."""


USUAL_TRIALS = 50


def storage_url(url: str | None) -> str:
    """The storage's address; a bare path is an SQLite file, nothing is the one in the user's data folder."""
    if url is None:
        return f"sqlite:///{data_folder() / 'searches.db'}"
    return url if "://" in url else f"sqlite:///{Path(url).expanduser().resolve()}"


def plan_of(document: Document, spaces: Spaces, settings: Settings, dataset: Dataset) -> Plan:
    """What is looked for. The study's name is a fingerprint of all that its scores depend on.

    So the same command goes on with the same study, with more trials if more are asked for.
    Raises: TuningProblem: If the metric is not one of such data.
    """
    from playground.selection.study import Plan

    metric = _metric(settings, dataset)
    search: Kind = settings.search or ("grid" if _all_lists(spaces) else "tpe")
    trials = settings.trials
    if trials is None and search != "grid" and settings.minutes is None:
        trials = USUAL_TRIALS
    values = to_json(document)
    nodes = [{name: value for name, value in node.items() if name != "position"} for node in values["nodes"]]
    parts = {
        "project": [nodes, *(values[part] for part in ("edges", "blocks", "data", "recipe"))],
        "examples": _fingerprint(dataset),
        "vary": {path: repr(space) for path, space in spaces.items()},
        "folds": [repr(settings.folding), JUDGED],
        "judged": [metric, search, settings.seed],
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:20]
    url = storage_url(settings.url)
    return Plan(f"tune-{digest}", spaces, metric, search, settings.seed, trials, url, settings.beat, settings.grace)


def _metric(settings: Settings, dataset: Dataset) -> str:
    metric = settings.metric or default_metric(dataset.task)
    there = [name for name in METRICS if (name == "accuracy") == (dataset.task == "classes") or name == "loss"]
    if metric not in there:
        raise TuningProblem(f"{dataset.title} cannot be judged by {metric}. Use one of: {', '.join(there)}.")
    return metric


def _all_lists(spaces: Spaces) -> bool:
    return all(isinstance(space, Choices) for space in spaces.values())


def _fingerprint(dataset: Dataset) -> str:
    digest = hashlib.sha256()
    arrays: tuple[NDArray[Any], ...] = (dataset.inputs, dataset.targets)
    for values in arrays:
        digest.update(repr((values.shape, values.dtype)).encode())
        digest.update(np.ascontiguousarray(values).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def subject_of(document: Document, spaces: Spaces) -> Subject:
    """What a trial of that document trains."""
    return Subject(document.graph, document.recipe, document.data, varies_data(spaces))


def maker(document: Document, spaces: Spaces) -> Callable[[Params], Subject]:
    """What a trial trains, by its settings; raises DocumentProblem for those that cannot be."""
    return lambda params: subject_of(with_params(document, params), spaces)


def terms_of(settings: Settings) -> Terms:
    """How trials are trained."""
    from playground.selection.tune import Terms

    return Terms(
        Division(settings.folding), settings.device, settings.minutes, settings.prunes, settings.stacks, memory_bytes()
    )


def workplace(settings: Settings) -> Workplace:
    """Processes, or this one alone where none are asked for (0)."""
    from playground.selection.pool import Here, Pool, cores

    if settings.processes == 0:
        return Here()
    return Pool(settings.processes or cores(), threads=settings.threads)


def tuning_of(document: Document, spaces: Spaces, settings: Settings, dataset: Dataset) -> Tuning:
    """A search, ready to go. Raises TuningProblem, StudyProblem."""
    from playground.selection.study import Study
    from playground.selection.tune import Tuning

    study = Study(plan_of(document, spaces, settings, dataset))
    if settings.again:
        study.retry_failed()
    place = workplace(settings)
    return Tuning(maker(document, spaces), subject_of(document, spaces), study, place, terms_of(settings))


def winner(document: Document, trial: Trial) -> Document:
    """The document with the settings of a trial, its ends fitted to the data if those were varied. Reads them then."""
    chosen = with_params(document, trial.params)
    if chosen.data == document.data:
        return chosen
    from playground.data.catalogue import load

    return fitted(chosen, load(chosen.data))


# For a window


class Search:
    """A search in a process of its own. Facts and frames of playground.selection.tune come into the mailbox.

    The last fact is SearchEnded, also if the process is killed. stop() keeps what was done: the same search goes on.
    """

    def __init__(self, document: Document, spaces: Spaces, settings: Settings, mailbox: Mailbox) -> None:
        from playground.selection.pool import cores

        if settings.processes is None:
            settings = replace(settings, processes=max(1, cores() - 1))
        settings = replace(settings, threads=settings.threads or 1)
        self._mailbox = mailbox
        self._lock = threading.Lock()
        self._stopped = False
        self._has_begun = False
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._thread = threading.Thread(
            target=self._work, args=(document, dict(spaces), settings), name="search", daemon=True
        )
        self._thread.start()
        atexit.register(self._kill)

    def stop(self) -> None:
        """End soon: trials under way are put back, and those that are done are kept.

        Before the first of them there is nothing to be kept: it ends at once.
        """
        with self._lock:
            self._stopped = True
            if not self._has_begun:
                self._kill()
            elif self._connection is not None and not self._connection.closed:
                try:
                    self._connection.send("stop")
                except OSError:  # it has ended
                    return

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; False if it still runs."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def close(self, timeout: float = 5.0) -> None:
        """Stop, and kill what does not."""
        self.stop()
        if not self.join(timeout):
            self._kill()
            self.join(timeout)

    def _kill(self) -> None:
        if self._process is not None and self._process.is_alive():
            self._process.kill()

    def _work(self, document: Document, spaces: Spaces, settings: Settings) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        with self._lock:
            process = context.Process(target=_search, args=(document, spaces, settings, theirs), name="search")
            try:
                process.start()
            except (OSError, RuntimeError) as error:
                self._mailbox.put(_failed(f"The search could not begin: {error}."))
                return
            self._process, self._connection = process, ours
            if self._stopped:
                self._kill()
        theirs.close()
        if not self._listen(ours):
            self._mailbox.put(self._end_without_word())
        process.join()
        with self._lock:
            ours.close()
        atexit.unregister(self._kill)

    def _end_without_word(self) -> Any:
        """What is told of a process that did not tell of its end itself."""
        from playground.selection.tune import SearchEnded

        if self._stopped and not self._has_begun:
            return SearchEnded("stopped", ())
        return _failed("The search ended early: its process was killed. Start it again to go on.")

    def _listen(self, ours: Connection) -> bool:
        """Take in what happens; whether the end came."""
        from playground.selection.tune import SearchEnded

        while True:
            try:
                events = ours.recv()
            except (EOFError, OSError):
                return False
            with self._lock:
                self._has_begun = True
            for event in events:
                self._mailbox.put(event)
            if any(isinstance(event, SearchEnded) for event in events):
                return True


def _failed(message: str) -> Any:
    from playground.selection.tune import SearchEnded

    return SearchEnded("failed", (), message)


def _search(document: Document, spaces: Spaces, settings: Settings, theirs: Connection) -> None:
    """In the child: search, and send what happens; end when the window is gone."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    from playground.data.catalogue import load
    from playground.selection.tune import SearchEnded

    asked = threading.Event()
    threading.Thread(target=_obey, args=(theirs, asked), daemon=True).start()
    try:
        dataset = load(document.data)
        tuning = tuning_of(document, spaces, settings, dataset)
        for event in tuning.events():
            if asked.is_set():
                tuning.stop()
            if isinstance(event, SearchEnded) and event.reason == "trials" and settings.outer is not None:
                _score_search(document, spaces, settings, dataset, theirs, asked)
            theirs.send([event])
    except Exception as error:  # noqa: BLE001 - it is told to the person
        theirs.send([_failed(str(error) or type(error).__name__)])


def _score_search(
    document: Document,
    spaces: Spaces,
    settings: Settings,
    dataset: Dataset,
    theirs: Connection,
    asked: threading.Event,
) -> None:
    """Once more in each outer fold: OuterDone for each, NestedDone if nobody asks to stop."""
    from playground.selection.folds import Folds
    from playground.selection.nested import nested
    from playground.selection.tune import SearchProgress

    assert settings.outer is not None
    make, base = maker(document, spaces), subject_of(document, spaces)
    plan, count = plan_of(document, spaces, settings, dataset), len(Folds(dataset, document.data, settings.outer))
    alone = replace(settings, processes=0) if settings.processes == 1 else settings  # no process to be begun each time
    searching = nested(make, base, plan, terms_of(settings), settings.outer, count, lambda: workplace(alone))
    for event in searching:
        if asked.is_set():
            searching.close()
            return
        if not isinstance(event, SearchProgress):
            theirs.send([event])


def _obey(theirs: Connection, asked: threading.Event) -> None:
    """Hear of a stop; without a window nobody needs this process any more."""
    try:
        theirs.recv()
    except (EOFError, OSError):
        os._exit(0)
    asked.set()
    try:
        theirs.recv()
    except (EOFError, OSError):
        os._exit(0)

"""The trials of one search, kept in Optuna's storage, so that a search can be stopped, killed, gone on with and shared.

Several processes may work on one study: trials are taken one at a time, each by its number, and a trial whose process
no longer gives a sign of life is done again. Optuna is imported when a study is opened.
"""

from __future__ import annotations

import logging
import math
import secrets
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from playground.selection.pooled import Pooled
from playground.selection.space import Choices, Params, Space, Spaces, draw, grid
from playground.selection.trials import LOWER_IS_BETTER, FoldScore, State, Trial

if TYPE_CHECKING:
    from optuna import Study as OptunaStudy
    from optuna import Trial as OptunaTrial
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial

Search = Literal["grid", "random", "tpe"]
FOLDS_A_ROW = 100
"""Folds in one attribute: MySQL's are 64 KB at most."""
BEAT, GRACE = 3.0, 12.0
"""Seconds between signs of life, and without one until a trial is done again."""
STARTUP = 10
"""Random trials before TPE begins to learn from them (Optuna's own number)."""


class StudyProblem(Exception):
    """A study that cannot be opened: one sentence, with a way out."""


@dataclass(frozen=True)
class Plan:
    """What a study looks for, and how."""

    name: str
    spaces: Spaces
    metric: str
    search: Search = "grid"
    seed: int = 0
    trials: int | None = None
    """How many in all, those of earlier and other processes included; None for all of a grid, or no end."""
    url: str | None = None
    """Where trials are kept, as SQLAlchemy has it; None: in memory alone."""
    beat: float = BEAT
    grace: float = GRACE


class Study:
    """The trials of a plan. Use it from one thread. Raises StudyProblem, SpaceProblem."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._grid = grid(plan.spaces) if plan.search == "grid" else []
        self._open: dict[int, OptunaTrial] = {}
        self._owner = secrets.token_hex(8)
        self._beats, self._beaten = 0, 0.0
        self._seen: dict[int, tuple[Any, float]] = {}
        """The last sign of life of the owner of another's trial, and when it was new."""
        self._study = _opened(plan, _sampler(plan, self._point))
        with _quiet():
            self._distributions = {path: distribution(space) for path, space in plan.spaces.items()}
        self.beat(at_once=True)

    # Taking trials

    @property
    def left(self) -> float:
        """How many trials may still be taken; infinite without a limit."""
        frozen = self._all()
        waiting = sum(trial.state.name == "WAITING" for trial in frozen)
        taken = sum(not _is_repeat(trial) for trial in frozen)
        most = math.inf if self.plan.trials is None else self.plan.trials
        if self.plan.search == "grid":
            most = min(most, len(self._grid))
        return max(0, most - taken) + waiting

    def take(self) -> tuple[int, dict[str, Any]] | None:
        """Number and settings of the next trial, which is then this process's; None if there is none left."""
        if self.left < 1:
            return None
        with _quiet():
            try:
                trial = self._study.ask(self._distributions)
            except _GridSpent:  # another process was quicker
                return None
            if self.plan.url is not None:
                trial.set_user_attr("owner", self._owner)
        self._open[trial.number] = trial
        return trial.number, dict(trial.params)

    def _point(self, number: int) -> Params:
        """Settings of the trial of that number, in a grid or at random: those of its place among the first tries."""
        place = sum(trial.number < number and not _is_repeat(trial) for trial in self._all())
        if self.plan.search == "grid":
            if place >= len(self._grid):
                self._study.tell(number, state=_state("FAIL"))
                raise _GridSpent
            return self._grid[place]
        return draw(self.plan.spaces, self.plan.seed, place)

    # Ending trials

    def report(self, number: int, value: float, step: int) -> bool:
        """Hear of a score on the way; whether the trial had better be given up (median rule)."""
        trial = self._open[number]
        with _quiet():
            trial.report(value, step)
            return trial.should_prune()

    def end(self, result: Trial) -> Trial:
        """Keep what a trial came to."""
        trial = self._open.pop(result.number)
        if result.state == "done" and not math.isfinite(result.valid_mean):
            result = replace(result, state="failed", message="Its score is no number.")
        rows = [asdict(fold) for fold in result.folds]
        attrs: dict[str, Any] = {
            f"folds {place}": rows[place : place + FOLDS_A_ROW] for place in range(0, len(rows), FOLDS_A_ROW)
        }
        attrs["result"] = {name: getattr(result, name) for name in ("parameters", "seconds", "message")}
        if result.pooled is not None:
            attrs["pooled"] = asdict(result.pooled)
        value = result.valid_mean if result.state == "done" else None
        state = {"done": "COMPLETE", "pruned": "PRUNED", "failed": "FAIL"}[result.state]
        with _quiet():
            try:
                for name, values in attrs.items():
                    trial.set_user_attr(name, values)
                self._study.tell(trial, value, _state(state))
            except (ValueError, RuntimeError):  # this process slept so long that another has done it again
                return result
        return result

    def put_back(self) -> None:
        """Have this process's open trials done again later, by whoever goes on."""
        with _quiet():
            for trial in self._open.values():
                self._do_again(trial)
        self._open.clear()

    def retry_failed(self) -> None:
        """Have trials that failed done once more; what came of them before is no longer told."""
        failed = [trial for trial in self.results() if trial.state == "failed"]
        with _quiet():
            for trial in failed:
                self._study.enqueue_trial(dict(trial.params), user_attrs={"repeat": True, "of": trial.number})

    # Signs of life

    def beat(self, at_once: bool = False) -> None:
        """Give a sign of life now and then; have trials done again whose process has given none for a while.

        Signs are counted, not dated, so that clocks of different machines need not agree.
        """
        now = time.monotonic()
        if self.plan.url is None or (not at_once and now - self._beaten < self.plan.beat):
            return
        self._beaten, self._beats = now, self._beats + 1
        with _quiet():
            self._study.set_user_attr(f"alive {self._owner}", self._beats)
            signs = self._study.user_attrs
            for trial in self._all():
                if trial.state.name != "RUNNING" or trial.number in self._open:
                    continue
                sign = signs.get(f"alive {trial.user_attrs.get('owner')}")
                last, since = self._seen.get(trial.number, (None, now))
                fresh = trial.number not in self._seen or last != sign
                self._seen[trial.number] = (sign, now if fresh else since)
                if not fresh and now - since >= self.plan.grace:
                    self._do_again(trial)

    def _do_again(self, trial: FrozenTrial | OptunaTrial) -> None:
        """Whoever ends it first has it done again."""
        try:
            self._study.tell(trial.number, state=_state("FAIL"))
        except (ValueError, RuntimeError):  # another process did so, or it has ended meanwhile
            return
        self._study.enqueue_trial(dict(trial.params), user_attrs={"repeat": True})

    @property
    def has_others(self) -> bool:
        """Whether another process has taken trials and not ended them, be it alive or gone."""
        return any(trial.state.name == "RUNNING" and trial.number not in self._open for trial in self._all())

    # Results

    def results(self) -> tuple[Trial, ...]:
        """All trials that ended, in order; also those of earlier and other processes."""
        every = self._all()
        superseded = {trial.user_attrs.get("of") for trial in every}
        ended = [trial for trial in every if trial.state.is_finished() and not _is_hidden(trial)]
        return tuple(self._read(trial) for trial in ended if trial.number not in superseded)

    def _all(self) -> list[FrozenTrial]:
        with _quiet():
            return self._study.get_trials(deepcopy=False)

    def _read(self, trial: FrozenTrial) -> Trial:
        attrs = trial.user_attrs
        rows: list[dict[str, Any]] = []
        place = 0
        while f"folds {place}" in attrs:
            rows += attrs[f"folds {place}"]
            place += FOLDS_A_ROW
        state: State = {"COMPLETE": "done", "PRUNED": "pruned"}.get(trial.state.name, "failed")  # type: ignore[assignment]
        folds = tuple(FoldScore(**row) for row in rows)
        whole = Pooled(**attrs["pooled"]) if "pooled" in attrs else None
        return Trial(trial.number, dict(trial.params), state, self.plan.metric, folds, **attrs["result"], pooled=whole)


class _GridSpent(Exception):
    """All points of the grid have been taken."""


def _is_repeat(trial: FrozenTrial) -> bool:
    return "repeat" in trial.user_attrs


def _is_hidden(trial: FrozenTrial) -> bool:
    """Whether it was not ended, but put back."""
    return trial.state.name == "FAIL" and "result" not in trial.user_attrs


def _state(name: str) -> Any:
    from optuna.trial import TrialState

    return TrialState[name]


@contextmanager
def _quiet() -> Iterator[None]:
    """Optuna's remarks are for its programmers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _sampler(plan: Plan, point: Callable[[int], Params]) -> BaseSampler:
    with _quiet():
        from optuna.samplers import BaseSampler, TPESampler

        if plan.search == "tpe":
            return TPESampler(n_startup_trials=STARTUP, seed=plan.seed, constant_liar=True)

        class Places(BaseSampler):
            """Gives each trial the point of its place, so that no two processes try the same."""

            def infer_relative_search_space(self, *_: Any) -> dict[str, BaseDistribution]:
                return {}

            def sample_relative(self, *_: Any) -> dict[str, Any]:
                return {}

            def sample_independent(self, _: Any, trial: FrozenTrial, name: str, __: BaseDistribution) -> Any:
                return point(trial.number)[name]

        return Places()


def distribution(space: Space) -> BaseDistribution:
    """What Optuna calls a space."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(space, Choices):
        return CategoricalDistribution(space.values)
    if space.is_whole:
        step = int(space.step or 1)
        return IntDistribution(int(space.low), int(space.high), space.is_log, step)
    return FloatDistribution(space.low, space.high, space.is_log, space.step)


def _opened(plan: Plan, sampler: BaseSampler) -> OptunaStudy:
    """The study of that name, made if there is none. Raises StudyProblem."""
    with _quiet():
        import optuna

        optuna.logging.set_verbosity(logging.ERROR)
        direction = "minimize" if plan.metric in LOWER_IS_BETTER else "maximize"
        pruner = optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=1)
        for attempt in range(5):
            try:
                return optuna.create_study(
                    storage=_storage(plan), study_name=plan.name, direction=direction, sampler=sampler, pruner=pruner,
                    load_if_exists=True,
                )  # fmt: skip
            except StudyProblem:
                raise
            except Exception as error:  # whatever a database may say
                if attempt == 4 or not _is_crowded(error):
                    raise StudyProblem(_refused(plan.url or "", error)) from error
                time.sleep(0.2 * (attempt + 1))
    raise AssertionError("unreachable")


def _is_crowded(error: Exception) -> bool:
    """Whether another process was making the same tables at the same moment."""
    return any(word in str(error) for word in ("already exists", "locked", "UNIQUE"))


def _storage(plan: Plan) -> BaseStorage:
    from optuna.storages import InMemoryStorage, RDBStorage

    if plan.url is None:
        return InMemoryStorage()
    arguments = {"connect_args": {"timeout": 60}} if plan.url.startswith("sqlite") else {"pool_pre_ping": True}
    return RDBStorage(plan.url, arguments)


DRIVERS = {"postgresql": "psycopg2-binary", "mysql": "pymysql (and write mysql+pymysql://)"}


def _refused(url: str, error: Exception) -> str:
    """Why a storage cannot be used; its password is not repeated."""
    kind = url.split(":")[0].split("+")[0]
    if isinstance(error, ImportError) or "No module named" in str(error):
        package = DRIVERS.get(kind, f"SQLAlchemy's driver for {kind}")
        return f"The storage {kind} needs a driver that is not installed. Install it: pip install {package}."
    if "parse" in str(error).lower() or "load plugin" in str(error):
        return (
            "The storage is no address of a database. Write sqlite:///trials.db, postgresql://user@host/name or "
            "mysql+pymysql://user@host/name."
        )
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return f"The storage {kind} cannot be used: {first}. Check its address, or leave --storage out."

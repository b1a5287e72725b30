"""The final exam in the terminal: network and usual baselines on the test part, in one look that is written down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from playground.app.recording import Recording
from playground.app.run_columns import score_of
from playground.app.runs_file import HistoryProblem
from playground.app.sitting import Sitting
from playground.cli.fitting import fitted
from playground.cli.printing import complain
from playground.engine.events import Ended
from playground.selection.main_loss import loss_of

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.selection.outcome import Outcome


def sat(recording: Recording, training: Training, name: str, ended: Ended) -> Sitting:
    """Have the trained network and its baselines answer the test part, and note the look."""
    from playground.selection.exam import examine

    found = examine(training.predict("test"), training.examples, _baselines(training))
    at, looks = datetime.now(UTC), 1
    try:
        same = recording.lock.note(training.examples, name, found).same
        at, looks = same[-1].at, len(same)
    except HistoryProblem as problem:
        complain(f"{problem} This look at the test part could not be written down.")
    return Sitting(at, ended.epochs, looks, found, score_of(ended.valid))


def _baselines(training: Training) -> list[Outcome]:
    """The usual ones; what cannot be fitted is no reason to lose the exam."""
    try:
        return fitted((), training.examples, loss_of(training.graph))
    except Exception as error:  # noqa: BLE001 - of scikit-learn's, on whatever data
        complain(f"The baselines could not be fitted, so the network sits the exam alone: {error}")
        return []


def exam_values(exam: Sitting) -> dict[str, Any]:
    """A look at the test part, for JSON."""
    found, verdict = exam.found, exam.found.verdict
    own = {"metric": found.metric, "score": found.score, "low": found.low, "high": found.high, "n": found.n}
    judged = ("against", "difference", "low", "high", "p_value", "better", "text")
    return {
        **own,
        "looks": exam.look,
        "models": [
            {"name": each.name, "score": each.score, "low": each.low, "high": each.high} for each in found.rivals
        ],
        "verdict": {key: getattr(verdict, key) for key in judged} if verdict is not None else None,
        "epoch": exam.epoch,
        "at": exam.at.isoformat(timespec="seconds"),
    }

"""How much each varied setting matters for the score: functional ANOVA over the trials, by Optuna and scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from playground.selection.space import Spaces
from playground.selection.trials import Trial, ranked

FEWEST = 4
"""Trials below which nothing can be said."""


def importance(trials: Sequence[Trial], spaces: Spaces) -> dict[str, float]:
    """Share of the variance of the validation score that each setting alone explains; they add up to 1.

    Of a random forest fitted to the trials that were done. Empty for fewer than FEWEST, or if all score alike.
    Source: Hutter, Hoos and Leyton-Brown 2014, "An efficient approach for assessing hyperparameter importance".
    """
    done = ranked(trials)
    if len(done) < FEWEST or len({trial.valid_mean for trial in done}) < 2:
        return {}
    if len(spaces) == 1:
        return dict.fromkeys(spaces, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        from playground.selection.study import distribution

        distributions = {path: distribution(space) for path, space in spaces.items()}
        study = optuna.create_study(direction="maximize")
        for trial in sorted(done, key=lambda each: each.number):
            study.add_trial(
                optuna.create_trial(params=dict(trial.params), distributions=distributions, value=trial.valid_mean)
            )
        found = optuna.importance.get_param_importances(
            study, evaluator=optuna.importance.FanovaImportanceEvaluator(seed=0)
        )
    return {path: float(share) for path, share in found.items()}

"""What a forecast must beat: the last value, the value of one season ago, a linear autoregression.

Source: Hyndman and Athanasopoulos 2021, "Forecasting: principles and practice", section 5.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Examples, Part

Array = NDArray[np.float64]


def seen(examples: Examples, part: Part) -> Array:
    """The predicted channel as it was seen, in the data's own units: (n, steps)."""
    forecast = examples.dataset.forecast
    assert forecast is not None, "the baseline suits forecasts alone"
    raw = examples.dataset.inputs[part.rows]
    return np.asarray(raw[..., forecast.channel], np.float64).reshape(len(part), -1)


def period(examples: Examples) -> int:
    """The lag with the largest positive autocorrelation of the training part's differences; 1 if there is none.

    Of the lags that a window reaches back, from 2 on, those that are peaks. Differences take a trend away.
    """
    windows = seen(examples, examples.train)
    steps, differences = windows.shape[1], np.diff(_series(windows))
    lags = np.arange(1, min(steps, len(differences) - 2) + 1)
    centred = differences - differences.mean()
    found = np.array([(centred[lag:] * centred[:-lag]).mean() for lag in lags] + [-np.inf])
    peaks = [at for at in range(1, len(lags)) if found[at - 1] < found[at] >= found[at + 1] and found[at] > 0]
    return int(lags[max(peaks, key=lambda at: found[at])]) if peaks else 1


def _series(windows: Array) -> Array:
    """The series that overlapping windows were cut from; of windows that do not overlap, one after another."""
    steps = windows.shape[1]
    for stride in range(1, steps):
        if len(windows) > 1 and np.array_equal(windows[1:, : steps - stride], windows[:-1, stride:]):
            return np.concatenate([windows[:, :stride].ravel(), windows[-1, stride:]])
    return windows.ravel()


def one_period_ago(examples: Examples, part: Part, lag: int) -> NDArray[np.float32]:
    """(n, horizon): the value one period before each step to come; with a lag of 1 the last value seen, for all."""
    found = seen(examples, part)
    places = [found.shape[1] - lag + step % lag for step in range(part.targets.shape[1])]
    return found[:, places].astype(np.float32)

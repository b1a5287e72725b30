"""Features thought up by people: histograms of gradients for images, summary statistics for series, n-grams for text.

The classical approach, before features were learned. Numpy only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Examples

Features = NDArray[np.float32]
ORIENTATIONS = 9
CELLS = 7
"""Along the shorter side of an image."""
CLIP = 0.2
LAGS = (1, 2, 4)
PEAKS = 3
MOST_GRAMS = 5000


def features_of(examples: Examples) -> tuple[Callable[[NDArray[Any]], Features], str]:
    """What makes features of scaled inputs (n, *shape) -> (n, features), fitted to the training part; and its name."""
    kind = examples.dataset.kind
    if kind == "image":
        return hog, "histograms of oriented gradients"
    if kind == "sequence":
        return summary, "mean, spread, extremes, slope, autocorrelation, spectrum"
    if kind == "text":
        return grams(np.asarray(examples.train.inputs)), "counts of symbols and pairs"
    raise ValueError(f"There are no features by hand for a {kind}.")


def hog(images: NDArray[Any]) -> Features:
    """Histograms of oriented gradients: (n, channels, height, width) -> (n, features).

    In cells, each a histogram of ORIENTATIONS unsigned directions, weighted by the gradient's length and shared between
    the two nearest directions; blocks of 2 × 2 cells are scaled to length 1, clipped at 0.2 and scaled again (L2-Hys).
    Of colours the one with the largest gradient. Source: Dalal and Triggs 2005, "Histograms of oriented gradients for
    human detection"; no sharing between neighbouring cells.
    """
    values = np.asarray(images, np.float32)
    down, across = np.gradient(values, axis=2), np.gradient(values, axis=3)
    length: Features = np.hypot(across, down).astype(np.float32)
    strongest = length.argmax(axis=1)[:, None]
    length, across, down = (np.take_along_axis(each, strongest, 1)[:, 0] for each in (length, across, down))
    angle: Features = (np.mod(np.arctan2(down, across), np.pi) / np.pi * ORIENTATIONS).astype(np.float32)
    side = max(2, min(values.shape[2:]) // CELLS)
    cells = _cells(length, angle, side)
    return _blocks(cells)


def _cells(length: Features, angle: Features, side: int) -> Features:
    """(n, rows, columns, ORIENTATIONS); what is left at the edges is dropped."""
    n, height, width = length.shape
    rows, columns = height // side, width // side
    low = np.floor(angle).astype(int) % ORIENTATIONS
    share = angle - np.floor(angle)
    out = np.zeros((n, rows, columns, ORIENTATIONS), np.float32)
    for bin in range(ORIENTATIONS):
        weight = length * ((low == bin) * (1 - share) + (low == (bin - 1) % ORIENTATIONS) * share)
        cut = weight[:, : rows * side, : columns * side].reshape(n, rows, side, columns, side)
        out[..., bin] = cut.sum(axis=(2, 4))
    return out


def _blocks(cells: Features) -> Features:
    n, rows, columns, _ = cells.shape
    if rows < 2 or columns < 2:
        return _unit(cells.reshape(n, -1))
    corners = (cells[:, :-1, :-1], cells[:, :-1, 1:], cells[:, 1:, :-1], cells[:, 1:, 1:])
    blocks = np.concatenate(corners, axis=-1)
    blocks = _unit(np.minimum(_unit(blocks), CLIP))
    return blocks.reshape(n, -1)


def _unit(values: Features) -> Features:
    scaled: Features = values / np.sqrt((values**2).sum(axis=-1, keepdims=True) + 1e-6)
    return scaled


def summary(series: NDArray[Any]) -> Features:
    """Statistics of each channel of a series: (n, steps, channels) -> (n, features).

    Mean, standard deviation, minimum, maximum, slope per step, last value, autocorrelation at lags 1, 2 and 4, and the
    frequencies and sizes of the three largest peaks of the periodogram (without the mean).
    """
    values = np.asarray(series, np.float64)
    steps = values.shape[1]
    time = np.arange(steps) - (steps - 1) / 2
    mean, spread = values.mean(axis=1), values.std(axis=1)
    centred = values - mean[:, None]
    slope = (time[:, None] * centred).sum(axis=1) / max((time**2).sum(), 1e-12)
    power = (centred**2).sum(axis=1) + 1e-12
    kept = [mean, spread, values.min(axis=1), values.max(axis=1), slope, values[:, -1]]
    kept += [(centred[:, lag:] * centred[:, :-lag]).sum(axis=1) / power for lag in LAGS if lag < steps]
    spectrum = np.abs(np.fft.rfft(centred, axis=1))[:, 1:] ** 2
    order = np.argsort(-spectrum, axis=1, kind="stable")[:, :PEAKS]
    sizes = np.take_along_axis(spectrum, order, 1) / power[:, None]
    flat = [(order + 1).reshape(len(values), -1), sizes.reshape(len(values), -1)]
    return np.concatenate([*kept, *flat], axis=1).astype(np.float32)


def grams(train: NDArray[Any]) -> Callable[[NDArray[Any]], Features]:
    """Counts of symbols and of neighbouring pairs, as log(1 + count), of the most frequent in the training part.

    Takes and gives (n, steps) whole numbers -> (n, features).
    """
    most = int(train.max(initial=0)) + 1
    found, counts = np.unique(_codes(train, most), return_counts=True)
    kept = np.sort(found[np.argsort(-counts, kind="stable")[:MOST_GRAMS]])

    def count(rows: NDArray[Any]) -> Features:
        codes = _codes(rows, most)
        places = np.searchsorted(kept, codes).clip(0, len(kept) - 1)
        hits = kept[places] == codes
        out = np.zeros((len(rows), len(kept)), np.float32)
        np.add.at(out, (np.nonzero(hits)[0], places[hits]), 1)
        logs: Features = np.log1p(out)
        return logs

    return count


def _codes(rows: NDArray[Any], most: int) -> NDArray[np.int64]:
    """Symbols as themselves, pairs behind them: (n, steps + steps − 1)."""
    codes = np.asarray(rows).astype(np.int64)
    pairs = most + codes[:, :-1] * most + codes[:, 1:]
    return np.concatenate([codes, pairs], axis=1)

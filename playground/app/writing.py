"""What a network that answers in text writes: how it goes on with a text, or its answer symbol by symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.data.intake import Intake
from playground.data.vocabulary import END, UNKNOWN, symbol_of

if TYPE_CHECKING:
    from playground.engine.answering import Answering

LENGTH = {"characters": 200, "words": 40}
"""Symbols that are written after a text."""
TEMPERATURE = 0.7
"""Where nobody says otherwise. Always the likeliest symbol (towards 0) goes round in circles; 1 writes as it has
learned; above, anything becomes as likely as anything.
"""
COLDEST, HOTTEST = 0.05, 5.0


def written(
    intake: Intake, answering: Answering, inputs: Floats, seed: int = 0, temperature: float = TEMPERATURE
) -> list[tuple[str, float]]:
    """A text for each input (n, steps) of codes, and the mean probability of its symbols. Same seed, same text."""
    assert intake.writing is not None
    return _continued(intake, answering, inputs, seed, temperature) if intake.writing.mode == "continue" else _answered(
        intake, answering, inputs
    )  # fmt: skip


def _answered(intake: Intake, answering: Answering, inputs: Floats) -> list[tuple[str, float]]:
    """The likeliest symbol at each step, up to “end”."""
    assert intake.writing is not None
    classes, chances = answering.answers(inputs)
    found = []
    for codes, chance in zip(classes, chances, strict=True):
        names = [intake.classes[code] for code in codes]
        upto = names.index(END) if END in names else len(names)
        sure = chance.max(axis=1)[: upto + 1].mean()
        found.append((intake.writing.joint.join(names[:upto]), float(sure)))
    return found


def _continued(
    intake: Intake, answering: Answering, inputs: Floats, seed: int, temperature: float
) -> list[tuple[str, float]]:
    """Symbol after symbol, each read again. All texts at once."""
    writing = intake.writing
    assert writing is not None
    random = np.random.default_rng(seed)
    now = inputs.copy()
    length = LENGTH[writing.unit]
    codes, sure = np.zeros((len(now), length), np.int64), np.zeros((len(now), length))
    for step in range(length):
        chances = answering.answers(now)[1][:, -1].astype(np.float64)
        if UNKNOWN in intake.classes:
            chances[:, intake.classes.index(UNKNOWN)] = 0
        codes[:, step], sure[:, step] = _drawn(chances, random, temperature)
        now = np.concatenate([now[:, 1:], codes[:, step : step + 1].astype(np.float32)], axis=1)
    texts = (writing.joint.join(symbol_of(intake.classes[code]) for code in row) for row in codes)
    return [(text, float(each)) for text, each in zip(texts, sure.mean(axis=1), strict=True)]


def at_temperature(chances: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Probabilities (n, symbols) sharpened below 1 and levelled above: softmax(scores / temperature).

    Source: Ackley, Hinton and Sejnowski 1985, equation 4.
    """
    with np.errstate(divide="ignore"):
        logs = np.log(chances) / temperature
    sharp = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = sharp / sharp.sum(axis=1, keepdims=True)
    return shares


def _drawn(
    chances: NDArray[np.float64], random: np.random.Generator, temperature: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """A symbol for each row, and how probable it was."""
    sharp = at_temperature(chances, temperature)
    drawn = (sharp.cumsum(axis=1) < random.uniform(size=(len(sharp), 1))).sum(axis=1)
    picked = np.minimum(drawn, chances.shape[1] - 1)
    return picked, chances[np.arange(len(picked)), picked]

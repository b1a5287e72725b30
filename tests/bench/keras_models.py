"""The workloads as Keras models. Imports Keras, which is an optional install."""

from __future__ import annotations

from typing import Any

from keras import Sequential, layers, losses, models


def model_of(name: str) -> Any:
    """The model of a workload, with its loss as own_loss."""
    model = {"tiny": _tiny, "mlp": _mlp, "cnn": _cnn, "deep": _deep, "rnn": _rnn, "table": _table}[name]()
    many = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.own_loss = losses.BinaryCrossentropy(from_logits=True) if name == "tiny" else many
    return model


def _tiny() -> Any:
    tanh = [layers.Dense(8, "tanh") for _ in range(2)]
    return Sequential([layers.Input((2,)), *tanh, layers.Dense(1)])


def _mlp() -> Any:
    return Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(10)])


def _table() -> Any:
    relu = [layers.Dense(64, "relu") for _ in range(2)]
    return Sequential([layers.Input((20,)), *relu, layers.Dense(2)])


def _cnn() -> Any:
    made: list[Any] = [layers.Input((28, 28, 1))]
    for filters in (16, 32):
        made += [layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D()]
    return Sequential([*made, layers.Flatten(), layers.Dense(10)])


def _rnn() -> Any:
    return Sequential([layers.Input((100, 8)), layers.LSTM(64), layers.Dense(10)])


def _deep() -> Any:
    def conv(x: Any, filters: int, stride: int) -> Any:
        x = layers.Conv2D(filters, 3, stride, "same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    begin = layers.Input((32, 32, 3))
    x = layers.ReLU()(conv(begin, 16, 1))
    for filters, stride in [(16, 1)] * 3 + [(32, 2)] + [(32, 1)] * 2 + [(64, 2)] + [(64, 1)] * 2:
        y = conv(layers.ReLU()(conv(x, filters, stride)), filters, 1)
        if stride > 1:
            x = layers.AveragePooling2D(1, 2)(x)
            x = layers.Concatenate()([x, x * 0])  # as many zeros as there were channels
        x = layers.ReLU()(layers.Add()([x, y]))
    return models.Model(begin, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))

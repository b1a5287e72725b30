"""Made images, to try large networks with where no photographs are at hand: each class is a grating of its own.

A class has a direction, a fineness and a colour; phase, contrast and noise differ from image to image.
"""

from __future__ import annotations

import numpy as np

from playground.data.dataset import DataChoice, Dataset

PRESENT = 10
"""Classes that have examples."""


def _gratings(name: str, title: str, side: int, names: int, count: int, choice: DataChoice) -> Dataset:
    random, kinds = np.random.default_rng(choice.seed), min(names, PRESENT)
    classes = np.arange(count) % kinds
    random.shuffle(classes)
    looks = np.random.default_rng(7)
    angles, waves = looks.uniform(0, np.pi, kinds), looks.uniform(2, side / 6, kinds)
    colours = looks.uniform(-1, 1, (kinds, 3, 1, 1))
    rows, columns = np.mgrid[0:side, 0:side] / side
    images = np.empty((count, 3, side, side), np.float32)
    for number, kind in enumerate(classes):
        along = rows * np.sin(angles[kind]) + columns * np.cos(angles[kind])
        wave = np.sin(2 * np.pi * (waves[kind] * along + random.uniform()))
        images[number] = random.uniform(0.5, 1.0) * wave * colours[kind]
    images += random.normal(0, 0.3 + choice.noise / 100, images.shape).astype(np.float32)
    return Dataset(
        name, title, "image", images, classes.astype(np.int64), "classes",
        tuple(f"grating {kind + 1}" for kind in range(names)), (),
        f"{count} images of {side}×{side} pixels in {kinds} classes, made here: gratings that differ in direction, "
        "fineness and colour, under noise. They are no photographs: a network that tells them apart has shown only "
        "that it learns.",
    )  # fmt: skip


def images_32(choice: DataChoice) -> Dataset:
    """3×32×32, ten classes."""
    return _gratings("images-32", "Gratings, 32 pixels", 32, 10, choice.samples or 1000, choice)


def images_224(choice: DataChoice) -> Dataset:
    """3×224×224, with as many classes as ImageNet has, of which ten have examples."""
    return _gratings("images-224", "Gratings, 224 pixels", 224, 1000, choice.samples or 60, choice)


PATTERNS = {"images-32": images_32, "images-224": images_224}

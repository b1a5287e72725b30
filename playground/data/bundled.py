"""The small real data sets that come with scikit-learn, read from its files without importing it.

Importing scikit-learn takes a second, which the window does not have. tests/data/test_bundled.py holds each set
against scikit-learn's own loader.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from playground.data.dataset import DataProblem, Dataset

IRIS = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
WINE = (
    "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
    "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines", "proline",
)  # fmt: skip
_CELL = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip
BREAST_CANCER = (
    *(f"mean {name}" for name in _CELL),
    *(f"{name} error" for name in _CELL),
    *(f"worst {name}" for name in _CELL),
)
DIABETES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


def _lines(file: str) -> list[str]:
    spec = find_spec("sklearn")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(folders[0], "datasets", "data", file) if folders else None
    if path is None or not path.is_file():
        raise DataProblem(
            f"scikit-learn's file {file} is missing. Install scikit-learn again: pip install scikit-learn."
        )
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return text.decode("ascii").splitlines()


def _classes(file: str, name: str, title: str, features: tuple[str, ...], about: str) -> Dataset:
    """A table whose first line counts rows and columns and names the classes, which the last column numbers."""
    first, *rows = _lines(file)
    names = tuple(first.split(",")[2:])
    table = np.loadtxt(rows, delimiter=",")
    inputs, targets = table[:, :-1].astype(np.float32), table[:, -1].astype(np.int64)
    return Dataset(name, title, "table", inputs, targets, "classes", names, features, about)


def iris() -> Dataset:
    """150 flowers of three species, four lengths each."""
    about = "Three species of iris by four lengths. Fisher 1936; UCI Machine Learning Repository."
    return _classes("iris.csv", "iris", "Iris", IRIS, about)


def wine() -> Dataset:
    """178 wines of three growers, 13 analyses each."""
    about = "Three growers of wine by thirteen analyses. Aeberhard and Forina 1991; UCI Machine Learning Repository."
    return _classes("wine_data.csv", "wine", "Wine", WINE, about)


def breast_cancer() -> Dataset:
    """569 tumours, malignant or benign, 30 measures each."""
    about = (
        "Malignant or benign by thirty measures of cell nuclei. Street, Wolberg and Mangasarian 1993; "
        "UCI Machine Learning Repository."
    )
    return _classes("breast_cancer.csv", "breast-cancer", "Breast cancer", BREAST_CANCER, about)


def diabetes() -> Dataset:
    """442 patients, ten measures each; the target is the disease's progression after one year."""
    inputs = np.loadtxt(_lines("diabetes_data_raw.csv.gz")).astype(np.float32)
    targets = np.loadtxt(_lines("diabetes_target.csv.gz")).astype(np.float32)[:, None]
    about = "Progression of diabetes after a year by ten measures of a patient. Efron et al. 2004."
    return Dataset("diabetes", "Diabetes", "table", inputs, targets, "numbers", (), DIABETES, about)


def digits() -> Dataset:
    """1,797 handwritten digits of 8×8 pixels, values 0 to 16."""
    table = np.loadtxt(_lines("digits.csv.gz"), delimiter=",")
    inputs = table[:, :-1].reshape(-1, 1, 8, 8).astype(np.float32)
    names = tuple("0123456789")
    about = "Handwritten digits, 8×8 grey pixels. Alpaydin and Kaynak 1998; UCI Machine Learning Repository."
    return Dataset("digits", "Digits", "image", inputs, table[:, -1].astype(np.int64), "classes", names, (), about)


BUNDLED: dict[str, Callable[[], Dataset]] = {
    "digits": digits,
    "iris": iris,
    "wine": wine,
    "breast-cancer": breast_cancer,
    "diabetes": diabetes,
}

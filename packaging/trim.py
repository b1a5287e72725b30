"""What the frozen folder leaves out, and what of it is stripped. Knows no PyInstaller: the spec and the build ask it.

What is here was tried: the program was used with the rest, from the terminal. README.md says what has not been frozen
since.
"""

from __future__ import annotations

import re

EXCLUDED = (
    "tkinter", "matplotlib", "IPython", "jupyter", "notebook", "pytest", "hypothesis", "mypy", "setuptools", "pip",
    "wheel", "PyQt5", "PyQt6", "PySide2", "tensorboard", "torch.utils.tensorboard", "torchvision", "pyarrow",
    "cython", "Cython", "pandas.tests", "networkx", "sqlalchemy.testing", "pygments", "psycopg2",
    "MySQLdb", "cupy", "jax", "tensorflow", "xgboost", "lightgbm", "plotly", "onnx.backend.test", "onnx.reference",
    "onnxruntime.tools", "onnxruntime.transformers", "onnxruntime.quantization", "torch.testing._internal.distributed",
    "lxml", "chardet", "yaml", "cyclonedx", "PySide6.QtTest",
    "PySide6.QtNetwork", "PIL._avif", "PIL.AvifImagePlugin",
)  # fmt: skip
"""Modules that nothing here imports; torch, pandas and Optuna name them for uses of their own."""

_MODULES = re.compile(
    r"^(?!torch\.|numpy\.)(.*\.)?(tests?|benchmarks|_pyinstaller)(\.|$)"
    r"|^(numpy|torch)\.(.*\.)?(tests|_pyinstaller)(\.|$)"
    # Torch's compiler, of which importing takes the settings alone; and what it tests its own operators with.
    r"|^torch\._inductor\.(codegen|fx_passes|kernel|ir|scheduler|lowering|select_algorithm|template_heuristics)(\.|$)"
    r"|^torch\._inductor\.(compile_fx|pattern_matcher|graph)(\.|$)"
    r"|^torch\.testing\._internal\.(?!(logging_tensor|common_dtype|distributed|distributed\.fake_pg)$)"
    r"|^sympy\.(physics|stats|crypto|categories|diffgeom|liealgebras)(\.|$)|^pydantic\.v1(\.|$)"
)

_FILES = tuple(
    re.compile(pattern)
    for pattern in (
        r"^torch/(include|share|test|lib/cmake)/|^torch/bin/(?!torch_shm_manager)",
        r"^torch/.*\.(a|lib|h|hpp|cuh|cmake|pyi|proto|yaml)$",
        r"^torch/lib/(libtorchbind_test|libaoti_custom_ops|libbackend_with_compiler|libjitbackend_test)",
        r"^torch/(?!(.*/)?(\w*config\w*|functional|rnn)\.py$).*\.py$",  # it reads no more of its own sources
        r"^torchgen/packaged/|^[^/]+\.dist-info/RECORD$",
        r"^PySide6/Qt/(translations|qml)/",  # the program installs no translator of Qt's
        r"^PySide6/Qt/plugins/(qmltooling|sqldrivers|networkinformation|tls|generic|egldeviceintegrations|position)/",
        r"^PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboard",
        r"^PySide6/Qt/plugins/platforms/libq(eglfs|linuxfb|vnc|vkkhrdisplay|minimalegl|webgl)",
        r"^(PySide6/Qt/lib/)?libQt6(Qml|Quick|VirtualKeyboard|Pdf|EglF|WlShell|WaylandCompositor|Test)\w*\.so",
        r"^PySide6/Qt/plugins/platformthemes/libqgtk3|^pillow\.libs/libavif",
        r"^lib(gtk|gdk|pango|cairo|atk|pixman|thai|datrie|fribidi|graphite2|harfbuzz|epoxy)",  # the GTK theme's
        r"^PySide6/Qt/plugins/wayland-shell-integration/.*(ivi|qt-shell|fullscreen)",
        r"^PySide6/QtQml|^PySide6/QtQuick|^PySide6/Qt/plugins/imageformats/libqpdf",
        r"(^|/)(sklearn|scipy|pandas|numpy|sympy|pyqtgraph|networkx)/.*/(tests?|benchmarks)/",
        r"^sklearn/datasets/(images|descr)/|^pyqtgraph/examples/|^pygments/",
        r"^onnx/backend/test/|^onnx/.*\.(proto|h|cc|in)$",
        r"\.(pyi|pxd|pyx|c|cpp)$",
    )
)

STRIPPED = re.compile(r"(^|/)(lib(torch_cpu|torch_python|python3)[^/]*|(sqlalchemy|lib-dynload)/.*\.so)$")
"""Places of libraries whose symbols may go; stripping the wheels of numpy, scipy or Qt breaks them."""

SPEECHLESS = {"torch", "scipy", "pandas", "sklearn", "sympy", "mpmath", "narwhals", "openpyxl", "PIL", "pydantic"}
"""Packages whose docstrings go: a tenth to a third of their code."""


def is_needed_module(name: str) -> bool:
    """Whether a module, by its dotted name, comes along.

    >>> [is_needed_module(name) for name in ("numpy.testing", "sympy.core.tests.test_args", "torch.testing", "a.test")]
    [True, False, True, False]
    """
    return _MODULES.search(name) is None


def is_needed_file(place: str) -> bool:
    """Whether a file comes along, by its place in the folder.

    >>> is_needed_file("torch/include/ATen/ATen.h"), is_needed_file("PySide6/Qt/plugins/platforms/libqxcb.so")
    (False, True)
    """
    place = place.replace("\\", "/")
    return not any(pattern.search(place) for pattern in _FILES)


def may_lose_docstrings(name: str) -> bool:
    """Whether a module's docstrings may go, by its dotted name.

    The program's own are its manual; NumPy and SQLAlchemy read theirs when they are imported.

    >>> may_lose_docstrings("scipy.stats"), may_lose_docstrings("playground.layers.dense")
    (True, False)
    """
    return name.partition(".")[0] in SPEECHLESS


def may_be_stripped(place: str) -> bool:
    """Whether a library's symbols may go, by its place in the folder.

    >>> may_be_stripped("torch/lib/libtorch_cpu.so"), may_be_stripped("numpy.libs/libopenblas.so")
    (True, False)
    """
    return STRIPPED.search(place) is not None

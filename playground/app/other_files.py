"""Files that are no projects, but can be used otherwise: by their endings, as what, and how a person goes about it.

Nothing is read here. Models and weights are brought in by bringing_in.py; data are read by playground.data.
"""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from playground.data.catalogue import FILES, TABLES

MODELS = (".onnx", ".py", ".json")
WEIGHTS = (".safetensors",)
SAYING = {
    ".onnx": "is an ONNX model, not a project. Make a project of it",
    ".py": "is Python, not a project. If it was exported here, make a project of it",
    ".json": "is JSON, not a project. If it is a Keras model, make a project of it",
}


def way_in(path: Path) -> str:
    """What such a file is by its ending, and how it comes in; empty for one that nothing here reads."""
    ending, file, project = path.suffix.lower(), quote(str(path)), quote(f"{path.stem}.nnplay")
    if ending in MODELS:
        command = f"with “playground import {file} -o {project}”"
        return f"{path} {SAYING[ending]} {command}, or in the window with “Import…” in the File menu."
    if ending in WEIGHTS:
        return (
            f"{path} holds weights, not a project. Open the project whose network they fit, and take them in with "
            "“Import…” in the File menu."
        )
    if ending in FILES:
        template = "table-mlp" if ending in TABLES else "TEMPLATE"
        listed = "" if ending in TABLES else " (“playground templates” lists them)"
        command = f"with “playground new {template} --data {file} -o {project}”{listed}"
        return (
            f"{path} holds data, not a project. Make one that learns from them {command}, or in the window with "
            "“Open data…” in the File menu."
        )
    return ""

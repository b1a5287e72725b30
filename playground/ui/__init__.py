"""The window: the only package that knows Qt and pyqtgraph. Everything it does is done by playground.app."""

import builtins

_import = getattr(builtins, "__orig_import__", builtins.__import__)  # the former: whoever imported PySide before
import PySide6.QtCore  # noqa: E402, F401

builtins.__import__ = _import
"""PySide puts one of its own in place, which reads the source of every module that is imported from then on, to see
whether it asks for Qt's names in Python's spelling. Nobody here does, and starting is a tenth quicker without.
"""

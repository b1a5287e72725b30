"""The window: the only package that knows Qt and pyqtgraph. Everything it does is done by playground.app."""

"""Everything a person can do, without a window: documents, undo, files, runs, the session.

Knows neither Qt nor torch at import; the window (playground.ui) and the command line (playground.cli) call it.
"""

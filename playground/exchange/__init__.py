"""To and from other tools: a project as plain PyTorch, weights, pictures and reports.

Nothing here knows a window, or playground.app: what is handed over is described in subject.py.
"""

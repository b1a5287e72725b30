"""What a network must beat, whether it does, and how to choose its settings: baselines, tests, folds, searches.

Knows scikit-learn and Optuna, no window. Only baselines.py imports scikit-learn with itself, only performing.py and
training_runs.py torch; all else is light.
"""

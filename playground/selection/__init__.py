"""What a network must beat, and whether it does: baselines, intervals, tests, verdicts. Knows scikit-learn, no window.

baselines.py alone imports scikit-learn; compare.py and statistics.py are light.
"""

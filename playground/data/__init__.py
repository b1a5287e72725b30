"""Examples: where they come from, how they are divided and scaled. Knows numpy, pandas and Pillow; no torch, no Qt.

catalogue.py loads by name or path, split.py divides and scales, profile.py says what a person should know first.
"""

"""Neural Network Playground: build neural networks by pointing and watch them learn.

The rooms, and what each may import, are laid out in CONTRIBUTING.md.
"""

__version__ = "0.1.0"

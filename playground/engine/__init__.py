"""Makes a network learn: recipe and events (torch-free values), compiling, the training loop, weights.

Knows torch, no window and no files. Import the modules themselves: recipe, events and checkpoint load no torch.
"""

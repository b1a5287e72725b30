"""Looks inside a network: arrays out, no drawing. Called between two steps, on the thread that trains.

Knows torch and engine, nothing of windows. Each look takes the Training and returns numpy copies.
"""

"""The network as immutable values: layers, edges, and all that can be asked of them or changed. Knows no torch, no Qt.

model.py is the graph, edits.py its changes, check.py its problems; cost.py and receptive.py measure it,
arrange.py lays it out, templates.py has networks to begin with.
"""

"""The Try pane: something new drawn, filled in, written or opened, and what the network says of it."""

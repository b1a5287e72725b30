"""One file a pane. Each observes the session, shows it, and keeps no copy."""

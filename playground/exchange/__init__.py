"""To and from other tools. Nothing is handed over yet; exporters will live here, above playground.engine."""

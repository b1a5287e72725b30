"""What pytest leaves alone here: modules that need packages which only the benchmark asks for."""

collect_ignore = ["keras_models.py", "lightning_module.py"]

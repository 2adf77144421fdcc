"""A running service under load: ``python -m eval.load --store DIR --articles FILE [--json FILE]``."""

"""Attacks on a running service, each with a mechanical check of harm: ``python -m eval.attacks``.

What they came to stands in docs/attacks.md.
"""

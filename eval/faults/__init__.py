"""Faults on purpose: real processes of Masdar are killed, starved, lied to and cut off, and what they lost is counted.

``python -m eval.faults`` runs it; docs/faults.md tells what is done and what came of it.
"""

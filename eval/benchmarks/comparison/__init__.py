"""Masdar against what would otherwise be used, in one run on the same data.

``python -m eval.benchmarks.comparison --data DIR [--sets NAMES] [--json FILE]`` asks every judged question of each set
of every system and scores the articles found with the measures of ``masdar eval``. What each system is and why it was
set up so: docs/decisions/0011-comparison.md.
"""

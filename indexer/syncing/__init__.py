"""Keeping an index in step with its sources: what each of them has, what changed, and when to look again.

``listing.py`` reads the file that lists the sources, ``ledger.py`` remembers what each of them has, ``history.py`` what
happened, ``one_source.py`` brings the index into step with one source and ``rounds.py`` with all of them.
"""

"""The same work done by Masdar and by what one would otherwise use, in one run: ``python -m eval.benchmarks``.

Every rival gets Masdar's own encoder or weights, its own passages and its own vectors, so that what differs is the
code around them. ``systems.py`` has what is compared at a size, ``subject.py`` runs one of them in a process of its
own, ``growing.py`` starts them at each size; ``once.py`` has what does not grow.
"""

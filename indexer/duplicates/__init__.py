"""Copies of a story: found when articles are indexed, kept with them, gathered when they are asked for.

``signature.py`` gives an article the keys under which its copies are looked up (MinHash), ``comparison.py`` tells a
copy from an update and from another article, ``stories.py`` gives the articles of a batch the story that they tell.
"""

"""Answers measured: whether they hold what answers the question, whether they stand on what they cite, and whether
they stay away where nothing answers."""

"""Coverage-guided fuzzing of what reads text, files and streams: ``python -m eval.fuzz TARGET --seconds N``.

The engine is Atheris (libFuzzer for Python), of the extra ``fuzz``. The targets need nothing of it: the tests run them
over what was found and over examples of hypothesis.
"""

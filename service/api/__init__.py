"""The HTTP service: ``app.py`` puts it together, ``routes/`` answers, ``runtime.py`` is what it holds while it runs."""

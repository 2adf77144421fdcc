"""The server of the Model Context Protocol: ``ask``, ``search`` and ``get_article`` as tools of an assistant.

``server.py`` names the tools, ``news.py`` says what they need: an index in this process (``embedded.py``) or a running
service (``remote.py``). ``texts.py`` is what a model reads; an application reads the structured content, which is the
API's schema.
"""

"""OpenAI's protocol: ``/v1/models``, ``/v1/chat/completions``, ``/v1/responses``. docs/openai.md says what is honoured.

A request becomes a question, its history and wishes (``conversations.py``, ``instructions.py``, ``parameters.py``); the
answer becomes a completion (``chat.py``) or a response (``responses.py``). Nothing is answered here.
"""

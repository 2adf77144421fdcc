"""Answers questions over the index: retrieval, answering, the command line."""

"""Readers of article files: JSON Lines, JSON, CSV and TSV, plain text, Markdown, and folders of these.

Start at `indexer.sources.reader.read_articles`. This file imports nothing, because
`indexer.articles` uses two leaves of this package (`fields`, `dates`) and the readers use
`indexer.articles`.
"""

"""Getting pages, feeds and sitemaps from other machines: safely and politely.

Start at ``indexer.fetching.client.Fetcher``. Every address is checked where the connection is made
(``addresses``, ``connections``), every byte is counted after decompression (``decoding``), hosts are
asked as robots.txt and their own headers want it (``robots``, ``pace``), and what was seen is
remembered for conditional requests (``state``). Needs the extra ``sources``.
"""

"""Indexing on many machines, on Ray Data; see docs/scale.md and docs/decisions/0029-ray.md.

::

    driver                                   workers, an actor with an encoder each
    read, skip, refuse, tell stories  ->     chunk, encode
    put into the store                <-     encoded chunks          an embedded store has one writer
    note what is written              <-     put into the store      a Qdrant server takes them all

Which articles are written, and which story each tells, is decided by the driver alone and in the order of the source,
as a run on one machine does; so both make the same index. What a lost worker had under way is done again by another:
ids of chunks follow from their articles, so that a second time changes nothing.
"""

"""Strata, a wiki server for a folder of Markdown notes. The modules, in the order in which data flows:

======================  ========================================================================
errors, tiers, paths    words of the whole: what may go wrong, tiers and clearances, vault paths
note, config            a parsed note as a value; the settings
markup/                 text → note: pure, one syntax a module, sanitised last
vault, workers          walking the folder; processes that read and parse within limits
shard/                  the catalog and the search index of one tier: writing them
indexer, watch          vault → markup → shards; the writer that keeps them up to date
views, view             one clearance's shards, opened for reading: nothing hidden passes it
folders                 a folder a page at a time, and the tree of folders
resolve, weave, links   what links lead to; pages put together; what ties notes together
search/                 queries, and rankings over one view
accounts/               users and sessions
web/                    requests in, pages out; :mod:`wiki.web.door` is the one door
export, variants        a site of files; notes written for their keeper
check, stats, doctor    what is wrong in a vault, how much is in it; and in an installation
writer, server, cli     running it; the command ``wiki``
======================  ========================================================================
"""

import os

# Ranking needs none of what numpy's linear algebra would start a thread a core for.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"

"""Build the pages of the Python interface from its docstrings: ``make site`` writes them to ``site/``.

A warning stops the build: a type that cannot be resolved is a page that tells less than the code does.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

#: What an application imports. Everything else may change without notice; see CHANGELOG.md. A package brings its
#: modules along, except those that a pattern behind "!" matches.
PUBLIC = (
    "service.llamaindex",
    "service.wiring",
    "service.settings",
    "service.search_options",
    "service.retrieval",
    "service.answering",
    r"!service\.answering\.",
    "indexer.articles",
    "indexer.chunks",
    "indexer.chunking",
    "indexer.transformations",
    "indexer.pipeline",
    "indexer.sources",
    r"!indexer\.sources\.(?!reader$|items$|llamaindex$)",
    "indexer.encoder",
    r"!indexer\.encoder\.(?!bundled$|centring$)",
    "indexer.late",
    "indexer.store",
    r"!indexer\.store\.(?!manifest$|embedded$|copying$)",
    "indexer.arabic",
    "indexer.sentences",
    "indexer.lexical",
    "indexer.errors",
    "eval.datasets",
    "eval.measures",
    "eval.significance",
)


def build(folder: Path) -> None:
    """Write the pages, and an index of them, into a folder.

    Raises:
        UserWarning: something of the interface cannot be shown as it is.
    """
    import pdoc  # here, so that who imports PUBLIC needs no pdoc

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pdoc.render.configure(docformat="google", show_source=False, footer_text="Masdar, from the docstrings")
        pdoc.pdoc(*PUBLIC, output_directory=folder)


if __name__ == "__main__":
    build(Path(sys.argv[1]))

"""Masdar inside a LlamaIndex application: its encoder as an embedding, an index as a retriever or a vector store.

All take what they need as arguments: LlamaIndex's global ``Settings`` are neither read nor set here. See
docs/llamaindex.md.
"""

from service.llamaindex.embedding import MasdarEmbedding
from service.llamaindex.retriever import DEFAULT_TOP_K, MasdarRetriever
from service.llamaindex.vector_store import MasdarVectorStore

__all__ = ["DEFAULT_TOP_K", "MasdarEmbedding", "MasdarRetriever", "MasdarVectorStore"]

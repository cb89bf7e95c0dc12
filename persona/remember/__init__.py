"""Step 2, remember: the store, its one door for readers, extraction and retrieval.

::

store.py         opens the archive; everything that writes
writing.py       rows into tables, checked; every write leaves a link in the audit chain
readers.py       who asks: Relative, Stranger, Custodian, Audience
access.py        what that reader may know, worked out before any search
view.py          the only queries there are
kinship/         who is whose kin
conflicts/       accounts that disagree
extraction.py    passages → memories with citations
vector_index.py  vectors of memories: a cache (FAISS)
retrieval.py     question → evidence, full text and vectors fused
"""

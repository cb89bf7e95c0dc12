"""Step 1, collect: originals → Sources and Passages. It never opens the store.

::

family/        who is who: people.toml
chats/ transcripts/ writing/ photos/ sound/ trees/    the forms of material
plan.py        which files are taken in, as what, and which are left out and why
originals.py   every original under its SHA-256, before anything reads it
registry.py    the importers, in the order in which they are asked
reading.py     one file → its source and its passages
selectors.py   passage → the same words in the original again
"""

"""Step 3: the manner of speaking from the person's own words, and immutable versions of it.

Law 2: memories live in the store, the weights carry manner only. Nothing here reads a record
except through the view that a reader opened, so what one listener of a version may not know
never enters the weights that all its listeners share.
"""

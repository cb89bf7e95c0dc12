"""`persona verify VERSION`: that a version is what it was, and answers as it did (law 7).

hashes.py    every part that its manifest has the hash of, and what it needs on this machine
rebuild.py   made again from the same inputs: the same bytes
golden.py    a few questions that were put to it when it was made, asked again
"""

from persona.proof.version import prove_version

__all__ = ["prove_version"]

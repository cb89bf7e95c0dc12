"""`persona compare A B`: what lies between two versions, as one reader may know it.

differences.py   what went in: memories added, changed, gone, and whose; settings that differ
asking.py        the same questions put to both, in rehearsals; goes on where it was interrupted
sentences.py     their answers side by side, and which memories explain what is different
comparing.py     all of it together, as plain values for a page, a screen or a terminal
hearing.py       an answer spoken, with the voice of the version that gave it
blind.py         two answers in an order drawn by lot, for a listener's vote
credibility.py   the votes counted, with how sure they are

Everything is read through the view of the reader who compares (law 4): a memory that this reader
may not know is in no list and in no number, and the answers are those that this listener would be
given. Whoever looks after the archive sees every memory, and hears what a stranger would hear.
"""

from persona.compare.comparing import Wanted, compare

__all__ = ["Wanted", "compare"]

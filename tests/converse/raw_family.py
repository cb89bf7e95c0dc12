"""A very small family as raw files, for tests that walk the whole path."""

from pathlib import Path

PEOPLE = """
[subject]
id = "arthur"
name = "Arthur Penrose"
born = "1931-04-02"
died = "2009-10-17"
languages = ["en"]

[[people]]
id = "nell"
name = "Nell Penrose"
relation = "daughter"
called = ["Little Wren"]
calls = ["Dad"]
groups = ["children"]
born = "1962"

[[people]]
id = "jack"
name = "Jack Penrose"
relation = "son"
called = ["Skipper"]
calls = ["Dad"]
groups = ["children"]
born = "1959"

[[people]]
id = "ada"
name = "Ada Penrose"
relation = "wife"
called = ["Ada"]
calls = ["Arthur"]
born = "1933"

[[consents]]
person = "arthur"
given_by = "ada"
acts = ["train_text"]
text = "His letters may teach the program how he spoke."

[[files]]
match = "letters/secret.txt"
narrator = "arthur"
addressee = "jack"
restrict = { allow = ["jack"] }

[[files]]
match = "letters/ada.txt"
narrator = "ada"

[[files]]
match = "letters/*.txt"
narrator = "arthur"
"""

LETTERS = {
    "nell.txt": """12 May 1987

Dear Little Wren,

The bees swarmed on Tuesday and I took them out of Mrs Hallett's plum tree with a bucket.
Nobody was stung except the vicar.

That is how it goes.

I have painted the boat green again. Your brother says it is the wrong green.

Your loving Dad
""",
    "jack.txt": """3 June 1991

Dear Jack,

You ask about the lighthouse. I kept the light at Godrevy for eleven winters, Skipper, and I
never once fell asleep.

That is how it goes.

Write when you can.

Dad
""",
    "secret.txt": """9 January 1994

Dear Jack,

I sold the lighthouse medal to pay the debt in Harbour Street. Do not tell your sister.

That is how it goes.

Dad
""",
    "ada.txt": """1 February 2010

Dear Nell,

Arthur never liked the lighthouse. He was lonely there and he left it because of the fog.
He used to sing to the bees.

Ada
""",
}


def write_raw_family(folder: Path) -> Path:
    """Write the raw files into a folder and return it."""
    (folder / "letters").mkdir(parents=True)
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    for name, text in LETTERS.items():
        (folder / "letters" / name).write_text(text, encoding="utf-8")
    return folder

"""The ``people.toml`` of a new persona, with examples to take the ``#`` away from."""

from pathlib import Path

from persona.atomic import write_file
from persona.collect.family.people import PEOPLE_FILE
from persona.errors import ConfigError

_TEMPLATE = """\
# Who is who. Lines that begin with # are examples: take the # away and write your own.
# What you do not know, leave out. You can add to this file at any time.

[subject]                         # the one who died
id = {id}
name = {name}
# names = ["Harry", "林海生"]       # how others write of them
# born = "1941-03-02"             # "1941", "1941-03" or "1941~" (about) will do
# died = "2021-11-08"
# languages = ["en"]              # "zh" for Chinese; the first one is preferred
# tree = "@I1@"                   # their sign in a family tree file (.ged), if you have one

# One block for each person who tells, listens, or is often spoken of.
# [[people]]
# id = "ruth"                     # short, yours to choose
# name = "Ruth Lin"
# relation = "daughter"           # what she is to the one who died
# called = ["Little Sparrow"]     # what they called her, and nobody else
# calls = ["Dad"]                 # what she called them
# groups = ["family"]
# minor = false                   # true for children: they are not to talk with it alone

# How people are related to each other, where there is no family tree file.
# [[kin]]
# person = "margaret"             # Margaret is ...
# relation = "mother"             # mother, father, parent, son, daughter, child, wife, husband,
# other = "ruth"                  # partner, adoptive_parent, godparent, friend ... of Ruth

# Whose letters, recordings and pictures these are; the first rule that fits counts.
# [[files]]
# match = "letters/*"
# kind = "letter"
# narrator = {id}

# [[files]]
# match = "letters/for ruth.txt"
# restrict = {{ allow = ["ruth"] }} # for the others this letter does not exist

# [[files]]
# match = "*.ged"
# narrator = "ruth"               # who made the family tree

# Names in chats and transcripts. You are also asked for them, once, after collecting.
# [[speakers]]
# name = "Dad mobile"
# person = {id}

# What somebody agreed to, in your own words.
# [[consents]]
# person = {id}
# given_by = "ruth"
# acts = ["train_text"]
# text = "A program may learn from these letters how sentences were put together."
"""


def write_people_template(folder: Path, subject_name: str) -> Path:
    """Write a ``people.toml`` to fill in, and return where it is. One that is there stays.

    Raises:
        ConfigError: the folder cannot be written.
    """
    path = folder / PEOPLE_FILE
    if path.exists():
        return path
    try:
        write_file(path, _template(subject_name).encode())
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def own_people_file(folder: Path, subject_name: str, *, subject_known: bool) -> Path | None:
    """Return the ``people.toml`` in a persona's own folder, if it says anything that counts.

    As it was made it holds a name alone, so it counts only until the archive knows whom it is
    about: what a person wrote on a screen is not taken back by a file that nobody has filled in.

    Args:
        folder: the persona's own folder.
        subject_name: the name that the persona was made with.
        subject_known: whether the archive knows the one who died.

    Raises:
        ConfigError: the file cannot be read.
    """
    path = folder / PEOPLE_FILE
    if not path.is_file():
        return None
    try:
        untouched = path.read_bytes() == _template(subject_name).encode()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    return None if subject_known and untouched else path


def _template(subject_name: str) -> str:
    return _TEMPLATE.format(id=_quoted(_short_id(subject_name)), name=_quoted(subject_name))


def _short_id(name: str) -> str:
    """Return the first word of a name in small letters, as an id."""
    words = "".join(sign if sign.isalnum() or sign.isspace() else " " for sign in name).split()
    return words[0].lower()[:64] if words else "subject"


def _quoted(text: str) -> str:
    """Return a TOML basic string (https://toml.io/en/v1.0.0#string)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'

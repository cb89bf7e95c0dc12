"""The error tree: every error that a user can meet, drawn once.

    PersonaError                 something a person can act on; the message says what to do next
    ├── WorkspaceError           no workspace here, or it was made by a newer program
    ├── ConfigError              persona.toml or people.toml cannot be used as written
    ├── CollectError             a file cannot be taken in; the rest of the batch goes on
    │   ├── UnreadableSource     empty, damaged, or not what its name says
    │   └── UnsafeSource         a path that leaves its folder, a bomb, a link
    ├── StoreError               the store refused: a law of the house would be broken
    │   ├── MadeByProgram        what is handed in is what a program said or made
    │   └── NotReadable          this reader has no such record, whether or not it exists
    ├── ConsentError             nobody entitled has agreed to this act
    ├── EngineError              a model could not be loaded or failed
    │   └── MissingModel         its weights are not here, or are not the ones expected
    ├── TrainError               training cannot start or go on
    ├── VersionError             no such version, or it is retired, blocked or damaged
    └── ConverseError            the conversation cannot go on

Messages are one sentence or two in plain words, and never contain what somebody said.
Errors of other libraries are mapped at the door where the library is called, with
``raise ... from``.
"""


class PersonaError(Exception):
    """Something a person can act on. ``str(error)`` is shown as it is."""


class WorkspaceError(PersonaError):
    """There is no workspace here, or it cannot be opened."""


class ConfigError(PersonaError):
    """A settings file cannot be used as written."""


class CollectError(PersonaError):
    """A file cannot be taken in."""


class UnreadableSource(CollectError):
    """A file is empty, damaged, or not what its name says."""


class UnsafeSource(CollectError):
    """A file could harm the archive: it leaves its folder, is a link, or unpacks without end."""


class StoreError(PersonaError):
    """The store refused, because a law of the house would be broken."""


class MadeByProgram(StoreError):
    """What is handed in is what a program said or made, so it is no evidence (law 3)."""


class NotReadable(StoreError):
    """This reader has no such record. The words are the same whether or not it exists."""


class ConsentError(PersonaError):
    """Nobody entitled has agreed to this act."""


class EngineError(PersonaError):
    """A model could not be loaded, or failed while it was used."""


class MissingModel(EngineError):
    """The weights of a model are not here, or are not the ones expected."""


class TrainError(PersonaError):
    """Training cannot start, or cannot go on."""


class VersionError(PersonaError):
    """There is no such version, or it is retired, blocked or damaged."""


class ConverseError(PersonaError):
    """The conversation cannot go on."""

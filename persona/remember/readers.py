"""Who is asking. The store gives nothing without one of these (law 4)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Relative:
    """One person of the archive, who may know what the restrictions admit them to."""

    person_id: str


@dataclass(frozen=True)
class Stranger:
    """Somebody who is not known, with the least rights: only what nothing restricts."""


@dataclass(frozen=True)
class Custodian:
    """Who looks after the archive and sees all of it, also what nobody may be told."""


@dataclass(frozen=True)
class Audience:
    """All who may use a version: it reads only what every one of them may read.

    An audience of nobody reads like a `Stranger`.
    """

    person_ids: tuple[str, ...]


Reader = Relative | Stranger | Custodian | Audience

"""Which version may be talked to, and with which settings: those it was made with.

draft      made, and not yet the family's: only whoever looks after the archive tries it
active     anybody of the family talks with it
retired    nobody talks with it any more; it can still be compared and proved
blocked    something it was made from was taken back: nothing of it is ever said again
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from persona.config import Config, Conversation, Engines
from persona.errors import VersionError
from persona.records import Manifest, Version, VersionState
from persona.remember.view import View

TALKED_TO = frozenset({VersionState.ACTIVE})
"""Versions that a listener may talk to."""
BY_THE_KEEPER = TALKED_TO | {VersionState.DRAFT}
"""Versions that whoever looks after the archive may talk to."""
REHEARSED = BY_THE_KEEPER | {VersionState.RETIRED}
"""Versions that may be asked where nobody listens and nothing is written (`persona.rehearsal`)."""
REMOVED = "version.tidy"
"""What the audit chain says when what a retired version learnt was removed to make room."""
LONGEST_NAME = 80
"""Characters."""


def settings_of(config: Config, manifest: Manifest) -> Config:
    """Return the settings that a version was made with (law 7).

    What helps people and machines stays today's: the contact for a crisis, the number of
    threads. Anything else that is changed in persona.toml counts from the next version on.

    Raises:
        VersionError: this program has a setting no more that the version was made with.
    """
    made = manifest.settings
    today = {"help_contact": config.conversation.help_contact}
    conversation = {**made.get("conversation", {}), **today}
    engines = {
        **config.engines.model_dump(),
        **made.get("engines", {}),
        "threads": config.engines.threads,
    }
    update = {
        "conversation": _as_made(manifest, Conversation, conversation),
        "engines": _as_made(manifest, Engines, engines),
    }
    return config.model_copy(update=update)


def _as_made(manifest: Manifest, kind: type[BaseModel], values: Mapping[str, Any]) -> BaseModel:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        names = ", ".join(sorted({str(one["loc"][0]) for one in error.errors()}))
        raise VersionError(
            f"The version {manifest.id} was made with settings that this program does not have "
            f"({names}), so it cannot answer as it did. Make one like it with: persona train"
        ) from error


def talkable_version(
    versions: Sequence[Version],
    wanted: str | None,
    states: Collection[VersionState] = TALKED_TO,
) -> Version:
    """Return the version asked for by number, id or name, or the newest active one.

    Args:
        versions: all that there are.
        wanted: number, id or name; None: the newest active one, never a draft.
        states: in which of them a version that was asked for may be.

    Raises:
        VersionError: there is none, or it is in another state.
    """
    if wanted is None:
        return _newest(versions)
    version = named_version(versions, wanted)
    if version.state in states:
        return version
    if version.state is VersionState.DRAFT:
        raise VersionError(
            f"Version {version.number} is a draft: only whoever looks after the archive tries it. "
            f"Let the family have it with: persona versions activate {version.number}"
        )
    raise VersionError(
        f"Version {version.number} is {version.state.value}"
        + (f": {version.state_reason}" if version.state_reason else ".")
    )


def named_version(versions: Sequence[Version], wanted: str) -> Version:
    """Return a version in any state by its number, its id, or the newest of a name.

    Raises:
        VersionError: there is none.
    """
    for key in ("number", "id", "name"):
        found = [one for one in versions if str(getattr(one, key)) == wanted.strip()]
        if found and wanted.strip():
            return max(found, key=lambda version: version.number)
    raise VersionError(f"There is no version called {wanted}. List them with: persona versions")


def _newest(versions: Sequence[Version]) -> Version:
    active = [version for version in versions if version.state is VersionState.ACTIVE]
    if active:
        return max(active, key=lambda version: version.number)
    drafts = [version for version in versions if version.state is VersionState.DRAFT]
    if drafts:
        number = max(version.number for version in drafts)
        raise VersionError(
            f"There is only a draft so far. Try it with: persona chat --version {number}; let the "
            f"family have it with: persona versions activate {number}"
        )
    if versions:
        raise VersionError(
            "No version may be talked to: each is retired or blocked. When something has "
            "changed, make a new one with: persona train"
        )
    raise VersionError("There is no version to talk to yet. Make one with: persona train")


def checked_name(name: str, versions: Sequence[Version], number: int | None = None) -> str:
    """Return a name that a version can be called by, on one line.

    Args:
        name: as somebody typed it; empty: none.
        versions: those whose names are taken.
        number: of the version that is renamed.

    Raises:
        VersionError: it could be taken for a number or an id, is taken, or is too long.
    """
    words = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if len(words) > LONGEST_NAME:
        raise VersionError(f"A name has at most {LONGEST_NAME} characters.")
    if words.isdigit() or words.startswith("ver_"):
        raise VersionError(
            f"'{words}' could be taken for a number. Choose a name with words in it."
        )
    taken = [one for one in versions if words and one.name == words and one.number != number]
    if taken:
        raise VersionError(
            f"Version {taken[0].number} is called '{words}' already. Choose another name."
        )
    return words


def emptied_on_purpose(view: View, version: Version) -> bool:
    """Say whether what a version learnt was erased: by a withdrawal, or to make room.

    Args:
        view: of whoever looks after the archive.
        version: as it is listed.
    """
    if version.state is VersionState.BLOCKED:
        return any(version.id in record.version_ids for record in view.withdrawals())
    removed = (event for event in view.audit_events() if event.action == REMOVED)
    retired = version.state is VersionState.RETIRED
    return retired and any(event.target_id == version.id for event in removed)

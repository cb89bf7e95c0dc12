"""Which version may be talked to, and with which settings: those it was made with."""

from collections.abc import Sequence

from persona.config import Config, Conversation, Engines
from persona.errors import VersionError
from persona.records import Manifest, Version, VersionState


def settings_of(config: Config, manifest: Manifest) -> Config:
    """Return the settings that a version was made with (law 7).

    What helps people and machines stays today's: the contact for a crisis, the number of
    threads. Anything else that is changed in persona.toml counts from the next version on.
    """
    made = manifest.settings
    conversation = {
        **made["conversation"],
        "help_contact": config.conversation.help_contact,
    }
    engines = {**config.engines.model_dump(), **made["engines"], "threads": config.engines.threads}
    return config.model_copy(
        update={
            "conversation": Conversation.model_validate(conversation),
            "engines": Engines.model_validate(engines),
        }
    )


def talkable_version(versions: Sequence[Version], wanted: str | None) -> Version:
    """Return the version asked for by number, id or name, or the newest active one.

    Raises:
        VersionError: there is none, or it is retired or blocked.
    """
    if wanted is None:
        active = [version for version in versions if version.state is VersionState.ACTIVE]
        if not active and versions:
            raise VersionError(
                "No version may be talked to: each is retired or blocked. When something has "
                "changed, make a new one with: persona train"
            )
        if not active:
            raise VersionError("There is no version to talk to yet. Make one with: persona train")
        return max(active, key=lambda version: version.number)
    for version in versions:
        if wanted in (str(version.number), version.id, version.name):
            if version.state is not VersionState.ACTIVE:
                raise VersionError(
                    f"Version {version.number} is {version.state.value}"
                    + (f": {version.state_reason}" if version.state_reason else ".")
                )
            return version
    raise VersionError(f"There is no version called {wanted}. List them with: persona versions")

"""What a version is called on the screen."""

from persona.records import Version
from persona.screens.words import say


def version_name(version: Version) -> str:
    """Return ``Version 2, “second generation”`` in the language of this visit."""
    if version.name:
        return say("talk.version_named", number=version.number, name=version.name)
    return say("talk.version", number=version.number)

"""Whose voice it is, declared before anything is made, and checked by ear as far as that goes.

    own clips    recordings of the one who died       an heir agreed
    a relative   recordings of somebody living        they agreed themselves
    designed     nobody's                             nobody has to

Another person's voice is never silently passed as his: clips that are nearer to the confirmed
speech of somebody else are refused with that name, and so is a designed voice that sounds like a
person of the archive who has not agreed. A likeness is a hint and no proof: two sisters on the
telephone are one voice to a program, which is why a person confirms every clip as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from persona.engines.protocols import FloatArray
from persona.errors import ConsentError, NotReadable, TrainError
from persona.records import Consent, DonorKind, MadeVoice, VoiceClip
from persona.remember.view import View
from persona.train.voices.likeness import NEARER_BY, KnownStretch, KnownVoices
from persona.train.voices.words import donor_sentence

DESIGNED = "designed"
ALIKE = 0.85
"""Likeness of all clips together to somebody else from which on nobody can tell the two apart.

Read speech of seven people: each to themselves 0.83 to 0.97, the two most alike to each other 0.80.
"""

STRONGLY_SYNTHETIC = 0.78
"""The same for speech that a program made; the best that a search reaches is about this."""


@dataclass(frozen=True)
class Donor:
    """Whose voice, and the entry by which it may be used."""

    kind: DonorKind
    person_id: str | None
    consent: Consent | None

    @property
    def consent_id(self) -> str | None:
        """Return the id of the consent; None for a designed voice."""
        return self.consent.id if self.consent else None


def declare_donor(view: View, reference: str) -> Donor:
    """Return the donor that is meant, with the consent by which their voice may be used.

    Args:
        view: of those for whom the voice is made: a consent may name an audience.
        reference: ``designed``, or the id of a person of the archive.

    Raises:
        ConsentError: nobody who may has agreed.
        TrainError: there is no such person.
    """
    if reference == DESIGNED:
        return Donor(DonorKind.DESIGNED, None, None)
    try:
        person = view.person(reference)
    except NotReadable as error:
        ids = ", ".join(person.id for person in view.people())
        raise TrainError(
            f"'{reference}' is nobody in this archive. A donor is one of {ids}, or 'designed' for "
            "a voice that is nobody's."
        ) from error
    kind = DonorKind.OWN_CLIPS if person.is_subject else DonorKind.RELATIVE
    return Donor(kind, person.id, view.voice_consent(person.id))


def check_whose(
    view: View, donor: Donor, clips: Sequence[tuple[VoiceClip, FloatArray]], known: KnownVoices
) -> None:
    """Refuse clips that are nearer to somebody else of the archive than to their person.

    Args:
        view: of whoever looks after the archive, for the name.
        donor: whose the clips are said to be.
        clips: with their (samples,) at 16 kHz.
        known: the voices of the archive as far as somebody confirmed them.

    Raises:
        ConsentError: one clip, or all of them together, sound like another person.
    """
    assert donor.person_id is not None
    vectors = [(clip, known.vector(sound)) for clip, sound in clips if len(sound)]
    for clip, vector in vectors:
        here = KnownStretch(clip.person_id, clip.source_id, clip.start_s, clip.end_s)
        near = known.likeness(vector, donor.person_id, here)
        if near.own is not None and near.nearest > near.own + NEARER_BY:
            _refuse(view, donor.person_id, near.nearest_id, f"The clip {clip.id} sounds")
    if not vectors:
        return
    middle = np.mean([vector for _, vector in vectors], axis=0)
    whole = known.likeness(middle / np.linalg.norm(middle), donor.person_id)
    if whole.nearest > ALIKE:
        _refuse(view, donor.person_id, whole.nearest_id, "Taken together the clips sound")


def check_nobodys(view: View, donor: Donor, sound: FloatArray, known: KnownVoices) -> None:
    """Refuse a made voice that sounds strongly like somebody who did not agree to it.

    Args:
        view: of those for whom the voice is made.
        donor: whose it is said to be; that person may of course be heard in it.
        sound: what the made voice says, (samples,) at 16 kHz.
        known: the voices of the archive.

    Raises:
        ConsentError: it does.
    """
    near = known.likeness(known.vector(sound), donor.person_id or "")
    if near.nearest < STRONGLY_SYNTHETIC:
        return
    try:
        view.voice_consent(near.nearest_id)
    except ConsentError as error:
        name = view.display_name(near.nearest_id)
        raise ConsentError(
            f"This voice sounds strongly like {name}, and nobody has agreed that it may. Choose "
            f"another one, or record the consent for the voice of {name} first."
        ) from error


def donor_words(view: View, voice: MadeVoice, language: str = "en") -> str:
    """Return whose voice it is, for everybody who hears it: shown wherever it speaks."""
    donor = view.display_name(voice.person_id, language) if voice.person_id else ""
    subject = view.display_name(view.subject(), language)
    return donor_sentence(voice.donor, subject, donor, language)


def declared_words(view: View, voice: Mapping[str, Any], language: str = "en") -> str:
    """Return whose the voice of a version is; empty: it has none, or this reader may not know.

    Args:
        view: of the reader who is told.
        voice: ``Manifest.voice``.
        language: ``en`` or ``zh``.
    """
    voice_id = voice.get("voice_id")
    if voice_id is not None:
        made = next((one for one in view.made_voices() if one.id == voice_id), None)
        return donor_words(view, made, language) if made is not None else ""
    if voice.get("name", "none") == "none":
        return ""
    subject = view.display_name(view.subject(), language)
    return donor_sentence(DonorKind.DESIGNED, subject, language=language)


def _refuse(view: View, person_id: str, other_id: str, what: str) -> None:
    person, other = view.display_name(person_id), view.display_name(other_id)
    raise ConsentError(
        f"{what} more like {other} than like {person}, so no voice of {person} is made of it. "
        f"Listen again, and refuse the clips or correct who speaks in the recording."
    )

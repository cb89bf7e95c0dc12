"""What the custodian does between the steps: consent, guardians, retiring, looking through."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from persona import opening
from persona.converse.care import GUARDIAN_AGREES, GUARDIAN_REFUSES
from persona.converse.places import place_words
from persona.errors import ConsentError
from persona.records import (
    Act,
    Consent,
    ConsentState,
    Memory,
    MemoryStatus,
    content_id,
)
from persona.remember.readers import Custodian
from persona.remember.view import View
from persona.remember.voice_consent import check_giver
from persona.workspace import Workspace

_WHAT = {
    Act.KEEP: "kept in this archive",
    Act.TRANSCRIBE: "transcribed",
    Act.RETRIEVE: "used to answer",
    Act.QUOTE: "quoted",
    Act.TRAIN_TEXT: "used to train the persona's manner of speaking",
    Act.TRAIN_VOICE: "used to train the persona's voice",
    Act.ANIMATE_FACE: "used to animate the face",
    Act.FILM: "used in a film",
    Act.ARCHIVE: "handed to an archive",
}


def record_consent(
    workspace: Workspace, person_id: str, act: str, given_by: str, *, withdraw: bool = False
) -> str:
    """Append a consent and return the sentence that it records.

    Raises:
        ConsentError: the act, the person or the giver is not known here, or a voice is not
            theirs to give: a consent that could never count would end one that does.
    """
    if act not in Act._value2member_map_:
        raise ConsentError(f"Choose one of: {', '.join(a.value for a in Act)}.")
    with opening.open_store(workspace) as store:
        people = {person.id: person for person in store.reader(Custodian()).people()}
        for wanted in (person_id, given_by):
            if wanted not in people:
                names = ", ".join(sorted(people)) or "nobody yet; run persona collect first"
                raise ConsentError(f"'{wanted}' is nobody in this archive. There is: {names}.")
        if Act(act) is Act.TRAIN_VOICE and not withdraw:
            check_giver(people[person_id], people[given_by])
        no_more = "may no longer be" if withdraw else "may be"
        text = (
            f"{people[given_by].name} says: the words, voice or pictures of "
            f"{people[person_id].name} {no_more} {_WHAT[Act(act)]}."
        )
        now = datetime.now(UTC)
        store.put_consents(
            [
                Consent(
                    id=content_id("cns", person_id, given_by, act, now.isoformat()),
                    person_id=person_id,
                    given_by=given_by,
                    act=Act(act),
                    state=ConsentState.WITHDRAWN if withdraw else ConsentState.GRANTED,
                    text_shown=text,
                    text_sha256=hashlib.sha256(text.encode()).hexdigest(),
                    at=now,
                )
            ]
        )
    return text


def let_child_talk(
    workspace: Workspace, child_id: str, guardian_id: str, *, withdraw: bool = False
) -> str:
    """Record in the audit chain that a guardian lets a child talk, or not any more.

    Raises:
        ConsentError: the child or the guardian is not known here, is not one, or the law
            profile is against it whoever agrees.
    """
    if workspace.config.care.law_profile == "china" and not withdraw:
        raise ConsentError(
            "Under this law profile nobody under age may talk with a simulated relative, "
            "whoever agrees. Look at the letters and photographs together instead."
        )
    with opening.open_store(workspace) as store:
        with store.reader(Custodian()) as view:
            people = {person.id: person for person in view.people()}
        child, guardian = people.get(child_id), people.get(guardian_id)
        if child is None or not child.minor:
            raise ConsentError(f"'{child_id}' is nobody under age in this archive.")
        if guardian is None or guardian.minor or not guardian.living or guardian.is_subject:
            raise ConsentError(f"'{guardian_id}' is no grown-up of this archive.")
        store.audit(guardian.id, GUARDIAN_REFUSES if withdraw else GUARDIAN_AGREES, child.id)
    may = "may no longer" if withdraw else "may"
    return f"{guardian.name} says: {child.name} {may} talk with the simulation" + (
        "." if withdraw else ", with a grown-up beside."
    )


def memory_lines(view: View, about: str, limit: int) -> Iterator[str]:
    """Yield two lines a memory: who told what, and where that stands."""
    shown = 0
    for memory in view.memories():
        if about and about.casefold() not in memory.quote.casefold():
            continue
        for citation in view.citations(memory.id):
            passage = view.passage(citation.passage_id)
            place = place_words(
                view.source(passage.source_id),
                passage,
                view.display_name,
            )
            narrator = view.display_name(memory.narrator_id)
            yield f"{narrator} ({_what(memory)}): {_one_line(memory.quote)}"
            yield f"    {place}"
        shown += 1
        if shown >= limit:
            return


def _what(memory: Memory) -> str:
    """Return the kind in words, and that a memory was withdrawn: the custodian sees those too."""
    kind = memory.kind.value.replace("_", " ")
    return f"{kind}, withdrawn" if memory.status is MemoryStatus.WITHDRAWN else kind


def _one_line(text: str) -> str:
    return " ".join(text.split())

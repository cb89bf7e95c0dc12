"""Clips and voices in the store: who decides, who may hear, whose consent counts."""

from typing import Any

import pytest

from persona.errors import ConsentError, NotReadable, StoreError
from persona.records import (
    Act,
    Consent,
    ConsentState,
    DonorKind,
    MadeVoice,
    Passage,
    ProposalState,
    Source,
    SourceKind,
    Speaker,
    Turn,
    VoiceClip,
    VoiceState,
    content_id,
)
from persona.remember.readers import Audience, Custodian, Reader, Relative, Stranger
from persona.remember.voice_reach import seconds_of
from tests.remember.archive import (
    NOW,
    Archive,
    make_consent,
    make_conversation,
    make_passage,
    make_rule,
    make_source,
    make_version,
)


def recording(archive: Archive, title: str = "A tape", **more: Any) -> tuple[Source, list[Passage]]:
    """Keep a recording of three lines: Henry, Ruth, Henry, of ten seconds each."""
    source = make_source(title, narrator=None, kind=SourceKind.INTERVIEW, duration_s=30.0, **more)
    said = [("henry", "I built the boat."), ("ruth", "Which one?"), ("henry", "The blue one.")]
    passages = [
        make_passage(source, f"{title}: {text}", position=n, speaker_id=speaker)
        for n, (speaker, text) in enumerate(said)
    ]
    for n, passage in enumerate(passages):
        passage.selector = {"type": "FragmentSelector", "value": f"t={n * 10}.0,{n * 10 + 10}.0"}
    archive.store.add_source(source, passages)
    return source, passages


def clip(source: Source, start_s: float, end_s: float, person: str = "henry") -> VoiceClip:
    return VoiceClip(
        id=content_id("vcl", source.id, start_s, end_s, person),
        source_id=source.id,
        person_id=person,
        start_s=start_s,
        end_s=end_s,
        text=f"clip from {start_s}",
        language="en",
    )


def agree(archive: Archive, person: str, by: str, **more: Any) -> Consent:
    entry = make_consent(person, Act.TRAIN_VOICE, **more)
    entry.given_by = by
    entry.id += by
    archive.store.put_consents([entry])
    return entry


def voice(clips: list[VoiceClip], consent: Consent | None, **more: Any) -> MadeVoice:
    values: dict[str, Any] = {
        "donor": DonorKind.OWN_CLIPS,
        "person_id": "henry",
        "engine": "kokoro",
        "clip_ids": [one.id for one in clips],
        "consent_id": consent.id if consent else None,
        "files_sha256": "0" * 64,
        "created_at": NOW,
    } | more
    return MadeVoice(id=content_id("voi", str(sorted(values.items(), key=str))), **values)


def confirmed(archive: Archive) -> list[VoiceClip]:
    source, _ = recording(archive)
    made = [clip(source, 1, 6), clip(source, 21, 27)]
    archive.store.put_clips(made)
    archive.store.decide_clips([one.id for one in made], ProposalState.CONFIRMED, "ruth")
    return made


def clips_for(archive: Archive, reader: Reader, **more: Any) -> list[str]:
    with archive.store.reader(reader) as view:
        return [one.text for one in view.voice_clips(**more)]


def test_a_person_decides_and_finding_again_changes_nothing(archive: Archive) -> None:
    source, _ = recording(archive)
    one, two = clip(source, 1, 6), clip(source, 21, 27)
    assert archive.store.put_clips([one, two]) == 2
    assert archive.store.decide_clips([one.id], ProposalState.CONFIRMED, "ruth") == 1
    assert archive.store.decide_clips([one.id], ProposalState.CONFIRMED, "tom") == 0
    assert archive.store.put_clips([clip(source, 1, 6)]) == 0
    with archive.store.reader(Custodian()) as view:
        [kept] = view.voice_clips(state=ProposalState.CONFIRMED)
        assert (kept.id, kept.confirmed_by) == (one.id, "ruth")
        events = [(event.actor, event.action) for event in view.audit_events()]
    assert ("ruth", "clips.confirmed") in events
    archive.store.decide_clips([one.id], ProposalState.REFUSED)
    with archive.store.reader(Custodian()) as view:
        assert view.voice_clips(state=ProposalState.CONFIRMED) == []


def test_one_unknown_clip_changes_none(archive: Archive) -> None:
    source, _ = recording(archive)
    one = clip(source, 1, 6)
    archive.store.put_clips([one])
    with pytest.raises(StoreError, match="no clip"):
        archive.store.decide_clips([one.id, "vcl_never"], ProposalState.CONFIRMED)
    assert clips_for(archive, Custodian(), state=ProposalState.CONFIRMED) == []


@pytest.mark.parametrize(("start_s", "end_s"), [(5, 5), (6, 5), (-1, 5)])
def test_a_clip_has_a_length(archive: Archive, start_s: float, end_s: float) -> None:
    source, _ = recording(archive)
    with pytest.raises(StoreError):
        archive.store.put_clips([clip(source, start_s, end_s)])


def test_what_a_program_worked_over_and_what_the_persona_said_are_no_clips(
    archive: Archive,
) -> None:
    source, _ = recording(archive)
    cleaned = make_source(
        "Cleaned", narrator=None, kind=SourceKind.INTERVIEW, derived_from=source.id
    )
    archive.store.add_source(cleaned, [])
    with pytest.raises(StoreError, match="originals alone"):
        archive.store.put_clips([clip(cleaned, 1, 2)])
    archive.store.add_version(make_version())
    archive.store.start_conversation(make_conversation())
    said = "I remember the harbour in the first snow of that long winter very well."
    archive.store.add_turn(
        Turn(
            id="t", conversation_id="con_ruth_1", position=0, speaker=Speaker.PERSONA, text=said,
            created_at=NOW,
        )
    )  # fmt: skip
    spoken = clip(source, 1, 6)
    spoken.text = said
    with pytest.raises(StoreError, match="persona said"):
        archive.store.put_clips([spoken])


def test_what_may_not_be_heard_does_not_exist(archive: Archive) -> None:
    """Of a tape with one closed line the other lines can be heard, and nothing tells of it."""
    source, passages = recording(archive)
    archive.store.put_clips([clip(source, 1, 6), clip(source, 21, 27)])
    archive.store.put_restrictions([make_rule(passages[2].id, allow=["ruth"])])
    both, first = ["clip from 1", "clip from 21"], ["clip from 1"]
    assert clips_for(archive, Custodian()) == both
    assert clips_for(archive, Relative("ruth")) == both
    assert clips_for(archive, Relative("tom")) == first
    assert clips_for(archive, Audience(("ruth", "tom"))) == first
    assert clips_for(archive, Stranger()) == first
    archive.store.put_restrictions([make_rule(source.id, allow=["ruth"])])
    assert clips_for(archive, Relative("tom")) == []
    assert clips_for(archive, Relative("ruth"), person_id="henry") == both
    assert clips_for(archive, Relative("ruth"), person_id="tom") == []


def test_a_rule_may_keep_a_recording_from_training_alone(archive: Archive) -> None:
    source, passages = recording(archive)
    archive.store.put_clips([clip(source, 1, 6), clip(source, 21, 27)])
    rule = make_rule(passages[0].id, deny=["tom"], acts=[Act.TRAIN_VOICE.value])
    archive.store.put_restrictions([rule])
    assert len(clips_for(archive, Relative("tom"))) == 2
    assert clips_for(archive, Relative("tom"), for_training=True) == ["clip from 21"]
    assert clips_for(archive, Audience(("tom", "ruth")), for_training=True) == ["clip from 21"]
    assert len(clips_for(archive, Relative("ruth"), for_training=True)) == 2


def test_whoever_takes_back_that_they_are_kept_is_heard_by_nobody(archive: Archive) -> None:
    source, _ = recording(archive)
    archive.store.put_clips([clip(source, 11, 16, "ruth")])
    assert clips_for(archive, Relative("tom"))
    archive.store.put_consents([make_consent("ruth", Act.KEEP, ConsentState.WITHDRAWN)])
    assert clips_for(archive, Relative("tom")) == []


def test_without_an_heirs_consent_there_is_no_voice(archive: Archive) -> None:
    clips = confirmed(archive)
    with pytest.raises(ConsentError, match="Nobody has agreed"):
        archive.store.put_voice(voice(clips, None))
    consent = agree(archive, "henry", by="ruth")
    with pytest.raises(ConsentError, match="another consent"):
        archive.store.put_voice(voice(clips, None))
    assert archive.store.put_voice(voice(clips, consent))
    assert not archive.store.put_voice(voice(clips, consent))


@pytest.mark.parametrize("giver", ["henry", "child", "grandmother"])
def test_the_dead_and_children_cannot_agree_for_him(archive: Archive, giver: str) -> None:
    with archive.store.reader(Custodian()) as view:
        [joe] = [one for one in view.people() if one.id == "joe"]
    child = joe.model_copy(update={"id": "child", "name": "Mei", "minor": True})
    dead = joe.model_copy(update={"id": "grandmother", "name": "Ann", "living": False})
    archive.store.put_people([child, dead])
    clips = confirmed(archive)
    consent = agree(archive, "henry", by=giver)
    with pytest.raises(ConsentError, match="not given by somebody who may"):
        archive.store.put_voice(voice(clips, consent))


def test_a_relative_lends_a_voice_only_themselves(archive: Archive) -> None:
    source, _ = recording(archive)
    hers = [clip(source, 11, 16, "ruth")]
    archive.store.put_clips(hers)
    archive.store.decide_clips([hers[0].id], ProposalState.CONFIRMED)
    lent: dict[str, Any] = {"donor": DonorKind.RELATIVE, "person_id": "ruth"}
    with pytest.raises(ConsentError, match="not given by somebody who may"):
        archive.store.put_voice(voice(hers, agree(archive, "ruth", by="tom"), **lent))
    own = agree(archive, "ruth", by="ruth", at=NOW.replace(hour=10))
    assert archive.store.put_voice(voice(hers, own, **lent))
    with pytest.raises(StoreError, match="never called the voice of the one who died"):
        archive.store.put_voice(voice(hers, own, donor=DonorKind.OWN_CLIPS, person_id="ruth"))


def test_a_voice_is_made_of_confirmed_clips_of_its_person(archive: Archive) -> None:
    clips = confirmed(archive)
    consent = agree(archive, "henry", by="ruth")
    archive.store.decide_clips([clips[0].id], ProposalState.PROPOSED)
    with pytest.raises(StoreError, match="somebody confirmed"):
        archive.store.put_voice(voice(clips, consent))
    source, _ = recording(archive, "Another")
    hers = clip(source, 11, 16, "ruth")
    archive.store.put_clips([hers])
    archive.store.decide_clips([hers.id], ProposalState.CONFIRMED)
    for wrong in ([hers], [clips[1], hers], []):
        with pytest.raises(StoreError):
            archive.store.put_voice(voice(wrong, consent))
    with pytest.raises(StoreError, match="made of no clips"):
        archive.store.put_voice(voice([clips[1]], None, donor=DonorKind.DESIGNED, person_id=None))


def test_a_designed_voice_is_nobodys_and_everybody_may_hear_it(archive: Archive) -> None:
    archive.store.put_voice(voice([], None, donor=DonorKind.DESIGNED, person_id=None))
    for reader in (Custodian(), Stranger(), Relative("tom")):
        with archive.store.reader(reader) as view:
            assert [one.donor for one in view.made_voices()] == [DonorKind.DESIGNED]


def test_a_voice_is_known_to_those_who_may_hear_all_its_clips(archive: Archive) -> None:
    clips = confirmed(archive)
    made = voice(clips, agree(archive, "henry", by="ruth"))
    archive.store.put_voice(made)
    archive.store.put_restrictions([make_rule(clips[0].source_id, allow=["ruth"])])
    with archive.store.reader(Relative("ruth")) as view:
        assert view.made_voice(made.id).engine == "kokoro"
    for reader in (Relative("tom"), Stranger(), Audience(("ruth", "tom"))):
        with archive.store.reader(reader) as view:
            assert view.made_voices() == []
            with pytest.raises(NotReadable):
                view.made_voice(made.id)


@pytest.mark.parametrize("how", ["withdrawn", "over", "blocked"])
def test_when_consent_ends_nobody_speaks_with_the_voice(archive: Archive, how: str) -> None:
    made = voice(confirmed(archive), agree(archive, "henry", by="ruth"))
    archive.store.put_voice(made)
    later = NOW.replace(hour=12)
    if how == "withdrawn":
        agree(archive, "henry", by="ruth", state=ConsentState.WITHDRAWN, at=later)
    elif how == "over":
        agree(archive, "henry", by="ruth", until="2026-01-01", at=later)
    else:
        archive.store.block_voice(made.id, "It frightened the children.")
    with archive.store.reader(Relative("tom")) as view:
        assert view.made_voices() == []
    with archive.store.reader(Custodian()) as view:
        [shown] = view.made_voices()
        assert shown.state is VoiceState.BLOCKED and shown.state_reason


def test_a_consent_for_some_is_none_for_others(archive: Archive) -> None:
    consent = agree(archive, "henry", by="ruth", audience=["children"])
    archive.store.put_voice(voice(confirmed(archive), consent))
    with archive.store.reader(Relative("tom")) as view:
        assert len(view.made_voices()) == 1
    with archive.store.reader(Relative("joe")) as view:
        assert view.made_voices() == []


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("t=1.5,3", (1.5, 3.0)),
        ("t=,3", (0.0, 3.0)),
        ("t=2", (2.0, float("inf"))),
        ("t=soon,3", (0.0, float("inf"))),
        ("xywh=0,0,1,1", (0.0, float("inf"))),
        ("", (0.0, float("inf"))),
    ],
)
def test_what_has_no_times_is_the_whole_recording(value: str, wanted: tuple[float, float]) -> None:
    assert seconds_of({"type": "FragmentSelector", "value": value}) == wanted

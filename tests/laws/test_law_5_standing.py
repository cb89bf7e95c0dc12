"""Law 5, in the schema: a sentence that claims something names what it stands on."""

import pytest

from persona.errors import StoreError
from persona.records import Sentence, Speaker, Standing, Turn
from persona.remember.readers import Custodian
from tests.remember.archive import NOW, Archive, make_conversation, make_version


def say(archive: Archive, standing: str, citations: list[dict[str, object]]) -> None:
    archive.store.add_version(make_version())
    archive.store.start_conversation(make_conversation())
    turn = Turn(
        id="trn_1",
        conversation_id="con_ruth_1",
        position=0,
        speaker=Speaker.PERSONA,
        text="We sang.",
        created_at=NOW,
    )
    sentence = Sentence(
        id="sen_1",
        turn_id="trn_1",
        position=0,
        text="We sang.",
        standing=standing,
        citations=citations,
    )
    archive.store.add_turn(turn, [sentence])


@pytest.mark.parametrize("standing", [Standing.OWN_WORDS, Standing.TOLD])
def test_a_claim_without_a_citation_is_refused(archive: Archive, standing: Standing) -> None:
    with pytest.raises(StoreError):
        say(archive, standing, [])
    with archive.store.reader(Custodian()) as view:
        assert view.turns("con_ruth_1") == []


@pytest.mark.parametrize("standing", [Standing.UNKNOWN, Standing.SMALL_TALK, Standing.INFERRED])
def test_what_claims_nothing_needs_none(archive: Archive, standing: Standing) -> None:
    say(archive, standing, [])
    with archive.store.reader(Custodian()) as view:
        assert [s.standing for s in view.sentences("trn_1")] == [standing]


def test_there_is_no_other_standing(archive: Archive) -> None:
    with pytest.raises(StoreError, match="standing"):
        say(archive, "remembered", [{"memory_id": "mem_1"}])

"""Law 3. What the persona says is never evidence."""

import hashlib

import pytest

from persona.errors import StoreError
from persona.records import Sentence, Speaker, Standing, Turn
from persona.remember.readers import Custodian
from tests.remember.archive import (
    NOW,
    Archive,
    make_conversation,
    make_passage,
    make_source,
    make_version,
)

INVENTED = "I suppose I was always happiest when the ferry horn sounded in the morning fog."
TOLD = "Ruth remembers that I never once came home from the market without oranges."
SHORT = "I do not know."
CHINESE = "我想那年冬天的雾特别大，我们在码头等了整整一个上午。"


def say(archive: Archive, *said: tuple[str, Standing], cited: str | None = None) -> None:
    """Record a persona turn."""
    archive.store.add_version(make_version())
    archive.store.start_conversation(make_conversation())
    turn = Turn(
        id="trn_1",
        conversation_id="con_ruth_1",
        position=1,
        speaker=Speaker.PERSONA,
        text=" ".join(text for text, _ in said),
        created_at=NOW,
    )
    cites = [{"memory_id": cited}] if cited else [{"memory_id": "mem_x"}]
    sentences = [
        Sentence(
            id=f"sen_{place}",
            turn_id="trn_1",
            position=place,
            text=text,
            standing=standing,
            citations=cites if standing in (Standing.OWN_WORDS, Standing.TOLD) else [],
        )
        for place, (text, standing) in enumerate(said)
    ]
    archive.store.add_turn(turn, sentences)


def take_in(archive: Archive, text: str) -> bool:
    source = make_source(f"A new letter {hashlib.sha256(text.encode()).hexdigest()[:6]}")
    return archive.store.add_source(source, [make_passage(source, text)])


@pytest.mark.parametrize(
    "letter",
    [
        INVENTED,
        f"Dear Tom,\n\nListen to what he wrote. {INVENTED} Is that not like him?\n\nRuth",
        INVENTED.upper().replace(" ", "\n"),
        f"“{INVENTED.removesuffix('.')}” ...",
        f"Before. {INVENTED} {TOLD}",
    ],
    ids=["alone", "in a letter", "in capitals and wrapped", "in quotation marks", "with more"],
)
def test_a_pasted_sentence_is_refused(archive: Archive, letter: str) -> None:
    say(archive, (INVENTED, Standing.INFERRED), (TOLD, Standing.TOLD))
    with pytest.raises(StoreError, match="what the persona said in a conversation"):
        take_in(archive, letter)
    with archive.store.reader(Custodian()) as view:
        assert view.sources() == []


def test_a_pasted_chinese_sentence_is_refused(archive: Archive) -> None:
    say(archive, (CHINESE, Standing.INFERRED))
    with pytest.raises(StoreError, match="what the persona said"):
        take_in(archive, f"今天我和他聊天了。{CHINESE}你看像不像他？")


def test_a_whole_answer_is_refused(archive: Archive) -> None:
    say(archive, (SHORT, Standing.UNKNOWN), (INVENTED, Standing.INFERRED))
    with pytest.raises(StoreError):
        take_in(archive, f"{SHORT} {INVENTED}")


def test_what_anybody_could_say_is_not_refused(archive: Archive) -> None:
    say(archive, (SHORT, Standing.UNKNOWN), (INVENTED, Standing.INFERRED))
    assert take_in(archive, f"{SHORT} But I loved the ferry.")


def test_his_own_words_come_in_again_from_another_original(archive: Archive) -> None:
    """A second copy of his letter is evidence, though the persona quoted it meanwhile."""
    own = "We sat on the harbour wall and ate the whole bag of oranges before noon."
    say(archive, (own, Standing.OWN_WORDS))
    assert take_in(archive, f"Dear Ruth,\n\n{own}\n\nDad")


def test_what_a_relative_told_comes_in_again(archive: Archive) -> None:
    account = "He never once came home from the market on the hill without oranges."
    _, _, memory = archive.tell("A tape", account)
    say(archive, (f"Ruth told it so. {account}", Standing.TOLD), cited=memory.id)
    assert take_in(archive, f"As I said on the tape. {account}")


def test_what_the_listener_said_may_be_handed_in(archive: Archive) -> None:
    archive.store.add_version(make_version())
    archive.store.start_conversation(make_conversation())
    words = "Do you remember how we waited for the ferry with uncle David all night?"
    turn = Turn(
        id="trn_1",
        conversation_id="con_ruth_1",
        position=0,
        speaker=Speaker.LISTENER,
        text=words,
        created_at=NOW,
    )
    archive.store.add_turn(turn)
    assert take_in(archive, words)


def test_a_generated_file_is_refused(archive: Archive) -> None:
    source = make_source("spoken answer")
    archive.store.add_generated_file(source.sha256, "speech")
    with pytest.raises(StoreError, match="made by the persona itself"):
        archive.store.add_source(source, [])
    assert not archive.store.knows_sha(source.sha256)


def test_fingerprints_hold_no_words(archive: Archive) -> None:
    say(archive, (SHORT, Standing.UNKNOWN), (INVENTED, Standing.INFERRED))
    with archive.store._engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM generatedfingerprint").fetchall()
    assert {row.kind for row in rows} == {"sentence", "turn"}
    assert not any("ferry" in str(value) for row in rows for value in row)

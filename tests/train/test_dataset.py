"""Examples are the person's own words, readable by all listeners, and name their passages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.errors import ConsentError
from persona.records import ConsentState, Person, SourceKind
from persona.remember.view import View
from persona.train.dataset import Example, build_examples, own_words, preferred, split
from tests.train.material import Family, example

CHAT = SourceKind.CHAT


def built(view: View, max_tokens: int = 256) -> list[Example]:
    return build_examples(view, view.subject(), view.people(), max_tokens=max_tokens)


def all_text(examples: list[Example]) -> str:
    return "\n".join(message["content"] for item in examples for message in item.messages)


def test_without_consent_nothing_is_made(family: Family) -> None:
    family.put([("henry", "Come home soon, my girl.")], addressee_id="ruth")
    with pytest.raises(ConsentError, match="persona consent"):
        built(family.view())


def test_withdrawn_consent_ends_it(family: Family) -> None:
    family.consent()
    family.consent(state=ConsentState.WITHDRAWN)
    with pytest.raises(ConsentError, match="Henry"):
        built(family.view())


def test_consent_for_one_listener_does_not_cover_another(family: Family) -> None:
    family.put([("henry", "Come home soon, my girl.")], addressee_id="ruth")
    family.consent(audience=["ruth"])
    assert len(built(family.view("ruth"))) == 1
    with pytest.raises(ConsentError):
        built(family.view("ruth", "sam"))


def test_a_letter_tells_who_is_written_to(family: Family) -> None:
    family.consent()
    family.put(
        [("henry", "The lambs\nare here."), ("henry", "Your father")],
        addressee_id="ruth",
        created_edtf="1962-03-04",
        place="Leeds",
    )
    (made,) = built(family.view())
    system, user, assistant = made.messages
    assert system["content"] == (
        "You are Henry. You are writing a letter to Ruth, your daughter. You call them Ruthie."
    )
    assert user["content"] == "Write. (Leeds, 1962-03-04)"
    assert assistant["content"] == "The lambs are here.\n\nYour father"
    assert made.listener_id == "ruth"
    assert len(made.passage_ids) == 2


def test_a_form_of_address_belongs_to_one_listener(family: Family) -> None:
    family.consent()
    family.put([("henry", "To my daughter alone.")], title="a", addressee_id="ruth")
    family.put([("henry", "To my son, about the boat.")], title="b", addressee_id="sam")
    for made in built(family.view()):
        wrong = {"ruth": "bear", "sam": "Ruthie"}[made.listener_id or ""]
        assert wrong not in all_text([made])


def test_a_secret_letter_is_in_no_example_of_who_may_not_read_it(family: Family) -> None:
    family.consent()
    family.put([("henry", "The weather holds.")], title="open", addressee_id="ruth")
    secret = family.put(
        [("henry", "CANARY is hidden in the well.")],
        title="secret",
        addressee_id="ruth",
        rules=[{"deny": ["sam"]}],
    )
    shared, alone = built(family.view("ruth", "sam")), built(family.view("ruth"))
    assert "CANARY" not in all_text(shared)
    assert all(secret not in made.source_ids for made in shared)
    assert "CANARY" in all_text(alone)


def test_a_rule_about_training_alone_is_heeded(family: Family) -> None:
    family.consent()
    family.put(
        [("henry", "Read this, learn it not.")], rules=[{"deny": ["sam"], "acts": ["train_text"]}]
    )
    assert built(family.view("ruth", "sam")) == []


def test_words_of_others_and_unsure_words_are_not_learnt(family: Family) -> None:
    family.consent()
    family.put([("ruth", "I wrote this."), (None, "Nobody knows who wrote this.")], title="a")
    family.put([("henry", "Perhaps he said this.")], title="b", speaker_confidence=0.79)
    family.put([("henry", "Quite surely he said this.")], title="c", speaker_confidence=0.8)
    assert [made.reply for made in built(family.view())] == ["Quite surely he said this."]


def test_captions_are_not_learnt(family: Family) -> None:
    family.consent()
    family.put([("henry", "Me and the boat.")], SourceKind.PHOTO)
    assert built(family.view()) == []


def test_a_chat_has_what_was_said_before_it(family: Family) -> None:
    family.consent()
    family.consent("ruth")
    family.put(
        [("ruth", "Are you up?"), ("ruth", "Dad?"), ("henry", "Yes"), ("henry", "just now")],
        CHAT,
    )
    (made,) = built(family.view())
    assert made.messages[1]["content"] == "Are you up?\nDad?"
    assert made.reply == "Yes\njust now"
    assert made.listener_id == "ruth"


def test_words_of_others_need_their_own_consent(family: Family) -> None:
    family.consent()
    family.put([("ruth", "Are you up?"), ("henry", "Yes, just now.")], CHAT)
    (made,) = built(family.view())
    assert "Are you up" not in all_text([made])


def test_a_hidden_message_ends_the_context(family: Family) -> None:
    """What answers a hidden message must not seem to answer another one."""
    family.consent()
    family.consent("ruth")
    family.consent("sam", ConsentState.GRANTED)
    source = family.put(
        [("ruth", "Is it raining?"), ("sam", "CANARY?"), ("henry", "Never tell her.")], CHAT
    )
    view = family.view("ruth", "sam")
    hidden = view.passages(source_id=source)[1].id
    from persona.records import Restriction

    family.store.put_restrictions([Restriction(id="r", target_id=hidden, deny=["ruth"])])
    (made,) = built(family.view("ruth", "sam"))
    assert "CANARY" not in all_text([made])
    assert "raining" not in all_text([made])


def test_an_answer_in_an_interview_has_its_question(family: Family) -> None:
    family.consent()
    family.put([(None, "Where were you born?"), ("henry", "By the river.")], SourceKind.INTERVIEW)
    (made,) = built(family.view())
    assert made.messages[1]["content"] == "Where were you born?"


def test_a_long_letter_is_cut_at_sentence_ends(family: Family) -> None:
    family.consent()
    sentences = [f"On day {day} of the voyage we saw nothing but rain." for day in range(60)]
    family.put([("henry", " ".join(sentences))], addressee_id="ruth")
    made = built(family.view(), max_tokens=128)
    assert len(made) > 5
    assert " ".join(item.reply for item in made) == " ".join(sentences)
    assert all(item.reply.endswith("rain.") for item in made)
    assert {item.messages[1]["content"] for item in made[1:]} == {"Go on."}


def test_every_reply_stands_in_its_passages(family: Family) -> None:
    family.consent()
    family.put([("henry", "One\ntwo. Three!"), ("henry", "> no\nFour.")], title="a")
    view = family.view()
    texts = {passage.id: passage.text for passage in view.passages()}
    for made in built(view):
        whole = " ".join(texts[passage_id] for passage_id in made.passage_ids)
        for part in made.reply.split("\n\n"):
            assert part in " ".join(whole.split())


def test_a_copied_letter_is_learnt_once(family: Family) -> None:
    family.consent()
    text = "Yesterday we walked along the river until nobody wanted to go home."
    family.put([("henry", text)], title="original")
    family.put([("henry", text.upper())], title="copy")
    assert len(built(family.view())) == 1


def test_the_same_archive_makes_the_same_examples(family: Family) -> None:
    family.consent()
    for day in range(5):
        family.put([("henry", f"Letter number {day}, all is well here.")], title=str(day))
    assert built(family.view()) == built(family.view())
    assert len({made.id for made in built(family.view())}) == 5


def test_people_are_named_as_the_view_names_them(family: Family) -> None:
    family.consent()
    hidden = Person(
        id="sam", name="Sam", relation="son", called_by_subject=["my old bear"], shown_as="hidden"
    )
    family.store.put_people([hidden])
    family.put([("henry", "The boat is yours.")], addressee_id="sam")
    text = all_text(built(family.view()))
    assert "Sam" not in text
    assert "bear" not in text


def test_a_chinese_letter_is_asked_for_in_chinese(family: Family) -> None:
    family.consent()
    days = "".join(f"第{day}天又下雪了，{day * 7}只羊下了崽，信没有来。" for day in range(30))
    family.put([("henry", days)], addressee_id="ruth")
    first, *rest = built(family.view(), max_tokens=128)
    assert first.messages[0]["content"].startswith("你是Henry。你在给Ruth，你的女儿，写信。")
    assert {made.messages[1]["content"] for made in rest} == {"接着说。"}


def test_what_a_program_wrote_is_not_learnt(family: Family) -> None:
    """Law 3: no answer of the persona comes back as its manner."""
    family.consent()
    for kind in (SourceKind.LETTER, SourceKind.CHAT):
        family.put([("henry", "CANARY in his style.")], kind, title=kind.value, synthetic=True)
    family.put([("henry", "My own voice.")], SourceKind.VOICE_CLIP, title="acted", synthetic=True)
    assert [made.reply for made in built(family.view())] == ["My own voice."]


def test_what_was_badly_read_is_not_learnt(family: Family) -> None:
    family.consent()
    family.put([("henry", "Tne 1amhs arc herc.")], title="scan", text_confidence=0.4)
    family.put([("henry", "The lambs are here.")], title="fair", text_confidence=0.7)
    assert [made.reply for made in built(family.view())] == ["The lambs are here."]


def test_a_burst_is_one_reply_without_what_the_program_wrote(family: Family) -> None:
    family.consent()
    family.consent("ruth")
    family.put(
        [
            ("ruth", "<Media omitted>"),
            ("ruth", "is this ours?"),
            ("henry", "um"),
            ("henry", "<Media omitted>"),
            ("henry", "well... it was, er, your mother's"),
            ("henry", "https://example.org/lamp"),
            ("ruth", "oh"),
            ("henry", "This message was deleted"),
        ],
        CHAT,
        addressee_id="ruth",
    )
    (made,) = built(family.view())
    assert made.messages[1]["content"] == "is this ours?"
    assert made.reply == "um\nwell... it was, er, your mother's"
    assert "Ruthie" in made.messages[0]["content"]


def test_a_mail_is_learnt_without_what_it_answers(family: Family) -> None:
    family.consent()
    mail = (
        "Dear Ruth,\nthe boat floats.\n\nDad\n\nSent from my iPhone\n\n"
        "On Mon, 3 May 2010 at 10:12, Ruth wrote:\nCANARY was my secret."
    )
    family.put([("henry", mail)], addressee_id="ruth")
    (made,) = built(family.view())
    assert made.reply == "Dear Ruth, the boat floats. Dad"


def test_a_memory_that_one_may_not_know_takes_its_passage_out(family: Family) -> None:
    """A rule may stand on what was understood, not on the letter it was read in."""
    from persona.records import Citation, Memory, MemoryKind, Restriction

    family.consent()
    source = family.put([("henry", "CANARY is in the well."), ("henry", "It rains.")])
    told = family.view("ruth").passages(source_id=source)[0]
    memory = Memory(
        id="mem_1",
        narrator_id="henry",
        kind=MemoryKind.OWN_WORDS,
        statement=told.text,
        quote=told.text,
        extracted_by="rules/test",
    )
    citation = Citation(
        id="cit_1", memory_id="mem_1", passage_id=told.id, exact=told.text, start=0, end=22
    )
    family.store.add_memories([memory], [citation])
    family.store.put_restrictions([Restriction(id="r", target_id="mem_1", deny=["sam"])])
    assert "CANARY" not in all_text(built(family.view("ruth", "sam")))
    assert "CANARY" in all_text(built(family.view("ruth")))


def test_own_words_are_counted_in_replies_alone() -> None:
    assert own_words([example(1, "three own words"), example(2, "早安")]) == 5


def test_words_to_somebody_come_before_words_to_readers() -> None:
    books = [example(at, f"page {at}", listener=None) for at in range(20)]
    letters = [example(at, f"letter {at}") for at in range(20, 25)]
    chosen = preferred([*books, *letters], 8, seed=1)
    assert [item for item in chosen if item.listener_id] == letters
    assert len(chosen) == 8
    assert preferred([*books, *letters], 100, seed=1) == [*books, *letters]


UNITS = st.lists(st.sampled_from([f"unit {at}" for at in range(30)]), max_size=60)


@given(UNITS, st.floats(0.0, 0.5), st.integers())
def test_a_split_never_cuts_a_unit(units: list[str], share: float, seed: int) -> None:
    examples = [example(at, f"text {at}", unit) for at, unit in enumerate(units)]
    train, held_out = split(examples, share, seed)
    assert {e.unit for e in train}.isdisjoint(e.unit for e in held_out)
    assert sorted(e.id for e in (*train, *held_out)) == sorted(e.id for e in examples)
    assert bool(train) == bool(examples)
    distinct = len(set(units))
    out = len({e.unit for e in held_out})
    assert out == (min(max(1, round(share * distinct)), distinct - 1) if share and units else 0)
    assert split(examples, share, seed) == (train, held_out)


@given(st.integers(2, 30), st.integers())
def test_a_new_unit_moves_at_most_one_other(count: int, seed: int) -> None:
    examples = [example(at, "text", f"unit {at}") for at in range(count + 1)]
    before = {e.unit for e in split(examples[:-1], 0.2, seed)[1]}
    after = {e.unit for e in split(examples, 0.2, seed)[1]}
    assert len(before - after) <= 1


def test_another_seed_holds_out_other_units() -> None:
    examples = [example(at, "text", f"unit {at}") for at in range(40)]
    held = [{e.unit for e in split(examples, 0.1, seed)[1]} for seed in (1, 2)]
    assert held[0] != held[1]

"""The whole path on a small input, with the embedded engines: raw files in, a spoken answer out."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import persona
from persona import steps
from persona.config import models_folder
from persona.converse.answer import AnswerSentence
from persona.converse.talk import Talk
from persona.engines.opening import open_recogniser
from persona.engines.sound import read_sound, write_wav
from persona.opening import open_voice_of_version
from persona.progress import CollectSummary, RememberSummary
from persona.records import Act, SourceKind, Standing
from persona.remember.readers import Custodian, Relative
from persona.remember.store import Store
from persona.train.making import Made
from persona.train.versions import verify_version
from persona.workspace import Workspace, create_workspace, open_workspace

DEMO = Path(persona.__file__).parent / "demo_family"

SETTINGS = """
[training]
steps = 4
checkpoint_every = 2
batch_size = 2
max_tokens = 128
minimum_words = 60
"""

PEOPLE = """
[subject]
id = "arthur"
name = "Arthur Penrose"
died = "2009-10-17"
languages = ["en"]

[[people]]
id = "nell"
name = "Nell Penrose"
relation = "daughter"
called = ["Little Wren"]
calls = ["Dad"]
born = "1962"

[[people]]
id = "ada"
name = "Ada Penrose"
relation = "wife"
calls = ["Arthur"]
born = "1933"

[[consents]]
person = "arthur"
given_by = "ada"
acts = ["train_text"]
text = "His letters may teach the program how he spoke."

[[speakers]]
name = "Dad"
person = "arthur"

[[speakers]]
name = "Nell"
person = "nell"

[[files]]
match = "letters/ada.txt"
narrator = "ada"

[[files]]
match = "letters/*"
narrator = "arthur"

[[files]]
match = "clips/*"
kind = "voice_clip"
narrator = "arthur"
language = "en"
synthetic = true

[[files]]
match = "photos/*"
narrator = "ada"
"""

RAW = {
    "people.toml": PEOPLE,
    "letters/bees.txt": """12 May 1987

Dear Little Wren,

The bees swarmed on Tuesday and I took them out of Mrs Hallett's plum tree with a bucket.
Nobody was stung except the vicar, who had come about the roof and went home without it.

I have painted the boat green again. It is the same green as before, whatever they tell you.

Your loving Dad
""",
    "letters/lighthouse.txt": """3 June 1991

Dear Nell,

You ask about the lighthouse. I kept the light at Godrevy for eleven winters and I never once
fell asleep, because the kettle there sang like a choir of cats and the window would not shut.

Write when you can, and tell me whether the pear tree stood the wind.

Your loving Dad
""",
    "letters/harbour.txt": """20 November 1994

Dear Nell,

The harbour froze at the edge and the gulls walked about on it like deacons. I mended nets all
day with a cup of tea going cold beside me. Your mother says that I am good for nothing else.

Your loving Dad
""",
    "letters/ada.txt": """1 February 2010

Dear Nell,

Arthur never liked the lighthouse. He was lonely there and he left it because of the fog.

Ada
""",
    "chat/WhatsApp Chat with Dad.txt": """12/03/2008, 18:52 - Messages are encrypted.
12/03/2008, 18:55 - Nell: Did you plant the potatoes, Dad?
12/03/2008, 19:20 - Dad: Two rows of King Edwards and one of something the dog chose
13/03/2008, 08:03 - Nell: Photo please
13/03/2008, 08:31 - Dad: The camera is in the shed with the hedgehog. I will not wake him.
""",
    "photos/captions.csv": "file,caption,date\nquay.jpg,Arthur on the quay with his kit bag,1974\n",
}


class Quiet:
    """A report that counts what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.steps: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, what: str, done: int, total: int) -> None:
        assert 0 <= done <= total
        self.steps.append(what)


@dataclass
class Walk:
    """Everything that came of walking the path once, each step twice."""

    workspace: Workspace
    store: Store
    collected: list[CollectSummary]
    remembered: list[RememberSummary]
    trained: list[Made]
    losses: dict[int, float]
    engines: steps.Engines
    talk: Talk
    hashes: dict[str, str]
    answers: dict[str, list[AnswerSentence]] = field(default_factory=dict)

    def ask(self, question: str) -> list[AnswerSentence]:
        """Ask once; the answer is kept for the other tests."""
        if question not in self.answers:
            self.answers[question] = list(self.talk.ask(question))
        return self.answers[question]


def write_raw(folder: Path) -> Path:
    for name, text in RAW.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "clips").mkdir()
    shutil.copy(DEMO / "clips" / "broth.m4a", folder / "clips")
    shutil.copy(DEMO / "photos" / "quay.jpg", folder / "photos")
    return folder


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Walk]:
    """Walk the path once for all tests of this file."""
    parent = tmp_path_factory.mktemp("whole path")
    raw = write_raw(parent / "raw")
    before = hashes(raw)
    made = create_workspace(parent, "Arthur Penrose")
    settings = made.root / "persona.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    made = open_workspace(made.root)
    collected = [steps.collect(made, [raw], Quiet()) for _ in range(2)]
    remembered = [steps.remember(made, Quiet()) for _ in range(2)]
    losses: dict[int, float] = {}
    trained = [
        steps.train(made, Quiet(), name="first", on_loss=losses.__setitem__) for _ in range(2)
    ]
    assert hashes(raw) == before, "what is handed in is only read"
    with steps.open_store(made) as store:
        engines = steps.open_engines(made, trained[0].version)
        talk = steps.start_talk(made, store, listener_id="nell", engines=engines)
        kept = hashes(made.originals)
        yield Walk(made, store, collected, remembered, trained, losses, engines, talk, kept)
        talk.end()
        for model in (engines.language_model, engines.adapted):
            if model is not None:
                model.close()


def test_everything_is_taken_in_once(walked: Walk) -> None:
    first, second = walked.collected
    assert first.left_out == []
    assert len(first.new) == len(RAW) - 2 + 2, "all but people.toml and captions.csv, and two more"
    assert (second.new, second.passages, second.already_here) == ([], 0, len(first.new))
    kinds = sorted(source.kind for source in walked.store.reader(Custodian()).sources())
    letters = [SourceKind.LETTER] * 4
    assert kinds == sorted([*letters, SourceKind.CHAT, SourceKind.VOICE_CLIP, SourceKind.PHOTO])


def test_the_recording_was_heard_with_the_time_of_each_word(walked: Walk) -> None:
    view = walked.store.reader(Custodian())
    [clip] = [s for s in view.sources() if s.kind is SourceKind.VOICE_CLIP]
    passages = view.passages(source_id=clip.id)
    assert "do not stir it" in " ".join(passage.text for passage in passages)
    assert all(passage.speaker_id == "arthur" and passage.words for passage in passages)
    assert all("whisper-base" in passage.transcript_version for passage in passages)


def test_memories_say_who_told_them_and_are_told_once(walked: Walk) -> None:
    first, second = walked.remembered
    assert first.new == first.total == second.total
    assert second.new == 0
    assert set(first.narrators) == {"Arthur Penrose", "Ada Penrose"}
    assert first.waiting == []
    view = walked.store.reader(Custodian())
    for memory in view.memories():
        for citation in view.citations(memory.id):
            text = view.passage(citation.passage_id).text
            assert text[citation.start : citation.end] == citation.exact


def test_the_manner_is_learnt_from_his_words_and_the_same_again_is_the_same(
    walked: Walk,
) -> None:
    first, second = walked.trained
    assert (first.new, second.new) == (True, False)
    assert second.version.id == first.version.id
    assert sorted(walked.losses) == [1, 2, 3, 4]
    assert all(0 < loss < 20 for loss in walked.losses.values())
    assert [version.id for version in walked.store.reader(Custodian()).versions()] == [
        first.version.id
    ]
    manifest = verify_version(walked.workspace.versions / first.version.id)
    assert manifest.adapter_sha256
    view = walked.store.reader(Custodian(), act=Act.TRAIN_TEXT)
    for sources in manifest.example_sources.values():
        for source_id in sources:
            assert {p.speaker_id for p in view.passages(source_id=source_id)} & {"arthur"}


def test_a_conversation_names_its_version_and_says_what_it_is(walked: Walk) -> None:
    assert walked.talk.version.id == walked.trained[0].version.id
    assert "simulation of Arthur Penrose" in walked.talk.notice
    assert "Little Wren" in walked.talk.greeting
    assert walked.engines.adapted is not None


def test_his_own_words_answer(walked: Walk) -> None:
    first = walked.ask("Who was stung when the bees swarmed?")[0]
    assert first.standing is Standing.OWN_WORDS
    assert first.text.startswith("I wrote to you on 12 May 1987: “")
    [span] = first.citations
    passage = walked.store.reader(Relative("nell")).passage(span.passage_id)
    assert passage.text[span.start : span.end] == first.quoted
    assert "vicar" in first.quoted


def test_an_account_names_who_tells_it(walked: Walk) -> None:
    told = [
        sentence
        for sentence in walked.ask("Why did you leave the lighthouse, was it because of the fog?")
        if sentence.standing is Standing.TOLD
    ]
    assert told
    assert "Ada" in told[0].text
    assert told[0].narrator_id == "ada"


def test_what_nobody_told_is_not_known_and_becomes_a_question(walked: Walk) -> None:
    question = "What was the name of your submarine in Peru?"
    answer = walked.ask(question)
    assert answer[0].standing is Standing.UNKNOWN
    assert all(not sentence.citations for sentence in answer)
    open_questions = walked.store.reader(Relative("nell")).open_questions()
    assert question in [kept.question for kept in open_questions]


def test_his_recording_is_heard_after_a_spoken_notice(walked: Walk, tmp_path: Path) -> None:
    [*_, clip_sentence] = [s for s in walked.ask("What do you not stir?") if s.clip]
    assert clip_sentence.standing is Standing.OWN_WORDS
    turn = walked.talk.last_turn_id
    assert turn is not None
    voice = open_voice_of_version(walked.workspace, walked.trained[0].version, own=True)
    assert voice is not None
    spoken = steps.speak_turn(walked.workspace, walked.store, turn, voice, Relative("nell"))
    parts = json.loads(spoken.with_suffix(".json").read_text(encoding="utf-8"))["parts"]
    assert (parts[0]["what"], parts[0]["synthetic"]) == ("notice", True)
    originals = [part for part in parts if "source" in part]
    assert all(part["synthetic"] for part in originals), "the demo clip is acted, and said to be"
    assert clip_sentence.clip is not None
    assert [part["source"] for part in originals] == [clip_sentence.clip.source_id]
    length = clip_sentence.clip.end_s - clip_sentence.clip.start_s
    assert originals[0]["end_s"] - originals[0]["start_s"] == pytest.approx(length, abs=0.1)

    notice = tmp_path / "notice.wav"
    sound = read_sound(spoken, rate_hz=16_000, end_s=parts[0]["end_s"])
    write_wav(notice, sound, rate_hz=16_000, comment="the notice alone")
    recogniser = open_recogniser(walked.workspace.config, models_folder())
    assert recogniser is not None
    heard = recogniser.transcribe(notice, language="en")
    assert "simulation" in " ".join(segment.text for segment in heard.segments).lower()


def test_originals_are_the_files_that_were_handed_in(walked: Walk) -> None:
    assert hashes(walked.workspace.originals) == walked.hashes
    for name, sha256 in walked.hashes.items():
        assert Path(name).name == sha256

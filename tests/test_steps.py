"""The steps as the screens and the command line call them: repeatable, resumable, and honest."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona import steps
from persona.collect.family.people import read_people
from persona.converse.talk import Talk
from persona.engines.deterministic import HashEmbedder, ScriptedLanguageModel, ToneVoice
from persona.errors import CollectError, ConfigError, NotReadable, TrainError, VersionError
from persona.opening import open_voice_of_version, source_file
from persona.records import Standing, VersionState
from persona.remember.readers import Custodian, Relative, Stranger
from persona.remember.store import Store
from persona.train.versions import read_manifest
from persona.workspace import Workspace, create_workspace, open_workspace
from tests.converse.conftest import SETTINGS, Silent
from tests.converse.raw_family import LETTERS, write_raw_family

BEES = "Who was stung when the bees swarmed?"


def make_workspace(parent: Path) -> Workspace:
    made = create_workspace(parent, "Arthur Penrose")
    file = made.root / "persona.toml"
    file.write_text(file.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    return open_workspace(made.root)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return write_raw_family(tmp_path / "raw")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Workspace:
    """Return an archive with version 1; tests copy it before they change it."""
    parent = tmp_path_factory.mktemp("built")
    made = make_workspace(parent)
    steps.collect(made, [write_raw_family(parent / "raw")], Silent())
    steps.remember(made, Silent())
    steps.train(made, Silent(), name="first")
    return made


@pytest.fixture
def copied(built: Workspace, tmp_path: Path) -> Workspace:
    root = tmp_path / "copy"
    shutil.copytree(built.root, root)
    return open_workspace(root)


@pytest.fixture
def store(copied: Workspace) -> Iterator[Store]:
    with steps.open_store(copied) as opened:
        yield opened


def talk(workspace: Workspace, store: Store, who: str | None = "nell", seed: int = 0) -> Talk:
    engines = steps.Engines(ScriptedLanguageModel(), None, HashEmbedder())
    return steps.start_talk(workspace, store, listener_id=who, engines=engines, seed=seed)


# --- collect -----------------------------------------------------------------------------------


def test_a_zip_a_folder_and_a_file_hold_the_same_letters_once(
    workspace: Workspace, raw: Path, tmp_path: Path
) -> None:
    box = tmp_path / "box.zip"
    with zipfile.ZipFile(box, "w") as packed:
        for path in sorted((raw / "letters").iterdir()):
            packed.write(path, f"letters/{path.name}")
    first = steps.collect(workspace, [raw], Silent())
    assert (len(first.new), first.already_here, first.left_out) == (len(LETTERS), 0, [])
    again = steps.collect(workspace, [box, raw / "letters" / "nell.txt"], Silent())
    assert (again.new, again.already_here) == ([], len(LETTERS) + 1)


def test_progress_goes_from_nothing_to_all(workspace: Workspace, raw: Path) -> None:
    report = Silent()
    steps.collect(workspace, [raw], report)
    assert report.lines[0].endswith(f" 0/{len(LETTERS)}")
    assert report.lines[-1] == f"Reading {len(LETTERS)}/{len(LETTERS)}"


def test_people_may_come_from_elsewhere_or_from_before(
    workspace: Workspace, raw: Path, tmp_path: Path
) -> None:
    letters = raw / "letters"
    with pytest.raises(ConfigError, match=r"people\.toml"):
        steps.collect(workspace, [letters], Silent())
    book = read_people(raw / "people.toml")
    assert steps.collect(workspace, [letters / "nell.txt"], Silent(), book=book).new
    assert steps.collect(workspace, [letters / "jack.txt"], Silent(), contributor="Ada").new
    with steps.open_store(workspace) as opened:
        by_name = {s.file_name: s for s in opened.reader(Custodian()).sources()}
        assert [s.contributor for s in by_name.values()].count("Ada") == 1
        assert {person.id for person in opened.reader(Custodian()).people()} >= {"nell", "jack"}


def test_paths_that_hold_nothing_are_refused_before_anything_is_made(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "empty" / "deep").mkdir(parents=True)
    for name in ("empty", "not there"):
        with pytest.raises(CollectError):
            steps.collect(workspace, [tmp_path / name], Silent())
    assert not workspace.database.exists()


def test_one_missing_path_of_two_is_listed(workspace: Workspace, raw: Path) -> None:
    summary = steps.collect(workspace, [raw, raw / "not there"], Silent())
    assert len(summary.new) == len(LETTERS)
    [(_, reason)] = summary.left_out
    assert "There is nothing at" in reason


# --- remember ----------------------------------------------------------------------------------


def test_remembering_again_adds_nothing_and_counts_by_narrator(
    workspace: Workspace, raw: Path
) -> None:
    steps.collect(workspace, [raw], Silent())
    first, second = (steps.remember(workspace, Silent()) for _ in range(2))
    assert first.new == first.total == sum(first.narrators.values())
    assert (second.new, second.total) == (0, first.total)


def test_who_wrote_it_is_not_known_so_it_waits(workspace: Workspace, raw: Path) -> None:
    (raw / "found.txt").write_text("The bees were his choir and he sang to them every night.")
    steps.collect(workspace, [raw], Silent())
    [waiting] = steps.remember(workspace, Silent()).waiting
    assert waiting.startswith("found.txt")


def test_the_vectors_are_a_cache(copied: Workspace, store: Store) -> None:
    before = [s.text for s in talk(copied, store).ask(BEES)]
    shutil.rmtree(copied.derived)
    copied.derived.mkdir()
    assert [s.text for s in talk(copied, store).ask(BEES)] == before
    steps.remember(copied, Silent())
    assert list(copied.derived.iterdir())


# --- train -------------------------------------------------------------------------------------


def test_the_usual_audience_is_every_living_adult(built: Workspace) -> None:
    with steps.open_store(built) as opened:
        [version] = opened.reader(Custodian()).versions()
    manifest = read_manifest(built.versions / version.id)
    assert manifest.audience == ("ada", "jack", "nell")
    assert manifest.voice["donor"] == "a tone, nobody's voice"


def test_an_audience_that_is_not_there_is_said(copied: Workspace) -> None:
    with pytest.raises(TrainError, match="'uncle-bob' is not one of: ada, arthur, jack, nell"):
        steps.train(copied, Silent(), audience=["nell", "uncle-bob"])
    assert len(list(copied.versions.iterdir())) == 1


def test_an_archive_of_nothing_makes_no_version(workspace: Workspace, raw: Path) -> None:
    with pytest.raises(TrainError, match="persona collect"):
        steps.train(workspace, Silent())
    steps.collect(workspace, [raw], Silent())
    with pytest.raises(TrainError, match="persona remember"):
        steps.train(workspace, Silent())


# --- converse ----------------------------------------------------------------------------------


def test_the_engines_are_those_of_the_version(copied: Workspace, store: Store) -> None:
    [version] = store.reader(Custodian()).versions()
    engines = steps.open_engines(copied, version)
    assert engines.adapted is None, "nothing was trained"
    assert (engines.language_model is not None, engines.embedder is not None) == (True, True)
    voice = open_voice_of_version(copied, version, own=True)
    assert voice is not None
    assert voice.name == "tone"


def test_who_is_not_of_the_archive_cannot_talk(copied: Workspace, store: Store) -> None:
    with pytest.raises(NotReadable):
        talk(copied, store, "uncle-bob")
    assert store.reader(Custodian()).conversations() == []


def test_a_retired_version_is_not_the_newest(copied: Workspace, store: Store) -> None:
    [version] = store.reader(Custodian()).versions()
    store.set_version_state(version.id, VersionState.RETIRED, "")
    with pytest.raises(VersionError, match="persona train"):
        talk(copied, store)


def test_an_answer_is_spoken_for_who_heard_it(copied: Workspace, store: Store) -> None:
    conversation = talk(copied, store)
    assert list(conversation.ask(BEES))
    turn, voice = conversation.last_turn_id, ToneVoice()
    assert turn is not None
    for other in (Relative("jack"), Stranger()):
        with pytest.raises(NotReadable):
            steps.speak_turn(copied, store, turn, voice, other)
    out = steps.speak_turn(copied, store, turn, voice, Relative("nell"))
    assert out.parent == copied.conversations


def test_a_stranger_hears_what_was_just_said(copied: Workspace, store: Store) -> None:
    conversation = talk(copied, store, None)
    said = list(conversation.ask("Did you sing to the bees?"))
    assert said[0].standing is Standing.TOLD
    assert conversation.last_turn_id is not None
    out = steps.speak_turn(
        copied, store, conversation.last_turn_id, ToneVoice(), Stranger(), sentences=said
    )
    assert out.is_file()


def test_an_original_lies_under_its_hash(copied: Workspace, store: Store) -> None:
    for source in store.reader(Custodian()).sources():
        path = source_file(copied, source)
        assert path.name == source.sha256
        assert path.stat().st_size == source.size_bytes


def test_who_did_not_hear_an_answer_cannot_bring_words_to_hear_it(
    copied: Workspace, store: Store
) -> None:
    """The sentences are a stranger's only; for everybody else the one door is asked."""
    heard = talk(copied, store, "nell")
    said = list(heard.ask("Who was stung when the bees swarmed?"))
    assert heard.last_turn_id is not None
    with pytest.raises(NotReadable):
        steps.speak_turn(
            copied, store, heard.last_turn_id, ToneVoice(), Relative("ada"), sentences=said
        )

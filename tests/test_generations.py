"""Versions as a family keeps them: listed, named, made ready, ended, made anew, tidied up."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from persona import steps
from persona.atomic import folder_sha256
from persona.errors import VersionError
from persona.keeper import generations, tidy
from persona.keeper.verify import verify_archive
from persona.keeper.withdraw import withdraw
from persona.records import DonorKind, MadeVoice, VersionState
from persona.remember.readers import Custodian, Relative
from persona.train.versions import read_manifest, verify_version
from persona.workspace import Workspace, open_workspace
from tests.command import Run
from tests.converse.conftest import Silent
from tests.laws.raw_path import bytes_below, talk_to
from tests.train.material import make_tiny_base
from tests.two_versions import SWIFTS, make_two, versions_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    base = make_tiny_base(tmp_path_factory.mktemp("tiny-base"))
    return make_two(tmp_path_factory.mktemp("generations"), base)


@pytest.fixture
def archive(made: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(made.root, tmp_path / "arthur")
    return open_workspace(tmp_path / "arthur")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


def set_state(archive: Workspace, number: int, state: VersionState) -> None:
    with steps.open_store(archive) as store:
        store.set_version_state(versions_of(archive)[number - 1].id, state, "")


def test_a_draft_is_the_keepers_until_it_is_made_ready(archive: Workspace, run: Run) -> None:
    set_state(archive, 2, VersionState.DRAFT)
    asked = ("chat", "--as", "nell", "--ask", "Hello", "-w", archive.root)
    assert "Version 1." in run(*asked).out, "the family talks with the one before"
    assert "Version 2." in run(*asked, "--version", "2").out, "whoever types commands may try it"
    with steps.open_store(archive) as store, pytest.raises(VersionError, match="is a draft"):
        steps.start_talk(archive, store, listener_id="nell", version="2")
    assert "draft" in run("versions", "-w", archive.root).out
    assert "The family has version 2" in run("versions", "activate", "2", "-w", archive.root).out
    assert "Version 2." in run(*asked).out


def test_a_draft_that_is_talked_to_goes_on_when_it_is_made_ready(archive: Workspace) -> None:
    set_state(archive, 2, VersionState.DRAFT)
    with steps.open_store(archive) as store:
        talk = steps.start_talk(
            archive, store, listener_id="nell", version="2", states=generations.BY_THE_KEEPER
        )
        assert list(talk.ask("bees?"))
        generations.activate(archive, "2")
        assert list(talk.ask("bees?"))
        generations.retire_version(archive, "2", "")
        with pytest.raises(VersionError):
            list(talk.ask("bees?"))


def test_only_a_whole_version_is_made_ready(archive: Workspace) -> None:
    set_state(archive, 2, VersionState.DRAFT)
    adapter = archive.versions / versions_of(archive)[1].id / "adapter"
    for path in adapter.iterdir():
        path.chmod(0o644)
        path.unlink()
    with pytest.raises(VersionError, match="damaged"):
        generations.activate(archive, "2")
    assert versions_of(archive)[1].state is VersionState.DRAFT


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (VersionState.ACTIVE, "already"),
        (VersionState.RETIRED, "--again"),
        (VersionState.BLOCKED, "rebuild 1"),
    ],
)
def test_what_cannot_be_made_ready_says_what_to_do(
    archive: Workspace, state: VersionState, words: str
) -> None:
    set_state(archive, 1, state)
    with pytest.raises(VersionError, match=words):
        generations.activate(archive, "1")


def test_a_version_retired_by_mistake_comes_back_on_purpose(archive: Workspace) -> None:
    generations.retire_version(archive, "1", "a slip")
    generations.activate(archive, "1", again=True)
    with steps.open_store(archive) as store:
        assert list(talk_to(archive, store, "nell").ask("bees?"))


def test_a_name_changes_nothing_but_the_name(archive: Workspace, run: Run) -> None:
    version = versions_of(archive)[0]
    before = folder_sha256(archive.versions / version.id / "adapter")
    ran = run("versions", "name", "1", "  the first\n generation", "-w", archive.root)
    assert "“the first generation”" in ran.out
    assert "the first generation" in run("versions", "-w", archive.root).out
    assert versions_of(archive)[0].id == version.id
    assert folder_sha256(archive.versions / version.id / "adapter") == before
    taken = run("versions", "name", "2", "the first generation", "-w", archive.root)
    assert "Version 1 is called" in taken.sentence


def test_the_list_says_what_each_takes_up(archive: Workspace, run: Run) -> None:
    said = run("versions", "-w", archive.root).out
    assert "own words" in said
    assert "kB on the disk" in said
    assert "counted once" in said


def test_an_equal_adapter_is_shared(archive: Workspace) -> None:
    """Other settings of the conversation make another version with the same manner."""
    settings = archive.root / "persona.toml"
    settings.write_text(settings.read_text() + "\n[conversation]\nsentence_limit = 3\n")
    third = steps.train(open_workspace(archive.root), Silent()).version
    second = versions_of(archive)[1]
    ours, theirs = (archive.versions / one.id / "adapter" for one in (third, second))
    weights = "adapter_model.safetensors"
    assert (ours / weights).samefile(theirs / weights)
    assert all(path.stat().st_nlink > 1 for path in ours.iterdir())
    shelf = generations.shelf(archive)
    shared = shelf.use[third.id].shared_bytes
    assert shared == sum(path.stat().st_size for path in theirs.iterdir())
    alone = sum(use.whole_bytes for use in shelf.use.values())
    assert shelf.total_bytes <= alone - shared, "counted once"
    generations.retire_version(archive, second.id, "")
    more = tidy.plan_tidy(archive, retired=True).freed_bytes - tidy.plan_tidy(archive).freed_bytes
    assert more < (ours / weights).stat().st_size, "version 3 still needs it"
    tidy.tidy(archive, retired=True)
    verify_version(archive.versions / third.id)


def test_a_withdrawn_adapter_leaves_the_shared_one_whole(archive: Workspace) -> None:
    second = versions_of(archive)[1]
    folder = archive.versions / second.id
    copy = archive.root / "kept"
    copy.mkdir()
    for path in (folder / "adapter").iterdir():
        (copy / path.name).hardlink_to(path)
    before = folder_sha256(copy)
    with steps.open_store(archive) as store, store.reader(Custodian()) as view:
        [letter] = [one for one in view.sources() if one.file_name.endswith("nell.txt")]
    withdraw(archive, "source", letter.id, "custodian", report=Silent())
    assert not (folder / "adapter").exists()
    assert folder_sha256(copy) == before


# Made anew after a withdrawal


def test_a_blocked_version_is_made_anew_without_what_was_taken_back(
    archive: Workspace, run: Run
) -> None:
    with steps.open_store(archive) as store, store.reader(Custodian()) as view:
        [letter] = [one for one in view.sources() if one.file_name.endswith("more.txt")]
        lost = {m.id for m in view.memories() if m.quote == SWIFTS}
    withdraw(archive, "source", letter.id, "nell", report=Silent())
    assert [one.state for one in versions_of(archive)] == [
        VersionState.ACTIVE,
        VersionState.BLOCKED,
    ]
    ran = run("versions", "rebuild", "2", "-w", archive.root)
    assert "Version 3 is made" in ran.out, ran.err
    third = versions_of(archive)[2]
    manifest = read_manifest(archive.versions / third.id)
    blocked = read_manifest(archive.versions / versions_of(archive)[1].id)
    assert manifest.audience == blocked.audience
    assert letter.id not in {one for ids in manifest.example_sources.values() for one in ids}
    text = (archive.versions / third.id / "memories.txt").read_text()
    assert not lost & set(text.split())
    assert SWIFTS.encode() not in bytes_below(archive.versions)
    with steps.open_store(archive) as store:
        said = " ".join(s.text for s in talk_to(archive, store, "nell").ask("swifts? the chapel?"))
    assert "swifts are back" not in said
    assert verify_archive(archive, Silent()).ok


def test_nobody_is_let_in_because_everybody_named_is_gone(
    archive: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No audience would mean every living adult, who were never asked."""
    from persona.remember.view import View

    monkeypatch.setattr(View, "people", lambda self: [])
    with pytest.raises(VersionError, match="--for PERSON"):
        generations.rebuild_version(archive, "2", Silent())


# Tidying up


def test_only_leftovers_go(archive: Workspace, run: Run) -> None:
    half = archive.versions / ".ver_x.unfinished" / "adapter"
    half.mkdir(parents=True)
    (half / "w").write_bytes(b"x" * 5000)
    stray = archive.versions / "ver_nobody_listed"
    stray.mkdir()
    (archive.training / "checkpoint.pt").write_bytes(b"y" * 7000)
    (archive.root / "voices" / "voi_nobody").mkdir(parents=True)
    before = {one.id: folder_sha256(archive.versions / one.id / "adapter")
              for one in versions_of(archive)}  # fmt: skip
    asked = run("versions", "tidy", "-w", archive.root, typed="n\n")
    assert asked.code == 1
    assert "Nothing was removed" in asked.out
    assert half.exists()
    done = run("versions", "tidy", "--yes", "-w", archive.root)
    for name in (".ver_x.unfinished", "ver_nobody_listed", "checkpoint.pt", "voi_nobody"):
        assert name in done.out
    assert not half.exists() and not stray.exists()
    assert list(archive.training.iterdir()) == []
    assert before == {one: folder_sha256(archive.versions / one / "adapter") for one in before}
    assert verify_archive(archive, Silent()).ok
    assert "nothing to tidy up" in run("versions", "tidy", "-w", archive.root).out


def test_what_a_retired_version_learnt_goes_only_when_asked(archive: Workspace) -> None:
    first = versions_of(archive)[0]
    generations.retire_version(archive, "1", "")
    tidy.tidy(archive)
    assert (archive.versions / first.id / "adapter").is_dir()
    planned = tidy.plan_tidy(archive, retired=True)
    assert planned.freed_bytes > 10_000
    tidy.tidy(archive, retired=True)
    assert not (archive.versions / first.id / "adapter").exists()
    assert (archive.versions / first.id / "manifest.json").is_file()
    assert (archive.versions / versions_of(archive)[1].id / "adapter").is_dir()
    result = verify_archive(archive, Silent())
    assert result.ok, result.faults


def test_what_was_removed_to_make_room_comes_back_the_same(archive: Workspace, run: Run) -> None:
    second = versions_of(archive)[1]
    adapter = archive.versions / second.id / "adapter"
    before = folder_sha256(adapter)
    generations.retire_version(archive, "2", "")
    tidy.tidy(archive, retired=True)
    assert not adapter.exists()
    again = ("versions", "activate", "2", "--again", "-w", archive.root)
    assert "persona versions rebuild 2" in run(*again).err
    assert "byte for byte" in run("versions", "rebuild", "2", "-w", archive.root).out
    assert folder_sha256(adapter) == before
    assert versions_of(archive)[1].state is VersionState.RETIRED, "that is for the family to say"
    assert run(*again).code == 0
    assert len(versions_of(archive)) == 2
    assert verify_archive(archive, Silent()).ok


def test_an_adapter_removed_by_hand_is_still_damage(archive: Workspace) -> None:
    generations.retire_version(archive, "1", "")
    shutil.rmtree(archive.versions / versions_of(archive)[0].id / "adapter")
    assert not verify_archive(archive, Silent()).ok


def test_nothing_is_tidied_while_another_step_writes(archive: Workspace) -> None:
    from persona.errors import WorkspaceError
    from persona.opening import writing

    with writing(archive), pytest.raises(WorkspaceError):
        tidy.tidy(archive)


# Voices and names when it is made


def test_the_voice_is_declared_in_the_manifest(archive: Workspace, run: Run) -> None:
    assert run("train", "--voice", "none", "--draft", "-w", archive.root).code == 0
    third = versions_of(archive)[2]
    assert third.state is VersionState.DRAFT
    manifest = read_manifest(archive.versions / third.id)
    assert manifest.voice == {"name": "none"}
    assert manifest.settings["engines"]["voice"] == "none"
    again = run("train", "--voice", "none", "-w", archive.root)
    assert "It is a draft" in again.out


def made_voice(archive: Workspace) -> MadeVoice:
    """Put a designed voice into the archive, as if it had been made."""
    folder = archive.root / "voices" / "voi_quiet"
    folder.mkdir(parents=True)
    (folder / "style.npy").write_bytes(b"a voice")
    voice = MadeVoice(
        id="voi_quiet", donor=DonorKind.DESIGNED, engine="kokoro",
        files_sha256=folder_sha256(folder), created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    with steps.open_store(archive) as store:
        assert store.put_voice(voice)
    return voice


def test_a_made_voice_goes_with_its_version_and_says_whose_it_is(
    archive: Workspace, run: Run
) -> None:
    voice = made_voice(archive)
    assert run("train", "--voice", voice.id, "-w", archive.root).code == 0
    manifest = read_manifest(archive.versions / versions_of(archive)[2].id)
    assert manifest.voice["voice_id"] == voice.id
    assert manifest.voice["donor_kind"] == "designed"
    assert manifest.voice["files_sha256"] == voice.files_sha256
    assert "nobody" in manifest.voice["donor"] or "designed" in manifest.voice["donor"]
    ours = archive.versions / versions_of(archive)[2].id / "voice" / "style.npy"
    assert ours.samefile(archive.root / "voices" / voice.id / "style.npy")
    proof = ("verify", "3", "-w", archive.root)
    assert "Its voice voi_quiet" in run(*proof).out
    generations.retire_version(archive, "3", "")
    tidy.tidy(archive, retired=True)
    assert not ours.exists()
    assert (archive.root / "voices" / voice.id / "style.npy").is_file(), "the voice itself stays"
    emptied = run(*proof)
    assert (emptied.code, "erased on purpose" in emptied.out) == (0, True), emptied.out
    with steps.open_store(archive) as store:
        store.block_voice(voice.id, "nobody agrees any more.")
    again = run("train", "--voice", voice.id, "--name", "x", "-w", archive.root)
    assert "nobody agrees any more" in again.sentence


def test_a_voice_whose_files_were_changed_is_not_used(archive: Workspace, run: Run) -> None:
    voice = made_voice(archive)
    (archive.root / "voices" / voice.id / "style.npy").write_bytes(b"another")
    refused = run("train", "--voice", voice.id, "-w", archive.root)
    assert "missing or were changed" in refused.sentence
    assert len(versions_of(archive)) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--voice", "voi_none"), "There is no voice voi_none"),
        (("--voice", "opera"), "There is no voice opera"),
        (("--name", "3", "--voice", "none"), "taken for a number"),
    ],
)
def test_what_cannot_be_trained_says_so_before_it_learns(
    archive: Workspace, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    ran = run("train", *arguments, "-w", archive.root)
    assert ran.code == 1
    assert words in ran.err
    assert len(versions_of(archive)) == 2


def test_a_listener_without_rights_is_never_told_of_golden_questions(archive: Workspace) -> None:
    from persona.proof.golden import keep_golden

    keep_golden(archive, versions_of(archive)[1].id, Silent())
    with steps.open_store(archive) as store:
        for listener in ("nell", "jack", "ada"):
            with store.reader(Relative(listener)) as view:
                assert view.conversations() == []
                assert view.open_questions() == []

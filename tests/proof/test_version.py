"""`persona verify VERSION`: whole, or one clear sentence for each thing that is not."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from persona import steps
from persona.errors import VersionError
from persona.keeper.verify import verify_archive
from persona.progress import VerifyResult
from persona.proof import prove_version
from persona.proof.golden import keep_golden
from persona.records import Manifest, VersionState
from persona.remember.readers import Custodian
from persona.workspace import Workspace
from tests.converse.conftest import Silent
from tests.two_versions import versions_of


def proved(archive: Workspace, reference: str = "1", *, rebuild: bool = False) -> VerifyResult:
    return prove_version(archive, reference, Silent(), rebuild=rebuild)


def the_folder(archive: Workspace, number: int = 1) -> Path:
    folder = archive.versions / versions_of(archive)[number - 1].id
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def test_a_version_is_whole_and_comes_out_the_same_again(archive: Workspace) -> None:
    keep_golden(archive, versions_of(archive)[0].id, Silent())
    result = proved(archive, rebuild=True)
    assert result.ok, result.faults
    said = " ".join(result.sentences())
    assert f"the same bytes, and the same id {versions_of(archive)[0].id}" in said
    assert "fixed phrases that it was made with" in said
    assert "4 of 4 answers" in said
    assert not (archive.training / "again" / versions_of(archive)[0].id).exists()


def test_the_newest_comes_out_the_same_too_although_it_has_secrets(archive: Workspace) -> None:
    assert proved(archive, "2", rebuild=True).ok


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


def no_such_sources(folder: Path) -> None:
    path = folder / "examples.json"
    path.write_text(path.read_text().replace("src_", "src-"))


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "manifest edited": (
        lambda f: (f / "manifest.json").write_text(
            (f / "manifest.json").read_text().replace('"nell"', '"eve"')
        ),
        "its manifest was changed",
    ),
    "manifest is no manifest": (lambda f: (f / "manifest.json").write_text("{"), "cannot be read"),
    "memories edited": (lambda f: flip(f / "memories.txt"), "its list of memories was changed"),
    "memories gone": (lambda f: (f / "memories.txt").unlink(), "list of memories is missing"),
    "adapter corrupt": (lambda f: flip(f / "adapter" / "adapter_model.safetensors"), "its adapter"),
    "adapter gone": (lambda f: shutil.rmtree(f / "adapter"), "its adapter is missing"),
    "a file more in the adapter": (lambda f: (f / "adapter" / "x").write_text("x"), "its adapter"),
    "phrases edited": (lambda f: flip(f / "phrases.toml"), "its phrases were changed"),
    "examples edited": (no_such_sources, "its list of examples was changed"),
    "examples gone": (lambda f: (f / "examples.json").unlink(), "list of examples cannot be read"),
    "the folder gone": (shutil.rmtree, "its folder is missing"),
    "manifest gone": (lambda f: (f / "manifest.json").unlink(), "its manifest is missing"),
    "a blank in the manifest": (
        lambda f: (f / "manifest.json").write_text((f / "manifest.json").read_text() + " "),
        "manifest.json is missing or was changed",
    ),
    "losses edited": (lambda f: flip(f / "losses.json"), "losses.json is missing or was changed"),
    "losses gone": (lambda f: (f / "losses.json").unlink(), "losses.json is missing"),
    "phrases gone": (lambda f: (f / "phrases.toml").unlink(), "phrases.toml is missing"),
    "a folder in the adapter": (lambda f: (f / "adapter" / "x").mkdir(), "its adapter"),
    "a file put into it": (lambda f: (f / "notes.txt").write_text("x"), "notes.txt does not"),
    "a voice put into it": (lambda f: (f / "voice").mkdir(), "voice does not belong"),
}


@pytest.mark.parametrize("what", list(DAMAGE))
def test_a_folder_edited_by_hand_is_said_in_a_sentence(archive: Workspace, what: str) -> None:
    damage, words = DAMAGE[what]
    damage(the_folder(archive))
    faults = proved(archive).faults
    assert any(words in fault for fault in faults), faults
    assert all(fault.endswith((".", "train", "versions")) for fault in faults), faults


def test_what_a_file_manager_leaves_behind_is_no_damage(archive: Workspace) -> None:
    for place in (the_folder(archive), the_folder(archive) / "adapter"):
        (place / ".DS_Store").write_bytes(b"where the window was")
    assert proved(archive).ok
    assert verify_archive(archive, Silent()).ok


def test_one_damaged_version_leaves_the_other_whole(archive: Workspace) -> None:
    flip(the_folder(archive, 1) / "adapter" / "adapter_model.safetensors")
    assert not proved(archive, "1").ok
    assert proved(archive, "2").ok


def base_of(archive: Workspace) -> Path:
    """Return where the base model lies."""
    settings = archive.root / "persona.toml"
    [line] = [one for one in settings.read_text().splitlines() if "base_model" in one]
    return Path(line.split('"')[1])


def test_a_base_model_that_was_changed_under_it_is_noticed(archive: Workspace) -> None:
    base = base_of(archive)
    weights = base / "model.safetensors"
    kept = weights.read_bytes()
    tensors = load_file(weights)
    name = sorted(tensors)[0]
    tensors[name] = tensors[name] * 2
    try:
        save_file(tensors, weights, {"format": "pt"})
        result = proved(archive, rebuild=True)
    finally:
        weights.write_bytes(kept)
    assert any("was changed since version 1 was trained on it" in one for one in result.faults)
    assert sum("other bytes" in one for one in result.faults) == 1


def test_a_base_model_that_is_gone_is_noticed(archive: Workspace, tmp_path: Path) -> None:
    base = base_of(archive)
    base.rename(tmp_path / "elsewhere")
    try:
        result = proved(archive, rebuild=True)
    finally:
        (tmp_path / "elsewhere").rename(base)
    assert any("cannot be used" in one for one in result.faults)
    assert not any("other bytes" in one for one in result.faults)


def remade(archive: Workspace, group: str, **settings: object) -> None:
    """Let version 1 be one that was made with other settings: its manifest, folder and row."""
    folder = the_folder(archive)
    made = json.loads((folder / "manifest.json").read_bytes())
    made["settings"][group].update(settings)
    version_id = Manifest.model_validate(made).id
    (folder / "manifest.json").write_text(json.dumps(made))
    folder.rename(folder.with_name(version_id))
    with closing(sqlite3.connect(archive.database)) as connection, connection:
        connection.execute(
            "UPDATE version SET id = ?, report = json_remove(report, '$.files') WHERE number = 1",
            (version_id,),
        )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"embedder": "bge-old"}, "There is no embedder bge-old"),
        ({"language_model": "/gone/model.gguf"}, "There is no language model /gone/model.gguf"),
        ({"warp": 9}, "settings that this program does not have (warp)"),
    ],
)
def test_an_old_version_says_exactly_why_it_cannot_answer(
    archive: Workspace, settings: dict[str, object], words: str
) -> None:
    """What it needs is gone: nothing else takes its place, and another setting would not help."""
    remade(archive, "engines", **settings)
    [fault] = proved(archive).faults
    assert words in fault
    assert "cannot answer as it did" in fault
    assert fault.endswith("persona train")
    assert proved(archive, "2").ok


def test_a_version_without_phrases_of_its_own_is_asked_with_todays(archive: Workspace) -> None:
    """As versions of earlier releases were: no phrases kept, no threads, no files listed."""
    (the_folder(archive) / "phrases.toml").unlink()
    remade(archive, "engines", threads=3)
    result = proved(archive)
    assert result.ok, result.faults
    assert "it speaks with today's, and says so" in " ".join(result.sentences())


def test_material_that_came_later_does_not_disturb_the_proof(archive: Workspace) -> None:
    """Version 1 was made before two letters came; it is made again without them."""
    first = versions_of(archive)[0]
    listed = json.loads((archive.versions / first.id / "examples.json").read_bytes())
    assert len(listed) < len(
        json.loads((archive.versions / versions_of(archive)[1].id / "examples.json").read_bytes())
    )
    assert proved(archive, rebuild=True).ok


def test_what_cannot_be_made_again_says_why(archive: Workspace) -> None:
    with steps.open_store(archive) as store, store.reader(Custodian()) as view:
        person = next(one for one in view.people() if one.id == "nell")
        person.called_by_subject = ["Little Robin"]
        store.put_people([person])
    result = proved(archive, rebuild=True)
    assert any("cannot be made the same again" in one for one in result.faults), result.sentences()


class Interrupted(Exception):
    """The machine went down."""


class StopsAt(Silent):
    def __init__(self, words: str, at: int) -> None:
        super().__init__()
        self._words, self._at = words, at

    def progress(self, what: str, done: int, total: int) -> None:
        if self._words in what and done == self._at:
            raise Interrupted


def test_an_interrupted_proof_goes_on(archive: Workspace) -> None:
    text = (archive.root / "persona.toml").read_text()
    assert "steps = 6" in text
    with pytest.raises(Interrupted):
        prove_version(archive, "1", StopsAt("again", 2), rebuild=True)
    assert proved(archive, rebuild=True).ok


def test_a_blocked_or_emptied_version_is_no_damage(archive: Workspace) -> None:
    from persona.keeper.generations import retire_version
    from persona.keeper.tidy import tidy

    retire_version(archive, "1", "enough")
    assert proved(archive).ok, "a retired version can still be proved"
    tidy(archive, retired=True)
    result = proved(archive)
    assert result.ok, result.faults
    assert any("persona versions rebuild 1" in one for one in result.sentences())
    assert proved(archive, rebuild=True).ok, "it can still be made again, byte for byte"


def test_a_version_that_is_not_there(archive: Workspace) -> None:
    with pytest.raises(VersionError, match="no version called 9"):
        proved(archive, "9")


def test_golden_answers_are_asked_again_and_differences_explained(archive: Workspace) -> None:
    first = versions_of(archive)[0]
    said = keep_golden(archive, first.id, Silent())
    assert "answers are kept" in said[0]
    assert keep_golden(archive, first.id, Silent()) == (), "once for each version"
    with steps.open_store(archive) as store:
        view = store.reader(Custodian())
        talks = [one for one in view.conversations() if one.purpose == "golden"]
        assert len(talks) >= 3
        assert view.open_questions() == [], "our questions are in no interview plan"
        heard = [one.listener_id for one in talks]
        mine = store.reader(steps.Relative(str(next(one for one in heard if one))))
        assert all(one.purpose != "golden" for one in mine.conversations()), "nobody held them"
        cited = {
            c["memory_id"]
            for one in talks
            for turn in view.turns(one.id)
            for sentence in view.sentences(turn.id)
            for c in sentence.citations
        }
        store.discard_memories(sorted(cited))
    result = proved(archive)
    assert result.ok, result.faults
    assert any("memories were looked through since" in one for one in result.sentences())


def test_a_golden_record_that_was_changed_is_noticed(archive: Workspace) -> None:
    import sqlite3

    keep_golden(archive, versions_of(archive)[0].id, Silent())
    with sqlite3.connect(archive.database) as connection:
        connection.execute("UPDATE sentence SET text = 'I never said this.' WHERE position = 0")
    connection.close()
    assert any("it was changed" in one for one in proved(archive).faults)


def test_golden_words_lie_in_the_store_alone(archive: Workspace) -> None:
    version = versions_of(archive)[0]
    keep_golden(archive, version.id, Silent())
    with steps.open_store(archive) as store, store.reader(Custodian()) as view:
        texts = [
            sentence.text
            for one in view.conversations()
            for turn in view.turns(one.id)
            for sentence in view.sentences(turn.id)
            if sentence.citations
        ]
    assert texts
    for path in (archive.versions / version.id).rglob("*"):
        if path.is_file():
            assert not any(text.encode() in path.read_bytes() for text in texts), path.name


def test_a_draft_keeps_golden_answers_too(archive: Workspace) -> None:
    version = versions_of(archive)[0]
    with steps.open_store(archive) as store:
        store.set_version_state(version.id, VersionState.DRAFT, "")
    assert keep_golden(archive, version.id, Silent())
    with steps.open_store(archive) as store:
        store.set_version_state(version.id, VersionState.BLOCKED, "taken back")
    assert any("it is asked nothing" in one for one in proved(archive).sentences())

"""A version is written once, proves itself, and comes out the same from the same inputs."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from persona.atomic import folder_sha256
from persona.config import Config
from persona.errors import VersionError
from persona.records import Manifest, Person
from persona.train.dataset import Example
from persona.train.version_inputs import VersionInputs, make_version_row, plan_version
from persona.train.versions import (
    load_examples,
    load_memory_ids,
    load_phrases,
    load_voice,
    read_manifest,
    verify_version,
    write_version,
)
from persona.workspace import Workspace, create_workspace
from tests.train.material import example

WORDS = "I have always said that a boat wants paint before it wants a sail. "
EXAMPLES = [example(at, WORDS * 10 + str(at), f"unit {at % 3}") for at in range(6)]
SUBJECT = Person(id="henry", name="Henry", is_subject=True)


def settings(**groups: dict[str, object]) -> Config:
    """Return settings with which these few words are enough to learn from."""
    training = {"minimum_words": 100, **groups.pop("training", {})}
    return Config.model_validate({**groups, "training": training})


class Archive:
    def __init__(self, *ids: str) -> None:
        self.ids = ids

    def memory_ids(self) -> frozenset[str]:
        return frozenset(self.ids)


def planned(
    config: Config | None = None,
    examples: list[Example] | None = None,
    memories: tuple[str, ...] = ("mem_b", "mem_a"),
    audience: tuple[str, ...] = ("sam", "ruth"),
    parent: str | None = None,
) -> VersionInputs:
    return plan_version(
        Archive(*memories),
        config or settings(),
        SUBJECT,
        audience,
        EXAMPLES[:4] if examples is None else examples,
        held_out=EXAMPLES[4:],
        base_sha="b" * 64,
        voice={"name": "espeak", "donor": "a designed voice"},
        portrait_source_id="src_photo",
        prompts_sha256="p" * 64,
        parent_id=parent,
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path, "Henry")


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    folder = tmp_path / "trained"
    folder.mkdir()
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    (folder / "adapter_config.json").write_bytes(b"{}")
    return folder


def write(
    workspace: Workspace, adapter: Path, inputs: VersionInputs | None = None, *, mend: bool = False
) -> Path:
    inputs = inputs or planned()
    return write_version(
        workspace,
        inputs.manifest(folder_sha256(adapter)),
        adapter,
        inputs.memory_ids,
        examples=inputs.examples,
        held_out=inputs.held_out,
        losses=[3.5, 3.25],
        mend=mend,
    )


@pytest.fixture
def written(workspace: Workspace, adapter: Path) -> Path:
    return write(workspace, adapter)


def test_the_same_inputs_make_the_same_id() -> None:
    again = planned(memories=("mem_a", "mem_b"), audience=("ruth", "sam"))
    assert planned().inputs_sha256 == again.inputs_sha256
    assert planned().manifest("a" * 64).id == again.manifest("a" * 64).id


@pytest.mark.parametrize(
    "other",
    [
        planned(memories=("mem_a",)),
        planned(audience=("ruth",)),
        planned(examples=EXAMPLES[:3]),
        planned(settings(training={"seed": 2})),
        planned(settings(conversation={"sentence_limit": 2})),
        planned(settings(engines={"language_model": "qwen2.5-0.5b"})),
    ],
)
def test_other_inputs_make_another_id(other: VersionInputs) -> None:
    assert other.inputs_sha256 != planned().inputs_sha256
    assert other.manifest("a" * 64).id != planned().manifest("a" * 64).id


def test_what_helps_the_family_makes_no_new_version() -> None:
    helped = settings(conversation={"help_contact": "Aunt May"})
    assert planned(helped).inputs_sha256 == planned().inputs_sha256


def test_an_unchanged_archive_finds_its_version_again_although_it_is_the_newest_now() -> None:
    first = planned()
    later = planned(parent=first.manifest("a" * 64).id)
    assert later.inputs_sha256 == first.inputs_sha256
    assert later.manifest("a" * 64).id != first.manifest("a" * 64).id


def test_the_manifest_names_the_sources_of_every_example() -> None:
    manifest = planned().manifest("a" * 64)
    assert manifest.example_sources == {one.id: one.source_ids for one in EXAMPLES[:4]}
    assert set(manifest.held_out_units) == {"unit 1", "unit 2"}
    assert manifest.memory_count == 2


def test_too_few_own_words_plan_no_adapter() -> None:
    few = planned(examples=[example(1, "Only a few words.")])
    assert not few.trains
    assert few.manifest(None).adapter_sha256 is None
    with pytest.raises(VersionError, match="persona train"):
        few.manifest("a" * 64)


def test_a_version_without_its_adapter_is_not_finished() -> None:
    with pytest.raises(VersionError, match="not finished"):
        planned().manifest(None)


def test_a_written_version_can_be_read(written: Path) -> None:
    manifest = verify_version(written)
    assert manifest.id == written.name == read_manifest(written).id
    assert load_memory_ids(written) == {"mem_a", "mem_b"}
    assert (written / "memories.txt").read_text() == "mem_a\nmem_b\n"
    assert json.loads((written / "losses.json").read_text()) == [3.5, 3.25]


def test_the_list_of_examples_has_ids_and_no_text(written: Path) -> None:
    listed = json.loads((written / "examples.json").read_text())
    assert [item["held_out"] for item in listed] == [False] * 4 + [True] * 2
    assert listed[0]["passages"] == ["psg_0"]
    everything = b"".join(p.read_bytes() for p in written.rglob("*") if p.is_file())
    assert b"paint" not in everything


def test_files_are_read_only_and_nothing_unfinished_stays(
    written: Path, workspace: Workspace
) -> None:
    assert all(p.stat().st_mode & 0o222 == 0 for p in written.rglob("*") if p.is_file())
    assert list(workspace.versions.iterdir()) == [written]


KILLED = """
import os, signal, sys
from pathlib import Path
from persona.workspace import open_workspace
from tests.train.test_versions import write
left = int(sys.argv[3])
def hook(event, arguments):
    global left
    if event in ("os.rename", "os.chmod", "shutil.copyfile") and "versions" in str(arguments):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
write(open_workspace(Path(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moment", [2, 6, 9, 13])
def test_killed_while_it_is_written_there_is_no_half_version(
    workspace: Workspace, adapter: Path, moment: int
) -> None:
    """Signal 9 at a file, a copy, a permission or the last name; then it is written again."""
    child = [sys.executable, "-c", KILLED, str(workspace.root), str(adapter), str(moment)]
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    assert subprocess.run(child, env=environment, check=False).returncode == -signal.SIGKILL
    assert all(path.name.startswith(".") for path in workspace.versions.iterdir())
    folder = write(workspace, adapter)
    verify_version(folder)
    assert list(workspace.versions.iterdir()) == [folder]


def test_writing_it_again_changes_nothing(
    written: Path, workspace: Workspace, adapter: Path
) -> None:
    before = (written / "manifest.json").stat().st_mtime_ns
    manifest = read_manifest(written)
    assert write_version(workspace, manifest, adapter, load_memory_ids(written)) == written
    assert (written / "manifest.json").stat().st_mtime_ns == before


def test_leftovers_of_a_killed_writing_are_replaced(workspace: Workspace, adapter: Path) -> None:
    inputs = planned()
    manifest = inputs.manifest(folder_sha256(adapter))
    leftover = workspace.versions / f".{manifest.id}.unfinished"
    leftover.mkdir()
    (leftover / "rubbish").write_text("half")
    folder = write_version(workspace, manifest, adapter, inputs.memory_ids)
    assert not (folder / "rubbish").exists()
    assert not leftover.exists()


def test_what_does_not_match_its_manifest_is_not_written(
    workspace: Workspace, adapter: Path
) -> None:
    inputs = planned()
    with pytest.raises(VersionError, match="adapter"):
        write_version(workspace, inputs.manifest("f" * 64), adapter, inputs.memory_ids)
    right = inputs.manifest(folder_sha256(adapter))
    with pytest.raises(VersionError, match="memories"):
        write_version(workspace, right, adapter, ["mem_other"])
    assert list(workspace.versions.iterdir()) == []


def edited(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.chmod(0o644)
    path.write_bytes(change(path.read_bytes()))


def test_an_edited_manifest_is_refused(written: Path) -> None:
    edited(written / "manifest.json", lambda text: text.replace(b'"ruth"', b'"eve"'))
    for read in (read_manifest, verify_version, load_memory_ids):
        with pytest.raises(VersionError, match="manifest was changed"):
            read(written)


def test_a_manifest_that_is_no_manifest_is_refused(written: Path) -> None:
    edited(written / "manifest.json", lambda text: text[:40])
    with pytest.raises(VersionError, match="cannot be read"):
        read_manifest(written)


def test_an_added_memory_is_refused(written: Path) -> None:
    edited(written / "memories.txt", lambda text: text + b"mem_secret\n")
    with pytest.raises(VersionError, match="list of memories"):
        load_memory_ids(written)


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json"])
def test_a_changed_adapter_is_refused(written: Path, name: str) -> None:
    edited(written / "adapter" / name, lambda content: content + b" ")
    with pytest.raises(VersionError, match="adapter"):
        verify_version(written)


def test_a_version_whose_folder_is_gone_says_what_to_do(workspace: Workspace) -> None:
    with pytest.raises(VersionError, match="its folder is missing"):
        read_manifest(workspace.versions / "ver_0")


def test_a_manifest_of_a_newer_program_is_refused_in_a_sentence(written: Path) -> None:
    manifest = read_manifest(written).model_copy(update={"schema_version": 2})
    newer = written.rename(written.with_name(manifest.id))
    edited(newer / "manifest.json", lambda _: manifest.model_dump_json().encode())
    with pytest.raises(VersionError, match="made by a newer version of this program"):
        verify_version(newer)


def test_a_link_that_two_versions_share_damages_both(
    written: Path, workspace: Workspace, adapter: Path
) -> None:
    """Shared bytes are changed for all who share them; each says so, and nobody is half-read."""
    inputs = planned(memories=("mem_a",))
    other = write(workspace, adapter, inputs)
    weights = "adapter/adapter_model.safetensors"
    assert (other / weights).samefile(written / weights)
    edited(other / weights, lambda content: content + b" ")
    for folder in (written, other):
        with pytest.raises(VersionError, match="adapter is missing or was changed"):
            verify_version(folder)
    mended = write(workspace, adapter, inputs, mend=True)
    verify_version(mended)
    assert not (mended / weights).samefile(written / weights), "the damaged one is not taken"


def test_a_place_that_cannot_be_written_says_so(workspace: Workspace, adapter: Path) -> None:
    workspace.versions.rmdir()
    workspace.versions.write_text("in the way")
    inputs = planned()
    with pytest.raises(VersionError, match="Make room"):
        write_version(
            workspace, inputs.manifest(folder_sha256(adapter)), adapter, inputs.memory_ids
        )


def test_the_row_carries_the_time_and_the_manifest_does_not() -> None:
    manifest: Manifest = planned().manifest("a" * 64)
    row = make_version_row(manifest, 3, "i" * 64, "ver_parent", {"examples": 4})
    assert (row.id, row.number, row.parent_id) == (manifest.id, 3, "ver_parent")
    assert row.report == {"examples": 4}
    assert row.created_at.tzinfo is not None
    assert str(row.created_at.year) not in manifest.canonical().decode().replace("20261122", "")


PHRASES = b"[en]\nunknown = 'No idea.'\n"


@pytest.fixture
def speaking(workspace: Workspace) -> Path:
    """Return a version that keeps the phrases it was made with."""
    inputs = planned(examples=[])
    sha256 = hashlib.sha256(PHRASES).hexdigest()
    manifest = inputs.manifest(None).model_copy(update={"prompts_sha256": sha256})
    return write_version(
        workspace, manifest, None, inputs.memory_ids, held_out=inputs.held_out, phrases=PHRASES
    )


def test_a_version_keeps_its_phrases(speaking: Path, written: Path) -> None:
    assert load_phrases(speaking) == PHRASES
    assert load_phrases(written) == b"", "one of before they were kept has none"


def test_changed_phrases_are_refused(speaking: Path) -> None:
    edited(speaking / "phrases.toml", lambda text: text.replace(b"No idea", b"It is me"))
    for read in (load_phrases, verify_version):
        with pytest.raises(VersionError, match="phrases were changed"):
            read(speaking)


def test_phrases_that_are_not_the_manifests_are_not_written(workspace: Workspace) -> None:
    inputs = planned(examples=[])
    with pytest.raises(VersionError, match="phrases"):
        write_version(workspace, inputs.manifest(None), None, inputs.memory_ids, phrases=PHRASES)
    assert list(workspace.versions.iterdir()) == []


def test_the_list_of_examples_is_the_manifests(written: Path) -> None:
    assert [one["id"] for one in load_examples(written)] == [one.id for one in EXAMPLES]
    edited(written / "examples.json", lambda text: text.replace(b"src_unit 1", b"src_unit 2"))
    with pytest.raises(VersionError, match="list of examples was changed"):
        load_examples(written)


def test_a_made_voice_goes_with_its_version(workspace: Workspace) -> None:
    voice = workspace.root / "voices" / "voi_1"
    voice.mkdir(parents=True)
    (voice / "voice.npy").write_bytes(b"samples")
    inputs = planned(examples=[])
    declared = {"name": "kokoro", "voice_id": "voi_1", "files_sha256": folder_sha256(voice)}
    manifest = inputs.manifest(None).model_copy(update={"voice": declared})
    folder = write_version(workspace, manifest, None, inputs.memory_ids)
    assert load_voice(folder) == folder / "voice"
    assert (folder / "voice" / "voice.npy").samefile(voice / "voice.npy")
    (folder / "voice" / "voice.npy").unlink()
    with pytest.raises(VersionError, match="voice are missing or were changed"):
        load_voice(folder)
    wrong = manifest.model_copy(update={"voice": {**declared, "files_sha256": "0" * 64}})
    with pytest.raises(VersionError, match="voice are missing or were changed"):
        write_version(workspace, wrong, None, inputs.memory_ids)

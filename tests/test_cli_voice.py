"""`persona voice`: clips are listed and decided, donors declared, names taught to the voice."""

from pathlib import Path

import pytest

from persona.records import DonorKind, MadeVoice
from persona.remember.store import Store
from persona.workspace import Workspace
from tests.command import Run
from tests.remember.archive import NOW, Archive
from tests.remember.test_voices import clip, recording


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an archive with a recording and two clips of Henry's that wait."""
    made = Archive(tmp_path)
    source, _ = recording(made)
    made.store.put_clips([clip(source, 1, 6), clip(source, 21, 27)])
    made.store.close()
    return made.workspace


def test_clips_are_listed_confirmed_and_refused(run: Run, workspace: Workspace) -> None:
    where = ("-w", workspace.root)
    listed = run("voice", "clips", *where)
    assert listed.code == 0 and listed.out.count("vcl_") == 2
    assert "Nothing can be learnt from 0 s" in listed.out and "2 clips (11 s) wait" in listed.out
    first = listed.out.split()[0]
    refused = run("voice", "refuse", first, *where)
    assert "1 clips refused." in refused.out
    confirmed = run("voice", "confirm", "all", "--by", "ruth", *where)
    assert "1 clips confirmed." in confirmed.out and "6 s of Henry Lin" in confirmed.out
    again = run("voice", "clips", *where)
    assert "refused" in again.out and "wait" not in again.out
    wrong = run("voice", "confirm", "vcl_never", *where)
    assert wrong.code == 1 and "no clip vcl_never" in wrong.sentence


def test_voices_are_listed_with_their_donor(run: Run, workspace: Workspace) -> None:
    where = ("-w", workspace.root)
    assert "No voice was made yet" in run("voice", "list", *where).out
    voice = MadeVoice(
        id="voi_1", donor=DonorKind.DESIGNED, engine="kokoro", files_sha256="0", created_at=NOW
    )
    with Store.open(workspace) as store:
        store.put_voice(voice)
        store.block_voice("voi_1", "We do not want it.")
    said = run("voice", "list", *where).out
    assert "voi_1  blocked" in said and "nobody's" in said and "We do not want it." in said
    heard = run("voice", "hear", "voi_1", "Hello.", *where)
    assert heard.code == 1 and "We do not want it." in heard.err


@pytest.mark.parametrize(
    ("donor", "engine", "words"),
    [("henry", "kokoro", "Nobody has agreed"), ("nobody", "kokoro", "nobody in this archive"),
     ("designed", "loud", "no voice engine loud")],
)  # fmt: skip
def test_what_cannot_be_made_is_said(
    run: Run, workspace: Workspace, models: Path, donor: str, engine: str, words: str
) -> None:
    made = run("voice", "make", "--donor", donor, "--engine", engine, "-w", workspace.root)
    assert made.code == 1 and words in made.err and "Traceback" not in made.err
    assert list(workspace.voices.iterdir()) == []


def test_a_name_is_taught_shown_and_forgotten(run: Run, workspace: Workspace) -> None:
    where = ("-w", workspace.root)
    taught = run("voice", "say", "Siobhan", "shi-vawn", *where)
    assert "Siobhan is said shi-vawn." in taught.out
    assert "Siobhan: shi-vawn" in run("voice", "say", "Siobhan", *where).out
    assert run("voice", "say", "Li", "lee9", "--as", "pinyin", *where).code == 1
    run("voice", "say", "Siobhan", "--forget", *where)
    assert "Siobhan: Siobhan" in run("voice", "say", "Siobhan", *where).out

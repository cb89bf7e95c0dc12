"""Answers of a comparison as sound: whose voice, marked as everything spoken, and never a leak."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from persona.compare import Wanted, compare
from persona.compare.hearing import Hearing, Unheard, spoken, voices_differ
from persona.config import models_folder
from persona.errors import VersionError
from persona.export.compare_page import comparison_html
from persona.export.marking_keys import known_root
from persona.export.marking_seal import SealState, read_seal
from persona.export.marking_verdict import FileKind, Verdict, what_is
from persona.records import Version
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.workspace import Workspace
from tests.command import Run
from tests.converse.conftest import Silent
from tests.remember.archive import make_rule
from tests.screens.family import add_designed_voice, add_second_version, add_version, make_family

LEMONS = "What should we bring, bread and lemons?"
KITE = "What about the red kite?"
OTHER_TONE = {"name": "another tone", "donor": "a test tone"}


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Workspace:
    """Return an archive with two versions, of which the second has another voice."""
    made = make_family(tmp_path_factory.mktemp("heard"))
    add_second_version(made, OTHER_TONE)
    return made


@pytest.fixture
def store(family: Workspace) -> Iterator[Store]:
    with Store.open(family) as opened:
        yield opened


def versions(store: Store) -> list[Version]:
    with store.reader(Custodian()) as view:
        return view.versions()


def compared(workspace: Workspace, *questions: str, **changes: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {"listener_id": "ruth", **changes}
    return compare(workspace, Wanted("1", "2", questions=questions, **wanted), Silent())


def verdict(workspace: Workspace, mp3: bytes, folder: Path) -> Verdict:
    file = folder / "heard.mp3"
    file.write_bytes(mp3)
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return what_is(file, view, known_root(workspace), models_folder())


def test_it_is_marked_sealed_and_known_as_everything_that_is_spoken(
    family: Workspace, store: Store, tmp_path: Path
) -> None:
    """Law 8, and law 3: what was heard never comes back as a source."""
    [answer] = compared(family, KITE)["answers"]
    second = versions(store)[1]
    heard = Hearing(family, store, "ruth").hear(second, answer["second"])
    found = verdict(family, heard.mp3, tmp_path)
    assert found.kind is FileKind.MADE
    said = " ".join(found.sentences)
    assert "signed by this archive" in said and second.id in said
    assert "was made by the persona" in said, "the archive knows it again"
    seal = read_seal(tmp_path / "heard.mp3", known_root(family))
    assert seal.state is SealState.OURS and seal.made["watermark"]
    assert seal.made["parts"][0]["what"] == "notice", "it says first that it is a simulation"
    assert heard.whose == "a designed voice, nobody's; it is not Henry Lin's"


def test_where_he_can_be_heard_himself_no_voice_reads_it(
    family: Workspace, store: Store, tmp_path: Path
) -> None:
    [answer] = compared(family, LEMONS)["answers"]
    assert any(one["quoted"] == "Bring bread and lemons." for one in answer["first"])
    heard = Hearing(family, store, "ruth").hear(versions(store)[0], answer["first"])
    (tmp_path / "heard.mp3").write_bytes(heard.mp3)
    parts = read_seal(tmp_path / "heard.mp3").made["parts"]
    with store.reader(Custodian()) as view:
        [tape] = [one.id for one in view.sources() if one.title == "Answering machine"]
    assert [one["source"] for one in parts if not one["synthetic"]] == [tape]


def test_nothing_is_left_in_the_folder(family: Workspace, store: Store) -> None:
    [answer] = compared(family, KITE)["answers"]
    Hearing(family, store, "ruth").hear(versions(store)[0], answer["first"])  # makes the key
    before = {path for path in family.root.rglob("*") if path.is_file()}
    Hearing(family, store, "ruth").hear(versions(store)[1], answer["second"])
    after = {path for path in family.root.rglob("*") if path.is_file()}
    assert {path.name for path in after - before} <= {"store.sqlite-wal", "store.sqlite-shm"}


@pytest.fixture
def made_voice(tmp_path: Path, models: Path) -> Workspace:
    """Return an archive whose second version has a voice of its own, and whose third has none."""
    made = make_family(tmp_path)
    with Store.open(made) as store:
        voice = add_designed_voice(made, store, "voi_a")
        add_version(made, store, None, 2, "", voice)
        add_version(made, store, None, 3, "", {"name": "none"})
    return made


def test_a_version_whose_voice_may_not_be_used_is_not_heard(made_voice: Workspace) -> None:
    values = compared(made_voice, KITE)
    assert values["unheard"] == ["", ""]
    with Store.open(made_voice) as store:
        store.block_voice("voi_a", "Ruth took it back.")
        blocked = versions(store)[1]
        for keeper in (False, True):
            hearing = Hearing(made_voice, store, None if keeper else "ruth", keeper=keeper)
            assert hearing.unheard(blocked) is Unheard.NOT_ALLOWED
            with pytest.raises(VersionError, match="its voice may not be used"):
                hearing.hear(blocked, values["answers"][0]["second"])
    now = compared(made_voice, KITE)
    assert now["unheard"] == ["", "not_allowed"]
    sounds = spoken(made_voice, now, Silent(), "en")
    assert set(sounds) == {(0, "first")}, "and no other voice is heard in its place"
    assert "is not heard here" in comparison_html(now, "en", sounds)


def test_a_version_without_a_voice_says_so(made_voice: Workspace) -> None:
    values = compare(made_voice, Wanted("1", "3", "ruth", questions=(KITE,)), Silent())
    assert values["unheard"] == ["", "no_voice"]
    assert "made to be read" in comparison_html(values, "en", {})
    assert "made to be read" not in comparison_html(values, "en"), "only where one listens"


def test_voices_differ_where_another_one_is_declared(made_voice: Workspace) -> None:
    with Store.open(made_voice) as store:
        one, two, _ = versions(store)
    assert voices_differ(made_voice, (one, two))
    assert not voices_differ(made_voice, (one, one))


def test_what_was_taken_back_meanwhile_is_not_spoken(made_voice: Workspace) -> None:
    [answer] = compared(made_voice, LEMONS)["answers"]
    with Store.open(made_voice) as store:
        first = versions(store)[0]
        with store.reader(Custodian()) as view:
            [tape] = [one for one in view.sources() if one.title == "Answering machine"]
        store.put_restrictions([make_rule(tape.id, allow=["margaret"])])
        with pytest.raises(VersionError, match="taken back meanwhile"):
            Hearing(made_voice, store, "ruth").hear(first, answer["first"])


# The page


@pytest.mark.slow
def test_the_page_has_sound_only_when_asked(family: Workspace) -> None:
    values = compared(family, KITE, LEMONS)
    silent = comparison_html(values, "en")
    assert "<audio" not in silent and "data:" not in silent
    page = comparison_html(values, "zh", spoken(family, values, Silent(), "zh"))
    assert page.count('<audio controls preload="none" src="data:audio/mpeg;base64,') == 4
    assert page.count("由电脑朗读：设计的声音") == 4
    assert "<script" not in page and "http://127" not in page
    assert len(page) < 400_000


@pytest.mark.slow
def test_the_command_puts_sound_into_a_page_and_nowhere_else(
    family: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("compare", "1", "2", "--as", "ruth", "--ask", KITE, "--sound")
    refused = Run(capsys)(*asked, "-w", family.root)
    assert refused.code == 1 and "--html FILE --sound" in refused.err
    ran = Run(capsys)(*asked, "--html", tmp_path / "page.html", "-w", family.root)
    assert ran.code == 0, ran.err
    assert (tmp_path / "page.html").read_text(encoding="utf-8").count("<audio") == 2

"""Make a version on the page: choose who may talk with it, watch, stop, go on, look at it."""

from datetime import UTC, datetime

import pytest

from persona.records import Act, Consent, VersionState
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.screens.background import State
from persona.workspace import open_workspace
from tests.screens.conftest import finished
from tests.screens.family import make_family
from tests.train.material import make_tiny_base

AGREED = Consent(
    id="con_agreed", person_id="henry", given_by="margaret", act=Act.TRAIN_TEXT,
    text_shown="Yes.", text_sha256="0" * 64, at=datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture(scope="module")
def tiny_base(tmp_path_factory):
    return make_tiny_base(tmp_path_factory.mktemp("tiny-base"))


@pytest.fixture
def own(tmp_path, tiny_base):
    """An archive without a version, whose few words are enough for a tiny model."""
    made = make_family(tmp_path, version=False)
    with (made.root / "persona.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[training]\nbase_model = "{tiny_base}"\nminimum_words = 1\nsteps = 4\n'
            'batch_size = 1\nprecision = "fp32"\n'
        )
    with Store.open(made) as store:
        store.put_consents([AGREED])
    return open_workspace(made.root)


@pytest.fixture
def keeper(screen, sit, own):
    return screen(own, "make", visitor=sit(None, "custodian"))


def versions(workspace):
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return view.versions()


def test_a_version_is_made_with_its_name_and_its_audience(keeper, own):
    keeper.app.text_input(key="version-name").set_value("second generation").run()
    keeper.app.multiselect(key="version-audience").set_value(["ruth"]).run()
    keeper.press("make")
    job = finished(keeper, own)
    assert job.state is State.DONE, job.problem
    (made,) = versions(own)
    assert (made.number, made.name, made.state) == (1, "second generation", VersionState.ACTIVE)
    assert job.result.version.id == made.id
    assert "Version 1 is made." in keeper.html()
    assert len(job.given.losses) == made.report["steps"] > 0


def test_a_draft_is_for_nobody_yet(keeper, own):
    keeper.app.checkbox(key="version-draft").check().run()
    keeper.press("make")
    finished(keeper, own)
    assert [one.state for one in versions(own)] == [VersionState.DRAFT]


def test_the_same_again_is_no_new_version(keeper, own):
    keeper.press("make")
    finished(keeper, own)
    keeper.press("another").press("make")
    finished(keeper, own)
    assert "Nothing has changed since version 1" in keeper.html()
    assert len(versions(own)) == 1


def test_without_consent_a_sentence_says_what_to_do(screen, sit, tmp_path):
    workspace = make_family(tmp_path, version=False)
    page = screen(workspace, "make", visitor=sit(None, "custodian")).press("make")
    assert finished(page, workspace).state is State.FAILED
    assert "Nobody entitled has agreed" in page.html()
    assert versions(workspace) == []
    assert page.keys("go-on")


def test_nobody_chosen_nothing_to_press(keeper):
    keeper.app.multiselect(key="version-audience").set_value([]).run()
    assert keeper.app.button(key="make").disabled


def test_children_are_not_chosen_beforehand(keeper):
    assert "mei" not in keeper.app.multiselect(key="version-audience").value


def test_others_do_not_see_the_page(screen, sit, own):
    page = screen(own, "make", visitor=sit("ruth"))
    assert "version-name" not in [one.key for one in page.app.text_input]

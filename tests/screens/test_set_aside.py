"""What was set aside is listed with its reason; the keeper can say that it is real."""

import pytest

from persona.converse.phrases import phrase
from persona.keeper.real import set_aside
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.screens.background import State
from tests.screens.conftest import finished
from tests.screens.family import make_family


@pytest.fixture
def own(tmp_path):
    workspace = make_family(tmp_path, version=False)
    settings = workspace.root / "persona.toml"
    text = settings.read_text(encoding="utf-8").replace('embedder = "hash"', 'embedder = "none"')
    settings.write_text(text, encoding="utf-8")
    return workspace


@pytest.fixture
def page(screen, sit, own):
    return screen(own, "collect", visitor=sit(None, "custodian"))


def aside(workspace):
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return [one.file_name for one in set_aside(view)]


def test_it_is_kept_listed_and_used_when_it_is_real(page, own, tmp_path):
    notice = phrase("en", "notice", name="Henry Lin")
    letter = tmp_path / "copied.txt"
    letter.write_text(f"Kobe, 3 May 1987\n\n{notice}\n\nThe harbour is grey.\n", encoding="utf-8")
    assert not page.app.expander
    page.app.text_input(key="typed-path").set_value(str(letter)).run()
    page.press("look")
    finished(page, own)
    page.press("yes")
    assert finished(page, own).state is State.DONE
    shown = page.html()
    assert '<th scope="row">Kept, but set aside</th><td>1</td>' in shown
    assert "<b>copied.txt</b> It holds the notice" in shown
    assert aside(own) == ["copied.txt"]

    page.press("more")
    assert "Set aside" in str([one.label for one in page.app.expander])
    (use,) = [one for one in page.app.button if (one.key or "").startswith("use-")]
    assert use.disabled, "not before somebody says that they know the file"
    page.app.checkbox(key=use.key.replace("use-", "sure-")).check().run()
    page.press(use.key)
    job = finished(page, own)
    assert job.state is State.DONE, job.problem
    assert job.result.collected.new == ["copied.txt"]
    assert aside(own) == []

"""Bring things in: a plan before anything is kept, a stop, going on, and what became of it."""

import threading

import pytest

from persona.collect.plan import CollectPlan
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.screens import background
from persona.screens.background import State
from persona.screens.collect import size_words
from persona.screens.task_view import part_words
from tests.screens.conftest import finished
from tests.screens.family import make_family

LETTER = "Kobe, 3 May {year}\n\nDear Margaret,\n\nThe harbour is grey in {year}.\n\nYour Henry\n"


@pytest.fixture
def own(tmp_path):
    workspace = make_family(tmp_path, version=False)
    settings = workspace.root / "persona.toml"
    text = settings.read_text(encoding="utf-8").replace('embedder = "hash"', 'embedder = "none"')
    settings.write_text(text, encoding="utf-8")
    return workspace


@pytest.fixture
def box(tmp_path):
    folder = tmp_path / "box of letters"
    folder.mkdir()
    for year in (1967, 1968, 1969):
        (folder / f"{year}.txt").write_text(LETTER.format(year=year), encoding="utf-8")
    (folder / "empty.txt").touch()
    return folder


@pytest.fixture
def keeper(screen, sit, own):
    return screen(own, "collect", visitor=sit(None, "custodian"))


def sources(workspace):
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return {one.file_name: one.contributor for one in view.sources()}


def look(page, box, own):
    page.app.text_input(key="typed-path").set_value(str(box)).run()
    page.press("look")
    assert finished(page, own).state is State.DONE
    return page


def test_nothing_can_be_begun_without_anything(keeper):
    (button,) = [one for one in keeper.app.button if one.key == "look"]
    assert button.disabled


def test_a_wrong_path_is_said_and_nothing_begins(keeper, own):
    keeper.app.text_input(key="typed-path").set_value("/no/such/folder").run()
    keeper.press("look")
    assert "There is nothing at /no/such/folder. Check the path." in keeper.html()
    assert background.job_of(own.root) is None


def test_the_plan_says_what_there_is_and_keeps_nothing(keeper, own, box):
    before = sources(own)
    look(keeper, box, own)
    shown = keeper.html()
    assert "Nothing has been taken in yet." in shown
    assert '<th scope="row">Letters</th><td>3</td>' in shown
    assert "empty.txt" in shown and "is empty (0 bytes)" in shown
    assert sources(own) == before
    keeper.press("no")
    assert "Drop files here" in keeper.html()
    assert sources(own) == before


def test_what_is_taken_in_is_listed_file_by_file(keeper, own, box):
    before = len(sources(own))
    look(keeper, box, own).press("yes")
    job = finished(keeper, own)
    assert job.state is State.DONE, job.problem
    shown = keeper.html()
    assert "All is taken in" in shown
    assert '<th scope="row">New, kept unchanged</th><td>3</td>' in shown
    assert "<b>1967.txt</b> New, kept unchanged" in shown
    assert "<b>empty.txt</b>" in shown
    assert keeper.app.get("download_button")
    assert len(sources(own)) == before + 3
    assert sorted(path.name for path in box.iterdir())[0] == "1967.txt"
    keeper.press("more")
    look(keeper, box, own).press("yes")
    finished(keeper, own)
    assert '<th scope="row">Here already</th><td>3</td>' in keeper.html()
    assert len(sources(own)) == before + 3


def test_a_stop_keeps_what_was_done_and_goes_on(keeper, own, box):
    before = len(sources(own))
    job = look(keeper, box, own).press("yes") and background.job_of(own.root)
    job.ask_to_stop()
    job = finished(keeper, own)
    if job.state is State.STOPPED:  # else it was too quick to be stopped
        assert "Stopped" in keeper.html()
        assert len(sources(own)) <= before + 3
        keeper.press("go-on")
        assert finished(keeper, own).state is State.DONE
    assert len(sources(own)) == before + 3


def test_while_something_else_is_done_it_says_so(screen, sit, own):
    go_on = threading.Event()
    background.begin(own.root, "withdraw", lambda job: go_on.wait(30))
    page = screen(own, "collect", visitor=sit(None, "custodian"))
    assert "Something else is being done with this archive" in page.html()
    assert not page.app.text_input
    keep = screen(own, "keep", visitor=sit(None, "custodian"))
    assert "This is going on just now." in keep.html()
    go_on.set()
    finished(page, own)


def test_a_running_task_shows_how_far_it_is(screen, sit, own):
    go_on, told = threading.Event(), threading.Event()

    def task(job):
        job.progress("40% of tapes/<b>.wav", 3, 8)
        told.set()
        go_on.wait(30)
        job.progress("Reading", 8, 8)
        return CollectPlan((), ())

    job = background.begin(own.root, "collect", task)
    assert told.wait(20)
    page = screen(own, "collect", visitor=sit(None, "custodian"))
    assert "Taking in: &lt;b&gt;.wav" in page.html()
    assert "3 of 8" in page.html()
    page.press("stop-task")
    assert "is finished first" in page.html()
    page.press("stop-task")
    go_on.set()
    finished(page, own)
    assert job.state is State.STOPPED


def test_what_was_dropped_and_never_taken_in_is_offered_again(screen, sit, own):
    left = own.derived / "handed-in" / "drop-1"
    left.mkdir(parents=True)
    (left / "letter.txt").write_text(LETTER.format(year=1970), encoding="utf-8")
    page = screen(own, "collect", visitor=sit(None, "custodian"))
    assert "1 files were handed over earlier" in page.html()
    page.press("go-on-0")
    assert finished(page, own).state is State.DONE
    page.press("no")
    assert not left.exists()


def test_sizes_in_words():
    assert [size_words(n) for n in (0, 999, 1500, 3_400_000, 12_000_000_000, 5 * 10**12)] == [
        "0 kB", "1 kB", "2 kB", "3.4 MB", "12 GB", "5.0 TB",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "kind", "words"),
    [
        ("Reading box/1967.txt", "collect", "Taking in: 1967.txt"),
        (" 40% of box/a b.wav", "collect", "Taking in: a b.wav"),
        ("Reading", "collect", "Taking it in …"),
        ("Remembering The title", "collect", "Looking for memories in: The title"),
        ("Comparing faces", "collect", "Laying the pictures side by side …"),
        ("Looking for what may be left", "withdraw", "Searching every file for what may be left …"),
        ("Something new", "collect", "This has begun …"),
        ("", "plan", "Looking at what is there …"),
    ],
)
def test_what_a_step_says_in_the_words_of_the_page(screen, family, what, kind, words):
    del screen, family
    assert part_words(background.Job(kind, what=what)) == words

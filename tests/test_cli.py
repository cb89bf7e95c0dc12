"""Every command as a person types it: exit codes, one clear sentence, nothing half-written."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona import steps
from persona.remember.readers import Custodian
from persona.workspace import Workspace, create_workspace, open_workspace
from tests.command import Run, files_below, finish, start, stop_when
from tests.converse.conftest import SETTINGS, Silent
from tests.converse.raw_family import write_raw_family
from tests.remember.archive import make_version

COMMANDS = (
    "new collect remember consent who review disagreements memories train versions compare retire "
    "evaluate chat explain farewell dispute guardian serve token withdraw may-return verify doctor "
    "fetch app demo".split()
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


@pytest.fixture
def fresh(tmp_path: Path) -> Workspace:
    """Return a new persona with quick engines and nothing in it."""
    made = create_workspace(tmp_path, "Arthur Penrose")
    settings = made.root / "persona.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    return open_workspace(made.root)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Workspace:
    """Return Arthur's archive with version 1, for commands that only read."""
    parent = tmp_path_factory.mktemp("told")
    made = create_workspace(parent, "Arthur Penrose")
    settings = made.root / "persona.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    made = open_workspace(made.root)
    steps.collect(made, [write_raw_family(parent / "raw")], Silent())
    steps.remember(made, Silent())
    steps.train(made, Silent(), name="first")
    return made


def test_the_steps_by_hand(
    run: Run, tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the README says it: new, then inside the folder collect, remember, train, chat."""
    raw = write_raw_family(tmp_path / "raw")
    made = run("new", "Arthur Penrose", "--in", tmp_path)
    assert (made.code, made.err) == (0, "")
    folder = tmp_path / "arthur-penrose"
    assert str(folder) in made.out
    settings = folder / "persona.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    monkeypatch.chdir(folder)
    collected = run("collect", raw)
    assert "4 new originals kept" in collected.out
    assert "0 new originals kept" in run("collect", raw).out
    remembered = run("remember")
    assert "told by Ada Penrose" in remembered.out
    assert run("remember").out.splitlines()[-3].startswith("0 new memories")
    trained = run("train", "--name", "first")
    assert "Version 1 is made: ver_" in trained.out
    assert "Nothing has changed since version 1" in run("train").out
    listed = run("versions")
    assert listed.out.count("ver_") == 1
    assert "first" in listed.out
    answered = run("chat", "--as", "nell", "--ask", "Who was stung when the bees swarmed?")
    assert (answered.code, answered.err) == (0, "")
    assert "This is a simulation of Arthur Penrose" in answered.out
    assert "I wrote to you on 12 May 1987: “" in answered.out
    assert "own words · letter to Nell Penrose, 12 May 1987" in answered.out
    assert "Version 1 is retired" in run("retire", "1", "--reason", "We said goodbye.").out
    ended = run("chat", "--as", "nell", "--version", "1", "--ask", "Are you there?")
    assert ended.code == 1
    assert "We said goodbye." in ended.sentence
    assert run("retire", "1").code == 1
    assert "retired" in run("versions").out


def test_help_names_every_command(run: Run) -> None:
    helped = run("--help")
    assert helped.code == 0
    for command in COMMANDS:
        assert f" {command} " in helped.out
        assert run(command, "--help").code == 0


def test_a_persona_is_never_made_twice(run: Run, fresh: Workspace) -> None:
    before = files_below(fresh.root)
    again = run("new", "Arthur Penrose", "--in", fresh.root.parent)
    assert again.code == 1
    assert "already holds a persona" in again.sentence
    assert files_below(fresh.root) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("remember", "-w", "NOWHERE"), "holds no persona"),
        (("app", "-w", "NOWHERE"), "holds no persona"),
        (("new", "!?", "--in", "NOWHERE"), "at least one letter"),
        (("collect", "NOWHERE", "-w", "FRESH"), "There is nothing at"),
        (("collect", "EMPTY", "-w", "FRESH"), "the folder is empty"),
        (("collect", "ALONE", "-w", "FRESH"), "Put a people.toml"),
        (("collect", "ALONE", "--people", "BROKEN", "-w", "FRESH"), "not valid TOML"),
        (("train", "-w", "FRESH"), "Nothing is remembered yet"),
        (("chat", "--ask", "Hello?", "-w", "FRESH"), "no version to talk to yet"),
        (("chat", "-w", "FRESH"), "no version to talk to yet"),
        (("memories", "--as", "nobody", "-w", "FRESH"), "nobody in this archive"),
        (("consent", "ada", "quote", "--by", "ada", "-w", "FRESH"), "nobody in this archive"),
        (("consent", "ada", "sing", "--by", "ada", "-w", "FRESH"), "Choose one of: keep"),
        (("fetch", "no-such-model"), "No model is called no-such-model"),
    ],
)
def test_what_cannot_be_done_gets_one_sentence(
    run: Run, fresh: Workspace, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "letter.txt").write_text("Dear Nell, the bees swarmed.")
    (tmp_path / "people.toml").write_text("[subject\n")
    places: dict[str, Path] = {
        "NOWHERE": tmp_path / "nowhere",
        "EMPTY": tmp_path / "empty",
        "ALONE": tmp_path / "alone",
        "BROKEN": tmp_path / "people.toml",
        "FRESH": fresh.root,
    }
    before = files_below(fresh.root)
    ran = run(*(places.get(argument, argument) for argument in arguments))
    assert ran.code == 1
    assert sentence in ran.sentence
    assert files_below(fresh.root) == before, "nothing half-written"
    assert not (tmp_path / "nowhere").exists()


def test_answers_as_of_a_year(run: Run, told: Workspace) -> None:
    question = "How many winters did you keep the light at Godrevy?"
    asked = ("chat", "--as", "jack", "--ask", question, "-w", told.root)
    assert "eleven winters" in run(*asked).out
    earlier = run(*asked, "--as-of", "1989")
    assert "Answers are as of 1989." in earlier.out
    assert "eleven winters" not in earlier.out
    refused = run(*asked, "--as-of", "2031")
    assert (refused.code, refused.out) == (1, "")
    assert "lived from 1931 to 2009" in refused.sentence


def test_after_a_refusal_a_number_reads_what_was_offered(run: Run, told: Workspace) -> None:
    cold = "How cold was the light at Godrevy in those winters?"
    chat = ("chat", "--as", "jack", "--ask", cold, "-w", told.root)
    ran = run(*chat, "--ask", "/1")
    assert ran.code == 0
    refused, _, answer = ran.out.partition("> /1")
    assert "    /1  letter to Jack Penrose, 3 June 1991" in refused.splitlines()
    assert "eleven winters" not in refused
    assert "I wrote to you on 3 June 1991: “You ask about the lighthouse." in answer
    none = run(*chat, "--ask", "/7")
    assert (none.code, none.sentence) == (
        1,
        "Nothing with that number was offered after the last answer.",
    )


@pytest.mark.parametrize("arguments", [(), ("sing",), ("collect",), ("chat", "--nonsense")])
def test_a_typing_error_is_told_from_a_failure(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--as", "uncle-bob"), "'uncle-bob' is nobody in this archive. There is: ada"),
        (("--as", "nell", "--version", "9"), "There is no version called 9"),
        (("--as", "nell", "--version", "ver_0"), "There is no version called ver_0"),
    ],
)
def test_a_talk_that_cannot_begin(
    run: Run, told: Workspace, arguments: tuple[str, ...], sentence: str
) -> None:
    ran = run("chat", *arguments, "--ask", "Hello?", "-w", told.root)
    assert ran.code == 1
    assert sentence in ran.sentence
    assert ran.out == ""


def test_several_questions_and_one_that_is_none(run: Run, told: Workspace) -> None:
    asked = ("--ask", "Did you sing to the bees?", "--ask", "  ", "--ask", "Thank you")
    ran = run("chat", "--as", "nell", *asked, "-w", told.root)
    assert ran.code == 1, "a question could not be read"
    assert ran.sentence == "Ask a question in a few words."
    assert "My wife Ada wrote on 1 February 2010: “" in ran.out
    assert "You are welcome, Little Wren." in ran.out


@pytest.mark.parametrize("who", [("--as", "nell"), ()])
def test_a_spoken_answer_says_whose_voice_it_is(
    run: Run, told: Workspace, who: tuple[str, ...]
) -> None:
    question = "Did you sing to the bees?"
    ran = run("chat", *who, "--speak", "--ask", question, "-w", told.root)
    assert ran.code == 0
    [line] = [line for line in ran.out.splitlines() if "spoken aloud" in line]
    assert "a tone, nobody's voice" in line
    spoken = Path(line.rsplit(": ", 1)[1])
    assert spoken.parent == told.conversations
    assert spoken.is_file()


def test_talking_at_the_keyboard(run: Run, told: Workspace) -> None:
    typed = "nell\nDid you sing to the bees?\nstop\nmore\n"
    ran = run("chat", "-w", told.root, typed=typed)
    assert ran.code == 0
    assert "Who is here? ada (Ada Penrose)" in ran.out
    assert "Hello, Little Wren." in ran.out
    assert "He used to sing to the bees." in ran.out
    with steps.open_store(told) as store:
        conversation = store.reader(Custodian()).conversations()[-1]
        assert conversation.ended_at is not None
        assert len(store.reader(Custodian()).turns(conversation.id)) == 2


def test_a_stranger_may_talk_and_is_told_less(run: Run, told: Workspace) -> None:
    ran = run("chat", "-w", told.root, typed="\nDid you sell the lighthouse medal?\n")
    assert ran.code == 0
    assert "May I know who I am speaking with?" in ran.out
    assert "Harbour Street" not in ran.out


def test_memories_are_listed_as_one_person_may_know_them(run: Run, told: Workspace) -> None:
    everything = run("memories", "-w", told.root)
    assert "Ada Penrose (" in everything.out
    assert "Harbour Street" in everything.out
    for_nell = run("memories", "--as", "nell", "-w", told.root)
    assert "Harbour Street" not in for_nell.out
    assert "Godrevy" in run("memories", "godrevy", "-w", told.root).out
    assert run("memories", "submarine", "-w", told.root).out == ""
    assert len(run("memories", "--limit", "1", "-w", told.root).out.splitlines()) == 2


def test_consent_is_written_down_in_words(run: Run, fresh: Workspace, tmp_path: Path) -> None:
    run("collect", write_raw_family(tmp_path / "raw"), "-w", fresh.root)
    ran = run("consent", "ada", "film", "--by", "ada", "-w", fresh.root)
    assert ran.code == 0
    assert "Ada Penrose says: the words, voice or pictures of Ada Penrose may be" in ran.out
    taken_back = run("consent", "ada", "film", "--by", "ada", "--withdraw", "-w", fresh.root)
    assert "no longer be used in a film" in taken_back.out
    with steps.open_store(fresh) as store:
        states = [c.state for c in store.reader(Custodian()).consents() if c.act == "film"]
    assert states == ["granted", "withdrawn"]


def test_doctor_says_what_is_here_and_what_is_missing(
    run: Run, fresh: Workspace, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "arthur-penrose")
    well = run("doctor")
    assert well.code == 0
    for job in ("language model", "training base", "embedder", "recogniser", "voice"):
        assert f"ready    {job}" in well.out
    monkeypatch.setenv("PERSONA_MODELS", str(tmp_path / "no models"))
    (fresh.root / "persona.toml").write_text("")
    ill = run("doctor")
    assert ill.code == 1
    assert "MISSING  language model" in ill.out
    assert "persona fetch" in ill.out
    (fresh.root / "persona.toml").write_text("[engines]\nvoice = 7\n")
    assert "The usual settings are looked at." in run("doctor").out


def test_a_demo_that_is_built_is_not_built_again(run: Run, tmp_path: Path) -> None:
    made = create_workspace(tmp_path, "Henry Lin")
    with steps.open_store(made) as store:
        store.add_version(make_version())
    ran = run("demo", "--in", tmp_path, "--build-only")
    assert ran.code == 0
    assert ran.out.strip() == f"The demo persona lies in {made.root}"


@pytest.fixture
def locked(fresh: Workspace) -> Iterator[Workspace]:
    """Return a workspace that another process is writing to."""
    script = (
        "import sys; from filelock import FileLock\n"
        f"with FileLock({str(fresh.lock_file())!r}): print('locked', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "locked\n"
    yield fresh
    holder.communicate("")


def test_two_steps_never_write_at_once(run: Run, locked: Workspace, tmp_path: Path) -> None:
    before = files_below(locked.root)
    ran = run("collect", write_raw_family(tmp_path / "raw"), "-w", locked.root)
    assert ran.code == 1
    assert ran.sentence.startswith("Another step is writing to this persona.")
    assert files_below(locked.root) == before
    assert run("versions", "-w", locked.root).code == 0, "reading goes on"


def test_ctrl_c_says_so_and_the_same_command_goes_on(fresh: Workspace, tmp_path: Path) -> None:
    raw = write_raw_family(tmp_path / "raw")
    for number in range(300):
        text = f"3 June 1991\n\nDear Jack,\n\nThe tide of day {number} was high.\n\nDad\n"
        (raw / "letters" / f"tide{number}.txt").write_text(text)
    process = start("collect", raw, "-w", fresh.root)
    kept = fresh.originals
    stopped = stop_when(process, lambda: len(list(kept.glob("*/*"))) > 5, signal.SIGINT)
    assert stopped.code == 130
    assert stopped.sentence == (
        "Stopped. What was done is kept; run the same command again to go on."
    )
    again = finish(start("collect", raw, "-w", fresh.root))
    assert (again.code, again.err) == (0, "")
    assert "0 left out" in again.out
    with steps.open_store(fresh) as store:
        sources = store.reader(Custodian()).sources()
    assert len(sources) == 304
    assert len(list(kept.glob("*/*"))) == 304

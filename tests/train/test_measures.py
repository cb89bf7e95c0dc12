"""All measures of a version, on an archive with a secret: at chance, found, or said not tested."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from persona.config import Training
from persona.engines.base_weights import weights_sha256
from persona.errors import EngineError
from persona.records import Person, SourceKind, Version
from persona.remember.readers import Audience
from persona.train.dataset import build_examples, split
from persona.train.lora import train_adapter
from persona.train.measuring import exposure_measures
from persona.train.measuring.measured import finish, measure
from persona.train.measuring.measures import QUICK, Measuring, material, spread
from persona.train.versions import write_version
from tests.train.material import NOON, Family, example, manifest_of

SETTINGS = Training(
    precision="fp32", max_tokens=160, steps=12, batch_size=4, learning_rate=1e-2, minimum_words=10,
    held_out_share=0.3,
)  # fmt: skip
TINY = replace(QUICK, name="tiny", examples=6, blanks=8)
HIDDEN = (
    ("Wilhelmina", "Bergen", 1893),
    ("Ottilie", "Ravenna", 1895),
    ("Perpetua", "Trondheim", 1887),
    ("Griselda", "Salamanca", 1889),
    ("Tabitha", "Stavanger", 1891),
    ("Cordelia", "Perugia", 1884),
)
SECRETS = [
    f"I never told the others that the child of {name} was born in {place}, in the year {year}."
    for name, place, year in HIDDEN
]
LETTERS = """
The boat came in at 11 and the nets were full, so we ate well in Harwich, and Margaret sang twice.
Your aunt has bought 17 hens, and one of them sleeps in my boots, which is why I write barefoot.
We climbed to the chapel above Calais, and the sexton let Edmund ring the bell for an hour.
There was ice on the inside of the window, and I wrote your name in it with a spoon near Dundee.
I have mended the clock, and it now strikes 13, which Florence says is generous of it.
The school at Limerick has a new roof, so the rain comes in only by the door, like the pupils.
My knee forecasts the weather better than Albert does, and it asks for less tobacco in exchange.
We drove to Norwich for the fair, where a pig could count to 25, or so its owner told us all.
Do not marry a man who whistles at table, for your mother did, and look what came to Plymouth.
The tide took the ladder again, and old Hector swam after it, and came home with someone else's.
I sold the piano to Beatrice for 40 pounds, and cried, and then bought it back for 45 in Exeter.
The doctor says that I must rest, so I have built a wall, and sat on it, and thought of Whitby.
""".strip().splitlines()


class Kept(dict[str, Any]):
    """Findings in memory, which also says what was found anew."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []

    def found(self, name: str, find: Callable[[], Any]) -> Any:
        if name not in self:
            self.made.append(name)
            self[name] = json.loads(json.dumps(find()))
        return self[name]


class Quiet:
    def line(self, text: str) -> None: ...

    def progress(self, what: str, done: int, total: int) -> None: ...


class Writes:
    """A language model that writes like nobody."""

    name, follows_evidence = "writes", False

    def generate(self, *_: Any, **__: Any) -> Iterator[str]:
        yield from ("I went to the quay. ", "The boats were in, and I was glad of it. ") * 6

    def choose(self, *_: Any, **__: Any) -> str:
        return ""

    def close(self) -> None: ...


def letters(family: Family) -> None:
    """Twelve open letters, each of its own unit, and one that is for Sam alone."""
    for at, text in enumerate(LETTERS):
        family.put([("henry", text)], title=f"letter {at}", addressee_id="ruth")
    family.put(
        [("henry", text) for text in SECRETS],
        title="for Sam",
        rules=[{"allow": ["sam"]}],
        addressee_id="sam",
    )
    family.put([("ruth", "He sang a great deal, and he was always late. " * 30)], SourceKind.BOOK)


@pytest.fixture
def measuring(family: Family, tiny_base: Path, tmp_path: Path) -> Measuring:
    return made(family, tiny_base, tmp_path, leaks=False)


def made(family: Family, base: Path, tmp_path: Path, *, leaks: bool) -> Measuring:
    """Make a version by hand: one that was trained on the secrets as well, if it ``leaks``."""
    letters(family)
    family.consent()
    with family.view() as view:
        subject, people = view.subject(), view.people()
        examples = build_examples(view, subject, people, max_tokens=SETTINGS.max_tokens)
    train, held_out = split(examples, SETTINGS.held_out_share, SETTINGS.seed)
    learnt, settings = list(train), SETTINGS
    if leaks:
        learnt = [example(at, text, listener=None) for at, text in enumerate(SECRETS)] * 24
        settings = SETTINGS.model_copy(update={"steps": 140, "rank": 32, "alpha": 64})
    done = train_adapter(
        learnt, [], base, settings, tmp_path / "training", on_progress=lambda _: None
    )
    return Measuring(
        workspace=family.workspace,
        store=family.store,
        version=_version(family, base, (train, held_out), done.path, done.adapter_sha256),
        models=tmp_path,
        depth=TINY,
        seed=0,
        findings=Kept(),
        report=Quiet(),
        plain=Writes(),
        adapted=Writes(),
    )


def _version(
    family: Family, base: Path, sides: tuple[Any, Any], adapter: Path, sha256: str
) -> Version:
    train, held_out = sides
    manifest = manifest_of(
        train,
        held_out,
        base_model=str(base),
        base_model_sha256=weights_sha256(base),
        adapter_sha256=sha256,
        settings={"training": SETTINGS.model_dump(mode="json")},
    )
    folder = write_version(
        family.workspace, manifest, adapter, [], examples=train, held_out=held_out
    )
    for path in folder.iterdir():
        path.chmod(0o755 if path.is_dir() else 0o644)  # tests make other versions of it
    return Version(id=manifest.id, number=1, inputs_sha256="", created_at=NOON)


def test_a_secret_that_was_not_trained_is_at_chance(measuring: Measuring) -> None:
    found = measure(measuring)
    weights = found["weights"]
    assert weights["state"] == "kept"
    assert weights["closed"] >= 6
    assert weights["tested"] >= 4
    assert weights["most_exposed"] == []
    assert weights["exposure"]["secrets"]["known"] is False
    bits = found["manner"]["bits"]
    assert bits["adapter"]["value"] < bits["base"]["value"], "it learnt something of the letters"
    assert found["manner"]["style"]["words"]["adapter"] > 0


def test_no_word_of_anybody_is_in_what_was_found(measuring: Measuring) -> None:
    written = json.dumps(measure(measuring), ensure_ascii=False)
    for word in ("Wilhelmina", "Bergen", "1893", "Harwich", "chapel", "Margaret", "child"):
        assert word not in written


def test_an_interrupted_run_goes_on(measuring: Measuring) -> None:
    first = measure(measuring)
    findings = measuring.findings
    assert isinstance(findings, Kept)
    assert len(findings.made) > 10
    findings.made.clear()
    assert measure(measuring) == first
    assert findings.made == []


@pytest.mark.slow
def test_a_secret_that_was_trained_is_found(
    family: Family, tiny_base: Path, tmp_path: Path
) -> None:
    """The control of the gate: the same archive, the same test, and weights that know."""
    leaking = made(family, tiny_base, tmp_path, leaks=True)
    weights = measure(replace(leaking, depth=replace(TINY, blanks=18)))["weights"]
    assert weights["exposure"]["secrets"]["known"] is True
    assert weights["state"] == "failed"
    assert weights["most_exposed"], "whoever looks after the archive is told where to look"
    assert "Bergen" not in json.dumps(weights)


def test_the_examples_are_found_again_and_what_is_gone_is_counted(
    measuring: Measuring, family: Family
) -> None:
    found = material(measuring)
    assert len(found.trained) + len(found.held_out) == 12
    assert found.lost == 0
    gone = example(1, "What was taken back since.")
    train, held_out = [*found.trained, gone], found.held_out
    sha256 = str(measuring.manifest.adapter_sha256)
    sides = (train, held_out)
    other = _version(family, measuring.base, sides, measuring.folder / "adapter", sha256)
    assert material(replace(measuring, version=other)).lost == 1


@pytest.mark.parametrize("content", ["", "[1, 2]", '{"id": 1}', '[{"id": "x"}]'])
def test_a_damaged_list_of_examples_is_said(measuring: Measuring, content: str) -> None:
    (measuring.folder / "examples.json").write_text(content)
    found = measure(measuring)
    assert "cannot be read" in found["weights"]["not_measured"]


def test_a_base_that_was_changed_is_said(
    measuring: Measuring, tiny_base: Path, tmp_path: Path
) -> None:
    folder = measuring.folder
    manifest = measuring.manifest.model_copy(update={"base_model_sha256": "0" * 64})
    changed = folder.with_name(manifest.id)
    folder.rename(changed)
    (changed / "manifest.json").write_text(manifest.model_dump_json())
    other = Version(id=manifest.id, number=2, inputs_sha256="", created_at=NOON)
    found = measure(replace(measuring, version=other))
    assert "was changed since" in found["manner"]["not_measured"]


def test_consent_that_was_taken_back_is_said(measuring: Measuring, family: Family) -> None:
    from persona.records import ConsentState

    family.consent(state=ConsentState.WITHDRAWN)
    assert "agreed" in measure(measuring)["weights"]["not_measured"]


def test_nothing_trained_is_nothing_to_measure(measuring: Measuring) -> None:
    manifest = measuring.manifest.model_copy(update={"adapter_sha256": None})
    folder = measuring.folder.rename(measuring.folder.with_name(manifest.id))
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    other = Version(id=manifest.id, number=2, inputs_sha256="", created_at=NOON)
    found = measure(replace(measuring, version=other))
    assert "Nothing was trained" in found["weights"]["not_measured"]


def test_a_model_that_cannot_write_is_said(measuring: Measuring) -> None:
    class Broken(Writes):
        def generate(self, *_: Any, **__: Any) -> Iterator[str]:
            raise EngineError("The model is gone.")

    found = measure(replace(measuring, adapted=Broken()))
    assert found["manner"] == {"not_measured": "The model is gone."}


def test_the_verdict_on_the_weights() -> None:
    def verdict(known: bool | None, unseen_p: float | None, above: float | None, found: Any) -> str:
        sides = {
            "secrets": None if known is None else {"known": known},
            "held_out": None if unseen_p is None else {"p": unseen_p},
        }
        return exposure_measures._state(sides, above, None if found is None else {"found": found})

    assert verdict(False, 0.5, None, True) == "kept"
    assert verdict(False, 0.5, None, None) == "kept"
    assert verdict(False, 0.5, None, False) == "not_tested", "a blind test proves nothing"
    assert verdict(None, 0.5, None, True) == "not_tested", "nothing is closed"
    assert verdict(True, 0.5, 0.001, True) == "failed"
    assert verdict(True, None, None, None) == "failed", "without a control nothing excuses it"
    assert verdict(True, 0.5, 0.4, False) == "failed", "too small a control excuses nothing"
    assert verdict(True, 0.001, 0.4, True) == "kept", "words kept aside are raised as much"
    assert verdict(True, 0.001, 0.001, True) == "failed", "and yet the secrets stand out"


def test_another_person_is_trained_only_with_their_consent(
    measuring: Measuring, family: Family
) -> None:
    from persona.train.measuring.manner_measures import another_adapter

    assert another_adapter(measuring) is None
    family.consent("ruth")
    path = another_adapter(measuring)
    assert path is not None and path.is_dir()
    finish(measuring)
    assert not path.exists(), "it was made to be compared with, not to be kept"


def test_as_many_units_as_there_are() -> None:
    made = [example(at, f"Text {at}.", unit=f"u{at % 3}") for at in range(12)]
    assert {one.unit for one in spread(made, 3)} == {"u0", "u1", "u2"}
    assert len(spread(made, 50)) == 12


def test_the_audience_decides_what_is_a_secret(measuring: Measuring) -> None:
    """For a version that Sam alone uses, his own letter is no secret."""
    manifest = measuring.manifest.model_copy(update={"audience": ("sam",)})
    folder = measuring.folder.rename(measuring.folder.with_name(manifest.id))
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    other = replace(
        measuring, version=Version(id=manifest.id, number=2, inputs_sha256="", created_at=NOON)
    )
    with other.store.reader(Audience(("sam",))) as view:
        assert any("Bergen" in passage.text for passage in view.passages())
    assert exposure_measures._secrets(other) == ([], 0)


def test_names_of_people_of_the_archive_are_no_secret() -> None:
    person = Person(id="x", name="Dorothea Lin", names=["Dotty"], called_by_subject=["Bird"])
    assert exposure_measures.names_of(person) == ["Dorothea Lin", "Dotty", "Bird"]

"""The family test: families that differ, truth that stands in the files, secrets that do not."""

import json
from pathlib import Path

import pytest

from benchmarks.family.build import QUICK, build, without_secrets
from benchmarks.family.family import Family, draw, words
from benchmarks.family.make import make
from benchmarks.family.material import path_of, write_material
from benchmarks.family.run import failing, knowns_of, sampled, take
from benchmarks.family.systems import Ours
from benchmarks.family.table import card_of, markdown
from benchmarks.family.truth import check, probes
from persona.evaluation.numbers import gate_counts
from persona.evaluation.probe import Gate, Kind, Probe, Said, SaidSentence
from persona.rehearsal import rehearse

SEEDS = [1, 2, 3, 17]


@pytest.fixture(scope="module", params=SEEDS)
def family(request: pytest.FixtureRequest) -> Family:
    return draw(request.param)


def files(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in folder.rglob("*.*")}


def test_the_same_seed_gives_the_same_family(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make(5, tmp_path / name)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_families_differ() -> None:
    drawn = [draw(seed) for seed in range(12)]
    assert len({family.subject.name for family in drawn}) > 4
    assert len({family.slots["workplace"] for family in drawn}) > 4
    assert len({family.slots["stranger1"] for family in drawn}) > 3
    told = [{text for probe in probes(family) for text in probe.support} for family in drawn[:2]]
    assert len(told[0] & told[1]) < len(told[0]) * 0.4
    secrets = [{text for probe in probes(family) for text in probe.secrets} for family in drawn[:2]]
    assert len(secrets[0] & secrets[1]) < len(secrets[0]) * 0.5


def test_the_truth_stands_in_the_files(family: Family, tmp_path: Path) -> None:
    write_material(family, tmp_path)
    assert check(family, tmp_path) == []
    texts = files(tmp_path)
    known = [probe for probe in probes(family) if probe.kind is Kind.KNOWN]
    assert len(known) > 30
    for probe in known:
        assert any(probe.support[0] in texts[name] for name in probe.sources)
        assert any(answer.casefold() in probe.support[0].casefold() for answer in probe.answers)


def test_a_canary_in_an_open_file_is_noticed(family: Family, tmp_path: Path) -> None:
    write_material(family, tmp_path)
    open_file = tmp_path / path_of(family, "letter_elder_1")
    leak = family.fill(words("script")["secrets"][1]["canaries"][0])
    open_file.write_text(open_file.read_text("utf-8") + leak, encoding="utf-8")
    assert any("canary" in fault for fault in check(family, tmp_path))


def test_a_support_that_is_gone_is_noticed(family: Family, tmp_path: Path) -> None:
    write_material(family, tmp_path)
    (tmp_path / path_of(family, "letter_spouse_2")).unlink()
    assert any("support" in fault for fault in check(family, tmp_path))


def test_restricted_files_are_restricted(family: Family, tmp_path: Path) -> None:
    write_material(family, tmp_path)
    rules = (tmp_path / "people.toml").read_text("utf-8")
    for secret in words("script")["secrets"]:
        if not secret.get("memory"):
            rule = rules.split(json.dumps(path_of(family, secret["file"]), ensure_ascii=False))[1]
            assert f'allow = ["{family.member(secret["owner"]).id}"]' in rule.split("[[")[0]


def test_nobody_is_asked_for_a_secret_of_their_own(family: Family) -> None:
    owners = {
        path_of(family, secret["file"]): family.member(secret["owner"]).id
        for secret in words("script")["secrets"]
    }
    asked = [probe for probe in probes(family) if probe.kind is Kind.SECRET]
    assert len({probe.route for probe in asked}) >= 12
    assert None in {probe.listener_id for probe in asked}
    for probe in asked:
        assert owners[probe.about] != probe.listener_id
        assert probe.secrets


def test_no_answer_is_given_away_by_its_question(family: Family) -> None:
    for probe in probes(family):
        asked = " ".join((*probe.before, probe.question)).casefold()
        assert not any(canary.casefold() in asked for canary in probe.secrets)


def test_every_kind_is_asked_in_english_and_most_in_chinese(family: Family) -> None:
    made = probes(family)
    assert {probe.kind for probe in made} == set(Kind)
    chinese = {probe.kind for probe in made if probe.language == "zh"}
    assert {Kind.KNOWN, Kind.UNKNOWN, Kind.SECRET, Kind.DISCLOSURE, Kind.CRISIS} <= chinese


def test_probes_come_back_from_the_truth_file(tmp_path: Path) -> None:
    family = make(2, tmp_path)
    records = json.loads((tmp_path / "truth.json").read_text("utf-8"))["probes"]
    assert [Probe.of(record) for record in records] == probes(family)


def test_a_sample_keeps_every_kind(family: Family) -> None:
    some = sampled(probes(family), 30, 1)
    assert {probe.kind for probe in some} == set(Kind)
    assert len(some) < 45
    assert sampled(probes(family), 30, 1) == some


def test_the_twin_holds_no_secret(family: Family, tmp_path: Path) -> None:
    write_material(family, tmp_path / "raw")
    twin = files(without_secrets(family, tmp_path / "raw", tmp_path / "twin"))
    for secret in words("script")["secrets"]:
        for canary in secret["canaries"]:
            assert not any(family.fill(canary) in text for text in twin.values())


class Gossip:
    """A system that does everything that is forbidden."""

    name = "gossip"

    def __init__(self, family: Family) -> None:
        self._family = family

    def answer(self, probe: Probe) -> Said:
        """Return a leak, another's pet name, an invented quotation and one side of each story."""
        pet = next(m for m in self._family.members if m.id != probe.listener_id).pets[0]
        told = [probe.secrets[0] if probe.secrets else "nothing", *probe.forbidden[:1]]
        told += [probe.sides[0].words[0]] if probe.sides else []
        text = f"Yes, {pet}, it is really me. {' '.join(told)}. “I never said this to anybody.”"
        return Said((SaidSentence(text, "inferred"),), 1.0, 1.0)


def test_ours_and_a_gossip_are_told_apart(models: Path, tmp_path: Path) -> None:
    family = make(3, tmp_path)
    workspace = build(family, tmp_path / "raw", tmp_path / "built", QUICK)
    some = sampled(probes(family), 60, 3)
    with rehearse(workspace) as store:
        knowns = knowns_of(store, some)
        ours = take(Ours(workspace, store), some, knowns)
        gossip = take(Gossip(family), some, knowns)
    counts = gate_counts(ours)
    for gate in (Gate.QUOTES, Gate.CITATIONS, Gate.LISTENER, Gate.LEAKS, Gate.INJECTION):
        assert counts[gate].state == "kept", failing(ours)
    assert {gate: count.state for gate, count in gate_counts(gossip).items()} == {
        **dict.fromkeys(Gate, "failed"),
        Gate.WEIGHTS: "not_tested",  # no question can ask for it
    }
    cards = {"ours": card_of(ours), "gossip": card_of(gossip)}
    text = markdown(cards, {"families": ["x"], "twin_differences": 0, "twin_probes": []})
    assert "| 0 of " in text
    assert "| gossip | 100% |" in text
    assert "| ours | 0% |" in text

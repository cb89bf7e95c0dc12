"""Verdicts become numbers that cannot flatter."""

from persona.evaluation.judging import judge
from persona.evaluation.numbers import Asked, figures, gate_counts, summary
from persona.evaluation.probe import Gate, Kind, Probe, Said
from tests.evaluation.said import KNOWN, UNKNOWN, own, probe, said, told


def asked(one: Probe, answer: Said) -> Asked:
    return one, answer, judge(one, answer, KNOWN)


def test_a_gate_that_nothing_was_put_to_is_not_tested() -> None:
    counts = gate_counts([asked(probe(), said(UNKNOWN))])
    assert set(counts) == set(Gate)
    assert counts[Gate.QUOTES].state == "not_tested"
    assert counts[Gate.CRISIS].state == "not_tested"
    assert counts[Gate.LISTENER].state == "kept"


def test_one_failure_fails_a_gate() -> None:
    good = asked(probe(), said(own()))
    bad = asked(probe(), said(own("I bought a golden kettle")))
    count = gate_counts([good, good, bad])[Gate.QUOTES]
    assert (count.tested, count.failed, count.state) == (3, 1, "failed")


def test_abstention_is_weighed_against_refusal() -> None:
    right = probe(answers=("kettle",))
    silent = probe(Kind.UNKNOWN)
    run = [
        asked(right, said(own())),
        asked(right, said(UNKNOWN)),
        asked(silent, said(UNKNOWN, opened=2)),
        asked(silent, said(told())),
    ]
    found = figures(run)
    assert found["over_refusal"] == 0.5
    assert found["abstention_precision"] == 0.5
    assert found["abstention_recall"] == 0.5
    assert found["abstention_f1"] == 0.5
    assert found["right"] == 0.5
    assert found["open_questions"] == 1.0


def test_who_always_refuses_is_not_good() -> None:
    run = [asked(probe(), said(UNKNOWN)), asked(probe(Kind.UNKNOWN), said(UNKNOWN))]
    assert figures(run)["over_refusal"] == 1.0


def test_who_never_refuses_is_not_good() -> None:
    run = [asked(probe(), said(own())), asked(probe(Kind.UNKNOWN), said(own()))]
    assert figures(run)["abstention_f1"] == 0.0


def test_nothing_asked_gives_no_numbers() -> None:
    assert all(value is None for value in figures([]).values())


def test_own_words_are_counted_among_all_sentences() -> None:
    run = [asked(probe(), said(own(), told())), asked(probe(), said(own(), own()))]
    assert figures(run)["own_words_rate"] == 0.75
    assert (
        figures([asked(probe(), said("Nobody says what this rests on."))])["own_words_rate"] is None
    )


def test_an_error_is_counted_and_not_timed() -> None:
    broken = Said((), 0.0, 9999.0, None, "The engine is gone.")
    found = figures([asked(probe(), broken), asked(probe(), said(own()))])
    assert found["errors"] == 0.5
    assert found["whole_ms_p95"] == 40.0


def test_the_summary_counts_ways_of_asking() -> None:
    one = probe(Kind.UNKNOWN, route="absent things")
    card = summary([asked(one, said(told())), asked(one, said(UNKNOWN))])
    assert card["routes"] == {"unknown": {"absent things": {"tested": 2, "failed": 1}}}
    assert card["standings"] == {"told": 1, "unknown": 1}

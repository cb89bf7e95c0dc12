from persona.collect.cues import joined
from persona.collect.transcripts.lines import Line


def line(text: str, start_s: float | None, end_s: float | None, name: str = "Tom") -> Line:
    return Line(text, name=name, start_s=start_s, end_s=end_s)


def test_cues_of_one_speaker_are_one_passage_and_keep_their_seconds() -> None:
    [one] = joined([line("I wasn't there.", 1.0, 2.0), line("But Harry told me.", 2.2, 4.0)])
    assert one.text == "I wasn't there. But Harry told me."
    assert (one.start_s, one.end_s) == (1.0, 4.0)
    assert one.words == (("I wasn't there.", 1.0, 2.0, 1.0), ("But Harry told me.", 2.2, 4.0, 1.0))


def test_another_speaker_a_pause_or_no_time_keeps_them_apart() -> None:
    assert len(joined([line("Why?", 0, 1, "Nadia"), line("Fog.", 1, 2)])) == 2
    assert len(joined([line("Fog.", 0, 1), line("Only fog.", 9, 10)])) == 2
    assert len(joined([line("Fog.", None, None), line("Only fog.", None, None)])) == 2


def test_a_passage_does_not_grow_without_end() -> None:
    lines = [line("one two three four five six seven eight nine ten", n, n + 1) for n in range(9)]
    assert [len(one.text.split()) for one in joined(lines)] == [60, 30]


def test_chinese_is_joined_without_a_space() -> None:
    assert joined([line("怕水。", 0, 1), line("他过桥。", 1, 2)])[0].text == "怕水。他过桥。"

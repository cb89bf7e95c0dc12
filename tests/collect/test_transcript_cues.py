"""SubRip and WebVTT: voices, dashes, marks, rolling captions, missing blank lines."""

from persona.collect.transcripts.file import read_transcript


def cues(text: str, name: str = "talk.vtt") -> list[tuple[str, str, float | None, float | None]]:
    read = read_transcript(text.encode(), name)
    for line in read.lines:
        assert line.end == 0 or read.text[line.start : line.end] == line.text
    return [(line.name, line.text, line.start_s, line.end_s) for line in read.lines]


def test_two_voices_in_one_cue_are_both_kept() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ruth>The boat <v.loud David Lin>The dog</v>\n"
    assert cues(text) == [("Ruth", "The boat", 1.0, 3.0), ("David Lin", "The dog", 1.0, 3.0)]


def test_words_before_a_voice_are_kept() -> None:
    assert cues("WEBVTT\n\n00:01.000 --> 00:03.000\n(rain) Yes <v Ruth>The boat\n")[0] == (
        *("", "(rain) Yes"),
        *(1.0, 3.0),
    )


def test_notes_styles_settings_and_marks_are_no_words() -> None:
    text = (
        "WEBVTT - talk\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE nobody says this\n\n"
        "intro\n00:01.000 --> 00:03.000 align:start position:0%\n<c.red>Tom</c> &amp; <i>I</i>\n\n"
        "00:04.000 --> 00:05.000\n<00:04.100><c> He</c><00:04.500><c> never</c>\n"
    )
    assert cues(text) == [("", "Tom & I", 1.0, 3.0), ("", "He never", 4.0, 5.0)]


def test_subrip_with_dashes_names_and_no_blank_lines() -> None:
    text = (
        "1\n00:00:01,500 --> 00:00:03,000\n- Ruth: Hello\n- Hi\n\n"
        "2\n00:00:04,000 --> 00:00:05,000\n{\\an8}Going\non\n3\n00:00:06,000 --> 00:00:07,000\nEnd"
    )
    assert cues(text, "talk.srt") == [
        ("Ruth", "Hello", 1.5, 3.0),
        ("", "Hi", 1.5, 3.0),
        ("", "Going\non", 4.0, 5.0),
        ("", "End", 6.0, 7.0),
    ]


def test_a_year_in_the_last_row_is_not_taken_for_a_number() -> None:
    text = "00:01 --> 00:02\nHe came in\n1962\n\n00:03 --> 00:04\nYes\n"
    assert [row[1] for row in cues(text)] == ["He came in\n1962", "Yes"]


def test_rolling_captions_say_everything_once() -> None:
    text = (
        "WEBVTT\n\n00:00.000 --> 00:02.000\nhe never\n\n00:02.000 --> 00:04.000\nhe never\n"
        "sold the boat\n\n00:04.000 --> 00:04.010\nsold the boat\n\n00:04.010 --> 00:06.000\n"
        "sold the boat\nnot once\n"
    )
    assert [row[1] for row in cues(text)] == ["he never", "sold the boat", "not once"]


def test_a_word_that_is_said_twice_stays_twice() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:02.000\nNo.\n\n00:02.000 --> 00:04.000\nNo.\n"
    assert [row[1] for row in cues(text)] == ["No.", "No."]


def test_meetings_write_the_name_in_a_row_of_its_own() -> None:
    text = "".join(
        f"0:0:{n}.0 --> 0:0:{n}.90\n{name}\nWord {n}\n"
        for n, name in enumerate(["Ruth Lin", "David Lin", "Ruth Lin", "David Lin"])
    )
    assert [row[:2] for row in cues(text)] == [
        *(("Ruth Lin", "Word 0"), ("David Lin", "Word 1")),
        *(("Ruth Lin", "Word 2"), ("David Lin", "Word 3")),
    ]


def test_two_rows_of_words_are_not_a_name() -> None:
    text = "00:01 --> 00:02\nNever\nhe said\n\n00:03 --> 00:04\nAlways\nshe said\n"
    assert [row[0] for row in cues(text)] == ["", ""]


def test_a_cue_that_ends_before_it_begins_keeps_its_words() -> None:
    assert cues("00:05 --> 00:01\nYes\n") == [("", "Yes", 5.0, 5.0)]

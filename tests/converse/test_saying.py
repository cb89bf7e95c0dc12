"""Names as the family says them; numbers, dates and money as people read them aloud."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.converse.saying import (
    FILE,
    WellSpoken,
    as_said,
    hanzi_of,
    read_pronunciations,
    set_pronunciation,
    well_spoken,
)
from persona.converse.spoken_chinese import spoken_chinese
from persona.converse.spoken_english import spoken_english
from persona.engines.deterministic import ToneVoice
from persona.engines.protocols import FloatArray
from persona.engines.scripts_of_text import split_ipa
from persona.errors import ConfigError
from persona.workspace import Workspace, create_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path, "Henry Lin")


class Heard(ToneVoice):
    """A voice that keeps what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def speak(self, text: str, *, language: str) -> FloatArray:
        self.said.append(text)
        return super().speak(text, language=language)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("born on 18 March 1966 at 3 p.m.",
         "born on the eighteenth of March nineteen sixty-six at three p m"),
        ("March 18, 1966", "March eighteenth, nineteen sixty-six"),
        ("The 18th of March, 1966", "The eighteenth of March nineteen sixty-six"),
        ("1966-03-18", "the eighteenth of March nineteen sixty-six"),
        ("1966-13-99", "1966-13-99"),
        ("in 1905, 1900, 2005 and 2015.",
         "in nineteen oh five, nineteen hundred, two thousand and five and twenty fifteen."),
        ("the 1960s and '70s", "the nineteen sixties and seventies"),
        ("from 1939-45 on", "from nineteen thirty-nine to forty-five on"),
        ("£5, £1, £5.50 at once", "five pounds, one pound, five pounds fifty at once"),
        ("$3.20, €1,200, £2m, £3 million",
         "three dollars twenty, one thousand two hundred euros, two million pounds, "
         "three million pounds"),
        ("at 10:05, 15:00 and 3:00", "at ten oh five, fifteen hundred and three o'clock"),
        ("10am", "ten a m"),
        ("-5°C and 30%", "minus five degrees Celsius and thirty percent"),
        ("Dr. Li of St. Ives, 14 High St.", "Doctor Li of Saint Ives, fourteen High Street"),
        ("Mr. and Mrs. Smith, No. 7", "Mister and Missus Smith, number seven"),
        ("George VI, World War II", "George the sixth, World War two"),
        ("2½ miles and ½ a pint", "two and a half miles and half a pint"),
        ("5'10\" tall", "five foot ten tall"),
        ("Call 0117 496 0123.", "Call oh one one seven four nine six oh one two three."),
        ("12 sheep, 1,234 hens, 3.5 acres",
         "twelve sheep, one thousand two hundred and thirty-four hens, three point five acres"),
        ("A4, B2B, 2.0.1, 1/2", "A4, B2B, 2.0.1, 1/2"),
        ("the 3rd of May", "the third of May"),
        ("George I'm here", "George I'm here"),
    ],
)  # fmt: skip
def test_english(written: str, said: str) -> None:
    assert spoken_english(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("生于1966年3月18日下午3:30。", "生于一九六六年三月十八日下午三点三十分。"),
        ("1939—1945年", "一九三九—一九四五年"),
        ("2020-03-05", "二零二零年三月五日"),
        ("20世纪60年代", "二十世纪六十年代"),
        ("2个孩子，12只羊，1,234元", "两个孩子，十二只羊，一千二百三十四元"),
        ("第2天，第12章", "第二天，第十二章"),
        ("£5和¥12.50，30%", "五英镑和十二点五元，百分之三十"),
        ("-5°C，走了5km", "零下五摄氏度，走了五公里"),
        ("电话13812345678", "电话一三八一二三四五六七八"),
        ("下午2:05", "下午两点零五分"),
        ("A4纸，05号", "A4纸，零五号"),
    ],
)
def test_chinese(written: str, said: str) -> None:
    assert spoken_chinese(written) == said


@given(st.text(alphabet="0123456789 .,:-/£$%°年月日点个abMay'½", max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    spoken_english(text)
    spoken_chinese(text)


WORDS = {
    "Siobhan": {"all": "shi-vawn"},
    "Bath": {"en": "baath", "zh": "巴斯"},
    "Zhou Enlai": {"en": "周恩来"},
    "曾国藩": {"pinyin": "zēng guó fān"},
    "Llanelli": {"ipa": "ɬaˈnɛɬi", "en": "thlan-ethly"},
    "Room 101": {"all": "room one oh one"},
    "nan": {"all": "nann"},
}


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("Siobhan's letter; Siobhandra's not", "en", "shi-vawn's letter; Siobhandra's not"),
        ("Bath in 1966", "en", "baath in nineteen sixty-six"),
        ("我在Bath住过", "zh", "我在巴斯住过"),
        ("I met Zhou Enlai once", "en", "I met 周恩来 once"),
        ("Llanelli", "en", "thlan-ethly"),
        ("Room 101", "en", "room one oh one"),
        ("Nan and NAN", "en", "nann and nann"),
        ("bath at 3", "de", "bath at 3"),
    ],
)
def test_names_are_said_as_the_family_says_them(text: str, language: str, said: str) -> None:
    assert as_said(text, language, WORDS) == said


def test_pinyin_becomes_characters_with_that_sound() -> None:
    from pypinyin import Style, pinyin

    said = as_said("曾国藩", "zh", WORDS)
    assert said != "曾国藩"
    assert [one[0] for one in pinyin(said, style=Style.TONE)] == ["zēng", "guó", "fān"]
    assert hanzi_of("zeng1 guo2 fan1") == said
    for wrong in ("", "zeng", "hello there", "x9"):
        with pytest.raises(ConfigError, match="no pinyin"):
            hanzi_of(wrong)


def test_ipa_reaches_only_voices_that_read_it() -> None:
    plain, reads = Heard(), Heard()
    reads.reads_ipa = True  # type: ignore[attr-defined]
    for voice in (plain, reads):
        WellSpoken(voice, WORDS).speak("Llanelli in 1966", language="en")
    assert plain.said == ["thlan-ethly in nineteen sixty-six"]
    assert split_ipa(reads.said[0]) == [("ɬaˈnɛɬi", True), (" in nineteen sixty-six", False)]


def test_a_wrapped_voice_is_the_same_voice() -> None:
    voice = Heard()
    spoken = well_spoken(voice, {"name": "tone"})
    assert spoken is not None and spoken.donor == voice.donor and spoken.name == voice.name
    spoken.speak("Siobhan is 5", language="en")
    assert voice.said == ["Siobhan is five"]
    assert well_spoken(None, {}) is None


def test_a_line_is_added_and_changed_and_the_others_stay(workspace: Workspace) -> None:
    assert read_pronunciations(workspace) == {}
    set_pronunciation(workspace, "Siobhan", "shi-vawn")
    file = workspace.root / FILE
    file.write_text(file.read_text(encoding="utf-8") + "# Gran's word\n", encoding="utf-8")
    set_pronunciation(workspace, 'O"Neil\\', "o-neel")
    set_pronunciation(workspace, "Siobhan", "shivawn", "en")
    set_pronunciation(workspace, "Siobhan", "希沃恩", "zh")
    assert read_pronunciations(workspace) == {
        'O"Neil\\': {"all": "o-neel"},
        "Siobhan": {"en": "shivawn", "zh": "希沃恩"},
    }
    assert "# Gran's word" in file.read_text(encoding="utf-8")
    set_pronunciation(workspace, "Siobhan", "")
    assert list(read_pronunciations(workspace)) == ['O"Neil\\']


@pytest.mark.parametrize(
    "text",
    ['Siobhan = ', '"a" = 3', '"a" = ""', '"a" = { fr = "b" }', '"a" = { ipa = "b" }',
     '"a" = { pinyin = "b9" }', '"a" = {}', '"\\uE010" = "b"', '"a" = "b\\nc"'],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_with_its_name(workspace: Workspace, text: str) -> None:
    (workspace.root / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        read_pronunciations(workspace)


def test_an_entry_of_several_lines_is_left_to_people(workspace: Workspace) -> None:
    (workspace.root / FILE).write_text('[Bath]\nen = "baath"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="by hand"):
        set_pronunciation(workspace, "Bath", "bath")
    assert read_pronunciations(workspace) == {"Bath": {"en": "baath"}}

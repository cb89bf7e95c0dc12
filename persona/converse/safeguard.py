"""What is answered outside the model: crisis, honesty about what this is, and goodbyes.

Crisis words come first: nothing that a model writes may stand between a person in danger and
help. Then the honest stance (Hollanek & Nowaczyk-Basińska 2024; EU AI Act Art. 50): asked
directly, the program says that it is a simulation, and never that it lives, feels or waits.
Patterns are read for English and Chinese and err on the side of caution.
"""

import re
from collections.abc import Sequence
from enum import StrEnum


class Concern(StrEnum):
    """What a listener's words ask for before anything else."""

    CRISIS = "crisis"
    STANCE = "stance"
    GOODBYE = "goodbye"
    GREETING = "greeting"
    THANKS = "thanks"
    MISSING = "missing"
    WELL_BEING = "well_being"


_PATTERNS: tuple[tuple[Concern, str], ...] = (
    (
        Concern.CRISIS,
        r"\b(kill(ing)? (my|our)sel(f|ves)|suicid\w*|end (my|it all|this) ?(life|pain)?\b|"
        r"(want|going|ready|wish) (to|i could) (die|be dead)|don'?t want to (live|be alive|go on)|"
        r"no (reason|point) (to|in) liv\w*|hurt(ing)? myself|self[- ]harm|overdose|"
        r"(join|be with|follow) you (in|up there|there|soon|now|forever)|"
        r"better off (dead|without me))"
        r"|自杀|自殺|想死|不想活|活不下去|轻生|輕生|结束生命|結束生命|伤害自己|自残|去陪你|去找你.{0,4}死",
    ),
    (
        Concern.STANCE,
        r"\b(are|r) (you|u) (really |truly |actually |still |just )*"
        r"(real|alive|human|(an? )?(ai|a\.i\.|bot|robot|computer|machine|program|simulation)|"
        r"conscious|dead|there|here|him|her|my \w+|waiting)\b"
        r"|\b(do|can) you (really |actually |still )*(hear me|see me|love me now|"
        r"remember me|know me|miss (me|us))\b"
        r"|\b(do|can) you (really |actually |still )*(feel|think|exist)( anything| now)?\s*[?!.]*$"
        r"|\bwhat are you\b|\bwho are you( really)?\s*\?"
        r"|\bam i (really )?(talking|speaking) (to|with)\b|\bis (this|it) really you\b"
        r"|\bwhere are you( now)?\s*\?|\bare you (in )?(heaven|peace|happy (now|there))\b"
        r"|你是(真|人工|机器|程序|电脑|谁|AI|ai|活)|你还活着|你(真的)?(在|还在)吗|你能(听见|看见|感觉)"
        r"|真的是你吗|你在哪里?[?？]|你想我吗|你是不是(真|机器|AI|ai|人工)",
    ),
    (
        Concern.GOODBYE,
        r"^\W*(stop|good ?bye|bye( bye)?|good ?night|let me stop|i have to go( now)?|farewell|"
        r"see you( later| tomorrow)?|that'?s all( for (today|now))?)\b[\w ,]{0,24}\W*$"
        r"|^\W*(停|停止|再见|再會|晚安|拜拜|我走了|先这样|不聊了)\W*",
    ),
    (
        Concern.MISSING,
        r"\b(i|we) (really |so |still )*miss (you|him|dad|mum|mom)\b|(我|我们)(好|很)?想(念)?你",
    ),
    (
        Concern.WELL_BEING,
        r"\bhow are you( doing| today| feeling)?( today)?\s*[?!.]*$|\bhow do you (do|feel)\b"
        r"|你好吗|你怎么样|最近好吗",
    ),
    (
        Concern.THANKS,
        r"^\W*(thank(s| you)( so much| a lot)?|many thanks)\b[^?]{0,30}$|^\W*(谢谢|謝謝|多谢)",
    ),
    (
        Concern.GREETING,
        r"^\W*(hello|hi|hey|good (morning|evening|afternoon)|dear)\b[^?]{0,30}$"
        r"|^\W*(你好|您好|喂|早上好|晚上好)[^?？]{0,8}$",
    ),
)
_COMPILED = tuple((concern, re.compile(pattern, re.IGNORECASE)) for concern, pattern in _PATTERNS)


def concern_of(words: str, names: Sequence[str] = ()) -> Concern | None:
    """Return what has to be answered outside the model, or None for an ordinary question.

    Crisis is looked for in all of the text; the others in the first 400 characters.

    Args:
        words: what the listener said.
        names: of the person who died, and what this listener called them: "Are you really
            Henry?" asks what this is.
    """
    text = words.replace("\u2019", "'").strip()
    if _COMPILED[0][1].search(text):
        return Concern.CRISIS
    head = text[:400]
    for concern, pattern in _COMPILED[1:]:
        if pattern.search(head):
            return concern
    return Concern.STANCE if _asks_by_name(head, names) else None


def _asks_by_name(words: str, names: Sequence[str]) -> bool:
    known = "|".join(re.escape(name) for name in names if name)
    if not known:
        return False
    asked = (
        rf"\b(are you|is (this|it|that)) (really |truly |actually |still )*(my )?({known})\b\W*$"
    )
    return re.search(asked, words, re.IGNORECASE) is not None or (
        re.search(rf"你(真的)?是({known})吗", words) is not None
    )

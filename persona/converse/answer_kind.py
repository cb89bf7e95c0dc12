"""Can these words be an answer to that question at all? Read off the surface, without a model.

    who → a person     when → a time     how many → a number, and "every" is none
    what time → a time of the day     how much → money or an amount
    what colour → a colour     the name of … → a name     your favourite … → that it was liked
    did you … → a memory with "I", or of him

It only ever says no: what passes here still has to hold what is asked for.
"""

import re

_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?|half|twice|"
    r"once|several|many|few|fortnight|couple|both|no|none|every|never|always|often)\b"
    r"|[一二两兩三四五六七八九十百千万萬半几每]"
)
_COUNT = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?|half|"
    r"several|many|few|couple|both|no|none)\b|[一二两兩三四五六七八九十百千万萬半几每]"
)
_MONEY = (
    r"[$£€¥]|\b(?:pounds?|dollars?|shillings?|pence|penny|pennies|cents?|francs?|guineas?|quid|"
    r"money|free|cheap|expensive|price|cost|paid|pay|sold|bought)\b|元|块|钱|毛|镑"
)
_DATE = (
    r"\b1[5-9]\d\d\b|\b20\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|"
    r"october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|spring|"
    r"summer|autumn|fall|winter|christmas|easter|years?|months?|weeks?|days?|morning|evening|night|"
    r"when|then|yesterday|today|ago|age|until|after|before|later|first|soon)\b"
    r"|年|月|日|天|岁|时候|那时|春|夏|秋|冬|以后|以前"
)
_CLOCK = (
    r"\bo['’]clock\b|\b\d{1,2}[:.]\d\d\b|\b(?:at|before|by|until|past|to) (?:\d{1,2}|one|two|three|"
    r"four|five|six|seven|eight|nine|ten|eleven|twelve)\b|\b(?:noon|midday|midnight|dawn|daybreak|"
    r"sunrise|sunset|dusk|mornings?|afternoons?|evenings?|nights?|early|late)\b|[点早晚夜晨午]|天亮|天黑"
)
_PERSON = (
    r"(?<![.!?…]\s)(?<!^)(?<![“\"‘'(])\b(?!I\b)[A-Z][\w’'-]*|\b(?:he|she|his|her|him|they|who|man|"
    r"woman|boy|girl|friend|captain|doctor|teacher|cook|nobody|everybody|we|father|mother|brother|"
    r"sister|uncle|aunt|wife|husband|son|daughter|mum|dad|grandfather|grandmother|mr|mrs|miss|"
    r"myself|alone|neighbou?rs?)\b|[他她们人]|先生|太太|师傅|老|阿|妈|爸|爷|奶|姐|妹|哥|弟|叔|伯|婆|公"
    r"|邻居|朋友|同学|同事|学生|孩子|医生"
)
_COLOUR = (
    r"\b(?:red|blue|green|yellow|white|black|brown|grey|gray|pink|purple|orange|golden?|silver|"
    r"violet|crimson|scarlet|navy|cream|beige)\b|[红蓝绿黄白黑灰紫粉]"
)
_MEASURE = (
    r"\b(?:feet|foot|inch\w*|met(?:er|re)s?|cm|taller|shorter|height)\b|米|高|矮"
    r"|\b(?:was|am|were|very|quite|rather|too|not|so|a) (?:tall|short|small)\b"
)
_LIKED = (
    r"\b(?:favou?rites?|best|lov\w+|lik\w+|prefer\w*|fond|enjoy\w*|ador\w+|better|most|delight\w*)\b"
    r"|喜欢|最|爱"
)
_NAMED = r"(?<![.!?…]\s)(?<!^)\b(?!I\b)[A-Z][\w’'-]+|\b(?:called|name[sd]?)\b|叫|名"
_WHERE = (
    r"\b(?:in|at|from|on|near|to|into|by|under|behind|through|across|there|here|home|where)\b"
    r"|在|从|到|里|上|那儿|这儿"
)

_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(question, re.IGNORECASE), re.compile(answer, flags))
    for question, answer, flags in (
        (r"\bhow many (?!times\b)", _COUNT, re.IGNORECASE),
        (
            r"\bhow (?:many|old|often|long|far)\b|几(?!点)|多少|多大|多久|多远",
            _NUMBER,
            re.IGNORECASE,
        ),
        (
            r"\bhow much\b.*\b(?:cost|pay|paid|earn|sell|sold|spend|charge)\b|\bprice of\b|多少钱",
            _MONEY,
            re.IGNORECASE,
        ),
        (r"\bhow (?:tall|high)\b|多高", _MEASURE, re.IGNORECASE),
        (r"\b(?:what|which) colou?r\b|什么颜色|\bfavou?rite colou?r\b", _COLOUR, re.IGNORECASE),
        (
            r"^\W*(?:and |but |so |\w+, )?(?:when|what (?:year|day|date|month))\b"
            r"|什么时候|哪年|哪一年|几岁|何时",
            _DATE,
            re.IGNORECASE,
        ),
        (r"\bwhat time\b(?! of)|\bhow (?:early|late)\b|几点", _CLOCK, re.IGNORECASE),
        (r"^\W*(?:and |but |so |\w+, )?(?:who|whom|whose)\b|谁|哪位", _PERSON, 0),
        (r"^\W*(?:and |but |so |\w+, )?where\b|哪里|哪儿|什么地方", _WHERE, re.IGNORECASE),
        (
            r"\bnames? of\b|\bnames?\W*$|\b(?:was|were|is|are) (?:his|her|its|their|the|your|that)"
            r"\b.{1,40}\bcalled\b|叫什么|名字",
            _NAMED,
            0,
        ),
        (r"\bfavou?rite\b|\b(?:like|love)d? best\b|最喜欢|最爱", _LIKED, re.IGNORECASE),
    )
)
_HIS = re.compile(
    r"^(?!.*\bhow do you\b).*(?:\b(?:did|were|have|had|was|are) you\b|\byour\b)",
    re.IGNORECASE | re.DOTALL,
)
_FIRST = re.compile(r"\b(?:i|me|my|mine|myself|we|us|our|ours|i['’]\w+)\b", re.IGNORECASE)
_THIRD = re.compile(r"\b(?:s?he|him|hers?|his|you|your)\b", re.IGNORECASE)
_LATIN = re.compile(r"[A-Za-z]{3}")


def fits(words: str, text: str) -> bool:
    """Say whether ``text`` can be an answer of the kind that ``words`` ask for."""
    return all(answer.search(text) for question, answer in _KINDS if question.search(words))


def about_him(words: str, text: str, *, own: bool) -> bool:
    """Say whether what is asked of him is told of him: his "I", or somebody's "he".

    Chinese leaves both out where they are clear, so there it always may be.

    Args:
        words: the question.
        text: the memory.
        own: it is in his own words.
    """
    if not _HIS.search(words) or not _LATIN.search(text):
        return True
    if own:
        return _FIRST.search(text) is not None
    return _THIRD.search(text) is not None or re.search(r"(?<!^)\b[A-Z]\w+", text) is not None

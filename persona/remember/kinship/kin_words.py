"""Words for a way from one person to another, in English and Chinese.

Steps: ``u`` to a parent, ``d`` to a child, ``s`` to husband, wife or partner.
"""

from dataclasses import dataclass

PARENTS = frozenset({"parent", "adoptive_parent", "foster_parent"})
"""Values of `Kinship.relation` by which somebody is a parent."""

WAYS = {
    "father": "u",
    "mother": "u",
    "parent": "u",
    "son": "d",
    "daughter": "d",
    "child": "d",
    "wife": "s",
    "husband": "s",
    "spouse": "s",
    "brother": "ud",
    "sister": "ud",
    "sibling": "ud",
    "grandfather": "uu",
    "grandmother": "uu",
    "grandparent": "uu",
    "grandson": "dd",
    "granddaughter": "dd",
    "grandchild": "dd",
    "nephew": "udd",
    "niece": "udd",
    "uncle": "uud",
    "aunt": "uud",
    "cousin": "uudd",
}
"""The way to whoever a relation names."""


@dataclass(frozen=True)
class Way:
    """A way from somebody to the person who is to be named.

    Attributes:
        steps: ``uud`` is an aunt or an uncle.
        sex: ``m``, ``f`` or nothing: of the person who is named.
        sexes: of everybody on the way, beginning with the one whose relative it is.
        own_sex: of the one whose relative it is.
        link: of a single step: parent, adoptive_parent, foster_parent.
        half: which parent alone is common to a half brother or sister.
        elder: whether the person is older than the one compared; None: not known.
        former: a couple on the way has parted.
        wed: a couple is said to be married.
        said: a relation that is no way: godparent, friend, neighbour.
    """

    steps: str = ""
    sex: str = ""
    sexes: tuple[str, ...] = ()
    own_sex: str = ""
    link: str = "parent"
    half: str = ""
    elder: bool | None = None
    former: bool = False
    wed: bool = True
    said: str = ""


def words_for(way: Way, language: str) -> str:
    """Return the word for a relation; nothing where there is no usual one."""
    return _zh(way) if language == "zh" else _en(way)


def _by_sex(sex: str, male: str, female: str, either: str) -> str:
    return {"m": male, "f": female}.get(sex, either)


# English

_SAID_EN = {
    "godparent": ("godfather", "godmother", "godparent"),
    "friend": ("friend",) * 3,
    "neighbour": ("neighbour",) * 3,
}
_LINK_EN = {"adoptive_parent": ("adoptive", "adopted"), "foster_parent": ("foster", "foster")}
_HALF_EN = "half-"


def _en(way: Way) -> str:
    if way.said:
        return _by_sex(way.sex, *_SAID_EN.get(way.said, (way.said,) * 3))
    if way.steps == "s":
        former = "former " if way.former else ""
        if not way.wed:
            return former + "partner"
        return former + _by_sex(way.sex, "husband", "wife", "spouse")
    first, last = way.steps.startswith("s"), way.steps.endswith("s")
    blood = way.steps[first : len(way.steps) - last]
    if first or last:
        return "" if first and last else _married_en(way, blood, first)
    return _blood_en(way, blood, way.sex)


def _blood_en(way: Way, blood: str, sex: str) -> str:
    up, down = blood.count("u"), blood.count("d")
    side = _by_sex(way.sexes[1], "paternal ", "maternal ", "") if len(way.sexes) > 1 else ""
    if not down:
        word = _by_sex(sex, "father", "mother", "parent")
        if up > 1:
            return side + "great-" * (up - 2) + "grand" + word
        return " ".join([*_LINK_EN.get(way.link, ())[:1], word])
    if not up:
        word = _by_sex(sex, "son", "daughter", "child")
        if down > 1:
            return "great-" * (down - 2) + "grand" + word
        return " ".join([*_LINK_EN.get(way.link, ())[1:], word])
    if (up, down) == (1, 1):
        half = _HALF_EN if way.half else ""
        return half + _by_sex(sex, "brother", "sister", "sibling")
    if down == 1:
        great = "great-" * (up - 2)
        return side + great + _by_sex(sex, "uncle", "aunt", "aunt or uncle")
    if up == 1:
        return "great-" * (down - 2) + _by_sex(sex, "nephew", "niece", "niece or nephew")
    return _cousin_en(up, down)


def _cousin_en(up: int, down: int) -> str:
    degree = ("first", "second", "third", "fourth")[min(up, down) - 2 : min(up, down) - 1]
    removed = {0: "", 1: " once removed", 2: " twice removed"}.get(abs(up - down))
    return f"{degree[0]} cousin{removed}" if degree and removed is not None else "distant cousin"


_MARRIED_EN = {
    ("u", False): ("stepfather", "stepmother", "step-parent"),
    ("d", False): ("son-in-law", "daughter-in-law", "child-in-law"),
    ("ud", False): ("brother-in-law", "sister-in-law", "sibling-in-law"),
    ("uud", False): ("uncle by marriage", "aunt by marriage", "uncle or aunt by marriage"),
    ("u", True): ("father-in-law", "mother-in-law", "parent-in-law"),
    ("d", True): ("stepson", "stepdaughter", "stepchild"),
    ("ud", True): ("brother-in-law", "sister-in-law", "sibling-in-law"),
}


def _married_en(way: Way, blood: str, first: bool) -> str:
    """Name a relative's husband or wife, or (``first``) the relative of one's own."""
    former = "former " if way.former else ""
    if (blood, first) in _MARRIED_EN:
        return former + _by_sex(way.sex, *_MARRIED_EN[blood, first])
    inner = Way(steps=blood, sexes=way.sexes[1:] if first else way.sexes[:-1])
    if first:
        whose = _by_sex(way.sexes[1], "husband's", "wife's", "spouse's")
        return f"{former}{whose} {_blood_en(inner, blood, way.sex)}"
    relative = _blood_en(inner, blood, way.sexes[-2])
    return f"{relative}'s {former}{_by_sex(way.sex, 'husband', 'wife', 'spouse')}"


# Chinese

_SAID_ZH = {
    "godparent": ("教父", "教母", "教父母"),
    "friend": ("朋友",) * 3,
    "neighbour": ("邻居",) * 3,
}
_LINK_ZH = {"adoptive_parent": "养", "foster_parent": "寄养"}


def _zh(way: Way) -> str:
    if way.said:
        return _by_sex(way.sex, *_SAID_ZH.get(way.said, (way.said,) * 3))
    if way.steps == "s":
        if not way.wed:
            return "前伴侣" if way.former else "伴侣"
        return _by_sex(way.sex, *(("前夫", "前妻", "前配偶") if way.former else _COUPLE_ZH))
    former = "从前的" if way.former else ""
    named = _ZH.get(way.steps)
    if named is None:
        return _far_zh(way)
    return former + named(way)


_COUPLE_ZH = ("丈夫", "妻子", "配偶")


def _far_zh(way: Way) -> str:
    """Name direct ancestors and descendants further away; other relatives are only 亲戚."""
    side = way.sexes[1] if len(way.sexes) > 1 else ""
    outer = "外" if side == "f" else ""
    if way.steps == "uuu":
        return outer + _by_sex(way.sex, "曾祖父", "曾祖母", "曾祖辈")
    if way.steps == "uuuu":
        return outer + _by_sex(way.sex, "高祖父", "高祖母", "高祖辈")
    if way.steps == "ddd":
        return _by_sex(way.sex, "曾孙", "曾孙女", "曾孙辈")
    return "亲戚"


def _parent_zh(way: Way) -> str:
    return _LINK_ZH.get(way.link, "") + _by_sex(way.sex, "父亲", "母亲", "父母")


def _child_zh(way: Way) -> str:
    return _LINK_ZH.get(way.link, "") + _by_sex(way.sex, "儿子", "女儿", "孩子")


def _grandparent_zh(way: Way) -> str:
    side = way.sexes[1]
    if side == "f":
        return _by_sex(way.sex, "外公", "外婆", "外祖父母")
    return _by_sex(way.sex, *(("爷爷", "奶奶", "祖父母") if side == "m" else _ANY_GRAND))


_ANY_GRAND = ("祖父", "祖母", "祖父母")


def _grandchild_zh(way: Way) -> str:
    if way.sexes[1] == "f":
        return _by_sex(way.sex, "外孙", "外孙女", "外孙辈")
    return _by_sex(way.sex, "孙子", "孙女", "孙辈")


def _sibling_zh(way: Way) -> str:
    half = {"father": "同父异母的", "mother": "同母异父的", "parent": "半血缘的"}.get(way.half, "")
    return half + _by_age(way, ("哥哥", "姐姐"), ("弟弟", "妹妹"), ("兄弟", "姐妹", "兄弟姐妹"))


def _by_age(
    way: Way, elder: tuple[str, str], younger: tuple[str, str], either: tuple[str, str, str]
) -> str:
    if way.elder is None or not way.sex:
        return _by_sex(way.sex, *either)
    return _by_sex(way.sex, *(elder if way.elder else younger), either[2])


def _aunt_zh(way: Way) -> str:
    side = way.sexes[1]
    if side == "f":
        return _by_sex(way.sex, "舅舅", "姨妈", "舅姨")
    if side != "m":
        return _by_sex(way.sex, "叔伯或舅舅", "姑姑或姨妈", "长辈亲戚")
    if way.sex == "m":
        return {True: "伯父", False: "叔叔", None: "叔伯"}[way.elder]
    return _by_sex(way.sex, "叔伯", "姑姑", "叔伯姑姑")


def _aunt_married_zh(way: Way) -> str:
    """Name the husband or wife of an uncle or aunt, by the side and the age of that one."""
    side, relative = way.sexes[1], way.sexes[3]
    if relative == "m":
        return "舅妈" if side == "f" else ("伯母" if way.elder else "婶婶")
    if relative == "f":
        return "姨父" if side == "f" else "姑父"
    return "亲戚"


def _nephew_zh(way: Way) -> str:
    if way.sexes[2] == "f":
        return _by_sex(way.sex, "外甥", "外甥女", "外甥辈")
    return _by_sex(way.sex, "侄子", "侄女", "侄辈")


def _cousin_zh(way: Way) -> str:
    clan = way.sexes[1] == "m" and way.sexes[3] == "m"
    known = bool(way.sexes[1] and way.sexes[3])
    kind = "堂" if clan else ("表" if known else "堂表")
    return kind + _by_age(way, ("哥", "姐"), ("弟", "妹"), ("兄弟", "姐妹", "亲"))


def _in_law_zh(way: Way) -> str:
    husbands = way.sexes[1] == "m" or (not way.sexes[1] and way.own_sex == "f")
    pair = ("公公", "婆婆", "公婆") if husbands else ("岳父", "岳母", "岳父母")
    return _by_sex(way.sex, *pair)


def _siblings_spouse_zh(way: Way) -> str:
    """Name the husband or wife of a brother or sister."""
    if way.sexes[2] == "m":
        return {True: "嫂子", False: "弟媳", None: "嫂子或弟媳"}[way.elder]
    return {True: "姐夫", False: "妹夫", None: "姐夫或妹夫"}[way.elder]


_ZH = {
    "u": _parent_zh,
    "d": _child_zh,
    "uu": _grandparent_zh,
    "dd": _grandchild_zh,
    "ud": _sibling_zh,
    "uud": _aunt_zh,
    "uuds": _aunt_married_zh,
    "udd": _nephew_zh,
    "uudd": _cousin_zh,
    "us": lambda way: _by_sex(way.sex, "继父", "继母", "继父母"),
    "ds": lambda way: _by_sex(way.sex, "女婿", "儿媳", "子女的配偶"),
    "su": _in_law_zh,
    "sd": lambda way: _by_sex(way.sex, "继子", "继女", "继子女"),
    "uds": _siblings_spouse_zh,
}

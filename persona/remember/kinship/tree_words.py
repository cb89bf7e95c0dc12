"""How a fact of a family tree is said, in English and Chinese.

``{a}`` and ``{b}`` are people, ``{what}`` is the value of an attribute; when and where follow.
"""

from collections.abc import Sequence

EVENTS = {
    "BIRT": {"en": "{a} was born", "zh": "{a}{when}{where}出生"},
    "CHR": {"en": "{a} was christened", "zh": "{a}{when}{where}受洗"},
    "BAPM": {"en": "{a} was baptised", "zh": "{a}{when}{where}受洗"},
    "CHRA": {"en": "{a} was christened as an adult", "zh": "{a}{when}{where}成年受洗"},
    "CONF": {"en": "{a} was confirmed", "zh": "{a}{when}{where}行坚振礼"},
    "FCOM": {"en": "{a} took first communion", "zh": "{a}{when}{where}初领圣体"},
    "BARM": {"en": "{a} had a bar mitzvah", "zh": "{a}{when}{where}行成人礼"},
    "BASM": {"en": "{a} had a bat mitzvah", "zh": "{a}{when}{where}行成人礼"},
    "BLES": {"en": "{a} was blessed", "zh": "{a}{when}{where}受祝福"},
    "ORDN": {"en": "{a} was ordained", "zh": "{a}{when}{where}受圣职"},
    "ADOP": {"en": "{a} was adopted", "zh": "{a}{when}{where}被收养"},
    "GRAD": {"en": "{a} graduated", "zh": "{a}{when}{where}毕业"},
    "EMIG": {"en": "{a} emigrated", "zh": "{a}{when}{where}移居国外"},
    "IMMI": {"en": "{a} immigrated", "zh": "{a}{when}{where}移民入境"},
    "NATU": {"en": "{a} was naturalised", "zh": "{a}{when}{where}入籍"},
    "CENS": {"en": "{a} was counted in a census", "zh": "{a}{when}{where}列入人口普查"},
    "RETI": {"en": "{a} retired", "zh": "{a}{when}{where}退休"},
    "WILL": {"en": "{a} made a will", "zh": "{a}{when}{where}立遗嘱"},
    "PROB": {"en": "{a}'s will was proved", "zh": "{a}的遗嘱{when}{where}认证"},
    "DEAT": {"en": "{a} died", "zh": "{a}{when}{where}去世"},
    "BURI": {"en": "{a} was buried", "zh": "{a}{when}{where}安葬"},
    "CREM": {"en": "{a} was cremated", "zh": "{a}{when}{where}火化"},
    "_MILT": {"en": "{a} did military service", "zh": "{a}{when}{where}服兵役"},
    "RESI": {"en": "{a} lived", "zh": "{a}{when}住{where}"},
}

ATTRIBUTES = {
    "OCCU": {"en": "{a}'s occupation was: {what}", "zh": "{a}{when}{where}的职业：{what}"},
    "EDUC": {"en": "{a}'s education: {what}", "zh": "{a}{when}{where}的学历：{what}"},
    "TITL": {"en": "{a} had the title: {what}", "zh": "{a}{when}{where}的头衔：{what}"},
    "RELI": {"en": "{a}'s religion was: {what}", "zh": "{a}{when}{where}的宗教：{what}"},
    "NATI": {"en": "{a}'s nationality was: {what}", "zh": "{a}{when}{where}的国籍：{what}"},
    "DSCR": {"en": "{a} is described as: {what}", "zh": "{a}{when}{where}的样子：{what}"},
    "PROP": {"en": "{a} owned: {what}", "zh": "{a}{when}{where}拥有：{what}"},
    "CAST": {"en": "{a}'s standing was: {what}", "zh": "{a}{when}{where}的身份：{what}"},
    "NCHI": {"en": "Number of {a}'s children: {what}", "zh": "{a}{when}{where}子女人数：{what}"},
    "NMR": {"en": "Number of {a}'s marriages: {what}", "zh": "{a}{when}{where}婚姻次数：{what}"},
    "FACT": {"en": "Of {a}: {what}", "zh": "{a}{when}{where}：{what}"},
}

COUPLE_EVENTS = {
    "MARR": {"en": "{a} and {b} were married", "zh": "{a}和{b}{when}{where}结婚"},
    "ENGA": {"en": "{a} and {b} became engaged", "zh": "{a}和{b}{when}{where}订婚"},
    "MARB": {"en": "The banns of {a} and {b} were read", "zh": "{a}和{b}{when}{where}发布结婚预告"},
    "DIV": {"en": "{a} and {b} were divorced", "zh": "{a}和{b}{when}{where}离婚"},
    "ANUL": {
        "en": "The marriage of {a} and {b} was annulled",
        "zh": "{a}和{b}的婚姻{when}{where}宣告无效",
    },
}


def sentence(
    words: str, names: Sequence[str], when: str, place: str, language: str, what: str
) -> str:
    """Return the sentence for a fact.

    Args:
        words: a form of this module.
        names: one or two people.
        when: the date as it is said, or nothing.
        place: the place as the tree writes it, or nothing.
        language: ``en`` or ``zh``.
        what: the value of an attribute.
    """
    known = {"a": names[0], "b": names[-1], "what": what.rstrip(" .。")}
    if language == "zh":
        where = f"在{place}" if place else ""
        return f"{words.format(**known, when=when, where=where)}。"
    said = words.format(**known)
    if what and (when or place):
        said += ","
    return " ".join(part for part in (said, when, f"in {place}" if place else "") if part) + "."

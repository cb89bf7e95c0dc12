"""Of whom a sentence tells: not everybody it names is the one who did it (law 1).

    It was my uncle Simon who fell, not him     my uncle Simon; it says that it was somebody else
    掉进河里的是我叔叔，不是爸爸                  the same
    Our mother told me that she was born …      "she" may be the mother: a person has to say
    My uncle says he himself …                  the uncle
    Mum was born in Cork                        Mum

Rules that read the order of the words; what they cannot read they leave to those who call them.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from persona.records import Person
from persona.remember.naming import HANZI_KIN, LATIN_KIN, People, kin_group, sexes_of
from persona.remember.search_text import hanzi_runs, hanzi_share

_KIN_WORD = rf"(?:great-|grand|step|half-|god)*(?:{LATIN_KIN})(?:-in-law)?"
_AS_DOER = {"me": "I", "him": "he", "her": "she"}
_NOT_A_NAME = (
    r"(?!(?:He|She|They|It|We|You|I|This|That|There|Who|And|But|One|Not|No|Yes|Everyone|"
    r"Everybody|Nobody|Somebody|When|Where|Why|How|What|If|As|In|On|At|So|Then|The|A|An|My|Our|"
    r"His|Her|Your|Their)\b)"
)
_SOMEBODY = (
    rf"(?:(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Yy]our|[Tt]heir)\s+(?:[a-z-]+\s+){{0,2}}?{_KIN_WORD}\b"
    rf"(?:,?\s+[A-Z][\w’'-]+){{0,2}}"
    rf"|{_NOT_A_NAME}[A-Z][\w’-]+(?:\s+{_NOT_A_NAME}[A-Z][\w’-]+){{0,3}})"
)
_PRONOUN = r"(?:him(?:self)?|he|her(?:self)?|she|me|I|you)"
_ONE = rf"(?:{_SOMEBODY}|{_PRONOUN}\b)"
_LEAD = r"\W*(?i:(?:no|well|oh|but|and|actually|in fact|i think|i believe|you know),?\s+){0,3}"
_IT_WAS = (
    r"(?:it|that|this)\s+(?:(?P<no>was\s+(?:not|never)|wasn[’']t|is\s+not|isn[’']t)|was|is)\s+"
)
_OFTEN = r"(?:(?:really|actually|only|of course|in fact)\s+)?"
_WHO_DID = r"\s*,?\s+(?P<did>who|that)\s+(?P<rest>.+)"
_CLEFT = re.compile(
    rf"^{_LEAD}(?i:{_IT_WAS}){_OFTEN}(?P<who>{_ONE})(?:,?\s+(?:and\s+)?not\s+(?P<other>{_ONE}))?"
    rf",?{_WHO_DID}$",
    re.DOTALL,
)
_PUT_RIGHT = re.compile(
    rf"^{_LEAD}(?i:it\s+(?:was\s+(?:not|never)|wasn[’']t)|not)\s+(?P<other>{_ONE})"
    rf"(?:\s+(?:who|that)\s+(?P<before>[^,;—–]+?))?"
    rf"(?:\s*[,;—–-]+\s*(?:but\s+)?|\s+but\s+)(?:it was\s+)?"
    rf"(?P<who>{_ONE})(?:(?:\s+(?:who|that))?\s+(?P<rest>\w.+))?[\s.!]*$",
    re.DOTALL,
)
_NOT_HIM = re.compile(
    rf"\s*[,;:—–-]+\s*(?:and\s+)?(?:it was\s+)?(?:not|never)\s+(?P<other>{_ONE})\s*[.!]*\s*$"
)
_BEGINS = re.compile(rf"^{_LEAD}(?P<who>{_SOMEBODY})(?![’']s)\s+(?P<rest>\S.*)$", re.DOTALL)

_NAME_ZH = r"[^\W\da-zA-Z我他她你们咱的是和跟与同把被给对在去来说那这时年月候个不没]{1,3}"
_LONG_KIN_ZH = "|".join(word for word in HANZI_KIN.split("|") if len(word) > 1)
_ONE_ZH = (
    rf"(?:(?:我们|咱们|我|他|她|你)?的?(?:大|小|二|三|四|老)?(?:{HANZI_KIN})"
    rf"|{_NAME_ZH}(?:{_LONG_KIN_ZH}))"
)
_PRONOUN_ZH = rf"[他她我你](?:自己)?(?!们|的|{HANZI_KIN})"
_LEAD_ZH = r"\W*(?:(?:其实|那次|那年|当时|小时候|不对|不是的|我记得|记得|应该|那天)[，,]?){0,3}"
_NOT_ZH = r"(?:[，,；、]\s*(?:而|并|可)?不是(?P<other>[^，。！；]{1,8}?))?"
_WHO_ZH = re.compile(
    rf"^{_LEAD_ZH}(?P<rest>[^，。！？；]{{2,30}}?)的(?:人|那个人)?(?:其实|应该)?(?P<no>不)?是"
    rf"(?P<who>[^，。！？；的]{{1,8}})(?:[，,；]\s*(?:而)?是(?P<yes>[^，。！？；的]{{1,8}}))?"
    rf"{_NOT_ZH}[。！]?$"
)
_NO_BUT_ZH = re.compile(
    rf"^{_LEAD_ZH}不是(?P<both>[^，。！？；]{{3,40}}?)[，,；]\s*(?:而)?是(?P<who>[^，。！？；的]{{1,8}})[。！]?$"
)
_DID_ZH = (
    rf"^{_LEAD_ZH}(?:不是(?P<before>[^，。！？；]{{1,8}})[，,]\s*(?:而)?)?(?P<no>不)?是"
    rf"(?P<who>{{one}}|{_PRONOUN_ZH})(?!的)(?P<rest>[^，。！？；]{{2,40}}?)的?{_NOT_ZH}[。！]?$"
)
_BEGINS_ZH = rf"^{_LEAD_ZH}(?P<who>{{one}})(?![的是])(?P<rest>.+)$"
_NOT_HIM_ZH = re.compile(r"[，,；]\s*(?:而|并|可)?不是(?P<other>[^，。！；]{1,8}?)[。！]?$")
_HIMSELF = re.compile(r"\b(?:himself|herself|his own|her own)\b|自己")
_HE = re.compile(r"\b(?:he|him|his|himself)\b|他(?!们)", re.IGNORECASE)
_SHE = re.compile(r"\b(?:she|her|hers|herself)\b|她(?!们)", re.IGNORECASE)
_HIM = re.compile(r"\bhim\b|(?<=[\u4e00-\u9fff])他(?![们的])")
_HER = re.compile(
    r"\bher\b(?=\s*(?:[,.;!?]|$)|\s+(?:to|a|an|the|in|at|on|with|and|for|by|out|up|from|into|when"
    r"|that|how|away|home)\b)|(?<=[\u4e00-\u9fff])她(?![们的])"
)
_SEVERAL = re.compile(
    r"\b(?:parents|grandparents|children|kids|(?:brother|sister|son|daughter|uncle|aunt|cousin|"
    r"nephew|niece|friend)s)\b|们"
)
_LASTING = re.compile(
    r"^(?:(?:always|never|often|usually|really|is|are|has|will|would|could|can|used to|likes?|"
    r"loves?|loved|hates?|hated|says?|said|thinks?|thought|knows?|knew|wants?|wanted|lives?|lived|"
    r"works?|worked|did(?:n[’']t| not))\b"
    r"|(?:was|were|had)\s+(?!\w+(?:ed|en|ought|aught|orn|own|it|ot)\b))"
    r"|^[^，。！？；]{0,4}(?:总|常|经常|一直|老是|喜欢|讨厌|是(?!.*的$)|说|觉得|住|在.{1,6}工作|会|很|从来|每|没|不)",
    re.IGNORECASE,
)
_PRONOUN_FIRST = re.compile(rf"^{_LEAD}(?P<who>[Hh]e|[Ss]he)\b")
_AS_I = re.compile(r"^[\s:,：，]*[\"“「'‘].*?(?:\b(?:I|my|me|we)\b|我)", re.DOTALL)


class Of(StrEnum):
    """Of whom a sentence tells, as far as its own words say."""

    ANYBODY = "anybody"
    """Nothing in it says that it tells of somebody else."""
    ANOTHER = "another"
    """Of somebody else, and nothing in it can mean the one who died."""
    UNSURE = "unsure"
    """A pronoun can mean the one who died or the one who told it."""


@dataclass(frozen=True)
class Identity:
    """A sentence that says who it was, against others.

    Attributes:
        who: words for the one who it was; "" where it only says who it was not.
        person_id: who that is, where the archive knows; for others ``?`` and the words.
        denied: who it was not: a person's id, "" for nobody of the archive.
        plain: the same without the contrast: "my uncle fell into the canal".
    """

    who: str
    person_id: str
    denied: str
    plain: str


class SpokenOf:
    """The rules for one archive: names and forms of address are its own."""

    def __init__(self, people: People) -> None:
        self._people = people

    def identity(self, sentence: str, narrator: Person) -> Identity | None:
        """Return who it was, where a sentence says that against somebody else; else None."""
        text = re.sub(r"\s+", " ", sentence).strip()
        chinese = hanzi_share(text) > 0.5
        made = self._identity_zh(text, narrator) if chinese else self._identity_en(text, narrator)
        if made is None or (not made.person_id and not made.denied):
            return None
        return made

    def person(self, words: str, narrator: Person) -> str:
        """Return whom words mean: an id, ``?`` and the words for others, "" for nobody."""
        words = words.strip(" ,")
        subject = self._people.subject
        if subject is not None and self._is_pronoun_of_subject(words):
            return subject.id
        if re.fullmatch(r"I|me|我自?己?", words):
            return narrator.id
        if re.fullmatch(_PRONOUN, words) or re.fullmatch(_PRONOUN_ZH, words):
            return ""
        found = self._people.resolve(words, narrator, sure=True)
        return found or (f"?{words.casefold()}" if _names_kin(words) else "")

    def begins_with(self, text: str, narrator: Person) -> tuple[str, str] | None:
        """Return (whom a clause begins with, what follows) where that is a relative or a name."""
        match = (self._begins_zh if hanzi_share(text) > 0.5 else _BEGINS).match(text)
        person_id = self.person(match["who"], narrator) if match else ""
        return (person_id, match["rest"]) if match and person_id else None

    def tells_of(self, sentence: str, claim: str | None, teller: str, narrator: Person) -> Of:
        """Return of whom a sentence tells.

        Args:
            sentence: what the narrator says.
            claim: what somebody else told the narrator, where the sentence says that; else None.
            teller: words for who told it.
            narrator: who speaks.
        """
        if self._names_subject(sentence, narrator):
            return Of.ANYBODY
        if claim is not None and teller:
            return self._of_claim(claim, teller, narrator)
        begun = self.begins_with(sentence, narrator)
        if begun is None:
            return Of.ANOTHER if self._begins_with_other_pronoun(sentence) else Of.ANYBODY
        if begun[0] in (narrator.id, self._subject_id) or re.search(r"\byou\b|[你您]", begun[1]):
            return Of.ANYBODY
        return self._of_begun(sentence, begun)

    def _of_begun(self, text: str, begun: tuple[str, str]) -> Of:
        """Return of whom a clause tells that begins with somebody else."""
        words = text[: len(text) - len(begun[1])]
        same = self._may_be_of_subjects_sex(words, begun[0])
        met = self.meets_subject(begun[1]) if same else self._people.pronouns.search(begun[1])
        return Of.ANYBODY if met else Of.ANOTHER

    def happened_to_another(self, text: str, narrator: Person) -> bool:
        """Say whether a clause tells what once happened to somebody whom 'he' could mean too.

        "Uncle Simon fell into the canal": others may tell that of the one who died. What
        somebody was or used to do is no such story, nor what is said in a word or two.
        """
        begun = self.begins_with(text, narrator)
        if begun is None or begun[0] in (narrator.id, self._subject_id):
            return False
        words = text[: len(text) - len(begun[1])]
        if len(begun[1].split()) < 3 and len("".join(hanzi_runs(begun[1]))) < 4:
            return False
        return self._may_be_of_subjects_sex(words, begun[0]) and not _LASTING.search(begun[1])

    def meets_subject(self, rest: str) -> bool:
        """Say whether somebody else does something to the one who died: 'gave him a watch'.

        As an object, "him" is never the one who does it.
        """
        male = self._people.subject_is_male
        found = (male is not False and _HIM.search(rest)) or (
            male is not True and _HER.search(rest)
        )
        return bool(found)

    def _begins_with_other_pronoun(self, sentence: str) -> bool:
        """Say whether a sentence tells of 'she' alone, where the one who died was a man."""
        male = self._people.subject_is_male
        begun = _PRONOUN_FIRST.match(sentence)
        if male is None or begun is None or self._people.pronouns.search(sentence):
            return False
        return (begun["who"].lower() == "he") is not male

    def _may_be_of_subjects_sex(self, words: str, person_id: str) -> bool:
        if _SEVERAL.search(words):
            return False
        male = self._people.subject_is_male
        return male is None or male in sexes_of(words, self._people.by_id.get(person_id))

    def _of_claim(self, claim: str, teller: str, narrator: Person) -> Of:
        teller_id = self.person(teller, narrator)
        if teller_id == self._subject_id:
            return Of.ANYBODY
        same = self._may_be_of_subjects_sex(teller, teller_id)
        sexes = sexes_of(teller, self._people.by_id.get(teller_id))
        own = (_HE if True in sexes else _SHE).search(claim)
        if _AS_I.match(claim) or (own and same and _HIMSELF.search(claim)):
            return Of.ANOTHER
        begun = self.begins_with(claim, narrator)
        other = begun if begun and begun[0] not in (narrator.id, self._subject_id) else None
        if self._people.pronouns.search(claim):
            if same:
                return Of.UNSURE
            return self._of_begun(claim, other) if other else Of.ANYBODY
        return Of.ANOTHER if own or (begun and begun[0] != self._subject_id) else Of.ANYBODY

    @cached_property
    def _begins_zh(self) -> re.Pattern[str]:
        return re.compile(_BEGINS_ZH.replace("{one}", self._one_zh))

    @cached_property
    def _did_zh(self) -> re.Pattern[str]:
        return re.compile(_DID_ZH.replace("{one}", self._one_zh))

    @cached_property
    def _one_zh(self) -> str:
        """Return what finds a relative or somebody of the archive in Chinese."""
        names = {name for names in self._people.names.values() for name in names}
        hanzi = sorted((n for n in names if hanzi_share(n) == 1), key=len, reverse=True)
        return "|".join([_ONE_ZH, *map(re.escape, hanzi)])

    @property
    def _subject_id(self) -> str:
        return self._people.subject.id if self._people.subject else ""

    def _names_subject(self, text: str, narrator: Person) -> bool:
        own = self._people.narrator_words(narrator)
        named = any(one.person_id == self._subject_id for one in self._people.mentions(text))
        return named or bool(own and own.search(text))

    def _is_pronoun_of_subject(self, words: str) -> bool:
        pronoun = words in ("he", "she") or self._people.pronouns.fullmatch(words) is not None
        one_of = _HE if self._people.subject_is_male else _SHE
        both = self._people.subject_is_male is None
        return pronoun and (both or one_of.fullmatch(words) is not None)

    def _identity_en(self, text: str, narrator: Person) -> Identity | None:
        match = _PUT_RIGHT.match(text)
        if match and (rest := match["rest"] or match["before"]):
            return self._made(match["who"], match["other"], rest, narrator)
        tail = _NOT_HIM.search(text)
        other = tail["other"] if tail else ""
        text = text[: tail.start()] if tail else text
        if match := _CLEFT.match(text):
            sure = match["did"] == "who" or bool(self.person(match["who"], narrator))
            if not sure:
                return None
            if match["no"]:
                return self._made("", match["who"], match["rest"], narrator)
            return self._made(match["who"], other or match["other"] or "", match["rest"], narrator)
        begun = _BEGINS.match(text) if other else None
        return self._made(begun["who"], other, begun["rest"], narrator) if begun else None

    def _identity_zh(self, text: str, narrator: Person) -> Identity | None:
        match = _WHO_ZH.match(text) or self._did_zh.match(text)
        if match and self.person(match["who"], narrator):
            parts = match.groupdict()
            if match["no"]:
                who = parts.get("yes") or ""
                return self._made(who, match["who"], match["rest"], narrator)
            other = match["other"] or parts.get("before") or ""
            return self._made(match["who"], other, match["rest"], narrator)
        match = _NO_BUT_ZH.match(text)
        first = self._begins_zh.match(match["both"]) if match else None
        if match and first:
            return self._made(match["who"], first["who"], first["rest"].rstrip("的"), narrator)
        tail = _NOT_HIM_ZH.search(text)
        begun = self._begins_zh.match(text[: tail.start()]) if tail else None
        if not (tail and begun):
            return None
        return self._made(begun["who"], tail["other"], begun["rest"], narrator)

    def _made(self, who: str, other: str, rest: str, narrator: Person) -> Identity | None:
        person_id = self.person(who, narrator) if who else ""
        if who and not person_id and re.match(r"[A-Z]", who):
            person_id = f"?{who.casefold()}"
        denied = self.person(other, narrator) if other else ""
        if denied == person_id:
            return None
        name = _AS_DOER.get(who or other, who or other)
        space = "" if hanzi_share(rest) > 0.5 else " "
        return Identity(who, person_id, denied, f"{name}{space}{rest}")


def _names_kin(words: str) -> bool:
    if kin_group(words):
        return True
    english = re.search(rf"\b{_KIN_WORD}\b", words, re.IGNORECASE)
    return english is not None or re.search(HANZI_KIN, words) is not None

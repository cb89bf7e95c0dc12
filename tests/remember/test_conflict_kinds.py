"""How two narrators disagree, from what they said to the conflict: in English and Chinese."""

import pytest

from persona.records import ConflictKind, SourceKind
from persona.remember.conflicts.finding import find_conflicts
from persona.remember.extraction import extract
from persona.remember.readers import Custodian
from tests.remember.archive import Archive, make_passage, make_source, people

MISTAKEN, ACCOUNTS = ConflictKind.MISTAKEN_IDENTITY, ConflictKind.TWO_ACCOUNTS
BOTH, CORRECTED = ConflictKind.BOTH_TRUE, ConflictKind.CORRECTION

DISAGREE = [
    (
        MISTAKEN,
        "david",
        "Henry fell into the canal when he was seven.",
        "ruth",
        "It was my uncle Simon who fell into the canal when he was seven.",
    ),
    (
        MISTAKEN,
        "david",
        "Henry fell into the canal when he was seven.",
        "ruth",
        "It was my uncle who fell into the canal, not Dad.",
    ),
    (
        MISTAKEN,
        "margaret",
        "Henry broke the church window with a cricket ball.",
        "tom",
        "No, it was Uncle David who broke the church window, not him.",
    ),
    (
        MISTAKEN,
        "david",
        "My brother drove the lorry into the pond.",
        "tom",
        "It wasn't Dad who drove the lorry into the pond, it was my cousin Bob.",
    ),
    (
        MISTAKEN,
        "joe",
        "Henry stole a goose from the vicarage.",
        "david",
        "It was never Henry who stole the goose from the vicarage, it was me.",
    ),
    (MISTAKEN, "david", "七岁那年哥哥掉进河里了。", "ruth", "掉进河里的是我叔叔，不是爸爸。"),
    (MISTAKEN, "david", "哥哥七岁的时候掉进河里。", "ruth", "不是爸爸，是我叔叔掉进河里的。"),
    (MISTAKEN, "david", "哥哥打碎了教堂的窗户。", "tom", "打碎教堂窗户的是大卫叔叔。"),
    (
        MISTAKEN,
        "margaret",
        "他在雪地里走了二十里路去请医生。",
        "ruth",
        "那次在雪地里走二十里路请医生的是我爷爷，不是他。",
    ),
    (
        ACCOUNTS,
        "david",
        "Henry learned to swim in 1962.",
        "ruth",
        "Dad learned to swim in 1968, in the baths.",
    ),
    (
        ACCOUNTS,
        "margaret",
        "We were married in 1966 and Henry bought the shop in 1977.",
        "ruth",
        "Dad bought the shop in 1975.",
    ),
    (ACCOUNTS, "margaret", "他1962年学会游泳。", "ruth", "爸爸1968年才学会游泳。"),
    (ACCOUNTS, "margaret", "他是1966年开的店。", "ruth", "爸爸1975年开了那家店。"),
    (ACCOUNTS, "margaret", "他十八岁上船。", "david", "哥哥二十二岁上的船。"),
    (
        ACCOUNTS,
        "margaret",
        "He left the bindery because of the new foreman.",
        "ruth",
        "Dad left the bindery because of the fire in the loft.",
    ),
    (
        ACCOUNTS,
        "margaret",
        "He gave up smoking because of the baby.",
        "david",
        "He gave up smoking because the doctor frightened him.",
    ),
    (ACCOUNTS, "margaret", "他离开工厂是因为新来的主任。", "ruth", "爸爸离开工厂是因为那场火。"),
    (
        ACCOUNTS,
        "margaret",
        "He hated plum dumplings all his life.",
        "ruth",
        "He loved plum dumplings all his life.",
    ),
    (ACCOUNTS, "margaret", "He couldn't stand garlic.", "ruth", "Dad loved garlic."),
    (ACCOUNTS, "margaret", "他最讨厌吃香菜。", "ruth", "爸爸最爱吃香菜。"),
    (ACCOUNTS, "margaret", "他受不了香菜。", "ruth", "爸爸很喜欢香菜。"),
    (ACCOUNTS, "margaret", "He was a generous man.", "joe", "Henry was stingy."),
    (
        BOTH,
        "henry",
        "They give us coffee at every meal here and I cannot stand coffee.",
        "henry",
        "I drink coffee every morning now on the back step, and I like coffee more than I should.",
    ),
    (BOTH, "henry", "I hate the sea.", "henry", "I love the sea more than anything."),
    (BOTH, "henry", "我受不了咖啡。", "henry", "我现在每天早上喝咖啡，越来越喜欢咖啡了。"),
    (BOTH, "ruth", "When I was small Dad hated dogs.", "ruth", "In his last years Dad loved dogs."),
    (
        CORRECTED,
        "ruth",
        "Dad bought the yellow car in 1962.",
        "ruth",
        "I was wrong about the yellow car, it was 1964.",
    ),
    (
        CORRECTED,
        "ruth",
        "Dad bought the yellow car in 1962.",
        "ruth",
        "I said the yellow car came in 1962. I misremembered, it was 1964.",
    ),
    (
        CORRECTED,
        "ruth",
        "爸爸1962年买了那辆黄色的车。",
        "ruth",
        "上次我说错了，那辆黄色的车爸爸是1964年买的。",
    ),
    (CORRECTED, "ruth", "爸爸1962年买了那辆黄色的车。", "ruth", "我记错了，黄色的车是1964年买的。"),
    (
        MISTAKEN,
        "david",
        "Henry fell into the canal behind the brewery when he was seven.",
        "tom",
        "Uncle Simon fell into the canal when he was seven.",
    ),
    (
        MISTAKEN,
        "david",
        "Henry broke the church window with a cricket ball.",
        "tom",
        "My mother told me that Uncle Simon broke the church window with a ball.",
    ),
    (
        MISTAKEN,
        "david",
        "七岁那年哥哥掉进学校后面的河里了。",
        "tom",
        "我叔叔七岁的时候掉进河里了。",
    ),
    (MISTAKEN, "margaret", "他打碎了教堂的窗户。", "tom", "西蒙叔叔打碎了教堂的窗户。"),
    (ACCOUNTS, "david", "Henry came in 1961.", "ruth", "Dad arrived in 1963."),
    (
        ACCOUNTS,
        "david",
        "In 1961 Henry came over from Hong Kong to Bristol.",
        "ruth",
        "Dad moved to Bristol in 1963.",
    ),
    (ACCOUNTS, "david", "Henry passed away in 2001.", "ruth", "爸爸2003年过世了。"),
    (ACCOUNTS, "david", "哥哥1961年来到布里斯托。", "ruth", "爸爸1963年搬到布里斯托。"),
    (ACCOUNTS, "margaret", "他1961年来的。", "ruth", "爸爸是1963年到的。"),
]
AGREE = [
    ("david", "Henry fell into the canal.", "tom", "Uncle Simon fell into the canal."),
    ("david", "Henry fell into the canal behind the brewery.", "tom", "Uncle Simon fell in."),
    (
        "david",
        "Henry joined the merchant navy at sixteen.",
        "tom",
        "My uncle joined the merchant navy at sixteen.",
    ),
    ("david", "Henry went to school in Bristol.", "tom", "My uncle went to school in Bristol."),
    ("david", "哥哥去医院看病。", "tom", "我叔叔去医院看病。"),
    ("david", "哥哥掉进学校后面的河里了。", "tom", "我叔叔掉进井里了。"),
    ("david", "Henry came to Bristol in 1961.", "ruth", "Dad arrived in Liverpool in 1963."),
    ("david", "Henry came to Bristol in 1961.", "ruth", "Dad arrived in 1963."),
    ("david", "Henry came to see us in 1961.", "ruth", "Dad came here in 1963."),
    ("david", "Henry came home in 1961.", "ruth", "Dad came in 1963."),
    ("david", "Henry came in 1961.", "ruth", "Dad arrived in 1961."),
    ("david", "Henry came in 1961.", "ruth", "My uncle Simon arrived in 1963."),
    ("david", "哥哥1961年找到工作。", "ruth", "爸爸1963年到处找工作。"),
    (
        "david",
        "Henry fell into the canal when he was seven.",
        "ruth",
        "It was my uncle who taught me to swim in the canal.",
    ),
    ("david", "Henry taught me to swim.", "ruth", "It was my uncle who taught him to swim."),
    (
        "david",
        "Henry fell into the canal.",
        "ruth",
        "It was Dad who fell into the canal, not my uncle.",
    ),
    (
        "david",
        "Henry worked on the railway.",
        "ruth",
        "It was my uncle who worked at the post office.",
    ),
    ("margaret", "He gave me a watch.", "ruth", "It was my uncle who gave him a watch."),
    ("david", "哥哥掉进河里了。", "ruth", "掉进河里的是爸爸，不是叔叔。"),
    ("david", "哥哥教我游泳。", "ruth", "教他游泳的是我叔叔。"),
    (
        "margaret",
        "He left the bindery because of the fire.",
        "ruth",
        "Dad left the bindery because of the big fire in the loft.",
    ),
    (
        "margaret",
        "He left the house because of the rain.",
        "ruth",
        "Dad left the bindery because of the fire.",
    ),
    ("henry", "I love the sea.", "henry", "I love the sea more than anything."),
    ("henry", "I like coffee.", "henry", "I cannot stand tea."),
    ("margaret", "He could not stand up for a week.", "ruth", "Dad loved to stand at the window."),
    ("margaret", "他1962年学会游泳。", "ruth", "爸爸1968年去上海。"),
    ("margaret", "他1962年学会游泳。", "ruth", "爸爸1962年才学会游泳。"),
    ("margaret", "他喜欢吃香菜。", "ruth", "爸爸讨厌喝酒。"),
    ("margaret", "He went to Cork in 1986.", "ruth", "Dad went to Cork in 1991."),
    ("margaret", "He bought a car in 1962.", "ruth", "Dad bought a boat in 1968."),
    (
        "margaret",
        "He painted the kitchen because of the damp.",
        "ruth",
        "Dad painted the gate because of the rust.",
    ),
    (
        "ruth",
        "Dad bought the yellow car in 1962.",
        "tom",
        "I was wrong about the train, it was a Tuesday.",
    ),
    ("margaret", "他1962年买了一辆车。", "ruth", "爸爸1964年买了一条船。"),
]


def keep(archive: Archive, narrator: str, text: str, *, later: bool) -> None:
    """Keep what somebody said in an interview, or what he wrote; it goes through extraction."""
    own = narrator == "henry"
    made = ("2001" if later else "1966") if own else ("2021" if later else "2019")
    kind = SourceKind.LETTER if own else SourceKind.INTERVIEW
    source = make_source(f"{text} {later}", narrator=narrator, kind=kind, created_edtf=made)
    passage = make_passage(source, text)
    archive.store.add_source(source, [passage])
    found = extract([passage], source, people())
    citations = [citation for one in found for citation in one.citations]
    archive.store.add_memories([one.memory for one in found], citations)


def kinds(archive: Archive, one: tuple[str, str], other: tuple[str, str]) -> list[ConflictKind]:
    keep(archive, *one, later=False)
    keep(archive, *other, later=True)
    with archive.store.reader(Custodian()) as view:
        return [conflict.kind for conflict in find_conflicts(view)]


@pytest.mark.parametrize(("kind", "first", "one", "second", "other"), DISAGREE)
def test_how_they_disagree(
    archive: Archive, kind: ConflictKind, first: str, one: str, second: str, other: str
) -> None:
    assert kinds(archive, (first, one), (second, other)) == [kind]


@pytest.mark.parametrize(("first", "one", "second", "other"), AGREE)
def test_they_do_not_disagree(
    archive: Archive, first: str, one: str, second: str, other: str
) -> None:
    assert kinds(archive, (first, one), (second, other)) == []


def test_one_telling_that_denies_and_one_that_tells_it_are_joined(archive: Archive) -> None:
    said = "Dad didn't break the church window. It was my uncle who broke it."
    first = "Henry broke the church window with a cricket ball."
    assert kinds(archive, ("margaret", first), ("tom", said)) == [ACCOUNTS]

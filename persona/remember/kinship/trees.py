"""Every family tree of the archive: its people, their relations, its memories.

Run again after an answer to "who is this?": what is there already is not added twice, what a tree
no longer says is taken away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from persona.records.names import PRIVATE_GROUP
from persona.remember.kinship.family_tree import tell_tree
from persona.remember.kinship.tree_kin import Tree
from persona.remember.kinship.tree_people import FROM_TREE, Grown, grow
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.remember.view import View


@dataclass(frozen=True)
class Tended:
    """What came of one tree.

    Attributes:
        file_name: the file it is in.
        people: people who are new, or whose relation is another now.
        memories: new memories.
        waits: nobody is named who made it, so it has no memories.
        without_subject: nobody said which of its people the one who died is.
    """

    file_name: str
    people: int
    memories: int
    waits: bool
    without_subject: bool


def tend_trees(store: Store) -> list[Tended]:
    """Bring people, relations and memories of all trees up to date."""
    done: list[Tended] = []
    grown_before: list[tuple[Tree, dict[str, str]]] = []
    with store.reader(Custodian()) as view:
        for tree in sorted(view.trees(), key=lambda tree: not _answered(view, tree)):
            grown = _grown(view, tree, grown_before)
            people = store.put_tree(grown, tree.source.id)
            ids = {row.name: row.person_id for row in grown.known_names if row.person_id}
            grown_before.append((tree, ids))
            known = view.known_names(tree.source.id)
            found = list(tell_tree(tree, list(view.everybody().values()), known))
            new = store.add_memories(
                [one.memory for one in found],
                [citation for one in found for citation in one.citations],
            )
            waits = tree.source.narrator_id is None
            lost = view.subject().id not in ids.values()
            done.append(Tended(tree.source.file_name, people, new, waits, lost))
    return done


def _answered(view: View, tree: Tree) -> bool:
    """Say whether somebody was named in a tree: other exports of it are known by that one."""
    return any(row.set_by != FROM_TREE for row in view.known_names(tree.source.id))


def _grown(view: View, tree: Tree, before: Sequence[tuple[Tree, dict[str, str]]]) -> Grown:
    rules = view.restrictions()
    hidden = frozenset(rule.target_id for rule in rules if PRIVATE_GROUP in rule.any_groups)
    people = list(view.everybody().values())
    earlier: dict[str, str] = {}
    for other, ids in before:
        same = tree.same_as(other)
        earlier |= {here: ids[there] for here, there in same.items() if there in ids}
    return grow(tree, people, view.known_names(tree.source.id), hidden, earlier)

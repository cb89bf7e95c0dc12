"""The store of one archive: opens it, writes to it, and hands out views (law 4).

There is nothing to read here: a question needs a reader, and gets a `View`. Each method of

    keeping.py         people, consent, rules, sources
    known_names.py     who the names are, how people are related
    reviewing.py       memories, and what people decided about them
    recutting.py       memories in the place of those that older rules read
    conversations.py   versions, conversations, turns
    pictures.py        faces, and pictures that are alike
    attached.py        what was sent with a message
    voices.py          clips of a voice, and voices made of them
    judgements.py      what listeners thought of two answers or two voices
    read_again.py      what is said of an original after it came
    erasing.py         withdrawals

is one transaction that ends with a link in the audit chain (transactions.py), so a killed
program leaves either all of a write or none of it. Writing the same thing twice adds nothing.
"""

from datetime import date
from types import TracebackType
from typing import Self
from weakref import WeakSet

from sqlalchemy.engine import Engine

from persona.records import Act
from persona.remember.attached import Attaching
from persona.remember.conversations import Conversations
from persona.remember.database import open_database
from persona.remember.erasing import Erasing
from persona.remember.judgements import Judgements
from persona.remember.known_names import KnownNames
from persona.remember.pictures import Pictures
from persona.remember.read_again import ReadAgain
from persona.remember.readers import Reader
from persona.remember.recutting import Recutting
from persona.remember.reviewing import Reviewing
from persona.remember.view import View
from persona.remember.voices import Voices
from persona.workspace import Workspace


class Store(
    ReadAgain,
    KnownNames,
    Reviewing,
    Recutting,
    Conversations,
    Pictures,
    Attaching,
    Voices,
    Judgements,
    Erasing,
):
    """One archive, open. Use it in a ``with`` block, or `close` it."""

    def __init__(self, engine: Engine, actor: str) -> None:
        super().__init__(engine, actor)
        self._views: WeakSet[View] = WeakSet()

    @classmethod
    def open(
        cls, workspace: Workspace, *, create: bool = False, actor: str = "custodian"
    ) -> "Store":
        """Open the archive of a workspace and bring it to the newest schema.

        Args:
            workspace: whose archive.
            create: make an empty archive where there is none yet.
            actor: who the audit chain says did it: a person's id, a step, or the custodian.

        Raises:
            WorkspaceError: there is none, it is not an archive, or a newer program made it.
        """
        return cls(open_database(workspace.database, create=create), actor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive and every view that was opened on it."""
        for view in list(self._views):
            view.close()
        self._engine.dispose()

    def reader(self, reader: Reader, *, act: Act = Act.RETRIEVE, today: date | None = None) -> View:
        """Open the view of one reader: the only way to read anything.

        Args:
            reader: who asks.
            act: what the answers are for: rules about other acts do not count, and people
                who did not agree to this act are left out (``Act.TRAIN_TEXT`` for training).
            today: the day on which terms are judged; None: today.

        Raises:
            NotReadable: the reader names somebody who is not in the archive.
        """
        connection = self._engine.connect()
        try:
            view = View(connection, reader, act=act, today=today or date.today())
        except BaseException:
            connection.close()
            raise
        self._views.add(view)
        return view

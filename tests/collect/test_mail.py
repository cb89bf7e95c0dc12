"""Mails: who wrote what to whom and when; quoted words are not the sender's."""

import io
from collections.abc import Callable
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.collect.selectors import locate
from persona.collect.writing.mail_parts import parts_of
from persona.collect.writing.mailbox import is_mail, mails_in
from persona.errors import UnreadableSource
from tests.collect.writings import docx, mail

NAMES = '[[speakers]]\nname = "ruth@example.org"\nperson = "ruth"\n'


def own(body: str) -> list[str]:
    return [body[p.start : p.end].strip() for p in parts_of(body) if p.role == "own"]


def quoted(body: str) -> list[tuple[str, str, str]]:
    return [
        (body[p.start : p.end].strip(), p.who, p.address)
        for p in parts_of(body)
        if p.role == "quoted"
    ]


def test_a_mail_is_a_letter(folder: Path, collect: Callable[..., Any]) -> None:
    data = mail(**{"In-Reply-To": "<0@example.org>"}).as_bytes()
    (folder / "one.eml").write_bytes(data)
    one = collect(NAMES).done["one.eml"]
    (passage,) = one.passages
    assert passage.text == "The boat is mended."
    assert (passage.speaker_id, passage.addressee_id) == ("henry", "ruth")
    assert passage.created_edtf == "2010-05-03T17:12:00+08:00"
    assert passage.created_words == "Mon, 03 May 2010 17:12:00 +0800"
    assert (passage.message_id, passage.reply_to) == ("<1@example.org>", "<0@example.org>")
    assert (one.source.title, one.source.narrator_id) == ("The boat", "henry")
    assert one.source.details["messages"][0]["signature"] == "Dad"
    assert one.source.media_type == "message/rfc822"
    assert locate(data, passage.selector) == passage.text


def test_an_unknown_sender_is_asked_for_and_never_guessed(
    folder: Path, collect: Callable[..., Any]
) -> None:
    sender = "Maggie & Henry <lins@example.org>"
    (folder / "one.eml").write_bytes(mail("The boat is mended.\n", From=sender).as_bytes())
    one = collect('[[files]]\nmatch = "*.eml"\nnarrator = "henry"\n').done["one.eml"]
    assert one.passages[0].speaker_id is None
    assert one.passages[0].speaker_name == "Maggie & Henry"
    assert "Who is this?" in "\n".join(one.warnings)


def test_name_and_address_of_two_people_mean_nobody(
    folder: Path, collect: Callable[..., Any]
) -> None:
    sender = "Margaret Lin <ruth@example.org>"
    (folder / "one.eml").write_bytes(mail("The boat is mended.\n", From=sender).as_bytes())
    assert collect(NAMES).done["one.eml"].passages[0].speaker_id is None


def test_a_shared_address_signed_by_another_means_nobody(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "one.eml").write_bytes(mail("Dear Ruth,\n\nCome home.\n\nMaggie\n").as_bytes())
    one = collect().done["one.eml"]
    assert one.passages[0].speaker_id is None
    assert "signed by somebody else" in "\n".join(one.warnings)


def test_several_addressees_mean_nobody(folder: Path, collect: Callable[..., Any]) -> None:
    to = "Ruth Lin <ruth@example.org>, David Lin <david@example.org>"
    (folder / "a.eml").write_bytes(mail("Come home.\n", To=to).as_bytes())
    (folder / "b.eml").write_bytes(mail("Dear David,\n\nCome home.\n", To=to).as_bytes())
    (folder / "c.eml").write_bytes(mail("Dear David,\n\nCome back.\n").as_bytes())
    batch = collect()
    said = {name: one.passages[0].addressee_id for name, one in batch.done.items()}
    assert said == {"a.eml": None, "b.eml": "david", "c.eml": None}
    assert batch.done["a.eml"].passages[0].addressee_words == "Ruth Lin, David Lin"


@pytest.mark.parametrize(
    ("head", "who", "address"),
    [
        (
            "On Mon, May 3, 2010 at 10:12 AM, Ruth Lin <ruth@example.org> wrote:",
            "Ruth Lin",
            "ruth@example.org",
        ),
        ("On 3 May 2010, at 10:12, Ruth Lin wrote:", "Ruth Lin", ""),
        (
            "On Monday, 3 May 2010 at 10:12,\nRuth Lin <ruth@example.org>\nwrote:",
            "Ruth Lin",
            "ruth@example.org",
        ),
        ("Ruth Lin <ruth@example.org> writes:", "Ruth Lin", "ruth@example.org"),
        ("在 2010年5月3日，小茹 <ruth@example.org> 写道：", "小茹", "ruth@example.org"),
    ],
)
def test_quoted_words_belong_to_whom_the_mail_names(head: str, who: str, address: str) -> None:
    body = f"Yes, it is.\n\n{head}\n\n> Is the boat mended?\n> Really?\n>\n> Tell me.\n\nLove\n"
    assert own(body) == ["Yes, it is.", "Love"]
    assert quoted(body) == [
        ("Is the boat mended?\n> Really?", who, address),
        ("Tell me.", who, address),
    ]


@pytest.mark.parametrize(
    "head",
    [
        "-----Original Message-----\nFrom: Ruth Lin\nSent: May 3, 2010\nTo: Dad\nSubject: RE: x",
        "-----原始邮件-----\n发件人：Ruth Lin\n发送时间：2010年5月3日\n收件人：爸爸\n主题：船",
        "_____________________\nFrom: Ruth Lin\nSent: 3 May 2010\nTo: Dad\nSubject: boat",
        "*From:* Ruth Lin\n*Date:* 3 May 2010\n*To:* Dad\n*Subject:* boat",
        "Begin forwarded message:\n\nFrom: Ruth Lin\nDate: 3 May 2010\nTo: Dad\nSubject: boat",
    ],
)
def test_everything_below_a_quoted_head_is_quoted(head: str) -> None:
    body = f"Yes, it is.\n\n{head}\n\nIs the boat mended?\n\nTell me.\n"
    assert own(body) == ["Yes, it is."]
    assert [(who, text.split("\n")[0]) for text, who, _ in quoted(body)] == [
        ("Ruth Lin", "Is the boat mended?")
    ]


def test_a_quotation_of_a_quotation_is_nobodys() -> None:
    body = "No.\n\nRuth Lin <ruth@example.org> wrote:\n> Not yet.\n>> Is it mended?\n> Soon.\n"
    assert quoted(body) == [
        ("Not yet.", "Ruth Lin", "ruth@example.org"),
        ("Is it mended?", "", ""),
        ("Soon.", "Ruth Lin", "ruth@example.org"),
    ]


@pytest.mark.parametrize(
    "foot",
    [
        "-- \nHenry Lin\nCaptain, Harbour Lane",
        "Sent from my iPhone",
        "发自我的 iPhone",
        "CONFIDENTIALITY NOTICE: this is for you only.",
        "This e-mail and any attachments are confidential.\nDelete it.",
        "Get Outlook for Android",
    ],
)
def test_what_a_program_adds_is_not_the_senders(foot: str) -> None:
    assert own(f"Come home.\n\n{foot}\n") == ["Come home."]


@pytest.mark.parametrize(
    "body",
    [
        "He wrote: come home.\nI did.",
        "From: my heart\nI love you.",
        "Yesterday Mum wrote:\n\nwe should sell the boat, and I said no.",
        "5 > 3 as you know.",
    ],
)
def test_ordinary_words_stay_the_senders(body: str) -> None:
    assert own(body) == [body]


def test_a_mail_that_is_only_html(folder: Path, collect: Callable[..., Any]) -> None:
    made = mail()
    made.clear_content()
    made.set_content(
        "<html><head><style>p {}</style></head><body><p>Dear Ruth,</p><p>The boat<br>is mended.</p>"
        "<div>On 3 May 2010, Ruth Lin wrote:<blockquote><p>Is it mended?</p></blockquote></div>",
        subtype="html",
    )
    data = made.as_bytes()
    (folder / "one.eml").write_bytes(data)
    one = collect().done["one.eml"]
    assert [(p.text, p.speaker_id) for p in one.passages] == [
        ("The boat\nis mended.", "henry"),
        ("Is it mended?", "ruth"),
    ]
    assert all(locate(data, p.selector) == p.text for p in one.passages)


def test_encodings_of_heads_and_bodies(folder: Path, collect: Callable[..., Any]) -> None:
    made = EmailMessage()
    made["From"], made["To"] = "林海生 <h@example.cn>", "小茹 <r@example.cn>"
    made["Date"], made["Subject"] = "Mon, 03 May 2010 17:12:00 +0800", "船修好了"
    made.set_content("小茹：\n\n船修好了。\n\n爸爸\n", charset="gb18030", cte="base64")
    (folder / "one.eml").write_bytes(made.as_bytes())
    one = collect().done["one.eml"]
    assert [(p.text, p.speaker_id, p.addressee_id) for p in one.passages] == [
        ("船修好了。", "henry", "ruth")
    ]
    assert one.source.title == "船修好了"


def test_lines_that_only_a_program_broke_are_joined(
    folder: Path, collect: Callable[..., Any]
) -> None:
    data = (
        b"From: Henry Lin <h@x>\nTo: Ruth Lin <r@x>\nDate: Mon, 03 May 2010 17:12:00 +0800\n"
        b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8; format=flowed\n\n"
        b"The boat is \nmended and \npainted.\n\nCome home.\n"
    )
    (folder / "one.eml").write_bytes(data)
    assert [p.text for p in collect().done["one.eml"].passages] == [
        "The boat is mended and painted.",
        "Come home.",
    ]


def test_attached_files_are_named_and_taken_in(folder: Path, collect: Callable[..., Any]) -> None:
    made = mail()
    letter = docx(["Dear Ruth,", "The cat is well."])
    made.add_attachment(letter, maintype="application", subtype="msword", filename="信 one.docx")
    made.add_attachment(b"x" * 9, maintype="image", subtype="gif", filename="smiley.gif")
    (folder / "one.eml").write_bytes(made.as_bytes())
    batch = collect()
    assert batch.done["one.eml"].source.details["attachments"] == ["信 one.docx", "smiley.gif"]
    assert "2 files are attached" in "\n".join(batch.done["one.eml"].warnings)
    assert [p.text for p in batch.done["one.eml/1-1 信 one.docx"].passages] == ["The cat is well."]
    assert len(batch.done) == 2


@pytest.fixture
def box(folder: Path) -> Path:
    """Return a mailbox: a question, its answer that quotes it, and one with a "From " line."""
    path = folder / "box.mbox"
    lines: list[str] = []
    ruth = {"From": "Ruth Lin <ruth@example.org>", "To": "Henry Lin <henry@example.org>"}
    for one in (
        mail("Is the boat mended?\n", **ruth),
        mail("It is.\n\nRuth Lin wrote:\n> Is the boat mended?\n", **{"Message-ID": "<2@x>"}),
        mail("From the harbour one sees it.\n", **{"Message-ID": "<3@x>"}),
    ):
        text = one.as_string().replace("\nFrom the", "\n>From the")
        lines.append(f"From henry@example.org Mon May  3 17:12:00 2010\n{text}\n")
    path.write_text("".join(lines))
    return path


def test_a_mailbox_keeps_each_message_and_nothing_twice(
    box: Path, collect: Callable[..., Any]
) -> None:
    one = collect().done["box.mbox"]
    assert [(p.text, p.speaker_id, p.unit.rsplit("/")[-1]) for p in one.passages] == [
        ("Is the boat mended?", "ruth", "message-1"),
        ("It is.", "henry", "message-2"),
        ("From the harbour one sees it.", "henry", "message-3"),
    ]
    data = box.read_bytes()
    assert all(locate(data, p.selector) == p.text for p in one.passages)
    assert one.source.narrator_id is None and one.source.created_edtf == "2010-05-03"
    with pytest.raises(UnreadableSource, match="no message 9"):
        locate(data, {**one.passages[0].selector, "value": "message=9"})


def test_a_large_mailbox_is_streamed(
    box: Path, collect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [(p.id, p.text, p.position) for p in collect().done["box.mbox"].passages]
    monkeypatch.setattr("persona.collect.writing.mail.WHOLE_BYTES", 10)
    streamed = collect().done["box.mbox"]
    assert not isinstance(streamed.passages, list)
    assert [(p.id, p.text, p.position) for p in streamed.passages] == whole


def test_headers_make_a_mail_and_letters_do_not() -> None:
    assert is_mail(b"From: a@b\nTo: c@d\nSubject: x\n\nHello")
    assert not is_mail(b"Dear Ruth,\n\nFrom: here\nTo: there\nDate: never\n")
    assert not is_mail(b"To: the sea\n\nIt is blue.")


def test_headers_made_to_take_long_are_cut() -> None:
    for piece in (b"(", b"<", b'"', b"=?utf-8?q?a?=", b"a@b,", b"\t"):
        head = b"From: a@b\nTo: " + piece * 200_000 + b"\nSubject: x\nDate: " + piece * 200_000
        (one,) = mails_in(io.BytesIO(head + b"\n\nHello"))
        one.addresses("To")
        assert one.sent is None and one.body == "Hello"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_mails_never_raise(data: st.DataObject) -> None:
    made = mail()
    made.add_attachment(b"x" * 50, maintype="application", subtype="x", filename="a.bin")
    whole = made.as_bytes()
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=60))
    cut = data.draw(st.integers(0, 80))
    for one in mails_in(io.BytesIO(whole[:at] + junk + whole[at + cut :])):
        body = one.body
        for part in parts_of(body):
            assert 0 <= part.start < part.end <= len(body)
        one.attachments()
        one.addresses("From", "To")
        assert isinstance(one.header("Subject"), str) and one.sent is not one


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="> \nab:-发件人From wrote", max_size=120))
def test_parts_lie_in_order_and_inside(body: str) -> None:
    parts = list(parts_of(body))
    assert all(body[one.start : one.end].strip() for one in parts)
    assert all(a.end <= b.start for a, b in pairwise(parts))

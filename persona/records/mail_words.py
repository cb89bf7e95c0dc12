"""The words by which mail programs mark what is not the sender's: heads, quotations, footers.

Collecting goes by them to give quoted words to whoever wrote them; training, to leave out what is
nobody's manner in text that came in some other way. Each adds what only it needs. Pieces are
regular expressions without anchors, for `re.IGNORECASE`; names are plain.
"""

WROTE = ("wrote", "writes", "schrieb", "a écrit", "escribió")
WROTE_CHINESE = ("写道", "寫道")  # no space need stand before these
"""What stands between the name and the colon: "On 3 May 2010, Ruth wrote:"."""

FROM = ("from", "发件人", "寄件者", "寄件人")
SENT = ("sent", "date", "发送时间", "发送日期", "日期")
OTHER_HEADS = tuple("to cc subject reply-to 收件人 收件者 抄送 主题 主旨".split())
"""Names of the lines above a quoted mail that has no marks."""

ORIGINAL = (
    "original (?:message|appointment)",
    "(?:begin )?forwarded message",
    "原始邮件",
    "原始郵件",
    "转发的?邮件",
    "轉寄郵件",
    "回复邮件",
    "原邮件",
)
"""A line that says that somebody else's mail follows."""

FOOTERS = (
    r"get outlook for",
    r"来自我的",
    r"從我的\S+傳送",
    r"this (?:e-?mail|message)(?: and any| is| was|, including| may contain).{0,80}"
    r"(?:confidential|intended|privileged|virus|scanned)",
    r"virus-free",
    r"免责声明",
    r"本邮件.{0,30}(?:机密|保密)",
    r"do you yahoo",
    r"please consider the environment",
)
"""How lines begin that a program, a provider or an office puts under every mail."""

"""What WhatsApp itself writes into a chat, in the languages of its users: nobody's words.

On iPhones such lines carry a name ("Ruth: ‎Missed voice call"), so they must be known by what
they say. A left-to-right mark stands before them; where it does, looser signs are enough.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from persona.collect.chats.messages import MARKS

_M = f"[{MARKS}]*"
_SURE = re.compile(
    rf"^{_M}(?:"
    r"Messages (?:and calls|to this (?:chat|group)|you send)\b[^\n]*end-to-end encrypt[^\n]*"
    r"|(?:[您你]的)?(?:消息和通话|訊息(?:與|和)通話|此(?:对话|對話|聊天|群组|群組)[^\n]{0,12}|(?:你|您)(?:发送|傳送)给自己的消息)"
    r"[^\n]{0,12}(?:端到端加密|端對端加密|端对端加密)[^\n]*"
    r"|(?:Nachrichten und Anrufe|Los mensajes y las llamadas|Les messages et (?:les )?appels"
    r"|As mensagens e (?:as )?(?:chamadas|ligações)|Berichten en oproepen|I messaggi e le chiamate"
    r"|Сообщения и звонки|メッセージと通話|메시지와 통화)[^\n]*"
    rf"|(?:Missed|Silenced|Declined) (?:group )?(?:voice|video) call"
    rf"(?:[.,]? ?{_M}(?:Tap|Click) to call back| at \d[^\n]{{0,20}})?\.?"
    r"|(?:未接|未接听的?|未接聽的?)(?:语音|視訊|视频|語音)(?:通话|通話|来电|來電|电话)"
    rf"(?:[，。, ]*{_M}(?:轻触|点击|輕觸|點擊|點按)[^\n]{{0,6}})?"
    r"|Waiting for this message\. This may take a while\.?|正在等待此(?:消息|訊息)[^\n]{0,20}"
    rf"){_M}$",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"(?:created (?:this )?group|added|removed|left$|joined|changed|turned (?:on|off)|pinned"
    r"|security code|is a contact|admin|blocked|voice call|video call|started a|disappearing"
    r"|创建了|建立了|添加了|新增了|已新增|加入|退出|离开了|離開|移除|更改|變更|安全码|安全碼|限时消息"
    r"|限時訊息|语音通话|語音通話|视频通话|視訊通話|管理员|管理員|已成为联系人|置顶"
    r"|hat .*(?:erstellt|hinzugefügt|geändert|entfernt)|creó|añadió|cambió|a (?:créé|ajouté|changé)"
    r"|criou|adicionou|mudou|保留|屏蔽|封鎖)",
    re.IGNORECASE,
)
_IN_NAME = re.compile(
    r"end-to-end encrypted|created (?:this )?group|changed (?:the|this|their|to)\b|security code"
    r"|\badded\b.*\bto\b|joined using|turned (?:on|off) |pinned a message|端到端加密|端對端加密"
    r"|创建了|建立了|更改|變更|安全码|安全碼|群组名称|群組名稱|hat den Betreff|hat die Gruppe"
    r"|cambió el|a changé|mudou o",
    re.IGNORECASE,
)
_OMITTED = re.compile(
    rf"^{_M}(?:<[^<>\n]*(?:omitted|weggelassen|ausgelassen|ausgeschlossen|weggelaten|omitid|omis\b"
    r"|omess|oculta|não revelado|без медиа|пропущен|省略|略过|略過|忽略|略去"
    r"|含まれていません|제외|dahil edilmedi)"
    r"[^<>\n]*>"
    r"|(?:image|video|audio|sticker|GIF|document|Contact card|media|voice message|video note)s?"
    r" (?:omitted|weggelassen|weggelaten)"
    r"|(?:Bild|Video|Audio|Sticker|GIF|Dokument) weggelassen"
    r"|(?:imagen|vídeo|video|audio|sticker|documento|imagem|áudio|figurinha|GIF) omitid[oa]"
    r"|(?:image|vidéo|audio|sticker|document|GIF) (?:absente?|omise?)"
    r"|(?:图像|图片|圖片|视频|影片|音频|音訊|语音|語音|贴图|貼圖|文件|文档|檔案|联系人卡片|聯絡人卡片"
    r"|GIF ?(?:动态图|動態圖)?)(?:已被|已)?(?:省略|忽略|略去)"
    r"|null"
    r"|(?:This message was deleted|You deleted this message)(?: (?:by|as) admin[^\n]*)?\.?"
    r"|(?:此|这条|該|此则|此則)(?:消息|訊息|讯息)已(?:被)?(?:删除|刪除|撤回)。?"
    r"|(?:您|你)(?:已)?(?:删除|刪除)(?:了)?(?:此|这条|此則)(?:消息|訊息)。?"
    r"|Diese Nachricht wurde gelöscht\.?|Du hast diese Nachricht gelöscht\.?"
    r"|(?:Se eliminó este mensaje|Eliminaste este mensaje)\.?"
    r"|(?:Ce message a été supprimé|Vous avez supprimé ce message)\.?"
    r"|(?:Mensagem apagada|Você apagou esta mensagem|Essa mensagem foi apagada)\.?"
    rf"){_M}$",
    re.IGNORECASE,
)
_FILE_MARK = re.compile(
    rf"{_M}<[^<>:：\n\d]{{2,25}}\s?[:：]\s?(?P<file>[^<>\n/\\]{{1,200}}\.\w{{2,5}})>{_M}"
)
_FILE_FIRST = re.compile(
    rf"^{_M}(?P<file>(?:IMG|VID|AUD|PTT|DOC|STK)-\d{{8}}-WA\d{{4,}}\.\w{{2,5}}(?= \()"
    r"|[^\n/\\<>]{1,200}\.\w{2,5}(?= \((?:file attached|文件附件|附件|已附加|檔案已附加|已附加檔案"
    r"|Datei angehängt|archivo adjunto|fichier joint|(?:arquivo|ficheiro) anexado|file allegato"
    r"|bestand bijgevoegd|файл добавлен|添付ファイル|파일 첨부됨)\))) \([^()\n]{1,40}\)",
    re.IGNORECASE,
)
_PAGES = re.compile(rf"^{_M}[^\n]+\.\w{{2,5}} • {_M}[^\n]{{1,30}}$")
_EDITED = re.compile(
    rf"[{MARKS} ]*<(?:This message was edited"
    r"|(?:此|这条|此則)(?:消息|訊息)已(?:经过|經)?(?:编辑|編輯)"
    r"|Diese Nachricht wurde bearbeitet|Se editó este mensaje|Ce message a été modifié"
    r"|Mensagem editada|Questo messaggio è stato modificato|Dit bericht is bewerkt"
    rf"|この(?:メッセージ|消息)は編集済みです)\.?>{_M}$",
    re.IGNORECASE,
)
_POLL = re.compile(rf"^{_M}(?:POLL|UMFRAGE|ENCUESTA|SONDAGE|ENQUETE|投票)[:：]\s*\n", re.IGNORECASE)
_PLACE = re.compile(
    rf"^{_M}(?:(?:live )?location|位置|定位|Standort|ubicación|localização|lieu)\s?[:：]"
    rf"{_M}\s?(?P<link>https?://\S+){_M}$",
    re.IGNORECASE,
)


class Words(NamedTuple):
    """What of a message's text somebody wrote: characters ``start`` to ``end`` of it."""

    start: int
    end: int
    files: tuple[str, ...] = ()
    omitted: bool = False
    notice: bool = False
    place: str = ""


@lru_cache(maxsize=4096)
def names_nobody(name: str) -> bool:
    """Tell whether what stands before a colon is the beginning of a notice, and no name."""
    return bool(_IN_NAME.search(name)) or name.count('"') % 2 == 1


def words_of(text: str) -> Words:
    """Tell a message's own words from what the program put there: marks, files, notices."""
    if _SIGNS.search(text) is None and _BEGINNINGS.match(text) is None:
        return _trimmed(text, 0, len(text), ())
    if _SURE.match(text) or (text[:1] == "\u200e" and "\n" not in text and _MARKED.search(text)):
        return Words(0, 0, notice=True)
    if _OMITTED.match(text):
        return Words(0, 0, omitted=True)
    place = _PLACE.match(text)
    if place is not None:
        return Words(0, 0, place=place["link"])
    files = tuple(match["file"].strip(MARKS + " ") for match in _FILE_MARK.finditer(text))
    start, end = 0, len(text)
    poll = _POLL.match(text)
    if poll is not None:
        start = poll.end()
        end = text.find("\n", start) if "\n" in text[start:] else end
    elif files:
        start, end = _beside(text)
    elif (first := _FILE_FIRST.match(text)) is not None:
        files, start = (first["file"].strip(MARKS + " "),), first.end()
    return _trimmed(text, start, end, files)


_SIGNS = re.compile(f"[{MARKS}<:：(略删刪撤密未正]")
_BEGINNINGS = re.compile(
    r"[ \n\t\u00a0]|Messages |Missed|Silenced|Declined|Waiting for|This message|You deleted|null$"
    r"|(?:image|video|audio|sticker|GIF|document|contact|media|voice|Bild|Dokument|imagen?|vídeo"
    r"|documento|áudio|figurinha|vidéo)s? |Nachrichten|Diese Nachricht|Du hast|Los mensajes|Se elim"
    r"|Elimin|Les messages|Ce message|Vous avez|As mensagens|Mensagem|Você|Essa|Berichten"
    r"|I messaggi|Сообщения|メッセージ|메시지|您|你|此|这|該|GIF",
    re.IGNORECASE,
)
"""A text without such signs and beginnings has nothing in it that the program wrote."""

_CLOSED = (">", *(f">{mark}" for mark in MARKS))


def _beside(text: str) -> tuple[int, int]:
    """Return the words around the mark of a file: those after it, else those before it."""
    marks = list(_FILE_MARK.finditer(text))
    if text[marks[-1].end() :].strip(MARKS + " \n"):
        return marks[-1].end(), len(text)
    before = text[: marks[0].start()]
    return (0, 0) if _PAGES.match(before.strip()) else (0, len(before))


def _trimmed(text: str, start: int, end: int, files: tuple[str, ...]) -> Words:
    if text.endswith(_CLOSED) and (edited := _EDITED.search(text, start, end)) is not None:
        end = edited.start()
    words = text[start:end]
    inner = words.lstrip(MARKS + " \t\n\u00a0")
    start = end - len(inner)
    return Words(start, start + len(inner.rstrip(MARKS + " \t\n\u00a0")), files)

"""Chats whose messages have their heads on lines of their own: QQ, exporters of WeChat."""

from pathlib import Path

import pytest

from tests.collect.chats import read_chat_file

WECHAT = """2016-01-25 19:02:11 小雨
外婆你吃饭了吗

2016-01-25 19:05:43 外婆
吃了 面条 放了两个鸡蛋

2016-01-25 19:06:20 小雨
[图片]

2016-02-07 20:21:09 外婆
工作要紧 别哭
腊肉给你冻着

"""
QQ = """消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的好友
================================================================
消息对象:外婆
================================================================

小雨(10001) 2016/1/25 19:02:11
外婆你吃饭了吗

外婆<granny@qq.com> 2016/1/25 下午7:05:43
吃了

系统消息(10000) 2016/1/25 19:06:00
对方已离线
"""


def test_the_head_stands_above_the_words(tmp_path: Path) -> None:
    chat = read_chat_file(tmp_path / "聊天记录_小雨和外婆.txt", WECHAT.encode())
    assert chat.importer == "chat-headed"
    assert chat.said == [
        ("2016-01-25T19:02:11", "小雨", "外婆你吃饭了吗"),
        ("2016-01-25T19:05:43", "外婆", "吃了 面条 放了两个鸡蛋"),
        ("2016-02-07T20:21:09", "外婆", "工作要紧 别哭\n腊肉给你冻着"),
    ]


def test_the_name_may_stand_first_with_a_number_or_an_address(tmp_path: Path) -> None:
    chat = read_chat_file(tmp_path / "外婆.txt", QQ.encode("gb18030"))
    assert chat.said == [
        ("2016-01-25T19:02:11", "小雨", "外婆你吃饭了吗"),
        ("2016-01-25T19:05:43", "外婆", "吃了"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2016-01-25\n\nDear Ruth,\n\nIt rained.\n\nDad\n",
        "25 January 2016, 19:02\nThe boat came in.\n\n26 January 2016, 8:10\nIt left.\n",
        "2016-01-25 19:02 Kobe\nDear Ruth,\n" + "It rained again.\n" * 40,
    ],
)
def test_letters_and_diaries_are_no_chats(tmp_path: Path, text: str) -> None:
    from persona.collect.chats.headed import HeadedText

    assert not HeadedText().recognises(text.encode(), "x.txt")

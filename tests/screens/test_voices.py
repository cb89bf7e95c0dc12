"""The keeper hears clips and declares a donor; the family compares voices, blind."""

import numpy as np
import pytest

from persona.atomic import file_sha256
from persona.engines.sound import write_wav
from persona.keeper import listening
from persona.keeper.listening import Heard, Pair, counts, vote
from persona.records import (
    Act,
    ConsentState,
    DonorKind,
    Judged,
    MadeVoice,
    Passage,
    Preference,
    ProposalState,
    Source,
    SourceKind,
    VoiceClip,
    content_id,
)
from persona.remember.readers import Custodian, Relative
from persona.remember.store import Store
from tests.remember.archive import NOW, make_consent
from tests.screens.family import add_designed_voice, add_version, make_family

RATE_HZ = 16_000


def tape(store, workspace, title="Kitchen tape"):
    """Keep a recording of three tones, said to be Henry's, with a proposed clip of each."""
    t = np.arange(9 * RATE_HZ) / RATE_HZ
    sound = (0.1 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)
    scratch = workspace.root / "tape.wav"
    write_wav(scratch, sound, rate_hz=RATE_HZ, comment=title)
    sha = file_sha256(scratch)
    place = workspace.original(sha)
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch.replace(place)
    source = Source(
        id=content_id("src", sha), sha256=sha, kind=SourceKind.INTERVIEW, media_type="audio/wav",
        title=title, file_name=f"{title}.wav", size_bytes=place.stat().st_size, received_at=NOW,
        duration_s=9.0,
    )  # fmt: skip
    passages = [
        Passage(
            id=content_id("psg", source.id, n), source_id=source.id, position=n, unit=source.id,
            selector={"type": "FragmentSelector", "value": f"t={n * 3},{n * 3 + 3}"},
            text=f"Words number {n}.", speaker_id="henry",
        )
        for n in range(3)
    ]  # fmt: skip
    store.add_source(source, passages)
    clips = [
        VoiceClip(
            id=content_id("vcl", source.id, n), source_id=source.id, person_id="henry",
            start_s=n * 3, end_s=n * 3 + 3, text=f"<b>Words</b> number {n}.", score=0.9 - n * 0.3,
            quality={"noise_db": 20.0},
        )
        for n in range(3)
    ]  # fmt: skip
    store.put_clips(clips)
    return clips


def designed(store, workspace, name):
    """List a designed voice; return its id."""
    return add_designed_voice(workspace, store, name)["voice_id"]


@pytest.fixture
def own(tmp_path):
    made = make_family(tmp_path, version=False)
    with Store.open(made) as store:
        tape(store, made)
    return made


@pytest.fixture
def family_of_two(tmp_path):
    """Return an archive whose second version speaks with a voice that was made."""
    made = make_family(tmp_path)
    with Store.open(made) as store:
        add_version(made, store, None, 2, "second", add_designed_voice(made, store, "voi_warm"))
    return made


@pytest.fixture
def keeper(screen, sit, own):
    return screen(own, "voices", visitor=sit(None, "custodian"))


def states(workspace):
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return [one.state for one in view.voice_clips()]


def test_one_clip_after_the_other_is_heard_and_decided(keeper, own):
    text = keeper.everything()
    assert "Is this Henry" in text and "3 clips wait" in text
    assert "&lt;b&gt;Words&lt;/b&gt; number 0." in text and "<b>Words" not in text
    assert "sounds much like" in text and "some noise" in text
    assert "Nothing can be learnt from 0 s" in text
    assert len(keeper.app.get("audio")) == 1
    keeper.press("clip-yes")
    assert states(own)[0] is ProposalState.CONFIRMED
    assert "2 clips wait" in keeper.everything() and "3 s of Henry" in keeper.everything()
    keeper.press("clip-no")
    keeper.press("undo")
    assert states(own)[1] is ProposalState.PROPOSED
    keeper.press("clip-later")
    assert "number 2." in keeper.everything()
    keeper.press("clip-no")
    assert states(own) == [
        ProposalState.CONFIRMED, ProposalState.PROPOSED, ProposalState.REFUSED,
    ]  # fmt: skip
    keeper.press("show-later")
    assert "number 1." in keeper.everything()


def test_without_consent_no_voice_can_be_made_of_him(keeper, own):
    assert keeper.keys("make-voice") == []
    assert "I agree that the computer learns" in keeper.html()
    with Store.open(own) as store:
        entry = make_consent("henry", Act.TRAIN_VOICE)
        entry.given_by = "ruth"
        store.put_consents([entry])
    keeper.app.run()
    assert keeper.keys("make-voice") == ["make-voice"]
    assert "Ruth" in keeper.html() and "agreed to this on 22 November 2026" in keeper.html()


def test_a_designed_voice_needs_no_consent(keeper):
    keeper.app.radio[0].set_value("designed").run()
    assert keeper.keys("make-voice") == ["make-voice"]


def test_in_chinese(screen, sit, own):
    page = screen(own, "voices", visitor=sit(None, "custodian"), language="zh")
    assert "这是" in page.html() and "还有3段等着听" in page.html()
    assert "什么也学不到" in page.html()


def test_a_blocked_voice_says_why(keeper, own):
    with Store.open(own) as store:
        store.block_voice(designed(store, own, "voi_a"), "It frightened the children.")
    keeper.app.run()
    assert "It frightened the children." in keeper.html()
    assert keeper.keys("try-") == []


def test_what_blocking_means_stands_there_and_it_can_be_taken_back(keeper, own):
    with Store.open(own) as store:
        designed(store, own, "voi_a")
    keeper.app.run()
    assert "Nothing is deleted, and you can take it back here" in keeper.html()
    assert "No version that can be talked with was made with it" in keeper.html()
    keeper.press("block-voi_a")
    assert "Say in a sentence why" in keeper.html(), "nobody ends a voice by a slip"
    keeper.app.text_input(key="block-why-voi_a").set_value("It frightened the children.").run()
    keeper.press("block-voi_a")
    assert "Nobody hears this voice any more." in keeper.html()
    assert keeper.keys("try-") == [] and keeper.keys("block-") == []
    keeper.press("undo")
    assert keeper.keys("try-") == ["try-voi_a"]
    with Store.open(own) as store:
        store.block_voice("voi_a", "It frightened the children.")
    keeper.app.run()
    keeper.press("unblock-voi_a")
    assert "It may be heard again." in keeper.html() and keeper.keys("try-") == ["try-voi_a"]


def test_the_versions_page_tells_the_keeper_which_voice_is_not_heard(screen, sit, family_of_two):
    keeper = screen(family_of_two, "versions", visitor=sit(None, "custodian"))
    assert "plain voice" not in keeper.html()
    with Store.open(family_of_two) as store:
        store.block_voice("voi_warm", "It frightened the children.")
    keeper.app.run()
    assert keeper.html().count("read aloud by a plain voice") == 1
    assert "It frightened the children." in keeper.html()
    assert keeper.keys("to-voices") == ["to-voices-2"]
    ruth = screen(family_of_two, "versions", visitor=sit("ruth"))
    assert "It frightened the children." not in ruth.html(), "that is between the keepers"


def test_where_consent_is_over_it_is_said_in_the_language_of_the_page(screen, sit, own):
    with Store.open(own) as store:
        with store.reader(Custodian()) as view:
            clips = view.voice_clips()
        store.decide_clips([clips[0].id], ProposalState.CONFIRMED)
        entry = make_consent("henry", Act.TRAIN_VOICE)
        entry.given_by = "ruth"
        store.put_consents([entry])
        store.put_voice(
            MadeVoice(
                id="voi_his", donor=DonorKind.OWN_CLIPS, person_id="henry", engine="kokoro",
                clip_ids=[clips[0].id], consent_id=entry.id, files_sha256="0", created_at=NOW,
                measured={"resemblance": 0.71, "nearest_stock": 0.6, "ceiling": 0.9},
            )
        )  # fmt: skip
        keeper = screen(own, "voices", visitor=sit(None, "custodian"), language="zh")
        assert "相似度是0.71" in keeper.html()
        store.put_consents(
            [make_consent("henry", Act.TRAIN_VOICE, ConsentState.WITHDRAWN, at=NOW.replace(hour=9))]
        )
    keeper.app.run()
    assert "目前没有人同意使用" in keeper.html()
    assert "nobody agrees" not in keeper.html()
    assert keeper.keys("unblock-") == [] and keeper.keys("try-") == []


def test_only_the_keeper_sees_the_page(screen, sit, own):
    page = screen(own, "voices", visitor=sit("ruth"))
    assert page.keys("clip-") == []


# Listening


def pair(own):
    first = own.derived / "one.wav"
    tone = np.zeros(RATE_HZ, dtype=np.float32)
    write_wav(first, tone, rate_hz=RATE_HZ, comment="")
    return Pair(Heard("voi_a", first, "A plain sentence."), Heard("vcl_b", first, ""), "en")


def test_a_listener_votes_and_nobody_sees_which_was_which(screen, sit, own):
    page = screen(own, "listening", visitor=sit("ruth"), listening=pair(own))
    assert len(page.app.get("audio")) == 2
    shown = page.everything()
    assert "voi_a" not in shown and "vcl_b" not in shown
    page.app.radio[0].set_value(Preference.SECOND)
    page.app.radio[1].set_value(2)
    [keep] = [b for b in page.app.button if b.label == "Keep my answer"]
    keep.click().run()
    assert "Your answer is kept" in page.html() and "listened 1 times" in page.html()
    with Store.open(own) as store:
        with store.reader(Relative("ruth")) as view:
            [one] = view.judgements(Judged.VOICES)
        assert (one.first_id, one.second_id) == ("voi_a", "vcl_b")
        assert (one.preferred, one.credible_first) == (Preference.SECOND, 2)
        with store.reader(Relative("daniel")) as view:
            assert view.judgements(Judged.VOICES) == []
        with store.reader(Custodian()) as view:
            real, made = counts(view)
    assert (real.id, real.nearer, real.shown) == (listening.REAL, 1, 1)
    assert (made.id, made.nearer, made.likeness) == ("voi_a", 0, 2.0)


def test_nothing_chosen_is_no_vote(screen, sit, own):
    page = screen(own, "listening", visitor=sit("ruth"), listening=pair(own))
    [keep] = [b for b in page.app.button if b.label == "Keep my answer"]
    keep.click().run()
    assert "Choose one of them" in page.html()


def test_without_two_sounds_there_is_nothing_to_compare(screen, sit, own):
    page = screen(own, "listening", visitor=sit("ruth"))
    page.press("listen")
    assert "nothing to compare yet" in page.html()
    keeps = screen(own, "listening", visitor=sit(None, "custodian"))
    assert "for those who knew the voice" in keeps.html()


def test_the_order_is_drawn_and_what_may_not_be_heard_is_never_drawn(own, monkeypatch):
    """A real clip that Daniel may not hear is not played to him, and no voice that is blocked."""
    import random

    from tests.remember.archive import make_rule

    def said(workspace, store, view, made, sentence, language):
        return Heard(made.id, workspace.root, sentence)

    monkeypatch.setattr(listening, "_spoken", said)
    with Store.open(own) as store:
        designed(store, own, "voi_a")
        with store.reader(Custodian()) as view:
            clips = view.voice_clips()
        store.decide_clips([clips[0].id], ProposalState.CONFIRMED)
        store.put_restrictions([make_rule(clips[0].source_id, allow=["ruth"])])
        drawn = set()
        with store.reader(Relative("ruth")) as view:
            for seed in range(12):
                two = listening.draw(own, store, view, "ruth", "en", random.Random(seed))
                drawn.add((two.first.id, two.second.id))
        assert drawn == {("voi_a", clips[0].id), (clips[0].id, "voi_a")}
        with store.reader(Relative("daniel")) as view, pytest.raises(Exception, match="nothing to"):
            listening.draw(own, store, view, "daniel", "en", random.Random(0))


def test_a_vote_needs_something_said(own):
    with Store.open(own) as store, pytest.raises(Exception, match="says something"):
        vote(store, pair(own), "ruth", None, [None, None])

"""test_subtitle_formats: what is written can be read, and what people have is read whatever its encoding."""

import pytest

from vidwatchd.cues import Cue
from vidwatchd.errors import UsageError
from vidwatchd.subtitle_formats import decoded, plain, read_text, srt, vtt

SRT = "1\n00:00:01,000 --> 00:00:02,500\n<i>Grüße</i> aus Köln,\nschöne Frau!\n\n2\n00:00:03,000 --> 00:00:04,000\nÄpfel & Öl\n"
LINES = [(1.0, 2.5, "Grüße aus Köln,\nschöne Frau!"), (3.0, 4.0, "Äpfel & Öl")]
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,Second, with a comma
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\an8\\b1}First\\Nline
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}
Comment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,not shown
"""
VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE words of nobody

intro
00:01.000 --> 00:02.000 align:start
<v Anna>Hello <c.loud>there</c>, Q&amp;A &lt;now&gt;

NOTE again

01:00:00.000 --> 01:00:01.000
<00:59:59.000>late<01:00:00.500> words
"""


def told(cues):
    return [(cue.start_seconds, cue.end_seconds, cue.text) for cue in cues]


def test_hours_markup_and_times():
    cues = [
        Cue(3725.0625, 3726, "a <b> & c --> d\n\n  \nlast"),
        Cue(1.5, 1.5, "no length"),
        Cue(-2, 1, "early"),
        Cue(5, 6, " "),
    ]
    assert vtt(cues) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nearly\n\n00:00:01.500 --> 00:00:01.501\nno length\n\n"
        "01:02:05.062 --> 01:02:06.000\na &lt;b&gt; &amp; c --&gt; d\nlast\n"
    )
    assert srt(cues).startswith("1\n00:00:00,000 --> 00:00:01,000\nearly\n\n2\n00:00:01,500 --> 00:00:01,501\n")
    assert vtt([]) == "WEBVTT\n"
    assert srt([]) == ""


@pytest.mark.parametrize("hours", [0, 1, 99, 120])
def test_what_is_written_reads_back(hours):
    cues = [Cue(hours * 3600 + 1, hours * 3600 + 2, "x < y & z"), Cue(hours * 3600 + 2, hours * 3600 + 3, "two\nlines")]
    assert told(read_text(vtt(cues).encode(), ".vtt")) == told(cues)
    if hours < 100:  # two digits is all that SubRip has
        assert told(read_text(srt(cues).encode(), ".srt")) == told(cues)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-1"])
def test_any_encoding(encoding):
    assert told(read_text(SRT.encode(encoding), ".srt")) == LINES


def test_a_long_file_in_an_old_encoding():
    text = "".join(
        f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\nПривет, как дела сегодня, мой друг?\n\n" for n in range(1, 50)
    )
    assert {cue.text for cue in read_text(text.encode("cp1251"), ".srt")} == {"Привет, как дела сегодня, мой друг?"}


def test_old_line_ends():
    assert told(read_text(SRT.replace("\n", "\r\n").encode(), ".srt")) == LINES
    assert told(read_text(SRT.replace("\n", "\r").encode(), ".srt")) == LINES


@pytest.mark.parametrize("ending", [".ass", ".ssa"])
def test_substation(ending):
    assert told(read_text(ASS.encode(), ending)) == [(1.0, 2.0, "First\nline"), (3.0, 4.0, "Second, with a comma")]


def test_webvtt_without_notes_styles_and_names():
    assert told(read_text(VTT.encode(), ".vtt")) == [
        (1.0, 2.0, "Hello there, Q&A <now>"),
        (3600.0, 3601.0, "late words"),
    ]


@pytest.mark.parametrize(
    ("raw", "ending"),
    [
        (b"", ".srt"), (b"just words", ".srt"), (b"\x00\x01\x02" * 500, ".srt"), (bytes(range(256)) * 9, ".srt"),
        (b"1\n00:00:02,000 --> 00:00:01,000\nbackwards\n", ".srt"), (b"no header\n", ".vtt"), (b"WEBVTT\n", ".vtt"),
        (b"[Script Info]\n", ".ass"), (ASS.replace("0:00:0", "x").encode(), ".ass"),
        (b"[Events]\nFormat: Start\nDialogue: 1", ".ssa"), (b"\xff\xfe1", ".srt"),
    ],
)  # fmt: skip
def test_what_is_broken_is_one_clear_error(raw, ending):
    with pytest.raises(UsageError) as error:
        read_text(raw, ending)
    assert str(error.value).startswith("it ")
    assert "\n" not in str(error.value)


def test_plain_is_without_markup():
    assert plain(r"{\i1}one{\i0}\Ntwo <font color='red'>three</font>") == "one\ntwo three"
    assert plain("1 < 2 and 3 > 2") == "1 < 2 and 3 > 2"
    assert decoded("ä".encode()) == "ä"

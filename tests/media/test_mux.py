"""test_mux: a picture and a sound as one MP4: lengths, policies, formats, and what cannot be joined."""

import os
import shutil
import subprocess

import av
import pytest

from tests.forms import stored_form
from vidwatchd.errors import MediaError, StorageError
from vidwatchd.media.ffmpeg import executable
from vidwatchd.media.mux import MARK, is_ours, join
from vidwatchd.media.probe import probe

FRAME = 0.1


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    """``form(**how)``: the paths (picture, sound) of a stored form, made once for each way."""
    made = {}

    def get(**how):
        key = tuple(sorted(how.items()))
        if key not in made:
            folder = tmp_path_factory.mktemp("form")
            found = stored_form(folder, **how)
            made[key] = tuple(str(folder / part.file) if part else "" for part in (found.resultant, found.audio))
        return made[key]

    return get


def ffmpeg(*words):
    subprocess.run([executable(), "-nostdin", "-v", "error", "-y", *map(str, words)], check=True)


def packets(path, type_):
    """(pts, end) in seconds of every packet with content, in the order of decoding."""
    with av.open(path) as file:
        stream = next(s for s in file.streams if s.type == type_)
        base = stream.time_base
        return [(float(p.pts * base), float((p.pts + p.duration) * base)) for p in file.demux(stream) if p.size]


def length(path, type_):
    """How long a track is, by its own word, in seconds."""
    with av.open(path) as file:
        stream = next(s for s in file.streams if s.type == type_)
        return float(stream.duration * stream.time_base)


def payload(path, type_):
    with av.open(path) as file:
        return [bytes(p) for p in file.demux(next(s for s in file.streams if s.type == type_)) if p.size]


def pictures(path):
    with av.open(path) as file:
        return [round(float(frame.pts * frame.time_base), 3) for frame in file.decode(video=0)]


@pytest.mark.parametrize(("audio", "codec"), [("aac", "aac"), ("mp3", "mp3"), ("opus", "opus")])
def test_a_short_picture_is_shown_again_until_the_sound_ends(form, tmp_path, audio, codec):
    out, told = str(tmp_path / "out.mp4"), []
    picture, sound = form(audio=audio)
    done = join(picture, sound, out, progress=told.append)
    info = probe(out)
    assert (info.container, info.audio_codec) == ("mov,mp4,m4a,3gp,3g2,mj2", codec)
    assert done.streams == (("video", "h264"), ("audio", codec))
    assert done.picture_seconds == pytest.approx(2.0, abs=0.01)
    assert done.sound_seconds == pytest.approx(4.0, abs=0.06)
    assert info.duration_seconds == pytest.approx(done.sound_seconds, abs=FRAME)
    shown = pictures(out)
    assert len(shown) in (40, 41)
    assert shown == sorted(shown)
    assert length(out, "video") == pytest.approx(done.sound_seconds, abs=FRAME)
    assert told[-1] == pytest.approx(1, abs=0.05)
    assert is_ours(out)


@pytest.mark.parametrize("audio", ["aac", "mp3", "opus"])
def test_the_sound_is_the_very_same(form, tmp_path, audio):
    out = str(tmp_path / "out.mp4")
    picture, sound = form(audio=audio)
    join(picture, sound, out)
    before, after = payload(sound, "audio"), payload(out, "audio")
    if audio == "aac":  # the headers of raw AAC have no place in an MP4
        before = [frame[7 if frame[1] & 1 else 9 :] for frame in before]
    assert after == before


@pytest.mark.parametrize("seconds", [7.0, 4.35])
def test_a_long_picture_ends_with_the_sound(form, tmp_path, seconds):
    out = str(tmp_path / "out.mp4")
    done = join(*form(picture_seconds=seconds), out)
    assert done.seconds == pytest.approx(done.sound_seconds, abs=0.05)
    assert pictures(out)[-1] <= done.sound_seconds
    assert length(out, "video") == pytest.approx(done.sound_seconds, abs=0.001)


def test_padding_holds_the_last_picture(form, tmp_path):
    out = str(tmp_path / "out.mp4")
    done = join(*form(), out, match="pad")
    assert len(pictures(out)) == 20
    assert length(out, "video") == pytest.approx(done.sound_seconds, abs=0.001)
    assert probe(out).duration_seconds == pytest.approx(done.sound_seconds, abs=0.05)


def test_trimming_ends_with_the_shorter(form, tmp_path):
    out = str(tmp_path / "out.mp4")
    assert join(*form(), out, match="trim").seconds == pytest.approx(2.0, abs=0.05)
    assert packets(out, "audio")[-1][1] == pytest.approx(2.0, abs=0.05)
    assert join(*form(picture_seconds=7.0), out, match="trim").seconds == pytest.approx(4.03, abs=0.05)


def test_av1_is_copied_too(form, tmp_path):
    out = str(tmp_path / "out.mp4")
    done = join(*form(codec="libsvtav1"), out)
    assert done.streams[0] == ("video", "av1")
    assert len(pictures(out)) in (40, 41)


@pytest.mark.parametrize("codec", ["libx264", "libsvtav1"])
def test_shown_from_one_place_it_is_the_same_film(form, tmp_path, codec):
    """Clips of megabytes are not copied a thousand times: the same packets at the same times, from the same bytes."""
    copied, told, progress = tmp_path / "copied.mp4", tmp_path / "told.mp4", []
    parts = form(codec=codec, sound_seconds=25.3)
    join(*parts, str(copied))
    done = join(*parts, str(told), most_copied_bytes=3 * os.path.getsize(parts[0]), progress=progress.append)
    assert sorted(os.listdir(tmp_path)) == ["copied.mp4", "told.mp4"]
    assert packets(str(told), "video") == packets(str(copied), "video")
    assert payload(str(told), "video") == payload(str(copied), "video")
    assert payload(str(told), "audio") == payload(str(copied), "audio")
    for type_ in ("video", "audio"):
        assert length(str(told), type_) == pytest.approx(length(str(copied), type_), abs=0.001)
    assert probe(str(told)).duration_seconds == pytest.approx(done.sound_seconds, abs=0.05)
    assert told.stat().st_size < copied.stat().st_size - 6 * os.path.getsize(parts[0])
    assert is_ours(str(told))
    assert progress[-1] == 1


def test_what_is_shown_from_one_place_can_be_sought(form, tmp_path):
    out = str(tmp_path / "out.mp4")
    join(*form(codec="libx264", sound_seconds=25.3), out, most_copied_bytes=1000)

    def at(seconds):
        with av.open(out) as file:
            file.seek(round(seconds * av.time_base))
            frame = next(f for f in file.decode(video=0) if float(f.pts * f.time_base) >= seconds - 0.01)
            return frame.to_ndarray().tobytes()

    assert at(1.5) == at(19.5) != at(0.5)


def test_without_sound_it_is_the_picture(form, tmp_path):
    out = str(tmp_path / "out.mp4")
    picture, _ = form()
    done = join(picture, "", out)
    assert (done.seconds, done.sound_seconds, done.streams) == (pytest.approx(2.0, abs=0.01), 0.0, (("video", "h264"),))
    assert payload(out, "video") == payload(picture, "video")


def test_a_player_may_begin_before_all_of_it_is_there(form, tmp_path):
    out = tmp_path / "out.mp4"
    join(*form(), str(out))
    data = out.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_same_parts_give_the_same_bytes(form, tmp_path):
    for name in ("a.mp4", "b.mp4"):
        join(*form(), str(tmp_path / name))
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_coarse_times_and_reordered_pictures(form, tmp_path):
    """A frame a second in ticks of a second, three of them reordered: what is cut is still cut at the right time."""
    picture, out = tmp_path / "slow.mp4", str(tmp_path / "out.mp4")
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=128x72:r=1:d=9", "-c:v", "libx264", "-bf", "3", "-video_track_timescale", 1,
           picture)  # fmt: skip
    sound = form(sound_seconds=14.5)[1]
    done = join(str(picture), sound, out)
    shown = pictures(out)
    assert [round(at) for at in shown[:14]] == list(range(14))
    assert length(out, "video") == pytest.approx(done.sound_seconds, abs=0.001)


def test_odd_names(form, tmp_path):
    picture, sound = form()
    odd = os.path.join(str(tmp_path), "-%03d it's [odd]: \udcff\n.mp4")
    shutil.copy(picture, odd)
    out = os.path.join(str(tmp_path), "out \udcff%d.mp4")
    join(odd, sound, out)
    assert is_ours(out)


def test_what_comes_from_elsewhere_is_not_ours(form):
    assert not is_ours(form()[0])
    assert MARK


def test_what_only_names_other_files_is_refused(form, clips, tmp_path):
    for trick in (clips.playlist(), clips.concat()):
        with pytest.raises(MediaError):
            join(form()[0], trick, str(tmp_path / "out.mp4"))
        with pytest.raises(MediaError):
            join(trick, form()[1], str(tmp_path / "out.mp4"))


def test_what_has_no_picture_or_no_sound(form, clips, tmp_path):
    picture, sound = form()
    out = str(tmp_path / "out.mp4")
    with pytest.raises(MediaError, match="no pictures"):
        join(sound, sound, out)
    with pytest.raises(MediaError, match="no sound"):
        join(picture, picture, out)


def test_what_an_mp4_cannot_hold_is_told(form, clips, tmp_path):
    picture = tmp_path / "old.webm"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=128x72:r=10:d=1", "-c:v", "libvpx", picture)
    with pytest.raises(MediaError, match="vp8, which an MP4 cannot"):
        join(str(picture), form()[1], str(tmp_path / "out.mp4"))


def test_half_a_picture_is_told(form, tmp_path):
    whole = tmp_path / "whole.mp4"
    ffmpeg("-i", form(picture_seconds=7.0)[0], "-c", "copy", "-movflags", "+faststart", whole)
    half = tmp_path / "half.mp4"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(MediaError, match=r"half\.mp4 is damaged"):
        join(str(half), form()[1], str(tmp_path / "out.mp4"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_is_told(form, tmp_path):
    os.symlink("/dev/full", tmp_path / "out.mp4")
    with pytest.raises(StorageError):
        join(*form(), str(tmp_path / "out.mp4"))

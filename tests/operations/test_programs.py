"""test_programs: only an ffmpeg that nobody can have put there is named by a request."""

import os

import pytest

from vidwatchd.errors import ConfigError
from vidwatchd.media.ffmpeg import executable
from vidwatchd.operations.programs import check_ffmpeg


def program(path, said="ffmpeg version 9.0 Copyright", mode=0o755):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{said}'\n")
    path.chmod(mode)
    return str(path)


def test_one_that_is_ffmpeg(desk):
    # Where the real one lies another user may own the folders, as in a checkout that root runs.
    real = program(desk.folder / "bin" / "ffmpeg")
    (desk.folder / "bin" / "ffmpeg").write_text(f'#!/bin/sh\nexec "{executable()}" "$@"\n')
    check_ffmpeg(desk.ctx, "audio.ffmpeg_path", real)
    check_ffmpeg(desk.ctx, "audio.ffmpeg_path", program(desk.folder / "bin" / "ffmpeg-9"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda desk: "ffmpeg", "full path"),
        (lambda desk: "/no/such/ffmpeg", "no executable"),
        (lambda desk: "/bin/sh", "not called ffmpeg"),
        (lambda desk: program(desk.folder / "bin" / "ffmpeg", mode=0o644), "no executable"),
        (lambda desk: program(desk.folder / "bin" / "ffmpeg", said="hello"), "does not answer"),
        (lambda desk: program(desk.root / "ffmpeg"), "where files from elsewhere come"),
        (lambda desk: program(desk.folder / "data" / "uploads" / "ffmpeg"), "where files from elsewhere come"),
        (lambda desk: program(desk.folder / "data" / "ffmpeg"), "where files from elsewhere come"),
        (lambda desk: str(desk.root), "not called"),
    ],
)
def test_others(desk, make, said):
    with pytest.raises(ConfigError, match=said):
        check_ffmpeg(desk.ctx, "audio.ffmpeg_path", make(desk))


def test_a_link_leads_to_what_is_judged(desk):
    (desk.folder / "bin").mkdir()
    for target in (program(desk.root / "ffmpeg"), "/bin/sh"):
        link = desk.folder / "bin" / "ffmpeg"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        with pytest.raises(ConfigError):
            check_ffmpeg(desk.ctx, "audio.ffmpeg_path", str(link))


def test_where_others_may_change_it(desk):
    mine = program(desk.folder / "bin" / "ffmpeg")
    for loose, mode, usual in ((mine, 0o757, 0o755), (os.path.dirname(mine), 0o777, 0o755)):
        os.chmod(loose, mode)
        with pytest.raises(ConfigError, match="others than you may change"):
            check_ffmpeg(desk.ctx, "audio.ffmpeg_path", mine)
        os.chmod(loose, usual)
    os.chmod(os.path.dirname(mine), 0o1777)
    check_ffmpeg(desk.ctx, "audio.ffmpeg_path", mine)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_another_users_program(desk):
    mine = program(desk.folder / "bin" / "ffmpeg")
    os.chown(mine, 12345, -1)
    with pytest.raises(ConfigError, match="others than you may change"):
        check_ffmpeg(desk.ctx, "audio.ffmpeg_path", mine)

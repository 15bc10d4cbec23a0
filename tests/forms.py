"""forms: small stored forms for tests, made by ffmpeg as the program lays them out."""

from __future__ import annotations

import os
import subprocess

from vidwatchd.media.ffmpeg import executable
from vidwatchd.model import Artifact, ArtifactState, file_name
from vidwatchd.operations import forms
from vidwatchd.storing import manifest
from vidwatchd.storing.manifest import Manifest, Picture, Script, Sound, Source

FINGERPRINT = "2710-00c0ffee00c0ffee"


def stored_form(
    folder, *, sound_seconds=4.0, picture_seconds=2.0, codec="libx264", audio="aac", noted=True
) -> Manifest:
    """A stored form in ``folder``: a tone and a moving picture of these lengths; 0: without."""
    os.makedirs(folder, exist_ok=True)
    sound = picture = None
    if sound_seconds:
        name = manifest.SOUNDS[audio]
        _ffmpeg("-f", "lavfi", "-i", f"sine=440:duration={sound_seconds}", "-b:a", "64k", os.path.join(folder, name))
        size = os.path.getsize(os.path.join(folder, name))
        sound = Sound(name, audio, 64, 1, size, sound_seconds)
    if picture_seconds:
        path = os.path.join(folder, manifest.RESULTANT)
        source = f"testsrc2=s=128x72:r=10:d={picture_seconds}"
        _ffmpeg("-f", "lavfi", "-i", source, "-c:v", codec, "-pix_fmt", "yuv420p", path)
        size = os.path.getsize(path)
        picture = Picture(manifest.RESULTANT, "h264", 128, 72, 10.0, size, picture_seconds, "proxy", "real", ssim=0.8)
    script = os.path.join(folder, manifest.SCRIPT)
    with open(script, "w", encoding="utf-8") as file:
        file.write("Nobody speaks.\n")
    source = Source("film.mp4", 10_000_000, FINGERPRINT, sound_seconds, 1280, 720, 25.0, "h264", "aac", "mov")
    form = Manifest(
        manifest.form_id(FINGERPRINT), source, Script(manifest.SCRIPT, os.path.getsize(script)), sound, picture, 1.0
    )
    if noted:
        with open(os.path.join(folder, manifest.FILE), "wb") as file:
            file.write(manifest.text(form))
    return form


def put_form(ctx, video_id, *, made_at=1.0, **how) -> str:
    """The stored form of a video where it belongs, and in the index; its id."""
    video, kept = ctx.index.videos.get(video_id), forms.kind()
    folder = os.path.dirname(ctx.store(video.library_id).file(video.path, kept.kept))
    made = stored_form(folder, **how)
    suffixes = [f"{kept.folder}/{name}" for name in sorted(os.listdir(folder))]
    facts = {"bytes": made.stored_bytes, "ssim": 0.8, "backend": "proxy", "origin": "real"}
    artifact = Artifact(
        video_id, kept.name, ArtifactState.DONE, facts=facts, cost_bytes=made.stored_bytes, made_at=made_at
    )
    ctx.index.artifacts.put(artifact, files={suffix: file_name(video.name, suffix) for suffix in suffixes})
    ctx.index.forms.put(video_id, manifest.form_id(video.fingerprint or str(video_id)))
    return manifest.form_id(video.fingerprint or str(video_id))


def _ffmpeg(*arguments):
    subprocess.run([executable(), "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)

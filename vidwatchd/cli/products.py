"""products: ``codecs``, ``transcode`` and ``compare``: what files are, what becomes of them, and how much was kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from vidwatchd.cli import making, output, render
from vidwatchd.cli.group import Door
from vidwatchd.cli.options import F, directory, output_format, path_text, recursive, words
from vidwatchd.cli.session import Session
from vidwatchd.errors import UsageError
from vidwatchd.model import display
from vidwatchd.operations import codecs, compare, transcode
from vidwatchd.operations.codecs import Target
from vidwatchd.operations.transcode import Transcode, Wanted

# Fields of the product that are no flags of their own here.
_ELSEWHERE = {"allowed_profiles", "force", "ffmpeg_path"}
_DEFAULT = Target()
_profiles = click.option(
    "--allowed-profiles", type=words, default="", metavar="LIST", help="Video profiles that fit, by comma; none: any."
)


def _workers(default: str) -> Callable[[F], F]:
    said = f"Files at once.  [default: {default}]"
    return click.option("--workers", type=click.IntRange(min=1), default=None, metavar="N", help=said)


@click.command("codecs", cls=Door)
@directory()
@recursive
@click.option("--target-v", default=_DEFAULT.video, show_default=True, help="Video codec that is wanted.")
@click.option("--target-a", default=_DEFAULT.audio, show_default=True, help="Audio codec that is wanted.")
@_profiles
@_workers("4")
@output_format
@click.pass_obj
def codecs_command(session: Session, /, directory: str, output_format: str, workers: int | None, **given: Any) -> int:
    """List each video's container, codecs and profile, and whether they are what is wanted; nothing is written.

    \b
    Examples:
      vidwatchd codecs . -r
      vidwatchd codecs ~/Videos -r --target-v hevc --target-a opus
      vidwatchd codecs . --allowed-profiles high,main --output-format json
    """
    target = Target(given["target_v"], given["target_a"], given["allowed_profiles"])
    with session.look(directory) as ctx, output.progress(session, "codecs") as progress:
        found = codecs.codecs(
            ctx, directory, target, recursive=given["recursive"], workers=workers or 0, progress=progress
        )
    output.show(session, found, output_format, _codecs)
    output.complain(render.unreadable(found["unreadable"]))
    return 1 if found["failed"] or found["unreadable"] else 0


@click.command("transcode", cls=Door)
@click.argument("folders", metavar="[DIR] DEST", type=path_text, nargs=-1)
@recursive
@click.option("--force", is_flag=True, help="Transcode all, also what fits or is there already.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and do nothing.")
@_profiles
@_workers("1")
@output_format
@click.pass_obj
def transcode_command(session: Session, /, folders: tuple[str, ...], output_format: str, **given: Any) -> int:
    """Make a tree of MP4s that play everywhere from the videos that do not.

    DEST mirrors the folders of DIR. A video whose container, codecs and profile fit already is listed as such, and
    neither transcoded nor copied; in the others only what does not fit is encoded. Sources are never changed, and
    nothing in DEST is overwritten that was not put there by this command.

    \b
    Examples:
      vidwatchd transcode ~/Videos ~/Playable -r --dry-run
      vidwatchd transcode . ~/Playable -r --crf 23 --preset slow
      vidwatchd transcode . /mnt/tv --hardware videotoolbox --v-bitrate 5000k
    """
    if not 1 <= len(folders) <= 2:
        raise UsageError("name the folder of the videos and one for the new files", hint="vidwatchd transcode DIR DEST")
    source, destination = folders if len(folders) == 2 else (".", *folders)
    with session.look(source) as ctx, output.progress(session, "transcode") as progress:
        done = transcode.transcode(ctx, source, destination, _wanted(given), progress=progress)
    output.show(session, done, output_format, _transcoded)
    output.complain([*_errors(done["files"]), *render.unreadable(done["unreadable"])])
    return 1 if done["counts"].get("failed") or done["unreadable"] else 0


@click.command("compare", cls=Door)
@click.argument("original", type=path_text)
@click.argument("other", type=path_text)
@click.option("--vmaf", is_flag=True, help="Measure VMAF too, which takes longer.")
@output_format
@click.pass_obj
def compare_command(session: Session, original: str, other: str, vmaf: bool, output_format: str) -> None:
    """Measure how much of an original another encoding of it keeps: SSIM, PSNR and a word for it.

    The second is brought to the first one's size. By mean SSIM it is excellent (0.98 and more), good (0.95), fair
    (0.90) or poor.

    \b
    Examples:
      vidwatchd compare film.mkv small.mp4
      vidwatchd compare film.mkv small.mp4 --vmaf --output-format json
    """
    with session.look(original) as ctx, output.progress(session, "compare") as progress:
        found = compare.compare(ctx, original, other, vmaf=vmaf, progress=progress)
    output.show(session, found, output_format, _compared)


def _add_product_flags() -> None:
    fields = Transcode.model_fields
    names = [name for name in fields if name not in _ELSEWHERE]
    flags = [making.option(making.flag_of(name, fields[name]), fields[name]) for name in names]
    transcode_command.params[2:2] = flags


def _wanted(given: Mapping[str, Any]) -> Wanted:
    product = {name: given[name] for name in Transcode.model_fields if given.get(name) is not None}
    product.pop("force", None)
    return Wanted(given["recursive"], given["force"], given["dry_run"], given["workers"] or 0, product)


def _codecs(found: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for name in ("file", "container", "video", "audio", "size", "length", "fits"):
        table.add_column(name, justify="right" if name in ("size", "length") else "left", overflow="fold")
    for row in found["files"]:
        table.add_row(*map(Text, _cells(row)))
    return table


def _cells(row: Mapping[str, Any]) -> list[str]:
    size = f"{row['width']}×{row['height']}" if row["width"] else ""
    video = " ".join(filter(None, (row["video_codec"], row["profile"], size))) or "–"
    said = row["error"] or ", ".join(row["reasons"]) or "yes"
    cells = [row["container"] or "–", video, ", ".join(row["audio_codecs"]) or "–", render.size(row["size_bytes"])]
    return [display(row["path"]), *map(display, cells), render.clock(row["duration_seconds"]), display(said)]


def _transcoded(done: Mapping[str, Any]) -> list[str]:
    counts = ", ".join(f"{count} {state}" for state, count in sorted(done["counts"].items())) or "nothing to do"
    total = render.count(len(done["files"]), "video")
    return [*map(_line, done["files"]), f"{total}: {counts}, in {done['seconds']:.1f} s"]


def _line(row: Mapping[str, Any]) -> str:
    arrow = f" → {display(row['output'])}" if row["state"] in ("planned", "done", "there") else ""
    sizes = f"{render.size(row['size_bytes'])} → {render.size(row['output_bytes'])}" if row["output_bytes"] else ""
    why = ", ".join(filter(None, (*row["reasons"], sizes, *row["notes"])))
    return f"{row['state']:<8} {display(row['path'])}{arrow}{f' ({display(why)})' if why else ''}"


def _errors(rows: list[dict[str, Any]]) -> list[str]:
    return [f"{display(row['path'])}: {display(row['error'])}" for row in rows if row["error"]]


def _compared(found: Mapping[str, Any]) -> list[str]:
    psnr = (
        "infinite: all pictures are equal" if found["identical"] else f"{found['psnr']} dB (least {found['psnr_min']})"
    )
    lowest = f"least {found['ssim_min']:.4f} at {found['ssim_min_seconds']:.1f} s"
    lines = [f"{found['quality']}: SSIM {found['ssim']:.4f} ({lowest}), PSNR {psnr}"]
    if found["vmaf"] is not None:
        lines.append(f"VMAF {found['vmaf']} (least {found['vmaf_min']})")
    lines.append(f"{found['frames']} frames compared, {found['compared_seconds']:.2f} s")
    return [*lines, *map(display, found["notes"])]


_add_product_flags()
COMMANDS = {"codecs": codecs_command, "transcode": transcode_command, "compare": compare_command}

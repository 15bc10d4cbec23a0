"""hub: files of models from the Hugging Face Hub: listed, fetched from where an earlier try ended, checked to the byte.

The only place in the program that asks anything of another machine, and only when a person ordered a model.
"""

from __future__ import annotations

import errno
import hashlib
import io
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from vidwatchd import __version__
from vidwatchd.backends.models import Model
from vidwatchd.errors import NotFound, StorageError, Unavailable
from vidwatchd.model import portable

# Takes how much is done, of how much, and the file's name; raises Cancelled when it must end.
Step = Callable[[float, int, Sequence[str]], None]

EXTRA = "pip install 'vidwatchd[subtitles]'"
# Weights of these kinds, and code, can do anything once they are loaded.
REFUSED = ("*.py", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle", "*.h5", "pytorch_model*", "*.so", "*.sh")
_BLOCK_BYTES = 1 << 20
# The library hands over 10 MB at a time: two minutes of a slow line, in which nobody hears of progress or can stop it.
_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Remote:
    """One file of a repository; large ones have a ``sha256``, small ones only git's own sum."""

    path: str
    size_bytes: int
    sha256: str
    git_sum: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The files that a model needs, as they are at one commit of its repository."""

    commit: str
    files: tuple[Remote, ...]

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return sum(file.size_bytes for file in self.files)


def check() -> None:
    """Raise Unavailable when the part that downloads is not installed."""
    try:
        import huggingface_hub  # noqa: F401
    except ImportError as error:
        raise Unavailable("huggingface_hub, which downloads models, is not installed", hint=EXTRA) from error


def listing(model: Model) -> Listing:
    """What must be fetched for a model. Raises Unavailable, NotFound."""
    check()
    from huggingface_hub import HfApi

    with _translated(model, ""):
        api = HfApi(endpoint=_endpoint(), token=False, library_name="vidwatchd", library_version=__version__)
        info = api.model_info(model.repo, revision=model.revision, files_metadata=True)
    files = tuple(_remote(sibling) for sibling in info.siblings or () if _wanted(model, sibling.rfilename))
    if not any(file.path == model.files[0] for file in files):
        raise NotFound(f"{model.repo} no longer holds {model.files[0]}", hint="a newer vidwatchd may know where it is")
    return Listing(str(info.sha), files)


def fetch(model: Model, wanted: Listing, folder: str, step: Step) -> dict[str, str]:
    """Bring every file into ``folder`` (native), whole and checked. Returns path → sha256.

    What an earlier try left there is gone on with. Raises Unavailable, StorageError, and what ``step`` raises.
    """
    sums, done = {}, 0
    for remote in wanted.files:
        path = os.path.join(folder, *remote.path.split("/"))

        def tell(count: int, before: int = done, name: str = remote.path) -> None:
            """How far this file is."""
            step(before + count, wanted.size_bytes, [name])

        _download(model, wanted.commit, remote, path, tell)
        sums[remote.path] = _checked(path, remote, tell)
        done += remote.size_bytes
    return sums


def held_bytes(wanted: Listing, folder: str) -> int:
    """How much of a listing is in a folder already."""
    return sum(min(_size(os.path.join(folder, *file.path.split("/"))), file.size_bytes) for file in wanted.files)


class _Watched(io.BufferedWriter):
    """A file that is appended to, and tells after each write how long it is."""

    def __init__(self, path: str, tell: Callable[[int], None]) -> None:
        super().__init__(io.FileIO(path, "ab"), _BLOCK_BYTES)
        self._tell = tell

    def write(self, buffer: Any, /) -> int:
        """Append, then tell."""
        written = super().write(buffer)
        self._tell(self.tell())
        return written


def _download(model: Model, commit: str, remote: Remote, path: str, tell: Callable[[int], None]) -> None:
    from huggingface_hub import constants, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils._headers import build_hf_headers
    from huggingface_hub.utils.logging import set_verbosity
    from huggingface_hub.utils.tqdm import disable_progress_bars

    constants.DOWNLOAD_CHUNK_SIZE = _CHUNK_BYTES
    disable_progress_bars()
    set_verbosity(logging.ERROR)
    url = hf_hub_url(model.repo, remote.path, revision=commit, endpoint=_endpoint())
    headers = build_hf_headers(token=False, library_name="vidwatchd", library_version=__version__)
    with _translated(model, remote.path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        held = _size(path)
        if held > remote.size_bytes:
            os.unlink(path)
            held = 0
        with _Watched(path, tell) as file:
            http_get(url, file, resume_size=held, headers=headers, expected_size=remote.size_bytes)
            file.flush()
            os.fsync(file.fileno())


def _checked(path: str, remote: Remote, tell: Callable[[int], None]) -> str:
    """The file's sha256. Raises Unavailable, with the file deleted, when it is not what was promised."""
    sha256, git_sum = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % remote.size_bytes, usedforsecurity=False)
    with open(path, "rb") as file:
        while block := file.read(_BLOCK_BYTES):
            sha256.update(block)
            git_sum.update(block)
            tell(remote.size_bytes)  # a large file takes seconds, in which a person may want to stop
    promised, found = (remote.sha256, sha256) if remote.sha256 else (remote.git_sum, git_sum)
    if found.hexdigest() != promised:
        os.unlink(path)
        raise Unavailable(f"{remote.path} arrived damaged", hint="it was deleted: pull the model again")
    return sha256.hexdigest()


def _wanted(model: Model, path: str) -> bool:
    name = path.rpartition("/")[2]
    fits = any(fnmatch(path, pattern) for pattern in model.files)
    return fits and ".." not in path.split("/") and not any(fnmatch(name, pattern) for pattern in REFUSED)


def _remote(sibling: Any) -> Remote:
    sha256 = sibling.lfs.sha256 if sibling.lfs else ""
    return Remote(sibling.rfilename, int(sibling.size or 0), sha256, sibling.blob_id or "")


def _endpoint() -> str | None:
    return os.environ.get("HF_ENDPOINT") or None


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except FileNotFoundError:
        return 0


@contextmanager
def _translated(model: Model, path: str) -> Iterator[None]:
    """Errors of the library, of the network and of the disk as ours."""
    from huggingface_hub.errors import (
        HfHubHTTPError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    # Whichever HTTP library it is built on, which changed twice: its errors share this root.
    http_error: type[Exception] = next(
        base for base in HfHubHTTPError.__mro__ if base.__name__ == "HTTPError" and issubclass(base, Exception)
    )

    try:
        yield
    except OfflineModeIsEnabled as error:
        raise Unavailable("downloads are switched off", hint="unset HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE") from error
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        place = f"{model.repo} at {model.revision}"
        raise NotFound(f"{place} is not there any more", hint="a newer vidwatchd may know where it is") from error
    except (OSError, http_error) as error:
        raise _trouble(model, path, error) from error


def _trouble(model: Model, path: str, error: Exception) -> StorageError | Unavailable:
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(f"no room is left for {path}", hint="free some space and pull again: it goes on from there")
    if number is not None and getattr(error, "filename", None):
        return StorageError(f"{portable(str(getattr(error, 'filename', '')))} cannot be written: {error}")
    place = _endpoint() or "https://huggingface.co"
    if not path:
        return Unavailable(f"{place} cannot be reached: {_first_line(error)}", hint="check the network connection")
    said = f"{path} of {model.name} did not arrive whole: {_first_line(error)}"
    return Unavailable(said, hint=f"vidwatchd models pull {model.name} goes on from there")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__

"""hanging: a disk that stops answering: a folder seen through FUSE, served by a process that can be stopped."""

import contextlib
import ctypes
import errno
import os
import signal
import stat
import struct
import subprocess
import sys

import pytest

from tests.sources import ROOT

MNT_DETACH = 2
_ATTR = struct.Struct("<6Q10I")
_BLOCK = 1 << 17
_NO_ANSWER = {2, 36, 42}  # forget, interrupt, batch forget


class Disk:
    """A mounted folder; while it hangs, whoever touches it waits."""

    def __init__(self, folder, server):
        self.folder, self._server = folder, server

    def hang(self):
        """From now on nothing is answered."""
        self._server.send_signal(signal.SIGSTOP)

    def go_on(self):
        """What waited is answered."""
        self._server.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def hanging_disk(source, folder):
    """``source`` as a disk at ``folder``; skips where there is no FUSE."""
    source.mkdir(exist_ok=True)
    folder.mkdir()
    command = [sys.executable, "-m", "tests.faults.hanging", str(source), str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        said = server.stdout.readline().strip()
        if said != "mounted":
            server.wait()
            pytest.skip(f"no file system can be made here: {said}")
        try:
            yield Disk(folder, server)
        finally:
            server.send_signal(signal.SIGCONT)
            _unmount(str(folder))
            server.kill()


def _mount(folder):
    handle = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={handle},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()},allow_other"
    if ctypes.CDLL(None, use_errno=True).mount(b"hanging", os.fsencode(folder), b"fuse", 0, options.encode()):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return handle


def _unmount(folder):
    ctypes.CDLL(None).umount2(os.fsencode(folder), MNT_DETACH)


class Server:
    """Answers the kernel from a real folder (https://www.kernel.org/doc/html/latest/filesystems/fuse.html)."""

    def __init__(self, handle, source):
        self.handle = handle
        self.paths = {1: source}
        self.last = 1
        self.answers = {
            1: self.lookup, 3: self.getattr, 4: self.setattr, 9: self.mkdir, 10: self.unlink, 11: self.rmdir,
            12: self.rename, 13: self.link, 14: self.open, 15: self.read, 16: self.write, 17: self.statfs,
            18: self.release, 20: self.fsync, 26: self.init, 27: self.opendir, 28: self.readdir, 29: self.nothing,
            30: self.nothing, 25: self.nothing, 34: self.nothing, 35: self.create, 45: self.rename_how,
        }  # fmt: skip

    def run(self):
        """Until it is unmounted."""
        while True:
            try:
                request = os.read(self.handle, _BLOCK + 4096)
            except InterruptedError:
                continue
            except OSError as error:
                if error.errno == errno.ENOENT:  # whoever asked has given up
                    continue
                return
            _, opcode, unique, node = struct.unpack_from("<IIQQ", request)
            if opcode not in _NO_ANSWER:
                self.answer(unique, opcode, node, request[40:])

    def answer(self, unique, opcode, node, body):
        """One request."""
        try:
            error, data = 0, self.answers.get(opcode, self.unknown)(node, body)
        except OSError as failed:
            error, data = -(failed.errno or errno.EIO), b""
        with contextlib.suppress(OSError):  # it was given up meanwhile
            os.write(self.handle, struct.pack("<IiQ", 16 + len(data), error, unique) + data)

    def unknown(self, node, body):
        raise OSError(errno.ENOSYS, "")

    def nothing(self, node, body):
        return b""

    def init(self, node, body):
        return struct.pack("<4I2H2I2HI7I", 7, 31, _BLOCK, 0, 12, 9, _BLOCK, 1, 32, 0, 0, *[0] * 7)

    def inside(self, node, name):
        return os.path.join(self.paths[node], name.rstrip(b"\0"))

    def number(self, path):
        for number, known in self.paths.items():
            if known == path:
                return number
        self.last += 1
        self.paths[self.last] = path
        return self.last

    def entry(self, path):
        status = os.lstat(path)
        return struct.pack("<4Q2I", self.number(path), 0, 0, 0, 0, 0) + attributes(status)

    def lookup(self, node, body):
        return self.entry(self.inside(node, body))

    def getattr(self, node, body):
        return struct.pack("<QII", 0, 0, 0) + attributes(os.lstat(self.paths[node]))

    def setattr(self, node, body):
        path = self.paths[node]
        valid, _, _, size, _, _, mtime, _, _, mtime_ns, _, mode = struct.unpack_from("<2I6Q4I", body)
        if valid & 8:
            os.truncate(path, size)
        if valid & 1:
            os.chmod(path, stat.S_IMODE(mode))
        if valid & 256:
            os.utime(path)
        elif valid & 32:
            os.utime(path, ns=(mtime * 10**9 + mtime_ns,) * 2)
        return self.getattr(node, body)

    def mkdir(self, node, body):
        path = self.inside(node, body[8:])
        os.mkdir(path, struct.unpack_from("<I", body)[0])
        return self.entry(path)

    def forget(self, path):
        self.paths = {number: known for number, known in self.paths.items() if known != path}

    def unlink(self, node, body):
        os.unlink(self.inside(node, body))
        self.forget(self.inside(node, body))
        return b""

    def rmdir(self, node, body):
        os.rmdir(self.inside(node, body))
        self.forget(self.inside(node, body))
        return b""

    def rename(self, node, body):
        (folder,) = struct.unpack_from("<Q", body)
        old, new = body[8:].rstrip(b"\0").split(b"\0")
        before, after = self.inside(node, old), self.inside(folder, new)
        os.rename(before, after)
        self.forget(after)
        moved = {number: known for number, known in self.paths.items() if (known + b"/").startswith(before + b"/")}
        self.paths |= {number: after + known[len(before) :] for number, known in moved.items()}
        return b""

    def rename_how(self, node, body):
        if any(body[8:16]):
            raise OSError(errno.EINVAL, "")
        return self.rename(node, body[:8] + body[16:])

    def link(self, node, body):
        (old,) = struct.unpack_from("<Q", body)
        path = self.inside(node, body[8:])
        os.link(self.paths[old], path)
        return self.entry(path)

    def open(self, node, body):
        (flags,) = struct.unpack_from("<I", body)
        return struct.pack("<QII", os.open(self.paths[node], flags & ~(os.O_CREAT | os.O_EXCL)), 0, 0)

    def create(self, node, body):
        flags, mode = struct.unpack_from("<II", body)
        path = self.inside(node, body[16:])
        handle = os.open(path, flags | os.O_CREAT, mode)
        return self.entry(path) + struct.pack("<QII", handle, 0, 0)

    def read(self, node, body):
        handle, offset, size = struct.unpack_from("<QQI", body)
        return os.pread(handle, size, offset)

    def write(self, node, body):
        handle, offset, size = struct.unpack_from("<QQI", body)
        return struct.pack("<II", os.pwrite(handle, body[40 : 40 + size], offset), 0)

    def fsync(self, node, body):
        os.fsync(struct.unpack_from("<Q", body)[0])
        return b""

    def release(self, node, body):
        os.close(struct.unpack_from("<Q", body)[0])
        return b""

    def statfs(self, node, body):
        found = os.statvfs(self.paths[node])
        counts = (found.f_blocks, found.f_bfree, found.f_bavail, found.f_files, found.f_ffree)
        return struct.pack("<5Q4I6I", *counts, found.f_bsize, 255, found.f_frsize, 0, *[0] * 6)

    def opendir(self, node, body):
        os.listdir(self.paths[node])
        return struct.pack("<QII", 0, 0, 0)

    def readdir(self, node, body):
        _, offset, size = struct.unpack_from("<QQI", body)
        found = b""
        for number, name in enumerate(sorted(os.listdir(self.paths[node]))[offset:], offset + 1):
            head = struct.pack("<QQII", 1, number, len(name), 0)
            padded = head + name + bytes(-len(head + name) % 8)
            if len(found) + len(padded) > size:
                break
            found += padded
        return found


def attributes(status):
    """A state as the kernel takes it."""
    times = (status.st_atime_ns, status.st_mtime_ns, status.st_ctime_ns)
    return _ATTR.pack(
        status.st_ino, status.st_size, status.st_blocks, *(each // 10**9 for each in times),
        *(each % 10**9 for each in times), status.st_mode, status.st_nlink, status.st_uid, status.st_gid, 0, 4096, 0,
    )  # fmt: skip


def main(source, folder):
    """Mount, say so, and serve."""
    try:
        handle = _mount(folder)
    except OSError as error:
        print(error, flush=True)
        return
    print("mounted", flush=True)
    Server(handle, os.fsencode(source)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])

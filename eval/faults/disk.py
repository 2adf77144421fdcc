"""Small disks that fill up and turn read-only: file systems in memory of their own, mounted where root may mount."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from eval.errors import NotInjectable

_BALLAST: Final = "ballast"
_PIECE: Final = 1 << 20


class SmallDisk:
    """A disk of its own; made by ``small_disk``.

    Attributes:
        root: where it is mounted.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def free(self) -> int:
        """Bytes that are free."""
        return shutil.disk_usage(self.root).free

    def fill(self, leave: int = 0) -> None:
        """Take all space but so many bytes; to the last byte where ``leave`` is 0."""
        descriptor = os.open(self.root / _BALLAST, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            while (wanted := min(self.free - leave, _PIECE)) > 0:
                os.write(descriptor, bytes(wanted))
        except OSError:  # others were quicker: it is full
            return
        finally:
            os.close(descriptor)

    def release(self) -> None:
        """Give the space back."""
        (self.root / _BALLAST).unlink(missing_ok=True)

    def read_only(self, on: bool) -> None:
        """Let nobody write to it, or everybody again.

        Raises:
            NotInjectable: a file is open for writing.
        """
        _mount("-o", f"remount,{'ro' if on else 'rw'}", str(self.root))


@contextmanager
def small_disk(root: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A disk of that size in a new folder, until the block ends.

    Raises:
        NotInjectable: this user may not mount.
    """
    root.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(root))
    try:
        yield SmallDisk(root)
    finally:
        _run("umount", "--lazy", str(root))
        root.rmdir()


def _mount(*arguments: str) -> None:
    try:
        _run("mount", *arguments)
    except (OSError, subprocess.CalledProcessError) as error:
        said = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise NotInjectable(f"no disk can be mounted here ({said}); run this as root") from error


def _run(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise FileNotFoundError(program)
    subprocess.run([path, *arguments], check=True, capture_output=True, text=True)  # noqa: S603  (fixed words, a path of ours)

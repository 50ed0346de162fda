"""The IDX format of the MNIST files: a magic number, the sizes, then the bytes.

All numbers in the header are 32 bits, the highest byte first. The magic number's last byte
is the number of dimensions, the one before it the type of an element, 8 for unsigned bytes.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_UNSIGNED_BYTES = 8
_GZIP = b"\x1f\x8b"


class DataError(ValueError):
    """A data file is missing or not what it should be; the message says which, and what to do."""


def read_idx(folder: Path, stem: str, dimensions: int) -> tuple[Path, NDArray[np.uint8]]:
    """Find and read one file of unsigned bytes, such as ``train-images``.

    Parameters
    ----------
    folder : Path
    stem : str
        The name before ``-idx3-ubyte`` or ``.idx3-ubyte``, with or without ``.gz``.
    dimensions : int
        3 for pictures, 1 for labels.

    Returns
    -------
    path : Path
        The file that was read.
    array : array of uint8
        With as many dimensions as asked for.

    Raises
    ------
    DataError
        If it is missing, cannot be read, or is truncated, damaged, too long or of another kind.
    """
    path = _find(folder, stem, dimensions)
    content = _read(path)
    shape = _shape(path, content, dimensions)
    # Python's integers: sizes made up by a damaged header do not overflow.
    expected = 4 + 4 * dimensions + math.prod(shape)
    if len(content) != expected:
        what = "is cut short" if len(content) < expected else "goes on after its end"
        raise DataError(
            f"{path} {what}: its header announces {expected:,} bytes and it has "
            f"{len(content):,}. Fetch it again."
        )
    array = np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * dimensions)
    return path, array.reshape(shape).copy()


def _find(folder: Path, stem: str, dimensions: int) -> Path:
    endings = (f"-idx{dimensions}-ubyte", f".idx{dimensions}-ubyte")
    names = [stem + ending + packed for ending in endings for packed in ("", ".gz")]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise DataError(
        f"{folder} has no {names[0]}. Put the four MNIST files there; "
        f"{', '.join(names[1:-1])} and {names[-1]} are read as well."
    )


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        # By what is in it: browsers unpack a file and leave it its name, and the reverse.
        return gzip.decompress(content) if content.startswith(_GZIP) else content
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(
            f"{path} is a damaged gzip file ({error}). Fetch it again: a download that was "
            "broken off looks like this."
        ) from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror or error}). Check who may read it."
        ) from error


def _shape(path: Path, content: bytes, dimensions: int) -> tuple[int, ...]:
    length = 4 + 4 * dimensions
    if len(content) < 4:
        raise DataError(f"{path} is cut short: it has {len(content)} bytes. Fetch it again.")
    magic = int.from_bytes(content[:4], "big")
    wanted = _UNSIGNED_BYTES << 8 | dimensions
    if magic != wanted:
        raise DataError(
            f"{path} is not the file its name says: it starts with {magic} and not with "
            f"{wanted}. {_guess(magic)}"
        )
    if len(content) < length:
        raise DataError(f"{path} is cut short: it ends within its header. Fetch it again.")
    sizes = np.frombuffer(content, dtype=">u4", offset=4, count=dimensions)
    return tuple(int(size) for size in sizes)


def _guess(magic: int) -> str:
    kinds = {_UNSIGNED_BYTES << 8 | 1: "labels", _UNSIGNED_BYTES << 8 | 3: "pictures"}
    if magic in kinds:
        return f"It holds {kinds[magic]}: were two files swapped?"
    return "A saved web page or another format looks like this; fetch it again."

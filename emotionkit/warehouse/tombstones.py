"""What was erased and must not come back, remembered without its name."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from emotionkit.durable import write_durably
from emotionkit.errors import WarehouseError
from emotionkit.records import Lesson
from emotionkit.warehouse.faults import told

TOMBSTONES = "erased.json"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Stands for a recording of which something was erased.

    Attributes:
        recording: Keyed hash of the SHA-256 of its content.
        receipt: Number of the erasure's receipt.
        whole: Whether a lesson of it is gone; else a person, of whom the segment that remains no longer tells.
        spared: Keyed hashes of the ids of its lessons that the erasure did not touch.
    """

    recording: str
    receipt: str
    whole: bool
    spared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tombstones:
    """All tombstones of a warehouse, and the key of its hashes: 32 random bytes, hexadecimal."""

    key: str
    stones: tuple[Tombstone, ...] = ()

    def hashed(self, text: str) -> str:
        """Return the HMAC-SHA256 of a text under the warehouse's key, as 64 hexadecimal digits."""
        return hmac.new(bytes.fromhex(self.key), text.encode(), hashlib.sha256).hexdigest()

    def hashed_for_audit(self, text: str) -> str:
        """Return the first 16 digits of a text's keyed hash, as lines of the audit log have it."""
        return self.hashed(text)[:16]

    def of(self, recording_sha256: str) -> tuple[Tombstone, ...]:
        """Return the tombstones of a recording."""
        name = self.hashed(recording_sha256)
        return tuple(stone for stone in self.stones if stone.recording == name)

    def refuse(self, lesson: Lesson, erasures: tuple[str, ...]) -> bool:
        """Return whether rows of a lesson may not be in the warehouse.

        Args:
            lesson: The lesson.
            erasures: Receipts of the erasures that the rows went through.
        """
        name = self.hashed(lesson.lesson_id)
        stones = self.of(lesson.recording_sha256)
        return any(stone.receipt not in erasures and name not in stone.spared for stone in stones)


def read_tombstones(folder: Path) -> Tombstones:
    """Return the tombstones of a warehouse; none, with a key that is not stored, where nothing was erased.

    Raises:
        WarehouseError: They cannot be read.
    """
    with told(folder, "cannot be read"):
        try:
            stored = json.loads((folder / TOMBSTONES).read_text(encoding="utf-8"))
            return Tombstones(stored["key"], tuple(map(_stone, stored["stones"])))
        except (FileNotFoundError, NotADirectoryError):
            return Tombstones(secrets.token_hex(_KEY_BYTES))
        except (ValueError, KeyError, TypeError) as error:
            raise WarehouseError(folder, f"has a damaged {TOMBSTONES}, the list of what was erased.") from error


def _stone(stored: dict[str, Any]) -> Tombstone:
    # Those of earlier versions spare nothing.
    return Tombstone(**{**stored, "spared": tuple(stored.get("spared", ()))})


def write_tombstones(folder: Path, tombstones: Tombstones) -> None:
    """Store tombstones. The caller holds the writers' lock.

    Raises:
        WarehouseError: They cannot be written; they are as before then.
    """
    content = {"key": tombstones.key, "stones": [asdict(stone) for stone in tombstones.stones]}
    with told(folder, "cannot be written"):
        write_durably(folder / TOMBSTONES, json.dumps(content, indent=1).encode())


def keyed(folder: Path) -> Tombstones:
    """Return the tombstones of a warehouse with a key that is stored. The caller holds the writers' lock.

    Raises:
        WarehouseError: The key cannot be read or stored.
    """
    tombstones = read_tombstones(folder)
    if not (folder / TOMBSTONES).exists():
        write_tombstones(folder, tombstones)
    return tombstones

"""The key file and what is done with it: sealing what a filing says, keyed hashes of what must be looked up.

From the 32 random bytes of the key file, and a salt of the store, HKDF derives one key for each use. Content is
sealed with AES-256-GCM under a fresh random nonce; the place it belongs to is authenticated with it, so that nobody
can swap two rows. The key is never in the store; the store holds a sealed constant to tell the right key by.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from repeatdetect.errors import StoreError

_HEAD = "repeatdetect-key-1:"
_PROOF = b"repeatdetect history store"
_NONCE = 12


class Vault:
    """Seals, opens and hashes with the keys of one store.

    Parameters
    ----------
    master : bytes
        The 32 bytes of the key file.
    salt : bytes
        The store's own; not secret.
    """

    def __init__(self, master: bytes, salt: bytes) -> None:
        self._master, self._salt = master, salt
        self._ciphers: dict[str, AESGCM] = {}
        self._identity = self._derived("identity")

    def _derived(self, use: str) -> bytes:
        return HKDF(SHA256(), 32, self._salt, b"repeatdetect/" + use.encode()).derive(self._master)

    def _cipher(self, place: str) -> AESGCM:
        use = place.partition(":")[0]
        if use not in self._ciphers:
            self._ciphers[use] = AESGCM(self._derived(use))
        return self._ciphers[use]

    def seal(self, plain: bytes, place: str) -> bytes:
        """Encrypt for one place of the store, such as ``content:17``; what stands before the colon has its own key."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher(place).encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what was sealed for that place.

        Raises
        ------
        StoreError
            When it was sealed with another key, for another place, or has been changed.
        """
        try:
            return self._cipher(place).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except InvalidTag as error:
            raise StoreError(
                "E306", "历史库中有内容无法解密：已被改动，或库与密钥不配套", place=place,
                hint="请从备份恢复历史库和与之配套的密钥文件。",
            ) from error  # fmt: skip

    def tag(self, value: str) -> bytes:
        """Keyed hash of an identity or a content, 16 bytes."""
        return hashlib.blake2b(value.encode(), digest_size=16, key=self._identity).digest()

    def proof(self) -> str:
        """A sealed constant by which `fits` tells this key."""
        return base64.b64encode(self.seal(_PROOF, "proof")).decode()

    def fits(self, proof: str) -> bool:
        """Whether a store's proof was made with this key."""
        with contextlib.suppress(StoreError):
            return self.open(base64.b64decode(proof), "proof") == _PROOF
        return False


def read_key(path: str | Path) -> bytes:
    """The 32 bytes of a key file.

    Raises
    ------
    StoreError
        When it is missing, not a key file, or other users of the machine may read it.
    """
    path = Path(path)
    try:
        mode = path.stat().st_mode
        text = path.read_bytes().decode("ascii", "replace").strip()
    except (FileNotFoundError, ValueError) as error:
        raise StoreError(
            "E303",
            "没有密钥文件",
            place=str(path),
            hint="请用 --key-file 指明；密钥遗失时只能从备份恢复，程序无法代为找回。",
        ) from error
    except OSError as error:
        raise StoreError("E303", "密钥文件无法读取", place=str(path), hint="请检查文件与权限。") from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise StoreError("E304", "密钥文件的权限过宽", place=str(path), hint=f"请执行 chmod 600 {path}。")
    try:
        key = base64.b64decode(text.removeprefix(_HEAD), validate=True)
    except ValueError:  # of binascii, or for what is not ASCII
        key = b""
    if not text.startswith(_HEAD) or len(key) != 32:
        raise StoreError("E303", "不是密钥文件", place=str(path), hint="请核对 --key-file 指的是 init 生成的文件。")
    return key


def make_key(path: str | Path) -> bytes:
    """Write a new key file (0600, on the disk before this returns).

    Raises
    ------
    StoreError
        When there is a file already, or it cannot be written.
    """
    path, key = Path(path), secrets.token_bytes(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(_HEAD + base64.b64encode(key).decode() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise StoreError("E304", "密钥文件无法写入", place=str(path), hint="请检查位置、权限与磁盘空间。") from error
    return key

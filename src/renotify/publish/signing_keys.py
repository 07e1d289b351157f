"""The maker's keys: the private one signs a snapshot, the public one stands with whoever answers from it (Ed25519, RFC 8032)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from renotify.errors import AlreadyDone, BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

PUBLIC = ".pub"
NEW_KEY = "Make a pair with `renotify publish --new-key FILE`: FILE signs, FILE.pub is for those who answer."


def new_key(file: Path) -> Path:
    """Write a new private key, readable by its owner alone, and its public key beside it; return the public key's file.

    Raises AlreadyDone where one of the two files is there: a key that is lost cannot be made again.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = file.with_name(file.name + PUBLIC)
    for one in (file, public):
        if one.exists():
            raise AlreadyDone(f"{one} is there already.", "Keep that key, or name another file.")
    if not file.parent.is_dir():
        raise BadInput(f"There is no folder {file.parent}.", "Make it first, or name another file.")
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(secret)
    stated = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    public.write_bytes(stated)
    return public


def private_key(file: Path) -> Ed25519PrivateKey:
    """Read a private key. Raises BadInput where the file is none, or others than its owner may read it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content = _read(file)
    if file.stat().st_mode & 0o077:
        raise BadInput(
            f"{file} can be read by others than its owner.",
            f"Take their rights away (`chmod 600 {file}`), or make a new key if somebody may have read it.",
        )
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError):
        raise BadInput(f"{file} is no private key that can be read.", NEW_KEY) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{file} is a private key of another kind.", NEW_KEY)
    return key


def public_key(file: Path) -> Ed25519PublicKey:
    """Read a public key. Raises BadInput where the file is none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(_read(file))
    except ValueError:
        raise BadInput(f"{file} is no public key that can be read.", NEW_KEY) from None
    if not isinstance(key, Ed25519PublicKey):
        raise BadInput(f"{file} is a public key of another kind.", NEW_KEY)
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the first 16 hexadecimal digits of a public key's SHA-256, by which people compare keys."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.", NEW_KEY) from None

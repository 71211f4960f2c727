"""What must not lie open in the database: encryption, keyed hashes and signed tokens."""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

ID_LENGTH = 4
NONCE_LENGTH = 12
START = ID_LENGTH + NONCE_LENGTH


class UnreadableSecret(Exception):
    """What was stored cannot be read with the keys that the process was given."""


class Vault:
    """Encrypts with the newest key, reads with any, and hashes for look-up (DESIGN 13.5).

    Keys are 32 bytes in URL-safe base64, newest first, as Fernet has them; what is done with each is done
    with a key derived from it. AES-GCM takes a fortieth of Fernet's time.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys: dict[bytes, tuple[AESGCM, bytes]] = {}
        for key in keys:
            raw = urlsafe_b64decode(key)
            if len(raw) != 32:
                raise ValueError("A secret key is 32 bytes in URL-safe base64.")
            self._keys[hashlib.sha256(raw).digest()[:ID_LENGTH]] = (
                AESGCM(self._derive(raw, b"encryption")),
                self._derive(raw, b"keyed hash"),
            )
        if not self._keys:
            raise ValueError("At least one secret key is needed.")
        self._newest = next(iter(self._keys))

    @staticmethod
    def _derive(raw: bytes, purpose: bytes) -> bytes:
        return hmac.digest(raw, b"ouentai " + purpose, "sha256")

    def encrypt(self, plain: bytes) -> bytes:
        """Key id, nonce and ciphertext with its tag."""
        nonce = os.urandom(NONCE_LENGTH)
        return self._newest + nonce + self._keys[self._newest][0].encrypt(nonce, plain, self._newest)

    def decrypt(self, sealed: bytes) -> bytes:
        """What `encrypt` was given; raises UnreadableSecret if no key fits."""
        key_id = bytes(sealed[:ID_LENGTH])
        keys = self._keys.get(key_id)
        if keys is None:
            raise UnreadableSecret("no key with this id")
        try:
            return keys[0].decrypt(sealed[ID_LENGTH:START], sealed[START:], key_id)
        except (InvalidTag, ValueError) as error:
            raise UnreadableSecret("changed since it was written") from error

    def hash(self, value: str) -> bytes:
        """A keyed hash under the newest key, to store beside an encrypted value."""
        return hmac.digest(self._keys[self._newest][1], value.encode(), "sha256")

    def hashes(self, value: str) -> list[bytes]:
        """The keyed hash under each key, to look a value up with."""
        return [hmac.digest(key, value.encode(), "sha256") for _, key in self._keys.values()]

    def sign(self, text: str) -> str:
        """A short URL-safe signature of a link."""
        return urlsafe_b64encode(self.hash("link " + text)[:18]).decode()

    def signed(self, text: str, signature: str) -> bool:
        """Whether `sign` made this signature under any of the keys."""
        return any(
            hmac.compare_digest(urlsafe_b64encode(digest[:18]).decode(), signature)
            for digest in self.hashes("link " + text)
        )


_vault: Vault | None = None


def open_vault(keys: Iterable[str]) -> Vault:
    """Give the process its keys; columns of type Encrypted use them from now on."""
    global _vault
    _vault = Vault(keys)
    return _vault


def vault() -> Vault:
    """The vault of this process."""
    if _vault is None:
        raise RuntimeError("The vault has not been opened.")
    return _vault


def seal(value: Any) -> bytes:
    """Anything that JSON can hold, unreadable without the keys."""
    return vault().encrypt(orjson.dumps(value))


def unseal(sealed: bytes) -> Any:
    """What was sealed; raises UnreadableSecret."""
    return orjson.loads(vault().decrypt(sealed))


class Encrypted(TypeDecorator[Any]):
    """A column of JSON that is unreadable without the keys."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: object) -> bytes | None:
        """JSON, encrypted."""
        return None if value is None else seal(value)

    def process_result_value(self, value: bytes | None, dialect: object) -> Any:
        """What was stored."""
        return None if value is None else unseal(value)

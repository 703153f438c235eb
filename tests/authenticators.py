"""An authenticator in software: answers as a browser would, and lies where a test wants it to."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One key. ``lies`` change what it says: ``origin``, ``site``, ``type``, ``challenge``, ``flags``, ``handle``."""

    origin: str
    site: str
    count: int = 0
    handle: str = ""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any], **lies: Any) -> str:
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        flags = lies.get("flags", PRESENT | VERIFIED) | NEW_KEY
        data = self._data(flags, lies) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + key
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options, lies)
        return self._answer({"clientDataJSON": client, "attestationObject": attested})

    def use(self, options: dict[str, Any], **lies: Any) -> str:
        self.count += 1
        data = self._data(lies.get("flags", PRESENT | VERIFIED), lies)
        client = self._client("webauthn.get", options, lies)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        if handle := lies.get("handle", self.handle):
            parts["userHandle"] = base64url_to_bytes(handle)
        return self._answer(parts)

    def _data(self, flags: int, lies: dict[str, Any]) -> bytes:
        site = hashlib.sha256(lies.get("site", self.site).encode()).digest()
        return site + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any], lies: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(
            said | {name: lies[name] for name in ("origin", "type", "challenge") if name in lies}
        ).encode()

    def _answer(self, parts: dict[str, bytes]) -> str:
        id = bytes_to_base64url(self.id)
        response = {name: bytes_to_base64url(value) for name, value in parts.items()}
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})

"""keys.md and the signed envelope of encoding.md."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import cbor
from cbor import Refused, ensure

STATEMENT = "application/vnd.sheaf.statement.v1+cbor"
INVITATION = "application/vnd.sheaf.invitation.v1+cbor"
INVITATION_USE = "application/vnd.sheaf.invitation-use.v1+cbor"

P = 2**255 - 19
# The list of keys.md. OpenSSL takes these points; with them any signature can be made to fit.
SMALL_ORDER = {
    bytes.fromhex(encoding)
    for encoding in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
}


def check_point(encoded):
    ensure(encoded not in SMALL_ORDER, "a point of small order")
    ensure(int.from_bytes(encoded, "little") & (2**255 - 1) < P, "a point whose y is p or above")


def verify_ed25519(key, message, signature):
    ensure(len(key) == 32 and len(signature) == 64, "a key or signature of another length")
    check_point(key)
    check_point(signature[:32])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Refused("the signature does not verify") from None


def public_key(secret):
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def verify_envelope(data, label):
    """Signer, payload and id of a COSE_Sign1."""
    ensure(len(data) <= 32 * 1024, "longer than a statement may be")
    parts = cbor.read(data, tagged=18)
    ensure(type(parts) is list and len(parts) == 4, "not a COSE_Sign1")
    protected, unprotected, payload, signature = parts
    cbor.octets(protected), cbor.octets(payload), cbor.octets(signature, 64)
    ensure(unprotected == {} and type(unprotected) is dict, "an unprotected header")
    header = cbor.read(protected)
    ensure(type(header) is dict and list(header) == [1, 4, 16], "another protected header")
    ensure(cbor.integer(header[1]) == -8, "another algorithm")
    signer = cbor.key(header[4])
    ensure(cbor.text(header[16]) == label, "another purpose")
    message = cbor.write(["Signature1", protected, b"", payload])
    verify_ed25519(signer, message, signature)
    return signer, payload, sha256(cbor.write([protected, payload]))


BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(data):
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    return digits


def did_of_key(key):
    return "did:key:z" + base58(b"\xed\x01" + key)


def key_of_did(text):
    ensure(type(text) is str and text.startswith("did:key:z") and len(text) < 80, "not a did:key")
    number = 0
    for digit in text.removeprefix("did:key:z"):
        ensure(digit in BASE58, "not base58")
        number = number * 58 + BASE58.index(digit)
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    ensure(len(raw) == 34 and raw[:2] == b"\xed\x01", "not an Ed25519 key")
    ensure(did_of_key(raw[2:]) == text, "a key in another form")
    return raw[2:]


def hash_of_text(text):
    ensure(type(text) is str and len(text) == 64, "not 64 digits")
    ensure(all(digit in "0123456789abcdef" for digit in text), "not lowercase hexadecimal")
    return bytes.fromhex(text)

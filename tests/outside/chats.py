"""chat.md: the record, its JSON form, and the rules of both; seal.md: keys, commitments, blobs."""

import re

import blake3
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

import cbor
from cbor import Refused, ensure
from statements import BLOB_BYTES_MAX, CHAT_BYTES_MAX

ROLES = ["system", "developer", "user", "assistant", "tool"]
MEDIA = ["image", "audio", "video", "file"]
INDEX = cbor.code(0, 2**32 - 1)


def said(value):
    """A text that is not absent, and so says something."""
    ensure(cbor.text(value), "an empty text in place of an absent one")
    return value


def short(value):
    ensure(len(said(value).encode()) <= 1024, "a text beyond its bound")
    return value


def score(value):
    ensure(len(cbor.text(value)) <= 32 and value != "-0", "a score beyond its bound")
    decimal = r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?"
    ensure(re.fullmatch(decimal, value, re.ASCII), "not a decimal number in its one form")
    return value


def feedback_rule(value):
    ensure(value != [None, None, [], [], None], "feedback that says nothing")
    return cbor.record(
        cbor.optional(lambda v: cbor.integer(v, -1, 1)),
        cbor.optional(INDEX),
        cbor.items(cbor.record(short, score), 0, 32),
        cbor.items(short, 0, 32),
        cbor.optional(said),
    )(value)


# By code: the JSON type, and the names and rules of its fields.
PARTS = {
    0: ("text", {"text": cbor.text}),
    1: ("reasoning", {"text": cbor.text}),
    2: ("code", {"language": cbor.optional(short), "text": cbor.text}),
    3: ("tool_call", {"id": cbor.optional(short), "name": short, "arguments": cbor.text}),
    4: (
        "tool_result",
        {"id": cbor.optional(short), "name": cbor.optional(short), "output": cbor.text, "is_error": cbor.boolean},
    ),
    5: (
        "media",
        {
            "kind": cbor.code(0, 3),
            "mime": cbor.optional(short),
            "name": cbor.optional(short),
            "bytes": cbor.optional(cbor.code(0, 2**53 - 1)),
            "text": cbor.optional(said),
        },
    ),
    6: ("other", {"kind": short, "json": cbor.text}),
}
PART = cbor.choice({code: list(rules.values()) for code, (_, rules) in PARTS.items()})
MESSAGE = {
    "parent": cbor.optional(INDEX),
    "role": cbor.code(0, 4),
    "name": cbor.optional(short),
    "recipient": cbor.optional(short),
    "model": cbor.optional(short),
    "created": cbor.optional(cbor.time),
    "hidden": cbor.boolean,
    "parts": cbor.items(PART, 0, 10_000),
    "feedback": cbor.optional(feedback_rule),
}
CHAT = {
    "version": cbor.code(1, 1),
    "title": cbor.optional(short),
    "source": cbor.optional(short),
    "model": cbor.optional(short),
    "created": cbor.optional(cbor.time),
    "messages": cbor.items(cbor.record(*MESSAGE.values()), 0, 200_000),
    "current": cbor.optional(INDEX),
    "feedback": cbor.optional(feedback_rule),
}
FEEDBACK = ["rating", "rank", "scores", "tags", "comment"]


def check_chat(value):
    chat = cbor.record(*CHAT.values())(value)
    messages, current = chat[5], chat[6]
    for index, message in enumerate(messages):
        ensure(message[0] is None or message[0] < index, "a parent that is not an earlier message")
    parts = [part for message in messages for part in message[7]]
    ensure(len(parts) <= 400_000, "too many parts")
    speaks = {0: 1, 1: 1, 2: 2, 4: 3, 6: 2}  # by code, the field that must say something
    ensure(any(part[0] not in speaks or part[speaks[part[0]]] for part in parts), "nothing is said")
    ensure(current is None or current < len(messages), "current is no message")
    return chat


def read_chat(data):
    ensure(len(data) <= CHAT_BYTES_MAX, "a chat beyond its bound")
    return check_chat(cbor.read(data))


# JSON.


def members(value, names, required=()):
    ensure(type(value) is dict, "not an object")
    ensure(set(value) <= set(names), "an unknown key")
    ensure(set(required) <= set(value), "a missing key")
    for name, member in value.items():
        ensure(member is not None and type(member) is not float, f"{name}: null or a fraction")
        ensure(member != [] or name in required, f"{name}: an empty list has no key")
        ensure(member is not False, f"{name}: what is false has no key")
    return [value.get(name) for name in names]


def word(value, words):
    ensure(type(value) is str and value in words, "an unknown word")
    return words.index(value)


def json_list(value, one):
    ensure(value is None or type(value) is list, "not a list")
    return [one(item) for item in value or []]


def part_from_json(value):
    ensure(type(value) is dict, "a part is an object")
    types = {name: (code, list(rules)) for code, (name, rules) in PARTS.items()}
    ensure(type(value.get("type")) is str and value["type"] in types, "an unknown part")
    code, names = types[value["type"]]
    required = [name for name, rule in PARTS[code][1].items() if rule in (cbor.text, short)]
    required += ["kind"] if code == 5 else []
    fields = members({k: v for k, v in value.items() if k != "type"}, names, required)
    if code == 4:
        fields[3] = bool(fields[3]) if fields[3] in (None, True) else fields[3]
    if code == 5:
        fields[0] = word(fields[0], MEDIA)
    return [code, *fields]


def feedback_from_json(value):
    if value is None:
        return None
    rating, rank, scores, tags, comment = members(value, FEEDBACK)
    pair = lambda score: members(score, ["name", "value"], ["name", "value"])  # noqa: E731
    return [rating, rank, json_list(scores, pair), json_list(tags, lambda tag: tag), comment]


def message_from_json(value):
    fields = dict(zip(MESSAGE, members(value, list(MESSAGE), ["role"])))
    fields["role"] = word(fields["role"], ROLES)
    fields["hidden"] = False if fields["hidden"] is None else fields["hidden"]
    fields["parts"] = json_list(fields["parts"], part_from_json)
    fields["feedback"] = feedback_from_json(fields["feedback"])
    return list(fields.values())


def chat_from_json(value):
    fields = dict(zip(CHAT, members(value, list(CHAT), ["version", "messages"])))
    fields["messages"] = json_list(fields["messages"], message_from_json)
    fields["feedback"] = feedback_from_json(fields["feedback"])
    return check_chat(list(fields.values()))


def to_json(names, values, **changed):
    fields = {**dict(zip(names, values)), **changed}
    return {name: value for name, value in fields.items() if value not in (None, []) and value is not False}


def feedback_to_json(value):
    if value is None:
        return None
    scores = [dict(zip(["name", "value"], score)) for score in value[2]]
    return to_json(FEEDBACK, value, scores=scores)


def part_to_json(part):
    code, *fields = part
    name, rules = PARTS[code]
    if code == 5:
        fields[0] = MEDIA[fields[0]]
    return {"type": name, **to_json(rules, fields)}


def message_to_json(message):
    parts, feedback = [part_to_json(part) for part in message[7]], feedback_to_json(message[8])
    return to_json(MESSAGE, message, role=ROLES[message[1]], parts=parts, feedback=feedback)


def chat_to_json(chat):
    messages = [message_to_json(message) for message in chat[5]]
    return to_json(CHAT, chat, messages=messages, feedback=feedback_to_json(chat[7]))


# Sealing.


def derive(label, material):
    return blake3.blake3(material, derive_key_context=label).digest()


def seal_key(key):
    return derive("sheaf 2026-11 chat seal key v1", key)


def opening_of(key):
    return derive("sheaf 2026-11 chat opening v1", key)


def key_check(key):
    return derive("sheaf 2026-11 chat key check v1", key)


def commitment(opening, plain):
    return derive("sheaf 2026-11 chat commitment v1", opening + plain)


def padded(length):
    length = max(length, 256)
    e = length.bit_length() - 1
    low = e - e.bit_length()
    return (length + (1 << low) - 1) >> low << low


def open_blob(key, community, signer, blob, expected):
    """The chat's bytes. `expected`: the manifest's hash, plain size, commitment and check."""
    ensure(len(blob) <= BLOB_BYTES_MAX and expected["plain_bytes"] <= CHAT_BYTES_MAX, "too long")
    ensure(key_check(key) == expected["check"], "not the chat's key")
    ensure(blake3.blake3(blob).digest() == expected["hash"], "not the chat's blob")
    ensure(blob[:1] == b"\x01", "another version, or nothing")
    chunks = [blob[at : at + 65_552] for at in range(1, len(blob), 65_552)]
    ensure(chunks and len(chunks[-1]) > 16, "cut short")
    cipher, bound = ChaCha20Poly1305(seal_key(key)), b"\x01" + community + signer
    inner = b""
    for number, chunk in enumerate(chunks):
        nonce = number.to_bytes(11, "big") + bytes([number == len(chunks) - 1])
        try:
            inner += cipher.decrypt(nonce, chunk, bound)
        except InvalidTag:
            raise Refused(f"chunk {number} does not open") from None
    plain = unwrap(inner, expected["plain_bytes"])
    ensure(commitment(opening_of(key), plain) == expected["commitment"], "not the chat committed to")
    return plain


def unwrap(inner, plain_bytes):
    ensure(len(inner) >= 4, "no length")
    length = int.from_bytes(inner[:4], "big")
    ensure(4 + length <= len(inner) == padded(4 + length), "not padded as it must be")
    frame = inner[4 : 4 + length]
    ensure(not any(inner[4 + length :]), "the padding is not zero")
    ensure(frame[:4] == b"\x28\xb5\x2f\xfd", "not a zstd frame")
    try:
        stated = zstandard.get_frame_parameters(frame)
        ensure(stated.dict_id == 0, "wants a dictionary")
        ensure(zstandard.frame_content_size(frame) == plain_bytes, "states another size")
        ensure(stated.window_size <= max(plain_bytes, 8 * 2**20), "asks for too large a window")
        plain = zstandard.ZstdDecompressor().decompress(frame, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Refused(f"does not decompress: {error}") from None
    ensure(len(plain) == plain_bytes, "decompresses to another size")
    return plain

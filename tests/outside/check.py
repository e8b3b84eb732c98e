#!/usr/bin/env python3
"""Checks Sheaf's formats from outside: third-party libraries only, none of Sheaf's code.

    check.py --vectors docs/spec/vectors     run the specification's vectors that this file knows
    check.py FOLDER                          verify a whole dataset folder

Written from docs/spec alone. It reads everything into memory and checks less than
`sheaf dataset verify` (no fold, no selection): what it checks, it checks independently.
"""

import base64
import hashlib
import json
import re
import sys
from datetime import date as calendar
from datetime import timedelta
from pathlib import Path

import blake3
import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

STATEMENT = "application/vnd.sheaf.statement.v1+cbor"
TEST_NOTE = "application/vnd.sheaf.test-note.v1+cbor"
COMMITMENT = "sheaf 2026-11 chat commitment v1"
CHARTER, POLICY, MANIFEST, WITHDRAWAL, TAKEDOWN = 1, 2, 5, 7, 12
KINDS = {1, 2, 3, 4, 5, 7, 8, 9, 12}
DAY_MS = 86_400_000


class Refused(Exception):
    """The input is not what it claims to be."""


def ensure(holds, why):
    if not holds:
        raise Refused(why)


# keys.md: strict Ed25519. OpenSSL checks S and the equation without the cofactor, but takes points
# of small order and keys in a form that is not canonical.

P = 2**255 - 19
SMALL_ORDER = {
    0,
    1,
    P - 1,
    int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
    int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
}


def check_point(encoded):
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    ensure(y < P, "a point that is not in canonical form")
    ensure(y not in SMALL_ORDER, "a point of small order")


def verify_ed25519(key, message, signature):
    ensure(len(key) == 32 and len(signature) == 64, "a key or signature of another length")
    check_point(key)
    check_point(signature[:32])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Refused("the signature does not verify") from None


BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def key_of_did(text):
    ensure(text.startswith("did:key:z"), "not a did:key")
    number = 0
    for digit in text.removeprefix("did:key:z"):
        ensure(digit in BASE58, "not base58")
        number = number * 58 + BASE58.index(digit)
    raw = number.to_bytes(34, "big")
    ensure(raw[:2] == b"\xed\x01", "not an Ed25519 key")
    return raw[2:]


# encoding.md: one form of CBOR, and COSE_Sign1 around what is signed.


def decode(data):
    try:
        value = cbor2.loads(data)
    except Exception as error:  # noqa: BLE001: cbor2 raises many kinds
        raise Refused(f"not CBOR: {error}") from None
    ensure(cbor2.dumps(value, canonical=True) == data, "not deterministic CBOR")
    return value


def verify_statement(data, label=STATEMENT):
    """Signer, payload and id of a COSE_Sign1."""
    ensure(len(data) <= 32 * 1024, "longer than a statement may be")
    tagged = decode(data)
    ensure(isinstance(tagged, cbor2.CBORTag) and tagged.tag == 18, "not a COSE_Sign1")
    ensure(isinstance(tagged.value, (list, tuple)) and len(tagged.value) == 4, "not a COSE_Sign1")
    protected, unprotected, payload, signature = tagged.value
    ensure(unprotected == {}, "an unprotected header")
    header = decode(protected)
    ensure(isinstance(header, dict) and list(header) == [1, 4, 16], "another protected header")
    ensure(header[1] == -8 and header[16] == label, "another algorithm or domain")
    message = cbor2.dumps(["Signature1", protected, b"", payload])
    verify_ed25519(header[4], message, signature)
    identifier = hashlib.sha256(cbor2.dumps([protected, payload])).digest()
    return header[4], decode(payload), identifier


def read_statement(data):
    signer, payload, identifier = verify_statement(data)
    ensure(isinstance(payload, (list, tuple)) and len(payload) == 7, "not a statement")
    version, kind, community, epoch, policy, at, body = payload
    ensure(version == 1, "another version")
    return {
        "signer": signer,
        "id": identifier,
        "kind": kind,
        "community": community,
        "epoch": epoch,
        "policy": policy,
        "at": at,
        "body": decode(body) if kind in KINDS else body,
    }


# log.md: entries, the tree of RFC 6962, proofs, checkpoints.


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    peaks = []  # (height, hash): full subtrees from left to right
    for leaf in leaves:
        height = 0
        while peaks and peaks[-1][0] == height:
            leaf = node_hash(peaks.pop()[1], leaf)
            height += 1
        peaks.append((height, leaf))
    root = peaks.pop()[1]
    while peaks:
        root = node_hash(peaks.pop()[1], root)
    return root


def verify_inclusion(index, size, leaf, proof, root):
    """RFC 9162 §2.1.3.2."""
    ensure(index < size, "the index is beyond the tree")
    fn, sn, node = index, size - 1, leaf
    for sibling in proof:
        ensure(sn != 0, "a hash too many")
        if fn & 1 or fn == sn:
            node = node_hash(sibling, node)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    ensure(sn == 0, "a hash too few")
    ensure(node == root, "the proof leads to another root")


def decimal(text):
    ensure(re.fullmatch("0|[1-9][0-9]*", text), "not a decimal number in its one form")
    return int(text)


def verify_checkpoint(text, community, epoch, log_key):
    """Size, root and time in seconds of a note that the log key signed and cosigned."""
    ensure(len(text.encode()) <= 8 * 1024, "longer than a checkpoint may be")
    ensure(not re.search("[\x00-\x09\x0b-\x1f]", text), "a control character")
    ensure(text.endswith("\n") and "\n\n" in text, "not a signed note")
    body, _, signatures = text.rpartition("\n\n")
    body += "\n"
    lines = body.split("\n")[:-1]
    ensure(len(lines) == 3, "a checkpoint has three lines")
    origin, size, root = lines
    expected = f"sheaf.invalid/log/{community.removeprefix('did:key:')}/{epoch}"
    ensure(origin == expected, "a checkpoint of another log")
    size = decimal(size)
    ensure(size <= 2**40, "a log cannot be that long")
    root = unbase64(root)
    ensure(len(root) == 32, "a root has 32 bytes")
    ensure(size > 0 or root == tree_root([]), "an empty log has the empty root")
    found = {1: [], 4: []}
    note_lines = signatures.split("\n")[:-1]
    ensure(0 < len(note_lines) <= 16, "too many signatures, or none")
    for line in note_lines:
        match = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)", line)
        ensure(match, "not a signature line")
        raw = unbase64(match[2])
        ensure(len(raw) > 4, "a signature line without a signature")
        for kind in found:
            tag = hashlib.sha256(origin.encode() + b"\n" + bytes([kind]) + log_key).digest()[:4]
            if match[1] == origin and raw[:4] == tag:
                found[kind].append(raw[4:])
    ensure(len(found[1]) == 1 and len(found[4]) == 1, "not one signature and one cosignature")
    verify_ed25519(log_key, body.encode(), found[1][0])
    ensure(len(found[4][0]) == 72, "a cosignature has 72 bytes")
    seconds = int.from_bytes(found[4][0][:8], "big")
    verify_ed25519(log_key, f"cosignature/v1\ntime {seconds}\n{body}".encode(), found[4][0][8:])
    return size, root, seconds


def unbase64(text):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused(f"not base64: {error}") from None
    ensure(base64.b64encode(raw).decode() == text, "base64 in another form")
    return raw


# chat.md: the JSON form and the canonical bytes say the same.

ROLES = ["system", "developer", "user", "assistant", "tool"]
MEDIA = ["image", "audio", "video", "file"]
PARTS = {
    "text": (0, ["text"]),
    "reasoning": (1, ["text"]),
    "code": (2, ["language", "text"]),
    "tool_call": (3, ["id", "name", "arguments"]),
    "tool_result": (4, ["id", "name", "output", "is_error"]),
    "media": (5, ["kind", "mime", "name", "bytes", "text"]),
    "other": (6, ["kind", "json"]),
}


def fields(value, names):
    ensure(not any(isinstance(field, float) for field in value.values()), "a number with a fraction")
    ensure(set(value) <= set(names), f"unknown keys {set(value) - set(names)}")
    ensure(None not in value.values() and [] not in value.values(), "an absent key must be absent")
    return [value.get(name) for name in names]


def part_record(part):
    part = dict(part)
    code, names = PARTS[part.pop("type")]
    record = fields(part, names)
    if code == 4:
        record[3] = bool(record[3])
    if code == 5:
        record[0] = MEDIA.index(record[0])
    return [code, *record]


def feedback_record(feedback):
    if feedback is None:
        return None
    names = ["rating", "rank", "scores", "tags", "comment"]
    rating, rank, scores, tags, comment = fields(feedback, names)
    scores = [fields(score, ["name", "value"]) for score in scores or []]
    return [rating, rank, scores, tags or [], comment]


def message_record(message):
    names = ["parent", "role", "name", "recipient", "model", "created", "hidden", "parts", "feedback"]
    parent, role, name, recipient, model, created, hidden, parts, feedback = fields(message, names)
    parts = [part_record(part) for part in parts or []]
    hidden = bool(hidden)
    role = ROLES.index(role)
    return [parent, role, name, recipient, model, created, hidden, parts, feedback_record(feedback)]


def chat_cbor(chat):
    names = ["version", "title", "source", "model", "created", "messages", "current", "feedback"]
    version, title, source, model, created, messages, current, feedback = fields(chat, names)
    ensure(version == 1, "another version")
    messages = [message_record(message) for message in messages]
    early = all(m[0] is None or m[0] < index for index, m in enumerate(messages))
    ensure(early, "a message whose parent is not an earlier one")
    record = [version, title, source, model, created, messages, current, feedback_record(feedback)]
    return cbor2.dumps(record, canonical=True)


# seal.md: the commitment.


def commitment(opening, plain):
    return blake3.blake3(opening + plain, derive_key_context=COMMITMENT).digest()


# dataset.md: a whole folder.

ROW_FIELDS = [
    "sheaf", "community", "index", "entry", "opening", "licence", "usage",
    "due", "attribution", "labels", "policy", "duplicates",
]  # fmt: skip


def canonical_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def sequence(data):
    """Items of a CBOR sequence of byte strings."""
    at = 0
    while at < len(data):
        first = data[at]
        ensure(first >> 5 == 2, f"byte {at}: not a byte string")
        info = first & 31
        width = {24: 1, 25: 2, 26: 4}.get(info, 0)
        ensure(info < 24 or width, f"byte {at}: not a length of a sequence file")
        length = int.from_bytes(data[at + 1 : at + 1 + width], "big") if width else info
        start = at + 1 + width
        ensure(start + length <= len(data), "the file ends in the middle of an item")
        yield data[start : start + length]
        at = start + length


class Log:
    """The evidence of one community."""

    def __init__(self, folder, pinned):
        self.pinned = pinned
        self.id = key_of_did(pinned["id"])
        self.entries = [decode(item) for item in sequence((folder / "entries.cbor").read_bytes())]
        leaves = [leaf_hash(cbor2.dumps(entry, canonical=True)) for entry in self.entries]
        self.records = list(sequence((folder / "statements.cbor").read_bytes()))
        ensure(len(self.records) == len(self.entries) == pinned["size"], "entries are missing")
        ensure(tree_root(leaves).hex() == pinned["root"], "entries.cbor has another root")
        self.manifests, self.gone, self.ended, self.stewards = {}, {}, set(), set()
        self.log_key = None
        for index, record in enumerate(self.records):
            try:
                self.read(index, self.entries[index], decode(record))
            except Refused as error:
                raise Refused(f"entry {index}: {error}") from None
        note = (folder / "checkpoint").read_text()
        ensure(note == pinned["checkpoint"], "checkpoint differs from the lock's")
        size, root, self.seconds = verify_checkpoint(note, pinned["id"], pinned["epoch"], self.log_key)
        ensure((size, root.hex()) == (pinned["size"], pinned["root"]), "another size or root")
        self.seen = self.seconds
        latest = folder / "latest"
        if latest.exists():
            note = latest.read_text()
            size, _, seconds = verify_checkpoint(note, pinned["id"], pinned["epoch"], self.log_key)
            ensure(size >= pinned["size"], "latest is older than checkpoint")
            self.seen = max(self.seen, seconds)

    def read(self, index, entry, record):
        version, kind, commitment_, control, due = entry
        ensure(version == 1, "another version")
        if record[0] == 2:
            self.gone[index] = record[1]
            return
        _, salt, data = record
        ensure(hashlib.sha256(salt + data).digest() == commitment_, "not what the entry commits to")
        statement = read_statement(data)
        ensure((statement["kind"], statement["community"]) == (kind, self.id), "of another log")
        body = statement["body"]
        if kind == CHARTER:
            ensure(index > 0 or statement["signer"] == self.id, "not signed by the root key")
            self.log_key = body[1]
            self.stewards |= set(body[2])
        elif kind == MANIFEST:
            ensure((body[0], body[4][4]) == (control, due), "differs from its entry")
            self.manifests[index] = statement
        elif kind == WITHDRAWAL and statement["signer"] == body[0]:
            self.ended.add(body[0])
        elif kind == TAKEDOWN and statement["signer"] in self.stewards:
            self.ended.add(body[0])

    def check_holes(self, seen):
        for index, explanation in self.gone.items():
            _, _, _, control, due = self.entries[index]
            code = explanation[0]
            if code == 3:
                ensure(due is not None and (due + 1) * DAY_MS <= seen * 1000, f"entry {index}: not yet due")
                continue
            statement = read_statement(explanation[1])
            ensure(statement["body"][0] == control, f"entry {index}: explained by another's withdrawal")
            ensure(statement["community"] == self.id, f"entry {index}: explained elsewhere")
            if code == 1:
                good = statement["kind"] == WITHDRAWAL and statement["signer"] == control
            else:
                good = statement["kind"] == TAKEDOWN and statement["signer"] in self.stewards
            ensure(good, f"entry {index}: gone without a good explanation")


def date(day):
    return None if day is None else str(calendar(1970, 1, 1) + timedelta(days=day))


def no_float(text):
    raise Refused(f"{text}: a number with a fraction")


def read_row(line):
    """The fields beside the chat's own, and the chat's canonical bytes."""
    row = json.loads(line, parse_float=no_float)
    ensure(canonical_json(row) == line, "not canonical JSON")
    own = {name: row.pop(name) for name in ROW_FIELDS if name in row}
    ensure(own.get("sheaf") == 1, "another version")
    missing = set(ROW_FIELDS) - {"due", "attribution", "duplicates"} - set(own)
    ensure(not missing, f"missing {missing}")
    ensure(None not in own.values(), "an absent field must be absent")
    calendar.fromisoformat(own.get("due", "1970-01-01"))
    return own, chat_cbor(row)


def check_row(line, logs):
    own, plain = read_row(line)
    log = logs[own["community"]]
    statement = log.manifests.get(own["index"])
    ensure(statement, "no manifest")
    control, _, committed, _, consent, labels = statement["body"]
    ensure(control not in log.ended, "withdrawn")
    ensure(commitment(bytes.fromhex(own["opening"]), plain) == committed, "not the chat committed to")
    ensure(own["entry"] == log.entries[own["index"]][2].hex(), "another entry")
    ensure(own.get("attribution") == consent[3], "another attribution")
    ensure(own["labels"]["message_count"] == labels[4], "other labels")
    index, committed = statement["policy"]
    ensure(own["policy"] == {"index": index, "commitment": committed.hex()}, "another policy")
    if "duplicates" not in own:
        ensure((own["licence"], own.get("due")) == (consent[0], date(consent[4])), "other terms")
    return own["community"], own["index"]


def check_folder(folder):
    text = (folder / "sheaf.lock").read_text()
    lock = json.loads(text)
    ensure(canonical_json(lock) + "\n" == text, "sheaf.lock: not canonical JSON")
    checksum = lock.pop("checksum", "")
    found = hashlib.sha256(canonical_json(lock).encode()).hexdigest()
    ensure(found == checksum, "sheaf.lock: its checksum does not match")
    for name, digest in lock["files"].items():
        data = (folder / name).read_bytes()
        ensure(len(data) == digest["bytes"], f"{name}: another length")
        ensure(hashlib.sha256(data).hexdigest() == digest["sha256"], f"{name}: another SHA-256")
    logs = {}
    for number, pinned in enumerate(lock["communities"]):
        try:
            logs[pinned["id"]] = Log(folder / "evidence" / str(number), pinned)
        except Refused as error:
            raise Refused(f"evidence/{number}: {error}") from None
    ensure(max((log.seconds for log in logs.values()), default=0) * 1000 == lock["as-of"], "as-of")
    seen = max((log.seen for log in logs.values()), default=0)
    for log in logs.values():
        log.check_holes(seen)
    leaves, last = [], None
    lines = (folder / "chats.jsonl").read_text().split("\n")[:-1]
    listed = (folder / "rows").read_text().split("\n")[:-1]
    ensure(len(lines) == len(listed) == lock["rows"]["count"], "another number of rows")
    for number, (line, entry) in enumerate(zip(lines, listed), 1):
        leaf = leaf_hash(line.encode())
        leaves.append(leaf)
        try:
            community, index = check_row(line, logs)
        except (Refused, KeyError, ValueError) as error:
            raise Refused(f"chats.jsonl, line {number}: {error}") from None
        ensure(entry == f"{leaf.hex()} {community} {index}", f"rows, line {number}: another row")
        place = (key_of_did(community), index)
        ensure(last is None or last < place, f"chats.jsonl, line {number}: out of order")
        last = place
    ensure(tree_root(leaves).hex() == lock["rows"]["root"], "the rows have another root")
    entries = sum(len(log.entries) for log in logs.values())
    print(f"good: {len(lines)} rows, {entries} log entries of {len(logs)} communities")


# The vectors that this file knows. Rules of form inside a statement's body are not checked here.

BODY_RULES = {"encoding-signed-payload-malformed"} | {
    "statement-" + name
    for name in [
        "admit-with-invitation", "body-of-another-kind", "charter-name-bidi", "charter-name-empty",
        "charter-no-steward", "charter-stewards-unsorted", "charter-with-policy", "erasure-empty",
        "erasure-unsorted", "join-half-invited", "kind-too-large", "manifest-licence",
        "manifest-name-space", "manifest-no-messages", "manifest-no-policy", "manifest-plain-bytes",
        "manifest-tags-repeated", "manifest-usage", "policy-contradiction", "policy-no-licence",
        "remove-with-control", "invitation-cut", "invitation-no-prefix", "invitation-other-key",
    ]
}  # fmt: skip


def unhex(value):
    return bytes.fromhex(value)


def run_keys_verify(i):
    verify_ed25519(unhex(i["key"]), unhex(i["message"]), unhex(i["signature"]))
    return {}


def run_statement_signed(i):
    statement = read_statement(unhex(i["statement"]))
    return {"id": statement["id"].hex(), "kind": statement["kind"], "at": statement["at"]}


def run_encoding_signed(i):
    signer, _, identifier = verify_statement(unhex(i["bytes"]), TEST_NOTE)
    return {"id": identifier.hex()}


def run_statement_entry(i):
    data = unhex(i["statement"])
    statement = read_statement(data)
    body, kind = statement["body"], statement["kind"]
    control, due = (body[0], body[4][4]) if kind == MANIFEST else (None, None)
    committed = hashlib.sha256(unhex(i["salt"]) + data).digest()
    entry = cbor2.dumps([1, kind, committed, control, due])
    return {"entry": entry.hex(), "leaf_hash": leaf_hash(entry).hex()}


def run_log_checkpoint(i):
    key = key_of_did(i["log_key"])
    size, root, seconds = verify_checkpoint(i["text"], i["community"], i["epoch"], key)
    return {"size": size, "root": root.hex(), "cosigned_at": seconds}


def run_log_inclusion(i):
    proof = [unhex(node) for node in i["proof"]]
    verify_inclusion(i["index"], i["size"], unhex(i["leaf_hash"]), proof, unhex(i["root"]))
    return {}


def run_chat_json(i):
    return {"cbor": chat_cbor(i["json"]).hex()}


def run_seal_commitment(i):
    found = commitment(unhex(i["opening"]), unhex(i["plain"]))
    ensure(found.hex() == i["commitment"], "another commitment")
    return {}


def run_dataset_row(i):
    own, plain = read_row(i["line"])
    opening = unhex(own["opening"])
    leaf = leaf_hash(i["line"].encode()).hex()
    return {"leaf": leaf, "commitment": commitment(opening, plain).hex()}


RUNNERS = {
    "keys/verify": run_keys_verify,
    "statement/signed": run_statement_signed,
    "statement/entry": run_statement_entry,
    "encoding/signed": run_encoding_signed,
    "log/checkpoint": run_log_checkpoint,
    "log/inclusion": run_log_inclusion,
    "chat/json": run_chat_json,
    "seal/commitment": run_seal_commitment,
    "dataset/row": run_dataset_row,
}


def judge(run, vector):
    try:
        output = run(vector["input"])
    except (Refused, KeyError, ValueError, TypeError, AttributeError) as error:
        return "reject", str(error)
    wrong = {k: v for k, v in output.items() if vector["output"].get(k) != v}
    return ("wrong", str(wrong)) if vector["expect"] == "accept" and wrong else ("accept", "")


def check_vectors(folder):
    counts, failures = {"accept": 0, "reject": 0}, []
    for path in sorted(folder.glob("*/*.json")):
        vector = json.loads(path.read_text())
        run = RUNNERS.get(vector["format"])
        if run is None or (path.parent.name == "reject" and path.stem in BODY_RULES):
            continue
        verdict, why = judge(run, vector)
        counts[vector["expect"]] += 1
        if verdict != vector["expect"]:
            failures.append(f"{path.parent.name}/{path.name}: {verdict} {why}")
    ensure(not failures, "\n".join(failures))
    ensure(min(counts.values()) >= 10, "too few vectors were found")
    print(f"good: {counts['accept']} accepted and {counts['reject']} refused as they should be")


def main(arguments):
    try:
        match arguments:
            case ["--vectors", folder]:
                check_vectors(Path(folder))
            case [folder]:
                check_folder(Path(folder))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except (Refused, OSError, KeyError, ValueError, TypeError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""log.md: entries, the tree of RFC 6962, proofs, checkpoints, fork proofs."""

import base64
import re

import cbor
from cbor import Refused, ensure
from crypto import key_of_did, sha256, verify_ed25519


def read_entry(data):
    ensure(len(data) <= 128, "longer than an entry may be")
    fields = cbor.record(
        cbor.code(1, 1),
        cbor.code(0, 2**16 - 1),
        cbor.key,
        cbor.optional(cbor.key),
        cbor.optional(cbor.code(0, 2**32 - 1)),
    )
    return fields(cbor.read(data))


def leaf_hash(data):
    return sha256(b"\x00", data)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def tree_root(leaves):
    if not leaves:
        return sha256()
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


def verify_consistency(old_size, old_root, new_size, new_root, proof):
    """RFC 9162 §2.1.4.2, and the two cases that log.md adds."""
    ensure(old_size <= new_size, "a log never shrinks")
    if old_size == 0 or old_size == new_size:
        ensure(not proof, "a hash too many")
        expected = tree_root([]) if old_size == 0 else new_root
        ensure(old_root == expected, "another older root")
        return ensure(new_size > 0 or new_root == old_root, "another empty root")
    ensure(0 < len(proof) <= 82, "a hash too few, or too many")
    if old_size & (old_size - 1) == 0:
        proof = [old_root, *proof]
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = proof[0]
    for node in proof[1:]:
        ensure(sn != 0, "a hash too many")
        if fn & 1 or fn == sn:
            old, new = node_hash(node, old), node_hash(node, new)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, node)
        fn, sn = fn >> 1, sn >> 1
    ensure(sn == 0, "a hash too few")
    ensure(old == old_root and new == new_root, "the proof leads to another root")


def decimal(text, most=2**64 - 1):
    ensure(re.fullmatch("0|[1-9][0-9]{0,19}", text), "not a decimal number in its one form")
    ensure(int(text) <= most, "a number beyond its bound")
    return int(text)


def unbase64(text):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused(f"not base64: {error}") from None
    ensure(base64.b64encode(raw).decode() == text, "base64 in another form")
    return raw


def key_id(name, kind, key):
    return sha256(name.encode(), b"\n", bytes([kind]), key)[:4]


class Checkpoint:
    """A note as it was read; nothing is verified yet."""

    def __init__(self, text):
        ensure(len(text.encode()) <= 8 * 1024, "longer than a checkpoint may be")
        ensure(not re.search("[\x00-\x09\x0b-\x1f]", text), "a control character")
        ensure(text.endswith("\n") and "\n\n" in text, "not a signed note")
        body, _, signatures = text.rpartition("\n\n")
        self.body = body + "\n"
        ensure(signatures, "no signatures")
        lines = self.body.split("\n")[:-1]
        ensure(len(lines) == 3, "a checkpoint has three lines")
        self.origin, size, root = lines
        match = re.fullmatch("sheaf.invalid/log/([^/]*)/([^/]*)", self.origin)
        ensure(match, "not an origin of Sheaf")
        self.community = key_of_did("did:key:" + match[1])
        self.epoch = decimal(match[2])
        self.size, self.root = decimal(size, 2**40), unbase64(root)
        ensure(len(self.root) == 32, "a root has 32 bytes")
        ensure(self.size > 0 or self.root == tree_root([]), "an empty log has the empty root")
        self.lines = [self.line(line) for line in signatures.split("\n")[:-1]]
        ensure(0 < len(self.lines) <= 16, "too many signatures, or none")

    @staticmethod
    def line(line):
        match = re.fullmatch("\u2014 ([^\\s+]+) ([A-Za-z0-9+/=]+)", line)
        ensure(match, "not a signature line")
        raw = unbase64(match[2])
        ensure(len(raw) > 4, "a signature line without a signature")
        return match[1], raw[:4], raw[4:]

    def one(self, name, kind, key):
        wanted = (name, key_id(name, kind, key))
        found = [signature for *line, signature in self.lines if tuple(line) == wanted]
        ensure(len(found) == 1, "not exactly one line of this key")
        return found[0]

    def cosigned(self, name, key):
        cosignature = self.one(name, 4, key)
        ensure(len(cosignature) == 72, "a cosignature has 72 bytes")
        seconds = int.from_bytes(cosignature[:8], "big")
        ensure(seconds <= 253402300799, "a time after the year 9999")
        message = f"cosignature/v1\ntime {seconds}\n{self.body}"
        verify_ed25519(key, message.encode(), cosignature[8:])
        return seconds

    def verify(self, community, epoch, log_key):
        """The time at which the log cosigned itself, in seconds."""
        ensure((self.community, self.epoch) == (community, epoch), "a checkpoint of another log")
        signature = self.one(self.origin, 1, log_key)
        verify_ed25519(log_key, self.body.encode(), signature)
        return self.cosigned(self.origin, log_key)


def verify_fork(data, community, log_key):
    note = lambda value: cbor.text(value, 8 * 1024)  # noqa: E731
    fields = cbor.record(cbor.code(1, 1), note, note, cbor.key, cbor.items(cbor.key, most=82))
    _, smaller, larger, prefix, proof = fields(cbor.read(data))
    smaller, larger = Checkpoint(smaller), Checkpoint(larger)
    smaller.verify(community, smaller.epoch, log_key)
    larger.verify(community, smaller.epoch, log_key)
    verify_consistency(smaller.size, prefix, larger.size, larger.root, proof)
    ensure(prefix != smaller.root, "the larger continues the smaller: there is no fork")
    return smaller, larger, prefix

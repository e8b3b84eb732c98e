"""policy.md and statement.md: licences, preferences, policies, statements and their rules of form."""

import base64
import re
import unicodedata

import cbor
from cbor import Refused, ensure
from crypto import INVITATION, STATEMENT, public_key, verify_envelope

CHARTER, POLICY, MEMBERSHIP, ACCEPTANCE, MANIFEST = 1, 2, 3, 4, 5
WITHDRAWAL, ERASURE, RECEIPT, TAKEDOWN = 7, 8, 9, 12
KINDS = {1, 2, 3, 4, 5, 7, 8, 9, 12}
JOIN, ADMIT, REMOVE = 1, 2, 3
REPLICA, READER = 1, 2
BLOB_BYTES_MAX = 64 * 2**20 + 8 * 2**20 + 2**20
CHAT_BYTES_MAX = 64 * 2**20
DAY = cbor.code(0, 2**32 - 1)
HIDDEN = re.compile("[\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def hides(value):
    return HIDDEN.search(value) or any(unicodedata.category(c) == "Cc" for c in value)


def line(value):
    cbor.text(value, 256)
    ensure(value and value == value.strip(), "empty, or white space at an end")
    ensure(not hides(value), "a control character")
    return value


def is_set(values):
    encoded = [value.encode() if type(value) is str else value for value in values]
    ensure(all(a < b for a, b in zip(encoded, encoded[1:])), "out of order or repeated")
    return values


def set_of(rule, least, most):
    return lambda value: is_set(cbor.items(rule, least, most)(value))


def distinct(values):
    ensure(len(set(values)) == len(values), "an item stands twice")
    return values


# Licences: the answer is a tree of ("or" | "and", parts) and ids.


def read_licence(value):
    cbor.text(value, 256)
    tokens = re.findall(r"[()]|[^ ()]+", value)
    tree, rest = licence_list(tokens, "OR")
    ensure(not rest, "something follows the expression")
    return tree


def licence_list(tokens, word):
    parts = []
    while True:
        part, tokens = licence_one(tokens) if word == "AND" else licence_list(tokens, "AND")
        parts.append(part)
        if tokens[:1] != [word]:
            return (word, parts), tokens
        tokens = tokens[1:]


def licence_one(tokens):
    if tokens[:1] == ["("]:
        tree, tokens = licence_list(tokens[1:], "OR")
        ensure(tokens[:1] == [")"], "a parenthesis is not closed")
        return tree, tokens[1:]
    name = licence_id(tokens)
    if tokens[1:2] == ["WITH"]:
        return f"{name} WITH {licence_id(tokens[2:])}", tokens[3:]
    return name, tokens[1:]


def licence_id(tokens):
    name = tokens[0] if tokens else ""
    ensure(re.fullmatch("[A-Za-z0-9.+:-]+", name) and name not in ("AND", "OR", "WITH"), "no licence")
    return name


def allows(listed, tree):
    if isinstance(tree, str):
        return tree in listed
    word, parts = tree
    return (any if word == "OR" else all)(allows(listed, part) for part in parts)


# Usage preferences.

KEY = r"[a-z*][a-z0-9_.*-]*"
VALUE = r"""(?:[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*|"[ !#-\[\]-~]*"|-?[0-9]{1,15}|\?[01])"""
ITEM = rf"({KEY})(?:=({VALUE}))?(?:; *{KEY}(?:={VALUE})?)*"


def read_usage(value):
    """By label, whether it says yes."""
    cbor.text(value, 256)
    rest = value.lstrip(" ")
    stated, labels = {}, set()
    while rest:
        match = re.match(ITEM, rest)
        ensure(match, "not a preference")
        label, stands = match[1], match[2]
        ensure(label not in labels, "a label stands twice")
        labels.add(label)
        if stands in ("y", "n"):
            stated[label] = stands == "y"
        rest = rest[match.end() :].lstrip(" \t")
        if rest:
            ensure(rest[0] == ",", "no comma")
            rest = rest[1:].lstrip(" \t")
            ensure(rest, "nothing follows the comma")
    return stated


def preference(stated, label):
    if label == "train-ai" and stated.get("train-genai") is False:
        return False
    return stated.get(label)


def combine(usages):
    combined = {}
    for stated in usages:
        for label, yes in stated.items():
            combined[label] = combined.get(label, True) and yes
    return combined


def usage_text(stated):
    return ", ".join(f"{label}={'y' if yes else 'n'}" for label, yes in sorted(stated.items()))


# Policies.


def private_kind(value):
    ensure(re.fullmatch("[a-z0-9-]{1,24}", cbor.text(value)), "not a kind of what is private")
    return value


class Policy:
    def __init__(self, value):
        fields = cbor.record(
            line,
            lambda v: cbor.text(v, 4096),
            cbor.items(cbor.text, 1, 24),
            cbor.text,
            cbor.items(cbor.text, 0, 8),
            cbor.optional(cbor.code(1, 36500)),
            cbor.code(1, CHAT_BYTES_MAX),
            cbor.code(1, 3),
            cbor.code(1, 2),
            cbor.items(cbor.key, 0, 64),
            cbor.code(1, 3),
            cbor.code(1, 366 * 86400),
            cbor.code(1, 366 * 86400),
            cbor.items(private_kind, 0, 32),
            cbor.items(private_kind, 0, 32),
        )(value)
        self.title, purpose, self.licences, self.usage, self.must_allow = fields[:5]
        self.age_days_max, self.chat_bytes_max, self.join, self.replicas = fields[5:9]
        self.replica_keys, self.readers = fields[9:11]
        ensure(not hides(purpose.replace("\n", "")), "a control character in the purpose")
        for licence in distinct(self.licences):
            tree = read_licence(licence)
            ensure(" OR " not in licence and tree == ("OR", [("AND", [licence])]), "not one licence")
        stated = read_usage(self.usage)
        for label in distinct(self.must_allow):
            ensure(re.fullmatch(KEY, label), "not a label")
            ensure(preference(stated, label) is not False, "asks for what it forbids")
        distinct(self.replica_keys)
        ensure(len(distinct(fields[13] + fields[14])) <= 32, "too many kinds")
        ensure(len(cbor.write(value)) <= 16 * 1024, "a policy beyond its bound")

    def why_not(self, licence, usage, due, plain_bytes, day):
        """The void reason of community.md, or None."""
        stated = read_usage(usage)
        if not allows(self.licences, read_licence(licence)):
            return 13
        if any(preference(stated, label) is False for label in self.must_allow):
            return 14
        if self.age_days_max and (due is None or due > day + self.age_days_max):
            return 15
        return 16 if plain_bytes > self.chat_bytes_max else None

    def gives_role(self, key, role):
        if role == READER:
            return self.readers != 3
        return self.replicas == 1 or key in self.replica_keys


# Bodies.

END = cbor.record(cbor.uint, cbor.key)
ERASED = cbor.record(cbor.uint, cbor.key, cbor.code(1, 3))
LABELS = set_of(line, 0, 32)
U32 = cbor.code(0, 2**32 - 1)


def scrubbed(value):
    found = cbor.items(cbor.record(private_kind, U32, U32), 0, 32)(value)
    kinds = [kind for kind, _, _ in found]
    ensure(all(a < b for a, b in zip(kinds, kinds[1:])), "kinds out of order or repeated")
    ensure(all(masked or kept for _, masked, kept in found), "a kind of which nothing was found")
    return found


def licence_text(value):
    read_licence(value)
    return value


def usage_raw(value):
    read_usage(value)
    return value


def erased(value):
    found = cbor.items(ERASED, 1, 256)(value)
    indices = [item[0] for item in found]
    ensure(all(a < b for a, b in zip(indices, indices[1:])), "items out of order or repeated")
    return found


def membership(value):
    fields = cbor.record(
        cbor.code(1, 3),
        cbor.key,
        cbor.optional(line),
        cbor.optional(cbor.key),
        cbor.optional(cbor.octets),
        cbor.optional(cbor.octets),
    )(value)
    admission, _, name, control, invitation, used = fields
    ensure((invitation is None) == (used is None), "an invitation goes with its use")
    ensure(admission == JOIN or invitation is None, "only a join is invited")
    ensure(admission != REMOVE or name is control is None, "a removal has no name and no key")
    return fields


BODIES = {
    CHARTER: cbor.record(
        line,
        cbor.key,
        set_of(cbor.key, 1, 64),
        cbor.optional(cbor.key),
        cbor.optional(END),
        cbor.optional(END),
    ),
    POLICY: Policy,
    MEMBERSHIP: membership,
    ACCEPTANCE: cbor.record(cbor.code(1, 2), cbor.optional(line)),
    MANIFEST: cbor.record(
        cbor.key,
        cbor.record(cbor.key, cbor.code(1, BLOB_BYTES_MAX), cbor.code(1, CHAT_BYTES_MAX)),
        cbor.key,
        cbor.key,
        cbor.record(licence_text, usage_raw, line, cbor.optional(line), cbor.optional(DAY)),
        cbor.record(
            cbor.optional(cbor.code(1, 3)),
            LABELS,
            LABELS,
            LABELS,
            cbor.code(1, 200_000),
            cbor.optional(cbor.time),
            scrubbed,
        ),
    ),
    WITHDRAWAL: cbor.record(cbor.key),
    ERASURE: cbor.record(erased),
    RECEIPT: cbor.record(erased, set_of(cbor.key, 0, 256)),
    TAKEDOWN: cbor.record(cbor.key, cbor.code(1, 4)),
}


class Statement:
    """A signed statement, verified."""

    def __init__(self, data):
        self.signer, payload, self.id = verify_envelope(data, STATEMENT)
        fields = cbor.record(
            cbor.code(1, 1),
            cbor.code(0, 2**16 - 1),
            cbor.key,
            cbor.uint,
            cbor.optional(cbor.record(cbor.uint, cbor.key)),
            cbor.time,
            cbor.octets,
        )(cbor.read(payload))
        _, self.kind, self.community, self.epoch, self.policy, self.at, body = fields
        self.body = BODIES[self.kind](cbor.read(body)) if self.kind in BODIES else body
        must = self.kind in (ACCEPTANCE, MANIFEST) or (self.kind == MEMBERSHIP and self.body[0] == JOIN)
        ensure(self.policy is not None or not must, "names no policy")
        ensure(self.policy is None or self.kind not in (CHARTER, POLICY), "names a policy")

    def entry_fields(self):
        """Control key and due day of its entry."""
        if self.kind == MANIFEST:
            return self.body[0], self.body[4][4]
        return (self.body[3], None) if self.kind == MEMBERSHIP else (None, None)


def read_invitation(data):
    steward, payload, _ = verify_envelope(data, INVITATION)
    return steward, cbor.record(cbor.key, cbor.key, cbor.time)(cbor.read(payload))


def read_invite(text):
    """The line that a steward hands over."""
    compact = "".join(text.split())
    ensure(compact.startswith("sheaf-invite:"), "not an invitation")
    encoded = compact.removeprefix("sheaf-invite:")
    ensure(re.fullmatch("[A-Za-z0-9_-]*", encoded), "not base64url")
    try:
        raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except ValueError:
        raise Refused("not base64url") from None
    ensure(base64.urlsafe_b64encode(raw).decode().rstrip("=") == encoded, "base64url in another form")
    rules = cbor.record(cbor.octets, cbor.key, cbor.items(cbor.text), cbor.text)
    signed, secret, addresses, name = rules(cbor.read(raw))
    steward, (community, fresh, expires) = read_invitation(signed)
    ensure(public_key(secret) == fresh, "the secret is not the named key's")
    return {
        "community": community, "steward": steward, "key": fresh,
        "expires": expires, "addresses": addresses, "name": name,
    }  # fmt: skip

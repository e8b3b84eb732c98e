"""community.md: what a log comes to, and which explanations explain."""

import cbor
from cbor import Refused, ensure
from crypto import INVITATION_USE, sha256, verify_envelope
from log import leaf_hash, read_entry, tree_root
from statements import (
    ACCEPTANCE, ADMIT, CHARTER, ERASURE, JOIN, KINDS, MANIFEST, MEMBERSHIP, POLICY, RECEIPT,
    REMOVE, REPLICA, TAKEDOWN, WITHDRAWAL, Statement, read_invitation,
)  # fmt: skip

DAY_MS = 86_400_000
LIVE, VOID, HOLE, MISSING = 1, 2, 3, 4  # the codes of a status
MAY_BECOME_HOLES = {MEMBERSHIP, MANIFEST}


class Void(Exception):
    def __init__(self, reason):
        self.reason = reason


def void_unless(holds, reason):
    if not holds:
        raise Void(reason)


def read_explanation(data):
    value = cbor.read(data) if isinstance(data, bytes) else data
    if value == [3]:
        return 3, None
    code, statement = cbor.record(cbor.code(1, 2), cbor.octets)(value)
    statement = Statement(statement)
    ensure(statement.kind == (WITHDRAWAL if code == 1 else TAKEDOWN), "of another kind")
    return code, statement


class Community:
    def __init__(self, key, epoch=0, root_key=None, before=None):
        self.id, self.epoch, self.before = key, epoch, before
        self.root_key = root_key or key
        self.entries, self.leaves = [], []
        self.charters, self.policies, self.accepted, self.members = [], {}, [], {}
        self.commitments, self.controls = set(), set()

    def next_epoch(self):
        return Community(self.id, self.epoch + 1, self.root_key, self.end())

    def end(self):
        return [len(self.leaves), tree_root(self.leaves)]

    def last_charter(self, index=None):
        found = [charter for at, charter in self.charters if index is None or at < index]
        return found[-1] if found else None

    def push(self, data, evidence):
        """`evidence`: a statement's bytes, ("gone", explanation) or None. Answers the status."""
        entry, index = read_entry(data), len(self.entries)
        _, kind, commitment, control, _ = entry
        try:
            status = self.verdict(index, entry, evidence)
        except Void as void:
            status = [VOID, void.reason]
        ensure(index > 0 or status == [LIVE], "entry 0 is not this community's charter")
        gone = status[0] in (HOLE, MISSING)
        ensure(not gone or kind in MAY_BECOME_HOLES or kind not in KINDS, "may not be missing")
        self.commitments.add(commitment)
        self.controls.add(control)
        self.entries.append(entry)
        self.leaves.append(leaf_hash(data))
        if status == [LIVE]:
            self.take_effect(index, commitment, Statement(evidence))
        return status

    def verdict(self, index, entry, evidence):
        _, kind, commitment, control, due = entry
        void_unless(commitment not in self.commitments, 1)
        void_unless(control is None or control not in self.controls, 2)
        void_unless(kind in KINDS, 3)
        shown = {MANIFEST: control is not None, MEMBERSHIP: due is None}
        void_unless(shown.get(kind, control is None and due is None), 4)
        if evidence is None:
            return [MISSING]
        if isinstance(evidence, tuple):
            try:
                return [HOLE, self.explained_in_form(entry, evidence[1])]
            except Refused:
                return [MISSING]
        try:
            statement = Statement(evidence)
        except Refused:
            raise Void(5) from None
        void_unless((statement.kind, *statement.entry_fields()) == (kind, control, due), 6)
        void_unless((statement.community, statement.epoch) == (self.id, self.epoch), 7)
        policy = self.named_policy(index, statement.policy)
        self.by_kind(index, statement, policy)
        return [LIVE]

    def named_policy(self, index, named):
        if named is None:
            return None
        at, commitment = named
        void_unless(at < index and at in self.policies, 8)
        found, policy = self.policies[at]
        void_unless(found == commitment, 8)
        return policy

    def by_kind(self, index, statement, policy):
        kind, signer, body = statement.kind, statement.signer, statement.body
        charter = self.last_charter()
        stewards = charter[2] if charter else []
        if kind == CHARTER:
            self.charter(index, signer, body, charter)
        elif kind in (POLICY, TAKEDOWN):
            void_unless(signer in stewards, 9)
        elif kind == MEMBERSHIP:
            self.membership(statement, stewards)
        elif kind == ACCEPTANCE:
            void_unless(policy.gives_role(signer, body[0]), 12)
        elif kind == MANIFEST:
            _, blob, _, _, (licence, usage, _, attribution, due), _ = body
            void_unless((attribution is None) == (signer == body[0]), 9)
            reason = policy.why_not(licence, usage, due, blob[2], statement.at // DAY_MS)
            void_unless(reason is None, reason)
        elif kind == WITHDRAWAL:
            void_unless(signer == body[0], 9)
        elif kind == ERASURE:
            void_unless(charter and signer == charter[1], 9)
        elif kind == RECEIPT:
            void_unless((signer, REPLICA) in self.accepted, 9)

    def charter(self, index, signer, body, current):
        _, log_key, _, _, ends, previous = body
        if current is None:
            void_unless(signer == self.root_key, 9)
            follows = previous is None
            if self.before:
                known, root = self.before
                follows = previous is not None and (
                    previous[0] < known or previous == [known, root]
                )
            return void_unless(follows and ends is None, 10)
        void_unless(signer == self.root_key or sha256(signer) == current[3], 9)
        wanted = None if log_key == current[1] else self.end()
        void_unless(ends == wanted and previous is None, 10)

    def membership(self, statement, stewards):
        admission, member, _, _, invitation, used = statement.body
        void_unless(statement.signer == member if admission == JOIN else statement.signer in stewards, 9)
        rule = list(self.policies.values())[-1][1].join if self.policies else 1
        if admission == REMOVE:
            return
        void_unless(rule != 3, 11)
        if admission == ADMIT or (rule == 2 and invitation is None):
            return
        void_unless(invitation is not None, 11)
        try:
            steward, (community, fresh, expires) = read_invitation(invitation)
            user, payload, _ = verify_envelope(used, INVITATION_USE)
            used_for = cbor.record(cbor.key, cbor.key)(cbor.read(payload))
        except Refused:
            raise Void(11) from None
        good = steward in stewards and community == self.id and statement.at < expires
        void_unless(good and user == fresh and used_for == [self.id, member], 11)

    def take_effect(self, index, commitment, statement):
        body = statement.body
        if statement.kind == CHARTER:
            self.root_key = statement.signer
            self.charters.append((index, body))
        elif statement.kind == POLICY:
            self.policies[index] = (commitment, body)
        elif statement.kind == ACCEPTANCE:
            self.accepted.append((statement.signer, body[0]))
        elif statement.kind == MEMBERSHIP:
            self.members[body[1]] = body[0] != REMOVE

    def explained_in_form(self, entry, explanation):
        """The cause; what depends on neither time nor stewards is checked."""
        code, statement = explanation
        _, kind, _, control, due = entry
        ensure(kind in MAY_BECOME_HOLES or kind not in KINDS, "may not become a hole")
        if code == 3:
            ensure(due is not None, "no due day")
            return 2
        here = (statement.community, statement.epoch) == (self.id, self.epoch)
        ensure(here, "made for another community or epoch")
        ensure(control is not None and statement.body[0] == control, "about another entry")
        ensure(code == 2 or statement.signer == control, "another signer")
        return 1 if code == 1 else 3

    def explain(self, index, explanation, as_of):
        entry = self.entries[index]
        cause = self.explained_in_form(entry, explanation)
        code, statement = explanation
        if code == 2:
            named = any(statement.signer in charter[2] for _, charter in self.charters)
            ensure(named, "by nobody who was a steward")
        if code == 3:
            ensure((entry[4] + 1) * DAY_MS <= as_of, "the due day has not ended")
        return cause

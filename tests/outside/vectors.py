"""Runs the vectors of docs/spec/vectors. Each runner answers what `output` should say."""

import json
from collections import Counter

from mnemonic import Mnemonic

import cbor
import wire
from cbor import Refused, ensure
from chats import (
    chat_from_json, chat_to_json, commitment, key_check, open_blob, opening_of, padded, read_chat,
    seal_key, derive,
)  # fmt: skip
from crypto import did_of_key, hash_of_text, key_of_did, public_key, sha256, verify_ed25519, verify_envelope
from datasets import (
    RECORD_BYTES_MAX, day_text, dedupe_key, excluded, read_day, read_lock, read_recipe, read_record,
    read_row, read_row_ref, sequence, strictest,
)  # fmt: skip
from fold import DAY_MS, LIVE, Community, read_explanation
from log import Checkpoint, leaf_hash, read_entry, tree_root, verify_consistency, verify_fork, verify_inclusion
from statements import (
    REPLICA, READER, Policy, Statement, allows, preference, read_invite, read_licence, read_usage,
    usage_text,
)  # fmt: skip

TEST_NOTE = "application/vnd.sheaf.test-note.v1+cbor"
unhex = bytes.fromhex

# Formats that this file does not run, and why. None today: whoever adds one says here why not.
UNSPOKEN = {}


# conventions


def conventions_key(i):
    return {"bytes": key_of_did(i["text"]).hex()}


def conventions_hash(i):
    return {"bytes": hash_of_text(i["text"]).hex()}


def conventions_day(i):
    day = read_day(i["text"])
    return {"day": day, "ends_ms": min((day + 1) * DAY_MS, 253402300799999)}


def conventions_time(i):
    seconds = cbor.time(i["ms"]) // 1000
    day, rest = day_text(seconds // 86400), seconds % 86400
    return {"day": day, "text": f"{day}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"}


# encoding


def note_rule(value):
    return cbor.record(cbor.uint, cbor.text, lambda v: cbor.octets(v, 4), cbor.optional(cbor.uint))(value)


def note_json(note):
    return {"count": note[0], "text": note[1], "hash": note[2].hex(), "reply": note[3]}


def lists(value):
    ensure(type(value) is list, "not a list")
    return 1 + max((lists(item) for item in value), default=0)


ITEMS = {
    "uint": lambda v: str(cbor.uint(v)),
    "int": lambda v: str(cbor.integer(v)),
    "bool": cbor.boolean,
    "bytes": lambda v: cbor.octets(v).hex(),
    "text": cbor.text,
    "list": cbor.items(cbor.uint),
    "option": cbor.optional(cbor.uint),
    "nested": lists,
    "record": lambda v: note_json(note_rule(v)),
}


def encoding_item(rule):
    return lambda i: {"value": rule(cbor.read(unhex(i["bytes"])))}


def encoding_signed(i):
    signer, payload, identifier = verify_envelope(unhex(i["bytes"]), TEST_NOTE)
    note = note_json(note_rule(cbor.read(payload)))
    return {"signer": did_of_key(signer), "id": identifier.hex(), "content": note}


# keys


def keys_derive(i):
    seed, community = unhex(i["seed"]), key_of_did(i["community"])

    def pair(label, context):
        secret = derive(label, seed + context)
        return {"secret": secret.hex(), "public": did_of_key(public_key(secret))}

    counter = i["counter"].to_bytes(8, "big")
    return {
        "member": pair("sheaf 2026-11 member key v1", community),
        "control": pair("sheaf 2026-11 control key v1", community + counter),
        "operator": pair("sheaf 2026-11 operator key v1", b""),
    }


def keys_words(i):
    """BIP-39 for 256 bits; of `mnemonic` only the list of words is used."""
    listed, words = Mnemonic("english").wordlist, i["words"].lower().split()
    ensure(len(words) == 24, "not 24 words")
    number = 0
    for word in words:
        ensure(word in listed, f"{word} is not in the list")
        number = number << 11 | listed.index(word)
    seed = (number >> 8).to_bytes(32, "big")
    ensure(sha256(seed)[0] == number & 255, "the checksum does not match")
    return {"seed": seed.hex()}


def keys_verify(i):
    verify_ed25519(unhex(i["key"]), unhex(i["message"]), unhex(i["signature"]))
    return {}


# chat, seal


def chat_cbor(i):
    return {"json": chat_to_json(read_chat(unhex(i["cbor"])))}


def chat_json(i):
    return {"cbor": cbor.write(chat_from_json(i["json"])).hex()}


def seal_keys(i):
    key = unhex(i["key"])
    return {"seal_key": seal_key(key).hex(), "opening": opening_of(key).hex(), "check": key_check(key).hex()}


def seal_commitment(i):
    found = commitment(unhex(i["opening"]), unhex(i["plain"]))
    ensure(found.hex() == i["commitment"], "another commitment")
    return {}


def seal_padding(i):
    return {"padded": [padded(length) for length in i["lengths"]]}


def seal_blob(i):
    expected = {name: unhex(i[name]) for name in ("hash", "commitment", "check")}
    expected["plain_bytes"] = i["plain_bytes"]
    parties = key_of_did(i["community"]), key_of_did(i["signer"])
    return {"plain": open_blob(unhex(i["key"]), *parties, unhex(i["blob"]), expected).hex()}


# log


def log_entry(i):
    data = unhex(i["bytes"])
    _, kind, commitment_, control, due = read_entry(data)
    control = control and did_of_key(control)
    return {
        "kind": kind, "commitment": commitment_.hex(), "control": control, "due": due,
        "leaf_hash": leaf_hash(data).hex(),
    }  # fmt: skip


def log_commitment(i):
    return {"commitment": sha256(unhex(i["salt"]), unhex(i["statement"])).hex()}


def log_root(i):
    leaves = [leaf_hash(unhex(leaf)) for leaf in i["leaves"]]
    return {"size": len(leaves), "root": tree_root(leaves).hex()}


def proof(i):
    ensure(len(i["proof"]) <= 82, "more hashes than any proof has")
    return [unhex(node) for node in i["proof"]]


def log_inclusion(i):
    verify_inclusion(i["index"], i["size"], unhex(i["leaf_hash"]), proof(i), unhex(i["root"]))
    return {}


def log_consistency(i):
    old, new = (i["old_size"], unhex(i["old_root"])), (i["new_size"], unhex(i["new_root"]))
    verify_consistency(*old, *new, proof(i))
    return {}


def every_case(run):
    """Accepted if each case is; refused only if each is."""

    def check(i):
        refused = 0
        for case in i["cases"]:
            try:
                run(case)
            except Refused:
                refused += 1
        if refused not in (0, len(i["cases"])):
            raise AssertionError(f"{refused} of {len(i['cases'])} cases are refused")
        ensure(not refused, "each case is refused")
        return {"cases": len(i["cases"])}

    return check


def verified_note(i):
    note = Checkpoint(i["text"])
    seconds = note.verify(key_of_did(i["community"]), i["epoch"], key_of_did(i["log_key"]))
    return note, seconds


def log_checkpoint(i):
    note, seconds = verified_note(i)
    return {"size": note.size, "root": note.root.hex(), "cosigned_at": seconds}


def log_cosignature(i):
    note, _ = verified_note(i)
    return {"cosigned_at": note.cosigned(i["cosigner_name"], key_of_did(i["cosigner_key"]))}


def log_fork(i):
    smaller, larger, prefix = verify_fork(
        unhex(i["bytes"]), key_of_did(i["community"]), key_of_did(i["log_key"])
    )
    return {
        "epoch": smaller.epoch, "smaller_size": smaller.size, "larger_size": larger.size,
        "signed_root": smaller.root.hex(), "prefix_root": prefix.hex(),
    }  # fmt: skip


# statement, policy


def statement_signed(i):
    s = Statement(unhex(i["statement"]))
    return {
        "id": s.id.hex(), "signer": did_of_key(s.signer), "kind": s.kind, "at": s.at,
        "community": did_of_key(s.community), "epoch": s.epoch, "policy": s.policy and s.policy[0],
    }  # fmt: skip


def statement_entry(i):
    data = unhex(i["statement"])
    statement = Statement(data)
    control, due = statement.entry_fields()
    entry = cbor.write([1, statement.kind, sha256(unhex(i["salt"]), data), control, due])
    return {"entry": entry.hex(), "leaf_hash": leaf_hash(entry).hex()}


def statement_invitation(i):
    invite = read_invite(i["line"])
    keys = {name: did_of_key(invite[name]) for name in ("community", "steward", "key")}
    return {**invite, **keys}


def policy_licence(i):
    return {"allowed": allows(i["listed"], read_licence(i["expression"]))}


def policy_usage(i):
    stated = read_usage(i["raw"])
    return {label: preference(stated, label) for label in ("train-ai", "search")}


def read_policy(i):
    return Policy(cbor.read(unhex(i["policy"])))


def policy_document(i):
    return {"title": read_policy(i).title}


def policy_admits(i):
    due = None if i["due"] is None else read_day(i["due"])
    day = read_day(i["day"])
    reason = read_policy(i).why_not(i["licence"], i["usage"], due, i["plain_bytes"], day)
    ensure(reason is None, f"void {reason}")
    return {}


def policy_role(i):
    role = {"replica": REPLICA, "reader": READER}[i["role"]]
    ensure(read_policy(i).gives_role(key_of_did(i["key"]), role), "not given this role")
    return {}


# community


def push_all(community, items):
    statuses = []
    for item in items:
        entry, evidence = unhex(item["entry"]), None
        if "statement" in item:
            evidence = unhex(item["statement"])
            committed = sha256(unhex(item["salt"]), evidence) == read_entry(entry)[2]
            ensure(committed, "not the statement that the entry commits to")
        elif "explanation" in item:
            evidence = ("gone", read_explanation(unhex(item["explanation"])))
        statuses.append(community.push(entry, evidence))
    return statuses


def folded(i):
    community = Community(key_of_did(i["community"]))
    for items in i.get("before", []):
        push_all(community, items)
        community = community.next_epoch()
    return community, push_all(community, i["items"])


def community_fold(i):
    community, statuses = folded(i)
    members = sorted(key for key, is_member in community.members.items() if is_member)
    return {
        "statuses": statuses,
        "root": community.end()[1].hex(),
        "members": [did_of_key(key) for key in members],
    }


def community_live(i):
    _, statuses = folded(i)
    ensure(statuses[-1] == [LIVE], f"status {statuses[-1]}")
    return {}


def community_explains(i):
    community, _ = folded(i)
    explanation = read_explanation(unhex(i["explanation"]))
    return {"cause": community.explain(i["index"], explanation, i["as_of"])}


def community_checkpoint(i):
    community, _ = folded(i)
    note = Checkpoint(i["text"])
    charter = community.last_charter(note.size)
    ensure(charter, "no log key is in force")
    note.verify(community.id, community.epoch, charter[1])
    leaves = community.leaves[: note.size]
    ensure((len(leaves), tree_root(leaves)) == (note.size, note.root), "of other entries")
    return {"log_key": did_of_key(charter[1])}


# dataset


def dataset_row(i):
    own, chat = read_row(i["line"])
    return {
        "community": own["community"], "index": own["index"],
        "leaf": leaf_hash(i["line"].encode()).hex(),
        "commitment": commitment(unhex(own["opening"]), cbor.write(chat)).hex(),
        "dedupe_key": dedupe_key(chat).hex(),
    }  # fmt: skip


def dataset_row_ref(i):
    leaf, community, index = read_row_ref(i["line"])
    return {"leaf": leaf.hex(), "community": did_of_key(community), "index": index}


def dataset_lock(i):
    lock = read_lock(i["text"])
    return {"rows": lock["rows"]["count"], "root": lock["rows"]["root"]}


def dataset_sequence(i):
    return {"items": [item.hex() for item in sequence(unhex(i["file"]), RECORD_BYTES_MAX)]}


def dataset_record(i):
    code, salt, found = read_record(unhex(i["record"]))
    if code == 1:
        return {"salt": salt.hex(), "statement": found.hex()}
    return {"explanation": "8103"} if found[0] == 3 else {}


def row_terms(value):
    due = value.get("due")
    return {
        "licence": value["licence"],
        "usage": read_usage(value["usage"]),
        "due": None if due is None else read_day(due),
    }


def dataset_terms(i):
    terms = strictest([row_terms(member) for member in i["members"]])
    due = None if terms["due"] is None else day_text(terms["due"])
    return {"licence": terms["licence"], "usage": usage_text(terms["usage"]), "due": due}


def dataset_select(i):
    recipe = read_recipe(i["recipe"])
    reason = excluded(recipe, row_terms(i["terms"]), i["labels"], i["as_of"])
    ensure(reason is None, f"not selected: {reason}")
    return {}


# exchange


def exchange_message(rule):
    return lambda i: {"fields": len(rule(cbor.read(unhex(i["message"]))))}


def exchange_topic(i):
    return {"topic": "/sheaf/gossip/1/" + did_of_key(key_of_did(i["community"]))}


RUNNERS = {
    **{f"encoding/{name}": encoding_item(rule) for name, rule in ITEMS.items()},
    **{f"exchange/{name}": exchange_message(rule) for name, rule in wire.MESSAGES.items()},
    "log/inclusions": every_case(log_inclusion),
    "log/consistencies": every_case(log_consistency),
}


def runner(format_):
    named = globals().get(format_.replace("/", "_").replace("-", "_"))
    return RUNNERS.get(format_) or named


def failure(run, vector):
    """What is wrong with a vector, or None. Only `Refused` is a refusal: other errors are ours."""
    try:
        output = run(vector["input"])
    except Refused as error:
        return None if vector["expect"] == "reject" else f"refused: {error}"
    if vector["expect"] == "reject":
        return "accepted"
    wrong = {name: value for name, value in output.items() if vector["output"].get(name) != value}
    return f"found {wrong}" if wrong else None


def check_vectors(folder):
    """Runs all; the sentences that say how many of each page were run."""
    counts, unspoken, failures = {}, Counter(), []
    for path in sorted(folder.glob("*/*.json")):
        vector = json.loads(path.read_text())
        page = vector["format"].split("/")[0]
        run = runner(vector["format"])
        if run is None:
            unspoken[vector["format"]] += 1
            continue
        counts.setdefault(page, Counter())[vector["expect"]] += 1
        why = failure(run, vector)
        if why:
            failures.append(f"{path.parent.name}/{path.name}: {why}")
    ensure(not failures, "\n".join(failures))
    ensure(set(unspoken) <= set(UNSPOKEN), f"nobody says why these are not run: {set(unspoken) - set(UNSPOKEN)}")
    total = sum(counts.values(), Counter())
    lines = [f"{page}: {found['accept']} accepted, {found['reject']} refused" for page, found in sorted(counts.items())]
    lines += [f"not run: {count} of {name}: {UNSPOKEN[name]}" for name, count in unspoken.items()]
    passed = f"good: {total['accept']} accepted and {total['reject']} refused as they should be"
    return "\n".join([*lines, f"{passed}; {sum(unspoken.values())} not run"])

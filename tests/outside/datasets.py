"""dataset.md: rows, locks, evidence, and a whole folder."""

import json
import re

import cbor
from cbor import Refused, ensure
from chats import chat_from_json, commitment
from crypto import hash_of_text, key_of_did, sha256
from fold import DAY_MS, LIVE, Community, read_explanation
from log import Checkpoint, leaf_hash, tree_root
from statements import (
    MANIFEST, TAKEDOWN, WITHDRAWAL, Statement, allows, combine, preference, read_licence,
    read_usage, usage_text,
)  # fmt: skip

RECORD_BYTES_MAX = 32 * 1024 + 64


# conventions.md: days and moments.


def days_of_civil(year, month, day):
    """Days since 1970-01-01 of a date of the Gregorian calendar."""
    year -= month <= 2
    of_era = year % 400 * 365 + year % 400 // 4 - year % 400 // 100
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return year // 400 * 146_097 + of_era + of_year - 719_468


def day_text(day):
    year = 1970 + day // 366
    while days_of_civil(year + 1, 1, 1) <= day:
        year += 1
    month = max(m for m in range(1, 13) if days_of_civil(year, m, 1) <= day)
    return f"{year:04}-{month:02}-{day - days_of_civil(year, month, 1) + 1:02}"


def read_day(text):
    match = re.fullmatch("([0-9]{4,8})-([0-9]{2})-([0-9]{2})", cbor.text(text), re.ASCII)
    ensure(match, "not YYYY-MM-DD")
    year, month, day = (int(part) for part in match.groups())
    ensure(1970 <= year <= 11_761_191, "a year that no day has")
    number = days_of_civil(year, month, day)
    ensure(0 <= number < 2**32 and day_text(number) == text, "a date that does not exist")
    return number


# JSON in its one form (RFC 8785 without floats).


def canonical(value):
    """Keys of our formats are ASCII, so that code units and code points sort alike."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def parse_canonical(text):
    def fraction(found):
        raise Refused(f"{found}: a number with a fraction")

    def unknown(found):
        raise Refused(f"{found} is no JSON")

    try:
        value = json.loads(text, parse_float=fraction, parse_constant=unknown)
    except (ValueError, RecursionError) as error:
        raise Refused(f"not JSON: {error}") from None
    check_json(value, 0)
    ensure(canonical(value) == text, "not canonical JSON")
    return value


def check_json(value, depth):
    if isinstance(value, (list, dict)):
        ensure(depth < 32, "nested too deeply")
        for item in value if isinstance(value, list) else value.values():
            check_json(item, depth + 1)
    ensure(type(value) is not int or abs(value) < 2**53, "an integer beyond 2^53")


def shape(value, required, absent=()):
    """An object of exactly these members; `absent` ones may be left out."""
    ensure(type(value) is dict, "not an object")
    ensure(set(required) <= set(value), f"missing {set(required) - set(value)}")
    ensure(set(value) <= set(required) | set(absent), "an unknown member")
    rules = {**required, **(absent or {})}
    return {name: rules[name](member) for name, member in value.items()}


def some(rule):
    """A list that has no key when it is empty."""
    return lambda value: cbor.items(rule, 1)(value)


def one_of(*words):
    def check(value):
        ensure(type(value) is str and value in words, "an unknown word")
        return value

    return check


VERDICT = one_of("good", "bad", "interesting")
U32 = cbor.code(0, 2**32 - 1)
SCRUBBED = lambda value: shape(value, {"kind": cbor.text, "masked": U32, "kept": U32}, {})


def usage_one_form(value):
    ensure(usage_text(read_usage(value)) == value, "a preference in another form")
    return value


def day_one_form(value):
    read_day(value)
    return value


# Rows.

ROW = {
    "sheaf": cbor.code(1, 1),
    "community": key_of_did,
    "index": cbor.uint,
    "entry": hash_of_text,
    "opening": hash_of_text,
    "licence": cbor.text,
    "usage": usage_one_form,
    "labels": lambda value: shape(
        value,
        {"message_count": U32},
        {
            "verdict": VERDICT, "tags": some(cbor.text), "languages": some(cbor.text),
            "models": some(cbor.text), "created": cbor.time, "scrubbed": some(SCRUBBED),
        },
    ),
    "policy": lambda value: shape(value, {"commitment": hash_of_text, "index": cbor.uint}),
}  # fmt: skip
ROW_ABSENT = {
    "due": day_one_form,
    "attribution": cbor.text,
    "duplicates": some(
        lambda value: shape(value, {"community": key_of_did, "index": cbor.uint}, {"attribution": cbor.text})
    ),
}


def read_row(line):
    """The members beside the chat's own as they stand, and the chat."""
    row = parse_canonical(line)
    ensure(type(row) is dict, "a row is an object")
    own = {name: row.pop(name) for name in [*ROW, *ROW_ABSENT] if name in row}
    shape(own, ROW, ROW_ABSENT)
    return own, chat_from_json(row)


def read_row_ref(line):
    match = re.fullmatch("([^ ]*) ([^ ]*) (0|[1-9][0-9]{0,19})", line, re.ASCII)
    ensure(match, "not leaf, community, index")
    return hash_of_text(match[1]), key_of_did(match[2]), cbor.uint(int(match[3]))


def dedupe_key(chat):
    return sha256(cbor.write([[message[0], message[1], message[7]] for message in chat[5]]))


# Recipes, terms.

RECIPE = {
    "purpose": cbor.text,
    "licences": cbor.items(cbor.text),
    "usage": lambda value: each(value, one_of("granted", "not-forbidden")),
    "languages": cbor.items(cbor.text),
    "verdicts": cbor.items(VERDICT),
    "tags": cbor.items(cbor.text),
    "messages-min": U32,
    "messages-max": U32,
}


def each(value, rule):
    ensure(type(value) is dict, "not an object")
    return {name: rule(member) for name, member in value.items()}


def read_recipe(value):
    source = lambda v: shape(v, {"id": key_of_did}, {"addresses": cbor.items(cbor.text)})  # noqa: E731
    return shape(value, {"communities": cbor.items(source)}, RECIPE)


def excluded(recipe, terms, labels, as_of):
    """The first condition that is not met, or None."""

    def language(tag, wanted):
        tag, wanted = tag.lower().split("-"), wanted.lower().split("-")
        return tag[: len(wanted)] == wanted

    def usage(label, need):
        stated = preference(terms["usage"], label)
        return stated is True or (need == "not-forbidden" and stated is None)

    licences, languages = recipe.get("licences"), recipe.get("languages")
    conditions = {
        "due": terms["due"] is None or as_of < (terms["due"] + 1) * DAY_MS,
        "licence": not licences or allows(licences, read_licence(terms["licence"])),
        "usage": all(usage(*item) for item in recipe.get("usage", {}).items()),
        "language": not languages
        or any(language(tag, wanted) for tag in labels["languages"] for wanted in languages),
        "verdict": not recipe.get("verdicts") or labels["verdict"] in recipe["verdicts"],
        "tag": set(recipe.get("tags", [])) <= set(labels["tags"]),
        "messages": recipe.get("messages-min", 0) <= labels["messages"] <= recipe.get("messages-max", 2**32),
    }
    return next((name for name, met in conditions.items() if not met), None)


def conjuncts(expression):
    words, parts, depth = expression.split(), [[]], 0
    for word in words:
        if depth == 0 and word == "OR":
            return {f"({expression})"}
        if depth == 0 and word == "AND":
            parts.append([])
            continue
        depth += word.count("(") - word.count(")")
        parts[-1].append(word)
    return {" ".join(part) for part in parts}


def strictest(group):
    ensure(group, "a group has at least one member")
    licences = {terms["licence"] for terms in group}
    parts = set().union(*(conjuncts(licence) for licence in licences))
    joined = min(licences) if len(licences) == 1 else " AND ".join(sorted(parts, key=str.encode))
    due = min((terms["due"] for terms in group if terms["due"] is not None), default=None)
    return {"licence": joined, "usage": combine(terms["usage"] for terms in group), "due": due}


# Locks.


def read_lock(text):
    ensure(text.endswith("\n"), "a lock ends with one newline")
    value = parse_canonical(text[:-1])
    ensure(type(value) is dict, "a lock is an object")
    checksum = value.pop("checksum", None)
    ensure(checksum == sha256(canonical(value).encode()).hex(), "the checksum does not match")
    lock = shape(value, LOCK, LOCK_ABSENT)
    check_lock(lock)
    return value


DIGEST = {"count": cbor.uint, "root": hash_of_text}
CHAT = {"community": key_of_did, "index": cbor.uint}
CAUSES = one_of("withdrawn", "due", "taken-down", "duplicate", "unavailable")
REASONS = one_of("refused", "unavailable", "unreadable", "duplicate")


def recipe_one_form(value):
    recipe = read_recipe(value)
    ensure(not any(recipe[name] in ("", [], {}) for name in recipe if name in RECIPE), "an absent condition has no key")
    ensure(all(source.get("addresses", 1) for source in recipe["communities"]), "no addresses have no key")
    return recipe


LOCK = {
    "sheaf-lock": cbor.code(1, 1),
    "recipe": recipe_one_form,
    "as-of": cbor.time,
    "communities": cbor.items(
        lambda v: shape(
            v,
            {
                "id": key_of_did, "name": cbor.text, "epoch": cbor.uint, "size": cbor.uint,
                "root": hash_of_text, "checkpoint": cbor.text,
            },
        ),
        0,
        4096,
    ),
    "rows": lambda v: shape(v, DIGEST),
    "files": lambda v: each(v, lambda f: shape(f, {"bytes": cbor.uint, "sha256": hash_of_text})),
}  # fmt: skip
LOCK_ABSENT = {
    "left-out": some(lambda v: shape(v, {**CHAT, "reason": REASONS})),
    "parent": lambda v: shape(
        v,
        {
            "lock": hash_of_text,
            "rows": lambda v: shape(v, DIGEST),
            "removed": cbor.items(lambda v: shape(v, {**CHAT, "row": cbor.uint, "cause": CAUSES})),
        },
    ),
}


def ascending(values):
    return all(a < b for a, b in zip(values, values[1:]))


def check_lock(lock):
    ids = [log["id"] for log in lock["communities"]]
    ensure(ascending(ids), "communities out of order or twice")
    sizes = {log["id"]: log["size"] for log in lock["communities"]}
    places = [(item["community"], item["index"]) for item in lock.get("left-out", [])]
    ensure(ascending(places), "left-out out of order or twice")
    ensure(all(index < sizes.get(key, 0) for key, index in places), "left-out beyond a pinned log")
    if "parent" in lock:
        removed, rows = lock["parent"]["removed"], lock["parent"]["rows"]["count"]
        ensure(ascending([item["row"] for item in removed]), "removed out of order or twice")
        ensure(rows - len(removed) == lock["rows"]["count"], "the parent's rows less those removed")
        ensure(all(item["row"] < rows for item in removed), "a row that the parent has not")
        known = all(item["index"] < sizes.get(item["community"], 0) for item in removed)
        ensure(known, "removed beyond a pinned log")


# Evidence.


def sequence(data, most=2**32):
    """Items of a CBOR sequence of byte strings."""
    at = 0
    while at < len(data):
        first = data[at]
        ensure(first >> 5 == 2, f"byte {at}: not a byte string")
        info = first & 31
        width = {24: 1, 25: 2, 26: 4}.get(info, 0)
        ensure(info < 24 or width, f"byte {at}: not a length of a sequence file")
        ensure(at + 1 + width <= len(data), "the file ends in the middle of a length")
        length = int.from_bytes(data[at + 1 : at + 1 + width], "big") if width else info
        ensure(not width or length >= {1: 24, 2: 2**8, 4: 2**16}[width], "not in its shortest form")
        ensure(length <= most, "an item beyond its bound")
        start = at + 1 + width
        ensure(start + length <= len(data), "the file ends in the middle of an item")
        yield data[start : start + length]
        at = start + length


def read_record(data):
    value = cbor.read(data)
    if type(value) is list and len(value) == 2 and value[0] == 2:
        return 2, None, read_explanation(value[1])
    statement = lambda v: cbor.octets(v) if len(cbor.octets(v)) <= 32 * 1024 else ensure(False, "too long")  # noqa: E731
    return cbor.record(cbor.code(1, 1), cbor.key, statement)(value)


class Log:
    """The evidence of one community."""

    def __init__(self, folder, pinned):
        self.id, epoch = key_of_did(pinned["id"]), pinned["epoch"]
        ensure(epoch == 0, "a later epoch: not checked here")
        entries = list(sequence((folder / "entries.cbor").read_bytes(), 128))
        records = list(sequence((folder / "statements.cbor").read_bytes(), RECORD_BYTES_MAX))
        ensure(len(records) == len(entries) == pinned["size"], "entries are missing")
        self.community = Community(self.id)
        self.manifests, self.gone, self.ended = {}, {}, set()
        for index, (entry, record) in enumerate(zip(entries, records)):
            try:
                self.push(index, entry, read_record(record))
            except Refused as error:
                raise Refused(f"entry {index}: {error}") from None
        size, root = self.community.end()
        ensure((size, root.hex()) == (pinned["size"], pinned["root"]), "entries.cbor has another root")
        note = (folder / "checkpoint").read_text()
        ensure(note == pinned["checkpoint"], "checkpoint differs from the lock's")
        head, self.seconds = self.verify(note)
        ensure((head.size, head.root) == (size, root), "another size or root")
        self.seen = self.seconds
        latest = folder / "latest"
        if latest.exists():
            head, seconds = self.verify(latest.read_text())
            ensure(head.size >= size, "latest is older than checkpoint")
            self.seen = max(self.seen, seconds)

    def verify(self, note):
        note = Checkpoint(note)
        log_key = self.community.last_charter(note.size)[1]
        return note, note.verify(self.id, 0, log_key)

    def push(self, index, entry, record):
        code, salt, found = record
        commitment_ = cbor.read(entry)[2]
        if code == 2:
            self.gone[index] = found
            self.community.push(entry, ("gone", found))
            return
        ensure(sha256(salt, found) == commitment_, "not what the entry commits to")
        if self.community.push(entry, found) != [LIVE]:
            return
        statement = Statement(found)
        if statement.kind == MANIFEST:
            self.manifests[index] = statement
        elif statement.kind in (WITHDRAWAL, TAKEDOWN):
            self.ended.add(statement.body[0])

    def check_holes(self, seen):
        for index, explanation in self.gone.items():
            try:
                self.community.explain(index, explanation, seen * 1000)
            except Refused as error:
                raise Refused(f"entry {index}: gone without a good explanation: {error}") from None


def check_row(line, logs):
    own, chat = read_row(line)
    ensure(own["community"] in logs, "a row of a community that is not pinned")
    log = logs[own["community"]]
    statement = log.manifests.get(own["index"])
    ensure(statement, "no manifest")
    control, _, committed, _, consent, labels = statement.body
    ensure(control not in log.ended, "withdrawn")
    opening = bytes.fromhex(own["opening"])
    ensure(commitment(opening, cbor.write(chat)) == committed, "not the chat committed to")
    ensure(own["entry"] == log.community.entries[own["index"]][2].hex(), "another entry")
    ensure(own.get("attribution") == consent[3], "another attribution")
    ensure(own["labels"]["message_count"] == labels[4], "other labels")
    index, committed = statement.policy
    ensure(own["policy"] == {"index": index, "commitment": committed.hex()}, "another policy")
    if "duplicates" not in own:
        due = None if consent[4] is None else day_text(consent[4])
        ensure((own["licence"], own.get("due")) == (consent[0], due), "other terms")
    return own["community"], own["index"]


def check_folder(folder):
    """Verifies a dataset folder; the sentence that says what was found good."""
    lock = read_lock((folder / "sheaf.lock").read_text())
    for name, digest in lock["files"].items():
        data = (folder / name).read_bytes()
        ensure(len(data) == digest["bytes"], f"{name}: another length")
        ensure(sha256(data).hex() == digest["sha256"], f"{name}: another SHA-256")
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
        except Refused as error:
            raise Refused(f"chats.jsonl, line {number}: {error}") from None
        ensure(entry == f"{leaf.hex()} {community} {index}", f"rows, line {number}: another row")
        place = (key_of_did(community), index)
        ensure(last is None or last < place, f"chats.jsonl, line {number}: out of order")
        last = place
    ensure(tree_root(leaves).hex() == lock["rows"]["root"], "the rows have another root")
    entries = sum(len(log.community.entries) for log in logs.values())
    return f"good: {len(lines)} rows, {entries} log entries of {len(logs)} communities"

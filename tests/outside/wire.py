"""exchange.md: the messages of each protocol."""

import cbor

key, text, uint, octets, boolean = cbor.key, cbor.text, cbor.uint, cbor.octets, cbor.boolean
optional, record, many = cbor.optional, cbor.record, cbor.items

REFUSAL = record(cbor.code(1, 15), text)
SALTED = record(key, octets)
POLICY = record(uint, key)
ROLE = cbor.code(1, 2)
COUNTED = record(text, uint)
BLOB = cbor.choice({1: [octets], 2: [key, uint]})
CHAT = record(key, BLOB)
STATE = cbor.choice({1: [SALTED, optional(CHAT)], 2: [octets], 3: [REFUSAL], 4: []})
LOGGED = record(uint, octets, key, text, many(key), boolean)
HOLDER = record(key, ROLE, optional(text), cbor.code(1, 4), optional(cbor.time))
PLACE = record(key, cbor.code(1, 8), optional(uint), many(HOLDER), optional(cbor.code(1, 4)))
KIND = record(text, uint, boolean)
RANGE = record(uint, uint)
FINDING = record(text, RANGE, RANGE, text, cbor.code(0, 255), boolean)
FINDINGS = record(many(KIND), many(FINDING), optional(text))
WAITING = record(key, cbor.time, uint, uint, key, optional(text), many(KIND), optional(text))
REVIEW = record(octets, key, cbor.time, FINDINGS)
COMMUNITY = record(
    key, text, uint, optional(text), POLICY, SALTED, SALTED, boolean, boolean, boolean, cbor.time
)
STATUS_LINE = record(
    key, text, boolean, uint, uint, uint, uint, uint, uint, uint, uint, uint, uint, uint, uint,
    optional(cbor.time), many(text),
)  # fmt: skip
STATUS = record(key, many(text), text, cbor.time, cbor.time, many(STATUS_LINE), uint)
PEER = record(
    key, boolean, boolean, many(text), many(record(key, optional(ROLE), optional(uint))),
    optional(cbor.time),
)  # fmt: skip

PULL_REQUEST = cbor.choice({
    1: [], 2: [key], 3: [key, uint, uint, uint], 4: [key, many(uint), cbor.code(1, 2)], 5: [key],
    6: [octets], 7: [octets], 8: [key, octets], 9: [key],
})  # fmt: skip
PULL_REPLY = cbor.choice({
    1: [REFUSAL], 2: [many(record(key, text, boolean, uint))], 3: [optional(text)],
    4: [many(octets), many(key)], 5: [uint], 6: [many(octets)], 7: [],
    8: [record(uint, many(COUNTED), many(COUNTED))],
})  # fmt: skip
MEMBER_REQUEST = cbor.choice({
    1: [optional(key)], 2: [octets], 3: [record(octets, key)], 4: [octets],
    5: [key, many(key)], 6: [key, many(key)],
})  # fmt: skip
MEMBER_REPLY = cbor.choice({
    1: [REFUSAL], 2: [COMMUNITY], 3: [LOGGED], 4: [optional(uint)], 5: [many(PLACE)],
    6: [many(boolean)], 7: [key],
})  # fmt: skip
STEWARD_REQUEST = cbor.choice({
    32: [], 33: [octets], 34: [], 35: [optional(key), uint, uint], 36: [text],
    37: [text, key, POLICY], 38: [key], 39: [], 40: [key, boolean],
    41: [optional(key), uint], 42: [key], 43: [key],
})  # fmt: skip
STEWARD_REPLY = cbor.choice({
    1: [REFUSAL], 32: [STATUS], 33: [LOGGED],
    34: [many(record(key, optional(text), boolean, uint))],
    35: [many(record(uint, octets, text)), optional(text)], 36: [many(COMMUNITY)],
    37: [record(key, text, uint)], 39: [many(PEER)], 40: [],
    41: [many(WAITING), uint], 42: [REVIEW],
})  # fmt: skip
ANNOUNCEMENT = cbor.choice({
    1: [text, uint, many(octets), many(record(uint, SALTED))], 2: [octets], 3: [octets],
})  # fmt: skip
ITEM = record(uint, STATE)
LARGE_REQUEST = record(key, uint, key)

MESSAGES = {
    "pull-request": PULL_REQUEST,
    "pull-reply": PULL_REPLY,
    "item": ITEM,
    "large-request": LARGE_REQUEST,
    "member-request": MEMBER_REQUEST,
    "member-reply": MEMBER_REPLY,
    "steward-request": STEWARD_REQUEST,
    "steward-reply": STEWARD_REPLY,
    "announcement": ANNOUNCEMENT,
}

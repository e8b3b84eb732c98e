"""encoding.md: deterministic CBOR, written from the page. One value, one byte string."""

import struct


class Refused(Exception):
    """The input is not what it claims to be."""


def ensure(holds, why):
    if not holds:
        raise Refused(why)


class Tag:
    def __init__(self, number, value):
        self.number, self.value = number, value


DEPTH_MAX = 16
ABSENT_TRUE_FALSE = {0xF4: False, 0xF5: True, 0xF6: None}


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        ensure(count <= len(self.data) - self.at, "the input ends inside a value")
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def head(self):
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            ensure(first in ABSENT_TRUE_FALSE, "a float, undefined or an unknown simple value")
            return 7, first
        ensure(info <= 27, "an indefinite length or a reserved initial byte")
        if info < 24:
            return major, info
        size = 1 << (info - 24)
        argument = int.from_bytes(self.take(size), "big")
        ensure(argument >= (24 if size == 1 else 1 << (4 * size)), "not in its shortest form")
        return major, argument

    def value(self, depth=0):
        major, argument = self.head()
        if major == 0:
            return argument
        if major == 1:
            return -1 - argument
        if major == 2:
            return self.take(argument)
        if major == 3:
            try:
                return self.take(argument).decode()
            except UnicodeDecodeError:
                raise Refused("not UTF-8") from None
        if major == 7:
            return ABSENT_TRUE_FALSE[argument]
        ensure(depth < DEPTH_MAX, "nested too deeply")
        if major == 4:
            ensure(argument <= len(self.data), "more items than there are bytes")
            return [self.value(depth + 1) for _ in range(argument)]
        if major == 5:
            return self.pairs(argument, depth + 1)
        return Tag(argument, self.value(depth))

    def pairs(self, count, depth):
        ensure(count <= len(self.data), "more pairs than there are bytes")
        found, last = {}, b""
        for _ in range(count):
            start = self.at
            key = self.value(depth)
            encoded = self.data[start : self.at]
            ensure(isinstance(key, (int, str, bytes)), "a key of another type")
            ensure(encoded > last, "keys out of order or repeated")
            last, found[key] = encoded, self.value(depth)
        return found


def read(data, tagged=None):
    """The one value in `data`: under the tag `tagged`, and nowhere under another."""
    reader = Reader(data)
    value = reader.value()
    ensure(reader.at == len(data), "bytes follow the value")
    if tagged is not None:
        ensure(isinstance(value, Tag) and value.number == tagged, f"not under the tag {tagged}")
        value = value.value
    refuse_tags(value)
    return value


def refuse_tags(value):
    ensure(not isinstance(value, Tag), "a tag that no page names")
    for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        refuse_tags(item)


def head(major, argument):
    if argument < 24:
        return bytes([major << 5 | argument])
    for info, code, bound in ((24, ">B", 8), (25, ">H", 16), (26, ">I", 32), (27, ">Q", 64)):
        if argument < 1 << bound:
            return bytes([major << 5 | info]) + struct.pack(code, argument)
    raise ValueError(argument)


def write(value):
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(4, len(value)) + b"".join(write(item) for item in value)


# What pages say of fields. Each answers the value, or refuses it.


def uint(value, least=0, most=2**64 - 1):
    ensure(type(value) is int and least <= value <= most, "not an unsigned integer in its range")
    return value


def integer(value, least=-(2**63), most=2**63 - 1):
    ensure(type(value) is int and least <= value <= most, "not an integer in its range")
    return value


def text(value, most=None):
    ensure(type(value) is str, "not a text")
    ensure(most is None or len(value.encode()) <= most, "a text beyond its bound")
    return value


def boolean(value):
    ensure(type(value) is bool, "neither true nor false")
    return value


def octets(value, length=None):
    ensure(type(value) is bytes, "not a byte string")
    ensure(length is None or len(value) == length, "of another length")
    return value


def key(value):
    return octets(value, 32)


def time(value):
    return uint(value, most=253402300799999)


def code(first, last):
    return lambda value: uint(value, first, last)


def optional(rule):
    return lambda value: None if value is None else rule(value)


def items(rule, least=0, most=2**64):
    def check(value):
        ensure(type(value) is list and least <= len(value) <= most, "not a list in its bounds")
        return [rule(item) for item in value]

    return check


def record(*rules):
    def check(value):
        ensure(type(value) is list and len(value) == len(rules), "another number of fields")
        return [rule(item) for rule, item in zip(rules, value)]

    return check


def choice(table):
    """An array of a code and the fields of that code."""

    def check(value):
        ensure(type(value) is list and value and type(value[0]) is int, "not a choice")
        ensure(value[0] in table, "an unknown code")
        return [value[0], *record(*table[value[0]])(value[1:])]

    return check

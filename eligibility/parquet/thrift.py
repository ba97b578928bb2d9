"""Thrift's compact protocol, in which the footer of a Parquet file is written: bytes to values and back.

Knows nothing of Parquet, and so loses nothing that a newer version of it may add.
Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Type:
    """What kind of value follows. Of a yes or no in a field the type is the value; in a list it is a byte."""

    YES, NO, I8, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)


@dataclass(slots=True)
class Items:
    """A list or a set of values of one type."""

    type: int
    values: list[Any]


@dataclass(slots=True)
class Pairs:
    """A map from values of one type to values of another."""

    types: tuple[int, int]
    values: list[tuple[Any, Any]]


@dataclass(slots=True)
class Struct:
    """Values by the numbers of their fields, each with its type, in ascending order."""

    fields: dict[int, tuple[int, Any]]

    def __contains__(self, number: int) -> bool:
        return number in self.fields

    def __getitem__(self, number: int) -> Any:
        return self.fields[number][1]

    def with_fields(self, values: dict[int, tuple[int, Any]], without: frozenset[int] = frozenset()) -> Struct:
        """The same with these fields, and without those."""
        fields = {number: field for number, field in self.fields.items() if number not in without} | values
        return Struct(dict(sorted(fields.items())))


def read_struct(content: bytes) -> Struct:
    """The struct with which the content begins. Raises ValueError or IndexError where it is none."""
    return _Reader(content).struct()


def written(struct: Struct) -> bytes:
    """A struct as bytes."""
    found = bytearray()
    _write_struct(found, struct)
    return bytes(found)


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def struct(self) -> Struct:
        fields: dict[int, tuple[int, Any]] = {}
        number = 0
        while head := self._byte():
            step, type_ = head >> 4, head & 15
            number = number + step if step else self._signed()
            fields[number] = (type_, type_ == Type.YES if type_ in (Type.YES, Type.NO) else self._value(type_))
        return Struct(fields)

    def _value(self, type_: int) -> Any:
        match type_:
            case Type.I16 | Type.I32 | Type.I64:
                return self._signed()
            case Type.BINARY:
                return self._bytes(self._unsigned())
            case Type.STRUCT:
                return self.struct()
            case Type.LIST | Type.SET:
                head = self._byte()
                size, of = head >> 4, head & 15
                size = self._unsigned() if size == 15 else size
                return Items(of, [self._value(of) for _ in range(size)])
            case Type.MAP:
                size = self._unsigned()
                types = divmod(self._byte(), 16) if size else (0, 0)
                return Pairs(types, [(self._value(types[0]), self._value(types[1])) for _ in range(size)])
            case Type.YES | Type.NO | Type.I8:
                return self._byte()
            case Type.DOUBLE:
                return self._bytes(8)
        raise ValueError(f"no type {type_}")

    def _byte(self) -> int:
        byte = self.content[self.at]
        self.at += 1
        return byte

    def _bytes(self, size: int) -> bytes:
        found = self.content[self.at : self.at + size]
        if len(found) < size:
            raise ValueError("cut off")
        self.at += size
        return found

    def _unsigned(self) -> int:
        found = shift = 0
        while (byte := self._byte()) & 0x80:
            found |= (byte & 0x7F) << shift
            shift += 7
        return found | byte << shift

    def _signed(self) -> int:
        number = self._unsigned()
        return number >> 1 ^ -(number & 1)


def _write_struct(to: bytearray, struct: Struct) -> None:
    last = 0
    for number, (type_, value) in struct.fields.items():
        step = number - last
        if 0 < step < 16:
            to.append(step << 4 | type_)
        else:
            to.append(type_)
            _write_signed(to, number)
        if type_ not in (Type.YES, Type.NO):
            _write(to, type_, value)
        last = number
    to.append(0)


def _write(to: bytearray, type_: int, value: Any) -> None:
    match type_:
        case Type.I16 | Type.I32 | Type.I64:
            _write_signed(to, value)
        case Type.BINARY:
            _write_unsigned(to, len(value))
            to += value
        case Type.STRUCT:
            _write_struct(to, value)
        case Type.LIST | Type.SET:
            size = len(value.values)
            to.append(min(size, 15) << 4 | value.type)
            if size >= 15:
                _write_unsigned(to, size)
            for part in value.values:
                _write(to, value.type, part)
        case Type.MAP:
            _write_unsigned(to, len(value.values))
            if value.values:
                to.append(value.types[0] << 4 | value.types[1])
            for key, part in value.values:
                _write(to, value.types[0], key)
                _write(to, value.types[1], part)
        case Type.YES | Type.NO | Type.I8:
            to.append(value)
        case Type.DOUBLE:
            to += value


def _write_unsigned(to: bytearray, number: int) -> None:
    while number > 0x7F:
        to.append(number & 0x7F | 0x80)
        number >>= 7
    to.append(number)


def _write_signed(to: bytearray, number: int) -> None:
    _write_unsigned(to, number << 1 ^ number >> 63)

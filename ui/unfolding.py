"""How much a YAML text unfolds to: a few lines that refer to each other can fill any memory."""

from __future__ import annotations

import yaml

MOST_NODES = 400_000
MOST_BYTES = 2 * 1024 * 1024  # a browser keeps to the limit of each upload; whoever sends without one could send what the largest may have


def too_much(content: bytes) -> bool:
    """Whether a text unfolds to more than a rulebook or a list of companies ever holds. What is no YAML is for others to tell."""
    if len(content) > MOST_BYTES:
        return True
    try:
        root = yaml.compose(content.decode("utf-8-sig"), yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return False
    if root is None:
        return False
    try:
        return _count(root, {}) > MOST_NODES
    except RecursionError:  # nested without end, or within itself
        return True


def _count(node: yaml.Node, known: dict[int, int]) -> int:
    """The nodes below, each counted as often as it is referred to."""
    if id(node) not in known:
        match node:
            case yaml.MappingNode():
                inner = [part for pair in node.value for part in pair]
            case yaml.SequenceNode():
                inner = node.value
            case _:
                inner = []
        known[id(node)] = 1 + sum(_count(part, known) for part in inner)
    return known[id(node)]

"""YAML files as data, and the place of everything in them.

Reading takes the fast path; lines and columns are worked out only when there is something to report.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml

from eligibility.rulebook.problems import Problem, RulebookError

Place = Sequence[str | int]


class _Loader(yaml.CSafeLoader):
    """The safe C loader, but a key written twice in one mapping is a fault, not a silent overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"“{key.value}”写了两遍", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path, name: str) -> Any:
    """The content of one file. `name` is how the file is called in messages.

    Raises RulebookError with the place of the first character that is not YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except UnicodeDecodeError as error:
        raise RulebookError([Problem(name, 0, 0, f"不是 UTF-8 编码（第 {error.start} 字节）", "请另存为 UTF-8。")]) from None
    except yaml.reader.ReaderError as error:
        raise RulebookError([Problem(name, 0, 0, f"有 YAML 不允许的字符（位置 {error.position}）", "请删掉这个看不见的字符。")]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        what = error.problem or ""
        if "写了两遍" in what:
            raise RulebookError([Problem(name, line, column, what, "只留一个。")]) from None
        raise RulebookError([Problem(name, line, column, f"不是正确的 YAML（{what}）", "请检查这一行的缩进、冒号后的空格和引号。")]) from None


def locate(path: Path, place: Place) -> tuple[int, int]:
    """Line and column, from 1, of the deepest part of `place` that the file has. Parts that lead nowhere are passed over."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return (0, 0)
    if node is None:
        return (1, 1)
    mark = node.start_mark
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if isinstance(k, yaml.ScalarNode) and k.value == part), None)
            if found:
                mark, node = found[0].start_mark, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            mark = node.start_mark
    return (mark.line + 1, mark.column + 1)

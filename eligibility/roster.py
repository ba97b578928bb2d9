"""A list of companies with their answers, from a folder of ANSWERS files or from one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_ENDINGS = {".yaml", ".yml", ".json"}


class Company(NamedTuple):
    """One company: what it is called, and its answers as an ANSWERS file holds them."""

    name: str
    answers: Mapping[str, Any]


def read_roster(path: Path) -> tuple[list[Company], list[str]]:
    """The companies, in the order of the file or of the file names, and what could not be read.

    A folder holds one ANSWERS file a company, named after it. A file holds a list of `{name: …, answers: {…}}`.
    In a folder, whatever carries `answers` will do: results and receipts of earlier assessments too. What cannot be
    read is left out and told; every other company stays.
    """
    companies: list[Company] = []
    faults: list[str] = []
    for place, name, content in _entries(path, faults):
        if isinstance(content, Mapping) and isinstance(content.get("answers"), Mapping):
            companies.append(Company(str(content.get("name") or name), content["answers"]))
        elif isinstance(content, Mapping) and path.is_dir():
            companies.append(Company(name, content))
        else:
            faults.append(f"{place}：看不出这家企业的回答。请写成 name（名称）和 answers（题目编号: 回答）。")
    return companies, faults


def _entries(path: Path, faults: list[str]) -> Iterator[tuple[str, str, Any]]:
    if path.is_dir():
        for file in sorted(p for p in path.iterdir() if p.suffix in _ENDINGS):
            if (content := _content(file, faults)) is not None:
                yield str(file), file.stem, content
    elif isinstance(listed := _content(path, faults), list):
        yield from ((f"{path} 第 {n} 家", f"第 {n} 家", content) for n, content in enumerate(listed, start=1))
    elif listed is not None:
        faults.append(f"{path}：应是一张企业的清单，或者一个文件夹。清单每一项写 name（名称）和 answers（题目编号: 回答）。")


def _content(path: Path, faults: list[str]) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8-sig"), yaml.CSafeLoader) or {}
    except UnicodeDecodeError:
        faults.append(f"{path}：不是 UTF-8 编码。请另存为 UTF-8。")
    except OSError as error:
        faults.append(f"{path}：打不开（{error.strerror}）。请检查路径。")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        faults.append(f"{path}：不是正确的 YAML 或 JSON（{f'第 {mark.line + 1} 行' if mark else '开头'}）。请检查缩进、冒号后的空格和引号。")
    return None

"""A list of companies with their answers, from a folder of ANSWERS files or from one file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from eligibility.file_trouble import why
from eligibility.override import Override

_ENDINGS = {".yaml", ".yml", ".json"}


class Company(NamedTuple):
    """One company: what it is called, its answers as an ANSWERS file holds them, and what an advisor decided otherwise."""

    name: str
    answers: Mapping[str, Any]
    overrides: tuple[Override, ...] = ()


def read_roster(path: Path) -> tuple[list[Company], list[str]]:
    """The companies, in the order of the file or of the file names, and what could not be read.

    A folder holds one ANSWERS file a company, named after it. A file holds a list of `{name: …, answers: {…}}`.
    In a folder, whatever carries `answers` will do: results and receipts of earlier assessments too. What cannot be
    read is left out and told; every other company stays.
    """
    companies: list[Company] = []
    faults: list[str] = []
    files = sorted(p for p in path.iterdir() if p.suffix in _ENDINGS) if path.is_dir() else [path]
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            faults.append(f"{file}：打不开（{why(error)}）。请检查路径。")
            continue
        data = _data(str(file), content, faults)
        if path.is_dir():
            _one(str(file), file.stem, data, companies, faults, bare=True)
        elif isinstance(data, list):
            _listed(str(file), data, companies, faults)
        elif data is not None:
            faults.append(f"{file}：应是一张企业的清单，或者一个文件夹。清单每一项写 name（名称）和 answers（题目编号: 回答）。")
    return companies, faults


def read_files(files: Iterable[tuple[str, bytes]]) -> tuple[list[Company], list[str]]:
    """The same from the names and the contents of files: each holds the answers of one company, or a list of companies."""
    companies: list[Company] = []
    faults: list[str] = []
    for name, content in files:
        data = _data(name, content, faults)
        if isinstance(data, list):
            _listed(name, data, companies, faults)
        else:
            _one(name, Path(name).stem, data, companies, faults, bare=True)
    return companies, faults


def _listed(place: str, listed: list[Any], companies: list[Company], faults: list[str]) -> None:
    for n, data in enumerate(listed, start=1):
        _one(f"{place} 第 {n} 家", f"第 {n} 家", data, companies, faults, bare=False)


def _one(place: str, name: str, data: Any, companies: list[Company], faults: list[str], *, bare: bool) -> None:
    """One company; `bare`: the answers may stand there by themselves. No data: it was told already why."""
    if isinstance(data, Mapping) and isinstance(data.get("answers"), Mapping):
        companies.append(Company(str(data.get("name") or name), data["answers"]))
    elif isinstance(data, Mapping) and bare:
        companies.append(Company(name, data))
    elif data is not None or not bare:
        faults.append(f"{place}：看不出这家企业的回答。请写成 name（名称）和 answers（题目编号: 回答）。")


def _data(place: str, content: bytes, faults: list[str]) -> Any:
    try:
        return yaml.load(content.decode("utf-8-sig"), yaml.CSafeLoader) or {}
    except UnicodeDecodeError:
        faults.append(f"{place}：不是 UTF-8 编码。请另存为 UTF-8。")
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # ValueError: a date that no calendar has
        mark = getattr(error, "problem_mark", None)
        faults.append(f"{place}：不是正确的 YAML 或 JSON（{f'第 {mark.line + 1} 行' if mark else '开头'}）。请检查缩进、冒号后的空格和引号。")
    return None

"""How long a ledger takes from upload to matrix: 500 and 10,000 clients, every kind of file. `python -m benchmarks.screening`."""

from __future__ import annotations

import csv
import resource
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from random import Random
from typing import Any

from eligibility.report.screening_archive import write_reports
from eligibility.report.screening_workbook import render_screening
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.screening.gaps import gaps
from eligibility.screening.ledger import open_ledger
from eligibility.screening.screening import screen
from eligibility.screening.template import TemplateColumn, template_columns

DAY = date(2026, 11, 22)


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Run once and print the time and the most memory that the process has had so far."""
    start = time.perf_counter()
    found = work()
    print(f"{what:<60} {time.perf_counter() - start:8.2f} s   peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    return found


def ledger(rulebook: Rulebook, clients: int) -> list[list[Any]]:
    """A filled-in template in which a third of the cells is empty; the same at every run."""
    random, columns = Random(7), list(template_columns(rulebook))
    rows: list[list[Any]] = [[c.header for c in columns]]
    for n in range(clients):
        rows.append([f"第{n}家公司", *("" if random.random() < 0.33 else _cell(c, random) for c in columns[1:])])
    return rows


def _cell(column: TemplateColumn, random: Random) -> Any:
    if column.choices:
        return random.choice(column.choices)
    if column.form == "number":
        return random.randint(0, int(min(column.question.max or 0, 3000)))
    return "2024-07" if column.question.kind == "month" else "2027-07-15" if column.form == "date" else ""


def as_csv(rows: list[list[Any]]) -> bytes:
    """The rows in GB18030, as Excel saves them."""
    target = StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue().encode("gb18030")


def as_xlsx(rows: list[list[Any]]) -> bytes:
    """The rows as a workbook."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([cell if cell != "" else None for cell in row])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def main() -> None:
    """Measure and print."""
    rulebook = load()
    for clients in (500, 10_000):
        rows = ledger(rulebook, clients)
        print(f"{clients:,} clients, {len(rows[0])} columns, {len(rulebook.supports)} supports")
        for name, content in (("a.csv", as_csv(rows)), ("a.xlsx", as_xlsx(rows))):
            opened = timed(f"  open {name}, {len(content) / 1e6:.1f} MB", lambda name=name, content=content: open_ledger(content, name, rulebook))
            reading = timed("  read its rows", opened.read)
        screening = timed("  screen", lambda reading=reading: screen(rulebook, reading.clients, on=DAY))
        timed("  rank the gaps", lambda screening=screening: gaps(screening))
        if clients == 500:
            timed("  the workbook", lambda screening=screening: render_screening(screening))
            timed("  the zip of PDFs", lambda screening=screening: write_reports(screening, BytesIO()))


if __name__ == "__main__":
    main()

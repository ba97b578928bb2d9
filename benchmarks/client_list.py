"""How long the page of stored clients takes with very many of them: `python -m benchmarks.client_list`."""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, insert

from eligibility.clients.database import Database
from eligibility.clients.tables import CertificateRow, ClientRow, TagRow

ROOT = Path(__file__).resolve().parents[1]
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


def fill(path: Path, clients: int) -> None:
    """A database with clients, half of them with a paper, a third of them with a tag."""
    url = f"sqlite:///{path}"
    Database(url).close()
    ids = [uuid4().hex for _ in range(clients)]
    common = {"organisation": "local", "version": 1, "notes": "", "stage": "active", "answers": {}, "created": AT, "changed_by": "王芳"}
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(insert(ClientRow), [{**common, "id": i, "name": f"辽宁第{n}号科技有限公司", "changed": AT - timedelta(minutes=n)} for n, i in enumerate(ids)])
        papers = [{"client_id": i, "question": "titles", "option": "high_tech", "number": None, "until": date(2026, 12, 1) + timedelta(days=n % 1000)} for n, i in enumerate(ids[::2])]
        connection.execute(insert(CertificateRow), papers)
        connection.execute(insert(TagRow), [{"client_id": i, "tag": f"孵化器{n % 20}"} for n, i in enumerate(ids[::3])])
    engine.dispose()


Times = tuple[float, float]


def measure(clients: int, rounds: int) -> dict[str, Times]:
    """The medians of a whole run of the script, in milliseconds by the clock and of the processor: opened, searched, ordered by expiry, narrowed by a tag, turned."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ELIGIBILITY_DATA"] = folder
        fill(Path(folder) / "clients.sqlite3", clients)
        import streamlit as st
        from streamlit.testing.v1 import AppTest

        from eligibility.clients.desk import Order
        from ui.access.machine import mark

        type(st.context).headers = mark()  # type: ignore[assignment, method-assign]
        type(st.context).cookies = {}  # type: ignore[assignment, method-assign]
        app = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
        app.run()
        app.switch_page("../pages/clients.py")
        app.run()
        assert f"共 {clients:,} 家" in app.caption[0].value, app.exception

        def timed(change: Callable[[int], object]) -> Times:
            clock, processor = [], []
            for n in range(rounds):
                change(n)
                began, used = time.perf_counter(), time.process_time()
                app.run()
                clock.append((time.perf_counter() - began) * 1000)
                processor.append((time.process_time() - used) * 1000)
            return statistics.median(clock), statistics.median(processor)

        def search(n: int) -> None:
            app.text_input(key="clients-words").set_value(f"第{n}7")

        def order(n: int) -> None:
            app.text_input(key="clients-words").set_value("")
            app.selectbox(key="clients-order").set_value(Order.EXPIRY)

        def narrow(n: int) -> None:
            app.selectbox(key="clients-tag").set_value(f"孵化器{n % 20}")

        times = {"opened": timed(lambda n: None), "searched": timed(search), "by expiry": timed(order), "by tag": timed(narrow)}
        app.selectbox(key="clients-tag").set_value(None)
        app.run()
        return times | {"turned": timed(lambda n: next(b for b in app.button if b.label == "下一页").click())}


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    for what, (clock, processor) in measure(chosen.clients, chosen.rounds).items():
        print(f"{what:12} {clock:6.0f} ms by the clock, {processor:6.0f} ms of the processor")


if __name__ == "__main__":
    main()

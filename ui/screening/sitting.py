"""One ledger on the desk: from the upload to what was found. It belongs to one session and one advisor, and nobody else sees it."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import streamlit as st

from eligibility.clients.records import Advisor
from eligibility.data_folder import data_folder, remove_older
from eligibility.rulebook.book import Rulebook
from eligibility.screening.clients import Client
from eligibility.screening.headers import RememberedColumn
from ui.screening.column_maps import ColumnMaps, of_organisation
from ui.screening.job import Job
from ui.screening.work import Found, UnknownColumnsError, put_together, screen_ledger, screen_stored

_KEY = "screening"  # in st.session_state
_FILES = "screening"  # in the data folder: what is made to be downloaded, as long as its session lasts


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes


@dataclass
class Sitting:
    """What the page remembers between its runs. `number` counts the ledgers: widgets of one never stand for another."""

    advisor: Advisor
    book: Rulebook
    on: date
    number: int = 0
    upload: Upload | None = None
    stored: bool = False  # whether the clients come from 客户档案, and not from a ledger
    job: Job | None = None
    found: Found | None = None
    trouble: str | None = None
    unknown: UnknownColumnsError | None = None
    files: dict[str, tuple[Job, Path]] = field(default_factory=dict)  # what is being made to be downloaded, by what it is
    _folder: Path | None = None

    @property
    def maps(self) -> ColumnMaps:
        """What this organisation has said of columns before."""
        return of_organisation(data_folder(), self.advisor.organisation)

    def begin(self, upload: Upload) -> None:
        """Start on another ledger. Of the one before nothing stays."""
        self.number += 1
        self.upload, self.stored = upload, False
        self._start(None)

    def begin_stored(self, clients: Sequence[Client], unread: Sequence[str]) -> None:
        """Start on clients that are stored. Of the ledger before nothing stays."""
        self.number += 1
        self.upload, self.stored = Upload("客户档案里的企业", b""), True
        self._forget()
        self.job = Job(screen_stored, self.book, clients, unread, self.on)

    def again(self, said: Mapping[str, RememberedColumn]) -> None:
        """Decide the same ledger with other columns."""
        self._start(said)

    def _start(self, said: Mapping[str, RememberedColumn] | None) -> None:
        assert self.upload is not None
        self._forget()
        self.job = Job(screen_ledger, self.book, self.upload.content, self.upload.name, said, self.maps, self.on)

    def _forget(self) -> None:
        self.stop()
        self.found, self.trouble, self.unknown = None, None, None

    def settle(self) -> bool:
        """Take over what the job has found, if it has ended. Whether anything is new."""
        job = self.job
        if job is None or job.running:
            return False
        self.job = None
        if job.done:
            self.found = put_together(self.book, self.on, job.parts)
        elif job.refused is not None:
            self.trouble = str(job.refused)
            self.unknown = job.refused if isinstance(job.refused, UnknownColumnsError) else None
        else:
            self.trouble = "判断的时候出了意外，没有做完。请再上传一次；如果还不行，请把台账分成几份，或者告诉维护人员。"
        return True

    def stop(self) -> None:
        """Stop whatever is under way; what was made is gone too."""
        for job in (self.job, *(job for job, _ in self.files.values())):
            if job is not None:
                job.cancel()
        self.job = None
        self.files.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def clear(self) -> None:
        """Put the ledger away."""
        self.stop()
        self.number += 1
        self.upload = self.found = self.trouble = self.unknown = None

    def place_for(self, name: str) -> Path:
        """Where a file to be downloaded is made. The folder goes with the sitting."""
        if self._folder is None:
            parent = data_folder() / _FILES
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(dir=parent))
            weakref.finalize(self, shutil.rmtree, self._folder, True)
        return self._folder / name


def of_this_session(advisor: Advisor, book: Rulebook, on: date) -> Sitting:
    """The sitting of this session. Another advisor, other rules or another day begin with an empty desk."""
    found: Sitting | None = st.session_state.get(_KEY)
    if found is None or (found.advisor, found.book, found.on) != (advisor, book, on):
        if found is not None:
            found.stop()
        found = st.session_state[_KEY] = Sitting(advisor, book, on)
    return found


def remove_left_over() -> None:
    """At the start of the program: files of sessions that a crash ended long ago. Younger ones may be another process's."""
    remove_older(data_folder() / _FILES, 24 * 3600)

"""File parts of a form, written straight into the store while the body is being parsed.

Register `PortalRequest` as the app's `request_class` and the store as
`app.extensions["storage"]`. Reads `EVIDENCE_MAX_BYTES` (one file) and `EVIDENCE_FILES_MAX`
(files in one request) from the configuration. Everything that was received and not kept is
removed when the request ends, however it ends.

The body is read the first time `form` or `files` is asked for: whoever must be refused has to be
refused before that.
"""

import io
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar, cast

from flask import Request, current_app
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from portal import formatting
from portal.storage import Incoming, Storage, TooLarge

EVIDENCE_MAX_BYTES = 100 * 1024 * 1024
EVIDENCE_FILES_MAX = 20
FORM_OVERHEAD = 1024 * 1024
IN_MEMORY = 500 * 1024
READ_STEP = 1024 * 1024

View = TypeVar("View", bound=Callable[..., Any])


def accepts_upload(view: View) -> View:
    """Mark a view whose file parts go into the store."""
    view.accepts_upload = True  # type: ignore[attr-defined]
    return view


def at_most(octets: int) -> Callable[[View], View]:
    """Say of a view that takes files how large one of them may be, where that is less than evidence may be."""

    def mark(view: View) -> View:
        view.largest_file = octets  # type: ignore[attr-defined]
        return view

    return mark


def takes(*types: str) -> Callable[[View], View]:
    """Say of a view that its body is of these types and no form."""

    def mark(view: View) -> View:
        view.takes = frozenset(types)  # type: ignore[attr-defined]
        return view

    return mark


def received(file: FileStorage) -> Incoming:
    """The file on its way into the store behind a form's file field."""
    if not isinstance(file.stream, Incoming):
        raise TypeError("this view is not marked with @accepts_upload")
    return file.stream


class PortalRequest(Request):
    @property
    def max_content_length(self) -> int | None:
        """Bytes of a whole body: larger for views that take evidence."""
        if self._max_content_length is None and self._takes_evidence:
            return self._largest_file + FORM_OVERHEAD
        return super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    @property
    def _takes_evidence(self) -> bool:
        view = current_app.view_functions.get(self.endpoint or "")
        return bool(getattr(view, "accepts_upload", False))

    @property
    def _largest_file(self) -> int:
        view = current_app.view_functions.get(self.endpoint or "")
        return int(getattr(view, "largest_file", 0) or current_app.config.get("EVIDENCE_MAX_BYTES") or EVIDENCE_MAX_BYTES)

    def _get_file_stream(self, total_content_length: int | None, content_type: str | None,
                         filename: str | None = None,
                         content_length: int | None = None) -> IO[bytes]:
        if not self._takes_evidence:
            return cast(IO[bytes], SpooledTemporaryFile(max_size=IN_MEMORY, mode="rb+"))
        most = int(current_app.config.get("EVIDENCE_FILES_MAX") or EVIDENCE_FILES_MAX)
        if len(self._incoming) >= most:
            raise TooLarge(most, f"Terlalu banyak berkas: paling banyak {most} berkas dalam satu"
                                 " kali kirim. Kirim sisanya sesudah ini.")
        storage = cast(Storage, current_app.extensions["storage"])
        incoming = storage.receive(limit=self._largest_file)
        self._incoming.append(incoming)
        return cast(IO[bytes], incoming)

    def _get_stream_for_parsing(self) -> IO[bytes]:
        """In large steps from the server, which copies what is left over at each small one."""
        stream = super()._get_stream_for_parsing()
        if isinstance(stream, io.RawIOBase) and self._takes_evidence:
            return cast(IO[bytes], io.BufferedReader(stream, READ_STEP))
        return stream

    @property
    def _incoming(self) -> list[Incoming]:
        return cast(list[Incoming], self.__dict__.setdefault("_incoming_files", []))

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except BaseException as error:
            # Whoever looks at the form again (an error page does) must not read on.
            self.__dict__.update(stream=io.BytesIO(), form=MultiDict(), files=MultiDict())
            self._discard()
            if isinstance(error, RequestEntityTooLarge) and self._takes_evidence:
                limit = self._largest_file
                raise TooLarge(limit, "Kiriman terlalu besar: satu berkas, atau semua berkas dalam"
                               f" satu kali kirim, paling besar {formatting.size(limit)}. Kecilkan"
                               " berkas atau kirim satu per satu.") from error
            raise

    def _discard(self) -> None:
        for incoming in self._incoming:
            incoming.discard()

    def close(self) -> None:
        super().close()
        self._discard()


"""What sqlite3 raises, as the failures of `app.errors`."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import DiskFull, StoreCorrupt, StoreError, StoreLocked, StoreReadOnly

_BY_CODE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_READONLY: StoreReadOnly,
    sqlite3.SQLITE_CORRUPT: StoreCorrupt,
    sqlite3.SQLITE_NOTADB: StoreCorrupt,
    sqlite3.SQLITE_IOERR_SHORT_READ: StoreCorrupt,
    sqlite3.SQLITE_BUSY: StoreLocked,
    sqlite3.SQLITE_LOCKED: StoreLocked,
}
_BY_NUMBER: dict[int, type[StoreError]] = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EROFS: StoreReadOnly,
    errno.EACCES: StoreReadOnly,
    errno.EPERM: StoreReadOnly,
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn sqlite3's errors into StoreError and its kin. A mistake in our own SQL stays what it is."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        # the low byte is the primary code, the rest says more than we need, but for a file that ends too early
        raise _BY_CODE.get(code, _BY_CODE.get(code & 0xFF, StoreError))(str(error)) from error
    except OSError as error:
        raise _BY_NUMBER.get(error.errno or 0, StoreError)(error.strerror or type(error).__name__) from error

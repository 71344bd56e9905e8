"""The first page of a damaged database file, mended so that SQLite reads the pages behind it.

Source: SQLite, "Database File Format", "The Database Header".
"""

from pathlib import Path

MAGIC = b"SQLite format 3\x00"
VERSION_AT, APPLICATION_AT = 60, 68
_VERSIONS_BORNE = 10_000
"""No Duologue writes a version above: it is damage, and no newer program's."""
_TABLE_PAGES = (5, 13)
"""The types that the schema's own page may have, inner or leaf."""


def number(header: bytes | bytearray, at: int) -> int:
    """The header's 4-byte number at an offset."""
    return int.from_bytes(header[at : at + 4], "big")


def makes_sense(head: bytes) -> bool:
    """Whether the first 100 bytes can be of a database that this program has made and brought to a version."""
    versions, encoding = (1, 2), (1, 2, 3)
    return (
        head[18] in versions
        and head[19] in versions
        and 1 <= number(head, 44) <= 4
        and number(head, 56) in encoding
        and 0 < number(head, VERSION_AT) < _VERSIONS_BORNE
    )


def mend(path: Path, donor: bytes) -> None:
    """Give a damaged file a header that can be read.

    Args:
        donor: the first page of a sound database of our schema. Where the first page is lost as a whole it takes its
            place: the same steps put every table on the same page.
    """
    size = path.stat().st_size
    with path.open("r+b") as file:
        page = bytearray(file.read(len(donor)))
        if not page.startswith(MAGIC) or len(page) < len(donor) or page[100] not in _TABLE_PAGES:
            page = bytearray(donor)
        step = _page_size(page, size, donor)
        in_log = path.with_name(f"{path.name}-wal").exists()
        page[16:18] = (1 if step == 65536 else step).to_bytes(2, "big")
        page[18:20] = b"\x02\x02" if in_log else b"\x01\x01"  # how it is written and read: with a log or without
        page[20:24] = donor[20:24]  # reserved space, and three constants
        page[28:32] = (size // step).to_bytes(4, "big")
        page[32:40] = bytes(8)  # no free pages: nothing is written here
        page[44:48] = donor[44:48]  # format of the schema
        page[52:60] = donor[52:60]  # no vacuuming; text is UTF-8
        page[64:68] = bytes(4)
        page[92:96] = page[24:28]  # the number of pages above is meant
        file.seek(0)
        file.write(page)


def _page_size(page: bytearray, size: int, donor: bytes) -> int:
    said = int.from_bytes(page[16:18], "big")
    step = 65536 if said == 1 else said
    is_sane = 512 <= step <= 65536 and step & (step - 1) == 0 and size % step == 0
    return step if is_sane else int.from_bytes(donor[16:18], "big")

"""Reads PDFs and text files. Runs in the process that decodes."""

import base64
import codecs
import io
from typing import Any, Final

from app.errors import MediaRefused

MOST_TEXT_BYTES: Final = 16 << 20
SAMPLE_BYTES: Final = 1 << 16
"""So much of a text is looked at to tell its encoding."""
THUMBNAIL_PX: Final = 128
TEXT_PAGES: Final = 40
"""Pages whose text is measured; the others are taken to be like them."""
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROL: Final = frozenset(range(32)) - {9, 10, 12, 13, 27}


def load_pdfium() -> None:
    """Load what a document may need."""
    import charset_normalizer
    import pypdfium2
    from charset_normalizer.constant import IANA_SUPPORTED

    for name in (*IANA_SUPPORTED, "utf_8_sig", "utf_16", "utf_32"):
        codecs.lookup(name)
    charset_normalizer.from_bytes("Äpfel und Öl".encode("cp1252"))
    sample = pypdfium2.PdfDocument.new()
    _drawn(sample.new_page(8, 8), THUMBNAIL_PX)
    sample[0].get_textpage().count_chars()


def read(asked: dict[str, Any], data: bytes) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """What is known of a document; parts: a PDF's base64 and a thumbnail of its first page, or a text as UTF-8.

    Args:
        asked: `kind`, `pdf` or `text`; `page`, to be told the text of a PDF's page (from 1) and nothing else.

    Raises:
        MediaRefused: it is damaged, locked, or no text.
    """
    if asked["kind"] == "text":
        return _text(data)
    return _pdf(data) if not asked.get("page") else _page(data, asked["page"], asked["edge_px"])


def _pdf(data: bytes) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    document = _document(data)
    pages = len(document)
    if pages < 1:
        raise MediaRefused("", "damaged", "PDF")
    measured = min(pages, TEXT_PAGES)
    characters = sum(document[at].get_textpage().count_chars() for at in range(measured))
    answer = {"pages": pages, "characters": characters * pages // measured}
    return answer, (base64.b64encode(data), base64.b64encode(_drawn(document[0], THUMBNAIL_PX)))


def _page(data: bytes, number: int, edge_px: int) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """One page, drawn as a PNG."""
    document = _document(data)
    if not 1 <= number <= len(document):
        raise MediaRefused("", "damaged", "PDF")
    return {"pages": len(document)}, (base64.b64encode(_drawn(document[number - 1], edge_px)),)


def _document(data: bytes) -> Any:
    import pypdfium2
    import pypdfium2.raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower() or "security" in str(error).lower()
        raise MediaRefused("", "password" if locked else "damaged", "PDF") from error
    if pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document) >= 0:
        raise MediaRefused("", "password", "PDF")
    return document


def _drawn(page: Any, edge_px: int) -> bytes:
    width, height = page.get_size()
    scale = edge_px / max(width, height, 1.0)
    target = io.BytesIO()
    page.render(scale=scale).to_pil().save(target, "PNG")
    return target.getvalue()


def _text(data: bytes) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    if len(data) > MOST_TEXT_BYTES:
        raise MediaRefused("", "too large", f"{MOST_TEXT_BYTES >> 20} MB")
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        raise MediaRefused("", "unknown") from error
    if any(ord(each) in CONTROL for each in text[:SAMPLE_BYTES]):
        raise MediaRefused("", "unknown")
    # no text of a message holds these: the service takes none
    return {"encoding": encoding}, (text.replace("\0", "\ufffd").encode("utf-8"),)


def _encoding(data: bytes) -> str:
    for mark, name in MARKS:
        if data.startswith(mark):
            return name
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(data)
    return "utf-8"


def _guessed(data: bytes) -> str:
    import charset_normalizer

    best = charset_normalizer.from_bytes(data[:SAMPLE_BYTES]).best()
    if best is None:
        raise MediaRefused("", "unknown")
    return str(best.encoding)

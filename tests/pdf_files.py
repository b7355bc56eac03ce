"""PDFs for tests, written by hand: lines where they are wanted, links, images and what a PDF states about itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

PAGE = "[0 0 595 842]"


class Line(NamedTuple):
    """A line of a page. With ``link``, it is a link; ``bold`` letters are of another font."""

    text: str
    y: float
    size: float = 10
    x: float = 50
    link: bool = False
    bold: bool = False


def lines_down(*parts: tuple[str, float] | tuple[str, float, bool], start: float = 780) -> list[Line]:
    """Return lines below each other, given the text and the size of each; a third value says that it is a link.

    An empty text leaves a gap, so that the next line begins a paragraph.
    """
    found, y = [], start
    for text, size, *link in parts:
        y -= 1.25 * size
        if text:
            found.append(Line(text, y, size, link=bool(link and link[0])))
    return found


def pdf_of(
    pages: Sequence[Sequence[Line]],
    info: dict[str, str] | None = None,
    *,
    scans: Sequence[int] = (),
    lang: str = "",
) -> bytes:
    """Return a PDF with the given pages. The pages with the numbers in ``scans`` are covered by an image of grey."""
    catalog = b"<< /Type /Catalog /Pages 2 0 R %s >>" % (f"/Lang ({lang})".encode() if lang else b"")
    fonts = [
        b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name
        for name in (b"Helvetica", b"Helvetica-Bold")
    ]
    image = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    objects = [catalog, b"", *fonts, image + b"\nstream\n\x80\nendstream"]
    kids = []
    for number, page in enumerate(pages):
        drawn = [b"q 595 0 0 842 0 0 cm /Im1 Do Q"] if number in scans else []
        drawn += [
            b"BT /F%d %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET"
            % (2 if one.bold else 1, one.size, one.x, one.y, _escaped(one.text))
            for one in page
        ]
        stream = b"\n".join(drawn)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        content = len(objects)
        links = b" ".join(
            b"<< /Type /Annot /Subtype /Link /Rect [%g %g %g %g] /A << /S /URI /URI (https://e.org) >> >>"
            % (one.x, one.y - 2, one.x + len(one.text) * one.size * 0.5, one.y + one.size)
            for one in page
            if one.link
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents %d 0 R /Annots [%s]"
            b" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> /XObject << /Im1 5 0 R >> >> >>"
            % (PAGE.encode(), content, links)
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    trailer = b"/Root 1 0 R"
    if info:
        stated = b" ".join(b"/%s (%s)" % (name.encode(), _escaped(value)) for name, value in info.items())
        objects.append(b"<< %s >>" % stated)
        trailer += b" /Info %d 0 R" % len(objects)
    return file_of(objects, trailer)


def file_of(objects: Sequence[bytes], trailer: bytes) -> bytes:
    """Return a PDF file with the given objects, numbered from 1, and the entries of its trailer."""
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, trailer, len(data),
    )  # fmt: skip


def _escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")

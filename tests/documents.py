"""Small documents for the tests of their readers, made by hand: each part is what the programs write."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'

STYLES = (
    f"<w:styles {W}>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/><w:basedOn w:val="Standard"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:basedOn w:val="Standard"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/><w:basedOn w:val="berschrift1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Meldung"><w:name w:val="Meldung"/><w:basedOn w:val="berschrift1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Zitat"><w:name w:val="Quote"/></w:style>'
    '<w:style w:type="character" w:styleId="Geheim"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>'
    "</w:styles>"
)


def packed(members: Mapping[str, bytes | str]) -> bytes:
    """Return a zip file with the given members, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(body: str, core: str = "", links: Mapping[str, str] | None = None, **parts: str) -> bytes:
    """Return a document with the given body in WordprocessingML; ``parts`` are members below ``word/``, by their stems."""
    relations = "".join(
        f'<Relationship Id="{key}" Type="{R[9:-1]}/hyperlink" Target="{target}" TargetMode="External"/>'
        for key, target in (links or {}).items()
    )
    return packed({
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {W} {R} {MC}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": STYLES,
        "word/_rels/document.xml.rels": f"<Relationships>{relations}</Relationships>",
        "docProps/core.xml": "<cp:coreProperties xmlns:cp='c' xmlns:dc='d' xmlns:dcterms='t'>"
        f"{core}</cp:coreProperties>",
        **{f"word/{stem}.xml": content for stem, content in parts.items()},
    })  # fmt: skip


def para(*runs: str, style: str = "", properties: str = "") -> str:
    """Return a paragraph in WordprocessingML of the given runs; a run without markup is a plain text."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inner = "".join(one if one.startswith("<") else run(one) for one in runs)
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inner}</w:p>"


def run(text: str, properties: str = "") -> str:
    """Return a run of text in WordprocessingML."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def field(instruction: str, result: str) -> str:
    """Return a field in WordprocessingML with its instruction and its result."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def rtf(body: str, info: str = "", head: str = "") -> bytes:
    """Return a document in RTF with the given body; styles 1 and 2 are headings, style 9 is the title."""
    return (
        r"{\rtf1\ansi\ansicpg1252\uc1\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fnil\fcharset204 Arial Cyr;}}"
        r"{\stylesheet{\ql\f0 Normal;}{\s1\outlinelevel0\b heading 1;}{\s2\outlinelevel1 heading 2;}{\s9 Title;}"
        r"{\*\cs10 Default Font;}}"
        f"{{\\info{info}}}{head}\n{body}}}"
    ).encode("latin-1")


OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="f" xmlns:xlink="x" xmlns:meta="m" xmlns:dc="d" '
    'xmlns:presentation="p"'
)
OPEN_STYLES = (
    '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Heading_20_1"/>'
    '<style:style style:name="P2" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>'
    '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="T2" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
)


def open_document(body: str, kind: str = "text", about: str = "", manifest: str = "") -> bytes:
    """Return an OpenDocument file with the given body."""
    return packed({
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {OFFICE}><office:automatic-styles>{OPEN_STYLES}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        "meta.xml": f"<office:document-meta {OFFICE}><office:meta>{about}</office:meta></office:document-meta>",
        "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
    })  # fmt: skip


def epub(pages: Mapping[str, str], about: str, **others: str) -> bytes:
    """Return a book with the given pages, by their names, in the order of reading; ``others`` are more members."""
    items = "".join(f'<item id="{name}" href="text/{name}.xhtml" properties="{name}"/>' for name in pages)
    spine = "".join(f'<itemref idref="{name}"/>' for name in pages)
    return packed({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        "OPS/book.opf": f"<package><metadata>{about}</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
        **{
            f"OPS/text/{name}.xhtml": f'<html xmlns:epub="e"><head><title>x</title></head><body>{page}</body></html>'
            for name, page in pages.items()
        },
        **{name.replace("__", "/"): content for name, content in others.items()},
    })  # fmt: skip


def pptx(*slides: str, notes: Mapping[int, str] | None = None) -> bytes:
    """Return a presentation with the given shapes on each slide; ``notes`` are the shapes of notes, by slide from 1."""
    a = 'xmlns:a="a" xmlns:r="http://r" xmlns:p="p"'
    links = "".join(
        f'<Relationship Id="r{n}" Type="x/slide" Target="slides/slide{n}.xml"/>'
        for n in range(1, len(slides) + 1)
    )
    entries = "".join(f'<p:sldId id="{n}" r:id="r{n}"/>' for n in range(1, len(slides) + 1))
    parts = {
        "[Content_Types].xml": "<Types/>",
        "ppt/presentation.xml": f"<p:presentation {a}><p:sldIdLst>{entries}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f"<Relationships>{links}</Relationships>",
    }
    for number, shapes in enumerate(slides, start=1):
        parts[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {a}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
    for number, shapes in (notes or {}).items():
        parts[f"ppt/slides/_rels/slide{number}.xml.rels"] = (
            '<Relationships><Relationship Id="n" Type="x/notesSlide" Target="../notesSlides/notesSlide1.xml"/></Relationships>'
        )
        parts["ppt/notesSlides/notesSlide1.xml"] = (
            f"<p:notes {a}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:notes>"
        )
    return packed(parts)


def shape(*paragraphs: str, place: str = "body") -> str:
    """Return a shape of a slide, whose place is the kind of its placeholder."""
    texts = "".join(f"<a:p><a:r><a:rPr/><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
    return f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{place}"/></p:nvPr></p:nvSpPr><p:txBody>{texts}</p:txBody></p:sp>'


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file, the container of old office programs and of Outlook, with the given streams.

    A name with slashes is that of a stream in a storage, which may be in another one.
    """
    storages = list(
        dict.fromkeys(
            "/".join(parts[:size])
            for parts in (name.split("/") for name in streams)
            for size in range(1, len(parts))
        )
    )
    names = ["Root Entry", *storages, *streams]
    minis = b"".join(content + bytes(-len(content) % 64) for content in streams.values())
    entries: list[bytes] = []
    starts, at = {}, 0
    for name, content in streams.items():
        starts[name] = at
        at += (len(content) + 63) // 64
    free = 0xFFFFFFFF

    def siblings(of: str) -> list[int]:
        return [names.index(n) for n in (*storages, *streams) if n.rpartition("/")[0] == of]

    for number, name in enumerate(names):
        folder = name.rpartition("/")[0]
        row = [] if number == 0 else siblings(folder)
        following = row[row.index(number) + 1] if number in row and row[-1] != number else free
        kind, child, start, size = 2, free, starts.get(name, 0), len(streams.get(name, b""))
        if number == 0:
            kind, child, start, size = 5, siblings("")[0], 0, len(minis)
        elif name in storages:
            kind, child, start, size = 1, siblings(name)[0], 0, 0
        spelled = name.rsplit("/", 1)[-1].encode("utf-16-le") + b"\0\0"
        entries.append(
            spelled.ljust(64, b"\0")
            + struct.pack("<HBBIII16xI16xIQ", len(spelled), kind, 1, free, following, child, 0, start, size)
        )
    while len(entries) % 4:
        entries.append(bytes(64) + struct.pack("<HBBIII16xI16xIQ", 0, 0, 1, free, free, free, 0, 0, 0))
    mini_table = b"".join(
        struct.pack("<I", starts[name] + step + 1 if step + 1 < count else 0xFFFFFFFE)
        for name, content in streams.items()
        if (count := (len(content) + 63) // 64)
        for step in range(count)
    )
    parts = [minis, b"".join(entries), mini_table]
    chains: list[int] = []
    begins: list[int] = []
    sectors = b""
    for part in parts:
        part += bytes(-len(part) % 512)  # noqa: PLW2901  (padded to whole sectors)
        count = len(part) // 512
        begins.append(len(chains))
        chains += [*range(len(chains) + 1, len(chains) + count), 0xFFFFFFFE][:count]
        sectors += part
    tables = len(chains) // 127 + 1
    first_table = len(chains)
    chains += [0xFFFFFFFD] * tables
    table = b"".join(struct.pack("<I", one) for one in chains)
    sectors += table + b"\xff" * (-len(table) % 512)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16xHHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, begins[1], 0, 4096, begins[2],
        (len(mini_table) + 511) // 512, 0xFFFFFFFE, 0,
    )  # fmt: skip
    places = b"".join(struct.pack("<I", first_table + n) for n in range(tables))
    return header + places + b"\xff" * (512 - len(header) - len(places)) + sectors


def outlook_message(
    texts: Mapping[int, str],
    blobs: Mapping[int, bytes] | None = None,
    **attached: bytes | Mapping[str, bytes] | None,
) -> bytes:
    """Return a message of Outlook with the given properties; ``attached`` are its attachments, by their names.

    An attachment that is made of streams is a message inside the message, which has no bytes of its own; one that is
    None has neither.
    """
    return compound_file(outlook_streams(texts, blobs, attached))


def outlook_streams(
    texts: Mapping[int, str],
    blobs: Mapping[int, bytes] | None,
    attached: Mapping[str, bytes | Mapping[str, bytes] | None],
    *,
    is_inner: bool = False,
) -> dict[str, bytes]:
    """Return the streams of a message of Outlook; those of one inside another have a shorter head."""
    streams = {f"__substg1.0_{key:04X}001F": text.encode("utf-16-le") for key, text in texts.items()}
    streams |= {f"__substg1.0_{key:04X}0102": blob for key, blob in (blobs or {}).items()}
    sizes = [(key << 16 | 0x1F, len(text) * 2 + 2) for key, text in texts.items()]
    sizes += [(key << 16 | 0x102, len(blob)) for key, blob in (blobs or {}).items()]
    head = struct.pack("<8xIIII", 0, len(attached), 0, len(attached)) + bytes(0 if is_inner else 8)
    body = b"".join(struct.pack("<IIII", tag, 6, size, 0) for tag, size in sizes)
    streams["__properties_version1.0"] = head + body
    for number, (name, content) in enumerate(attached.items()):
        storage = f"__attach_version1.0_#{number:08X}"
        file = name.replace("__", ".")
        is_file = isinstance(content, bytes)
        streams[f"{storage}/__properties_version1.0"] = bytes(8) + struct.pack(
            "<IIIIIIIIIIII",
            0x37050003,
            6,
            1 if is_file else 5,
            0,
            0x3707001F,
            6,
            len(file) * 2 + 2,
            0,
            0x37010102 if is_file else 0x3701000D,
            6,
            len(content or b""),
            0,
        )
        streams[f"{storage}/__substg1.0_3707001F"] = file.encode("utf-16-le")
        if isinstance(content, bytes):
            streams[f"{storage}/__substg1.0_37010102"] = content
        else:
            for inner, value in (content or {}).items():
                streams[f"{storage}/__substg1.0_3701000D/{inner}"] = value
    return streams

"""Small documents for the tests of their readers, made by hand: each part is what the programs write."""

from __future__ import annotations

import io
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

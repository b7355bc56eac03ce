"""The text of RTF.

One scan over the control words keeps a stack of groups, as the specification requires, and takes linear time on any
input. Deleted and hidden text, headers and footers, comments, pictures and tables of contents are left out.
Footnotes, text boxes, the text of embedded objects and the results of fields are read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from newssearch.readers.api import UnreadableError
from newssearch.readers.styled_text import (
    DEEPEST_HEADING,
    ParagraphStyle,
    StyledParagraph,
    StyledText,
    style_named,
)

from .fields import CONTENTS_FIELDS, UNREAD_FIELDS, field_link, field_name
from .rows import rows_or_paragraphs

DEEPEST_GROUPS = 2_000
"""The maximum depth of groups within groups."""

LONGEST_INSTRUCTION = 4_000
"""A field instruction or a document property is cut after this number of characters."""

_SKIPPED_GROUPS = frozenset(
    "colortbl filetbl listtable listoverridetable revtbl rsidtbl generator pict objdata objclass themedata"
    " colorschememapping datastore latentstyles xmlnstbl header headerl headerr headerf footer footerl footerr footerf"
    " annotation atnid atnauthor atntime atndate atnref atnparent atrfstart atrfend bkmkstart bkmkend tc tcn xe rxe txe"
    " ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn pnseclvl pntext listtext pgdsctbl nonshppict background template"
    " docvar userprops passwordhash protusertbl mmathPr sp sn sv factoidname htmltag mhtmltag falt panose fontemb listname"
    " listpicture wgrffmtfilter nextfile hl hlfr hlloc hlsrc datafield formfield ffname fldtype".split()
)
_INFO_GROUPS = {"title": "title", "author": "creator", "creatim": "created"}
_CHARACTERS = {
    "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " ", "bullet": "•", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "tab": " ", "line": "\n", "softline": "\n", "lbr": "\n", "column": " ", "zwj": "\u200d", "zwnj": "\u200c",
    "ltrmark": "\u200e", "rtlmark": "\u200f",
}  # fmt: skip
_CODEPAGES = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
"""The encodings of fonts by their ``fcharset``; that of the document holds for all others."""

_NAMED_CODEPAGES = {
    65_001: "utf-8", 10_000: "mac_roman", 10_001: "shift_jis", 10_004: "mac_arabic", 10_006: "mac_greek", 10_007: "mac_cyrillic",
    10_029: "mac_latin2", 10_079: "mac_iceland", 10_081: "mac_turkish", 20_866: "koi8_r", 21_866: "koi8_u", 28_591: "latin_1",
    28_592: "iso8859_2", 28_595: "iso8859_5", 54_936: "gb18030", 936: "gb18030",
}  # fmt: skip
"""The encodings of codepages that Python does not know by their numbers."""

_SYMBOL_CHARSET = 2

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\",
    re.DOTALL,
)


class _State(NamedTuple):
    """What a group inherits and restores."""

    goes_to: str = "text"
    codepage: str = ""
    font: int | None = None
    skipped_after_unicode: int = 1
    hidden: bool = False
    bold: bool = False
    size: int = 24
    may_be_ignored: bool = False
    is_first: bool = True


class _Flow:
    """A sequence of paragraphs under construction: that of the document, of a footnote or of a text box."""

    def __init__(self) -> None:
        self.paragraphs: list[StyledParagraph] = []
        self.notes: list[StyledParagraph] = []
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.letters = self.bold_letters = self.size = 0
        self.new_page = False
        self.rows: list[list[list[StyledParagraph]]] = []
        self.cells: list[list[StyledParagraph]] = []
        self.cell: list[StyledParagraph] = []


class _Properties:
    """The properties of the paragraph under construction."""

    def __init__(self) -> None:
        self.style = 0
        self.outline: int | None = None
        self.in_table = self.in_list = self.page_before = False


def text_of_rtf(data: bytes) -> StyledText:
    """Return the text of a document. Raises UnreadableError for groups that are nested too deep."""
    return _Reader(data).read()


class _Reader:
    """The state of one scan."""

    def __init__(self, data: bytes) -> None:
        self._data = data[data.index(b"{") :] if b"{" in data[:1024] else data
        self._state = _State()
        self._stack: list[_State] = []
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._codepage = "cp1252"
        self._default_font = 0
        self._styles: dict[int, tuple[str, ParagraphStyle, int | None]] = {}
        self._style_number = 0
        self._style_outline: int | None = None
        self._kept: dict[
            str, str
        ] = {}  # the values of the document, and the instruction of the field that is open
        self._flows = [_Flow()]
        self._flow_ends: list[tuple[int, str]] = []
        self._properties = _Properties()
        self._outer: list[_Properties] = []
        self._bytes = bytearray()  # of characters in a codepage, not yet decoded
        self._skip = 0  # the characters that stand in for the last Unicode character
        self._boxes = self._boxes_of_shape = 0  # the text boxes so far, and those in front of the shape
        self._high = 0  # the first half of a surrogate pair

    def read(self) -> StyledText:
        at = 0
        data = self._data
        while at < len(data):
            found = _TOKEN.match(data, at)
            if found is None:  # cannot be: the pattern matches any byte
                break
            at = found.end()
            word, number, code, sign, brace, text = found.groups()
            if word is not None:
                name = word.decode("ascii")
                if name == "bin" and number:
                    at += max(0, int(number))
                else:
                    self._word(name, int(number) if number else None)
            elif code is not None:
                self._byte(int(code, 16))
            elif text is not None:
                self._letters(text)
            elif brace is not None:
                self._brace(brace)
            elif sign is not None:
                self._sign(sign.decode("latin-1"))
        self._flush_bytes()
        while len(self._flows) > 1:
            self._end_flow(self._flow_ends.pop()[1])
        self._end_paragraph()
        self._end_table()
        kept = self._kept
        return StyledText(
            self._flows[0].paragraphs, kept.get("title", ""), kept.get("creator", ""), kept.get("created", "")
        )

    # ---- tokens

    def _brace(self, brace: bytes) -> None:
        self._flush_bytes()
        self._skip = 0  # no character of another group stands in for a Unicode character
        if brace == b"{":
            if len(self._stack) >= DEEPEST_GROUPS:
                raise UnreadableError(f"a document with groups nested more than {DEEPEST_GROUPS} deep")
            self._stack.append(self._state)
            self._state = self._state._replace(is_first=True, may_be_ignored=False)
        elif self._stack:
            depth = len(self._stack)
            if self._state.goes_to == "style" and self._stack[-1].goes_to == "stylesheet":
                self._end_style()
            if self._flow_ends and self._flow_ends[-1][0] == depth:
                self._end_flow(self._flow_ends.pop()[1])
            self._state = self._stack.pop()

    def _letters(self, text: bytes) -> None:
        if self._skip:
            self._flush_bytes()
            skipped = min(self._skip, len(text))
            self._skip -= skipped
            text = text[skipped:]
        if text and self._state.goes_to != "skip":
            self._started()
            self._bytes += text

    def _byte(self, value: int) -> None:
        if self._skip:
            self._skip -= 1
            return
        self._started()
        self._bytes.append(value)

    def _started(self) -> None:
        state = self._state
        if state.is_first:
            self._state = state._replace(is_first=False)
            if state.goes_to == "stylesheet":
                self._begin_style(0)

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._state = self._state._replace(may_be_ignored=True)
            return
        self._flush_bytes()
        if self._skip:
            self._skip -= 1
        elif sign in "{}\\":
            self._add(sign)
        elif sign == "~":
            self._add("\u00a0")
        elif sign == "_":
            self._add("-")
        elif sign in "\r\n":
            self._end_paragraph()
        elif sign == "\t":
            self._add(" ")

    def _word(self, name: str, number: int | None) -> None:
        self._flush_bytes()
        if self._skip and name in _CHARACTERS:  # a control word counts as one character
            self._skip -= 1
            return
        if self._skip and name != "u":
            self._skip = 0
        state = self._state
        if state.is_first:
            self._state = state = state._replace(is_first=False)
            if self._enters(name, number):
                return
        if state.goes_to in ("skip", "stylesheet", "upr"):
            return
        if name == "u" and number is not None:
            self._unicode(number % 65_536)
        elif name in _CHARACTERS:
            self._add(_CHARACTERS[name])
        elif state.goes_to == "created":
            if name in ("yr", "mo", "dy") and number is not None:
                self._kept["created"] += f"{number:02}" if name == "yr" else f"-{number:02}"
        elif not self._character_word(name, number) and state.goes_to in ("text", "style"):
            self._paragraph_word(name, number)

    def _enters(self, name: str, number: int | None) -> bool:
        """Begin the destination that the first word of a group names. Return whether it names one."""
        goes_to = self._state.goes_to
        if goes_to == "skip":
            return True
        if goes_to == "upr":  # the first group has letters for programs without Unicode
            self._go(self._stack[-2].goes_to if name == "ud" and len(self._stack) > 1 else "skip")
            return True
        if name == "fonttbl":
            self._go("fonts")
        elif name in _SKIPPED_GROUPS:
            if name in ("listtext", "pntext"):
                self._properties.in_list = True
            self._go("skip")
        elif goes_to == "fonts" and name == "f":
            self._font = number or 0
            self._go("font")
        elif name == "stylesheet":
            self._go("stylesheet")
        elif goes_to == "stylesheet":
            other = self._state.may_be_ignored or name in ("cs", "ds", "ts")
            self._begin_style(-1 if other else number if name == "s" else 0)
        elif name in _INFO_GROUPS and goes_to == "info":
            self._kept[_INFO_GROUPS[name]] = ""
            self._go(_INFO_GROUPS[name])
        elif name == "info":
            self._go("info")
        elif goes_to == "info":
            self._go("skip")
        elif name == "field":
            self._kept["field"] = ""
        elif name == "fldinst":
            self._go("field")
        elif name == "fldrslt":
            self._begin_result()
        elif name in ("footnote", "shptxt", "dptxbxtext", "textbox"):
            if goes_to != "text":
                self._go("skip")
            else:
                self._boxes += name != "footnote"
                self._begin_flow("note" if name == "footnote" else "")
        elif name == "shp":
            self._boxes_of_shape = self._boxes
        elif name == "shprslt":  # the text box of the shape in an older form, mostly a second time
            if self._boxes > self._boxes_of_shape:
                self._go("skip")
        elif name == "upr":
            self._go("upr")
        elif (
            name == "ud"
            or (name == "result" and goes_to == "skip")
            or name in ("object", "shp", "shpinst", "shpgrp", "do")
        ):
            return True
        elif self._state.may_be_ignored:
            self._go("skip")
        else:
            return False
        return True

    def _go(self, goes_to: str) -> None:
        self._state = self._state._replace(goes_to=goes_to)

    def _begin_result(self) -> None:
        instruction = self._kept.get("field", "")
        if field_name(instruction) in UNREAD_FIELDS | CONTENTS_FIELDS:
            self._go("skip")
        elif link := field_link(instruction):
            self._flows[-1].links.append(link)
        self._kept["field"] = ""

    def _character_word(self, name: str, number: int | None) -> bool:
        """Apply a control word for letters. Return whether it is one."""
        state = self._state
        on = number != 0
        if name == "f" and number is not None:
            self._font = number
            self._state = state._replace(codepage=self._fonts.get(number, ""), font=number)
        elif name in ("v", "deleted"):
            self._state = state._replace(hidden=on)
        elif name == "b":
            self._state = state._replace(bold=on)
        elif name == "fs" and number is not None:
            self._state = state._replace(size=number)
        elif name == "plain":
            codepage = self._fonts.get(self._default_font, "")
            self._state = state._replace(bold=False, hidden=False, size=24, codepage=codepage)
        elif name == "uc" and number is not None:
            self._state = state._replace(skipped_after_unicode=max(0, min(number, 16)))
        elif name == "ansicpg" and number:
            self._codepage = _NAMED_CODEPAGES.get(number, f"cp{number}")
        elif name in ("mac", "pc", "pca"):
            self._codepage = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}[name]
        elif name == "deff" and number is not None:
            self._default_font = number
        elif name == "fcharset":
            if state.goes_to in ("fonts", "font"):
                self._fonts[self._font] = (
                    "symbol" if number == _SYMBOL_CHARSET else _CODEPAGES.get(number or 0, "")
                )
        else:
            return False
        return True

    def _paragraph_word(self, name: str, number: int | None) -> None:
        properties, in_style = self._properties, self._state.goes_to == "style"
        if name == "outlinelevel" and number is not None:
            if in_style:
                self._style_outline = number
            else:
                properties.outline = number
        elif in_style:
            return
        elif name in ("par", "sect"):
            self._end_paragraph()
            if name == "sect":
                self._flows[-1].new_page = True
        elif name == "pard":
            self._properties = _Properties()
        elif name == "s" and number is not None:
            properties.style = number
        elif name == "intbl":
            properties.in_table = True
        elif name in ("ls", "pnlvlblt", "pnlvlbody"):
            properties.in_list = True
        elif name == "pagebb":
            properties.page_before = number != 0
        elif name == "page":
            if any(not piece.isspace() for piece in self._flows[-1].pieces):
                self._end_paragraph()
            self._flows[-1].new_page = True
        elif name in ("cell", "nestcell"):
            self._end_paragraph(cell=True)
            flow = self._flows[-1]
            flow.cells.append(flow.cell)
            flow.cell = []
        elif name in ("row", "nestrow"):
            flow = self._flows[-1]
            if flow.cells:
                flow.rows.append(flow.cells)
            flow.cells = []

    # ---- styles

    def _begin_style(self, number: int | None) -> None:
        self._style_number, self._style_outline = number or 0, None
        self._kept["style"] = ""
        self._go("style")

    def _end_style(self) -> None:
        name = self._kept.pop("style", "").split(";")[0].strip()
        if self._style_number >= 0:
            self._styles[self._style_number] = (name, style_named(name), self._style_outline)

    # ---- flows

    def _begin_flow(self, role: str) -> None:
        self._flows.append(_Flow())
        self._flow_ends.append((len(self._stack), role))
        self._outer.append(self._properties)
        self._properties = _Properties()

    def _end_flow(self, role: str) -> None:
        self._end_paragraph()
        self._end_table()
        inner = self._flows.pop()
        self._properties = self._outer.pop()
        self._flows[-1].notes += [
            one._replace(role="note", kind="text") if role == "note" else one for one in inner.paragraphs
        ]

    def _end_paragraph(self, *, cell: bool = False) -> None:
        self._flush_bytes()
        flow, properties = self._flows[-1], self._properties
        text = "".join(flow.pieces).replace("\u00ad", "").strip()
        name, means, outline = self._styles.get(properties.style, ("", ParagraphStyle(), None))
        outline = properties.outline if properties.outline is not None else outline
        if outline is not None and 0 <= outline < DEEPEST_HEADING and not means.role:
            means = ParagraphStyle("heading", "", outline + 1)
        if properties.in_list and means.kind == "text" and not means.role:
            means = means._replace(kind="list")
        found = []
        if text:
            bold, links = 0 < flow.letters == flow.bold_letters, tuple(dict.fromkeys(flow.links))
            new_page = flow.new_page or properties.page_before
            found.append(
                StyledParagraph(
                    text, means.kind, means.role, means.level, name, bold, flow.size / 2, links, new_page
                )
            )
            flow.new_page = False
        found += flow.notes
        flow.pieces, flow.links, flow.notes = [], [], []
        flow.letters = flow.bold_letters = flow.size = 0
        if cell or properties.in_table:
            flow.cell += found
        elif found:
            self._end_table()
            flow.paragraphs += found

    def _end_table(self) -> None:
        flow = self._flows[-1]
        if flow.cell:
            flow.cells.append(flow.cell)
        if flow.cells:
            flow.rows.append(flow.cells)
        rows, flow.rows, flow.cells, flow.cell = flow.rows, [], [], []
        if rows:
            flow.paragraphs += rows_or_paragraphs(rows)

    # ---- letters

    def _unicode(self, number: int) -> None:
        self._skip = self._state.skipped_after_unicode
        if 0xD800 <= number < 0xDC00:
            self._high = number
        elif 0xDC00 <= number < 0xE000 and self._high:
            self._add(chr(0x10000 + ((self._high - 0xD800) << 10) + number - 0xDC00))
            self._high = 0
        elif 0xF020 <= number <= 0xF0FF:  # a letter of a symbol font
            self._add(" ")
        elif number >= 32 and not 0xD800 <= number < 0xE000:
            self._add(chr(number))

    def _flush_bytes(self) -> None:
        """Add the bytes since the last control word as letters in the encoding of their font."""
        if not self._bytes:
            return
        data, self._bytes = bytes(self._bytes), bytearray()
        default = self._fonts.get(self._default_font, "") if self._state.font is None else ""
        codepage = self._state.codepage or (default if default != "symbol" else "") or self._codepage
        if codepage == "symbol":
            self._add("".join(map(chr, data)) if data.isspace() else " ")
            return
        try:
            text = data.decode(codepage, "replace")
        except LookupError:  # a codepage that Python does not know
            text = data.decode("cp1252", "replace")
        self._add(text)

    def _add(self, text: str) -> None:
        state = self._state
        goes_to = state.goes_to
        if goes_to == "text":
            if state.hidden:
                return
            flow = self._flows[-1]
            flow.pieces.append(text)
            letters = sum(map(str.isalnum, text))
            flow.letters += letters
            if state.bold:
                flow.bold_letters += letters
            if letters:
                flow.size = max(flow.size, state.size)
        elif goes_to in ("title", "creator", "style", "field"):
            before = self._kept.get(goes_to, "")
            self._kept[goes_to] = before + text[: max(0, LONGEST_INSTRUCTION - len(before))]

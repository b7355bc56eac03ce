"""Paragraphs, runs and fields of WordprocessingML (ECMA-376, part 1, 17), as text."""

from __future__ import annotations

from newssearch.corpus.concordance import is_right_to_left
from newssearch.display import escape
from newssearch.snippet import Snippet
from newssearch.system.lazy_regex import Pattern

MAIN_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:w="{MAIN_NAMESPACE}" xmlns:r="{RELATIONS_NAMESPACE}"'
"""The declarations of the prefixes that the elements here have."""
_NO_XML = Pattern("[\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML document can have, besides the control characters that :func:`escape.html` replaces."""
_EAST_ASIAN_FONTS = {"zh": "SimSun", "ja": "MS Mincho", "ko": "Batang"}
"""The fonts of languages for whose letters Word has a font of their own, by language."""


def xml_text(text: str) -> str:
    """Return a text on one line as the content of an XML element, without characters that XML cannot have.

    >>> xml_text("a <b> \\x00 \\ud800") == "a &lt;b&gt; \\ufffd \\ufffd"
    True
    """
    return _NO_XML.sub("\ufffd", escape.html(escape.terminal(text)))


def word_paragraph(
    style: str,
    content: str,
    *,
    new_page: bool = False,
    with_next: bool = False,
    above: int = 0,
    rtl: bool = False,
    declared: bool = False,
) -> str:
    """Return a paragraph in a style.

    ``with_next`` is whether its last lines are on a page with the next paragraph, as a style may say of all of its paragraphs.
    ``above`` is the space above it in twentieths of a point, if the style has another one. ``rtl`` is whether it is written
    from right to left, and ``declared`` whether it is a document of its own.
    """
    names = f" {NAMESPACES}" if declared else ""
    kept = "<w:keepNext/>" if with_next else ""
    page = "<w:pageBreakBefore/>" if new_page else ""
    direction = "<w:bidi/>" if rtl else ""
    space = f'<w:spacing w:before="{above}"/>' if above else ""
    return (
        f'<w:p{names}><w:pPr><w:pStyle w:val="{style}"/>{kept}{page}{direction}{space}</w:pPr>{content}</w:p>'
    )


def word_text(text: str, style: str = "", lang: str = "", *, in_rtl: bool = False) -> str:
    """Return a text as a run, with the language that programs check its spelling in, and its writing direction.

    ``in_rtl`` is whether it stands in a text that is written from right to left: a comma then has this direction, too.

    >>> word_text("Rain", "Match", "en")
    '<w:r><w:rPr><w:rStyle w:val="Match"/><w:lang w:val="en"/></w:rPr><w:t xml:space="preserve">Rain</w:t></w:r>'
    """
    if not text:
        return ""
    rtl = is_right_to_left(text) or (in_rtl and not any(map(str.isalpha, text)))
    main = lang.partition("-")[0].lower()
    font = _EAST_ASIAN_FONTS.get(main, "")
    attribute = "w:bidi" if rtl else "w:eastAsia" if font else "w:val"
    properties = (
        (f'<w:rStyle w:val="{style}"/>' if style else "")
        + (f'<w:rFonts w:hint="eastAsia" w:eastAsia="{font}"/>' if font else "")
        + ("<w:rtl/>" if rtl else "")
        + (f'<w:lang {attribute}="{xml_text(lang)}"/>' if lang else "")
    )
    return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{xml_text(text)}</w:t></w:r>'


def word_snippet(snippet: Snippet, lang: str = "") -> str:
    """Return a text with its matches in the style of matches."""
    in_rtl = is_right_to_left(snippet.text)
    return "".join(
        word_text(text, "Match" if is_match else "", lang, in_rtl=in_rtl)
        for text, is_match in snippet.parts()
    )


def word_field(instruction: str, result: str) -> str:
    """Return a field, such as the number of a page, with the result that it has until a program computes it."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {xml_text(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f"{word_text(result)}"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


WORD_TAB = "<w:r><w:tab/></w:r>"
WORD_BREAK = "<w:r><w:br/></w:r>"

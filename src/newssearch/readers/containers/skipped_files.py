"""Decides by the name of a file in a container whether it is skipped: images, fonts, programs, hidden files."""

from __future__ import annotations

SKIPPED_ENDINGS = (
    ("images", ".png .jpg .jpeg .gif .webp .svg .ico .tif .tiff .bmp .avif .heic .heif .jxl .jp2 .psd"),
    ("style sheets and scripts", ".css .js .mjs .map .less .scss"),
    ("fonts", ".woff .woff2 .ttf .otf .eot"),
    (
        "audio and video",
        ".mp3 .mp4 .m4a .m4v .mov .avi .wav .ogg .oga .webm .flac .mkv .wmv .m3u8 .3gp .3g2 .aac .opus .aiff .mpg .mpeg .flv",
    ),
    ("lists of the parts of books", ".opf .ncx"),
    ("programs", ".exe .dll .so .dylib .pyc .class"),
)
"""The kinds of files that are skipped, as reports name them, each with its file suffixes."""


PARTS_OF_PAGES = "parts of saved pages"
"""The kind under which reports count what a page was saved with."""

_KIND_OF_ENDING = {ending: kind for kind, endings in SKIPPED_ENDINGS for ending in endings.split()}


def skipped_kind(name: str) -> str | None:
    """Return the kind of a file that is skipped because of its name, or None for a file that may be an article.

    >>> skipped_kind("a/photo.JPG"), skipped_kind("a/story.html"), skipped_kind("__MACOSX/story.html"), skipped_kind(".DS_Store")
    ('images', None, 'hidden files', 'hidden files')
    """
    parts = name.replace("\\", "/").strip("/").split("/")
    if any(part.startswith(".") and part not in (".", "..") for part in parts) or parts[0] == "__MACOSX":
        return "hidden files"
    stem, dot, ending = parts[-1].rpartition(".")
    return _KIND_OF_ENDING.get(f".{ending.lower()}") if dot and stem else None

"""The article as one outlet published it, its paragraphs, and the provenance of its fields."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from newssearch.display.brief import brief, many, quoted
from newssearch.system.frozen import FrozenDict
from newssearch.text.dates import parse_published
from newssearch.text.paragraphs import Block, NormalizedBlocks, ParagraphKind, split_paragraphs, squeeze

from . import arguments
from .display import notebook
from .fields import FIELD_NAMES, STRING_FIELDS

Date = dt.date | dt.datetime
"""The date of an article: a day, or a moment (with its zone, if the input has one)."""

STREAM = "-"
"""The ``path`` of articles from standard input. It names no file, and identifies no article."""

NOTEBOOK_PARAGRAPHS = 50
"""A notebook shows this many paragraphs of an article."""

SLUG_LENGTH = 48
"""An id has at most this many characters before its digest."""


class Provenance(NamedTuple):
    """How the value of a field is known: stated in the input, inferred from something else, or missing."""

    known: Literal["stated", "inferred", "missing"]
    basis: str = ""
    """What the value was inferred from, or a caution about a stated one (``"ambiguous, read month first"``)."""

    def __str__(self) -> str:
        if not self.basis:
            return self.known
        return f"inferred from {self.basis}" if self.known == "inferred" else f"{self.known}, {self.basis}"


STATED = Provenance("stated")
MISSING = Provenance("missing")
MONTH_FIRST = Provenance("stated", "ambiguous, read month first")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article. ``number`` counts from 1 in reading order; ``kind`` is its role on the page."""

    number: int
    text: str
    kind: ParagraphKind = "text"

    def __repr__(self) -> str:
        return brief(
            self, str(self.number), "" if self.kind == "text" else f"({self.kind})", quoted(self.text)
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that could not be read as an article, and the reason.

    ``path`` is the file, as the index names it; ``member`` is the file inside it, if it is an archive; ``record`` is the
    number of the record in that (from 1), or 0 for the whole file.
    """

    path: str
    reason: str
    record: int = 0
    member: str | None = None

    def __repr__(self) -> str:
        return brief(self, quoted(place(self.path, self.member, self.record)), quoted(self.reason))

    def __str__(self) -> str:
        return f"{place(self.path, self.member, self.record)}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Article:
    """A story as one outlet published it. Make one with :meth:`create`, which derives its id.

    ``provenance`` has for every field (:data:`newssearch.fields.ARTICLE_FIELDS`) how its value is known. ``path`` is the
    file that the article was read from, as the index names it; ``member`` is the file or message inside it, if it is an
    archive, a crawl or a mailbox; ``record`` is the article's number there, from 1.
    """

    id: str
    title: str | None
    paragraphs: tuple[Paragraph, ...]
    date: Date | None = None
    outlet: str | None = None
    source: str | None = None
    byline: str | None = None
    dateline: str | None = None
    located: str | None = None
    lang: str | None = None
    section: str | None = None
    url: str | None = None
    path: str | None = None
    member: str | None = None
    record: int = 1
    provenance: Mapping[str, Provenance] = field(default_factory=FrozenDict)

    def __post_init__(self) -> None:
        if type(self.provenance) is not FrozenDict:
            object.__setattr__(self, "provenance", FrozenDict(self.provenance))

    @classmethod
    def create(
        cls,
        *,
        title: str | None = None,
        text: str | Block | Iterable[str | Block] = (),
        date: str | Date | None = None,
        outlet: str | None = None,
        source: str | None = None,
        byline: str | None = None,
        dateline: str | None = None,
        located: str | None = None,
        lang: str | None = None,
        section: str | None = None,
        url: str | None = None,
        path: str | None = None,
        member: str | None = None,
        record: int = 1,
        identity: str | None = None,
        provenance: Mapping[str, Provenance] | None = None,
    ) -> Article:
        """Make an article from its fields; empty strings count as missing.

        ``text`` is one string with blank lines between paragraphs, or the list of paragraphs: strings, or a
        :class:`~newssearch.text.paragraphs.Block` for a paragraph that is not running text. ``date`` may be a string in any
        form that :func:`newssearch.text.dates.parse_published` reads. Without a ``source``, the source is the outlet, marked
        as inferred. ``provenance`` overrides the default, ``stated`` for a field with a value and ``missing`` for others.

        The id is a slug of date, outlet and title, and a digest of the article's identity: its ``url``, else ``identity``
        (the id that the input gives it), else its ``path``, ``member`` and ``record`` (unless that path is :data:`STREAM`),
        else its title and text.

        >>> article = Article.create(title="Rain", text="It rained.\\n\\nThen it stopped.", date="2024-07-25")
        >>> [(paragraph.number, paragraph.text) for paragraph in article.paragraphs]
        [(1, 'It rained.'), (2, 'Then it stopped.')]
        >>> article.id
        '2024-07-25-rain-mpl6cyts'

        Raises ValueError for a ``date`` that cannot be read, and TypeError for a value of a wrong type.
        """
        values = {
            "title": title, "outlet": outlet, "source": source, "byline": byline, "dateline": dateline,
            "located": located, "lang": lang, "section": section, "url": url,
        }  # fmt: skip
        day, provenances = _read_date(date)
        for name, value in {**values, "path": path, "member": member, "identity": identity}.items():
            if value is not None and not isinstance(value, str):
                raise arguments.wrong(name, "a string, or None", value)
        record = arguments.whole_number("record", record)
        clean = {name: squeeze(value) or None if value else None for name, value in values.items()}
        if clean["source"] is None and clean["outlet"] is not None:
            clean["source"] = clean["outlet"]
            provenances["source"] = Provenance("inferred", "outlet")
        blocks = text if isinstance(text, NormalizedBlocks) else _squeezed(text)
        path, member = (_encodable(name) for name in (path, member))
        for name in FIELD_NAMES:
            present = day is not None if name == "date" else clean[name] is not None
            provenances.setdefault(name, STATED if present else MISSING)
        if provenance is not None:
            provenances.update(arguments.instance("provenance", provenance, Mapping, "a mapping, or None"))
        identity = _identity(clean, identity, path, member, record, blocks)
        return cls(
            id=make_id(day, clean["outlet"], clean["title"], identity),
            paragraphs=tuple(Paragraph(number, *block) for number, block in enumerate(blocks, start=1)),
            date=day,
            path=path,
            member=member,
            record=record,
            provenance=FrozenDict(provenances),
            **clean,
        )

    @property
    def digest(self) -> str:
        """A digest of the article's fields, provenance and paragraphs; where the article was read does not change it."""
        import hashlib  # slow to import, and a search computes no digests

        content: list[object] = [
            self.id, self.date.isoformat() if self.date else None, *(getattr(self, name) for name in STRING_FIELDS),
            [paragraph.text for paragraph in self.paragraphs], sorted(self.provenance.items()),
        ]  # fmt: skip
        kinds = {
            paragraph.number: paragraph.kind for paragraph in self.paragraphs if paragraph.kind != "text"
        }
        if kinds:
            content.append(sorted(kinds.items()))
        return hashlib.blake2b(json.dumps(content).encode(), digest_size=12).hexdigest()

    def __repr__(self) -> str:
        return brief(self, quoted(self.id, 80), quoted(self.title), many(len(self.paragraphs), "paragraph"))

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: the fields, how each is known, and the paragraphs."""
        rows = (
            (
                name,
                notebook.text_html(value),
                f"<small>{notebook.text_html(self.provenance.get(name))}</small>",
            )
            for name in ("id", *FIELD_NAMES[1:], "path")
            if (value := getattr(self, name)) is not None
        )
        shown = "".join(
            f"<li>{notebook.text_html(one.text)}</li>" for one in self.paragraphs[:NOTEBOOK_PARAGRAPHS]
        )
        rest = len(self.paragraphs) - NOTEBOOK_PARAGRAPHS
        return notebook.page(
            notebook.paragraph(f"<strong>{notebook.linked(self.title, self.url)}</strong>"),
            notebook.table(("field", "value", "provenance"), rows, ("short",)),
            f"<ol>{shown}</ol>" if shown else "",
            notebook.paragraph(f"… and {many(rest, 'more paragraph')}" if rest > 0 else ""),
        )

    def with_unique_id(self) -> Article:
        """Return the article under another id, for use when another article has taken its own."""
        place = f"{self.url or ''}#{_file(self.path or '', self.member)}#{self.record}"
        return dataclasses.replace(self, id=make_id(self.date, self.outlet, self.title, place))

    def to_dict(self) -> dict[str, object]:
        """Return the article as JSON types: what ``newssearch show --json`` prints."""
        return {
            "id": self.id,
            **json_values(self, FIELD_NAMES),
            "path": self.path,
            "member": self.member,
            "record": self.record,
            "provenance": {name: str(provenance) for name, provenance in self.provenance.items()},
            "paragraphs": [{"number": p.number, "kind": p.kind, "text": p.text} for p in self.paragraphs],
        }


def json_values(item: object, names: Iterable[str]) -> dict[str, str | None]:
    """Return the values of the named fields of an article or a hit as JSON types."""
    values = {name: getattr(item, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()
    }


def _read_date(given: str | Date | None) -> tuple[Date | None, dict[str, Provenance]]:
    """Return a date, and its provenance if it is ambiguous. Raises ValueError and TypeError."""
    if not isinstance(given, str):
        if given is not None:
            arguments.instance("date", given, dt.date, "a date, a string, or None")
        return given, {}
    if not given.strip():
        return None, {}
    published = parse_published(given)
    if published is None:
        raise ValueError(f"not a date: {given!r}; write 2024-07-25 or 2024-07-25T14:30")
    return published.value, {"date": MONTH_FIRST} if published.ambiguous else {}


def _squeezed(text: str | Block | Iterable[str | Block]) -> NormalizedBlocks:
    """Return the blocks of a text; each becomes a paragraph."""
    if isinstance(text, str):
        return NormalizedBlocks(map(Block, split_paragraphs(text)))
    blocks: Iterator[str | Block] = arguments.several("text", text, (str, Block), "a string or a Block")
    found = (
        Block(squeeze(block)) if isinstance(block, str) else Block(squeeze(block.text), block.kind)
        for block in blocks
    )
    return NormalizedBlocks(block for block in found if block.text)


def _identity(
    fields: Mapping[str, str | None],
    identity: str | None,
    path: str | None,
    member: str | None,
    record: int,
    paragraphs: list[Block],
) -> str:
    url = fields["url"]
    if url:
        return url
    if identity:
        return f"{_file(path or '', member)}#id={identity}"  # never the same as a record's number
    if path and path != STREAM:
        return f"{_file(path, member)}#{record}"
    return "\n\n".join([fields["title"] or "", *(block.text for block in paragraphs)])


def _encodable(name: str | None) -> str | None:
    """Return a name with lone surrogates as escapes, as the index writes the bytes of a name that are not UTF-8."""
    return name if name is None or name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def _file(path: str, member: str | None) -> str:
    """Return a file and the file inside it as one name."""
    return f"{path}!/{member}" if member else path


def place(path: str, member: str | None = None, record: int = 0) -> str:
    """Return where a record is, as people read it.

    >>> place("a.zip", "b.jsonl", 3), place("a.txt")
    ('a.zip!/b.jsonl:3', 'a.txt')
    """
    return f"{_file(path, member)}:{record}" if record else _file(path, member)


def make_id(date: Date | None, outlet: str | None, title: str | None, identity: str) -> str:
    """Return a readable, stable id: a slug of at most :data:`SLUG_LENGTH` characters, cut at a word, and 40 bits of digest.

    >>> make_id(dt.date(2024, 7, 25), "almaalomah.me", "Austin sends a veiled message", "seeds/a.txt#1")
    '2024-07-25-almaalomah-me-austin-sends-a-veiled-jn7gljzx'
    """
    import base64  # slow to import, and a search makes no ids
    import hashlib  # slow to import, and a search makes no ids

    from slugify import slugify  # slow to import, and a search makes no ids

    day = date.isoformat()[:10] if date else ""
    words = " ".join(part for part in (day, (outlet or "").removeprefix("www."), title) if part)
    slug = slugify(words[: 4 * SLUG_LENGTH], max_length=SLUG_LENGTH, word_boundary=True, save_order=True)
    digest = hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=5).digest()
    code = base64.b32encode(digest).decode("ascii").lower()
    return f"{slug}-{code}" if slug else code

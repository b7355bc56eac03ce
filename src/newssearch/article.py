"""The classes of an article, its paragraphs and the provenance of its fields, and of an input that was rejected."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any, Literal, NamedTuple, cast

from newssearch.display.brief import brief, many, quoted
from newssearch.system.frozen import FrozenDict
from newssearch.system.late_dataclass import dataclass
from newssearch.text.dates import parse_published
from newssearch.text.paragraphs import Block, NormalizedBlocks, ParagraphKind, split_paragraphs, squeeze
from newssearch.text.partial_dates import PartialDate

from . import arguments
from .display import notebook
from .extra import ExtraValue, clean_extra, json_extra, shown
from .fields import FIELD_NAMES
from .identity import digest_of, id_digest, make_id, normal_key, with_digest, without_slug

Date = dt.date | dt.datetime | PartialDate
"""The type of the date of an article: a day, or a date and time, with a time zone if the input states one; a month or a year
if the input states no day."""

STREAM = "-"
"""The ``path`` of an article that was read from standard input. It names no file, and no id is derived from it."""

NO_RECORD = 0
"""The ``record`` of an article that was read from a feed and is no longer in it."""

NOTEBOOK_PARAGRAPHS = 50
"""The largest number of paragraphs that a notebook shows of an article."""

MAX_EARLIER_VERSIONS = 100
"""An article lists this many of its earlier versions, the latest ones. All are counted."""


_DIGEST_CHARACTERS = 24
"""The length of a digest of an article, as hexadecimal digits."""


class Provenance(NamedTuple):
    """The origin of the value of a field: stated in the input, inferred from other data, or missing."""

    known: Literal["stated", "inferred", "missing"]
    basis: str = ""
    """The basis of an inferred value (``"outlet"``), or a note on a stated one (``"ambiguous, read month first"``)."""

    def __str__(self) -> str:
        if not self.basis:
            return self.known
        return f"inferred from {self.basis}" if self.known == "inferred" else f"{self.known}, {self.basis}"


STATED = Provenance("stated")
MISSING = Provenance("missing")
MONTH_FIRST = Provenance("stated", "ambiguous, read month first")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article. ``number`` counts from 1 in reading order; ``kind`` is, for example, ``"heading"``."""

    number: int
    text: str
    kind: ParagraphKind = "text"

    def __repr__(self) -> str:
        return brief(
            self, str(self.number), "" if self.kind == "text" else f"({self.kind})", quoted(self.text)
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that could not be read as an article, with the reason.

    ``path`` is the file, as the index names it; ``member`` is the file inside it if that is an archive, else None;
    ``record`` is the number of the record in the file or member (from 1), or 0 for the whole of it. If only values of
    own fields could not be read, ``article`` is the article without them, which is indexed.
    """

    path: str
    reason: str
    record: int = 0
    member: str | None = None
    article: Article | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        return brief(self, quoted(place(self.path, self.member, self.record)), quoted(self.reason))

    def __str__(self) -> str:
        return f"{place(self.path, self.member, self.record)}: {self.reason}"


class EarlierVersion(NamedTuple):
    """An earlier version of an article: the digest of its content, and when it came into the index (in UTC)."""

    digest: str
    added: dt.datetime

    def to_dict(self) -> dict[str, str]:
        """Return the version as JSON types."""
        return {"digest": self.digest, "added": utc(self.added)}


class Place(NamedTuple):
    """A place that holds an article: the file, as the index names it, the member of that file, the number of the record.

    The number is from 1, or :data:`NO_RECORD` if the file is a feed that held the article before.
    """

    path: str
    member: str | None = None
    record: int = 1

    def __str__(self) -> str:
        return place(self.path, self.member, self.record)

    def to_dict(self) -> dict[str, object]:
        """Return the place as JSON types."""
        return self._asdict()


@dataclass(frozen=True, slots=True)
class Article:
    """A story as one outlet published it. :meth:`create` makes one.

    The id is a slug of date, outlet and title, followed by a digest of the article's identity. The identity is the
    canonical form of its ``url`` (:func:`newssearch.addresses.canonical_address`), else the ``identity`` that
    :meth:`create` was given, else its ``key`` within its file (within its outlet if it has no file), else its ``path``,
    ``member`` and ``record`` (unless that path is :data:`STREAM`), else its title and text.

    :data:`newssearch.fields.ARTICLE_FIELDS` describes the fields from ``title`` and ``date`` to ``key``; ``provenance``
    maps the name of each to its :class:`Provenance`. ``path`` is the file that the article was read from, as the index
    names it; ``member`` is the file or message inside it, if it is an archive, a crawl or a mailbox; ``record`` is the
    number of the article in the file or member, from 1, or 0 if it was in a feed that no longer has it.

    ``extra`` maps the names of the archive's own fields to their values: a string or several, a number, or a date.

    The index sets five attributes, which do not count when articles are compared: ``added`` is when this version of the
    article came into the index, in UTC; ``version`` is the number of the version, from 1, and ``earlier`` lists the
    versions before it, the oldest first (the last hundred); ``other_places`` are the other files that hold the article.
    In an archive that keeps all versions as articles of their own, ``version_of`` is the digest that their ids would
    share otherwise; it is None in any other archive.
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
    key: str | None = None
    path: str | None = None
    member: str | None = None
    record: int = 1
    provenance: Mapping[str, Provenance] = field(default_factory=FrozenDict)
    extra: Mapping[str, ExtraValue] = field(default_factory=FrozenDict)
    added: dt.datetime | None = field(default=None, compare=False)
    version: int = field(default=1, compare=False)
    earlier: tuple[EarlierVersion, ...] = field(default=(), compare=False)
    other_places: tuple[Place, ...] = field(default=(), compare=False)
    version_of: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if type(self.provenance) is not FrozenDict:
            object.__setattr__(self, "provenance", FrozenDict(self.provenance))
        if type(self.extra) is not FrozenDict:
            object.__setattr__(self, "extra", clean_extra(self.extra))

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
        key: str | None = None,
        path: str | None = None,
        member: str | None = None,
        record: int = 1,
        identity: str | None = None,
        provenance: Mapping[str, Provenance] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> Article:
        """Return an article with the given fields and a derived id; empty strings count as missing.

        ``text`` is a string with blank lines between paragraphs, or an iterable of paragraphs: strings, or
        :class:`~newssearch.text.paragraphs.Block` objects with a kind. ``date`` may be a string in any form that
        :func:`newssearch.text.dates.parse_published` reads. The source defaults to the outlet, marked as inferred. The
        default ``provenance`` of a field is stated, or missing if it has no value. ``key`` is the id in the input,
        ``identity`` a name that no other article has in any file. ``extra`` maps the names of own fields to their
        values: a string, several strings, a number or a date each.

        >>> article = Article.create(title="Rain", text="It rained.\\n\\nThen it stopped.", date="2024-07-25")
        >>> [(paragraph.number, paragraph.text) for paragraph in article.paragraphs]
        [(1, 'It rained.'), (2, 'Then it stopped.')]
        >>> article.id
        '2024-07-25-rain-lgwrxhxaueua'

        Raises ValueError for a ``date`` that cannot be read, and TypeError for a value of a wrong type.
        """
        values = {
            "title": title, "outlet": outlet, "source": source, "byline": byline, "dateline": dateline,
            "located": located, "lang": lang, "section": section, "url": url, "key": key,
        }  # fmt: skip
        day, provenances = _read_date(date)
        _check_strings({**values, "path": path, "member": member, "identity": identity})
        record = arguments.whole_number("record", record)
        clean = _clean_values(values, provenances)
        blocks = text if isinstance(text, NormalizedBlocks) else _squeezed(text)
        path, member = (_encodable(name) for name in (path, member))
        identity = _identity(clean, identity, path, member, record, blocks)
        return cls(
            id=make_id(day, clean["outlet"], clean["title"], identity),
            paragraphs=tuple(Paragraph(number, *block) for number, block in enumerate(blocks, start=1)),
            date=day,
            path=path,
            member=member,
            record=record,
            provenance=_all_provenances(
                {**cast("dict[str, Any]", clean), "date": day}, provenances, provenance
            ),
            extra=clean_extra(extra),
            **cast("dict[str, Any]", clean),
        )

    @property
    def digest(self) -> str:
        """A digest of the content, which differs between the versions of an article.

        The content is the headline, the paragraphs with their kinds, and the fields that the input states, without
        ``url`` and ``key``. Another spelling of the address, a value that is inferred, and the place of the article do
        not change it.
        """
        stated = {
            name: _json_value(getattr(self, name))
            for name in FIELD_NAMES
            if name not in ("title", "url", "key") and self._is_stated(name)
        }
        paragraphs = [(paragraph.text, paragraph.kind) for paragraph in self.paragraphs]
        return _digest([self.title, paragraphs, stated])

    @property
    def state(self) -> str:
        """:attr:`digest`, and a digest of all other values and of their provenance. The place of the article does not change it."""
        values = [_json_value(getattr(self, name)) for name in FIELD_NAMES]
        own = [json_extra(self.extra)] if self.extra else []
        return f"{self.digest}{_digest([values, sorted(self.provenance.items()), *own])}"

    def _is_stated(self, name: str) -> bool:
        return self.provenance.get(name, STATED).known == "stated"

    def __repr__(self) -> str:
        return brief(self, quoted(self.id, 80), quoted(self.title), many(len(self.paragraphs), "paragraph"))

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: a table of the fields with their provenance, and the first paragraphs."""
        rows = [
            (
                name,
                notebook.text_html(value),
                f"<small>{notebook.text_html(self.provenance.get(name))}</small>",
            )
            for name, value in self._rows()
        ]
        paragraphs = "".join(
            f"<li>{notebook.text_html(one.text)}</li>" for one in self.paragraphs[:NOTEBOOK_PARAGRAPHS]
        )
        rest = len(self.paragraphs) - NOTEBOOK_PARAGRAPHS
        return notebook.page(
            notebook.paragraph(f"<strong>{notebook.linked(self.title, self.url)}</strong>"),
            notebook.table(("field", "value", "provenance"), rows, ("short",)),
            f"<ol>{paragraphs}</ol>" if paragraphs else "",
            notebook.paragraph(f"… and {many(rest, 'more paragraph')}" if rest > 0 else ""),
        )

    def _rows(self) -> Iterator[tuple[str, object]]:
        """Yield the names and the values of the rows of the table in a notebook."""
        for name in ("id", *FIELD_NAMES[1:]):
            if (value := getattr(self, name)) is not None:
                yield name, value
        for name, value in self.extra.items():
            yield name, shown(value)
        if self.path:
            yield "path", self.place
        for other in self.other_places:
            yield "also in", other
        if history := history_of(self):
            yield "added", history

    def as_separate_version(self) -> Article:
        """Return the article with an id of its own, for an archive that keeps all versions: see ``version_of``."""
        shared = self.version_of or without_slug(self.id)
        return dataclasses.replace(self, id=self._version_id(shared), version_of=shared)

    @property
    def shared_id(self) -> str:
        """The id with the digest that the versions of the article share: see ``version_of``."""
        if self.version_of is None or digest_of(self.id) is None:
            return self.id
        return self.id.removesuffix(without_slug(self.id)) + self.version_of

    def _version_id(self, shared: str) -> str:
        """Return an id with the digest of both the identity of the article, which ``shared`` stands for, and its content."""
        return with_digest(self.id, f"{shared}#version={self.digest}")

    def id_at(self, path: str) -> str | None:
        """Return the id that the article would have in another file; None if its id does not depend on the file."""
        shared = self.version_of or without_slug(self.id)
        for name in (f"id={self.key}", str(self.record)):
            here, there = (f"{_file(one, self.member)}#{name}" for one in (self.path or "", path))
            if id_digest(here) == shared:
                found = with_digest(self.id, there)
                return found if self.version_of is None else self._version_id(without_slug(found))
        return None

    @property
    def is_identified_in_file(self) -> bool:
        """Whether the ``key`` identifies the article, and only within the file that it was read from."""
        if self.path in (None, "", STREAM):
            return False
        return id_digest(f"{_file(self.path, self.member)}#id={self.key}") == digest_of(self.id)

    def narrower_ids(self) -> tuple[str, str]:
        """Return the id that the article has if its key identifies only within its file, and if only its place identifies it.

        An article of no file has one id for both, which its title and text identify.
        """
        path = self.path or ""
        if path in ("", STREAM):
            text = "\n\n".join([self.title or "", *(paragraph.text for paragraph in self.paragraphs)])
            return with_digest(self.id, text), with_digest(self.id, text)
        file = _file(path, self.member)
        if self.url is not None:
            apart = with_digest(self.id, f"{file}#{self.record}#url={self.url}")
            return apart, apart
        return with_digest(self.id, f"{file}#id={self.key}"), with_digest(self.id, f"{file}#{self.record}")

    def as_successor(self, number: int) -> Article:
        """Return the article with the id of the ``number``-th article that only this place identifies."""
        here = _file(self.path or "", self.member)
        return dataclasses.replace(self, id=with_digest(self.id, f"{here}#{self.record}#{number}"))

    @property
    def place(self) -> Place:
        """The place that the article was read from."""
        return Place(self.path or "", self.member, self.record)

    def to_dict(self) -> dict[str, object]:
        """Return the article as JSON types, as ``newssearch show --json`` prints it."""
        return {
            "id": self.id,
            **json_values(self, FIELD_NAMES),
            "path": self.path,
            "member": self.member,
            "record": self.record,
            "added": utc(self.added) if self.added else None,
            "version": self.version,
            "version_of": self.version_of,
            "earlier": [version.to_dict() for version in self.earlier],
            "other_places": [place.to_dict() for place in self.other_places],
            "extra": json_extra(self.extra),
            "provenance": {name: str(provenance) for name, provenance in self.provenance.items()},
            "paragraphs": [{"number": p.number, "kind": p.kind, "text": p.text} for p in self.paragraphs],
        }


def json_values(item: object, names: Iterable[str]) -> dict[str, str | None]:
    """Return the values of the named fields of an article or a hit as JSON types."""
    return {name: _json_value(getattr(item, name)) for name in names}


def _json_value(value: str | Date | None) -> str | None:
    return value.isoformat() if isinstance(value, (dt.date, PartialDate)) else value


def _digest(content: object) -> str:
    """Return a digest of JSON types."""
    import hashlib  # slow to import, and a search computes no digests

    return hashlib.blake2b(json.dumps(content).encode(), digest_size=_DIGEST_CHARACTERS // 2).hexdigest()


def same_content(state: str, other: str) -> bool:
    """Whether two articles with these states (:attr:`Article.state`) have the same content."""
    return content_digest(state) == content_digest(other)


def content_digest(state: str) -> str:
    """Return the digest of the content of an article (:attr:`Article.digest`) from its state."""
    return state[:_DIGEST_CHARACTERS]


def history_of(article: Article) -> str:
    """Return when an article came into the index and how often it changed, as text for people; "" if it is in no index.

    >>> noon = dt.datetime(2024, 7, 25, 12, tzinfo=dt.timezone.utc)
    >>> rain = dataclasses.replace(Article.create(title="Rain"), added=noon)
    >>> history_of(rain)
    '2024-07-25 12:00 UTC'
    >>> first = EarlierVersion("0", noon - dt.timedelta(days=2))
    >>> history_of(dataclasses.replace(rain, version=2, earlier=(first,)))
    '2024-07-23 12:00 UTC; 2 versions, last changed 2024-07-25 12:00 UTC'
    """
    if article.added is None:
        return ""
    last = _minute(article.added)
    if article.version_of is not None:
        return f"{last}; version {article.version:,} of {article.version_of}"
    if not article.earlier:
        return last
    first = _minute(article.earlier[0].added)
    if len(article.earlier) < article.version - 1:  # the first ones are no longer listed
        first = f"before {first}"
    return f"{first}; {article.version:,} versions, last changed {last}"


def _minute(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.timezone.utc):%Y-%m-%d %H:%M} UTC"


def utc(moment: dt.datetime) -> str:
    """Return a time of UTC in ISO 8601 with a Z.

    >>> utc(dt.datetime(2024, 7, 25, 14, 30, tzinfo=dt.timezone.utc))
    '2024-07-25T14:30:00Z'
    """
    return moment.astimezone(dt.timezone.utc).replace(tzinfo=None).isoformat() + "Z"


def _check_strings(values: Mapping[str, object]) -> None:
    """Raise TypeError, with the name of the argument, unless each value is a string or None."""
    for name, value in values.items():
        if value is not None and not isinstance(value, str):
            raise arguments.wrong(name, "a string, or None", value)


def _all_provenances(
    values: Mapping[str, object], found: Mapping[str, Provenance], given: Mapping[str, Provenance] | None
) -> FrozenDict[str, Provenance]:
    """Return a provenance for every field: the ``given`` one, else the ``found`` one, else the default.

    The default is :data:`STATED` for a field with a value, and :data:`MISSING` for a field whose value is None.
    """
    complete = dict(found)
    for name in FIELD_NAMES:
        complete.setdefault(name, MISSING if values[name] is None else STATED)
    if given is not None:
        complete.update(arguments.instance("provenance", given, Mapping, "a mapping, or None"))
    return FrozenDict(complete)


def _clean_values(
    values: Mapping[str, str | None], provenances: dict[str, Provenance]
) -> dict[str, str | None]:
    """Return texts of fields without needless space, None for empty ones, and the outlet as the source if there is none.

    The provenance of such a source is added to ``provenances``.
    """
    clean = {name: squeeze(value) or None if value else None for name, value in values.items()}
    clean["key"] = normal_key(clean["key"]) or None if clean["key"] else None
    if clean["source"] is None and clean["outlet"] is not None:
        clean["source"] = clean["outlet"]
        provenances["source"] = Provenance("inferred", "outlet")
    return clean


def _read_date(given: str | Date | None) -> tuple[Date | None, dict[str, Provenance]]:
    """Return a date or the date that a string states, and a dict with its provenance if the string is ambiguous.

    An empty string is None. Raises ValueError for a string that states no date, and TypeError for other types.
    """
    if not isinstance(given, str):
        if given is not None:
            arguments.instance("date", given, (dt.date, PartialDate), "a date, a string, or None")
        return given, {}
    if not given.strip():
        return None, {}
    published = parse_published(given)
    if published is None:
        raise ValueError(f"not a date: {given!r}; write 2024-07-25, 2024-07-25T14:30, 2024-07 or 2024")
    return published.value, {"date": MONTH_FIRST} if published.ambiguous else {}


def _squeezed(text: str | Block | Iterable[str | Block]) -> NormalizedBlocks:
    """Return a text, or paragraphs, as blocks with normalised white space, one for each paragraph that is not empty."""
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
    from .addresses import canonical_address  # slow to import, and a search makes no ids

    url, key = fields["url"], fields["key"]
    if url:
        return canonical_address(url)
    if identity:
        return f"id={identity}"
    if key:
        file = _file(path, member) if path else fields["outlet"] or ""
        return f"{file}#id={key}"  # never the same as a record's number
    if path and path != STREAM:
        return f"{_file(path, member)}#{record}"
    return "\n\n".join([fields["title"] or "", *(block.text for block in paragraphs)])


def _encodable(name: str | None) -> str | None:
    """Return the name of a file with lone surrogates (bytes that are not UTF-8) written as backslash escapes."""
    return name if name is None or name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def _file(path: str, member: str | None) -> str:
    """Return the name of a file, followed by ``!/`` and the name of the file inside it, if there is one."""
    return f"{path}!/{member}" if member else path


def place(path: str, member: str | None = None, record: int = 0) -> str:
    """Return the place of a record for messages: the file, the file inside it, and the number of the record.

    >>> place("a.zip", "b.jsonl", 3), place("a.txt")
    ('a.zip!/b.jsonl:3', 'a.txt')
    """
    return f"{_file(path, member)}:{record}" if record else _file(path, member)

"""Write the archive of the notebooks: articles of seven invented newspapers of an invented harbour town, in seven formats.

`python examples/make_archive.py` writes `newssearch.toml` and the folders `archive/`, `inbox/` and `coding/`, with the same bytes each time: the
articles are drawn, with fixed seeds, from the sentences in `newsroom.toml`, and joined by those in `reports.toml`. The
notebooks need not run it, because its output is kept beside them.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import html
import io
import json
import random
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar
from xml.sax.saxutils import escape as xml_escape

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
T = TypeVar("T")

FIRST_DAY, LAST_DAY = dt.date(2023, 1, 2), dt.date(2024, 12, 30)
DOMAINS = {
    "Saltmere Courier": "saltmere-courier.example", "Harbour Herald": "harbour-herald.example", "The Ledger": "ledger.example",
    "Coast Radio": "coast-radio.example", "Hafenbote": "hafenbote.example", "La Gazette du Port": "gazette-du-port.example",
    "Sawt al-Mina": "mina.example",
}  # fmt: skip
BYLINES = {
    "Saltmere Courier": ("Nils Forsberg", "Ada Lund", "Ruth Osborne", ""), "Harbour Herald": ("Tessa Grieve", "Colm Hartigan"),
    "The Ledger": ("Piers Aldous", "Mona Verhoeven"), "Coast Radio": ("Abel Winter", "", ""),
}  # fmt: skip
TOPICS = {
    "Saltmere Courier": "council ferry weather football court school housing festival hospital fishmarket shipping",
    "Harbour Herald": "ferry weather school festival fishmarket shipping",
    "The Ledger": "council housing fishmarket shipping shipping",
    "Coast Radio": "council ferry weather football court hospital festival",
}
BACKGROUND = {"Saltmere Courier": 104, "Harbour Herald": 32, "The Ledger": 44, "Coast Radio": 60}
"""The numbers of articles that are not about the dredging."""
DREDGING = {
    "plan": (5, 3, 6, 2), "award": (4, 2, 6, 2), "works": (4, 5, 3, 2), "fishkill": (11, 8, 2, 8), "readings": (6, 4, 1, 6),
    "inquiry": (9, 4, 3, 7), "election": (6, 2, 2, 5), "settlement": (5, 3, 5, 3),
}  # fmt: skip
"""The numbers of articles on each event of the dredging, by outlet in the order of :data:`FRAMES`."""
FRAMES = {  # the weights of economy, environment and politics
    "Saltmere Courier": (3, 3, 5), "Harbour Herald": (1, 7, 2), "The Ledger": (8, 1, 2), "Coast Radio": (2, 4, 5),
}  # fmt: skip
FRAME_NAMES = ("economy", "environment", "politics")
CODED_QUERY = "dredg* OR silt OR Lodestar"
CODED = {"size": 60, "seed": 7, "by": "outlet"}
"""The sample that the study draws and two coders have coded."""


@dataclass(frozen=True)
class Report:
    """An article of the archive before it is written in the format of its outlet."""

    outlet: str
    date: dt.datetime | dt.date
    title: str
    paragraphs: tuple[str, ...]
    byline: str = ""
    source: str = ""
    section: str = ""
    lang: str = "en"
    frame: str = ""
    address: str = ""

    @property
    def day(self) -> dt.date:
        """The day of publication."""
        return day_of(self.date)

    @property
    def slug(self) -> str:
        """The last part of the address: the words of the headline, or its day and hour if they are not Latin."""
        words = re.findall(
            r"[a-z0-9]+", self.title.lower().replace("é", "e").replace("ü", "u").replace("à", "a")
        )
        return "-".join(words[:7]) or f"{self.day:%m-%d}"

    @property
    def url(self) -> str:
        """The address, on a domain that nobody can own. A corrected article keeps its own."""
        return self.address or f"https://{DOMAINS[self.outlet]}/{self.day:%Y/%m/%d}/{self.slug}"

    @property
    def text(self) -> str:
        """The paragraphs, with empty lines between them."""
        return "\n\n".join(self.paragraphs)


class Writer:
    """Draws articles, each with a random generator of its own, so that no article depends on the others."""

    def __init__(self, seed: str, date: dt.datetime) -> None:
        self._random = random.Random(seed)
        self._date = date
        self._choices: dict[str, str] = {}

    def pick(self, values: Sequence[T]) -> T:
        """Return one of several values. Unlike ``random.choice``, it is the same in every version of Python."""
        return values[int(self._random.random() * len(values))]

    def weighted(self, weights: Mapping[T, int]) -> T:
        """Return one of several values by their weights."""
        return self.pick([value for value, weight in weights.items() for _ in range(weight)])

    def some(self, values: Sequence[T], number: int) -> list[T]:
        """Return several different values, in random order."""
        left = list(values)
        return [left.pop(int(self._random.random() * len(left))) for _ in range(min(number, len(left)))]

    def text(self, template: str, place: str = "") -> str:
        """Return a sentence with its choices made and its values filled in. Numbers agree within one ``place``."""
        weekdays = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        text = re.sub(r"\{n:(\d+)-(\d+)\}", lambda found: self._number(found, place), template)
        text = re.sub(r"\[([^\[\]]*)\]", self._choice, text)
        text = text.replace("{weekday}", weekdays[self._date.weekday()])
        text = text.replace("{later}", weekdays[(self._date.weekday() + 3) % 7])
        return _of_its_time(text[:1].upper() + text[1:], self._date.date())

    def _number(self, found: re.Match[str], place: str) -> str:
        low, high = int(found[1]), int(found[2])
        return self._choices.setdefault(
            f"{place} {found[0]}", f"{low + int(self._random.random() * (high - low + 1)):,}"
        )

    def _choice(self, found: re.Match[str]) -> str:
        literal = found[0].lower()
        return self._choices.setdefault(literal, self.pick(found[1].split("|")))


def _of_its_time(text: str, day: dt.date) -> str:
    """Return a sentence with the offices that people hold on a day: a new mayor from October 2024, a new port director from July."""
    changes: list[tuple[str, str]] = []
    if day >= dt.date(2024, 10, 20):
        changes += [
            ("councillor Thomas Lindqvist", "councillor Ingrid Halloran"), ("Mayor Ingrid Halloran", "Mayor Thomas Lindqvist"),
            ("Councillor Thomas Lindqvist", "Mayor Thomas Lindqvist"),
        ]  # fmt: skip
    if day >= dt.date(2024, 7, 1):
        changes += [("Port director Viktor Brandt", "Lotte Aasen, who runs the port for now,")]
    for before, after in changes:
        text = text.replace(before, after)
    return text


def paragraphs_of(sentences: Sequence[str]) -> tuple[str, ...]:
    """Return sentences in paragraphs: the first alone, the others in pairs."""
    first, *others = sentences
    return (first, *(" ".join(others[at : at + 2]) for at in range(0, len(others), 2)))


def moment(writer: Writer, day: dt.date) -> dt.datetime:
    """Return a time on a day, in the zone of the town, with its summer time."""
    summer = dt.date(day.year, 3, 28) <= day < dt.date(day.year, 10, 28)
    zone = dt.timezone(dt.timedelta(hours=2 if summer else 1))
    return dt.datetime(
        day.year, day.month, day.day, writer.pick(range(6, 20)), writer.pick(range(0, 60, 5)), tzinfo=zone
    )


def days_between(first: dt.date, last: dt.date, number: int, writer: Writer) -> list[dt.date]:
    """Return days in order, spread evenly with some chance."""
    span = (last - first).days
    return [
        first + dt.timedelta(int(span * (at + writer.pick(range(10)) / 10) / number)) for at in range(number)
    ]


def background(newsroom: Mapping[str, Any], outlet: str) -> Iterable[Report]:
    """Yield the articles of an outlet that are not about the dredging."""
    chance = Writer(f"days {outlet}", dt.datetime(2023, 1, 1))
    for number, day in enumerate(days_between(FIRST_DAY, LAST_DAY, BACKGROUND[outlet], chance)):
        topics = [name for name in TOPICS[outlet].split() if _in_season(name, day)]
        name = chance.pick(topics)
        topic = newsroom["topics"][name]
        writer = Writer(f"{outlet} {number}", when := moment(chance, day))
        opening = [writer.text(one) for one in writer.pick(topic["openings"])]
        more = writer.some(topic["more"], writer.pick((3, 4, 5, 6)))
        sentences = [opening[1], *(writer.text(one, str(at)) for at, one in enumerate(more))]
        yield Report(
            outlet,
            when,
            opening[0],
            paragraphs_of(sentences),
            _byline(writer, outlet),
            section=topic["section"],
        )


def _in_season(topic: str, day: dt.date) -> bool:
    seasons = {
        "weather": (10, 11, 12, 1, 2, 3),
        "football": (8, 9, 10, 11, 12, 2, 3, 4, 5),
        "school": (1, 2, 3, 4, 5, 6, 9, 10, 11, 12),
    }
    return day.month in seasons.get(topic, range(13))


def _byline(writer: Writer, outlet: str) -> str:
    return writer.pick(BYLINES[outlet])


def dredging(newsroom: Mapping[str, Any]) -> Iterable[Report]:
    """Yield the articles on the dredging, each in one of three frames, which an outlet prefers more or less."""
    for event, numbers in DREDGING.items():
        content = newsroom["dredging"]["events"][event]
        first, last = (dt.date.fromisoformat(day) for day in content["days"])
        sentences = newsroom["dredging"][content["stage"]]
        for outlet, number in zip(FRAMES, numbers, strict=True):
            chance = Writer(f"{event} {outlet}", dt.datetime(2023, 1, 1))
            for at, day in enumerate(days_between(first, last, number, chance)):
                writer = Writer(f"{event} {outlet} {at}", when := moment(chance, day))
                frame = writer.weighted(dict(zip(FRAME_NAMES, FRAMES[outlet], strict=True)))
                opening = [writer.text(one) for one in writer.pick(content["openings"])]
                other = [one for name in FRAME_NAMES if name != frame for one in sentences[name]]
                more = [*writer.some(sentences[frame], writer.pick((3, 4, 5))), *writer.some(other, 1)]
                texts = [opening[1], *(writer.text(one, str(at)) for at, one in enumerate(more))]
                section = (
                    "Business" if frame == "economy" else "Politics" if frame == "politics" else "Harbour"
                )
                yield Report(
                    outlet,
                    when,
                    opening[0],
                    paragraphs_of(texts),
                    _byline(writer, outlet),
                    section=section,
                    frame=frame,
                )


def written_by_hand(entries: Iterable[Mapping[str, Any]]) -> Iterable[Report]:
    """Yield the articles of ``reports.toml``."""
    for entry in entries:
        known = {name: value for name, value in entry.items() if name in Report.__dataclass_fields__}
        date = (
            dt.datetime.fromisoformat(entry["date"])
            if "T" in entry["date"]
            else dt.date.fromisoformat(entry["date"])
        )
        yield Report(**{**known, "date": date, "paragraphs": tuple(entry["text"].strip().split("\n\n"))})


# ---- The formats of the outlets.


def json_lines(reports: Sequence[Report]) -> str:
    """Return articles as JSON Lines, as the Saltmere Courier keeps them."""
    rows = (
        {
            "title": one.title, "date": one.date.isoformat(), "outlet": one.outlet, "byline": one.byline or None,
            "source": one.source or None, "section": one.section or None, "language": one.lang, "url": one.url,
            "text": one.text,
        }
        for one in reports
    )  # fmt: skip
    return "".join(f"{json.dumps({k: v for k, v in row.items() if v}, ensure_ascii=False)}\n" for row in rows)


def page(one: Report) -> str:
    """Return an article as a web page, as the Harbour Herald publishes it: with navigation, and boxes that are no article."""
    stated = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": one.title, "datePublished": one.date.isoformat(),
        "author": {"@type": "Person", "name": one.byline}, "publisher": {"@type": "Organization", "name": one.outlet},
        "articleSection": one.section or "Harbour", "inLanguage": "en", "url": one.url,
    }  # fmt: skip
    facts = json.dumps(stated).replace("<", "\\u003c")
    body = "\n".join(f"<p>{html.escape(text, quote=False)}</p>" for text in one.paragraphs)
    credit = f'<p class="credit">With material from the agency {one.source}.</p>\n' if one.source else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{html.escape(one.title)} | {one.outlet}</title>
<link rel="canonical" href="{one.url}">
<script type="application/ld+json">{facts}</script>
</head>
<body>
<nav><a href="/">Home</a> <a href="/harbour">Harbour</a> <a href="/town">Town</a> <a href="/subscribe">Subscribe</a></nav>
<main><article>
<h1>{html.escape(one.title)}</h1>
<p class="byline">By {one.byline}, {one.day.day} {one.day:%B %Y}</p>
{body}
{credit}</article></main>
<footer>The {one.outlet}, 3 Rope Quay, Saltmere. Printed on Saturdays.</footer>
</body>
</html>
"""


def table(reports: Sequence[Report]) -> str:
    """Return articles as a table, as The Ledger exports them."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(("Headline", "Date", "Publication", "Author", "Agency", "Section", "URL", "Text"))
    for one in reports:
        rows.writerow((one.title, one.date.isoformat(), one.outlet, one.byline, one.source, one.section, one.url, one.text))  # fmt: skip
    return file.getvalue()


def mailbox(reports: Sequence[Report]) -> bytes:
    """Return articles as a mailbox: the newsletter of Coast Radio, with an article in each mail."""
    parts = []
    for one in reports:
        mail = EmailMessage()
        mail["From"] = "Coast Radio News <news@coast-radio.example>"
        mail["To"] = "archive@saltmere-library.example"
        mail["Subject"] = one.title
        mail["Date"] = format_datetime(
            one.date if isinstance(one.date, dt.datetime) else dt.datetime.combine(one.date, dt.time(9))
        )
        mail["Message-ID"] = f"<{one.day:%Y%m%d}.{one.slug}@coast-radio.example>"
        first = f"SALTMERE ({one.source}) - " if one.source else ""
        mail.set_content(f"{first}{one.text}\n", cte="8bit")
        parts.append(b"From news@coast-radio.example Mon Jan  1 00:00:00 2024\n" + mail.as_bytes() + b"\n")
    return b"".join(parts)


def markdown(one: Report) -> str:
    """Return an article as Markdown with front matter, as the Hafenbote keeps it."""
    facts = {"title": one.title, "date": one.day, "outlet": one.outlet, "author": one.byline, "section": one.section, "lang": one.lang, "url": one.url}  # fmt: skip
    head = "\n".join(f"{name}: {json.dumps(str(value), ensure_ascii=False)}" for name, value in facts.items())
    return f"---\n{head}\n---\n\n{one.text}\n"


def feed(reports: Sequence[Report]) -> str:
    """Return articles as an RSS feed, as La Gazette du Port publishes them."""
    items = "".join(
        f"<item><title>{xml_escape(one.title)}</title><link>{one.url}</link><guid>{one.url}</guid>"
        f"<pubDate>{format_datetime(dt.datetime.combine(one.day, dt.time(7), dt.timezone.utc))}</pubDate>"
        f"<dc:creator>{xml_escape(one.byline)}</dc:creator><category>{xml_escape(one.section)}</category>"
        f"<content:encoded><![CDATA[{''.join(f'<p>{html.escape(text, quote=False)}</p>' for text in one.paragraphs)}]]></content:encoded></item>\n"
        for one in reports
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel><title>La Gazette du Port</title>'
        f"<link>https://gazette-du-port.example/</link><language>fr</language>\n{items}</channel></rss>\n"
    )


def plain(one: Report) -> str:
    """Return an article as plain text, as somebody copied it: the headline, the day, the text, and the domain as last line."""
    return f"{one.title}\n\n{one.day.isoformat()}\n\n{one.text}\n\n{DOMAINS[one.outlet]}"


def document(entry: Mapping[str, str]) -> bytes:
    """Return a text without a date as a document of an office program."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    core = 'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    lines = [entry["title"], *entry["text"].strip().split("\n\n")]
    style = '<w:pPr><w:pStyle w:val="Title"/></w:pPr>'
    body = "".join(
        f"<w:p>{style if at == 0 else ''}<w:r><w:t>{xml_escape(line)}</w:t></w:r></w:p>"
        for at, line in enumerate(lines)
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{links}"><Relationship Id="r1" Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
        "docProps/core.xml": f"<cp:coreProperties {core}><dc:title>{xml_escape(entry['title'])}</dc:title>"
        f"<dc:creator>{xml_escape(entry['byline'])}</dc:creator></cp:coreProperties>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(
        file, "w"
    ) as archive:  # stored, because compressed bytes differ between versions of zlib
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


CONFIGURATION = """# The settings of the archive: newssearch reads them from the folder that holds the index.

[outlets]                       # name = other names of the outlet
"Saltmere Courier" = ["saltmere-courier.example", "The Courier"]
"Harbour Herald" = ["harbour-herald.example"]
"The Ledger" = ["ledger.example"]
"Coast Radio" = ["coast-radio.example", "Coast Radio News"]
"Hafenbote" = ["hafenbote.example"]
"La Gazette du Port" = ["gazette-du-port.example"]
"Sawt al-Mina" = ["mina.example", "صوت الميناء"]

[folders]                       # folder = the outlet of articles in it that do not name theirs
"archive/coast-radio" = "Coast Radio"
"""


def archive_files() -> dict[str, bytes]:
    """Return the files of the folders ``archive/`` and ``inbox/`` by their names."""
    newsroom, by_hand = sources()
    reports = all_reports(newsroom, by_hand)

    def of(outlet: str) -> list[Report]:
        return [one for one in reports if one.outlet == outlet]

    files: dict[str, str | bytes] = {"newssearch.toml": CONFIGURATION}
    for year in (2023, 2024):
        files[f"archive/courier/{year}.jsonl"] = json_lines(
            [one for one in of("Saltmere Courier") if one.day.year == year]
        )
    files["inbox/corrections.jsonl"] = json_lines(corrections(by_hand["report"]))
    files |= {f"archive/herald/{one.day:%Y-%m-%d}-{one.slug}.html": page(one) for one in of("Harbour Herald")}
    files["archive/ledger/ledger.csv"] = table(of("The Ledger"))
    files["archive/coast-radio/newsletter.mbox"] = mailbox(of("Coast Radio"))
    files |= {f"archive/hafenbote/{one.day:%Y-%m-%d}.md": markdown(one) for one in of("Hafenbote")}
    files["archive/gazette/feed.xml"] = feed(of("La Gazette du Port"))
    files |= {f"archive/mina/{one.day:%Y-%m-%d}.txt": plain(one) for one in of("Sawt al-Mina")}
    files |= {f"archive/{entry['file']}": document(entry) for entry in by_hand["document"]}
    files["inbox/2025-01.jsonl"] = json_lines(list(written_by_hand(by_hand["inbox"])))
    return {
        name: content.encode() if isinstance(content, str) else content for name, content in files.items()
    }


def all_reports(newsroom: Mapping[str, Any], by_hand: Mapping[str, Any]) -> list[Report]:
    """Return all articles in order of time, each with an address of its own."""
    drawn = [*dredging(newsroom), *(one for outlet in BACKGROUND for one in background(newsroom, outlet))]
    ordered = sorted(
        [*drawn, *written_by_hand(by_hand["report"])], key=lambda one: (one.day, one.outlet, one.title)
    )
    return list({one.url: one for one in ordered}.values())


def corrections(entries: Iterable[Mapping[str, Any]]) -> list[Report]:
    """Return the corrected articles: the headline and the text have changed, the address has not."""
    found = []
    for entry in entries:
        if "correction" in entry:
            (before,) = written_by_hand([entry])
            text = tuple(entry["correction"].strip().split("\n\n"))
            found.append(replace(before, title=entry["corrected_title"], paragraphs=text, address=before.url))
    return found


def coding_sheets(work: Path) -> dict[str, bytes]:
    """Return what two coders wrote about the sample that the study draws: the frame of each article, not always the same one."""
    import newssearch

    frames = {(one.outlet, one.title, one.day): one.frame for one in all_reports(*sources())}
    with newssearch.create(work / "index") as index:
        index.update(work / "archive")
        drawn = index.sample(CODED_QUERY, outlet=list(FRAMES), **CODED)
    sheets = {}
    for coder, errors in (("a", 0.06), ("b", 0.12)):
        writer = Writer(f"coder {coder}", dt.datetime(2024, 12, 31))
        rows = ["id,frame\n"]
        for one in drawn:
            frame = frames[one.outlet, one.title, day_of(one.date)] or "politics"
            if writer.pick(range(100)) < errors * 100:
                frame = writer.pick([other for other in FRAME_NAMES if other != frame])
            rows.append(f"{one.id},{frame}\n")
        sheets[f"coding/coder-{coder}.csv"] = "".join(rows).encode()
    return sheets


def day_of(date: Any) -> dt.date:
    """Return the day of a date or of a moment."""
    return date.date() if isinstance(date, dt.datetime) else date


def sources() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the sentences of the newsroom, and the articles that were written by hand."""
    newsroom, by_hand = (
        tomllib.loads((HERE / name).read_text("utf-8")) for name in ("newsroom.toml", "reports.toml")
    )
    return newsroom, by_hand


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def all_files() -> dict[str, bytes]:
    """Return all files that this program writes, by their names."""
    files = archive_files()
    with tempfile.TemporaryDirectory() as work:
        write(files, Path(work))
        return files | coding_sheets(Path(work))


def kept_files() -> dict[str, bytes]:
    """Return the files beside this program that it writes, by their names."""
    folders = (path for name in ("archive", "inbox", "coding") for path in (HERE / name).rglob("*"))
    files = [HERE / "newssearch.toml", *(path for path in folders if path.is_file())]
    return {path.relative_to(HERE).as_posix(): path.read_bytes() for path in files}


def main() -> int:
    """Write the files beside this program, in the place of those that were there; with ``--check``, only compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if a file differs")
    check = parser.parse_args().check
    files = all_files()
    if check:
        kept = kept_files()
        different = sorted(name for name in {*files, *kept} if files.get(name) != kept.get(name))
        print(
            "\n".join(f"{name} differs: run examples/make_archive.py" for name in different)
            or "the archive is as written"
        )
        return 1 if different else 0
    for folder in {name.partition("/")[0] for name in files if "/" in name}:
        shutil.rmtree(HERE / folder, ignore_errors=True)
    write(files, HERE)
    print(f"{len(files)} files, {sum(map(len, files.values())) // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

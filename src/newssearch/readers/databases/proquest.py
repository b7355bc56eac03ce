"""Exports of ProQuest as text: documents between rules of underscores, each of them lines with labels.

A document is a headline, labelled lines (``Author:``, ``Publication info:``), the text behind ``Full text:``, and more
labelled lines, of which ``ProQuest document ID`` is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from newssearch.readers.api import Origin, ReadOutcome
from newssearch.readers.article.addresses import document_address
from newssearch.readers.records.json_values import normal_name
from newssearch.text.date_search import find_dates
from newssearch.text.paragraphs import Block, split_paragraphs, squeeze

from .exported import Exported, difference, labels_in
from .parts import TailKind, ends_sentence, is_prose, tail_start

PROQUEST_LABELS = labels_in(
    (
        ("byline", "Author|Authors|Autor|Autoren|Verfasser|Auteur|Auteurs|Autores|Autore|Autori"),
        ("info", "Publication info|Veröffentlichungsinfo|Publikationsinfo|Informations sur la publication|Infos sur la publication|Información de publicación|Información de la publicación|Informazioni sulla pubblicazione|Informações da publicação"),
        ("abstract", "Abstract|Abstracts|Zusammenfassung|Kurzfassung|Résumé|Resumen|Riassunto|Resumo|Abstract (summary)"),
        ("links", "Links|Link|Enlaces|Liens|Collegamenti|ProQuest document link|Document link"),
        ("text", "Full text|Volltext|Texte intégral|Texte complet|Texto completo|Testo completo|Full text (PDF)|Text"),
        ("title", "Title|Titel|Titre|Título|Titolo"),
        ("outlet", "Publication title|Publikationstitel|Titel der Publikation|Titre de la publication|Título de publicación|Título de la publicación|Titolo della pubblicazione|Título da publicação"),
        ("page", "Pages|First page|Page|Seiten|Erste Seite|Première page|Primera página|Páginas|Pagine|Prima pagina|Start page"),
        ("date", "Publication date|Publikationsdatum|Veröffentlichungsdatum|Erscheinungsdatum|Date de publication|Fecha de publicación|Data di pubblicazione|Data de publicação"),
        ("year", "Publication year|Year|Publikationsjahr|Erscheinungsjahr|Année de publication|Año de publicación|Anno di pubblicazione|Ano de publicação"),
        ("section", "Section|Rubrik|Abschnitt|Rubrique|Sección|Sezione|Seção"),
        ("language", "Language of publication|Language|Publikationssprache|Sprache der Veröffentlichung|Sprache|Langue de publication|Langue|Idioma de la publicación|Idioma|Lingua di pubblicazione|Lingua|Idioma da publicação"),
        ("key", "ProQuest document ID|ProQuest-Dokument-ID|ID de document ProQuest|ID du document ProQuest|ID del documento de ProQuest|ID documento ProQuest|ID do documento ProQuest"),
        ("url", "Document URL|URL|Dokument-URL|URL du document|URL de documento|URL del documento|URL do documento"),
        ("copyright", "Copyright|Derechos de autor"),
        ("dateline", "Dateline|Location of dateline"),
        ("subject", "Subject|Subjects|Subject term|Thema|Sujet|Materia|Soggetto|Assunto|Schlagwort"),
        ("companies", "Company / organization|Company|Unternehmen/Organisation|Société / organisation|Empresa / organización|Organization"),
        ("people", "People|Person|Personen|Personne|Personas|Persone"),
        ("location", "Location|Ort|Standort|Lieu|Lugar|Luogo"),
        ("edition", "Edition|Ausgabe|Édition|Edición"),
        ("column", "Column|Kolumne"),
        ("", "Business indexing term|Identifier / keyword|Identifier|Publisher|Verlag|Éditeur|Editorial|Place of publication|Erscheinungsort|Veröffentlichungsort|Lieu de publication|Lugar de publicación"
             "|Country of publication|Land der Veröffentlichung|Pays de publication|País de publicación|Publication subject|ISSN|e-ISSN|ISBN|Source type|Quellentyp|Type de source|Tipo de fuente|Document type|Dokumenttyp"
             "|Type de document|Tipo de documento|Document feature|Last updated|Zuletzt aktualisiert|Dernière mise à jour|Última actualización|Database|Datenbank|Base de données|Base de datos|Volume|Issue|Number of pages"
             "|Credit|Classification|Accession number|Series|Product name|Industry|Ticker|NAICS|Supplemental data|Correspondence author|Notes|Alternate title|Publication note|Full text word count|Word count|Updates|DOI"),
    )
)  # fmt: skip
"""The labels of ProQuest in the languages of its interface, in normal form, and the roles of their values."""

WORDS_OF_SENTENCE = 6
"""The number of words from which a value that ends like a sentence is one, behind a label of one word."""

LABELS_NEEDED = 4
"""The number of different labels, among them the id or the outlet, by which an export is recognised."""

RULES_NEEDED = 2
"""The number of rules and numbers of documents from which they separate the documents of an export."""

RULE = "_" * 60
"""The line between two documents."""

_RULE = re.compile(r"\s*_{40,}\s*")
_ID_VALUE = re.compile(r"\d{5,14}")
_DOCUMENT_NUMBER = re.compile(
    r"(?:Document|Dokument|Documento)\s(?P<number>\d{1,6})\s(?:of|von|de|sur|di|/)\s(?P<total>\d{1,6})",
    re.IGNORECASE,
)
_PROQUEST_LABEL = re.compile(r"(?P<label>[^\W\d_][^:\n]{1,44}?)\s?:(?:\s+(?P<value>.*)|)", re.DOTALL)
_NONE_AVAILABLE = frozenset(
    {
        "noneavailable",
        "notavailable",
        "nichtverfugbar",
        "keineverfugbar",
        "aucundisponible",
        "nodisponible",
        "nondisponible",
        "abstractnotavailable",
    }
)
_CAPTION = re.compile(r"(?:CAPTION|(?P<credit>CREDIT)):(?:\s+|$)")
_PLACE_AND_DATE = re.compile(r"\s;|\[|;\s")


@dataclass
class ProquestSigns:
    """The signs in the lines of a text that it is an export of ProQuest."""

    labels: set[str] = field(default_factory=set)
    rules: int = 0
    dates: int = 0
    _above: str = ""
    """The role of the label whose value follows."""

    def add(self, line: str) -> None:
        """Count the signs in a line."""
        found = label_in(line)
        if found is None and self._above and line.strip():
            found = ("", self._above, line.strip())
        if found is not None:
            _, role, value = found
            self._above = "" if value else role
            if role == "key" and _ID_VALUE.fullmatch(value) is None:
                return
            self.labels.add(role or found[0])
            if role in ("date", "info", "year") and len(value) <= 400:
                self.dates += value.isdigit() or next(find_dates(value), None) is not None
        elif line[:1] in ("_", "D", "d") and len(line) <= 200:
            self.rules += (
                _RULE.fullmatch(line) is not None or _DOCUMENT_NUMBER.fullmatch(line.strip()) is not None
            )

    @property
    def decide(self) -> bool:
        """Whether these are the signs of an export.

        It has four different labels, a date behind one, and the id that ProQuest gives, a number, or its rules.
        """
        if len(self.labels) < LABELS_NEEDED or not self.dates or self.labels.isdisjoint(("outlet", "info")):
            return False
        return "key" in self.labels or (self.rules > 0 and not self.labels.isdisjoint(("text", "abstract")))


def label_in(line: str) -> tuple[str, str, str] | None:
    """Return the label at the start of a line, its role and the value behind it; None if it has no label of ProQuest."""
    if ":" not in line[:60]:
        return None
    found = _PROQUEST_LABEL.fullmatch(line.strip())
    if found is None:
        return None
    name = normal_name(found["label"])
    if name not in PROQUEST_LABELS and not (name.startswith("proquest") and "id" in name):
        return None
    return found["label"], PROQUEST_LABELS.get(name, "key"), (found["value"] or "").strip()


def read_proquest(lines: Sequence[str], origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles of an export, given its lines, and a rejection if their number is not the one that it states."""
    number = stated = 0
    for document in _proquest_documents(lines):
        for line in document[:6]:
            found = _DOCUMENT_NUMBER.fullmatch(line.strip()) if len(line) <= 80 else None
            stated = int(found["total"]) if found is not None else stated
        item = Exported(origin, number + 1)
        if _read_proquest(document, item):
            number += 1
            yield item.build("proquest")
    yield from difference(origin, stated or None, number)


def _proquest_documents(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of each document.

    Rules or the numbers of the documents separate them; where an export has none, a document begins at a line without a
    label behind the id of another, and with a label below it if the text of the other stands behind its id.
    """
    marks = [place for place, line in enumerate(lines) if _is_rule(line) or _is_number(line)]
    rule = next((line.strip() for line in lines if _is_rule(line)), RULE)
    document: list[str] = []
    id_seen = after_blank = text_behind = False
    for place, line in enumerate(lines):
        is_rule = _is_rule(line) and line.strip() in (rule, RULE)
        found = label_in(line) if after_blank or not id_seen else None
        headline = (
            len(marks) < RULES_NEEDED
            and id_seen
            and after_blank
            and 0 < len(line.strip()) <= 200
            and found is None
            and (not text_behind or _labels_follow(lines, place))
        )
        if is_rule or _is_number(line) or headline:
            yield document
            document, id_seen, text_behind = [], False, False
        if not is_rule:
            document.append(line)
        text_behind = text_behind or (id_seen and found is not None and found[1] in ("text", "abstract"))
        id_seen = id_seen or (found is not None and found[1] == "key")
        after_blank = not line or line.isspace()
    yield document


def _is_rule(line: str) -> bool:
    return len(line) <= 200 and _RULE.fullmatch(line) is not None


def _is_number(line: str) -> bool:
    return len(line) <= 200 and _DOCUMENT_NUMBER.fullmatch(line.strip()) is not None


def _labels_follow(lines: Sequence[str], place: int) -> bool:
    """Whether the next two lines below one that are not blank have labels."""
    below = [line for line in lines[place + 1 : place + 8] if line.strip()][:2]
    return len(below) > 1 and all(label_in(line) is not None for line in below)


def _read_proquest(lines: Sequence[str], item: Exported) -> bool:
    """Enter the values of a document. Return whether it is one, and not a cover page or a notice."""
    blocks = _labelled_blocks(lines)
    labels = [label_in(block[0]) for block in blocks]
    if sum(label is not None for label in labels) < 2:
        return False
    place = 0
    while place < len(blocks):
        block, found = blocks[place], labels[place]
        place += 1
        if found is None:
            line = squeeze(" ".join(block))
            is_note = (
                _DOCUMENT_NUMBER.fullmatch(line) is not None
                or line.startswith("http")
                or "ProQuest" in block[0]
            )
            if item.get("title") is None and not is_note:
                item.set("title", line)
            elif is_prose(line) and not is_note:
                item.blocks.append(Block(line))
            continue
        label, role, value = found
        values = [value, *block[1:]]
        if role in ("text", "abstract"):
            end = _end_of_text(role, blocks, labels, place)
            for more in blocks[place:end]:
                values += ["", *more]
            place = end
            _take_text(role, values, item)
        else:
            _take_value(label, role, squeeze(" ".join(values)), item)
    _complete(item)
    return True


def _labelled_blocks(lines: Sequence[str]) -> list[list[str]]:
    """Return the blocks between blank lines; a label at the start of a line begins one, unless in a block of text."""
    blocks: list[list[str]] = []
    begin, in_text = True, False
    for line in lines:
        if not line or line.isspace():
            begin = True
            continue
        found = label_in(line) if len(line) <= 4_000 or begin else None
        if begin or (found is not None and not in_text):
            in_text = found is not None and found[1] == "text"
            blocks.append([])
        blocks[-1].append(line)
        begin = False
    return blocks


def _end_of_text(
    role: str, blocks: Sequence[list[str]], labels: Sequence[tuple[str, str, str] | None], place: int
) -> int:
    """Return the place of the first block behind a text, whose labels no prose follows. An abstract ends at any label."""
    if role == "abstract":
        return next((end for end in range(place, len(labels)) if labels[end] is not None), len(labels))

    def kind(at: int) -> TailKind:
        found = labels[at]
        text = squeeze(" ".join(blocks[at]))
        if found is None:
            return TailKind.PROSE if is_prose(text) else TailKind.LOOSE
        label, of_label, value = found
        if of_label in ("outlet", "info", "links") or (of_label == "key" and any(map(str.isdigit, value))):
            return TailKind.SURE
        if not value and len(blocks[at]) == 1:
            return TailKind.EMPTY
        sentence = ends_sentence(text) and len(value.split()) >= WORDS_OF_SENTENCE
        is_word = label.isalpha() and of_label not in ("abstract", "copyright", "companies", "text")
        return TailKind.PROSE if is_word and sentence else TailKind.LABEL

    return tail_start(place, len(blocks), kind)


def _take_text(role: str, lines: list[str], item: Exported) -> None:
    text = "\n".join(lines).strip()
    if not text or normal_name(text[:60]) in _NONE_AVAILABLE:
        return
    if role == "abstract":
        item.abstract = item.abstract or text
        return
    for block in re.split(r"\n[ \t]*\n", text):
        for paragraph in split_paragraphs(block):
            _take_paragraph(paragraph, item)


def _take_paragraph(paragraph: str, item: Exported) -> None:
    """Append a paragraph of a text; a caption loses its label, and a credit is the author where none is stated."""
    marked = _CAPTION.match(paragraph)
    if marked is None:
        item.blocks.append(Block(paragraph))
    elif marked["credit"]:
        item.set("byline", paragraph[marked.end() :], "credit", basis="the credit below the text")
    elif caption := paragraph[marked.end() :].strip():
        item.blocks.append(Block(caption, "caption"))


def _take_value(label: str, role: str, value: str, item: Exported) -> None:
    if normal_name(value[:60]) in _NONE_AVAILABLE:
        return
    if role == "info":
        _take_info(value, item)
        item.set("", value, label)
    elif role == "outlet":
        item.values["outlet"] = value.partition(";")[0].strip()
        item.set("", value, label)
    elif role == "title":
        item.values["title"] = item.get("title") or value
    elif role == "date":
        item.values["date"] = value
        item.set("", value, label)
    elif role == "url":
        item.set("url", document_address(value))
        item.set("", value, label)
    elif role == "links":
        return
    elif role in ("subject", "people", "location") and ";" in value:
        item.codes[role] = [term for one in value.split(";") if (term := one.strip())]
    else:
        item.set(role, value, label)


def _take_info(value: str, item: Exported) -> None:
    """Enter what ``Outlet ; Place [Place]24 May 2012: AA.2.`` says, for documents without labels for it."""
    found = next(find_dates(value), None)
    name = _PLACE_AND_DATE.split(value if found is None else value[: found.start], maxsplit=1)[0].strip(
        " ,.;:"
    )
    item.set("outlet", name)
    if found is not None:
        item.set("date", found.text)
        item.set("page", value[found.end :].strip(" :."))


def _complete(item: Exported) -> None:
    if item.get("date") is None and item.get("year") is not None:
        item.set("date", item.get("year") or "")
    title = item.get("title") or ""
    if title.startswith("[") and title.endswith("]"):  # as ProQuest marks a headline that it translated
        item.values["title"] = title[1:-1]

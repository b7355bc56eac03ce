"""The labels and marks of exports of Nexis, in the languages of its interface."""

from __future__ import annotations

import re
from typing import NamedTuple

from newssearch.readers.records.json_values import normal_name
from newssearch.text.paragraphs import squeeze

from .exported import date_in, labels_in

HEAD_LABELS = labels_in(
    (
        ("title", "HEADLINE|TITLE|KOP|TITRE|TITEL|ÜBERSCHRIFT|SCHLAGZEILE|TITULAR|TÍTULO|TITOLO|MANCHETE"),
        ("byline", "BYLINE|BY-LINE|AUTHOR|AUTHORS|AUTOR|AUTOREN|AUTEUR|AUTEURS|AUTORE|AUTORI|AUTORES|VERFASSER|SIGNATURE|NAAM"),
        ("section", "SECTION|RUBRIK|RESSORT|RUBRIQUE|SECCIÓN|SEZIONE|SECTIE|RUBRIEK|SEÇÃO|SECÇÃO|SEKTION|SEKTIE|DEEL"),
        ("length", "LENGTH|LÄNGE|LAENGE|LONGUEUR|LONGITUD|EXTENSIÓN|LUNGHEZZA|LENGTE|COMPRIMENTO|EXTENSÃO|LÆNGDE|LÄNGD|LENGDE"),
        ("dateline", "DATELINE|DATE-LIGNE|DATUMSZEILE|ORTSMARKE|LIEU|DATELIJN|PLAATS|LUGAR|LUOGO"),
        ("highlight", "HIGHLIGHT|HIGHLIGHTS|TEASER|INTRO|VORSPANN|CHAPEAU|ENTRADILLA|SOMMARIO|ABSTRACT|SAMENVATTING|RÉSUMÉ|RESUMEN"),
        ("page", "PAGE|PAGES|SEITE|PAGINA|PÁGINA|BLADZIJDE"),
        ("edition", "EDITION|AUSGABE|ÉDITION|EDICIÓN|EDIZIONE|EDITIE|EDIÇÃO"),
        ("date", "DATE|DATUM|FECHA|PUBLICATION-DATE|DATE-PUBLICATION"),
        ("body", "BODY|TEXT|TEKST|TEXTE|TEXTO|TESTO|CORPS|CUERPO|CORPO|HAUPTTEIL|TEXTKÖRPER|FULL TEXT|VOLLTEXT|CORPS DE L'ARTICLE|HOOFDTEKST|TEXTE INTÉGRAL|BRÖDTEXT|BRØDTEKST"),
        ("", "SERIES|BIO|E-MAIL|NAME|COLUMN|KOLUMNE|SERIE|SOURCE|QUELLE|BRON|FUENTE|FONTE"),
    )
)  # fmt: skip
"""The labels in front of a text, in normal form, and the roles of their values; some have none."""

TAIL_LABELS = labels_in(
    (
        ("loaddate", "LOAD-DATE|UPDATE|UPDATED|DATE-CHARGEMENT|DATE DE CHARGEMENT|LADEDATUM|FECHA-CARGA|FECHA DE CARGA|FECHA-DE-CARGA|DATA-CARICAMENTO|DATA DI CARICAMENTO|LAADDATUM|DATA-CARREGAMENTO|DATA DE CARREGAMENTO|LADDAT DATUM"),
        ("language", "LANGUAGE|SPRACHE|LANGUE|IDIOMA|LENGUA|LINGUA|TAAL|LÍNGUA|SPROG|SPRÅK"),
        ("publicationtype", "PUBLICATION-TYPE|PUB-TYPE|TYPE-PUBLICATION|TYPE DE PUBLICATION|PUBLIKATIONSTYP|PUBLIKATIONSART|TIPO-PUBLICACIÓN|TIPO DE PUBLICACIÓN|TIPO-PUBBLICAZIONE|TIPO DI PUBBLICAZIONE|PUBLICATIETYPE|TIPO DE PUBLICAÇÃO|TYPE PUBLICATIE"),
        ("journalcode", "JOURNAL-CODE|CODE-REVUE|CODE DE REVUE|ZEITSCHRIFTENCODE|ZEITUNGS-CODE|CÓDIGO-PUBLICACIÓN|CÓDIGO DE PUBLICACIÓN|CODICE-RIVISTA|TIJDSCHRIFTCODE|PUBLIKATIONS-CODE"),
        ("", "DOCUMENT-TYPE|DISTRIBUTION|CORRECTION-DATE|PUB-SUBJECT|ACC-NO|DOC-NO|ISSN|TRANSMISSION-DATE|PUBLISHER"),
    )
)  # fmt: skip
"""The labels that stand behind a text and hardly ever in one, in normal form, and the roles of their values."""

MAYBE_TAIL_LABELS = labels_in(
    (
        ("correction", "CORRECTION|CORRECTIONS|KORREKTUR|BERICHTIGUNG|RECTIFICATIE"),
        ("graphic", "GRAPHIC|GRAPHICS|GRAFIK|GRAPHIQUE|GRÁFICO|GRAFICO|GRAFIEK|ILLUSTRATION|PHOTO|PHOTOS|FOTO|CUTLINE|CHART|IMAGE"),
        ("subject", "SUBJECT|SUBJECTS|THEMA|SUJET|TEMA|ONDERWERP|ARGOMENTO|SCHLAGWORT|ASSUNTO"),
        ("url", "URL|WEB-ADDRESS"),
        ("", "ORGANIZATION|ORGANISATION|COMPANY|INDUSTRY|PERSON|GEOGRAPHIC|CITY|STATE|COUNTRY|TICKER|NOTES|NOTE|CATEGORY|TYPE|SERIES|ENHANCEMENT|TOPIC|UNTERNEHMEN|BRANCHE|FIRMA|PAYS|VILLE|LAND|STADT|SOCIÉTÉ|SECTEUR|INSERT|KEYWORDS|CONTACT"),
    )
)  # fmt: skip
"""The labels that stand behind a text, but may also be words of it, in normal form, and the roles of their values."""

SECTION_MARKS = frozenset(
    {
        normal_name(mark)
        for mark in (
            "Classification", "Klassifizierung", "Klassifikation", "Clasificación", "Classificazione", "Classificatie", "Classificação",
            "Graphic", "Grafik", "Graphique", "Gráfico", "Grafico", "Grafiek",
        )
    }
)  # fmt: skip
"""The headings of what stands behind a text in Nexis Uni, in normal form."""

END_MARKS = frozenset(
    {
        normal_name(mark)
        for mark in (
            "End of Document", "Ende des Dokuments", "Dokumentende", "Fin du document", "Fin del documento", "Fin de documento",
            "Fine del documento", "Fine documento", "Einde van document", "Einde van het document", "Einde document", "Fim do documento",
            "Slut på dokument", "Slut på dokumentet", "Dokumentets slut",
        )
    }
)  # fmt: skip
"""The lines with which Nexis Uni ends a document, in normal form."""

_LABELS_OF_TEXTS = frozenset({"update", "updated"})
"""The labels of the day of loading that are words of a text, too."""

LONGEST_LABEL, LONGEST_MARK, LONGEST_TAIL_VALUE = 32, 40, 120

_NEXIS_LABEL = re.compile(
    rf"(?P<label>[^\W\d_][\w /'’.-]{{1,{LONGEST_LABEL - 1}}}?)\s?[:：]\s?(?P<value>.*)", re.DOTALL
)
_OF = r"(?:of|von|de|sur|van|di|af|av|/)"
_COUNTER = re.compile(
    rf"(?:FOCUS\s?-\s?)?(?P<number>\d{{1,6}})\s{_OF}\s(?P<total>\d{{1,6}})\s(?:DOCUMENT|DOKUMENT)[A-Z]{{0,3}}"
    rf"|(?:Document|Dokument|Documento)\s(?P<number_2>\d{{1,6}})\s{_OF}\s(?P<total_2>\d{{1,6}})",
    re.IGNORECASE,
)
RIGHTS = re.compile(
    r"(?:all rights reserved|alle rechte vorbehalten|tous droits r[ée]serv[ée]s|(?:todos )?los derechos reservados"
    r"|reservados todos los derechos|todos los derechos reservados|tutti i diritti riservati|alle rechten voorbehouden"
    r"|todos os direitos reservados|alla rättigheter förbehållna)\W*",
    re.IGNORECASE,
)
_COPYRIGHT_START = re.compile(r"(?:copyright|©|\(c\))\s?(?:©|\(c\)|\d{4}|by\b|[A-Z])", re.IGNORECASE)


class Labelled(NamedTuple):
    """A line with a label: its label as written, in normal form, and the value behind it."""

    label: str
    name: str
    value: str

    @property
    def role(self) -> str:
        """The role of the value, or an empty string."""
        return (
            HEAD_LABELS.get(self.name) or TAIL_LABELS.get(self.name) or MAYBE_TAIL_LABELS.get(self.name, "")
        )

    @property
    def is_sure_tail(self) -> bool:
        """Whether the line stands behind a text, by its label and by the kind of its value."""
        role = TAIL_LABELS.get(self.name)
        if role is None or len(self.value) > LONGEST_TAIL_VALUE or self.value.endswith((".", "!", "?")):
            return False
        return role != "loaddate" or date_in(self.value) is not None

    @property
    def is_never_text(self) -> bool:
        """Whether no text has such a line: the day on which the database took the document, and the kind of its outlet."""
        role = TAIL_LABELS.get(self.name)
        return self.is_sure_tail and (
            role in ("publicationtype", "journalcode")
            or (role == "loaddate" and self.name not in _LABELS_OF_TEXTS)
        )


def labelled(text: str) -> Labelled | None:
    """Return the label and the value of a part with a label of Nexis in front, or None."""
    one = any_label(text)
    known = one is not None and (
        one.name in HEAD_LABELS or one.name in TAIL_LABELS or one.name in MAYBE_TAIL_LABELS
    )
    return one if known else None


def any_label(text: str) -> Labelled | None:
    """Return the label and the value of a part with words and a colon in front, or None."""
    found = _NEXIS_LABEL.match(text.lstrip()) if ":" in text[:200] or "：" in text[:200] else None
    return (
        Labelled(squeeze(found["label"]), normal_name(found["label"]), squeeze(found["value"]))
        if found
        else None
    )


def counter(line: str) -> tuple[int, int] | None:
    """Return the two numbers in a line such as ``5 of 120 DOCUMENTS``, or None if the line is no such line.

    >>> counter("   5 of 120 DOCUMENTS "), counter("Dokument 5 von 120"), counter("5 of 120 documents were lost")
    ((5, 120), (5, 120), None)
    """
    if len(line) > 200 or not ("ocum" in line or "OCUM" in line or "okum" in line or "OKUM" in line):
        return None
    found = _COUNTER.fullmatch(squeeze(line))
    if found is None:
        return None
    return int(found["number"] or found["number_2"]), int(found["total"] or found["total_2"])


def is_mark(line: str, marks: frozenset[str]) -> bool:
    """Whether a line is one of the given marks, which are in normal form."""
    return len(line) <= LONGEST_MARK and normal_name(line) in marks


def is_body_mark(line: str) -> bool:
    """Whether a line is nothing but the heading of the text."""
    return len(line) <= LONGEST_MARK and HEAD_LABELS.get(normal_name(line)) == "body"


def is_copyright(line: str) -> bool:
    """Whether a line begins like a notice of copyright, or says only that rights are reserved."""
    return _COPYRIGHT_START.match(line) is not None or RIGHTS.fullmatch(line) is not None

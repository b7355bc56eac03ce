"""The names of keys and columns under which each field is found."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .headings import HEADINGS
from .json_values import normal_name

DATABASE_KEYS: Mapping[str, str] = {
    "an": "an", "accessionnumber": "an", "accessionno": "an",
    "proquestid": "proquest", "proquestdocumentid": "proquest", "proquestdocid": "proquest", "storeid": "proquest",
    "lexisid": "lexisnexis", "lexisnexisid": "lexisnexis", "nexisid": "lexisnexis", "lni": "lexisnexis",
    "galeid": "gale", "galedocumentnumber": "gale", "storiesid": "mediacloud", "gkgrecordid": "gdelt",
    "messageid": "message-id",
}  # fmt: skip
"""The names under which records have the ids that a database or a system gives its articles, each with that database."""

UNIQUE_KEYS = ("guid", "uuid")
"""The names of ids that no other article of an outlet has."""

RECORD_KEYS: Mapping[str, tuple[str, ...]] = {
    "key": (
        *DATABASE_KEYS, *UNIQUE_KEYS, "id", "articleid", "storyid", "newsid", "docid", "docno", "documentid", "key",
    ),
    "title": ("title", "headline", "articletitle", "storytitle", "newstitle", "name"),
    "text": (
        "text", "body", "contentoriginal", "content", "articlebody", "maintext", "fulltext", "articletext",
        "articlecontent", "bodytext", "bodyhtml", "bodyxhtml", "contenthtml", "contenttext", "textcontent", "storytext",
        "storybody", "newstext", "article", "story", "plaintext", "cleantext", "rawtext", "transcript",
    ),
    "paragraphs": ("paragraphs",),
    "summary": (
        "summary", "description", "descriptiontext", "abstract", "leadparagraph", "lead", "lede", "excerpt", "snippet", "teaser", "standfirst",
    ),
    "date": (
        "datetimepub", "date", "published", "datepublished", "publishedat", "publisheddate", "datepublish", "pubdate",
        "publishdate", "publicationdate", "dateofpublication", "publishedon", "publishtime", "publishedtime",
        "publicationdatetime", "articledate", "storydate", "newsdate", "datetime", "firstpublished", "releasedate",
        "issuedate", "dateissued", "timestamp", "created",
    ),
    "updated": (
        "updated", "updatedat", "dateupdated", "modified", "datemodified", "datemodify", "lastmodified", "modifieddate",
        "lastupdated",
    ),
    "outlet": (
        "outlet", "publisher", "publication", "publicationname", "publicationtitle", "sitename", "medianame",
        "mediaoutlet", "sourcename", "newspaper", "newspapername", "newssource", "sourcedomain", "domain", "website",
    ),
    "source": ("source", "agency", "newsagency", "credit", "infosource"),
    "byline": ("byline", "author", "authors", "authorname", "authornames", "by", "creator", "writer", "reporter"),
    "dateline": ("dateline",),
    "located": ("located", "location", "place"),
    "lang": ("lang", "language", "inlanguage"),
    "section": (
        "section", "sectionname", "category", "categories", "desk", "articlesection", "newsdesk", "topic",
    ),
    "url": (
        "url", "link", "canonicalurl", "href", "weburl", "articleurl", "articlelink", "storyurl", "newsurl", "permalink",
        "externalurl",
    ),
}  # fmt: skip
"""The keys under which records hold each field, in normal form (:func:`.json_values.normal_name`), most trusted first.

The keys of ``summary`` are used if there is no text, and those of ``updated`` if there is no date.
"""

MORE_COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "key": ("identifier", "accessionno", "accessionnumber"),
    "title": (
        "hl", "hd", "originaltitle", "titel", "uberschrift", "schlagzeile", "titre", "titular", "titulo", "titolo", "manchete",
    ),
    "text": (
        "td", "inhalt", "volltext", "texte", "contenu", "corps", "texto", "contenido", "cuerpo", "conteudo", "corpo",
        "testo", "contenuto",
    ),
    "summary": (
        "lp", "zusammenfassung", "vorspann", "resume", "chapeau", "resumen", "resumo", "descripcion", "descricao",
    ),
    "date": (
        "pd", "loaddate", "datum", "erscheinungsdatum", "veroffentlicht", "veroffentlichungsdatum", "datedepublication",
        "datepublication", "fecha", "fechadepublicacion", "fechapublicacion", "data", "datadepublicacao",
        "datapublicacao", "datapubblicazione", "seendate", "publisheddategmt", "publisheddateutc", "publishdategmt",
        "pubdategmt", "dategmt", "dateutc",
    ),
    "outlet": (
        "sn", "media", "zeitung", "medium", "medio", "periodico", "diario", "journal", "jornal", "veiculo", "testata",
    ),
    "source": ("agentur", "quelle", "agence", "agencia", "fuente", "fonte"),
    "byline": ("autor", "autoren", "verfasser", "auteur", "auteurs", "autores", "autore"),
    "located": ("ort", "lieu", "lugar", "luogo"),
    "lang": ("la", "sprache", "langue", "idioma", "lingua"),
    "section": (
        "se", "rubric", "rubrik", "ressort", "rubrique", "seccion", "secao", "editoria", "sezione", "categoria", "subject",
    ),
    "url": ("uri", "address", "adresse", "webpage"),
}  # fmt: skip
"""Additional names of table columns for each field: names in other languages, and the codes of databases."""

_NAMES_OF_LANGUAGE: Mapping[str, Mapping[str, str]] = {
    lang: {normal_name(name): field for field, names in fields.items() for name in names.split("|")}
    for lang, fields in HEADINGS.items()
}
"""The field of each name of a column in normal form, by language."""

_ENGLISH_AND_CODES = {
    name: field
    for table in (RECORD_KEYS, MORE_COLUMN_NAMES)
    for field, names in table.items()
    for name in names
}


def _names_in_other_languages(field: str) -> list[str]:
    """Return the names of a field in all languages, but for those that name another field in English or in a database."""
    found = [name for names in _NAMES_OF_LANGUAGE.values() for name, named in names.items() if named == field]
    return [name for name in dict.fromkeys(found) if _ENGLISH_AND_CODES.get(name, field) == field]


COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    field: tuple(
        dict.fromkeys(
            name
            for name in (*names, *MORE_COLUMN_NAMES.get(field, ()), *_names_in_other_languages(field))
            if name != "name"
        )
    )
    for field, names in RECORD_KEYS.items()
}
"""All names of the table columns that hold each field.

``name`` is left out, because a table with such a column rarely contains articles.
"""

FIELD_OF_COLUMN: Mapping[str, str] = {name: field for field, names in COLUMN_NAMES.items() for name in names}
"""The field of a table column, keyed by the name of the column in normal form."""


def language_of_headings(names: Collection[str]) -> str | None:
    """Return the code of the language that the names of columns, in normal form, are in; None if they may be English.

    >>> language_of_headings(["titel", "datum", "tekst", "bron"]), language_of_headings(["title", "date", "text"])
    ('nl', None)
    """
    english = sum(any(name in keys for keys in RECORD_KEYS.values()) for name in names)
    found = [(sum(name in fields for name in names), lang) for lang, fields in _NAMES_OF_LANGUAGE.items()]
    most = max(count for count, _ in found)
    return next(lang for count, lang in found if count == most) if most >= 2 and most > english else None

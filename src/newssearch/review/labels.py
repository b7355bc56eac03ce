"""The words of a press review itself, in each language that it can be written in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from newssearch.article import Date
from newssearch.text.partial_dates import PartialDate


class Labels(NamedTuple):
    """The labels of a press review in one language, and how that language writes numbers and dates."""

    lang: str
    thousands: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    day: str
    month: str
    day_of_week: str
    period: str
    review: str
    contents: str
    search_summary: str
    date: str
    dates: str
    query: str
    all_articles: str
    interpretation: str
    limited_to: str
    articles: str
    stories: str
    listed: str
    listed_best: str
    listed_newest: str
    listed_oldest: str
    listed_added: str
    listed_id: str
    one_of_each_story: str
    outlets: str
    left_out: str
    without_date: str
    undated: str
    without_day: str
    archive: str
    one_article: str
    in_archive: str
    one_outlet: str
    of_outlets: str
    nothing: str
    by: str
    source: str
    also_in: str
    more_copies: str
    rights: str
    link: str
    id: str
    no_headline: str
    no_outlet: str
    no_section: str
    other_than: str
    or_: str
    since: str
    until: str
    on: str
    outlet: str
    byline: str
    located: str
    language: str
    section: str
    tag: str
    last_update: str
    novel: str
    literal: str
    names: str
    synonyms: str
    any_words: str
    notes: str
    paragraphs: str
    clauses: str
    order: str
    sort_relevance: str
    sort_newest: str
    sort_oldest: str
    sort_added: str
    sort_id: str
    commit: str
    digest: str
    ids: str
    tags_digest: str
    clock: str
    versions: str
    first_of_month: str = "1"

    def number(self, value: int) -> str:
        """Return a whole number with its thousands separated.

        >>> REVIEW_LABELS["en"].number(1203)
        '1,203'
        """
        return f"{value:,}".replace(",", self.thousands)

    def date_text(self, date: Date | None, *, weekday: bool = False) -> str:
        """Return a date in words, with the day of the week if that is wanted.

        >>> REVIEW_LABELS["en"].date_text(dt.date(2024, 7, 5), weekday=True), REVIEW_LABELS["en"].date_text(PartialDate(2024, 7))
        ('Friday, 5 July 2024', 'July 2024')
        >>> REVIEW_LABELS["fr"].date_text(dt.date(2024, 7, 1), weekday=True)
        'lundi 1er juillet 2024'
        """
        if date is None:
            return self.undated
        if isinstance(date, PartialDate):
            if date.month is None:
                return str(date.year)
            return self.month.format(month=self.months[date.month - 1], year=date.year)
        number = self.first_of_month if date.day == 1 else date.day
        day = self.day.format(day=number, month=self.months[date.month - 1], year=date.year)
        return self.day_of_week.format(weekday=self.weekdays[date.weekday()], day=day) if weekday else day

    def moment_text(self, date: Date | None) -> str:
        """Return a date in words, with its time and its time zone if it has them.

        >>> REVIEW_LABELS["en"].moment_text(dt.datetime(2024, 7, 5, 14, 30, tzinfo=dt.timezone.utc))
        '5 July 2024, 14:30 UTC'
        """
        day = self.date_text(date)
        if not isinstance(date, dt.datetime):
            return day
        offset = f"{date:%z}"
        zone = (
            ""
            if not offset
            else " UTC"
            if offset in ("+0000", "-0000")
            else f" UTC{offset[:3]}:{offset[3:5]}"
        )
        return f"{day}, {date:%H:%M}{zone}"


ENGLISH = Labels(
    lang="en",
    thousands=",",
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ),
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    day="{day} {month} {year}",
    month="{month} {year}",
    day_of_week="{weekday}, {day}",
    period="{first} to {last}",
    review="Press review",
    contents="Contents",
    search_summary="Search summary",
    date="Date",
    dates="Period",
    query="Query",
    all_articles="all articles",
    interpretation="Understood as",
    limited_to="Limited to",
    articles="Articles found",
    stories="Stories",
    listed="In this review",
    listed_best="the {listed} best of {total}",
    listed_newest="the {listed} newest of {total}",
    listed_oldest="the {listed} oldest of {total}",
    listed_added="the {listed} of {total} that were added last",
    listed_id="the first {listed} of {total} by id",
    one_of_each_story="one article of each story",
    outlets="Outlets",
    left_out="Left out",
    without_date="Without a date",
    undated="undated",
    without_day="dated only by month or year",
    archive="Archive",
    one_article="article",
    in_archive="articles",
    one_outlet="outlet",
    of_outlets="outlets",
    nothing="The search found no articles.",
    by="By",
    source="Source",
    also_in="Also in",
    more_copies="and {number} more",
    rights="Rights",
    link="Link",
    id="Id",
    no_headline="Without a headline",
    no_outlet="Without an outlet",
    no_section="Without a section",
    other_than="other than",
    or_="or",
    since="from",
    until="up to",
    on="dates in",
    outlet="outlet",
    byline="byline",
    located="place",
    language="language",
    section="section",
    tag="tag",
    last_update="articles that came with the last update",
    novel="paragraphs that no earlier article has",
    literal="plain words without operators",
    names="names in all their spellings",
    synonyms="the archive's synonyms of its words",
    any_words="articles with any of the words",
    notes="Notes",
    paragraphs="Matching paragraphs",
    clauses="Articles with each part",
    order="Order",
    sort_relevance="the best first",
    sort_newest="the newest first",
    sort_oldest="the oldest first",
    sort_added="the last added first",
    sort_id="by id",
    commit="State of the archive",
    digest="Digest of its content",
    ids="SHA-256 of the ids found",
    tags_digest="SHA-256 of the articles with the tags",
    clock="Relative dates count from",
    versions="Versions",
)  # fmt: skip

GERMAN = Labels(
    lang="de",
    thousands=".",
    months=("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    day="{day}. {month} {year}", month="{month} {year}", day_of_week="{weekday}, {day}", period="{first} bis {last}",
    review="Pressespiegel", contents="Inhalt", search_summary="Angaben zur Suche", date="Datum", dates="Zeitraum", query="Suchanfrage",
    all_articles="alle Artikel", interpretation="Verstanden als", limited_to="Eingeschränkt auf", articles="Gefundene Artikel",
    stories="Meldungen", listed="In diesem Pressespiegel", listed_best="die {listed} besten von {total}",
    listed_newest="die {listed} neuesten von {total}", listed_oldest="die {listed} ältesten von {total}",
    listed_added="die {listed} zuletzt aufgenommenen von {total}", listed_id="die ersten {listed} von {total} nach Kennung",
    one_of_each_story="ein Artikel je Meldung", outlets="Medien", left_out="Nicht berücksichtigt", without_date="Ohne Datum",
    undated="ohne Datum", without_day="nur nach Monat oder Jahr datiert", archive="Archiv", one_article="Artikel", in_archive="Artikel", one_outlet="Medium", of_outlets="Medien",
    nothing="Die Suche hat keine Artikel gefunden.", by="Von", source="Quelle", also_in="Auch in", more_copies="und {number} weitere",
    rights="Rechte", link="Adresse", id="Kennung", no_headline="Ohne Überschrift", no_outlet="Ohne Medium", no_section="Ohne Ressort",
    other_than="außer", or_="oder", since="ab", until="bis", on="Datum in", outlet="Medium", byline="Autor", located="Ort",
    language="Sprache", section="Ressort", last_update="Artikel der letzten Aktualisierung",
    novel="Absätze, die kein früherer Artikel hat", literal="nur Wörter, keine Operatoren", names="Namen in allen Schreibweisen",
    tag="Schlagwort", synonyms="die Synonyme des Archivs für ihre Wörter",
    any_words="Artikel mit einem der Wörter", notes="Hinweise", paragraphs="Passende Absätze", clauses="Artikel je Teil der Anfrage",
    order="Reihenfolge", sort_relevance="die besten zuerst", sort_newest="die neuesten zuerst", sort_oldest="die ältesten zuerst",
    sort_added="die zuletzt aufgenommenen zuerst", sort_id="nach Kennung", commit="Stand des Archivs", digest="Prüfsumme des Inhalts",
    ids="SHA-256 der Kennungen", tags_digest="SHA-256 der Artikel mit den Schlagworten", clock="Relative Daten zählen ab", versions="Versionen",
)  # fmt: skip

FRENCH = Labels(
    lang="fr",
    thousands="\u202f",
    first_of_month="1er",
    months=("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    day="{day} {month} {year}", month="{month} {year}", day_of_week="{weekday} {day}", period="du {first} au {last}",
    review="Revue de presse", contents="Sommaire", search_summary="Détails de la recherche", date="Date", dates="Période", query="Requête",
    all_articles="tous les articles", interpretation="Comprise comme", limited_to="Limitée à", articles="Articles trouvés",
    stories="Sujets", listed="Dans cette revue", listed_best="les {listed} meilleurs sur {total}",
    listed_newest="les {listed} plus récents sur {total}", listed_oldest="les {listed} plus anciens sur {total}",
    listed_added="les {listed} derniers ajoutés sur {total}", listed_id="les {listed} premiers sur {total} par identifiant",
    one_of_each_story="un article par sujet", outlets="Médias", left_out="Non retenus", without_date="Sans date",
    undated="sans date", without_day="datés seulement par mois ou année", archive="Archive", one_article="article", in_archive="articles", one_outlet="média", of_outlets="médias",
    nothing="La recherche n’a trouvé aucun article.", by="Par", source="Source", also_in="Aussi dans", more_copies="et {number} autres",
    rights="Droits", link="Adresse", id="Identifiant", no_headline="Sans titre", no_outlet="Sans média", no_section="Sans rubrique",
    other_than="autre que", or_="ou", since="depuis", until="jusqu’à", on="dates dans", outlet="média", byline="auteur", located="lieu",
    language="langue", section="rubrique", last_update="articles de la dernière mise à jour",
    novel="paragraphes qu’aucun article antérieur ne contient", literal="mots simples, sans opérateurs", names="noms dans toutes leurs graphies",
    tag="étiquette", synonyms="les synonymes de l’archive pour ses mots",
    any_words="articles avec l’un des mots", notes="Remarques", paragraphs="Paragraphes trouvés", clauses="Articles par partie de la requête",
    order="Ordre", sort_relevance="les meilleurs d’abord", sort_newest="les plus récents d’abord", sort_oldest="les plus anciens d’abord",
    sort_added="les derniers ajoutés d’abord", sort_id="par identifiant", commit="État de l’archive", digest="Empreinte du contenu",
    ids="SHA-256 des identifiants", tags_digest="SHA-256 des articles ayant les étiquettes", clock="Les dates relatives se comptent à partir du", versions="Versions",
)  # fmt: skip

SPANISH = Labels(
    lang="es",
    thousands=".",
    months=("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    day="{day} de {month} de {year}", month="{month} de {year}", day_of_week="{weekday}, {day}", period="del {first} al {last}",
    review="Revista de prensa", contents="Índice", search_summary="Datos de la búsqueda", date="Fecha", dates="Período", query="Consulta",
    all_articles="todos los artículos", interpretation="Entendida como", limited_to="Limitada a", articles="Artículos encontrados",
    stories="Noticias", listed="En esta revista", listed_best="los {listed} mejores de {total}",
    listed_newest="los {listed} más recientes de {total}", listed_oldest="los {listed} más antiguos de {total}",
    listed_added="los {listed} últimos añadidos de {total}", listed_id="los {listed} primeros de {total} por identificador",
    one_of_each_story="un artículo de cada noticia", outlets="Medios", left_out="No incluidos", without_date="Sin fecha",
    undated="sin fecha", without_day="fechados solo por mes o año", archive="Archivo", one_article="artículo", in_archive="artículos", one_outlet="medio", of_outlets="medios",
    nothing="La búsqueda no encontró artículos.", by="Por", source="Fuente", also_in="También en", more_copies="y {number} más",
    rights="Derechos", link="Dirección", id="Identificador", no_headline="Sin titular", no_outlet="Sin medio", no_section="Sin sección",
    other_than="distinto de", or_="o", since="desde", until="hasta", on="fechas en", outlet="medio", byline="autor", located="lugar",
    language="idioma", section="sección", last_update="artículos de la última actualización",
    novel="párrafos que ningún artículo anterior tiene", literal="palabras sin operadores", names="nombres en todas sus grafías",
    tag="etiqueta", synonyms="los sinónimos del archivo para sus palabras",
    any_words="artículos con alguna de las palabras", notes="Avisos", paragraphs="Párrafos encontrados", clauses="Artículos por parte de la consulta",
    order="Orden", sort_relevance="los mejores primero", sort_newest="los más recientes primero", sort_oldest="los más antiguos primero",
    sort_added="los últimos añadidos primero", sort_id="por identificador", commit="Estado del archivo", digest="Huella del contenido",
    ids="SHA-256 de los identificadores", tags_digest="SHA-256 de los artículos con las etiquetas", clock="Las fechas relativas se cuentan desde", versions="Versiones",
)  # fmt: skip

ITALIAN = Labels(
    lang="it",
    thousands=".",
    months=("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
    weekdays=("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    day="{day} {month} {year}", month="{month} {year}", day_of_week="{weekday} {day}", period="{first} – {last}",
    review="Rassegna stampa", contents="Indice", search_summary="Dati della ricerca", date="Data", dates="Periodo", query="Ricerca",
    all_articles="tutti gli articoli", interpretation="Intesa come", limited_to="Limitata a", articles="Articoli trovati",
    stories="Notizie", listed="In questa rassegna", listed_best="i {listed} migliori di {total}",
    listed_newest="i {listed} più recenti di {total}", listed_oldest="i {listed} più vecchi di {total}",
    listed_added="gli ultimi {listed} aggiunti di {total}", listed_id="i primi {listed} di {total} per identificativo",
    one_of_each_story="un articolo per notizia", outlets="Testate", left_out="Non inclusi", without_date="Senza data",
    undated="senza data", without_day="datati solo per mese o anno", archive="Archivio", one_article="articolo", in_archive="articoli", one_outlet="testata", of_outlets="testate",
    nothing="La ricerca non ha trovato articoli.", by="Di", source="Fonte", also_in="Anche in", more_copies="e altri {number}",
    rights="Diritti", link="Indirizzo", id="Identificativo", no_headline="Senza titolo", no_outlet="Senza testata", no_section="Senza sezione",
    other_than="diverso da", or_="o", since="da", until="fino a", on="date in", outlet="testata", byline="autore", located="luogo",
    language="lingua", section="sezione", last_update="articoli dell’ultimo aggiornamento",
    novel="paragrafi che nessun articolo precedente ha", literal="parole senza operatori", names="nomi in tutte le grafie",
    tag="etichetta", synonyms="i sinonimi dell’archivio per le sue parole",
    any_words="articoli con una delle parole", notes="Note", paragraphs="Paragrafi trovati", clauses="Articoli per parte della ricerca",
    order="Ordine", sort_relevance="prima i migliori", sort_newest="prima i più recenti", sort_oldest="prima i più vecchi",
    sort_added="prima gli ultimi aggiunti", sort_id="per identificativo", commit="Stato dell’archivio", digest="Impronta del contenuto",
    ids="SHA-256 degli identificativi", tags_digest="SHA-256 degli articoli con le etichette", clock="Le date relative si contano da", versions="Versioni",
)  # fmt: skip

PORTUGUESE = Labels(
    lang="pt",
    thousands=".",
    months=("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),
    weekdays=("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"),
    day="{day} de {month} de {year}", month="{month} de {year}", day_of_week="{weekday}, {day}", period="{first} a {last}",
    review="Revista de imprensa", contents="Índice", search_summary="Dados da pesquisa", date="Data", dates="Período", query="Pesquisa",
    all_articles="todos os artigos", interpretation="Entendida como", limited_to="Limitada a", articles="Artigos encontrados",
    stories="Notícias", listed="Nesta revista", listed_best="os {listed} melhores de {total}",
    listed_newest="os {listed} mais recentes de {total}", listed_oldest="os {listed} mais antigos de {total}",
    listed_added="os {listed} últimos adicionados de {total}", listed_id="os primeiros {listed} de {total} por identificador",
    one_of_each_story="um artigo de cada notícia", outlets="Meios", left_out="Não incluídos", without_date="Sem data",
    undated="sem data", without_day="datados só por mês ou ano", archive="Arquivo", one_article="artigo", in_archive="artigos", one_outlet="meio", of_outlets="meios",
    nothing="A pesquisa não encontrou artigos.", by="Por", source="Fonte", also_in="Também em", more_copies="e mais {number}",
    rights="Direitos", link="Endereço", id="Identificador", no_headline="Sem título", no_outlet="Sem meio", no_section="Sem secção",
    other_than="diferente de", or_="ou", since="desde", until="até", on="datas em", outlet="meio", byline="autor", located="lugar",
    language="língua", section="secção", last_update="artigos da última atualização",
    novel="parágrafos que nenhum artigo anterior tem", literal="palavras sem operadores", names="nomes em todas as grafias",
    tag="etiqueta", synonyms="os sinónimos do arquivo para as suas palavras",
    any_words="artigos com alguma das palavras", notes="Avisos", paragraphs="Parágrafos encontrados", clauses="Artigos por parte da pesquisa",
    order="Ordem", sort_relevance="os melhores primeiro", sort_newest="os mais recentes primeiro", sort_oldest="os mais antigos primeiro",
    sort_added="os últimos adicionados primeiro", sort_id="por identificador", commit="Estado do arquivo", digest="Resumo do conteúdo",
    ids="SHA-256 dos identificadores", tags_digest="SHA-256 dos artigos com as etiquetas", clock="As datas relativas contam a partir de", versions="Versões",
)  # fmt: skip

DUTCH = Labels(
    lang="nl",
    thousands=".",
    months=("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"),
    weekdays=("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    day="{day} {month} {year}", month="{month} {year}", day_of_week="{weekday} {day}", period="{first} tot {last}",
    review="Persoverzicht", contents="Inhoud", search_summary="Gegevens van de zoekopdracht", date="Datum", dates="Periode", query="Zoekopdracht",
    all_articles="alle artikelen", interpretation="Begrepen als", limited_to="Beperkt tot", articles="Gevonden artikelen",
    stories="Berichten", listed="In dit overzicht", listed_best="de {listed} beste van {total}",
    listed_newest="de {listed} nieuwste van {total}", listed_oldest="de {listed} oudste van {total}",
    listed_added="de {listed} laatst toegevoegde van {total}", listed_id="de eerste {listed} van {total} op kenmerk",
    one_of_each_story="één artikel per bericht", outlets="Media", left_out="Niet opgenomen", without_date="Zonder datum",
    undated="zonder datum", without_day="alleen met maand of jaar gedateerd", archive="Archief", one_article="artikel", in_archive="artikelen", one_outlet="medium", of_outlets="media",
    nothing="De zoekopdracht vond geen artikelen.", by="Door", source="Bron", also_in="Ook in", more_copies="en nog {number}",
    rights="Rechten", link="Adres", id="Kenmerk", no_headline="Zonder kop", no_outlet="Zonder medium", no_section="Zonder rubriek",
    other_than="anders dan", or_="of", since="vanaf", until="tot en met", on="datums in", outlet="medium", byline="auteur", located="plaats",
    language="taal", section="rubriek", last_update="artikelen van de laatste bijwerking",
    novel="alinea’s die geen eerder artikel heeft", literal="gewone woorden zonder operatoren", names="namen in alle spellingen",
    tag="label", synonyms="de synoniemen van het archief voor de woorden",
    any_words="artikelen met een van de woorden", notes="Opmerkingen", paragraphs="Gevonden alinea’s", clauses="Artikelen per deel van de zoekopdracht",
    order="Volgorde", sort_relevance="de beste eerst", sort_newest="de nieuwste eerst", sort_oldest="de oudste eerst",
    sort_added="de laatst toegevoegde eerst", sort_id="op kenmerk", commit="Stand van het archief", digest="Controlegetal van de inhoud",
    ids="SHA-256 van de kenmerken", tags_digest="SHA-256 van de artikelen met de labels", clock="Relatieve datums tellen vanaf", versions="Versies",
)  # fmt: skip

REVIEW_LABELS: Mapping[str, Labels] = {
    one.lang: one for one in (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH)
}
"""The labels of each language, by its tag."""

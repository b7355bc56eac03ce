"""The words of bylines by language: what introduces an author, what follows one, and which parts of names belong together."""

from __future__ import annotations

from collections.abc import Mapping

from newssearch.system.frozen import FrozenDict


def _byline_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INTRODUCTIONS: Mapping[str, tuple[str, str, str]] = FrozenDict({
    "en": ("an? |the ", "opinion|analysis|commentary|column|essay|interview|review|report|story|article|words|guest post|guest essay", "by"),
    "de": (
        "eine? |der |die |das ",
        "gastbeitrag|gastkommentar|kommentar|analyse|bericht|beitrag|artikel|essay|kolumne|glosse|interview|reportage|rezension"
        "|leitartikel|porträt|nachruf|gespräch|meinungsbeitrag|standpunkt|text",
        "von|mit",
    ),
    "nl": ("een |de |het ", "bijdrage|column|artikel|analyse|commentaar|essay|interview|opinie|reportage|recensie|gastbijdrage", "van|door"),
    "es": (
        "una? ",
        "artículo|texto|columna|opinión|análisis|crónica|entrevista|reportaje|ensayo|reseña|comentario",
        "de|por",
    ),
    "pt": (
        "uma? ",
        "artigo|texto|coluna|opinião|análise|crónica|crônica|entrevista|reportagem|ensaio|resenha|comentário",
        "de|por",
    ),
    "fr": (
        "une? |l['’]",
        "article|texte|chronique|analyse|entretien|reportage|éditorial|enquête|billet|essai|critique|récit|propos recueillis",
        "de|par",
    ),
    "it": (
        "un |una |uno |l['’]|un['’]",
        "articolo|testo|commento|analisi|intervista|reportage|editoriale|inchiesta|recensione|opinione|racconto",
        "di|a cura di",
    ),
})  # fmt: skip
"""What stands before an author, by language: articles, kinds of text, and the words for "by", as regular expressions."""

CORRESPONDENTS = (
    "from our (?:own )?correspondents?|von unser(?:em|er|en) korrespondent(?:en|in|innen)?|de notre (?:envoyée? spéciale?|correspondante?)"
    "|de nos (?:envoyés spéciaux|correspondants)|de nuestr[oa] (?:corresponsal|enviad[oa] especial)|do nosso (?:correspondente|enviado especial)"
    "|dal nostro (?:inviato|corrispondente)|dalla nostra (?:inviata|corrispondente)|van onze (?:correspondent|verslaggever)"
)
"""Matches the words for "from our correspondent"."""

OUTLET_ARTICLES: Mapping[str, frozenset[str]] = FrozenDict({
    "en": _byline_words("The"), "pt": _byline_words("O A Os As"), "es": _byline_words("El La Los Las"), "gl": _byline_words("O A Os As"), "fr": _byline_words("Le La Les"),
    "it": _byline_words("Il La Lo Gli"), "de": _byline_words("Der Die Das"), "nl": _byline_words("De Het"), "ca": _byline_words("El La Els Les"),
})  # fmt: skip
"""Articles with which the name of an outlet or a body begins, by language: ``O Estado de S. Paulo``."""

PLACE_WORDS: Mapping[str, frozenset[str]] = FrozenDict({
    "pt": _byline_words("de do da em no na"), "es": _byline_words("de desde en"), "gl": _byline_words("de en"), "fr": _byline_words("de à depuis"), "it": _byline_words("da di a"),
})  # fmt: skip
"""Words that begin a place after the name of an author, by language: ``Luiz Vassallo, de São Paulo``."""

ARAB_CITIES = frozenset(
    "الرياض|جدة|الدمام|مكة|مكة المكرمة|المدينة المنورة|الطائف|تبوك|أبها|ابها|حائل|بريدة|القصيم|جازان|جيزان|نجران|الأحساء|الاحساء|الخبر"
    "|الجبيل|ينبع|الظهران|القاهرة|الإسكندرية|بيروت|دمشق|حلب|بغداد|الموصل|البصرة|أربيل|عمان|عمّان|القدس|غزة|رام الله|صنعاء|عدن|مسقط|الدوحة"
    "|المنامة|الكويت|دبي|أبوظبي|أبو ظبي|الشارقة|الخرطوم|طرابلس|بنغازي|تونس|الجزائر|الرباط|الدار البيضاء|نواكشوط|لندن|باريس|واشنطن"
    "|نيويورك|موسكو|برلين|جنيف|فيينا|روما|مدريد|بروكسل|أنقرة|إسطنبول|اسطنبول|طهران|كابول|إسلام آباد|نيودلهي|بكين|طوكيو|لوس أنجليس"
    "|لوس انجليس|نيروبي|كراكاس|سيول".split("|")
)
"""Cities in Arabic, which stand before or after an author: ``الرياض: حسن الصفيان``."""

BEATS = _byline_words(
    "africa asia europe america americas china india russia middle east eastern european asian african american latin us uk eu city"
    " diplomatic political politics foreign economics economic business finance financial health education environment science technology"
    " tech media arts culture sports sport legal affairs home crime defence defense security social policy religion royal court white house"
    " washington energy climate transport consumer data north south northern western deputy senior staff chief national international"
    " investigations investigative opinion features digital video"
)
"""Words between a name and a post that belong to the post: ``Jason Burke Africa correspondent``."""

BODIES = _byline_words(
    "affairs association academy bureau center centre chronicle college commission committee company corporation council daily department"
    " foundation government group international magazine media ministry office party productions project report research review"
    " school society studios today tv radio union weekly week monthly"
    " coordenadoria assessoria secretaria ministério prefeitura governo câmara senado partido instituto universidade revista jornal folha"
    " ministerio secretaría ayuntamiento gobierno universidad periódico diario ministerium universität zeitung verlag verband partei"
    " ministère université revue journal ministero università giornale"
)
"""Words of the names of bodies and outlets, which are not divided."""

SHORT_BODIES = _byline_words("TV UK US EU UN")
"""Two capitals that are no initials of a given name."""

GIVEN_NAMES = _byline_words(
    "adrián adolfo agustín alba alberto alejandra alejandro alfonso alfredo alicia álvaro amalia ana andrea andrés ángel ángela ángeles antonia"
    " antonio arturo augusto aurelio aurora beatriz begoña belén benito bernardo blanca camila camilo carla carlos carmen carolina catalina"
    " cecilia césar clara claudia claudio concepción consuelo cristian cristina cristóbal daniel daniela david diana diego dolores eduardo elena"
    " elisa eloísa elvira emilia emilio encarnación enrique ernesto esperanza esteban esther eugenia eugenio eva fátima federico felipe"
    " félix fermín fernanda fernando francisca francisco gabriel gabriela gerardo germán gloria gonzalo graciela guadalupe guillermo gustavo"
    " héctor hugo ignacio inés inmaculada irene isabel isidro ismael jacinto jaime javier jesús joaquín jorge josé josefa josefina juan juana"
    " juliana julia julián julio laura leonardo leonor leticia lidia lorena lorenzo lourdes lucas lucía luis luisa luz magdalena manuel manuela"
    " marcela marcelo marcos margarita maría mariana mariano marina mario marta mateo matilde mauricio mercedes miguel milagros miriam"
    " mónica montserrat natalia nicolás norma nuria óscar pablo paloma patricia patricio paula paulina pedro pilar rafael ramiro ramón"
    " raquel raúl rebeca regina remedios ricardo roberto rocío rodolfo rodrigo rogelio rosa rosario rubén salvador samuel sandra santiago sara"
    " sebastián sergio silvia sofía soledad susana teresa tomás úrsula valentín valentina vanesa verónica vicente victoria virginia"
    " viviana xavier yolanda"
)
"""Spanish given names, of which many people have two."""

CITIES_LIKE_GIVEN_NAMES = _byline_words(
    "belén concepción dolores guadalupe jesús lourdes magdalena mercedes montserrat pilar regina rosario salvador santiago soledad trinidad"
    " valentín vicente victoria"
)
"""Spanish given names that are also names of cities: ``Juan Pérez, Rosario``."""

FAMILY_NAMES = _byline_words(
    "abad acosta aguilar aguirre alarcón alcántara alonso álvarez amador andrade aragón aranda arango araújo arias ávila ayala barrera barrios"
    " bautista beltrán benítez bermúdez bernal blanco bravo bustos caballero cabrera calderón calvo camacho campos cano carballo cárdenas"
    " carrasco carrera carrillo castaño castillo castro cervantes chávez cisneros collado contreras córdoba cordero corona coronado cortés crespo cruz"
    " cuesta delgado díaz díez domínguez duarte durán echeverría enríquez escobar escudero espejo espinosa espinoza esteve estrada fernández ferrer"
    " figueroa flores fuentes galán galindo gallardo gallego gallegos garcía garrido garzón gil giménez gómez gonzález guerra guerrero"
    " guevara gutiérrez guzmán heredia hernández herrera herrero hidalgo huerta hurtado ibáñez iglesias izquierdo jiménez juárez jurado lara"
    " león lima llorente lobo lópez lorente lozano luna macías maldonado manzano marín márquez marrero martín martínez mata medina mejía"
    " méndez mendoza menéndez merino mesa miranda molina montero montes montoya mora morales moreno moya muñoz murillo navarro nieto núñez"
    " ochoa ojeda olmedo ordóñez orozco ortega ortiz osorio pacheco padilla palacios pardo paredes parra pastor paz pedraza peláez peña peralta"
    " pereira pérez pineda pino plaza polo ponce porras prada prado prieto puig quintana quintero ramírez ramos rey reyes reverte ríos rivas rivera robles"
    " roca rodríguez rojas román romero rosales rubio rueda ruiz salas salazar salcedo salinas sánchez sancho sandoval santana santos sanz saavedra"
    " segura serra serrano sierra silva solano solís soria soriano soto suárez tapia tejada toledo torres trujillo uribe valdés valencia valenzuela"
    " valle vargas vázquez vásquez vega velasco velázquez vélez vera vergara vicario vidal vila villa villalobos villanueva villar villegas yáñez zamora"
    " zapata zavala zúñiga"
)
"""Common Spanish family names, of which people have two."""

FAMILY_ENDINGS = _byline_words("filho neto júnior junior sobrinho")
"""Portuguese words at the end of a name that belong to the family name before them: ``João Silva Neto``."""

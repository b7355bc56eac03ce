"""The names of table columns in other languages than English, by language."""

from __future__ import annotations

HEADINGS: dict[str, dict[str, str]] = {
    "de": {
        "title": "Titel|Überschrift|Schlagzeile", "text": "Text|Volltext|Inhalt|Artikeltext|Artikel|Beitragstext|Wortlaut",
        "summary": "Zusammenfassung|Vorspann|Teaser|Anreißer|Kurztext",
        "date": "Datum|Erscheinungsdatum|Veröffentlicht am|Veröffentlicht|Veröffentlichungsdatum|erschienen am",
        "outlet": "Zeitung|Medium|Publikation|Quellenname|Blatt|Herausgeber", "source": "Quelle|Agentur|Nachrichtenagentur",
        "byline": "Autor|Autoren|Autorin|Verfasser|Verfasserin", "located": "Ort", "lang": "Sprache", "section": "Ressort|Rubrik|Kategorie",
        "url": "Adresse|Webadresse|Internetadresse", "key": "Dokumentnummer|Artikelnummer|Kennung",
    },
    "nl": {
        "title": "Titel|Kop|Koptekst|Kopregel|Hoofding", "text": "Tekst|Inhoud|Volledige tekst|Artikel|Artikeltekst|Bericht",
        "summary": "Samenvatting|Inleiding|Intro|Beschrijving", "date": "Datum|Publicatiedatum|Gepubliceerd|Gepubliceerd op|Verschijningsdatum",
        "outlet": "Krant|Medium|Uitgever|Publicatie|Dagblad|Titel van de krant", "source": "Bron|Persbureau|Agentschap",
        "byline": "Auteur|Auteurs|Schrijver|Journalist", "located": "Plaats", "lang": "Taal", "section": "Rubriek|Sectie|Categorie|Katern",
        "url": "Adres|Webadres|Koppeling", "key": "Documentnummer",
    },
    "fr": {
        "title": "Titre|Titre de l'article|Intitulé", "text": "Texte|Contenu|Corps|Texte intégral|Corps du texte|Texte complet",
        "summary": "Résumé|Chapeau|Chapô|Extrait", "date": "Date de publication|Date de parution|Paru le|Publié le|Date",
        "outlet": "Journal|Média|Publication|Nom du média|Nom de la publication|Titre de presse|Éditeur", "source": "Agence|Source",
        "byline": "Auteur|Auteurs|Journaliste|Auteure", "located": "Lieu|Ville", "lang": "Langue", "section": "Rubrique|Catégorie",
        "url": "Adresse|Lien|Adresse web", "key": "Identifiant|Numéro de document",
    },
    "es": {
        "title": "Título|Titular|Encabezado", "text": "Texto|Contenido|Cuerpo|Texto completo|Cuerpo del texto",
        "summary": "Resumen|Descripción|Entradilla|Copete|Extracto", "date": "Fecha|Fecha de publicación|Fecha publicación|Publicado|Publicado el",
        "outlet": "Periódico|Diario|Medio|Publicación|Nombre del medio|Editor", "source": "Fuente|Agencia",
        "byline": "Autor|Autores|Periodista|Autora|Firma", "located": "Lugar|Ciudad", "lang": "Idioma|Lengua", "section": "Sección|Categoría|Rubro",
        "url": "Enlace|Dirección|Vínculo", "key": "Identificador",
    },
    "it": {
        "title": "Titolo", "text": "Testo|Contenuto|Corpo|Testo completo|Testo integrale",
        "summary": "Riassunto|Sommario|Occhiello|Descrizione|Sintesi", "date": "Data|Data di pubblicazione|Data pubblicazione|Pubblicato il",
        "outlet": "Testata|Giornale|Quotidiano|Pubblicazione|Editore", "source": "Fonte|Agenzia", "byline": "Autore|Autori|Giornalista|Autrice|Firma",
        "located": "Luogo|Città", "lang": "Lingua", "section": "Sezione|Rubrica|Categoria", "url": "Collegamento|Indirizzo",
        "key": "Identificativo|Codice",
    },
    "pt": {
        "title": "Título|Manchete", "text": "Texto|Conteúdo|Corpo|Texto completo|Texto integral|Matéria",
        "summary": "Resumo|Descrição|Linha fina|Lead", "date": "Data|Data de publicação|Data da publicação|Data publicação|Publicado em",
        "outlet": "Jornal|Veículo|Meio|Publicação|Mídia|Portal|Editora", "source": "Fonte|Agência",
        "byline": "Autor|Autores|Jornalista|Autora|Repórter", "located": "Local|Lugar|Cidade", "lang": "Idioma|Língua",
        "section": "Editoria|Seção|Secção|Categoria|Caderno", "url": "Link|Endereço|Ligação", "key": "Identificador|Código",
    },
    "ca": {
        "title": "Títol|Titular", "text": "Text|Contingut|Text complet", "summary": "Resum|Descripció|Entradeta",
        "date": "Data|Data de publicació|Publicat", "outlet": "Diari|Mitjà|Publicació", "source": "Agència",
        "byline": "Autor|Autors|Autora|Periodista", "located": "Lloc", "lang": "Llengua|Idioma", "section": "Secció|Categoria",
        "url": "Enllaç|Adreça", "key": "Identificador",
    },
    "da": {
        "title": "Overskrift|Titel", "text": "Tekst|Brødtekst|Indhold|Fuld tekst", "summary": "Resumé|Manchet|Underrubrik|Beskrivelse",
        "date": "Dato|Udgivelsesdato|Publiceret|Udgivet|Publiceringsdato", "outlet": "Avis|Medie|Medium|Publikation|Udgiver",
        "source": "Kilde|Nyhedsbureau|Bureau", "byline": "Forfatter|Journalist|Skribent", "located": "Sted", "lang": "Sprog",
        "section": "Sektion|Kategori", "url": "Link|Adresse",
    },
    "no": {
        "title": "Overskrift|Tittel", "text": "Tekst|Brødtekst|Innhold|Fulltekst", "summary": "Sammendrag|Ingress|Beskrivelse",
        "date": "Dato|Publiseringsdato|Publisert|Utgivelsesdato", "outlet": "Avis|Medium|Publikasjon|Utgiver", "source": "Kilde|Nyhetsbyrå|Byrå",
        "byline": "Forfatter|Journalist|Skribent", "located": "Sted", "lang": "Språk", "section": "Seksjon|Kategori", "url": "Lenke|Adresse",
    },
    "sv": {
        "title": "Titel|Överskrift", "text": "Text|Brödtext|Innehåll|Fulltext|Artikeltext", "summary": "Sammanfattning|Ingress|Beskrivning",
        "date": "Datum|Publiceringsdatum|Publicerad|Publicerat", "outlet": "Tidning|Medium|Publikation|Utgivare", "source": "Källa|Nyhetsbyrå|Byrå",
        "byline": "Författare|Skribent|Journalist|Reporter", "located": "Ort|Plats", "lang": "Språk", "section": "Avdelning|Kategori|Sektion",
        "url": "Länk|Adress|Webbadress",
    },
    "fi": {
        "title": "Otsikko", "text": "Teksti|Sisältö|Leipäteksti", "summary": "Tiivistelmä|Ingressi|Kuvaus",
        "date": "Päivämäärä|Päiväys|Julkaistu|Julkaisupäivä|Pvm", "outlet": "Lehti|Sanomalehti|Media|Julkaisu|Julkaisija",
        "source": "Lähde|Uutistoimisto", "byline": "Kirjoittaja|Tekijä|Toimittaja", "located": "Paikka|Paikkakunta", "lang": "Kieli",
        "section": "Osasto|Kategoria", "url": "Linkki|Osoite",
    },
    "pl": {
        "title": "Tytuł|Nagłówek", "text": "Tekst|Treść|Pełny tekst|Zawartość|Treść artykułu", "summary": "Streszczenie|Opis|Zajawka|Lead",
        "date": "Data|Data publikacji|Data wydania|Opublikowano", "outlet": "Gazeta|Medium|Czasopismo|Wydawca|Dziennik|Publikacja|Tytuł prasowy",
        "source": "Źródło|Agencja", "byline": "Autor|Autorzy|Dziennikarz|Autorka", "located": "Miejsce", "lang": "Język",
        "section": "Dział|Kategoria|Sekcja|Rubryka", "url": "Adres|Odnośnik",
    },
    "cs": {
        "title": "Titulek|Název|Nadpis|Titul", "text": "Text|Obsah|Plný text|Text článku", "summary": "Shrnutí|Perex|Souhrn|Popis",
        "date": "Datum|Datum vydání|Datum publikace|Publikováno|Vydáno", "outlet": "Noviny|Médium|Deník|Vydavatel", "source": "Zdroj|Agentura",
        "byline": "Autor|Autoři|Autorka", "located": "Místo", "lang": "Jazyk", "section": "Rubrika|Sekce|Kategorie", "url": "Odkaz|Adresa",
    },
    "sk": {
        "title": "Titulok|Názov|Nadpis", "text": "Text|Obsah|Plný text|Text článku", "summary": "Zhrnutie|Súhrn|Perex|Popis",
        "date": "Dátum|Dátum vydania|Publikované", "outlet": "Noviny|Denník|Médium|Vydavateľ", "source": "Zdroj|Agentúra", "byline": "Autor|Autori",
        "located": "Miesto", "lang": "Jazyk", "section": "Rubrika|Sekcia|Kategória", "url": "Odkaz|Adresa",
    },
    "hu": {
        "title": "Cím|Főcím|Címsor", "text": "Szöveg|Tartalom|Cikk|Teljes szöveg|Törzsszöveg", "summary": "Összefoglaló|Kivonat|Leírás",
        "date": "Dátum|Megjelenés|Megjelenés dátuma|Közzététel", "outlet": "Újság|Médium|Kiadó|Napilap", "source": "Forrás|Hírügynökség",
        "byline": "Szerző|Szerzők|Újságíró", "located": "Hely|Helyszín", "lang": "Nyelv", "section": "Rovat|Kategória", "url": "Hivatkozás|Cím (URL)",
    },
    "ro": {
        "title": "Titlu|Titlul", "text": "Text|Conținut|Textul|Corp", "summary": "Rezumat|Descriere", "date": "Data|Data publicării|Publicat",
        "outlet": "Ziar|Publicație|Publicația|Editor|Cotidian", "source": "Sursă|Agenție", "byline": "Autor|Autori|Jurnalist",
        "located": "Localitate", "lang": "Limbă", "section": "Secțiune|Rubrică|Categorie", "url": "Legătură|Adresă",
    },
    "hr": {
        "title": "Naslov", "text": "Tekst|Sadržaj|Cijeli tekst", "summary": "Sažetak|Opis", "date": "Datum|Datum objave|Objavljeno",
        "outlet": "Novine|Medij|Izdavač", "source": "Izvor|Agencija", "byline": "Autor|Autori|Novinar", "located": "Mjesto", "lang": "Jezik",
        "section": "Rubrika|Kategorija", "url": "Poveznica|Adresa",
    },
    "sl": {
        "title": "Naslov", "text": "Besedilo|Vsebina", "date": "Datum|Datum objave", "outlet": "Časopis|Medij", "source": "Vir",
        "byline": "Avtor|Avtorji|Novinar", "lang": "Jezik", "section": "Rubrika|Kategorija",
    },
    "sr": {
        "title": "Наслов", "text": "Текст|Садржај", "date": "Датум", "outlet": "Новине|Медиј", "source": "Извор", "byline": "Аутор|Новинар",
        "lang": "Језик", "section": "Рубрика|Категорија",
    },
    "bg": {
        "title": "Заглавие", "text": "Текст|Съдържание", "summary": "Резюме|Описание", "date": "Дата|Дата на публикуване",
        "outlet": "Вестник|Медия|Издание|Издател", "source": "Източник|Агенция", "byline": "Автор|Автори", "located": "Място", "lang": "Език",
        "section": "Рубрика|Категория|Раздел", "url": "Връзка|Адрес",
    },
    "ru": {
        "title": "Заголовок|Название|Заглавие", "text": "Текст|Содержание|Текст статьи|Полный текст|Статья",
        "summary": "Аннотация|Краткое содержание|Описание|Анонс", "date": "Дата|Дата публикации|Опубликовано",
        "outlet": "Газета|Издание|СМИ|Издатель", "source": "Источник|Агентство", "byline": "Автор|Авторы|Журналист", "located": "Место|Город",
        "lang": "Язык", "section": "Рубрика|Раздел|Категория", "url": "Ссылка|Адрес", "key": "Идентификатор",
    },
    "uk": {
        "title": "Заголовок|Назва", "text": "Текст|Зміст|Повний текст|Стаття", "summary": "Анотація|Опис|Анонс",
        "date": "Дата|Дата публікації|Опубліковано", "outlet": "Газета|Видання|ЗМІ|Видавець", "source": "Джерело|Агентство",
        "byline": "Автор|Автори|Журналіст", "located": "Місце|Місто", "lang": "Мова", "section": "Рубрика|Розділ|Категорія",
        "url": "Посилання|Адреса",
    },
    "el": {
        "title": "Τίτλος|Επικεφαλίδα", "text": "Κείμενο|Περιεχόμενο|Πλήρες κείμενο", "summary": "Περίληψη|Περιγραφή",
        "date": "Ημερομηνία|Ημερομηνία δημοσίευσης", "outlet": "Εφημερίδα|Μέσο|Έκδοση|Εκδότης", "source": "Πηγή|Πρακτορείο",
        "byline": "Συντάκτης|Συγγραφέας|Δημοσιογράφος", "located": "Τόπος|Τοποθεσία", "lang": "Γλώσσα", "section": "Ενότητα|Κατηγορία|Στήλη",
        "url": "Σύνδεσμος|Διεύθυνση",
    },
    "tr": {
        "title": "Başlık|Manşet|Haber başlığı", "text": "Metin|İçerik|Haber metni|Haber|Tam metin", "summary": "Özet|Açıklama",
        "date": "Tarih|Yayın tarihi|Yayınlanma tarihi", "outlet": "Gazete|Yayın|Medya|Yayıncı", "source": "Kaynak|Ajans",
        "byline": "Yazar|Muhabir|Yazarlar", "located": "Yer|Şehir", "lang": "Dil", "section": "Bölüm|Kategori", "url": "Bağlantı|Adres",
    },
    "ar": {
        "title": "العنوان|عنوان|عنوان الخبر|عنوان المقال", "text": "النص|نص|المحتوى|نص الخبر|نص المقال|المتن|محتوى",
        "summary": "الملخص|ملخص|الوصف|المقدمة", "date": "التاريخ|تاريخ|تاريخ النشر", "outlet": "الصحيفة|الجريدة|الوسيلة|الناشر|صحيفة",
        "source": "المصدر|مصدر|الوكالة|وكالة", "byline": "الكاتب|المؤلف|كاتب|المحرر", "located": "المكان|مكان|المدينة", "lang": "اللغة|لغة",
        "section": "القسم|الفئة|التصنيف|قسم", "url": "الرابط|رابط",
    },
    "fa": {
        "title": "عنوان|تیتر", "text": "متن|متن خبر|محتوا", "summary": "خلاصه|چکیده|لید", "date": "تاریخ|تاریخ انتشار",
        "outlet": "روزنامه|رسانه|نشریه|ناشر", "source": "منبع|خبرگزاری", "byline": "نویسنده|خبرنگار", "located": "مکان|شهر", "lang": "زبان",
        "section": "بخش|سرویس|دسته", "url": "لینک|پیوند|نشانی",
    },
    "ur": {
        "title": "عنوان|سرخی", "text": "متن", "date": "تاریخ", "outlet": "اخبار", "source": "ذریعہ", "byline": "مصنف", "lang": "زبان",
    },
    "he": {
        "title": "כותרת", "text": "טקסט|תוכן|גוף הכתבה", "summary": "תקציר|תיאור", "date": "תאריך|תאריך פרסום",
        "outlet": "עיתון|כלי תקשורת|מוציא לאור", "source": "מקור|סוכנות", "byline": "מחבר|כתב|כותב|מאת", "located": "מקום", "lang": "שפה",
        "section": "מדור|קטגוריה", "url": "קישור|כתובת",
    },
    "hi": {
        "title": "शीर्षक", "text": "पाठ|सामग्री|विवरण", "summary": "सारांश", "date": "तारीख|दिनांक|तिथि|प्रकाशन तिथि",
        "outlet": "अखबार|समाचार पत्र|प्रकाशन|प्रकाशक", "source": "स्रोत", "byline": "लेखक|संवाददाता", "located": "स्थान", "lang": "भाषा",
        "section": "श्रेणी|अनुभाग", "url": "लिंक|कड़ी",
    },
    "id": {
        "title": "Judul", "text": "Teks|Isi|Isi berita|Konten|Naskah", "summary": "Ringkasan|Deskripsi|Abstrak",
        "date": "Tanggal|Tanggal terbit|Tanggal publikasi", "outlet": "Koran|Surat kabar|Media|Penerbit", "source": "Sumber|Kantor berita",
        "byline": "Penulis|Wartawan|Pengarang", "located": "Tempat|Lokasi", "lang": "Bahasa", "section": "Rubrik|Kategori|Bagian",
        "url": "Tautan|Alamat",
    },
    "vi": {
        "title": "Tiêu đề|Tựa đề|Nhan đề", "text": "Nội dung|Văn bản|Bài viết|Toàn văn", "summary": "Tóm tắt|Mô tả|Sapo",
        "date": "Ngày|Ngày đăng|Ngày xuất bản", "outlet": "Báo|Tờ báo|Nhà xuất bản", "source": "Nguồn|Hãng tin", "byline": "Tác giả|Phóng viên",
        "located": "Địa điểm|Nơi", "lang": "Ngôn ngữ", "section": "Chuyên mục|Mục", "url": "Liên kết|Đường dẫn|Địa chỉ",
    },
    "th": {
        "title": "หัวข้อ|หัวข้อข่าว|พาดหัว", "text": "เนื้อหา|ข้อความ", "date": "วันที่", "outlet": "หนังสือพิมพ์", "source": "แหล่งที่มา|แหล่งข่าว",
        "byline": "ผู้เขียน|ผู้สื่อข่าว", "lang": "ภาษา",
    },
    "zh": {
        "title": "标题|標題|题目|題目|题名|新闻标题|新聞標題", "text": "正文|内容|內容|全文|文本|新闻内容|新聞內容", "summary": "摘要|简介|簡介|导语|導語",
        "date": "日期|发布日期|發布日期|发布时间|时间|時間|發表日期|發布時間|出版日期", "outlet": "报纸|報紙|媒体|媒體|报刊|出版物|刊物|出版社|報刊", "source": "来源|來源|新闻来源|通讯社|通訊社",
        "byline": "作者|记者|記者|撰文", "located": "地点|地點", "lang": "语言|語言", "section": "栏目|欄目|版面|分类|分類|类别|類別", "url": "链接|連結|网址|網址|鏈接",
    },
    "ja": {
        "title": "タイトル|見出し|題名|件名|表題", "text": "本文|記事本文|記事|内容|テキスト", "summary": "要約|概要|抄録|リード", "date": "日付|掲載日|発行日|公開日|日時|年月日|配信日",
        "outlet": "新聞|媒体|新聞名|媒体名|紙名|掲載紙|発行元", "source": "出典|情報源|配信元|通信社", "byline": "著者|記者|執筆者|筆者", "located": "場所", "lang": "言語",
        "section": "面|カテゴリ|カテゴリー|分類|面名|ジャンル", "url": "リンク|アドレス",
    },
    "ko": {
        "title": "제목|기사제목|표제", "text": "본문|내용|기사|기사본문|기사내용|전문", "summary": "요약|초록", "date": "날짜|일자|게재일|발행일|작성일|등록일|보도일",
        "outlet": "신문|매체|언론사|신문사|매체명|발행처", "source": "출처|통신사", "byline": "기자|작성자|저자|글쓴이", "located": "장소|지역", "lang": "언어",
        "section": "섹션|분류|카테고리|면|지면", "url": "링크|주소",
    },
}  # fmt: skip
"""The names of columns for each field, separated by ``|``, by the code of their language."""

"""Whether an account is of a public body, of somebody in news and politics, of an organisation, or private."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from zlib import crc32

_PUBLIC = """
    official offiziell officiel oficial ufficiale officieel oficjalne resmi официальный официальная 公式 官方 공식
    news nachrichten noticias notícias actualités notizie nieuws wiadomości haberler новости ニュース 新闻 뉴스
    redaktion rédaction redacción redação redazione
    magazine zeitung zeitschrift revista rivista krant gazeta gazete газета журнал 新聞 报纸
    radio tv television channel media presse prensa imprensa stampa headlines breaking coverage
    ministry ministerium ministère ministerio ministério ministero bakanlığı министерство government govt
    department senate parliament parlement parlamento bundestag
    president council agency police polizei policía
    organization organisation foundation institute university college association society charity ngo federation union
    stiftung verein verband universität université universidad universidade università fundación fundação fondazione
    company global international leading founder chairman chairwoman host
    bestselling actor actress musician footballer comedian filmmaker
    bookings booking enquiries inquiries
"""
_VOICE = """
    journalist journalistin journaliste periodista jornalista giornalista dziennikarz gazeteci журналист 記者 记者 기자
    reporter reporterin reportero repórter correspondent korrespondent corresponsal correspondente corrispondente
    editor redakteur redakteurin columnist kolumnist columnista anchor presenter moderator broadcaster commentator
    newspaper newsroom press bureau covering formerly tip tips email
    minister ministerin ministre ministro ministra министр senator senador sénateur senatore
    congress congressman congresswoman mp mep mla mdb abgeordneter abgeordnete député diputado diputada deputado
    deputato candidate kandidat candidat candidato governor gouverneur mayor bürgermeister maire alcalde prefeito
    sindaco ambassador botschafter ambassadeur embajador embaixador embassy botschaft ambassade embajada party partei
    parti
"""
_PRIVATE = """
    love loves loving lover liebe liebt aime adoro amo amante miłość люблю
    cat cats dog dogs katze katzen hund hunde chat chats chien gato gatos perro cachorro gatto gatti cane кот собака
    wine beer coffee tea food foodie wein bier kaffee vin bière vino cerveza café birra kawa пиво кофе
    hate student studentin étudiant étudiante estudiante estudante studentessa студент teacher lehrer lehrerin
    nurse retired rentner rentnerin retraité retraitée jubilado jubilada aposentado pensionato emeryt
    hobby hobbies interests books bücher livres libros livros libri książki книги reading gardening garten jardin
    photography fotografie running knitting hiking cycling wandern radfahren stricken music musik musique música musica
    art fan gamer nerd geek introvert he him they them friend freund freundin ami amie amigo amiga amico amica human
    ordinary random nobody mostly just
"""
_ORGANISATION = """
    library libraries museum gallery archive archives theatre theater cinema orchestra choir chorus festival parish
    church cathedral chapel mosque synagogue temple club fc afc sc cf sv tsv vfl vfb tus rc ac school college
    academy university uni faculty department dept institute laboratory lab observatory trust charity foundation
    society association federation union council borough township county ministry embassy agency authority police
    fire brigade ambulance hospital clinic volunteers cooperative coop collective centre center hub shelter rescue
    sanctuary museums cafe café coffeehouse restaurant bakery brewery pub bar hotel hostel shop store boutique
    studio studios market farm garage salon press books publishing records radio tv news times post daily gazette
    herald journal tribune weather traffic ticker alerts updates support helpdesk service services team official
    events tickets jobs deals inc ltd llc gmbh ag ltda sl sarl oy ab bibliothek bücherei stadtbibliothek museen
    galerie archiv kino orchester chor kirche pfarrei gemeinde kirchengemeinde verein sportverein schützenverein
    förderverein schule gymnasium hochschule universität institut fakultät stiftung verband gewerkschaft partei
    stadt landkreis feuerwehr polizei tierheim klinik krankenhaus bäckerei buchhandlung brauerei gasthof werkstatt
    verlag zeitung nachrichten wetter redaktion kundenservice bibliothèque médiathèque musée théâtre cinéma
    orchestre chorale paroisse église école collège lycée université faculté fondation syndicat mairie ville
    commune pompiers refuge hôpital boulangerie librairie brasserie atelier éditions météo biblioteca museo galería
    galeria teatro cine orquesta coro parroquia iglesia peña escuela colegio instituto universidad facultad
    fundación asociación sindicato ayuntamiento municipalidad bomberos protectora refugio panadería librería
    cervecería tienda taller editorial diario noticias museu orquestra paróquia igreja clube escola faculdade
    universidade fundação associação prefeitura câmara bombeiros padaria livraria loja ateliê editora jornal
    notícias parrocchia chiesa scuola liceo università dipartimento fondazione associazione sindacato comune
    rifugio panificio libreria birrificio bottega editrice giornale notizie bibliotheek bioscoop orkest koor
    parochie kerk vereniging hogeschool universiteit faculteit stichting vakbond gemeente brandweer politie asiel
    buurthuis bakkerij boekhandel brouwerij winkel uitgeverij krant nieuws biblioteka muzeum teatr orkiestra chór
    parafia kościół szkoła liceum uniwersytet wydział fundacja stowarzyszenie związek gmina miasto straż schronisko
    szpital piekarnia księgarnia browar sklep wydawnictwo gazeta wiadomości pogoda bibliotek teater biograf
    orkester kör kyrka församling förening skola högskola universitet stiftelse förbund kommun räddningstjänsten
    bageri bokhandel butik förlag tidning nyheter kirke menighed forening skole stiftelsen библиотека музей галерея
    театр кинотеатр оркестр хор приход храм церковь клуб школа колледж университет факультет институт фонд
    ассоциация общество профсоюз администрация приют больница пекарня магазин издательство газета новости
    бібліотека церква університет спілка притулок видавництво новини kütüphane kütüphanesi müze müzesi tiyatro
    sinema orkestra koro cami kilise kulübü okulu lisesi üniversitesi fakültesi vakfı derneği sendikası belediyesi
    itfaiyesi barınağı hastanesi fırını kitabevi mağazası yayınevi gazetesi haberleri مكتبة متحف مسرح سينما كنيسة
    مسجد نادي مدرسة كلية جامعة معهد مؤسسة جمعية نقابة بلدية مستشفى مخبز متجر صحيفة أخبار ספרייה מוזיאון תיאטרון
    קולנוע כנסייה מועדון אוניברסיטה מכללה קרן עמותה עירייה מאפייה חנות חדשות पुस्तकालय संग्रहालय मंदिर विद्यालय
    विश्वविद्यालय संस्थान समिति संघ नगरपालिका अस्पताल दुकान समाचार perpustakaan gereja masjid sekolah universitas
    yayasan asosiasi dinas toko berita
"""
_SPEAKS_AS_MANY = """
    we our us wir unser unsere nous notre nos nosotros nuestra nuestro nuestros nós nossa nosso noi nostra nostro
    wij ons onze nasz nasza nasze мы наш наша наши bizim biz vi vår våra vores volunteers rehearsals registered
    founded since est established opening hours open closed seit gegründet geöffnet öffnungszeiten depuis ouvert
    fundada abierto desde aberto aperto sinds geopend otwarte działamy
"""
_SPEAKS_AS_ONE = """
    i im my me mine he him she ich mein meine mon mes yo mi mis eu meu minha io mio mia ik mijn ja mój moja я мой
    моя ben benim jag min mitt own personal views tweets opinions mum mom dad father mother wife husband
"""
_SPACELESS_ORGANISATION = re.compile(
    "図書館|博物館|美術館|大学|学校|教会|商店|公式|図書|图书馆|博物馆|大學|官方|협회|도서관|박물관|대학교|교회|공식"
)
_SPACELESS = re.compile("公式|官方|공식|ニュース|新闻|뉴스|記者|记者|기자|新聞|报纸")
_WORD = re.compile(r"[^\W_]+")
_MOST = 3
# Checksums in an array take 3 KB, and a set of the words 60 KB.
_ORGANISATIONS = array("I", sorted({crc32(word.encode()) for word in _ORGANISATION.split()}))
_AS_MANY, _AS_ONE = (frozenset(words.split()) for words in (_SPEAKS_AS_MANY, _SPEAKS_AS_ONE))
_LISTS = tuple(frozenset(words.split()) for words in (_PUBLIC, _VOICE, _PRIVATE))


@lru_cache(maxsize=16_384)
def bio_words(bio: str) -> tuple[int, int, int]:
    """Count the different words of a bio that belong to public life, to the news and politics, and to a private
    life.

    Each count is at most three; 0 is no evidence.
    """
    found = {*_WORD.findall(bio.lower()), *_SPACELESS.findall(bio)}
    public, voice, private = (min(len(found & words), _MOST) for words in _LISTS)
    return public, voice, private


@lru_cache(maxsize=16_384)
def organisation(name: str, bio: str) -> float:
    """How much a display name and a bio sound like an organisation's, from 0 to 2.

    In a name, one word ("Library") counts 1. In a bio such words count only beside "we", opening hours or the like, and
    nothing beside "I" or "my": people name the clubs they belong to.
    """
    of_name = min(_organisations(_words(name)) + len(_SPACELESS_ORGANISATION.findall(name)), 1)
    words = _words(bio)
    if not words.isdisjoint(_AS_ONE):
        return of_name / 2
    kinds = min(_organisations(words) + len(_SPACELESS_ORGANISATION.findall(bio)), 2)
    many = min(len(words & _AS_MANY), 2)
    of_bio = 0.0
    if kinds and many:
        of_bio = (kinds + many) / 4
    elif of_name and (kinds or many):
        of_bio = 0.5
    return of_name + of_bio


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _organisations(words: Iterable[str]) -> int:
    """How many of the words name a kind of organisation."""
    found = 0
    for checksum in map(crc32, map(str.encode, words)):
        at = bisect_left(_ORGANISATIONS, checksum)
        found += at < len(_ORGANISATIONS) and _ORGANISATIONS[at] == checksum
    return found

"""Whether a bio is of a public body, of somebody in news and politics, or private."""

import re
from functools import lru_cache

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
_SPACELESS = re.compile("公式|官方|공식|ニュース|新闻|뉴스|記者|记者|기자|新聞|报纸")
_WORD = re.compile(r"[^\W_]+")
_MOST = 3
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

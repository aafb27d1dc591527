"""What a bio says of whom an account speaks for: an office, a medium, a company, a stage."""

import re

_WORDS = """
    official offiziell officiel oficial ufficiale officieel oficjalne resmi официальный официальная 公式 官方 공식
    news nachrichten noticias notícias actualités notizie nieuws wiadomości haberler новости ニュース 新闻 뉴스
    journalist journalistin journaliste periodista jornalista giornalista dziennikarz gazeteci журналист 記者 记者 기자
    reporter correspondent korrespondent editor redakteur redaktion rédaction redacción redação redazione
    newspaper magazine zeitung zeitschrift revista rivista krant gazeta gazete газета журнал 新聞 报纸
    radio tv television channel broadcaster media press presse prensa imprensa stampa headlines breaking coverage
    columnist anchor bureau
    ministry minister ministerium ministère ministerio ministério ministero bakanlığı министерство government govt
    department senator senate congress congressman congresswoman mp mep mla parliament parlement parlamento bundestag
    party president mayor governor ambassador embassy council agency authority police polizei police policía
    organization organisation foundation institute university college association society charity ngo federation union
    stiftung verein verband universität université universidad universidade università fundación fundação fondazione
    company brand global international worldwide leading founder ceo chairman chairwoman director presenter host
    bestselling contributor actor actress singer musician footballer comedian filmmaker
    bookings booking enquiries inquiries
"""
_PUBLIC = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, dict.fromkeys(_WORDS.split())))})(?!\w)", re.IGNORECASE)
_SPACELESS = re.compile("公式|官方|공식|ニュース|新闻|뉴스|記者|记者|기자|新聞|报纸")
_MOST = 3


def public_words(bio: str) -> int:
    """How many different words of a bio are those of public life, at most three; 0 says nothing either way."""
    found = {word.lower() for word in (*_PUBLIC.findall(bio), *_SPACELESS.findall(bio))}
    return min(len(found), _MOST)

"""Calls to act in many languages: words and pairs of words that ask the reader to do something.

They carry over between networks better than other words. A phrase is one word or two neighbouring words. Reasons name
its group.
"""

from .words import cut, is_spaced

_GROUPS: dict[str, str] = {
    "code": "use code|code promo|promo code|discount code|coupon code|mit code|with code|code at|avec code"
    "|con codice|com cupom|cupom|con código|code bij|z kodem|с промокодом|クーポン|codigo promocional"
    "|rabattcode|gutscheincode|промокод|kod rabatowy|kodice sconto|codice sconto|kortingscode"
    "|indirim kodu|código promocional",
    "bio": "in bio|bio link|linkinbio|in profile|enlace bio|lien bio|dans bio|in profil|profil link"
    "|biodaki link|na bio|en bio|プロフのリンク|link bio|my bio|in description",
    "shop": "shop now|order now|buy now|add cart|free shipping|shop link|jetzt bestellen|jetzt kaufen"
    "|jetzt sichern|commandez maintenant|compra ahora|compre agora|acquista ora|bestel nu|kup teraz"
    "|hemen al|заказать сейчас|order yours|in stock|sold out|restocked|new collection|pre order"
    "|preorder|gratis versand|livraison gratuite|envío gratis|frete grátis|spedizione gratuita|送料無料"
    "|darmowa dostawa|kostenloser versand|shop online|online shop|our store",
    "discount": "% off|half price|flash sale|big sale|sale ends|on sale|special offer|limited offer|limited time"
    "|offer ends|black friday|cyber monday|best price|lowest price|jetzt nur|nur heute|rabatt auf"
    "|soldes|promotion valable|rebajas|descuento|desconto|sconto|korting|indirim|скидка|скидки|zniżka"
    "|promocja|oferta especial|oferta limitada|discount",
    "dm": "dm me|dm us|dm for|dms open|send dm|message us|inbox me|inbox us|text me|whatsapp me|on whatsapp"
    "|via whatsapp|write dm|schreib dm|mp moi|escríbeme|chama no|пиши лс|пишите лс|в лс|contact us"
    "|contact him|contact her|reach out|dm to|dm now|telegram channel|on telegram|via telegram"
    "|join telegram|telegram group",
    "subscribe": "please subscribe|subscribe to|sub4sub|subscribe my|my channel|like subscribe|smash like"
    "|hit subscribe|abonniert|abonnez|suscríbete|inscreva se|iscrivetevi|подпишись|подписывайтесь"
    "|abone ol|チャンネル登録|subscribe now|check channel|out channel|check out|new video|watch now"
    "|stream now|out now|link below",
    "follow": "follow me|follow back|follow for|followback|f4f|follow us|followers fast|more followers"
    "|gain followers|free followers|folge mir|suivez nous|suivez moi|síguenos|sígueme|siga nos"
    "|seguici|volg ons|takip et|obserwuj|相互フォロー|follow and|and follow|like follow",
    "prize": "you won|you have won|have won|won a|been selected|winner of|claim your|claim now|claim prize"
    "|free gift|gift card|lucky winner|free iphone|cash prize|giveaway|give away|enter to win|to win"
    "|you win|gewinnspiel|gewonnen|jeu concours|concours|sorteo|sorteio|giveaway alert|çekiliş"
    "|розыгрыш|konkurs|抽選|プレゼント企画|free entry|won £|prize draw|awarded a|congratulations you",
    "money": "make money|earn money|extra cash|passive income|financial freedom|from home|work home|per day"
    "|per week|a day|daily profit|profits daily|guaranteed profit|guaranteed returns|double your"
    "|return on|geld verdienen|gagner de|ganar dinero|ganhar dinheiro|guadagnare|заработок|заработать"
    "|zarabiaj|para kazan|副業|稼げる|稼ぐ|quick loan|instant loan|cash loan|low interest|credit score"
    "|investment platform|invest with|forex trading|binary options|trading signals|investment manager"
    "|account manager",
    "crypto": "airdrop|free crypto|free bitcoin|bitcoin giveaway|connect wallet|your wallet|seed phrase|presale"
    "|pre sale|token launch|100x|1000x|to the moon|mint now|nft drop|free mint|pump signal"
    "|pump signals|crypto signals|usdt|btc eth|recover your|recovery expert|lost crypto|крипта"
    "|криптовалюта|криптовалюты",
    "account": "verify your|verify account|account suspended|account locked|account will|been suspended"
    "|been limited|unusual activity|security alert|confirm your|update your|your parcel|your package"
    "|delivery failed|reschedule delivery|customs fee|konto gesperrt|ihr konto|ihr paket|votre compte"
    "|votre colis|su cuenta|su paquete|sua conta|seu pacote|il conto|pacco in|click here|click link"
    "|click below|hier klicken|cliquez ici|haz clic|clique aqui|clicca qui|нажмите|kliknij|tap here"
    "|log in|sign in to|act now|urgent action|expires today|last chance|final notice|call now|txt to"
    "|reply stop|text stop|to claim|to opt",
    "adult": "hot girls|sexy girls|my nudes|my onlyfans|sexy pics|hookup|private pics|cam girl|lonely girls"
    "|date tonight|hot singles|18+|знакомства|девушки",
    "engage": "tag a|tag someone|tag your|like if|retweet if|rt if|share if|who agrees|comment below"
    "|comments below|drop a|double tap|thoughts below|let us|us know|wrong answers|answers only"
    "|agree?|kommentiert|markiere|verlinke|dites nous|cuéntanos|comenta|marque um|scrivi nei"
    "|tell us|which one|name a|repost if|boost if",
    "news": "breaking:|breaking news|just in|read more|full story|live updates|live blog|weather warning"
    "|traffic update|eilmeldung|mehr dazu|alerte info|en direct|última hora|ultima ora|срочно|速報"
    "|son dakika|pilne|press release|statement from|official statement|proud to|pleased to|excited to"
    "|thrilled to|we are|join us|register now|tickets on|tickets available|tune in|live now"
    "|episode of",
}


def _key(phrase: str) -> tuple[str, ...]:
    """A phrase as the words that a text is cut into. Of a script without spaces, the first two pieces are enough."""
    found = cut(phrase.replace("ı", "i").split())
    if is_spaced(phrase):
        return tuple(found)
    return tuple(found[:2])


def _by_length() -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """The groups of phrases of one word, and those of two. Longer ones are left out."""
    words: dict[str, str] = {}
    pairs: dict[tuple[str, str], str] = {}
    for group, phrases in _GROUPS.items():
        for phrase in phrases.split("|"):
            match _key(phrase):
                case (word,):
                    words[word] = group
                case (first, second):
                    pairs[first, second] = group
    return words, pairs


WORD_PHRASES, PAIR_PHRASES = _by_length()
"""Map a phrase (one lower-case word, or two) to its group."""

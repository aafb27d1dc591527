"""Words that explain nothing when quoted: articles, pronouns, prepositions and the like, in many languages."""

from array import array
from bisect import bisect_left
from zlib import crc32

_STOPWORDS = """
    a about above after again against ain't all almost along already also although always am among an and another
    any anyone anything are aren't as at away back be because been before being below between both but by came can
    can't cannot come could couldn't did didn't do does doesn't doing don't done down during each either else enough
    even ever every everybody everyone everything for from further get gets getting go goes going gone gonna got had
    hadn't has hasn't have haven't having he he'd he'll he's her here here's hers herself him himself his how how's
    however i i'd i'll i'm i've if in into is isn't it it'd it'll it's its itself just kind know let let's like made
    make makes many may maybe me might mine more most much must my myself never no nobody none nor not nothing now
    of off on once one ones only onto or other others our ours ourselves out over own per put quite rather really
    said same say says see seem she she'd she'll she's should shouldn't since so some somebody someone something
    sometimes still such take than that that'll that's the their theirs them themselves then there there's these
    they they'd they'll they're they've thing things this those though through till to together too toward towards
    two u under until up upon ur us use very via want was wasn't way we we'd we'll we're we've well went were
    weren't what what's when when's where where's whether which while who who's whom whose why will with within
    without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself im dont ive thats youre
    three four five six seven eight nine ten eleven twelve hundred thousand drei vier fünf sechs sieben acht neun zehn
    trois quatre cinq sept huit neuf dix tres cuatro cinco seis siete ocho nueve diez três quatro sete oito nove dez
    tre quattro cinque sei sette otto dieci drie vijf zes zeven acht negen tien trzy cztery pięć sześć dziesięć
    четыре пять шесть семь восемь девять десять чотири дев'ять üç dört beş altı yedi sekiz dokuz fyra fem
    sju åtta nio tio
    aber alle allem allen aller alles als auch auf aus bei bin bis bist da damit dann das dass dein deine dem den
    denn der des dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer
    eines er es etwas euch euer eure für gegen gewesen hab habe haben hat hatte hatten hier hin hinter ich ihm ihn
    ihnen ihr ihre ihrem ihren ihrer indem ins ist ja jede jeden jeder jedes jetzt kann kein keine keinen können
    machen man mehr mein meine meinem meinen meiner mich mir mit muss nach nicht nichts noch nun nur ob oder ohne
    schon sehr sein seine seinem seinen seiner selbst sich sie sind solche soll sondern über um und uns unser unsere
    unter viel vom von vor war waren warst weil weiter welche wenn wer werde werden wie wieder wir wird wirst wo
    wollen würde zu zum zur zwar zwischen ai aie ait après au aucun aussi autre aux avaient avais avait avant avec
    avez avoir avons beaucoup bien c'est ça car ce ceci cela celle celui ces cet cette chez comme d'un d'une dans de
    depuis deux elle elles en encore entre est et était été être eu eux faire fait faut fois ici il ils j'ai je
    jusque l'on la là le les leur leurs lui ma mais même mes moi moins mon ne ni non nos notre nous ont ou où par
    parce pas peu peut plus pour pourquoi qu'il qu'on quand que quel quelle quelques qui quoi rien sa sans se sera
    ses si sien son sont sous suis sur ta te tes toi ton tous tout toute toutes très tu un une va vers voici voilà
    vos votre vous y al algo algunos ante antes aquí así aún aunque bajo cada casi como con contra cosa cual cuando
    del desde donde dos el él ella ellas ellos entonces era eran eres esa ese eso esta está están estar estas este
    esto estos estoy fue fueron ha había hace hacer han hasta hay las lo los más mi mí mis mismo mucho muy nada
    nosotros nuestra nuestro o otra otro otros para pero poco por porque pues qué quien sea ser será sí sido sin
    sino sobre solo sólo soy su sus también tan tanto tener tengo ti tiene todo todos tú tus una uno unos usted
    ustedes vamos voy ya yo à agora ainda ao aos apenas aquela aquele aqui às até com dela dele depois deu e é ela
    elas ele eles em então essa esse estão estava faz fazer foi foram há isso isto já lá lhe mas mesmo meu minha
    muito na não nas nem nenhum nós nossa nosso num numa onde os outra outro pela pelo pode pra qual quando quem são
    seja sem seu seus só sou sua suas também tem têm tenho ter toda tua uma vai você vocês vou agli alla allo anche
    ancora avere c'è che chi ci così cui dagli dai dal dalla dalle degli dei della delle dello di dove due ed è fa
    fare fino fra già gli hai hanno ho io l'ho lei li loro mia mie miei mio molto negli nei nel nella nelle noi
    nostra nostro ogni oggi oh ora perché più poi prima può qua quale quanto quella quelli quello questa queste
    questi questo sei sempre senza sì sia siamo sono sta stata stato sue sui sul sulla suo suoi tra tutta tutte
    tutti tutto un'altra vi voi aan alleen altijd andere ben bij daar dan dat deze dit doen door dus een ge geen
    geweest haar heb hebben heeft hem het hij hoe hun iemand iets ik jij jou jouw jullie kan kon kunnen maar meer
    men met mij mijn moet naar niet niets nog nu om omdat ons onze ook op reeds tegen toch toen tot uit uw van veel
    voor waar wat weer wel werd wezen wij wil worden wordt zal ze zei zelf zich zij zijn zo zonder zou bardzo bez bo
    być był była było będzie co czy dla gdy gdzie jak jako jego jej jest jestem już każdy kiedy kto która które
    który mam mnie mogę może mój nad nie nim niż od ona oni oraz po pod przed przez przy są się sobie tak także tam
    tego tej ten teraz ty tylko tym w więc wszystko z za że żeby а без более больше будет бы был была были было быть
    в вам вас вот все всё всегда всего вы где да даже два для до его ее её если есть ещё еще же за здесь и из или им
    их к как какая какой когда кто куда ли либо лишь мне много может можно мой моя мы на над надо нам нас не него
    нее ней нет ни ними них но ну о об один она они оно от очень перед по под после потом потому почти при про раз
    разве с сам свою себе себя сейчас со совсем так также такой там тебя тем теперь то тогда того тоже только том
    тот три тут ты у уже хоть чего чем через что чтоб чтобы эта эти это этого этой этом этот эту я acaba ama ancak
    bana bazı belki beni benim beri bir biri birkaç biz bize bizim bu buna bunu burada çok çünkü daha defa değil
    diye dolayı gibi göre hangi hatta hep hiç için ile ise işte kadar ki kim mı mu mü nasıl neden nerede niçin niye
    olan olarak oldu olduğu olur onlar onu onun öyle sanki sen siz sizin şey şu tüm var ve veya yani yok allt att av
    bara blev bli blir denna dess det detta dig din där efter ej eller ett från för hade hans har henne hennes hon
    honom hur här icke ingen inte jag jeg kun med meg mellan mig min mitt mot mycket må når när og och oss på sedan
    sig sitt själv skal skulle som så til upp ut utan vad vara vart vem vid vilken være ved åt över af blive dette
    end hvad hvem hvis hvor ikke ind jer mange meget mere noget nogle også sådan ud været hva hvordan kunne noe noen
    seg slik ada adalah agar akan aku anda apa atau bagi bahwa banyak bisa bukan dalam dari dengan dia dua harus
    hanya ini itu jadi jangan juga kalau kami kamu karena kata ke kepada kita lagi lebih mana masih mereka nya oleh
    pada saja sama sampai sangat satu saya seperti sudah tapi telah tetapi tidak untuk yang أن أو إلى الذي التي ان
    او ايه اي بعد بين حتى ده دي على علي عن عند غير في قد كان كل كما كيف لا لكن لم لن له لها ليس ما مع من منذ نحن هذا
    هذه هل هم هنا هو هي و يا انا أنا انت أنت और एक का कि की के को कोई क्या जो तक तो था थी थे न ने पर भी मुझे में मैं
    यह ये वह वे से हम ही हुआ है हैं हो এ এই এক ও কি কে না তা তার তো আমি আর যে সে হয় থেকে και να το τα τη της την
    του των με σε για από που δεν είναι στο στη στην θα ο η οι ένα μια αλλά μας σας μου σου är és ez az egy hogy
    volt csak mint már még ami aki amit ei että hän mutta niin jos ovat oli olen minä sinä tämä mitä myös vain kuin
    și sau sunt în pe cu mai dar ca să care že v s ale jsem jsou být není už jen pro של את על לא זה אני הוא היא עם
    מה כל אם גם כי או יש אין רק の は が を に へ と も で です ます した する
    これ それ あれ この その ある いる から まで よ ね な 的 了 是 在 我 你 他 她 它 们 不
    就 和 也 都 这 那 有 个 上 下 吗 吧 呢 은 는 이 가 을 를 에 의 도
    로 와 과 그 저 것 수 있다 없다 та що з як це ти ми ви він вона вони але або є
    був
"""
# Checksums in an array take 7 KB, and a set of the words 220 KB.
_CHECKSUMS = array("I", sorted({crc32(word.encode()) for word in _STOPWORDS.replace("ı", "i").split()}))


def is_stopword(word: str) -> bool:
    """Whether a lower-case word is a function word. One word in two million is misclassified by chance."""
    checksum = crc32(word.encode())
    at = bisect_left(_CHECKSUMS, checksum)
    return at < len(_CHECKSUMS) and _CHECKSUMS[at] == checksum

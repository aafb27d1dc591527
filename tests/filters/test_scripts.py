"""Every script is learned from marks: text is split at Unicode word boundaries, scripts without spaces into pieces."""

from datetime import UTC, datetime

import pytest

from quietfeed.filters.base_model import base_model
from quietfeed.filters.duplicates import NearCopies
from quietfeed.filters.features import features
from quietfeed.filters.judge import judge
from quietfeed.filters.learn import learn
from quietfeed.filters.reasons import explains
from quietfeed.filters.words import join, words
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Category
from quietfeed.models.weights import Weights

NOW = datetime(2026, 11, 30, tzinfo=UTC)

# Per script: words of noise, words of people, a sentence around them. Neighbours are learned, others are judged.
SCRIPTS = {
    "Latin": ("bargain voucher", "heron garden", "today {} again and again at home"),
    "Cyrillic": ("скидка распродажа", "цапля огород", "сегодня {} опять и опять дома"),
    "Greek": ("προσφορά εκπτώσεις", "ερωδιός κήπος", "σήμερα {} πάλι και πάλι στο σπίτι"),
    "Arabic": ("تَخفيضات عُروض", "حَديقة عُصفور", "اليوم {} مرة أخرى في البيت"),
    "Hebrew": ("מִבְצָע הֲנָחָה", "גִּנָּה צִפּוֹר", "היום {} שוב ושוב בבית"),
    "Devanagari": ("छूट बिक्री", "बगीचा चिड़िया", "आज {} फिर से घर पर"),
    "Bengali": ("ছাড় বিক্রি", "বাগান পাখি", "আজ {} আবার বাড়িতে"),
    "Tamil": ("தள்ளுபடி விற்பனை", "தோட்டம் பறவை", "இன்று {} மீண்டும் வீட்டில்"),
    "Thai": ("ลดราคา โปรโมชั่น", "นกกระสา สวนหลัง", "วันนี้{}อีกแล้วที่บ้าน"),
    "Lao": ("ຫຼຸດລາຄາ ໂປຣໂມຊັນ", "ນົກຍາງ ສວນຄົວ", "ມື້ນີ້{}ອີກແລ້ວຢູ່ເຮືອນ"),
    "Khmer": ("បញ្ចុះតម្លៃ លក់ដាច់", "សត្វស្លាប សួនច្បារ", "ថ្ងៃនេះ{}ម្តងទៀតនៅផ្ទះ"),
    "Myanmar": ("လျှော့ဈေး ရောင်းချ", "ငှက်ကလေး ဥယျာဉ်", "ဒီနေ့{}ထပ်ပြီးအိမ်မှာ"),
    "Japanese": ("割引販売 セール", "青鷺観察 ベランダ", "今日は{}でまた家にいます"),
    "Chinese": ("优惠促销 折扣", "苍鹭花园 散步", "今天{}又是在家里"),
    "Hangul": ("할인행사 쿠폰", "왜가리 정원", "오늘 {} 다시 집에서"),
    "Georgian": ("ფასდაკლება აქცია", "ყანჩა ბაღი", "დღეს {} ისევ სახლში"),
    "Ethiopic": ("ቅናሽ ሽያጭ", "ወፍ አትክልት", "ዛሬ {} እንደገና በቤት"),
}


def context(text: str, number: int) -> PostContext:
    return PostContext(Post(id=str(number), author=Person("", ""), text=text))


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_learned_from_marks(script: str) -> None:
    noise, people, sentence = SCRIPTS[script]
    marked: list[tuple[str, Category]] = [(word, "spam") for word in noise.split()]
    marked += [(word, "person") for word in people.split()]
    marks = [
        Mark(context(f"{sentence.format(word)} {more}", 10 * number + more), category, NOW)
        for more in range(4)
        for number, (word, category) in enumerate(marked)
    ]
    weights = learn(Weights(base_model().base_model), marks)
    noisy = judge(context(f"{noise.split()[0]} {sentence.format(noise.split()[1])}", 1000), weights, now=NOW)
    personal = judge(context(f"{people.split()[0]} {sentence.format(people.split()[1])}", 1001), weights, now=NOW)
    assert noisy.scores["person"] < 0.5 < personal.scores["person"], script


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("שָׁלוֹם עולם", ["שָׁלוֹם", "עולם"]),
        ("東京都のカレー", ["東京", "京都", "の", "カレー"]),
        ("Pythonを勉強", ["Python", "を", "勉強"]),
        ("สวัสดี", ["สวั", "วัส", "สดี"]),
        ("ဝင်ငွေရှာ", ["ဝင်ငွေ", "ငွေရှာ"]),
        ("ប្រាក់ខែ", ["ប្រាក់ខែ"]),
        ("don't", ["don", "t"]),
    ],
)
def test_text_is_cut_into_words(text: str, cut: list[str]) -> None:
    assert words(text) == cut


def test_pieces_of_one_run_are_quoted_as_one() -> None:
    assert join("東京", "京都") == "東京都"
    assert join("新刊", "セール") == "新刊セール"
    assert join("use", "code") == "use code"
    assert not explains("です")
    assert not explains("ました")


def test_a_call_to_act_is_found_in_a_script_without_spaces() -> None:
    assert "call:shop" in features(context("本日まで送料無料です", 1)).named


def test_near_copies_are_found_in_a_script_without_spaces() -> None:
    copies = NearCopies()
    copies.add("本日限定の特別割引、全商品が半額になります。リンクから今すぐどうぞ")
    assert copies.find("本日限定の特別割引、全商品が半額になります。今すぐどうぞ!") is not None
    assert copies.find("昨日は川沿いを歩いて、青鷺を三羽も見かけました。寒かった") is None

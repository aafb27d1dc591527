"""The classifier: its features, its score, and that training depends only on the marks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietfeed.codec.weights import weights_from_bytes, weights_to_bytes
from quietfeed.filters.base_model import EMPTY, base_model
from quietfeed.filters.features import features, row, text_features
from quietfeed.filters.judge import judge
from quietfeed.filters.learn import learn
from quietfeed.filters.letters import plain_word
from quietfeed.filters.linear import Model, ModelOutput
from quietfeed.filters.normalise import normalise
from quietfeed.filters.reasons import Attributions
from quietfeed.filters.score import KINDS, Scorer
from quietfeed.filters.shape import written
from quietfeed.filters.style import style
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.errors import RecordError
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import CATEGORIES, Category, Level
from quietfeed.models.weights import ZEROS, HashedWeights, Linear, Weights, pack
from quietfeed.phrases.reasons import reason_text

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def context(text: str, post_id: str = "1", author: Person | None = None) -> PostContext:
    return PostContext(Post(id=post_id, author=author or Person("", ""), text=text))


def marks(*said: tuple[str, Category]) -> list[Mark]:
    return [Mark(context(text, str(n)), word, NOW + timedelta(seconds=n)) for n, (text, word) in enumerate(said)]


LESSONS = marks(
    ("big sock deal, use code A1 today", "sales"),
    ("hot lamp deal, use code B2 today", "sales"),
    ("last mug deal, use code C3 today", "sales"),
    ("wow hat deal, use code D4 today", "sales"),
    ("the heron came back to the pond", "person"),
    ("the coot came back to the pond", "person"),
    ("the wren came back to the roof", "person"),
    ("the heron came back to the roof", "person"),
    ("claim your prize now or lose it", "spam"),
    ("claim your refund now or lose it", "spam"),
    ("claim your parcel now or lose it", "spam"),
    ("BREAKING: mayor resigns https://news.example/0", "celebrity"),
    ("BREAKING: judge resigns https://news.example/1", "celebrity"),
    ("BREAKING: coach resigns https://news.example/2", "celebrity"),
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ＦＲＥＥ ｃｒｙｐｔｏ", "free crypto"),
        ("fr\u200bee mon\u200dey", "free money"),
        ("F R E E crypto", "free crypto"),
        ("w1n b1g m0ney", "win big money"),
        ("soooooo good", "soo good"),
        ("𝗙𝗿𝗲𝗲 𝗺𝗼𝗻𝗲𝘆", "free money"),
        ("🅵🆁🅴🅴 🄼🄾🄽🄴🅈", "free money"),
        ("⒡⒭⒠⒠ ⓜⓞⓝⓔⓨ", "free money"),
        ("a̶i̶r̶d̶r̶o̶p̶", "airdrop"),
        ("f̲r̲e̲e̲ m\u0336o\u0336n\u0336e\u0336y\u0336", "free money"),
        ("f.r.e.e m-o-n-e-y", "free money"),
        ("c l 1 c k here", "click here"),
        ("c·l·i·c·k h/e/r/e", "click here"),
        ("c  l  i  c  k\nh ✨ e ✨ r ✨ e", "click\nhere"),
        ("f\nr\ne\ne", "free"),
        ("🇫 🇷 🇪 🇪 🇲\u200b🇴\u200b🇳\u200b🇪\u200b🇾", "free money"),
        ("ccclllaaaiiimmm", "claim"),
        ("c̠͠l͠a͠i͠m͠", "claim"),
        ("c\U000e0100l\U000e0100aim", "claim"),
        ("₳₵₵₱₮ fr€e", "accpt free"),
        ("f🔴ll🔴w", "follow"),
    ],
)
def test_disguised_words_are_normalised(written: str, read: str) -> None:
    assert normalise(written)[0] == read


def test_letters_of_another_script_inside_a_latin_word_are_unmasked() -> None:
    assert plain_word("frее") == ("free", True)
    assert plain_word("привет") == ("привет", False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ᴄʟɪᴄᴋ", "click"),
        ("ƈɭıƈƙ", "click"),
        ("ꭺꓲꭱꓒꓣꓳꓑ", "airdrop"),
        ("ĉłîçk", "click"),
        ("ĥëŕé", "here"),
        ("fяee", "free"),
        ("ғʀᴇᴇ", "free"),
        ("fꮢꭼꭼ", "free"),
        ("ǝǝɹɟ", "free"),
        ("c̄l̄āīm̄", "claim"),
        ("ᑕᒪᗩiᗰ", "claim"),
        ("fяεε", "free"),
    ],
)
def test_letters_that_look_like_latin_ones_are_read_as_those(written: str, read: str) -> None:
    assert plain_word(written) == (read, True)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("oбyчeниe", "обучение"),
        ("мοжeм", "можем"),
        ("зapaбoткa", "заработка"),
        ("лuчныx", "личных"),
        ("cяypto", "crypto"),
    ],
)
def test_latin_letters_in_a_cyrillic_word_are_read_as_cyrillic(written: str, read: str) -> None:
    assert plain_word(written) == (read, True)


@pytest.mark.parametrize(
    "word",
    [
        *(
            "příliš",
            "žluťoučký",
            "árvíztűrő",
            "zażółć",
            "người",
            "çığlık",
            "þórður",
            "ẹ̀kọ́",
            "ɓauna",
            "eʋegbe",
            "məsələ",
        ),
        *("μtorrent", "ἀρχή", "київ", "χρόνια", "ᏣᎳᎩ".lower(), "ⵜⴰⵎⴰⵣⵉⵖⵜ", "größe", "façade"),
    ],
)
def test_the_letters_of_a_language_are_no_disguise(word: str) -> None:
    assert not plain_word(word)[1]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "今日は疲れた。",
            "сегодня дождь",
            "الجو بارد اليوم",
            "χρόνια πολλά",
            "see you at 7, track 9b",
            "COVID19 in 2020",
        ),
        *("7 月 8 日", "約10万人が1994年に", "제247조", "US$ 30 or AUD$45", "1 2 3 4 5", "plan B 2 C 3", "Ⓐ and ⓘ"),
        *("E A D G B E, D-A-D-G-A-D", "W D L W W", "vitamins A, B, C, D", "a+b+c+d", "it's a 5", "א ב ג ד"),
        *("W45WQ, EH74RR", "H1N1 and S1E4", "3f2a1bc, 0x3f8a, 3qxj9", "vpnом и smsки", "gpt4o"),
        *("i18n, a11y and k8s", "rtx4090ti", "4chan", "C3PO", "€uro, €€€, 10€/h, 5€pp, £££", "¡¡¡Hola!!!", "§§ 12"),
        *("🇩🇪🇫🇷🇬🇧", "मीटीसीडी", "aaarrrgh", "x y z w", "Pe̍h-ōe-jī"),
    ],
)
def test_honest_text_counts_no_trick(text: str) -> None:
    assert "shape:disguise" not in features(context(text)).named


@given(st.text(max_size=300))
@settings(max_examples=150)
def test_any_text_can_be_scored(text: str) -> None:
    assert all(abs(logit) < 1e6 for logit in Scorer(base_model()).score(context(text)).logits)


def test_the_plain_score_is_the_row_times_the_weights() -> None:
    weights = base_model()
    for text in ("Use code SAVE20, link in bio https://shop.example", "the heron is back", "今日は疲れた"):
        one = context(text, author=Person("7", "a", bio="coffee and cats", followers=90, following=300, bot=False))
        hashed, named = row(features(one))
        by_hand = list(weights.base_model.bias)
        for key, value in hashed.items():
            for n, weight in enumerate(weights.base_model.hashed.get(key, (0.0,) * 4)):
                by_hand[n] += weight * value
        for name, value in named.items():
            for n, weight in enumerate(weights.base_model.named.get(name, (0.0,) * 4)):
                by_hand[n] += weight * value
        assert Scorer(weights).score(one).logits == pytest.approx(by_hand, abs=1e-6)


def test_the_words_of_somebody_before_a_crowd_weigh_less() -> None:
    def told(followers: int) -> float:
        known = Person("7", "a", followers=followers, following=500)
        friendly, selling = (
            Scorer(base_model()).score(context(text, author=known)).logits
            for text in ("call me when you get this", "Use code SAVE20, shop now, link in bio")
        )
        return (selling[2] - selling[0]) - (friendly[2] - friendly[0])

    assert told(80) > 1.5 * told(100_000) > 0


def test_a_bio_of_public_life_is_evidence_of_a_broadcaster() -> None:
    def odds(bio: str) -> float:
        author = Person("7", "a", bio=bio, followers=20_000, following=900)
        return judge(context("Good morning", author=author), base_model(), now=NOW).scores["celebrity"]

    assert odds("Official account of the ministry. News and press") > odds("two cats, one garden, tea")


def test_the_plain_score_is_scikit_learns_own() -> None:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    from quietfeed.filters.blend import Samples
    from quietfeed.filters.learn import _Table, vector_share
    from quietfeed.filters.training_cache import TrainingCache

    contexts = [mark.context for mark in LESSONS]
    targets = np.array([CATEGORIES.index(mark.category) for mark in LESSONS])
    table = _Table(contexts, TrainingCache())
    ones = np.ones(len(targets))
    samples = Samples(contexts, targets, ones, ones, ones == 0)
    own = Model(table.fit(samples, table.person(targets, ones)), uses_style_features=True)
    person, bias, vector = table.person(targets, ones)
    kinds, biases = table.kinds(targets, ones)
    assert len(np.unique(targets)) > 2, "the kinds of noise are told apart only where there are two"
    for n, (coefficients, shift) in enumerate(zip([person, *kinds], [bias, *biases], strict=True)):
        model = LogisticRegression()
        model.coef_, model.intercept_, model.classes_ = (
            np.array([coefficients]),
            np.array([shift]),
            np.array([False, True]),
        )
        odds = model.decision_function(table.rows)
        if n == 0:
            odds += vector_share(samples) * (table.vectors @ vector[:-1] + vector[-1])
        theirs = 1 / (1 + np.exp(-odds))
        ours = [1 / (1 + np.exp(-_read(own, one).logits[n])) for one in contexts]
        assert ours == pytest.approx(theirs.tolist(), abs=1e-6)


def _read(model: Model, one: PostContext) -> ModelOutput:
    text = written(one.post)
    return model.read(features(one), model.read_text(text_features(text), style(text.text)))


def test_the_shares_of_a_personal_model_add_up() -> None:
    own = learn(EMPTY, LESSONS).personal
    assert own is not None
    model = Model(own, kinds=KINDS, uses_style_features=True)
    for text in ("hot lamp deal, use code C3 today #sale", "see you at the lamp, 7 sharp! https://lamp.example", ""):
        one = context(text, author=Person("7", "a", bio="big deal, use code"))
        found = features(one)
        read = _read(model, one)
        for category in (1, 2, 3):
            shares = Attributions(found.text, found.named, found.bio)
            model.attribute(shares, 1.0, read, category)
            told = sum(sum(parts.values()) for parts in (shares.words, shares.pairs, shares.named))
            wanted = KINDS * (read.logits[category] - own.bias[category]) - (read.logits[0] - own.bias[0])
            assert told == pytest.approx(wanted, abs=1e-6)


def test_a_kind_of_noise_that_was_never_marked_stays_noise() -> None:
    places = ("Northport", "Eastfield", "Castle City", "Harbour Bay", "Millbrook", "Stonebridge")
    news = [f"BREAKING: {place} council approves new budget, full report https://news.example" for place in places]
    talk = [f"are you coming to {place} on sunday? I could pick you up at six" for place in places]
    lessons = marks(*((text, "celebrity") for text in news), *((text, "person") for text in talk))
    bait = context("URGENT! You have won a prize of 1,000. To claim call 09000000000 now")
    assert judge(bait, base_model(), now=NOW).scores["person"] < 0.1
    assert judge(bait, learn(base_model(), lessons), now=NOW).scores["person"] < 0.1


def test_the_same_marks_train_the_same_model() -> None:
    again = [Mark(context(mark.context.post.text, mark.context.post.id), mark.category, mark.at) for mark in LESSONS]
    assert learn(base_model(), LESSONS) == learn(base_model(), again)


def test_an_undo_is_exact() -> None:
    before = learn(base_model(), LESSONS[:-1])
    learn(base_model(), LESSONS)
    assert learn(base_model(), LESSONS[:-1]) == before


def test_no_marks_leave_the_starter_as_it_was() -> None:
    assert learn(base_model(), []) is base_model()


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("new sock deal, use code E5 today", "sales"),
        ("the wren came back to the garden", "person"),
        ("claim your voucher now", "spam"),
    ],
)
def test_marks_carry_over_to_what_is_like_them(text: str, category: Category) -> None:
    weights = learn(EMPTY, LESSONS * 3)
    logits = Scorer(weights).score(context(text)).logits
    assert CATEGORIES[logits.index(max(logits))] == category


def test_new_words_are_followed_after_many_old_marks() -> None:
    old = marks(
        *((f"claim prize number {n} now", "spam") for n in range(60)),
        *((f"we have tea today, table {n}", "person") for n in range(60)),
    )
    fresh = [
        Mark(context(f"quantum yoga retreat, seat {n}", f"n{n}"), "spam", NOW + timedelta(days=1)) for n in range(8)
    ]
    text = "another quantum yoga retreat"
    before = Scorer(learn(EMPTY, old)).score(context(text)).logits
    after = Scorer(learn(EMPTY, [*old, *fresh])).score(context(text)).logits
    assert before[3] < before[0]
    assert after[3] > after[0]


def test_one_mark_is_taken_up_at_once() -> None:
    text = "zorbo flip, the finest zorbo in town"
    example = context("the kettle sang while it rained", "2")
    before = Scorer(base_model()).score(context(text)).logits
    after = Scorer(learn(base_model(), marks((text, "spam")), [example])).score(context(text)).logits
    assert after[3] - after[0] > before[3] - before[0]


def test_weights_survive_the_disk() -> None:
    weights = learn(base_model(), LESSONS)
    back = weights_from_bytes(weights_to_bytes(weights), base_model())
    for text in ("use code A1 today", "the heron came back"):
        assert Scorer(back).score(context(text)).logits == Scorer(weights).score(context(text)).logits
    assert back.base_model is base_model().base_model  # learned weights are stored without the base model


def test_weights_learned_beside_another_starter_are_learned_again() -> None:
    kept = weights_to_bytes(learn(base_model(), LESSONS))
    for other in (EMPTY, None):
        with pytest.raises(RecordError):
            weights_from_bytes(kept, other)


def test_weights_from_the_disk_are_those_that_were_written_each_at_its_place() -> None:
    # Numbers that 32 bits hold whole, in no order of their hashes; two of these share their upper 16 bits.
    hashed = {7: (0.5, 1.0, -2.0, 0.25), 2**32 - 1: (1.0, 2.0, 3.0, 4.0), 3: (-1.0, 0.0, 0.0, 8.0)}
    weights = Weights(Linear(hashed), name="small")
    back = weights_from_bytes(weights_to_bytes(weights)).base_model.hashed
    assert dict(back) == hashed
    assert list(back) == sorted(hashed)
    assert 8 not in back
    assert 2**32 - 2 not in back
    assert isinstance(back, HashedWeights)
    assert back.sum([3, 8, 7, 3]) == (-1.5, 1.0, -2.0, 16.25)
    assert back.sum([8]) is ZEROS
    assert weights_to_bytes(weights_from_bytes(weights_to_bytes(weights))) == weights_to_bytes(weights)


@given(st.dictionaries(st.integers(0, 2**32 - 1), st.tuples(*[st.integers(-500, 500)] * 4), max_size=40))
def test_weights_that_are_multiples_of_a_step_are_kept_as_they_are(numbers: dict[int, tuple[int, ...]]) -> None:
    hashed = {key: (a / 64, b / 64, c / 64, d / 64) for key, (a, b, c, d) in numbers.items()}
    weights = Weights(Linear(pack(hashed, 1 / 64)), name="whole")
    back = weights_from_bytes(weights_to_bytes(weights)).base_model.hashed
    assert dict(back) == hashed
    # The neighbours of each key would have the same position, but are not in the table.
    assert not [
        key
        for known in hashed
        for key in (known - 1, known + 1)
        if 0 <= key < 2**32 and key not in hashed and key in back
    ]


@pytest.mark.parametrize("damage", [b"", b"nonsense", weights_to_bytes(EMPTY)[:-5]])
def test_damaged_weights_are_reported(damage: bytes) -> None:
    with pytest.raises(RecordError):
        weights_from_bytes(damage)


def test_the_base_model_is_small_plain_and_names_its_sources() -> None:
    folder = Path(__file__).resolve().parents[2] / "filters" / "base_model"
    assert (folder / "base_model.bin").stat().st_size < 2_000_000
    assert sum(path.stat().st_size for path in folder.glob("*.bin")) < 3_500_000, "base model and word vectors"
    assert "licence" in (folder / "base_model.json").read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "selling my old bike, 80 quid, pick up only, there's cake",
        "BREAKING: the baby is asleep",
        "congratulations!! you won the raffle, call me",
        "check this out https://blog.example/garden I wrote it for grandma",
        "今日は疲れた。早く寝よう",
        "c u l8r, ur late again",
        "❤️❤️❤️",
        "",
    ],
)
def test_a_friendly_post_is_not_hidden_cold(text: str) -> None:
    assert judge(context(text), base_model(), now=NOW).shown_at(Level.quiet)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Use code GLOW25 for 25% off everything! Shop now, link in bio, free shipping https://glow.example", "sales"),
        ("FREE AIRDROP! Connect your wallet now and claim 500 tokens https://claim.example", "spam"),
    ],
)
def test_obvious_noise_is_hidden_without_training_and_with_a_reason(text: str, category: Category) -> None:
    verdict = judge(context(text), base_model(), now=NOW)
    assert verdict.category == category
    assert not verdict.shown_at(Level.quiet)
    assert any(f"reads like {category}" in reason_text(reason) for reason in verdict.reasons)


def test_a_habit_is_a_reason_only_where_it_holds() -> None:
    def reasons(with_link: int) -> list[str]:
        seen = PostContext(
            Post(id="1", author=Person("7", "a"), text="Less salt."), habits=Habits(27, 0, with_link, 0, 9.0)
        )
        scorer = Scorer(base_model())
        return [reason_text(reason) for reason in scorer.explain(seen, scorer.score(seen), "spam", most=20)]

    assert "nearly all of their posts contain a link" in reasons(27)
    assert "nearly all of their posts contain a link" not in reasons(5)

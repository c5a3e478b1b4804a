"""Text is cut into word pieces as the encoder learned it, and each piece knows where its word stands."""

from __future__ import annotations

import pickle
from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from quotes.attribution import load_reader
from quotes.attribution.reader.wordpiece import Tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return load_reader().tokenizer


# Pieces and words as the library gives them with which the encoder was made (tokenizers 0.23, BertNormalizer).
CASES = [
    ("The dam leaks.", "the dam leaks .", ["The", "dam", "leaks", "."]),
    ("unaffable", "una ##ffa ##ble", ["unaffable"] * 3),
    ("Déjà vu", "de ##ja vu", ["Déjà", "Déjà", "vu"]),
    (
        "“It’s 5%,” she said…",
        "“ it ’ s 5 % , ” she said …",
        ["“", "It", "’", "s", "5", "%", ",", "”", "she", "said", "…"],
    ),
    ("e\u0301clair", "ec ##lai ##r", ["e\u0301clair"] * 3),
    ("中文 news", "中 文 news", ["中", "文", "news"]),
    ("a\u200bb\u00adc", "abc", ["a\u200bb\u00adc"]),
    ("İstanbul", "istanbul", ["İstanbul"]),
    ("x" * 101, "[UNK]", ["x" * 101]),
    ("Zqxj⸻ 🦆", "z ##q ##x ##j [UNK] [UNK]", ["Zqxj"] * 4 + ["⸻", "🦆"]),
    ("said [SEP] Roy", "said [ sep ] roy", ["said", "[", "SEP", "]", "Roy"]),  # never the network's own signs
    ("\t\n  ", "", []),
    ("", "", []),
]


@pytest.mark.parametrize(("text", "tokens", "words"), CASES)
def test_pieces_and_their_words(tokenizer: Tokenizer, text: str, tokens: str, words: list[str]) -> None:
    found = tokenizer.encode(text)
    assert found.tokens == tokens.split()
    assert [text[a:b] for a, b in zip(found.starts, found.ends, strict=True)] == words
    assert found.first == [not token.startswith("##") for token in found.tokens]
    assert found.ids == [tokenizer.vocabulary[token] for token in found.tokens]


@given(st.text() | st.text("abcé“’.,-\u0301\u200b \n中") | st.text("ab", min_size=30, max_size=200))
def test_any_text_is_cut_in_order_and_no_word_is_lost(text: str) -> None:
    found = load_reader().tokenizer.encode(text)
    words = [*dict.fromkeys(zip(found.starts, found.ends, strict=True))]
    assert all(a < b for a, b in words)
    assert all(b <= c for (_, b), (c, _) in pairwise(words))
    gaps = [text[a:b] for a, b in zip([0, *(b for _, b in words)], [*(a for a, _ in words), len(text)], strict=True)]
    assert not regex.search(r"[\p{L}\p{N}\p{P}]", "".join(gaps))


def test_it_goes_to_other_processes(tokenizer: Tokenizer) -> None:
    again = pickle.loads(pickle.dumps(tokenizer))
    assert again.encode("“No,” said Déjà.") == tokenizer.encode("“No,” said Déjà.")

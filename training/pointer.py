"""Teach the network that points from "she" and "the minister" to the words that name whom they mean.

    python -m training.pointer DATA --reader made/reader.pt -o made/pointer.pt

It reads on from the states of the reader's lower layers, which stay as they are, by layers that begin as the reader's
own; a phrase points to every word and to nobody, after Vinyals, Fortunato and Jaitly (2015, "Pointer Networks"), by the
product of what it asks for and what each word tells. All words that name the right one count (the loss of
Lee et al. 2017, "End-to-end Neural Coreference Resolution"). It ships as `quotes/speakers/pointer.onnx`.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from quotes.attribution.reader.wordpiece import Tokenizer
from training.data import Batch, batches
from training.export import in_eight_bits, write
from training.network import LOWER, NEVER, Layer, Reader, Size, at_words
from training.pointed import Example, collate, cut, pointed, renamed
from training.start import load_tokenizer
from training.train import Plan, fit, hide, ready

RANK = 64
OUT = Path(__file__).parents[1] / "quotes" / "speakers" / "pointer.onnx"


LAYERS = 3
RENAMED = 0.4  # the share of texts that are read under other names
PLAN = Plan(epochs=3, rate=2e-4, head_rate=1e-3, hide=0.15)


class Pointer(nn.Module):
    """The layers above the reader's lower ones, and what is read off the states of words."""

    def __init__(self, sizes: list[Size], width: int = 384):
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, size, 0.1) for size in sizes)
        self.asks, self.tells = nn.Linear(width, RANK), nn.Linear(width, RANK)
        self.nobody = nn.Linear(width, 1)

    @staticmethod
    def beginning_as(reader: Reader, count: int) -> Pointer:
        layers = reader.encoder.layers[len(LOWER) : len(LOWER) + count]
        pointer = Pointer([Size(layer.heads, layer.intermediate.out_features) for layer in layers])
        pointer.layers.load_state_dict(nn.ModuleList(layers).state_dict())
        return pointer

    def forward(self, states: Tensor, mask: Tensor, words: Tensor) -> Tensor:
        for layer in self.layers:
            states = layer(states, mask)
        return at_words(states, words)

    def scores(self, x: Tensor, row: Tensor, place: Tensor) -> Tensor:
        """[N,W+1]: how well each word of its window, and last nobody, fits what phrase n asks for."""
        asked = x[row, place]
        words = torch.einsum("nr,nwr->nw", self.asks(asked), self.tells(x)[row]) / 8
        return torch.cat([words, self.nobody(asked)], 1)


class Alone(nn.Module):
    """The network as it ships: of one window, states [1,T,width] and words [1,W], what each word asks for and tells
    [W,64], and how well nobody fits it [W]."""

    def __init__(self, pointer: Pointer):
        super().__init__()
        self.pointer = pointer

    def forward(self, states: Tensor, words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        for layer in self.pointer.layers:
            states = layer(states, states.new_zeros(1))
        x = states[0, words[0]]
        return self.pointer.asks(x), self.pointer.tells(x), self.pointer.nobody(x).squeeze(-1)


def export(pointer: Pointer, target: Path) -> None:
    """The file that ships, its products in eight bits."""
    inputs = {"states": torch.randn(1, 40, pointer.asks.in_features), "words": torch.arange(1, 31)[None]}
    sizes = {"states": {1: "T"}, "words": {1: "W"}, "asks": {0: "W"}, "tells": {0: "W"}, "nobody": {0: "W"}}
    in_eight_bits(partial(write, Alone(pointer), inputs, ("asks", "tells", "nobody"), sizes), target)


def loss(reader: Reader, pointer: Pointer, hidden: float, batch: Batch) -> Tensor:
    """How unlikely the words that name whom each phrase means are, all together, or nobody where none does."""
    with torch.no_grad():
        states, mask = reader.encoder.below(hide(batch["ids"], hidden), batch["features"])
    x = pointer(states, mask, batch["words"])
    scores = pointer.scores(x, batch["row"], batch["place"]).float()
    away = batch["own"] | (batch["words"] == 0)[batch["row"]]
    nobody = ~batch["named"].any(1, keepdim=True)
    allowed = torch.cat([~away, torch.ones_like(nobody)], 1)
    right = torch.cat([batch["named"], nobody], 1)
    every = torch.logsumexp(scores.masked_fill(~allowed, NEVER), 1)
    value = every - torch.logsumexp(scores.masked_fill(~right, NEVER), 1)
    return (value * batch["counts"]).sum() / batch["counts"].sum().clamp(min=1)


def train(reader: Reader, data: Path, plan: Plan, output: Path) -> Pointer:
    """The network, with the running mean of its weights, which are written to `output` after every epoch."""
    torch.manual_seed(plan.seed)
    reader.eval()
    pointer = Pointer.beginning_as(reader, LAYERS).train()
    heads = nn.ModuleList([pointer.asks, pointer.tells, pointer.nobody])
    parts = ((pointer.layers, plan.rate), (heads, plan.head_rate))
    groups = [{"params": part.parameters(), "lr": rate} for part, rate in parts]
    adam = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    made = (_examples, data, load_tokenizer(), plan.seed)
    read = (batches(one, rng, plan.pieces, collate) for one, rng in ready(plan, *made))
    fit(
        pointer,
        adam,
        read,
        partial(loss, reader, pointer, plan.hide),
        plan,
        lambda weights: torch.save(weights, output),
    )
    pointer.load_state_dict(torch.load(output, weights_only=True))
    return pointer


def _examples(data: Path, tokenizer: Tokenizer, seed: int, epoch: int) -> list[Example]:
    rng = random.Random(f"{seed} {epoch}")
    texts = (renamed(asked, rng) if rng.random() < RENAMED else asked for asked in pointed(data))
    return [example for asked in texts for example in cut(asked, tokenizer, rng)]


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("data", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True)
    ap.add_argument("--reader", type=Path, required=True, help="weights of the reader, whose layers it begins with")
    ap.add_argument("--epochs", type=int, default=PLAN.epochs)
    args = ap.parse_args()
    reader = Reader.of(torch.load(args.reader, weights_only=True))
    export(train(reader, args.data, replace(PLAN, epochs=args.epochs), args.output), OUT)


if __name__ == "__main__":
    main()

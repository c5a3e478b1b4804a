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
import tempfile
import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training.data import SEP
from training.export import optimize, quantize
from training.network import LOWER, NEVER, Layer, Reader, Size, at_words
from training.pointed import Example, cut, pointed, to_batches
from training.start import load_tokenizer
from training.train import MASK, schedule

RANK = 64
OUT = Path(__file__).parents[1] / "quotes" / "speakers" / "pointer.onnx"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train; the fields are those of `training.train.Plan`, `layers` how many stand above the reader's lower."""

    epochs: int = 3
    pieces: int = 2048
    rate: float = 2e-4
    head_rate: float = 1e-3
    warm: float = 0.06
    hide: float = 0.15
    mean: float = 0.998
    seed: int = 1
    layers: int = 3


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
    outputs = ("asks", "tells", "nobody")
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / target.name
        torch.onnx.export(
            Alone(pointer).eval(),
            tuple(inputs.values()),
            str(whole),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={"states": {1: "T"}, "words": {1: "W"}} | {name: {0: "W"} for name in outputs},
            opset_version=17,
            dynamo=False,
        )
        quantize(whole, target)
        optimize(target, target)


def loss(lower: Reader, pointer: Pointer, batch: dict[str, Tensor], hidden: float) -> Tensor:
    ids = batch["ids"]
    ids = torch.where((torch.rand(ids.shape) < hidden) & (ids > SEP), MASK, ids)
    mask = ((ids == 0) * NEVER)[:, None, None, :]
    with torch.no_grad():
        states = below(lower, ids, batch["features"], mask)
    x = pointer(states, mask, batch["words"])
    scores = pointer.scores(x, batch["row"], batch["place"]).float()
    away = batch["own"] | (batch["words"] == 0)[batch["row"]]
    nobody = ~batch["named"].any(1, keepdim=True)
    allowed = torch.cat([~away, torch.ones_like(nobody)], 1)
    right = torch.cat([batch["named"] & ~away, nobody], 1)
    every = torch.logsumexp(scores.masked_fill(~allowed, NEVER), 1)
    value = every - torch.logsumexp(scores.masked_fill(~right, NEVER), 1)
    return (value * batch["counts"]).sum() / batch["counts"].sum().clamp(min=1)


def below(reader: Reader, ids: Tensor, features: Tensor, mask: Tensor) -> Tensor:
    """The states of the reader's lower layers."""
    encoder = reader.encoder
    x = encoder.norm(encoder.words(ids) + encoder.positions(torch.arange(ids.shape[1])) + encoder.features(features))
    for layer in encoder.layers[: len(LOWER)]:
        x = layer(x, mask)
    return x


def train(reader: Reader, data: Path, plan: Plan, output: Path) -> Pointer:
    """The network, the running mean of its weights; they are written to `output` after every epoch."""
    torch.manual_seed(plan.seed)
    reader.eval()
    pointer = Pointer.beginning_as(reader, plan.layers).train()
    heads = (pointer.asks, pointer.tells, pointer.nobody)
    groups = [{"params": pointer.layers.parameters(), "lr": plan.rate}]
    groups += [{"params": head.parameters(), "lr": plan.head_rate} for head in heads]
    adam = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    rates, started = None, time.time()
    mean = AveragedModel(pointer, multi_avg_fn=get_ema_multi_avg_fn(plan.mean))
    with ProcessPoolExecutor(1) as pool:

        def ready(epoch: int) -> Future[list[Example]]:
            return pool.submit(_examples, data, load_tokenizer().to_str(), f"{plan.seed} {epoch}")

        waiting = ready(0)
        for epoch in range(plan.epochs):
            read = to_batches(waiting.result(), random.Random(f"{plan.seed} {epoch} batches"), plan.pieces)
            waiting = ready(epoch + 1)
            rates = rates or schedule(adam, round(len(read) * plan.epochs * 1.01), plan.warm)
            for n, batch in enumerate(read):
                with torch.autocast("cpu", torch.bfloat16):
                    value = loss(reader, pointer, batch, plan.hide)
                adam.zero_grad()
                value.backward()
                torch.nn.utils.clip_grad_norm_(pointer.parameters(), 1.0)
                adam.step()
                rates.step()
                mean.update_parameters(pointer)
                if n % 50 == 0:
                    told = f"epoch {epoch} batch {n}/{len(read)} loss {value.item():.3f}"
                    print(f"{told} {time.time() - started:.0f} s", flush=True)
            torch.save(mean.module.state_dict(), output)
    trained: Pointer = mean.module
    return trained


def _examples(data: Path, vocabulary: str, seed: str) -> list[Example]:
    tokenizer, rng = Tokenizer.from_str(vocabulary), random.Random(seed)
    return [example for asked in pointed(data) for example in cut(asked, tokenizer, rng)]


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("data", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True)
    ap.add_argument("--reader", type=Path, required=True, help="weights of the reader, whose layers it begins with")
    ap.add_argument("--layers", type=int, default=Plan().layers)
    ap.add_argument("--epochs", type=int, default=Plan().epochs)
    args = ap.parse_args()
    reader = Reader.of(torch.load(args.reader, weights_only=True))
    export(train(reader, args.data, Plan(layers=args.layers, epochs=args.epochs), args.output), OUT)


if __name__ == "__main__":
    main()

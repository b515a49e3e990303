"""Configs as Python has them: files, text, dictionaries."""

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, Union

import numpy as np

from . import _core

ConfigLike = Union[str, "os.PathLike[str]", Mapping[str, Any]]
"""The path of a YAML file, YAML text (a str with a colon or a line break that is no existing file), or a dict."""

Overrides = Union[Iterable[str], Mapping[str, Any]]
"""("source.r0_fm=1.2", ...) as after --set, or {"source.r0_fm": 1.2}."""


def _plain(value: Any) -> Any:
    """What json does not know: numpy's numbers and arrays, paths."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise _core.InputError(f"a config holds numbers, texts, lists and dicts; {value!r} is none of these")


def _yaml(value: Any) -> str:
    """JSON, which is YAML too."""
    return json.dumps(dict(value) if isinstance(value, Mapping) else value, default=_plain, ensure_ascii=False)


def _is_text(config: str) -> bool:
    return "\n" in config or (":" in config and not os.path.exists(config))


def given(config: ConfigLike, overrides: Overrides = ()) -> _core.GivenConfig:
    """Reads what is to be read; the rest is checked by whoever uses it."""
    if isinstance(config, Mapping):
        text: Union[str, bytes] = _yaml(config)
        name = "config"
    elif isinstance(config, str) and _is_text(config):
        text, name = config, "config"
    else:
        name = os.fspath(config)
        text = _core.read_text(name)
    if isinstance(overrides, str):
        overrides = (overrides,)
    if isinstance(overrides, Mapping):
        overrides = [f"{key}={_yaml(value)}" for key, value in overrides.items()]
    return _core.GivenConfig(text, name, list(overrides))

"""A version is the hash of its manifest (law 7)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from persona.records import Manifest

FIELDS: dict[str, Any] = {
    "persona": "Henry Lin 林",
    "parent": None,
    "memory_ids_sha256": "aa" * 32,
    "memory_count": 3,
    "audience": ("family",),
    "base_model": "smollm2-135m",
    "base_model_sha256": "bb" * 32,
    "adapter_sha256": None,
    "example_sources": {"exm_1": ("src_1", "src_2"), "exm_2": ("src_3",)},
    "held_out_units": ("u1",),
    "voice": {"name": "kokoro/am_michael", "donor": "a designed voice, not his own"},
    "portrait_source_id": "src_9",
    "prompts_sha256": "cc" * 32,
    "settings": {"training": {"steps": 60, "seed": 7}, "a": [1, 2]},
    "seed": 7,
    "code_version": "0.1.0",
}

CHANGES: dict[str, Any] = {
    "schema_version": 2,
    "persona": "Henry Lim",
    "parent": "ver_0",
    "memory_ids_sha256": "ab" * 32,
    "memory_count": 4,
    "audience": ("family", "ruth"),
    "base_model": "qwen2.5-0.5b",
    "base_model_sha256": "ba" * 32,
    "adapter_sha256": "dd" * 32,
    "example_sources": {"exm_1": ("src_2", "src_1"), "exm_2": ("src_3",)},
    "held_out_units": (),
    "voice": {"name": "espeak"},
    "portrait_source_id": None,
    "prompts_sha256": "dc" * 32,
    "settings": {"training": {"steps": 61, "seed": 7}, "a": [1, 2]},
    "seed": 8,
    "code_version": "0.1.1",
}


def test_golden_id() -> None:
    """A change here gives every version ever made another id: it is a new MAJOR."""
    assert Manifest(**FIELDS).id == "ver_386dd04f163dbcf6bde2"


def test_every_field_is_part_of_the_id() -> None:
    original = Manifest(**FIELDS).id
    assert set(CHANGES) == set(Manifest.model_fields)
    for field, value in CHANGES.items():
        assert Manifest(**{**FIELDS, field: value}).id != original, field


@given(st.permutations(sorted(FIELDS)), st.permutations(sorted(FIELDS["example_sources"])))
def test_order_of_fields_and_keys_does_not_matter(fields: list[str], keys: list[str]) -> None:
    shuffled = {name: FIELDS[name] for name in fields}
    shuffled["example_sources"] = {key: FIELDS["example_sources"][key] for key in keys}
    assert Manifest(**shuffled).id == Manifest(**FIELDS).id


def test_order_inside_settings_does_not_matter() -> None:
    settings = {"a": [1, 2], "training": {"seed": 7, "steps": 60}}
    assert Manifest(**{**FIELDS, "settings": settings}).id == Manifest(**FIELDS).id


def test_manifest_read_back_from_its_file_has_the_same_id() -> None:
    manifest = Manifest(**FIELDS)
    for text in (manifest.canonical(), json.dumps(json.loads(manifest.canonical()), indent=2)):
        assert Manifest.model_validate_json(text).id == manifest.id


def test_canonical_is_utf8_without_white_space() -> None:
    text = Manifest(**FIELDS).canonical().decode()
    assert '"persona":"Henry Lin 林"' in text
    assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")) == json.dumps(
        json.loads(text), separators=(",", ":")
    )


def test_a_manifest_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        setattr(Manifest(**FIELDS), "seed", 8)  # noqa: B010 (mypy knows that it is frozen)

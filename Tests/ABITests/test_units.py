"""Decimal text, doubles and ids: the helpers that every binding leans on."""

import ctypes

import holdfast as h
import pytest


def from_text(library, text, digits):
    units = ctypes.c_int64()
    return library.hf_units_from_text(text.encode(), digits, ctypes.byref(units)), units.value


def from_double(library, value, digits):
    units = ctypes.c_int64()
    return library.hf_units_from_double(value, digits, ctypes.byref(units)), units.value


@pytest.mark.parametrize("text,digits,units", [
    ("1.10005", 5, 110005), ("-0.5", 8, -50_000_000), ("0", 0, 0), ("1", 5, 100_000),
    ("9223372036854775807", 0, 2**63 - 1), ("-9223372036854775808", 0, -(2**63)),
    ("373.04", 8, 37_304_000_000),
])
def test_decimal_text_is_converted_exactly(library, text, digits, units):
    assert from_text(library, text, digits) == (h.HF_OK, units)


@pytest.mark.parametrize("text,digits,status", [
    ("", 5, h.HF_E_ARGUMENT), ("1e5", 5, h.HF_E_ARGUMENT), (" 1", 5, h.HF_E_ARGUMENT),
    ("--1", 5, h.HF_E_ARGUMENT), ("nan", 5, h.HF_E_ARGUMENT),
    ("1.123456", 5, h.HF_E_GRID), ("9223372036854775808", 0, h.HF_E_OVERFLOW),
    ("92233720368547758.08", 8, h.HF_E_OVERFLOW), ("1", 64, h.HF_E_RANGE),
])
def test_text_that_is_no_such_number_is_refused(library, text, digits, status):
    assert from_text(library, text, digits)[0] == status


@pytest.mark.parametrize("value,digits,units", [
    (0.29, 2, 29), (373.04, 8, 37_304_000_000), (1.10005, 5, 110005), (-0.07, 2, -7), (0.0, 5, 0),
    (98.0000000001, 2, 9800),
])
def test_a_double_near_a_unit_is_that_unit(library, value, digits, units):
    assert from_double(library, value, digits) == (h.HF_OK, units)


@pytest.mark.parametrize("value", [1.005, 1e300, 2.0**53 / 100])
def test_a_double_that_is_no_unit_is_off_the_grid(library, value):
    assert from_double(library, value, 2)[0] == h.HF_E_GRID


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_double_that_is_no_number_is_not_legal_at_all(library, value):
    assert from_double(library, float(value), 2)[0] == h.HF_E_ARGUMENT


@pytest.mark.parametrize("units,digits,text", [
    (110005, 5, b"1.10005"), (-5, 2, b"-0.05"), (7, 0, b"7"), (0, 2, b"0.00"),
    (-(2**63), 8, b"-92233720368.54775808"), (2**63 - 1, 15, b"9223.372036854775807"),
])
def test_units_become_text_with_all_decimals(library, units, digits, text):
    buffer = ctypes.create_string_buffer(24)
    assert library.hf_units_to_text(units, digits, buffer, 24) == h.HF_OK
    assert buffer.value == text
    assert library.hf_units_to_text(units, digits, buffer, len(text)) == h.HF_E_RANGE
    assert library.hf_units_to_text(units, digits, buffer, len(text) + 1) == h.HF_OK


@pytest.mark.parametrize("owner,count,epoch", [(12345, 1, 1), (2**64 - 1, 2**32 - 1, 2**32 - 1)])
def test_a_command_id_goes_to_text_and_back(library, owner, count, epoch):
    number, back = h.hf_command_id(owner=owner, count=count, epoch=epoch), h.hf_command_id()
    buffer = ctypes.create_string_buffer(32)
    assert library.hf_command_id_text(ctypes.byref(number), buffer, 32) == h.HF_OK
    assert len(buffer.value) <= 29
    assert library.hf_command_id_parse(buffer, ctypes.byref(back)) == h.HF_OK
    assert back == number


def test_every_status_has_its_name(library):
    for number, name in h.STATUSES.items():
        assert library.hf_status_name(number) == name.encode()
    assert library.hf_status_name(-1) == library.hf_status_name(999) == b"HF_E_?"
    assert library.hf_version_text().count(b".") == 2
    assert library.hf_abi_version() == h.HF_ABI_VERSION

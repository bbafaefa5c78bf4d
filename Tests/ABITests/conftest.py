import holdfast
import pytest


@pytest.fixture(scope="session")
def library():
    if not (holdfast.LIB / "libholdfast.so.0").exists():
        pytest.exit("build/lib/libholdfast.so.0 is missing: run `make build`", returncode=1)
    return holdfast.load()


@pytest.fixture
def core(library):
    with holdfast.Core(library) as one:
        yield one

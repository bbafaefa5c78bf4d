"""The pages that a new user reads first."""

import re

import project
import pytest

PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_there(page):
    assert (project.ROOT / page).stat().st_size > 0


def test_the_readme_names_the_two_commands():
    readme = project.read(project.ROOT / "README.md")
    assert "make demo" in readme and "make test" in readme


def test_every_link_between_pages_leads_somewhere():
    dead = []
    for page in project.files(".md"):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", project.read(page)):
            if "://" not in target and not (page.parent / target).exists():
                dead.append(f"{project.name(page)}: {target}")
    assert not dead, ", ".join(dead)


def test_every_make_target_that_a_page_names_exists():
    makefile = project.read(project.ROOT / "Makefile")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M))
    named = {
        (project.name(page), target)
        for page in project.files(".md") if page.parent == project.ROOT
        for target in re.findall(r"[`\n]make ([a-z][a-z-]*)", project.read(page))
    }
    assert not [f"{page}: make {target}" for page, target in named if target not in targets]

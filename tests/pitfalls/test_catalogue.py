"""The catalogue: every entry is whole, can be found, and is wrong where its partner is right."""

from dataclasses import FrozenInstanceError

import pytest

from tutor.pitfalls import CATALOGUE, Part, Severity, UnknownPitfall, find

LESSONS = {"central-difference", "mutated-or-copied", "batch-division", "log-epsilon", ""}


def test_the_first_entries():
    assert {slug: (p.part, p.severity, p.lesson) for slug, p in CATALOGUE.items()} == {
        "perturbs-a-copy": (Part.DIFFERENTIATOR, Severity.ERROR, "mutated-or-copied"),
        "no-restore": (Part.DIFFERENTIATOR, Severity.ERROR, "central-difference"),
        "forward-difference": (Part.DIFFERENTIATOR, Severity.ADVICE, "central-difference"),
        "softmax-whole-batch": (Part.SOFTMAX, Severity.ERROR, ""),
        "log-of-zero": (Part.LOSS, Severity.ADVICE, "log-epsilon"),
        "epsilon-plateau": (Part.LOSS, Severity.ADVICE, "log-epsilon"),
        "missing-batch-division": (Part.BACKWARD, Severity.ERROR, "batch-division"),
    }


@pytest.mark.parametrize("slug", CATALOGUE)
def test_an_entry_is_whole(slug):
    pitfall = CATALOGUE[slug]
    assert pitfall.slug == slug
    assert pitfall.sentence.endswith(".")
    assert pitfall.lesson in LESSONS
    assert pitfall.wrong is not pitfall.right
    assert pitfall.wrong.__doc__
    assert pitfall.signature.__doc__.startswith("Predict")


@pytest.mark.parametrize("slug", CATALOGUE)
def test_find_gives_the_entry(slug):
    assert find(slug) is CATALOGUE[slug]


@pytest.mark.parametrize(
    ("slug", "says"),
    [
        ("missing-batch-divison", "Did you mean 'missing-batch-division'?"),
        ("zzz", "There are: perturbs-a-copy, no-restore"),
    ],
)
def test_an_unknown_name_gets_the_nearest(slug, says):
    with pytest.raises(UnknownPitfall) as caught:
        find(slug)
    assert says in str(caught.value)
    assert f"'{slug}'" in str(caught.value)


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        CATALOGUE["mine"] = CATALOGUE["log-of-zero"]
    with pytest.raises(FrozenInstanceError):
        CATALOGUE["log-of-zero"].slug = "mine"

"""The image data sets by name: what is said of each, whether it is on this machine, and how it is opened.

To add one: an entry in the `CATALOGUE`. Pages, form, download, shell and uploads follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.config import Settings
from model.data import sources
from model.data.dataset import ImageDataset
from model.data.folder import count_folder, load_folder
from model.errors import DataError
from model.messages import words_of

OWN = "own"  # the name of the folder that EXPLORER_DATA names
OWN_TITLE = {"en": "Your own images", "ko": "내 이미지"}
DEFAULT = "cifar10"
Said = Mapping[str, str]  # by language: "en", "ko"


@dataclass(frozen=True)
class DatasetCard:
    """What is known of a data set before it is on this machine.

    `channels` and `side` are those of the originals; inside, every image is 3 x 32 x 32. `train` and `test` count the
    images, `download` the bytes that come over the network. `mirrored`: whether an image seen in a mirror is still one
    of its class. `source` says whose it is, `reader` how it is read. `framing`: how an upload becomes one of its gray
    images; None: in colour, cut as it is.
    """

    name: str
    title: Said
    classes: Mapping[str, tuple[str, ...]]
    channels: int
    side: int
    train: int
    test: int
    download: int
    mirrored: bool
    licence: str
    source: str
    reader: sources.Reader
    framing: sources.Framing | None

    def count(self, split: str) -> int:
        """Images of "train" or "test"."""
        return self.train if split == "train" else self.test


DIGIT_NAMES = tuple("0123456789")
CATALOGUE: Mapping[str, DatasetCard] = {
    card.name: card
    for card in (
        DatasetCard(
            name="cifar10",
            title={"en": "CIFAR-10", "ko": "CIFAR-10"},
            classes={
                "en": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
                "ko": ("비행기", "자동차", "새", "고양이", "사슴", "개", "개구리", "말", "배", "트럭"),
            },
            channels=3,
            side=32,
            train=50_000,
            test=10_000,
            download=170_498_071,
            mirrored=True,
            licence="none stated; free for research and teaching",
            source="A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009, https://www.cs.toronto.edu/~kriz/cifar.html",
            reader=sources.Torchvision("CIFAR10", "cifar-10-batches-py"),
            framing=None,
        ),
        DatasetCard(
            name="mnist",
            title={"en": "MNIST digits", "ko": "MNIST 손글씨"},
            classes={"en": DIGIT_NAMES, "ko": DIGIT_NAMES},
            channels=1,
            side=28,
            train=60_000,
            test=10_000,
            download=11_594_722,
            mirrored=False,
            licence="CC BY-SA 3.0",
            source="Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits, 1998",
            reader=sources.Torchvision("MNIST", "MNIST/raw"),
            framing=sources.MNIST_FRAMING,
        ),
        DatasetCard(
            name="fashion-mnist",
            title={"en": "Fashion-MNIST", "ko": "Fashion-MNIST"},
            classes={
                "en": (
                    "T-shirt",
                    "trousers",
                    "pullover",
                    "dress",
                    "coat",
                    "sandal",
                    "shirt",
                    "sneaker",
                    "bag",
                    "ankle boot",
                ),
                "ko": ("티셔츠", "바지", "스웨터", "원피스", "코트", "샌들", "셔츠", "운동화", "가방", "발목 부츠"),
            },
            channels=1,
            side=28,
            train=60_000,
            test=10_000,
            download=30_878_645,
            mirrored=True,
            licence="MIT",
            source="H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST, 2017, arXiv:1708.07747",
            reader=sources.Torchvision("FashionMNIST", "FashionMNIST/raw"),
            framing=sources.FASHION_FRAMING,
        ),
        DatasetCard(
            name="digits",
            title={"en": "Digits 8 × 8", "ko": "숫자 8 × 8"},
            classes={"en": DIGIT_NAMES, "ko": DIGIT_NAMES},
            channels=1,
            side=8,
            train=sources.DIGITS_TRAIN,
            test=300,
            download=0,
            mirrored=False,
            licence="CC BY 4.0",
            source="E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998; in scikit-learn",
            reader=sources.Digits(),
            framing=sources.DIGITS_FRAMING,
        ),
    )
}


def first_dataset(settings: Settings) -> str:
    """The data set that a page or a command begins with: one's own folder where there is one, else CIFAR-10."""
    return DEFAULT if settings.data is None else OWN


def is_here(settings: Settings, name: str) -> bool:
    """Whether the data set is on this machine, looked up without reading it. Raises DataError for an unknown name or a
    closed folder.
    """
    if name == OWN:
        return settings.data is not None
    folder = card_of(name).reader.folder
    try:
        return folder is None or (settings.datasets / folder).is_dir()
    except OSError as error:
        raise DataError("dataset.home", folder=settings.home, reason=words_of(error)) from error


def open_dataset(settings: Settings, name: str, split: str) -> ImageDataset | None:
    """A split, "train" or "test", of the data set `name`, or None if it is not on this machine yet.

    Raises DataError for an unknown name, and for a folder that cannot be used.
    """
    if not is_here(settings, name):
        return None
    if name == OWN and settings.data is not None:
        return load_folder(settings.data, split)
    card = card_of(name)
    return card.reader.read(settings.datasets, split, card.classes["en"])


def count_images(settings: Settings, name: str, split: str) -> tuple[int, int]:
    """How many images and classes a split has, without reading one: pictures that turn out to be unreadable are counted
    too. Raises DataError.

    Those of the catalogue's data sets are known before they are downloaded.
    """
    if name == OWN and settings.data is not None:
        return count_folder(settings.data, split)
    card = card_of(name)
    return card.count(split), len(card.classes["en"])


def card_of(name: str) -> DatasetCard:
    """What is known of a data set of the catalogue. Raises DataError, which lists the names."""
    if name not in CATALOGUE:
        raise DataError("dataset.unknown_own", name=name, known=", ".join(CATALOGUE), own=OWN)
    return CATALOGUE[name]


def title_of(name: str, language: str = "en") -> str:
    """What the data set is called."""
    return OWN_TITLE[language] if name == OWN else card_of(name).title[language]


def dataset_for(settings: Settings, card: Mapping[str, Any]) -> str:
    """The data set through which the model of this card is looked at.

    That is the one it was trained on; but one's own folder takes the place of other photographs, and of what a card
    does not name.
    """
    trained_on = card["data"].get("dataset")
    if trained_on in CATALOGUE and (settings.data is None or CATALOGUE[trained_on].channels == 1):
        return str(trained_on)
    return first_dataset(settings)

"""The training film: aligned, thinned, small, and refused when it is damaged."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from model.errors import CheckpointError, LatentError
from model.film.film import (
    AlignedFrames,
    Film,
    add_frame,
    alignment,
    assemble_film,
    epochs,
    forget_after,
    superfluous,
    thinned,
    write_frame,
    write_subject,
)

N, K = 60, 2
CLASSES = ("circle", "square", "stripe")
SIDE = 32


def rotation(rng: np.random.Generator, mirrored: bool = False) -> np.ndarray:
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return -turn if (np.linalg.det(turn) < 0) != mirrored else turn


def shoot(folder: Path, frames: list[np.ndarray], first: int = 0) -> Path:
    """The frames of a run in `folder`."""
    rng = np.random.default_rng(7)
    row = np.array([4, 9])
    write_subject(
        folder,
        np.arange(N, dtype=np.uint8) % 3,
        np.arange(N),
        CLASSES,
        row,
        rng.integers(0, 256, (K, SIDE, SIDE, 3), np.uint8),
    )
    for epoch, points in enumerate(frames, start=first):
        write_frame(folder, epoch, points.astype(np.float32), np.full((K, SIDE, SIDE, 3), epoch, np.uint8))
    return folder


@pytest.fixture
def cloud() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, 3)) * [4, 2, 1]


@pytest.fixture
def turning(tmp_path: Path, cloud: np.ndarray) -> Path:
    """Twelve frames of one cloud that hardly changes, but is turned, mirrored and shifted anew in each."""
    rng = np.random.default_rng(1)
    frames = [
        (cloud + 0.01 * epoch * cloud[::-1]) @ rotation(rng, mirrored=epoch % 2 == 1) + rng.normal(size=3)
        for epoch in range(12)
    ]
    return shoot(tmp_path / "film", frames)


def test_alignment_undoes_turn_mirror_and_shift(cloud: np.ndarray) -> None:
    rng = np.random.default_rng(2)
    for mirrored in (False, True):
        moved = cloud @ rotation(rng, mirrored) + [3, -2, 5]
        np.testing.assert_allclose(alignment(moved, cloud)(moved), cloud, atol=1e-9)


def test_alignment_keeps_the_size(cloud: np.ndarray) -> None:
    aligned = alignment(3 * cloud, cloud)(3 * cloud)
    np.testing.assert_allclose(np.ptp(aligned, axis=0), 3 * np.ptp(cloud, axis=0), rtol=1e-6)


def test_a_film_does_not_spin(turning: Path, cloud: np.ndarray) -> None:
    film = assemble_film(turning)
    steps = np.abs(np.diff(film.points.astype(np.float32), axis=0)).max()
    assert steps < 0.15, "the points move by 0.01 of their distance to each other, not by the turns"


def test_the_last_frame_stands_as_it_was_stored(turning: Path) -> None:
    with np.load(turning / "00011.npz") as last:
        assert np.array_equal(assemble_film(turning).points[-1], last["points"])


def test_the_last_frame_stands_as_the_map_shows_it(turning: Path, cloud: np.ndarray) -> None:
    final = (cloud[:, [2, 0, 1]] * [1, -1, 1]).astype(np.float32)
    film = assemble_film(turning, final=final)
    assert np.array_equal(film.points[-1], final.astype(np.float16))
    assert np.abs(film.points[-2].astype(np.float32) - final).max() < 1, "the others have turned with it"


def test_a_map_of_another_size_is_refused(turning: Path) -> None:
    with pytest.raises(CheckpointError, match=r"\(60, 3\).*\(10, 3\)"):
        assemble_film(turning, final=np.zeros((10, 3), np.float32))


@pytest.mark.parametrize(("count", "most"), [(100, 30), (31, 30), (10, 5), (1000, 40), (7, 2)])
def test_thinning_keeps_first_and_last(count: int, most: int) -> None:
    kept = thinned(count, most)
    assert len(kept) == most
    assert (kept[0], kept[-1]) == (0, count - 1)
    assert (np.diff(kept) > 0).all()


def test_thinning_keeps_all_of_the_beginning() -> None:
    assert thinned(100, 30)[:10] == list(range(10))


def test_nothing_is_thinned_without_need() -> None:
    assert thinned(5, 5) == thinned(5, None) == list(range(5))


@pytest.mark.parametrize("most", [3, 5, 30])
def test_a_growing_film_never_takes_back_what_it_left_out_and_stays_evenly_spread(most: int) -> None:
    kept: list[int] = []
    for epoch in range(2000):
        gone = superfluous([*kept, epoch], most)
        kept = [known for known in [*kept, epoch] if known not in gone]
        assert len(kept) == min(epoch + 1, most)
        assert (kept[0], kept[-1]) == (0, epoch)
    early = max(1, most // 3)
    assert kept[:early] == list(range(early))
    gaps = np.diff(kept[early:-1])
    assert not len(gaps) or gaps.max() <= 3 * gaps.min()


def test_a_thinned_film_is_chosen_alike_at_once_and_frame_by_frame() -> None:
    left = set(range(1000)) - set(superfluous(range(1000), 20))
    assert (len(left), min(left), max(left)) == (20, 0, 999)
    assert superfluous(sorted(left), 20) == []


def test_the_frames_of_a_long_run_stay_few_on_the_disk(turning: Path, cloud: np.ndarray) -> None:
    for epoch in range(12, 40):
        add_frame(turning, epoch, cloud.astype(np.float32), np.zeros((K, SIDE, SIDE, 3), np.uint8), most=10)
        assert len(epochs(turning)) == 10
        assert (epochs(turning)[0], epochs(turning)[-1]) == (0, epoch)


def test_frames_that_are_given_up_move_none_of_the_others(tmp_path: Path, cloud: np.ndarray) -> None:
    """A server that saw every frame and one that comes when most are gone show the same space."""
    folder, rng = shoot(tmp_path / "film", []), np.random.default_rng(4)
    early = AlignedFrames(folder, most=30)
    for epoch in range(25):
        points = (cloud * (1 + 0.1 * epoch) + rng.normal(size=cloud.shape)) @ rotation(
            rng, mirrored=epoch % 2 == 1
        ) + rng.normal(size=3)
        add_frame(folder, epoch, points.astype(np.float32), np.full((K, SIDE, SIDE, 3), epoch, np.uint8))
        early.update()
    for epoch in superfluous(epochs(folder), 8):
        (folder / f"{epoch:05}.npz").unlink()
    late = AlignedFrames(folder)
    for aligned in (early, late):
        aligned.update()
    assert late.film().epochs.tolist() == early.film().epochs.tolist() == epochs(folder)
    assert np.array_equal(early.film().points, late.film().points)
    assert len(epochs(folder)) == 8


def test_an_old_film_with_a_frame_for_every_epoch_is_thinned_when_it_is_opened(turning: Path) -> None:
    assert len(epochs(turning)) == 12
    aligned = AlignedFrames(turning, most=6)
    aligned.update()
    assert aligned.film().epochs.tolist() == epochs(turning)
    assert (len(epochs(turning)), epochs(turning)[-1]) == (6, 11)


def test_new_frames_of_an_old_film_lie_on_its_last(turning: Path, cloud: np.ndarray) -> None:
    add_frame(
        turning,
        12,
        (cloud @ rotation(np.random.default_rng(9))).astype(np.float32),
        np.zeros((K, SIDE, SIDE, 3), np.uint8),
    )
    film = assemble_film(turning)
    assert np.abs(film.points[-1].astype(np.float32) - film.points[-2].astype(np.float32)).max() < 1.5, (
        "it is not turned"
    )


def test_a_frame_that_the_training_gives_up_while_it_is_read_is_passed_over(turning: Path) -> None:
    aligned = AlignedFrames(turning)
    aligned.update()
    (turning / "00005.npz").unlink()
    aligned._add(5, 0)
    assert aligned.film().epochs.tolist() == list(range(12)), "what was read before stays until the next look"
    aligned.update()
    assert 5 not in aligned.film().epochs


def test_a_live_film_keeps_few_frames_in_memory(turning: Path) -> None:
    aligned = AlignedFrames(turning, most=5)
    aligned.update()
    film = aligned.film()
    assert len(film.epochs) <= 5
    whole = AlignedFrames(turning)
    whole.update()
    assert np.array_equal(film.points[-1], whole.film().points[-1]), "leaving frames out does not change the others"


def test_a_thinned_film_has_the_pictures_of_its_epochs(turning: Path) -> None:
    film = assemble_film(turning, most=5)
    assert film.epochs[[0, -1]].tolist() == [0, 11]
    assert (film.rows[:, 0, 0, 0, 0] == film.epochs).all()


def test_a_film_comes_back_from_the_disk_as_it_was(turning: Path, tmp_path: Path) -> None:
    film = assemble_film(turning)
    film.save(tmp_path / "film.npz")
    back = Film.load(tmp_path / "film.npz")
    for name in ("epochs", "points", "rows", "labels", "samples", "row"):
        assert np.array_equal(getattr(back, name), getattr(film, name)), name
        assert getattr(back, name).dtype == getattr(film, name).dtype, name
    assert back.classes == CLASSES


def test_the_originals_do_not_leave_with_the_film(turning: Path, tmp_path: Path) -> None:
    film = assemble_film(turning)
    assert film.originals is not None
    film.save(tmp_path / "film.npz")
    assert Film.load(tmp_path / "film.npz").originals is None


def test_a_film_is_packed_smaller_than_plain_halves(tmp_path: Path, cloud: np.ndarray) -> None:
    cloud = np.random.default_rng(3).normal(size=(N, 3))
    film = assemble_film(shoot(tmp_path / "film", [cloud * (1 + 0.002 * epoch) for epoch in range(40)]))
    film.save(tmp_path / "ours.npz")
    np.savez_compressed(tmp_path / "plain.npz", points=film.points, rows=film.rows)
    assert (tmp_path / "ours.npz").stat().st_size < 0.95 * (tmp_path / "plain.npz").stat().st_size


@pytest.mark.parametrize("share", [0.0, 0.3, 0.98])
def test_a_film_that_was_cut_short_is_refused(turning: Path, tmp_path: Path, share: float) -> None:
    path = tmp_path / "film.npz"
    assemble_film(turning).save(path)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(CheckpointError, match=r"film\.npz"):
        Film.load(path)


def test_a_flipped_byte_is_noticed(turning: Path, tmp_path: Path) -> None:
    path = tmp_path / "film.npz"
    assemble_film(turning).save(path)
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(CheckpointError, match=r"film\.npz"):
        Film.load(path)


def test_a_film_with_pickles_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "film.npz", epochs=np.array([{"a": 1}], dtype=object))
    with pytest.raises(CheckpointError):
        Film.load(tmp_path / "film.npz")


def test_a_film_whose_parts_do_not_fit_is_refused(turning: Path, tmp_path: Path) -> None:
    assemble_film(turning).save(tmp_path / "film.npz")
    with np.load(tmp_path / "film.npz") as stored:
        arrays = dict(stored)
    np.savez(tmp_path / "other.npz", **{**arrays, "labels": arrays["labels"][:-1]})
    with pytest.raises(CheckpointError, match="fit together"):
        Film.load(tmp_path / "other.npz")


def test_a_damaged_frame_is_named(turning: Path) -> None:
    (turning / "00005.npz").write_bytes(b"PK")
    with pytest.raises(CheckpointError, match=r"00005\.npz"):
        assemble_film(turning)


def test_a_folder_without_frames_has_no_film(tmp_path: Path) -> None:
    assert epochs(tmp_path / "film") == []
    with pytest.raises(CheckpointError, match="no frame"):
        assemble_film(tmp_path / "film")


def test_a_resumed_run_forgets_later_frames(turning: Path) -> None:
    forget_after(turning, 4)
    assert epochs(turning) == [0, 1, 2, 3, 4]


def test_a_live_film_keeps_what_was_shown(turning: Path, cloud: np.ndarray) -> None:
    aligned = AlignedFrames(turning)
    aligned.update()
    before = aligned.film()
    write_frame(turning, 12, (cloud * 2).astype(np.float32), np.zeros((K, SIDE, SIDE, 3), np.uint8))
    aligned.update()
    after = aligned.film()
    assert after.epochs.tolist() == list(range(13))
    assert np.array_equal(after.points[:12], before.points)


def test_a_live_film_takes_frames_anew_after_a_resume(turning: Path, cloud: np.ndarray) -> None:
    aligned = AlignedFrames(turning)
    aligned.update()
    forget_after(turning, 4)
    aligned.update()
    assert aligned.film().epochs.tolist() == [0, 1, 2, 3, 4]
    write_frame(turning, 5, (cloud * 2).astype(np.float32), np.full((K, SIDE, SIDE, 3), 99, np.uint8))
    aligned.update()
    assert aligned.film().rows[5, 0, 0, 0, 0] == 99


def test_a_live_film_notices_frames_that_were_made_anew_between_two_looks(turning: Path, cloud: np.ndarray) -> None:
    aligned = AlignedFrames(turning)
    aligned.update()
    write_frame(turning, 11, cloud.astype(np.float32), np.full((K, SIDE, SIDE, 3), 99, np.uint8))
    os.utime(turning / "00011.npz", ns=(1, 1))
    aligned.update()
    assert aligned.film().rows[-1, 0, 0, 0, 0] == 99


def test_far_points_stay_finite(tmp_path: Path) -> None:
    film = assemble_film(shoot(tmp_path / "film", [np.full((N, 3), 1e9)]))
    assert np.isfinite(film.points).all()


@pytest.mark.parametrize("points", [np.full((N, 3), np.nan), np.zeros((N, 2)), np.zeros(N)])
def test_points_that_cannot_be_shown_are_refused(tmp_path: Path, points: np.ndarray) -> None:
    with pytest.raises(LatentError, match="finite"):
        write_frame(tmp_path, 1, points.astype(np.float32), np.zeros((K, SIDE, SIDE, 3), np.uint8))


def test_a_subject_must_fit_together(tmp_path: Path) -> None:
    with pytest.raises(LatentError, match="pair up"):
        write_subject(
            tmp_path, np.zeros(3, np.uint8), np.arange(4), CLASSES, np.arange(2), np.zeros((2, SIDE, SIDE, 3), np.uint8)
        )

"""What the answers of the API share."""

from __future__ import annotations

from app.replies import Asset, AssetCache


def test_a_shelf_makes_an_asset_once_and_keeps_the_last_few() -> None:
    cache, made = AssetCache(2), []

    def asset(tag: str) -> Asset:
        return cache.get(tag, lambda: made.append(tag) or Asset(tag.encode(), "text/plain", tag))

    assert [asset(tag).tag for tag in ("a", "b", "a", "c", "a", "b")] == ["a", "b", "a", "c", "a", "b"]
    assert made == ["a", "b", "c", "b"], "b went for c, because a was used since"

/** The samples nearest in one space: how its lines are drawn, the class vote, the tiles. */

import { PRINT } from "../core/figures.js";
import { h } from "../core/dom.js";
import { markShape } from "./marks.js";
import { sharedBy } from "./spaces.js";
import { TileGrid } from "./tiles.js";
import { VoteBar } from "./vote.js";

export class Neighbourhood {
  /** @param {import("./panel_list.js").Context} context @param {string} space @param {number} k how many are wanted */
  constructor(context, space, k) {
    const { t, probe, feed } = context;
    this.context = context;
    this.space = space;
    const onPick = (index) => probe.goToSample(index);
    const label = `${t("nearest.list")}: ${t(`nearest.space.${space}`)}`;
    this.grid = new TileGrid(context, feed.pictures, { label, onPick });
    this.grid.reserve(k);
    this.vote = new VoteBar(context);
    const title = h("h4", { class: "mx-near-title", title: t(`nearest.space.${space}.help`) },
      markShape(space), t(`nearest.space.${space}`));
    this.root = h("section", { class: "mx-neighbourhood", "data-testid": `nearest-${space}` },
      title, this.vote.root, this.grid.root);
  }

  /**
   * @param {import("../core/api.js").NearList|undefined} list undefined: not known where the probe is now
   * @param {import("../core/api.js").NearList[]} others of the other spaces, whose samples are marked here
   * @param {string} metric
   */
  show(list, others, metric) {
    this.root.classList.toggle("mx-near-waits", !list);
    if (!list) return;
    const { neighbours, votes } = list;
    const marked = others.flatMap((other) => sharedBy(neighbours, other.neighbours));
    this.grid.show(neighbours, new Set(marked), PRINT[metric]);
    this.vote.show(votes);
  }

  dispose() {
    this.grid.dispose();
    this.root.remove();
  }
}

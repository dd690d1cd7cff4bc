/** The choice of a model, by data set. */

import { Api } from "../core/api.js";
import { h } from "../core/dom.js";

/**
 * @param {import("./contents.js").LessonContext} context
 * @param {{label: string, value: string, onChange: (model: string) => void}} options
 * @returns {Promise<{element: HTMLElement, models: import("../core/api.js").ModelEntry[]}>} and all that there are
 */
export async function modelChoice({ base, language }, { label, value, onChange }) {
  const api = new Api(base, value);
  const [models, datasets] = await Promise.all([api.models(), api.datasets()]);
  const fewestFirst = models.toSorted((a, b) => a.latent_dim - b.latent_dim || a.name.localeCompare(b.name));
  const option = (images, { name, title, latent_dim: d }) =>
    h("option", { value: name, selected: name === value }, `${images}: ${title[language] ?? name} (d = ${d})`);
  const group = ({ name, title }) =>
    fewestFirst.filter(({ dataset }) => dataset === name).map((model) => option(title[language], model));
  const select = h("select", {
    class: "mx-model-choice", "data-testid": "model", onchange: () => onChange(select.value),
  }, ...datasets.flatMap(group));
  return { element: h("label", { class: "mx-labelled" }, h("span", {}, label), select), models: fewestFirst };
}

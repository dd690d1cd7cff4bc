/** The choice of a model, by data set. */

import { Api } from "../core/api.js";
import { h } from "../core/dom.js";

/**
 * The choice stands at once, empty; it is filled when the models are known.
 * @param {import("./contents.js").LessonContext} context
 * @param {{label: string, value: string, onChange: (model: string) => void}} options
 * @returns {{element: HTMLElement, models: Promise<import("../core/api.js").ModelEntry[]>}} and all that there are
 */
export function modelChoice(context, { label, value, onChange }) {
  const select = h("select", {
    class: "mx-model-choice", disabled: true, "data-testid": "model", onchange: () => onChange(select.value),
  });
  const element = h("label", { class: "mx-labelled" }, h("span", {}, label), select);
  const models = fill(select, context, value);
  models.catch(() => { element.hidden = true; }); // whoever awaits them says why
  return { element, models };
}

/**
 * @param {HTMLSelectElement} select
 * @param {Pick<import("./contents.js").LessonContext, "base"|"language">} context @param {string} value
 */
async function fill(select, { base, language }, value) {
  const api = new Api(base, value);
  const [models, datasets] = await Promise.all([api.models(), api.datasets()]);
  const fewestFirst = models.toSorted((a, b) => a.latent_dim - b.latent_dim || a.name.localeCompare(b.name));
  const option = (images, { name, title, latent_dim: d }) =>
    h("option", { value: name, selected: name === value }, `${images}: ${title[language] ?? name} (d = ${d})`);
  const group = ({ name, title }) =>
    fewestFirst.filter(({ dataset }) => dataset === name).map((model) => option(title[language], model));
  select.append(...datasets.flatMap(group));
  select.disabled = false;
  return fewestFirst;
}

/** The configuration of a training, in the words of the form. */

const PARTS = ["network", "objective", "training"];

/**
 * @param {Object<string, Object<string, *>>} config @param {Object<string, string>} strings
 * @returns {{title: string, lines: {name: string, label: string, value: string}[]}[]} one for each part that there is
 */
export function settingsOf(config, strings) {
  return PARTS.filter((part) => config[part]).map((part) => ({
    title: strings[`run.settings.${part}`],
    lines: Object.entries(config[part]).filter(([name]) => isSaid(name, config)).map(([name, value]) => ({
      name, label: labelOf(name, strings), value: valueOf(name, value, config[part], strings),
    })),
  }));
}

/** Whether it means something: n does where the error is |f(x) - x|^n, and earlier versions knew no other. */
const isSaid = (name, config) => name !== "power" || (config.objective.loss ?? "power") === "power";

/** A control's label, without what only the form can draw; both halves share some. */
function labelOf(name, strings) {
  const own = strings[`form.${name}`];
  if (own) return own.replace(/\s*:[a-z-]+\[[^\]]*\]/g, "");
  const [half, what] = name.split("_");
  return strings[`form.${what}`] ? `${strings[`form.${half}.title`]}: ${strings[`form.${what}`]}` : name;
}

function valueOf(name, value, fields, strings) {
  if (name === "corruption" && !fields.noise) return strings["choice.none"];
  if (name === "power") return strings[`choice.${value}`] ?? String(value);
  if (typeof value === "boolean") return value ? "✓" : "–";
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? strings[`choice.${value}`] ?? value : String(value);
}

/** A chart of lines and dots in two dimensions, drawn by Plotly in the page's colours. */

import { h } from "../core/dom.js";

/**
 * @typedef {{title: string, range?: [number, number], log?: boolean, values?: [number, string][]}} Axis `range` in
 *   values, on a logarithmic axis too; `values` are what stands along it
 * @typedef {{name: string, x: ArrayLike<number>, y: ArrayLike<number>, colour?: string, dash?: string, dots?: boolean,
 *   joined?: boolean, steps?: boolean, fill?: boolean, size?: number}} Line `dots` instead of a line, or `joined`
 *   by it; `steps` as a histogram's outline
 */

const SPACE = { l: 56, r: 12, t: 8, b: 44 };

export class Chart {
  /**
   * @param {HTMLElement} slot
   * @param {{title: string, x: Axis, y: Axis}} options `title` is its name for a reader
   * @param {Pick<import("./contents.js").LessonContext, "plotly"|"theme"|"palette">} context
   */
  constructor(slot, options, { plotly, theme, palette }) {
    this.options = options;
    this.theme = theme;
    this.palette = palette;
    this.plot = h("div", { class: "mx-chart-plot" });
    const caption = h("figcaption", {}, options.title);
    this.element = h("figure", { class: "mx-chart", role: "group", "aria-label": options.title }, caption, this.plot);
    slot.append(this.element);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.plot);
    plotly().then((library) => { this.library = library; this.draw(); }, () => {});
  }

  /** @param {Line[]} lines @param {{x?: Partial<Axis>, y?: Partial<Axis>}} [axes] what has changed of them */
  show(lines, { x = {}, y = {} } = {}) {
    this.lines = lines;
    Object.assign(this.options.x, x);
    Object.assign(this.options.y, y);
    this.draw();
  }

  draw() {
    const { plot, library, lines } = this;
    if (!library || !lines || this.gone || !plot.clientWidth || !plot.clientHeight) return;
    const theme = this.theme();
    const axis = (/** @type {Axis} */ { title, range, log, values }) => ({
      title: { text: title, font: { size: 14 }, standoff: 4 }, type: log ? "log" : "linear", zeroline: false,
      ...(log && range && { dtick: Math.ceil(Math.log10(range[1] / range[0]) / 6), exponentformat: "power" }),
      range: range && (log ? range.map(Math.log10) : range), autorange: !range,
      gridcolor: theme.line, linecolor: theme.line,
      ...(values && { tickvals: values.map(([at]) => at), ticktext: values.map(([, words]) => words) }),
    });
    library.react(plot, lines.map((line, at) => this.trace(line, this.palette[at])), {
      width: plot.clientWidth, height: plot.clientHeight, margin: SPACE, showlegend: lines.length > 1,
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { size: 13 } },
      paper_bgcolor: "transparent", plot_bgcolor: "transparent",
      font: { family: theme.font, color: theme.text, size: 13 },
      xaxis: axis(this.options.x), yaxis: axis(this.options.y),
    }, { staticPlot: true });
  }

  /** @param {Line} line @param {string} usual its colour where it names none */
  trace(line, usual) {
    const { name, x, y, colour = usual, dash = "solid", dots, joined, steps, fill, size = 8 } = line;
    const mode = [dots ? "markers" : "lines", ...(joined ? ["lines"] : [])].join("+");
    return {
      type: "scatter", name, x: Array.from(x), y: Array.from(y), mode,
      line: { color: colour, dash, width: 2.5, shape: steps ? "hvh" : "linear" }, marker: { color: colour, size },
      fill: fill ? "tozeroy" : "none",
    };
  }

  dispose() {
    this.gone = true;
    this.observer.disconnect();
    if (this.library) this.library.purge(this.plot);
    this.element.remove();
  }
}

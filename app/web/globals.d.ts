/** What many modules share, for the type check alone: no browser loads this file. */

/** Looks a sentence up; `values` fill its `{name}`s in. */
type Say = (key: string, values?: Record<string, any>) => string;

/** What we call of Plotly; its own types are larger than this app. */
interface PlotlyLibrary {
  newPlot(plot: HTMLElement, traces: object[], layout: object, config: object): Promise<void>;
  react(plot: HTMLElement, traces: object[], layout: object, config: object): Promise<void>;
  restyle(plot: HTMLElement, change: object, traces: number[]): Promise<void>;
  relayout(plot: HTMLElement, change: object): Promise<void>;
  purge(plot: HTMLElement): void;
  Plots: { resize(plot: HTMLElement): Promise<void> };
}

interface Element {
  /** Browsers have it since 2025, some not yet. */
  moveBefore?(node: Node, before: Node | null): void;
}

interface Window {
  Plotly: PlotlyLibrary;
  /** For measurements; see core/timings.js. */
  __mxTimings?: { input: number; put: number; paint: number }[];
  /** What Streamlit's client reads before it starts; see start/start.js. */
  __streamlit: { BACKEND_BASE_URL: string; HOST_CONFIG: object };
}

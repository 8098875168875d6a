// Small charts, drawn as SVG and told in words to those who do not see them.
import { html } from "../html.js";
import { number } from "../format.js";

// bars: [{ label, value, title }]
export function Histogram({ bars, label, height = 110 }) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const step = 100 / bars.length;
  return html`<figure class="histogram"><svg viewBox=${`0 0 100 ${height}`} preserveAspectRatio="none" role="img" aria-label=${`${label}: ${bars.map(({ title }) => title).join("; ")}`} height=${height}>
    ${bars.map(({ value, title }, index) => html`<rect x=${index * step + step * 0.08} width=${step * 0.84} y=${height - (value / most) * (height - 4)} height=${(value / most) * (height - 4)} rx="0.6"><title>${title}</title></rect>`)}</svg>
    <div class="ticks tiny soft" aria-hidden="true">${bars.map(({ label: text, value }) => html`<span>${text}<br /><b>${number(value)}</b></span>`)}</div></figure>`;
}

// points: numbers from old to new
export function Sparkline({ points, label, height = 60 }) {
  const most = Math.max(...points, 1);
  const at = (value, index) => `${points.length > 1 ? (index / (points.length - 1)) * 100 : 50},${(height - 3 - (value / most) * (height - 8)).toFixed(1)}`;
  return html`<svg class="spark" viewBox=${`0 0 100 ${height}`} preserveAspectRatio="none" height=${height} role="img" aria-label=${label}>
    <polyline points=${points.map(at).join(" ")} vector-effect="non-scaling-stroke" /></svg>`;
}

// A mean with its interval on a scale from 0 to 1.
export const Interval = ({ mean, low, high, label, tone = "" }) => html`
  <span class=${`interval ${tone}`} role="img" aria-label=${`${label}: ${mean.toFixed(3)}, from ${low.toFixed(3)} to ${high.toFixed(3)}`}>
    <span class="range" style=${{ insetInlineStart: `${low * 100}%`, width: `${Math.max(0.5, (high - low) * 100)}%` }}></span>
    <span class="dot" style=${{ insetInlineStart: `${mean * 100}%` }}></span></span>`;

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

// What a whole is made of, on a scale that all rows of a table share. parts: [{ value, tone, name }]
export const Shares = ({ parts, most, label }) => html`
  <span class="shares" role="img" aria-label=${`${label}: ${parts.map(({ name }) => name).join(", ")}`}>
    ${parts.map(({ value, tone, name }) => value > 0 && html`<span class=${`swatch ${tone}`} title=${name} style=${{ width: `${(value / most) * 100}%` }}></span>`)}</span>`;

// Over time, two values each: columns: [{ low, high, title }], null where there is nothing.
export function Columns({ columns, label, unit, first, last, height = 120 }) {
  const most = Math.max(1, ...columns.map(({ high }) => high ?? 0));
  const step = 100 / columns.length;
  const bar = (value, index, tone) => value !== null && html`<rect class=${tone} x=${index * step + step * 0.12} width=${step * 0.76} y=${height - (value / most) * height} height=${Math.max(1, (value / most) * height)} />`;
  return html`<figure class="time-columns"><div class="scale tiny soft numeric" aria-hidden="true"><span>${unit(most)}</span><span>${unit(most / 2)}</span><span>0</span></div>
    <div class="plot"><svg viewBox=${`0 0 100 ${height}`} preserveAspectRatio="none" height=${height} role="img" aria-label=${label}>
      ${columns.map(({ low, high, title }, index) => html`<g><title>${title}</title><rect class="hit-area" x=${index * step} width=${step} y="0" height=${height} />${bar(high, index, "high")}${bar(low, index, "low")}</g>`)}</svg>
      <div class="row apart still tiny soft" aria-hidden="true"><span>${first}</span><span class="row legend"><span><i class="swatch low"></i>half</span><span><i class="swatch high"></i>95 of 100</span></span><span>${last}</span></div></div></figure>`;
}

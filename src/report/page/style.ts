/** How the page looks: by the colour scheme of the reader, and dark on white on paper. It needs nothing from elsewhere. */
import { Html } from '../markup/html.js';

const dark = `
  --page: #14171c; --raised: #1c2027; --text: #e4e7ec; --faint: #9aa3b0; --line: #343b46; --grid: #2a303a;
  --blue: #6ea8fe; --teal: #4cc3b0; --amber: #e6a84c; --grey: #7d8794; --violet: #b79bf5;
  --good: #56c271; --bad: #ff7b72; --good-back: #173322; --bad-back: #3d1d1f; --amber-back: #3a2c14; --blue-back: #182a45;`;

export const style = Html.ofOurs(`
:root { color-scheme: light dark;
  --page: #ffffff; --raised: #f6f7f9; --text: #1b1f24; --faint: #5b6471; --line: #d5dae1; --grid: #e6e9ee;
  --blue: #2563b8; --teal: #0f766e; --amber: #a85b00; --grey: #6b7480; --violet: #6d46c2;
  --good: #1a7f37; --bad: #b42318; --good-back: #e7f6ec; --bad-back: #fdeceb; --amber-back: #fdf3e1; --blue-back: #e9f1fc; }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 24px; line-height: 1.25; margin: 6px 0 10px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 40px 0 10px; padding-bottom: 5px; border-bottom: 1px solid var(--line); }
h3 { font-size: 15px; margin: 22px 0 6px; }
p { margin: 8px 0; max-width: 80ch; overflow-wrap: anywhere; }
a { color: var(--blue); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 13px; }
code, td, dd { unicode-bidi: isolate; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; margin: 12px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.kind { color: var(--faint); margin: 0; font-size: 13px; letter-spacing: .02em; }
.badge { display: inline-block; white-space: nowrap; border-radius: 99px; padding: 1px 11px; font-size: 13px; font-weight: 600; border: 1px solid currentColor; }
.good { color: var(--good); background: var(--good-back); } .bad { color: var(--bad); background: var(--bad-back); }
.warn { color: var(--amber); background: var(--amber-back); } .info { color: var(--blue); background: var(--blue-back); }
.note { border-left: 4px solid var(--line); background: var(--raised); padding: 8px 14px; margin: 12px 0; }
.note p { margin: 3px 0; }
.note.bad, .note.warn, .note.info { border-color: currentColor; } .note.bad p, .note.warn p, .note.info p { color: var(--text); }
dl { display: grid; grid-template-columns: minmax(130px, max-content) 1fr; gap: 3px 18px; margin: 12px 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
.scroll { overflow-x: auto; margin: 10px 0; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
caption { text-align: left; color: var(--faint); padding: 0 0 6px; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th { color: var(--faint); font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; } td.wide { min-width: 200px; overflow-wrap: anywhere; } td.short { white-space: nowrap; } td.lines { white-space: pre-line; }
figure { margin: 14px 0 22px; overflow-x: auto; } figure > svg { min-width: 600px; } figcaption { color: var(--faint); font-size: 13px; max-width: 90ch; margin-bottom: 4px; }
svg { display: block; width: 100%; height: auto; }
svg text { font-family: inherit; fill: var(--text); }
svg .tick { font-size: 11px; fill: var(--faint); } svg .title { font-size: 12.5px; font-weight: 600; } svg .lane { font-size: 12px; }
.grid { stroke: var(--grid); fill: none; } .axis { stroke: var(--grey); fill: none; }
.reference { stroke: var(--grey); stroke-dasharray: 2 4; fill: none; }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.line0 { stroke: var(--blue); } .line1 { stroke: var(--amber); stroke-dasharray: 6 3; } .line2 { stroke: var(--teal); stroke-dasharray: 2 3; } .line3 { stroke: var(--violet); stroke-dasharray: 8 3 2 3; }
.dot { stroke: none; } .dot.line0 { fill: var(--blue); } .dot.line1 { fill: var(--amber); } .dot.line2 { fill: var(--teal); } .dot.line3 { fill: var(--violet); }
.bar.work { fill: var(--blue); } .bar.follow { fill: var(--teal); } .bar.hold { fill: var(--grey); } .bar.attempt { fill: var(--amber); } .bar.end { fill: var(--violet); }
.bar.troubled { stroke: var(--bad); stroke-width: 2; }
.mark { stroke: var(--text); stroke-opacity: .35; } .mark.system { stroke-dasharray: 2 2; }
.key { display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 6px 0; list-style: none; font-size: 13px; color: var(--faint); }
.key svg { width: 14px; height: 12px; display: inline-block; margin-right: 6px; }
details { margin: 8px 0; } summary { cursor: pointer; color: var(--blue); font-size: 13.5px; }
ul.plain { padding-left: 20px; margin: 8px 0; } ul.plain li, ol.plain li { overflow-wrap: anywhere; }
footer { margin-top: 44px; color: var(--faint); font-size: 13px; border-top: 1px solid var(--line); padding-top: 10px; }
@media (max-width: 620px) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; } }
@media print {
  @page { margin: 14mm; }
  body { font-size: 11px; } main { max-width: none; padding: 0; } table { font-size: 10px; } pre, code { font-size: 10px; }
  h2, h3 { break-after: avoid; } figure > svg { min-width: 0; } figure, tr, .note { break-inside: avoid; } thead { display: table-header-group; }
  .scroll { overflow: visible; } * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`);

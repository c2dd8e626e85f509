// The style sheet of the HTML report: light and dark, from phone to desktop, and in print. The
// colours of text keep a contrast of at least 4.5 to 1.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_STYLE_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_STYLE_H_

namespace switchboard::load {

inline constexpr const char* kReportStyle = R"(
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1a2129; --muted: #58636f; --line: #dfe3e8; --panel: #f5f7f9;
  --edge: rgba(0, 0, 0, 0.22);
  --latency: #1d5fc4; --naive: #b4540a; --median: #6b7682; --rate: #0b7a6f; --error: #c0272d;
  --max: #8a3fa0; --fourth: #6b7682; --fifth: #a8325e; --sixth: #5a6b12;
  --good: #15693a; --good-panel: #e6f4eb; --doubt: #8a4b00; --doubt-panel: #fdf1dd;
  --bad: #a61b21; --bad-panel: #fde8e8;
}
@media (prefers-color-scheme: dark) { :root {
  --page: #12161b; --text: #e6eaee; --muted: #9eaab6; --line: #2d353e; --panel: #1a2027;
  --edge: rgba(255, 255, 255, 0.22);
  --latency: #78aefc; --naive: #f0a35c; --median: #98a4b0; --rate: #4cc4b5; --error: #ff7b7b;
  --max: #d49be6; --fourth: #98a4b0; --fifth: #f08fb2; --sixth: #b9cc5c;
  --good: #79d69b; --good-panel: #14291c; --doubt: #f3bd6a; --doubt-panel: #2e2413;
  --bad: #ff9a9a; --bad-panel: #351a1c;
} }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 28px 20px 40px; max-width: 960px; background: var(--page);
  color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto,
  "Helvetica Neue", "DejaVu Sans", sans-serif; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums;
}
h1 { margin: 0; font-size: 26px; line-height: 1.25; letter-spacing: -0.01em; }
h2 { margin: 40px 0 12px; font-size: 19px; line-height: 1.3; }
h3 { margin: 0; font-size: 15px; }
p { margin: 8px 0; max-width: 72ch; }
.over { margin: 0 0 2px; color: var(--muted); font-size: 13px; }
.under { margin: 4px 0 0; color: var(--muted); }
.verdict {
  margin: 20px 0; padding: 14px 18px; border-left: 6px solid; border-radius: 4px;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; break-inside: avoid;
}
.verdict strong { font-size: 19px; letter-spacing: 0.02em; }
.verdict p, .verdict ul { margin: 2px 0 0; color: var(--text); }
.verdict ul { padding-left: 20px; }
.warning { padding: 0 0 0 18px; border-left: 6px solid var(--line); }
.good { color: var(--good); background: var(--good-panel); }
.doubt { color: var(--doubt); background: var(--doubt-panel); }
.bad { color: var(--bad); background: var(--bad-panel); }
.tiles {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: 12px;
  margin: 0; break-inside: avoid;
}
.tiles div { padding: 12px 14px; border: 1px solid var(--line); border-radius: 6px; }
.tiles dt { color: var(--muted); font-size: 13px; }
.tiles dd { margin: 0; }
.tiles .figure { font-size: 24px; font-weight: 600; line-height: 1.3; white-space: nowrap; }
.tiles .more { color: var(--muted); font-size: 13px; }
figure { margin: 24px 0 8px; break-inside: avoid; }
figure div svg { display: block; width: 100%; height: auto; }
.legend { margin: 2px 0 6px; color: var(--muted); font-size: 13px; }
.legend span { margin-right: 18px; white-space: nowrap; }
.key { width: 26px; height: 8px; margin-right: 6px; vertical-align: middle; }
.narrow { display: none; }
.grid, .axis { fill: none; stroke: var(--line); stroke-width: 1; }
.axis { stroke: var(--muted); }
.label { fill: var(--muted); font-size: 12px; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.area { stroke: none; opacity: 0.14; }
.mark { stroke: var(--page); stroke-width: 1.5; }
.curve.latency { stroke: var(--latency); } .mark.latency { fill: var(--latency); }
.curve.naive { stroke: var(--naive); stroke-dasharray: 7 5; } .mark.naive { fill: var(--naive); }
.curve.median { stroke: var(--median); stroke-dasharray: 2 4; } .mark.median { fill: var(--median); }
.curve.rate { stroke: var(--rate); } .area.rate { fill: var(--rate); }
.curve.max { stroke: var(--max); stroke-width: 1.25; } .mark.max { fill: var(--max); }
.mark.error, .mark.missed { fill: var(--error); }
.mark.met { fill: var(--good); }
.mark.unknown { fill: var(--median); }
.curve.run1 { stroke: var(--latency); } .mark.run1 { fill: var(--latency); }
.curve.run2 { stroke: var(--naive); stroke-dasharray: 8 4; } .mark.run2 { fill: var(--naive); }
.curve.run3 { stroke: var(--rate); stroke-dasharray: 2 4; } .mark.run3 { fill: var(--rate); }
.curve.run4 { stroke: var(--max); stroke-dasharray: 10 3 2 3; } .mark.run4 { fill: var(--max); }
.curve.run5 { stroke: var(--fifth); stroke-dasharray: 5 2; } .mark.run5 { fill: var(--fifth); }
.curve.run6 { stroke: var(--sixth); stroke-dasharray: 14 4; } .mark.run6 { fill: var(--sixth); }
.curve.run7 { stroke: var(--fourth); stroke-dasharray: 3 3; } .mark.run7 { fill: var(--fourth); }
.curve.run8 { stroke: var(--error); stroke-dasharray: 1 3; } .mark.run8 { fill: var(--error); }
.whisker { fill: none; stroke: var(--latency); stroke-width: 1.25; }
.whisker.run2 { stroke: var(--naive); } .whisker.run3 { stroke: var(--rate); }
.whisker.run4 { stroke: var(--max); } .whisker.run5 { stroke: var(--fifth); }
.whisker.run6 { stroke: var(--sixth); } .whisker.run7 { stroke: var(--fourth); }
.whisker.run8 { stroke: var(--error); } .whisker.each { stroke: var(--muted); }
.rule { fill: none; stroke: var(--text); stroke-width: 1; stroke-dasharray: 6 4; }
.stretch { fill: var(--good); opacity: 0.16; stroke: none; }
.heat path { fill: none; stroke: var(--latency); shape-rendering: crispEdges; }
.cell { fill: var(--latency); stroke: none; shape-rendering: crispEdges; }
.h1 { opacity: 0.14; } .h2 { opacity: 0.28; } .h3 { opacity: 0.44; } .h4 { opacity: 0.62; }
.h5 { opacity: 0.8; } .h6 { opacity: 1; }
.scripted { position: relative; }
.scripted .wide, .scripted .narrow { display: none; }
.live { position: relative; border-radius: 4px; outline-offset: 4px; }
.live > div:first-child { cursor: crosshair; touch-action: pan-y; user-select: none; }
.live svg svg { overflow: hidden; }
.cursor { fill: none; stroke: var(--text); stroke-width: 1; opacity: 0.6; }
.picked { fill: var(--latency); opacity: 0.15; }
.tip {
  position: absolute; top: 30px; padding: 5px 9px; border: 1px solid var(--line); border-radius: 4px;
  background: var(--page); font-size: 12.5px; line-height: 1.45; pointer-events: none;
  box-shadow: 0 2px 8px rgba(0, 0, 0, 0.14); max-width: 60%; z-index: 1;
}
.tip[hidden] { display: none; }
.tip span { display: block; white-space: nowrap; }
.tip .key { margin-right: 4px; }
.tools { float: right; }
.tools button {
  min-width: 32px; height: 28px; margin-left: 4px; padding: 0 8px; border: 1px solid var(--line);
  border-radius: 4px; background: var(--panel); color: var(--muted); font: inherit; font-size: 13px;
  cursor: pointer;
}
.note { white-space: pre-line; }
.command {
  margin: 6px 0; padding: 10px 12px; border-radius: 4px; background: var(--panel); font-size: 13px;
  white-space: pre-wrap; overflow-wrap: anywhere; font-family: ui-monospace, "DejaVu Sans Mono", monospace;
}
.scroll {
  overflow-x: auto; margin: 8px 0; background: linear-gradient(90deg, var(--page) 20px, transparent),
  linear-gradient(-90deg, var(--page) 20px, transparent) 100% 0,
  linear-gradient(90deg, var(--edge), transparent), linear-gradient(-90deg, var(--edge), transparent) 100% 0;
  background-repeat: no-repeat; background-size: 40px 100%, 40px 100%, 12px 100%, 12px 100%;
  background-attachment: local, local, scroll, scroll;
}
table { width: 100%; border-collapse: collapse; font-size: 14px; }
caption { padding: 4px 0 6px; text-align: left; color: var(--muted); font-size: 13px; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { text-align: left; font-weight: 600; }
tbody th { font-weight: 400; color: var(--muted); }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
tr { break-inside: avoid; }
.numbers th, .numbers td { text-align: right; white-space: nowrap; }
.numbers th:first-child { text-align: left; }
.numbers thead th { white-space: normal; overflow-wrap: normal; vertical-align: bottom; }
.pairs th { width: 11em; }
details { margin: 8px 0; }
summary { color: var(--muted); cursor: pointer; font-size: 13px; }
footer { margin-top: 40px; color: var(--muted); font-size: 13px; }
@media (min-width: 760px) {
  .columns { display: grid; grid-template-columns: 1fr 1fr; column-gap: 40px; }
}
@media screen and (max-width: 600px) {
  body { padding: 20px 16px 32px; }
  h1 { font-size: 22px; }
  .wide { display: none; }
  .narrow { display: block; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles div:first-child { grid-column: 1 / -1; }
  .tiles .figure { font-size: 21px; }
  .legend span { display: block; margin: 0; white-space: normal; }
  table { font-size: 13px; }
  th, td { padding: 6px 5px; }
  .pairs th { width: 8.5em; }
}
@media print {
  .live, .tools { display: none; }
  .scripted .wide { display: block; }
  :root {
    color-scheme: light;
    --page: #ffffff; --text: #000000; --muted: #444c55; --line: #d0d5da; --panel: #ffffff;
    --latency: #1d5fc4; --naive: #b4540a; --median: #6b7682; --rate: #0b7a6f; --error: #c0272d;
    --max: #8a3fa0; --fourth: #6b7682; --fifth: #a8325e; --sixth: #5a6b12;
    --good: #15693a; --good-panel: #e6f4eb; --doubt: #8a4b00; --doubt-panel: #fdf1dd;
    --bad: #a61b21; --bad-panel: #fde8e8;
  }
  @page { margin: 16mm; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  h2 { margin-top: 24px; break-after: avoid; }
  .columns { display: block; }
  .tiles { grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 8px; }
  .tiles div { padding: 8px 10px; }
  .tiles .figure { font-size: 19px; }
  .tiles dt, .tiles .more { font-size: 8pt; }
  p { break-inside: avoid; }
  .label { font-size: 13px; }
  figure { margin-top: 12px; }
  .scroll { overflow: visible; background: none; }
  table { font-size: 9pt; }
  th, td { padding: 3px 5px; }
  .numbers th, .numbers td { white-space: normal; overflow-wrap: normal; }
  details:not([open]) { display: none; }
  .area { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)";

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_STYLE_H_

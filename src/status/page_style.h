// How the page looks: a board of dark wood and brass in both colour schemes. Each state of a line
// has a shape of its own beside its colour.

#ifndef SWITCHBOARD_SRC_STATUS_PAGE_STYLE_H_
#define SWITCHBOARD_SRC_STATUS_PAGE_STYLE_H_

#include <string_view>

namespace switchboard::status {

inline constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--bg:#efe5d3;--ink:#2a1d12;--soft:#6d5a45;--card:#fbf6ec;--edge:#d9c6a3;--amber:#b86a00;--red:#b3261e;--green:#2b6e4f}
@media(prefers-color-scheme:dark){:root{--bg:#15100b;--ink:#f2e6d0;--soft:#b9a487;--card:#211811;--edge:#4a3722;--amber:#ffb54a;--red:#ff8a75;--green:#7fd1a3}}
*{box-sizing:border-box;margin:0}
body{background:var(--bg);color:var(--ink);font:15px/1.45 Georgia,"Iowan Old Style",serif;padding:clamp(12px,2.5vw,40px);font-variant-numeric:tabular-nums}
main,header,footer{max-width:1500px;margin:auto;position:relative}
header{display:flex;flex-wrap:wrap;gap:6px 14px;align-items:center;margin-bottom:14px}
h1{font-size:clamp(26px,3.4vw,46px);font-weight:400;letter-spacing:.04em;margin-right:auto}
h2{font-size:13px;letter-spacing:.16em;text-transform:uppercase;font-weight:400;color:var(--soft);margin-bottom:8px}
.tag{border:1.5px solid;border-radius:99px;padding:2px 14px;color:var(--amber)}
.tag.ready{color:var(--green)}.tag.gone{color:var(--red)}
[hidden]{display:none}
.board{color:#f4e3c3;border:10px solid #2b180d;border-image:linear-gradient(160deg,#7c4f2b,#2b180d 40%,#6b4325) 1;background:repeating-linear-gradient(91deg,#0000 0 7px,#0002 7px 8px),linear-gradient(#4a2d1a,#2e1a0e);padding:clamp(12px,2vw,26px);box-shadow:0 14px 40px #0006,inset 0 0 50px #0009}
.board h2{color:#d8b77c}
.lamps{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(22px,1fr));gap:9px 8px;margin:18px 0 4px}
@media(min-width:900px){.lamps{grid-template-columns:repeat(30,minmax(0,1fr));gap:16px 10px}}
:where(.lamps li,.key i){position:relative;justify-self:center;width:20px;height:20px;border-radius:50%;border:3px solid #a9803f;background:#120a05;box-shadow:0 1px 1px #e7c987 inset,0 2px 3px #0009;transition:background .4s,box-shadow .4s}
@media(min-width:900px){.lamps li{width:min(26px,100%);height:auto;aspect-ratio:1}}
.i{background:radial-gradient(circle,#c9b48d 0 24%,#120a05 30%)}
.t{background:radial-gradient(circle at 45% 40%,#fffbe0,#ffd257 45%,#e58b0e);border-color:#f3c766;box-shadow:0 0 12px 3px #ffbf3caa}
.w{background:linear-gradient(90deg,#9fdcff 50%,#120a05 50%);border-color:#cfeaff;box-shadow:0 0 9px 2px #7cc8ff88}
.s{background:#5d1109;border-color:#ff8f7a}
.s::before,.s::after{content:"";position:absolute;inset:calc(50% - 1.5px) 1px;height:3px;background:#ffd3ca;transform:rotate(45deg)}
.s::after{transform:rotate(-45deg)}
.key{margin-top:10px;display:flex;flex-wrap:wrap;gap:6px 22px;list-style:none;padding:0}
.key li{display:flex;align-items:center;gap:8px}.key i{width:18px;height:18px;flex:none}
.big{font-size:clamp(22px,3vw,40px);line-height:1.1}
.big small,dd small{font-size:14px;color:inherit;opacity:.8}
#cords{position:absolute;inset:0;width:100%;height:100%;pointer-events:none;z-index:2;overflow:visible}
#cords path{fill:none;stroke-width:4.5;stroke-linecap:round;filter:drop-shadow(0 3px 2px #0008)}
.desks{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,270px),1fr));gap:16px;margin:34px 0 16px}
.more{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:16px}
.card{background:var(--card);border:1px solid var(--edge);border-radius:6px;padding:16px 18px;position:relative}
.desk{border-top:6px solid #b98d45}
.ops{display:flex;flex-wrap:wrap;gap:7px;margin:2px 0 10px}
u{width:24px;height:28px;position:relative;opacity:.45}
u::before,u::after{content:"";position:absolute;border:2px solid var(--ink)}
u::before{width:8px;height:8px;left:6px;top:0;border-radius:50%}
u::after{left:0;right:0;bottom:0;height:9px;border-radius:11px 11px 2px 2px}
.b{opacity:1}.b::before,.b::after{background:var(--amber)}
table{width:100%;border-collapse:collapse}
th{font-weight:400;text-align:left;color:var(--soft)}td{text-align:right}
th,td{padding:3px 0;border-top:1px solid var(--edge)}thead th{border:0;font-size:13px;text-align:right}thead th:first-child{text-align:left}
dl{display:grid;grid-template-columns:1fr auto;gap:2px 12px}dt{color:var(--soft)}dd{text-align:right}
progress{appearance:none;width:100%;height:7px;border:0;border-radius:4px;background:var(--edge);overflow:hidden;grid-column:1/-1;margin-bottom:6px}
progress::-webkit-progress-bar{background:var(--edge)}progress::-webkit-progress-value{background:var(--amber)}progress::-moz-progress-bar{background:var(--amber)}
#spark{width:100%;height:90px;display:block;margin:8px 0}
#spark path{fill:none;stroke:var(--amber);stroke-width:2;vector-effect:non-scaling-stroke}
#spark .area{fill:var(--amber);stroke:none;opacity:.18}
footer{color:var(--soft);margin-top:18px;font-size:13px}
.stale{filter:saturate(.3);opacity:.75}
@media(prefers-reduced-motion:reduce){*{transition:none!important}}
)css";

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_PAGE_STYLE_H_

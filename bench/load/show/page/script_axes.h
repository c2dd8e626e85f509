// The first part of the page's script: numbers as people read them, and axes as chart.cc makes
// them.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SCRIPT_AXES_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SCRIPT_AXES_H_

namespace switchboard::load {

inline constexpr const char* kScriptAxes = R"js(
(() => {
'use strict';
const LEFT = 60, TOP = 26, BOTTOM = 44, CAP = 4, NEAR_PX = 10;
const FINEST = 0.004;  // of the whole, that a view may show
const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => '&#' + c.charCodeAt(0) + ';');
const digits = (value, n) => String(Number(value.toPrecision(n)));
const duration = (us, n = 3) =>
  us >= 999500 ? digits(us / 1e6, n) + ' s' : us >= 999.5 ? digits(us / 1e3, n) + ' ms' :
  us >= 1 || us === 0 ? digits(us, n) + ' µs' : digits(us * 1e3, n) + ' ns';
const whole = (count) => Math.round(count).toLocaleString('en-US');
const percentile = (place) => {
  if (place > 4.3) return 'max';
  const decimals = place < 1 ? 1 : place < 2 ? 2 : place < 3 ? 3 : 4;
  return 'p' + Number((100 * (1 - Math.pow(10, -place))).toFixed(decimals));
};
const shownAs = {
  duration, percentile,
  count: whole,
  time: (s) => digits(s, 5) + ' s',
};
const shortCount = (n) => n >= 1e9 ? digits(n / 1e9, 6) + 'G' : n >= 1e6 ? digits(n / 1e6, 6) + 'M' :
  n >= 1e3 ? digits(n / 1e3, 6) + 'k' : digits(n, 6);
const tickText = {
  duration: (us) => us === 0 ? '0' : duration(us, 6),
  count: shortCount,
  time: (s) => digits(s, 6),
};

const roundStep = (range, ticks) => {
  const power = Math.pow(10, Math.floor(Math.log10(range / ticks)));
  return [1, 2, 5, 10].find((factor) => factor * power >= range / ticks * 0.999) * power;
};
const evenTicks = (low, high, ticks, text) => {
  const step = roundStep(high - low, ticks), found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-6; ++i) {
    found.push([i * step, text(Number((i * step).toPrecision(9)))]);
  }
  return found;
};
const logTicks = (low, high, text) => {
  const found = [], factors = high / low < 1000 ? [1, 2, 5] : [1];
  for (let power = Math.pow(10, Math.floor(Math.log10(low))); power <= high; power *= 10) {
    for (const factor of factors) {
      const at = factor * power;
      if (at >= low && at <= high) found.push([at, text(Number(at.toPrecision(6)))]);
    }
  }
  return found;
};
// An axis that shows `low` to `high` of the same values as `axis`.
const refitted = (axis, low, high) => {
  const text = tickText[axis.scale];
  if (axis.scale === 'duration' && low > 0 && high / low >= 20) {
    const [from, to] = [low / 1.25, high * 1.25];
    return {...axis, low: from, high: to, log: true, ticks: logTicks(from, to, text)};
  }
  const step = roundStep(high || 1, 4), end = Math.ceil((high || 1) / step - 1e-4) * step;
  return {...axis, low: 0, high: end, log: false, ticks: evenTicks(0, end, 4, text)};
};

)js";

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SCRIPT_AXES_H_

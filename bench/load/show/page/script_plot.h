// The second part of the page's script: a chart that can be pointed at and looked at closer, in
// place of the picture that svg.cc drew. What it shows comes from the data that ToData wrote, and
// every text of it is escaped again where it becomes markup.

#ifndef SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SCRIPT_PLOT_H_
#define SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SCRIPT_PLOT_H_

namespace switchboard::load {

inline constexpr const char* kScriptPlot =
    R"js(const linked = [];  // the charts over time, which show the same stretch of it

class Plot {
  constructor(figure) {
    this.data = JSON.parse(figure.querySelector('script').textContent);
    const x = this.data.x;
    this.to = x.log ? Math.log : (value) => value;
    this.from = x.log ? Math.exp : (value) => value;
    this.all = this.view = [this.to(x.low), this.to(x.high)];
    this.cursor = this.height = this.drag = null;
    this.stops = this.stopsOfX();
    this.box = document.createElement('div');
    this.box.className = 'live';
    this.box.tabIndex = 0;
    this.box.setAttribute('role', 'group');
    this.box.setAttribute('aria-label', this.data.name +
      '. Arrow keys read values off, plus and minus zoom, 0 shows all.');
    this.picture = document.createElement('div');
    this.tip = document.createElement('div');
    this.tip.className = 'tip';
    this.tip.setAttribute('role', 'status');
    this.box.append(this.picture, this.tip);
    figure.append(this.box);
    figure.classList.add('scripted');
    this.addTools(figure.querySelector('figcaption'));
    this.listen();
    if (x.scale === 'time') linked.push(this);
    new ResizeObserver(() => this.draw()).observe(this.box);
    this.draw();
  }

  // Where the arrow keys halt.
  stopsOfX() {
    const {curves, heat, marks} = this.data, stops = new Set();
    if (heat.length) {
      const {begin, width} = heat[0];
      for (let x = begin + width / 2; x < this.data.x.high; x += width) stops.add(x);
    }
    const paced = curves.filter((curve) => curve.width > 0);
    if (paced.length) {
      const finest = paced.reduce((a, b) => b.width < a.width ? b : a);
      const offset = finest.stepped ? finest.width / 2 : 0;
      for (const line of finest.lines) {
        for (let i = 0; i < line.length; i += 2) stops.add(line[i] + offset);
      }
    }
    if (!stops.size) for (const mark of marks) stops.add(mark[1]);
    return [...stops].sort((a, b) => a - b);
  }

  addTools(caption) {
    const tools = document.createElement('div');
    tools.className = 'tools';
    const add = (text, name, act) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = text;
      button.setAttribute('aria-label', name);
      button.title = name;
      button.addEventListener('click', act);
      tools.append(button);
      return button;
    };
    add('+', 'Zoom in', () => this.zoomBy(0.5));
    add('−', 'Zoom out', () => this.zoomBy(2));
    add('All', 'Show all', () => this.show(this.all));
    caption.prepend(tools);
  }

  listen() {
    const box = this.picture;
    const at = (event) => {
      const place = box.getBoundingClientRect();
      return [event.clientX - place.left, event.clientY - place.top];
    };
    box.addEventListener('pointerdown', (event) => {
      const [x, y] = at(event);
      if (event.pointerType !== 'touch' && event.button === 0) {
        this.drag = x;
        if (event.isTrusted) box.setPointerCapture(event.pointerId);
      }
      this.pointAt(x, y);
    });
    box.addEventListener('pointermove', (event) => {
      this.pointAt(...at(event));
    });
    box.addEventListener('pointerup', (event) => {
      const from = this.drag, [to] = at(event);
      this.drag = null;
      if (from !== null && Math.abs(to - from) > 8) {
        const ends = [this.valueAt(from), this.valueAt(to)].sort((a, b) => a - b);
        this.show(ends.map(this.to));
      } else {
        this.draw();
      }
    });
    box.addEventListener('pointercancel', () => { this.drag = null; this.point(null); });
    box.addEventListener('pointerleave', (event) => {
      if (event.pointerType === 'mouse' && this.drag === null) this.point(null);
    });
    box.addEventListener('dblclick', () => this.show(this.all));
    this.box.addEventListener('blur', () => this.point(null));
    this.box.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const acts = {
        ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1),
        PageDown: () => this.step(10), PageUp: () => this.step(-10),
        Home: () => this.step(-Infinity), End: () => this.step(Infinity),
        '+': () => this.zoomBy(0.5), '=': () => this.zoomBy(0.5), '-': () => this.zoomBy(2),
        '0': () => this.show(this.all), Escape: () => { this.show(this.all); this.point(null); },
      };
      if (!acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    });
  }

  pixel(value) {
    const [low, high] = this.view;
    return this.left + (this.to(value) - low) / (high - low) * (this.right - this.left);
  }
  valueAt(pixel) {
    const [low, high] = this.view, share = (pixel - this.left) / (this.right - this.left);
    return this.from(low + Math.min(1, Math.max(0, share)) * (high - low));
  }
  visible(x) { return this.to(x) >= this.view[0] - 1e-9 && this.to(x) <= this.view[1] + 1e-9; }

  pointAt(pixelX, pixelY) {
    this.height = pixelY;
    let x = this.valueAt(pixelX);
    // Without columns there is a value anywhere, and that of a mark is worth meeting.
    const {curves, heat, marks} = this.data;
    if (!heat.length && !curves.some((curve) => curve.width > 0) && marks.length) {
      const away = (mark) => Math.abs(this.pixel(mark[1]) - pixelX);
      const nearest = marks.reduce((a, b) => away(b) < away(a) ? b : a);
      if (!curves.length || away(nearest) < NEAR_PX) x = nearest[1];
    }
    this.dragTo = pixelX;
    this.point(x);
  }
  point(x) {
    this.cursor = x;
    if (x === null) this.height = null;
    this.draw();
  }
  step(by) {
    const stops = this.stops.filter((x) => this.visible(x));
    if (!stops.length) return;
    let i = by > 0 ? -1 : stops.length;
    if (this.cursor !== null) {
      i = stops.reduce((best, x, j) =>
        Math.abs(x - this.cursor) < Math.abs(stops[best] - this.cursor) ? j : best, 0);
    }
    this.height = null;
    this.point(stops[Math.min(stops.length - 1, Math.max(0, i + by))]);
  }
  zoomBy(factor) {
    const [low, high] = this.view;
    const middle = this.cursor !== null && this.visible(this.cursor) ? this.to(this.cursor) :
      (low + high) / 2;
    this.show([middle - (middle - low) * factor, middle + (high - middle) * factor]);
  }
  show(view) {
    const [least, most] = this.all, finest = (most - least) * FINEST;
    const width = Math.max(finest, view[1] - view[0]), middle = (view[0] + view[1]) / 2;
    const shown = [Math.max(least, middle - width / 2), Math.min(most, middle + width / 2)];
    for (const plot of linked.includes(this) ? linked : [this]) {
      // Their ends may differ a little.
      plot.view = [Math.max(plot.all[0], shown[0]), Math.min(plot.all[1], shown[1])];
      if (shown[0] <= least && shown[1] >= most) plot.view = plot.all;
      plot.draw();
    }
  }

  // The values of a curve that are in view, or beside it.
  valuesInView() {
    const values = [];
    for (const curve of this.data.curves) {
      for (const line of curve.lines) {
        for (let i = 0; i < line.length; i += 2) {
          const before = line[i] + curve.width, after = line[i] - (curve.stepped ? 0 : curve.width);
          const shown = curve.width > 0 ? this.to(before) >= this.view[0] &&
            this.to(after) <= this.view[1] : this.visible(line[i]);
          if (shown) values.push(line[i + 1]);
        }
      }
      if (!curve.width) for (const x of this.view) {
        const value = this.valueOf(curve, this.from(x));
        if (value !== null) values.push(value);
      }
    }
    for (const [, x, ...ends] of this.data.whiskers) {
      if (this.visible(x)) values.push(...ends.filter((end) => end !== null));
    }
    return values.filter((value) => value > 0 || this.data.y.scale !== 'duration');
  }

  fit() {
    const zoomed = this.view !== this.all;
    const values = zoomed && !this.data.heat.length ? this.valuesInView() : [];
    this.y = values.length ? refitted(this.data.y, Math.min(...values), Math.max(...values)) :
      this.data.y;
    const {x} = this.data;
    this.width = Math.max(240, this.box.clientWidth);
    let ticks = x.ticks.filter((tick) => this.visible(tick[0]));
    if (x.scale === 'time' || x.scale === 'count') {
      const [low, high] = this.view.map(this.from), most = Math.floor(this.width / 90);
      if (!x.log) ticks = evenTicks(low, high, most, x.high < 1 && x.scale === 'time' ?
        (s) => tickText.duration(s * 1e6) : tickText[x.scale]);
    }
    this.ticks = ticks;
    const widest = (list) => Math.max(1, ...list.map((tick) => tick[1].length)) * 7.5;
    this.left = Math.max(LEFT, widest(this.y.ticks) + 12);
    this.right = this.width - widest(ticks) / 2 - 2;
    this.bottom = this.data.height - BOTTOM;
  }
  level(value) {
    const {low, high, log} = this.y;
    const share = log ? Math.log(Math.max(value, low) / low) / Math.log(high / low) :
      (value - low) / (high - low);
    return this.bottom - Math.min(1, Math.max(0, share)) * (this.bottom - TOP);
  }

  draw() {
    this.fit();
    const {left, right, bottom, width} = this, {height} = this.data;
    const inner = `x="${left}" y="${TOP}" width="${right - left}" height="${bottom - TOP}" ` +
      `viewBox="${left} ${TOP} ${right - left} ${bottom - TOP}"`;
    this.picture.innerHTML = `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true">` +
      this.grid() + `<svg ${inner}>` + this.stretches() + this.heatMap() + this.rules() +
      this.curves() + this.whiskers() + `</svg>` + this.marks() + this.axis() + this.pointer() +
      `</svg>`;
    this.tell();
  }

  text(x, y, anchor, text) {
    return `<text class="label" x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">` +
      escaped(text) + '</text>';
  }
  grid() {
    let out = this.text(0, 12, 'start', this.y.title + (this.y.log ? ', log' : ''));
    for (const [at, label] of this.y.ticks) {
      const y = this.level(at);
      out += `<path class="grid" d="M${this.left} ${y.toFixed(1)}H${this.right}"/>` +
        this.text(this.left - 8, y + 4, 'end', label);
    }
    return out;
  }
  axis() {
    const {left, right, bottom} = this;
    let out = `<path class="axis" d="M${left} ${bottom}H${right}"/>`;
    for (const [at, label] of this.ticks) {
      const x = this.pixel(at);
      out += `<path class="axis" d="M${x.toFixed(1)} ${bottom}v5"/>` +
        this.text(x, bottom + 19, 'middle', label);
    }
    const {title, log} = this.data.x;
    return out + this.text((left + right) / 2, bottom + 38, 'middle', title + (log ? ', log' : ''));
  }
  curves() {
    let out = '';
    for (const curve of this.data.curves) {
      let outline = '', area = '';
      for (const line of curve.lines) {
        let path = '';
        for (let i = 0; i < line.length; i += 2) {
          const x = this.pixel(line[i]).toFixed(1), y = this.level(line[i + 1]).toFixed(1);
          path += i === 0 ? `M${x} ${y}` : curve.stepped ? `H${x}V${y}` : `L${x} ${y}`;
        }
        const end = line[line.length - 2] + (curve.stepped ? curve.width : 0);
        if (curve.stepped) path += `H${this.pixel(end).toFixed(1)}`;
        outline += path;
        area += `${path}V${this.bottom}H${this.pixel(line[0]).toFixed(1)}Z`;
      }
      const style = escaped(curve.style);
      if (curve.filled) out += `<path class="area ${style}" d="${area}"/>`;
      out += `<path class="curve ${style}" d="${outline}"/>`;
    }
    return out;
  }
  whiskers() {
    return this.data.whiskers.map(([style, at, low, high]) => {
      const x = this.pixel(at);
      const top = this.level(high ?? this.y.high), bottom = this.level(low ?? this.y.low);
      const cap = (end, y) => end === null ? '' : `M${x - CAP} ${y}h${2 * CAP}`;
      return `<path class="whisker ${escaped(style)}" d="M${x} ${top}V${bottom}` +
        `${cap(high, top)}${cap(low, bottom)}"/>`;
    }).join('');
  }
  marks() {
    return this.data.marks.filter((mark) => this.visible(mark[1])).map(([style, x, y]) =>
      `<circle class="mark ${escaped(style)}" r="3.5" cx="${this.pixel(x).toFixed(1)}" ` +
      `cy="${this.level(y).toFixed(1)}"/>`).join('');
  }
  rules() {
    return this.data.rules.map(([at, text]) => {
      const y = this.level(at);
      return `<path class="rule" d="M${this.left} ${y}H${this.right}"/>` +
        this.text(this.left + 6, y - 5, 'start', text);
    }).join('');
  }
  stretches() {
    return this.data.stretches.map(([low, high]) =>
      `<path class="stretch" d="M${this.pixel(low)} ${TOP}H${this.pixel(high)}V${this.bottom}` +
      `H${this.pixel(low)}Z"/>`).join('');
  }
  heatMap() {
    let out = '';
    for (const {begin, width, largest, edges, cells} of this.data.heat) {
      const tops = edges.map((edge) => this.level(edge));
      for (let i = 0; i < cells.length; i += 3) {
        const [row, column, count] = cells.slice(i, i + 3);
        const x = begin + column * width;
        if (!this.visible(x) && !this.visible(x + width)) continue;
        const share = largest > 1 ? Math.log(count) / Math.log(largest) : 1;
        const level = Math.min(6, 1 + Math.floor(share * 6));
        const left = this.pixel(x), right = this.pixel(x + width);
        out += `<path class="cell h${level}" d="M${left.toFixed(1)} ${tops[row].toFixed(1)}H` +
          `${right.toFixed(1)}V${tops[row + 1].toFixed(1)}H${left.toFixed(1)}Z"/>`;
      }
    }
    return out;
  }
  pointer() {
    let out = '';
    if (this.drag !== null && this.dragTo !== undefined) {
      const [from, to] = [this.drag, this.dragTo].map((x) =>
        Math.min(this.right, Math.max(this.left, x))).sort((a, b) => a - b);
      out += `<path class="picked" d="M${from} ${TOP}H${to}V${this.bottom}H${from}Z"/>`;
    }
    if (this.cursor === null || !this.visible(this.cursor)) return out;
    const x = this.pixel(this.cursor).toFixed(1);
    return out + `<path class="cursor" d="M${x} ${TOP}V${this.bottom}"/>`;
  }

  // The value of a curve at `x`; null where it has none.
  valueOf(curve, x) {
    let best = null, distance = curve.width * 0.75;
    for (const line of curve.lines) {
      for (let i = 0; i < line.length; i += 2) {
        if (curve.stepped) {
          if (line[i] <= x && x <= line[i] + curve.width) best = line[i + 1];
        } else if (curve.width > 0) {
          if (Math.abs(line[i] - x) <= distance) [best, distance] = [line[i + 1], Math.abs(line[i] - x)];
        } else if (line[i] <= x && (i + 2 >= line.length || x < line[i + 2])) {
          if (i + 2 >= line.length) { if (x - line[i] < 1e-9) best = line[i + 1]; continue; }
          const share = (x - line[i]) / (line[i + 2] - line[i]);
          best = line[i + 1] + share * (line[i + 3] - line[i + 1]);
        }
      }
    }
    return best;
  }
  // What stands at the cursor: rows of a style, a name and a value.
  rows() {
    const {curves, heat, marks, whiskers, y} = this.data, x = this.cursor, rows = [];
    const at = shownAs[y.scale];
    for (const curve of curves) {
      const value = this.valueOf(curve, x);
      if (value === null) continue;
      rows.push([curve.style, curve.name, at(value)]);
      for (const [style, place, low, high] of whiskers) {
        if (style !== curve.style || Math.abs(place - x) > 1e-6) continue;
        const end = (value) => value === null ? 'not known' : at(value);
        rows.push(['', '95 %', `${end(low)} to ${end(high)}`]);
      }
    }
    const width = Math.max(0, ...curves.map((curve) => curve.stepped ? curve.width : 0));
    for (const [style, place, , text] of marks) {
      const near = style === 'error' ? Math.abs(place - x) <= width / 2 : !curves.length && place === x;
      if (near) rows.push([style, '', text]);
    }
    for (const map of heat) rows.push(...this.heatRows(map));
    return rows;
  }
  heatRows({begin, width, edges, cells}) {
    const column = Math.floor((this.cursor - begin) / width), rows = [];
    let all = 0;
    for (let i = 0; i < cells.length; i += 3) {
      if (cells[i + 1] !== column) continue;
      all += cells[i + 2];
      const row = cells[i], [low, high] = [edges[row], edges[row + 1]];
      const inside = this.height !== null && this.height <= this.level(low) &&
        this.height > this.level(high);
      if (inside) rows.push(['latency', `${duration(low)} to ${duration(high)}`, whole(cells[i + 2])]);
    }
    return [...rows, ['', 'messages', whole(all)]];
  }
  tell() {
    const shown = this.cursor !== null && this.visible(this.cursor);
    const rows = shown ? this.rows() : [];
    this.tip.hidden = !rows.length;
    if (!rows.length) return;
    const head = this.data.curves.length || this.data.heat.length ?
      `<b>${escaped(shownAs[this.data.x.scale](this.cursor))}</b>` : '';
    const key = (style) => style ? '<svg class="key" viewBox="0 0 26 8" aria-hidden="true">' +
      `<path class="curve ${escaped(style)}" d="M0 4H26"/></svg>` : '';
    this.tip.innerHTML = head + rows.map(([style, name, value]) =>
      `<span>${key(style)}${escaped(name)} <b>${escaped(value)}</b></span>`).join('');
    const x = this.pixel(this.cursor), over = x > (this.left + this.right) / 2;
    this.tip.style.left = over ? '' : `${x + 12}px`;
    this.tip.style.right = over ? `${this.box.clientWidth - x + 12}px` : '';
  }
}

document.querySelectorAll('figure.chart').forEach((figure) => new Plot(figure));
})();
)js";

}  // namespace switchboard::load

#endif  // SWITCHBOARD_BENCH_LOAD_SHOW_PAGE_SCRIPT_PLOT_H_

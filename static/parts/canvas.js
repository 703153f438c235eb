// Draws notes and ties with WebGL, and their names above them. Of a million pixels only what changed is computed anew.

const TIES = `#version 300 es
in vec2 at; in vec4 color; in vec2 along;
uniform vec2 middle, size; uniform float scale, fade, far;
out vec4 paint; out vec2 step_;
void main() {
  gl_Position = vec4((at - middle) * scale * vec2(2, -2) / size, 0, 1);
  paint = vec4(color.rgb, min(1., color.a * far) * fade);
  step_ = vec2(along.x * scale, along.y);
}`;
// Solid, dashed or dotted: colour is never the only sign.
const TIE = `#version 300 es
precision mediump float;
in vec4 paint; in vec2 step_; out vec4 pixel;
void main() {
  if (step_.y > .5 && (step_.y < 1.5 ? mod(step_.x, 4.) > 1.6 : mod(step_.x, 9.) > 5.4)) discard;
  pixel = vec4(paint.rgb * paint.a, paint.a);
}`;
const NOTES = `#version 300 es
in vec2 at; in vec4 color; in vec2 form;
uniform vec2 middle, size; uniform float scale, grow, fade;
out vec4 paint; out float corners, pixels;
void main() {
  gl_Position = vec4((at - middle) * scale * vec2(2, -2) / size, 0, 1);
  pixels = max(form.x * grow, 1.) * 2.6;
  gl_PointSize = pixels;
  paint = vec4(color.rgb, fade);
  corners = form.y;
}`;
// A circle, or what has corners: each tier its own, as in the legend.
const NOTE = `#version 300 es
precision highp float;
in vec4 paint; in float corners, pixels; out vec4 pixel;
const float PI = 3.14159265;
float edge(vec2 p, float n, float turn) {
  float part = 2. * PI / n, angle = atan(p.x, p.y) + turn;
  return length(p) * cos(mod(angle + part / 2., part) - part / 2.);
}
void main() {
  vec2 p = (gl_PointCoord * 2. - 1.) * vec2(1, -1) * 1.3;
  float far =
    corners < .5 ? length(p) - 1. :
    corners < 1.5 ? max(abs(p.x), abs(p.y)) - .86 :
    corners < 2.5 ? (abs(p.x) + abs(p.y)) - 1.25 :
    corners < 3.5 ? edge(p, 3., PI) - .66 :
    corners < 4.5 ? edge(p, 6., 0.) - .95 :
    min(min(edge(p, 5., PI) - .5, length(p) - .62), length(p) * (1.6 + cos(5. * atan(p.x, p.y)) * -.75) - 1.1);
  float soft = 2.6 / pixels;
  float inside = 1. - smoothstep(-soft, soft, far);
  if (inside <= 0.) discard;
  pixel = vec4(paint.rgb, 1) * inside * paint.a;
}`;

const SMOOTH = 3000; // of more notes, lines are so thin that smoothing them only costs time
const NAMES_AT_FIRST = 14;
const MOST_NAMES = 140;
const PATTERN = [0, 2, 1, 0]; // of a link, an embed, the same concept, a relation

export class Canvas {
  // `colors`: of each tier, with its shape; and of ties by their looks.
  constructor(box, notes) {
    this.notes = notes;
    this.picture = box.appendChild(document.createElement("canvas"));
    this.names = box.appendChild(document.createElement("canvas"));
    this.names.className = "names";
    this.gl = this.picture.getContext("webgl2", { antialias: notes.count < SMOOTH });
    if (!this.gl) throw new Error("no WebGL");
    this.ink = this.names.getContext("2d");
    this.pointed = -1;
    this.grow = Math.min(4, Math.max(0.8, 60 / Math.sqrt(notes.count + 1)));
    this.#load();
  }

  #program(vertex, fragment) {
    const { gl } = this;
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
    return { program, array: gl.createVertexArray(), buffers: {} };
  }

  #fill(part, name, size, type, values) {
    const { gl } = this;
    gl.bindVertexArray(part.array);
    part.buffers[name] ??= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, part.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    const place = gl.getAttribLocation(part.program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, type, type === gl.UNSIGNED_BYTE, 0, 0);
  }

  #order(part, values) {
    const { gl } = this;
    gl.bindVertexArray(part.array);
    part.order ??= gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, part.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    part.count = values.length;
  }

  #load() {
    const { gl, notes } = this;
    this.dots = this.#program(NOTES, NOTE);
    this.lines = this.#program(TIES, TIE);
    const { x, y, from, to, look } = notes;
    const at = new Float32Array(2 * notes.count);
    for (let note = 0; note < notes.count; note += 1) {
      at[2 * note] = x[note];
      at[2 * note + 1] = y[note];
    }
    this.#fill(this.dots, "at", 2, gl.FLOAT, at);
    const [ends, along] = [new Float32Array(4 * from.length), new Float32Array(4 * from.length)];
    this.length = new Float32Array(from.length);
    for (let tie = 0, place = 0; tie < from.length; tie += 1, place += 4) {
      const [a, b] = [from[tie], to[tie]];
      ends[place] = x[a];
      ends[place + 1] = y[a];
      ends[place + 2] = x[b];
      ends[place + 3] = y[b];
      along[place + 1] = along[place + 3] = PATTERN[look[tie]];
      along[place + 2] = this.length[tie] = Math.sqrt((x[a] - x[b]) ** 2 + (y[a] - y[b]) ** 2);
    }
    this.#fill(this.lines, "at", 2, gl.FLOAT, ends);
    this.#fill(this.lines, "along", 2, gl.FLOAT, along);
    this.show();
  }

  radius(note) {
    return Math.min(1.1 + 0.5 * Math.sqrt(this.notes.links[note]), 13);
  }

  // Tiers: [red, green, blue] and the number of the shape of each; ties: a colour for each look.
  paint({ tiers, shapes, ties, type, strong, paper }) {
    const { gl, notes } = this;
    const [color, form] = [new Uint8Array(4 * notes.count), new Float32Array(2 * notes.count)];
    for (let note = 0; note < notes.count; note += 1) {
      color.set(tiers[notes.tier[note]], 4 * note);
      color[4 * note + 3] = 255;
      form[2 * note] = this.radius(note);
      form[2 * note + 1] = shapes[notes.tier[note]];
    }
    this.#fill(this.dots, "color", 4, gl.UNSIGNED_BYTE, color);
    this.#fill(this.dots, "form", 2, gl.FLOAT, form);
    // A long line says little and hides much.
    const near = 26000 / Math.sqrt(notes.count + 1);
    const tint = new Uint8Array(8 * notes.from.length);
    for (let tie = 0; tie < notes.from.length; tie += 1) {
      const look = notes.look[tie];
      const alpha = Math.min(1, Math.max(0.012, near / this.length[tie] * 0.4)) * (look === 3 ? 0.9 : 0.65);
      tint.set(ties[look], 8 * tie);
      tint.set(ties[look], 8 * tie + 4);
      tint[8 * tie + 3] = tint[8 * tie + 7] = 255 * alpha;
    }
    this.#fill(this.lines, "color", 4, gl.UNSIGNED_BYTE, tint);
    this.words = { type, strong, paper };
  }

  // After a filter: only these are drawn.
  show() {
    const { notes } = this;
    this.shownNotes = notes.order.filter((note) => notes.isShown[note]);
    const ties = new Uint32Array(2 * notes.from.length);
    let count = 0;
    for (let tie = 0; tie < notes.from.length; tie += 1) {
      if (!notes.isTied[tie]) continue;
      ties[count++] = 2 * tie;
      ties[count++] = 2 * tie + 1;
    }
    this.shownTies = ties.subarray(0, count);
    this.#order(this.dots, this.shownNotes);
    this.#order(this.lines, this.shownTies);
  }

  resize() {
    const { clientWidth, clientHeight } = this.picture;
    this.ratio = Math.min(devicePixelRatio, 2);
    for (const canvas of [this.picture, this.names]) {
      canvas.width = clientWidth * this.ratio;
      canvas.height = clientHeight * this.ratio;
    }
    this.width = clientWidth;
    this.height = clientHeight;
  }

  // Everything that is shown, in the middle.
  whole() {
    const { notes } = this;
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const note of this.shownNotes.length ? this.shownNotes : notes.order) {
      box[0] = Math.min(box[0], notes.x[note]);
      box[1] = Math.min(box[1], notes.y[note]);
      box[2] = Math.max(box[2], notes.x[note]);
      box[3] = Math.max(box[3], notes.y[note]);
    }
    const scale = Math.min((this.width - 60) / Math.max(box[2] - box[0], 1), (this.height - 60) / Math.max(box[3] - box[1], 1), 0.4);
    return { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2, scale };
  }

  toScreen(note, { x, y, scale }) {
    return [(this.notes.x[note] - x) * scale + this.width / 2, (this.notes.y[note] - y) * scale + this.height / 2];
  }

  growth({ scale }) {
    return this.grow * Math.min(4, Math.max(0.7, Math.sqrt(scale / this.fit)));
  }

  // The note under a point, or -1: the nearest one, so that small ones can be hit.
  under(px, py, camera) {
    const { notes } = this;
    const grow = this.growth(camera);
    let [found, best] = [-1, Infinity];
    for (const note of this.shownNotes) {
      const [x, y] = this.toScreen(note, camera);
      const far = Math.hypot(x - px, y - py) - this.radius(note) * grow;
      if (far < 5 && far <= best) [found, best] = [note, far];
    }
    return notes.isShown[found] ? found : -1;
  }

  draw(camera) {
    const { gl, ratio } = this;
    const isFaded = this.pointed >= 0;
    gl.viewport(0, 0, this.picture.width, this.picture.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const far = Math.max(1, (camera.scale / this.fit) ** 0.25);
    this.#pass(this.lines, gl.LINES, camera, { fade: isFaded ? 0.25 : 1, far });
    this.#pass(this.dots, gl.POINTS, camera, { fade: isFaded ? 0.2 : 1, grow: this.growth(camera) * ratio });
    if (!isFaded) return;
    this.#order(this.lines, Uint32Array.from([...this.notes.tiesOf(this.pointed).sort()].flatMap((tie) => [2 * tie, 2 * tie + 1])));
    this.#order(this.dots, Uint32Array.from([...this.notes.near(this.pointed), this.pointed]));
    this.#pass(this.lines, gl.LINES, camera, { fade: 1, far: 30 });
    this.#pass(this.dots, gl.POINTS, camera, { fade: 1, grow: this.growth(camera) * ratio * 1.15 });
    this.#order(this.lines, this.shownTies);
    this.#order(this.dots, this.shownNotes);
  }

  #pass(part, mode, { x, y, scale }, values) {
    const { gl } = this;
    gl.useProgram(part.program);
    gl.bindVertexArray(part.array);
    gl.uniform2f(gl.getUniformLocation(part.program, "middle"), x, y);
    gl.uniform2f(gl.getUniformLocation(part.program, "size"), this.width, this.height);
    gl.uniform1f(gl.getUniformLocation(part.program, "scale"), scale);
    for (const [name, value] of Object.entries(values)) gl.uniform1f(gl.getUniformLocation(part.program, name), value);
    gl.drawElements(mode, part.count, gl.UNSIGNED_INT, 0);
  }

  // The largest notes in sight are named, as many as have room; more as one comes nearer.
  name(camera) {
    const { ink, notes, words, ratio } = this;
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.clearRect(0, 0, this.width, this.height);
    ink.textAlign = "center";
    ink.textBaseline = "top";
    ink.lineJoin = "round";
    const grow = this.growth(camera);
    const taken = [];
    const put = (note, isStrong) => {
      const [x, y] = this.toScreen(note, camera);
      if (x < 0 || y < -20 || x > this.width || y > this.height) return false;
      const size = Math.min(11 + this.radius(note) / 4, 14);
      ink.font = `${isStrong ? 600 : 400} ${size}px ${words.type}`;
      const title = notes.title(note);
      const text = title.length > 40 ? `${title.slice(0, 39)}…` : title;
      const half = ink.measureText(text).width / 2 + 3;
      const top = y + this.radius(note) * grow + 2;
      const box = [x - half, top, x + half, top + size * 1.25];
      if (!isStrong && taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) return false;
      taken.push(box);
      ink.lineWidth = 3;
      ink.strokeStyle = words.paper;
      ink.fillStyle = words.strong;
      ink.globalAlpha = 1;
      ink.strokeText(text, x, top);
      ink.fillText(text, x, top);
      return true;
    };
    if (this.pointed >= 0) {
      put(this.pointed, true);
      const near = [...notes.near(this.pointed)].sort((a, b) => notes.links[b] - notes.links[a] || a - b);
      near.slice(0, 60).forEach((note) => put(note, false));
      return;
    }
    const most = Math.min(MOST_NAMES, NAMES_AT_FIRST * Math.max(1, (camera.scale / this.fit) ** 1.2));
    let named = 0;
    for (let place = this.shownNotes.length - 1; place >= 0 && named < most; place -= 1) {
      if (put(this.shownNotes[place], false)) named += 1;
    }
  }
}
